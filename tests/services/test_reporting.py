"""Reporting from the click to Saved: drafts, lines, the preview that is the report, and the save step."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from messenger.domain.errors import (
    AssetRefused,
    DraftGone,
    KeyringLocked,
    NoEndpoint,
    NoKeyring,
    NotComplete,
    NotKept,
    RobinError,
    StoreFull,
)
from messenger.domain.events import DraftsChanged, ReportQueued
from messenger.domain.report import OutboxState, ReportContext
from messenger.evidence.package import Package, read_copy
from messenger.evidence.report import open_report, read_identity, read_items
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import unseal
from messenger.storage import history, outbox, report_drafts
from messenger.storage.sealed_files import SealedFiles
from tests.services.report_world import ACCOUNT, OTHER, Manual, Memory, StandIn, World, answered, message, opened, until


def run(work: Any) -> Any:
    return asyncio.run(work)


def open_saved(
    world: World, desk: StandIn, report_id: str
) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """(report, items, identity) of the sealed file on disk, opened with the desk's key."""
    schemas = Schemas.packaged()
    package = Package.decode((world.folder / "outbox" / f"{report_id}.robin").read_bytes())
    signed = open_report(package.report, desk.sealing, schemas)
    items = read_items(signed, unseal(package.items, desk.sealing), schemas)
    identity = read_identity(signed, unseal(package.identity, desk.sealing), schemas)
    return signed.body, items, identity


# -- drafts


def test_a_draft_is_kept_at_each_change_and_resumed(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, None) as world:
            ids = await world.chat()
            context = ReportContext(ACCOUNT, None, (ids[4],), OTHER)
            draft, _form, talk = await world.services.reporting.begin(context)
            assert draft.chosen == (ids[4],)
            assert draft.snapshot is not None
            assert draft.snapshot.total == 12
            saved = await world.services.reporting.save(replace(draft, interview=talk.forward().to_json()))
            assert saved.updated_at >= draft.updated_at
        async with opened(tmp_path, None) as world:
            (summary,) = await world.services.reporting.drafts()
            assert (summary.id, summary.about) == (draft.id, OTHER)
            again, _form, talk = await world.services.reporting.resume(draft.id)
            assert again.chosen == (ids[4],)
            assert not talk.at_start
            assert again.snapshot == draft.snapshot
            with pytest.raises(DraftGone):
                await world.services.reporting.resume("not-there")

    run(main())


def test_quiet_begins_with_the_click_and_ends_when_it_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened(tmp_path, None) as world:
            await world.chat(1)
            write, seen = world.db.write, []

            async def slow(*work: Any) -> Any:
                seen.append(world.quiet.holds(ACCOUNT, OTHER))
                return await write(*work)

            async def full(*work: Any) -> Any:
                raise StoreFull

            context = ReportContext(ACCOUNT, None, (), OTHER)
            monkeypatch.setattr(world.db, "write", full)
            with pytest.raises(StoreFull):
                await world.services.reporting.begin(context)
            assert not world.quiet.holds(ACCOUNT, OTHER), "no report was begun"
            monkeypatch.setattr(world.db, "write", slow)
            draft, _form, _talk = await world.services.reporting.begin(context)
            assert seen == [True], "held before the first wait is over"
            assert world.quiet.holds(ACCOUNT, OTHER)
            await world.services.reporting.discard(draft.id)
            assert not world.quiet.holds(ACCOUNT, OTHER)

    run(main())


def test_f17_the_chat_is_fixed_at_the_click(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, None) as world:
            await world.chat(10)
            reporting = world.services.reporting
            draft, _form, _talk = await reporting.begin(ReportContext(ACCOUNT, None, (), OTHER))
            before = await reporting.lines(draft)
            await world.chat(10_000, start=11)
            after = await reporting.lines(draft)
            assert before == after
            assert after.total == 10
            # A new click on the same chat goes on with the draft, and its newer messages can be chosen.
            again, _form, _talk = await reporting.begin(ReportContext(ACCOUNT, None, (), OTHER))
            assert again.id == draft.id
            assert (await reporting.lines(again)).total == 10_010

    run(main())


def test_f18_what_the_other_side_changes_later_changes_no_evidence(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            ids = await world.chat()
            draft = await world.draft((ids[4],))
            before = await world.services.reporting.preview(draft)
            changed = replace(message(99), corrects="m-5", body="I never said that", times=message(50).times)
            taken_back = replace(message(101), retracts="m-3", body="", times=message(51).times)
            await world.db.write(history.store, [changed, taken_back])
            report_id = await world.services.reporting.submit(draft.id)
            _report, items, _identity = open_saved(world, desk, report_id)
            chosen = next(one for one in items if one.get("highlighted"))
            assert chosen["body"] == "line 5"
            assert chosen["edits"] == []
            assert not any(one.get("retracted") for one in items)
            assert before.digest == Package.decode((tmp_path / "outbox" / f"{report_id}.robin").read_bytes()).digest

    run(main())


def test_a_report_about_nobody_in_particular_works_signed_out(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            draft, form, talk = await world.services.reporting.begin(ReportContext())
            assert draft.snapshot is None
            assert (await world.services.reporting.lines(draft)).total == 0
            draft = await world.answer(draft, form, talk, counterpart="The boy from the game", own_words="It was bad.")
            report_id = await world.services.reporting.submit(draft.id)
            report, items, identity = open_saved(world, desk, report_id)
            assert report["reporter"]["jid"] == ""
            assert report["reported"][0]["names_seen"] == ["The boy from the game"]
            assert report["narrative"]["text"] == "It was bad."
            assert items == []
            assert identity["contact"][0]["kind"] == "other"

    run(main())


def test_discarded_drafts_leave_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            await world.chat()
            draft = await world.draft()
            SealedFiles(tmp_path / "outbox").save(draft.id, b"left by a crash between file and row")
            assert world.quiet.holds(ACCOUNT, OTHER)
            await world.services.reporting.discard(draft.id)
            await world.services.reporting.discard(draft.id)
            assert await world.services.reporting.drafts() == ()
            assert list((tmp_path / "outbox").iterdir()) == []
            assert not world.quiet.holds(ACCOUNT, OTHER)
            with pytest.raises(DraftGone):
                await world.services.reporting.save(draft)
            with pytest.raises(DraftGone):
                await world.services.reporting.submit(draft.id)

    run(main())


# -- lines


def goes(page: Any) -> list[str]:
    return [one.goes for one in page.rows]


def test_lines_say_what_goes_and_three_around_go_too(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, None) as world:
            ids = await world.chat(12)
            reporting = world.services.reporting
            draft, _form, _talk = await reporting.begin(ReportContext(ACCOUNT, None, (ids[5],), OTHER))
            draft = replace(draft, left_out=(ids[3],))
            page = await reporting.lines(draft)
            n, c, x = "no", "context", "chosen"
            assert goes(page) == [n, n, c, n, c, x, c, c, c, n, n, n]
            assert (page.total, page.chosen, page.context) == (12, 1, 5)
            assert page.rows[0].direction == "in"
            assert page.rows[1].name

    run(main())


def test_pages_run_through_the_whole_chat_in_both_directions(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, None) as world:
            ids = await world.chat(25)
            reporting = world.services.reporting
            draft, _form, _talk = await reporting.begin(ReportContext(ACCOUNT, None, (), OTHER))

            async def numbers(**where: Any) -> tuple[list[int], bool, bool]:
                page = await reporting.lines(draft, limit=10, **where)
                return [one.message for one in page.rows], page.has_older, page.has_newer

            assert await numbers() == (ids[:10], False, True)
            assert await numbers(newest_first=True) == (ids[15:], True, False)
            assert await numbers(after=ids[9]) == (ids[10:20], True, True)
            assert await numbers(before=ids[10]) == (ids[:10], False, True)
            assert await numbers(around=ids[12]) == (ids[7:17], True, True)
            assert await numbers(after=ids[0] - 1) == (ids[:10], False, True)
            assert await numbers(before=ids[0]) == ([], False, True)

    run(main())


def test_choose_all_chooses_all(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, None) as world:
            ids = await world.chat(40)
            reporting = world.services.reporting
            draft, _form, _talk = await reporting.begin(ReportContext(ACCOUNT, None, (), OTHER))
            draft = await reporting.choose_all(replace(draft, left_out=(ids[3],)))
            assert draft.chosen == tuple(ids)
            page = await reporting.lines(draft)
            assert (page.chosen, page.context) == (40, 0)

    run(main())


def test_nothing_of_another_chat_is_in_the_lines(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, None) as world:
            await world.chat(5, other="friend@home.example", start=100)
            ids = await world.chat(5)
            draft, _form, _talk = await world.services.reporting.begin(ReportContext(ACCOUNT, None, (), OTHER))
            page = await world.services.reporting.lines(draft)
            assert [one.message for one in page.rows] == ids

    run(main())


# -- who receives


def test_without_a_receiver_the_draft_is_kept(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, None) as world:
            await world.chat()
            draft = await world.draft()
            assert await world.services.reporting.endpoint(draft) is None
            assert not (await world.services.reporting.preview(draft)).whole
            with pytest.raises(NoEndpoint):
                await world.services.reporting.submit(draft.id)
            assert [one.id for one in await world.services.reporting.drafts()] == [draft.id]
            assert not (tmp_path / "outbox").exists()
            assert world.told(ReportQueued) == []

    run(main())


def test_a_file_of_a_person_is_always_marked(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        profile = replace(desk.profile, demonstration=True, hand_set=False)
        async with opened(tmp_path, desk, profile=profile) as world:
            receiver = await world.services.reporting.endpoint(await world.draft())
            assert receiver is not None
            assert receiver.hand_set
            (tmp_path / "endpoints" / "desk.json").write_text("{")
            with pytest.raises(AssetRefused):
                await world.services.reporting.endpoint(await world.draft())

    run(main())


# -- the report


def test_the_preview_is_the_very_report_that_is_saved(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            ids = await world.chat()
            draft = await world.draft((ids[4],), own_words="He wants a secret.")
            preview = await world.services.reporting.preview(draft)
            assert "He wants a secret." in preview.text
            assert "line 5" in preview.text
            assert "line 1\n" not in preview.text
            assert preview.endpoint == "Test desk"
            report_id = await world.services.reporting.submit(draft.id)
            package = Package.decode((tmp_path / "outbox" / f"{report_id}.robin").read_bytes())
            assert package.digest == preview.digest
            assert preview.size == len(package.report) + len(package.items) + len(package.identity)
            assert report_id == draft.id

    run(main())


def test_a_change_after_the_preview_is_in_the_report(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            ids = await world.chat()
            draft = await world.draft((ids[4],))
            preview = await world.services.reporting.preview(draft)
            draft = await world.services.reporting.save(replace(draft, left_out=(ids[3],)))
            await world.services.reporting.submit(draft.id)
            report, items, _identity = open_saved(world, desk, draft.id)
            assert "line 4" in preview.text
            assert "line 4" not in [one.get("body") for one in items]
            assert [one["count"] for one in report["evidence"]["withheld"] if one["reason"] == "removed"] == [1]

    run(main())


def test_the_report_says_what_was_answered(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            ids = await world.chat()
            draft = await world.draft(
                (ids[4], ids[6]),
                contact="here phone",
                phone="0100 555",
                safe_when="wait",
                country="ie",
                guardian_name="Alex",
                guardian_contact="my aunt",
                known="met",
                their_age="adult",
                ongoing="yes",
                elsewhere="a game",
                told="no",
                other_names="xx_max",
            )
            await world.services.reporting.submit(draft.id)
            report, items, identity = open_saved(world, desk, draft.id)
            assert report["report_id"] == draft.id
            assert report["category"] == "grooming"
            assert report["reporter"]["jid"] == ACCOUNT
            assert report["reporter"]["country"] == "ie"
            assert report["incident"]["ongoing"] == "yes"
            assert report["incident"]["place"] == "chat"
            assert report["incident"]["also_on"] == ["a game"]
            assert report["incident"]["first_at"] == items_times(items)[0]
            assert report["actions"]["told_adult"] is False
            (reported,) = report["reported"]
            assert reported["jid"] == OTHER
            assert reported["known_offline"] == "yes"
            assert reported["claims"]["age"] == "A grown-up"
            assert reported["names_seen"] == ["xx_max"]
            assert reported["resources"] == ["phone"]
            assert report["consent"]["tell_their_server"] is False
            assert identity["name"] == "Sam"
            assert identity["age_band"] == "13_15"
            assert identity["guardian"] == {"name": "Alex", "contact": "my aunt"}
            ways = [(one["kind"], one["value"], one["safe"]) for one in identity["contact"]]
            assert ways == [("xmpp", ACCOUNT, False), ("phone", "0100 555", False)]
            assert not re.search(r"\bSam\b", str(report))  # three letters can stand in a random digest
            assert "0100 555" not in str(report)
            assert [one["body"] for one in items if one.get("highlighted")] == ["line 5", "line 7"]
            assert report["declaration"]["text_shown"]
            # A chosen one is item 5 and 7; three before and three after go too, the rest stays countable.
            assert [one["seq"] for one in items if "withheld" not in one] == list(range(2, 11))

    run(main())


def items_times(items: list[dict[str, Any]]) -> list[str]:
    return sorted(one["times"]["client"] for one in items if "withheld" not in one)


def test_details_are_asked_once(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            assert await world.services.reporting.details() == {}
            draft = await world.draft(contact="email", email="sam@post.example", safe_when="evening", country="ie")
            await world.services.reporting.submit(draft.id)
            assert await world.services.reporting.details() == {
                "name": "Sam",
                "contact": "email",
                "email": "sam@post.example",
                "safe_when": "evening",
                "country": "ie",
            }

    run(main())


def test_an_unfinished_report_cannot_be_sent_and_is_kept(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            draft, _form, _talk = await world.services.reporting.begin(ReportContext(ACCOUNT, None, (), OTHER))
            with pytest.raises(NotComplete):
                await world.services.reporting.submit(draft.id)
            assert len(await world.services.reporting.drafts()) == 1

    run(main())


def test_the_messages_can_be_seen_before_the_other_answers_are_there(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            await world.db.write(history.store, [message(1, body="first line"), message(2, body="second line")])
            draft, _form, _talk = await world.services.reporting.begin(ReportContext(ACCOUNT, None, (), OTHER))
            page = await world.services.reporting.lines(draft)
            draft = await world.services.reporting.save(
                replace(draft, chosen=tuple(row.message for row in page.rows[:1]))
            )
            seen = await world.services.reporting.preview(draft)
            assert not seen.whole
            assert not seen.endpoint
            assert "first line" in seen.text
            with pytest.raises(NotComplete):
                await world.services.reporting.submit(draft.id)

    run(main())


def test_hostile_words_and_addresses_do_not_stop_a_report(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        odd = "\u202egnirts\x00\ud800 '; DROP TABLE outbox; -- \U0001f600"
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            await world.db.write(history.store, [message(1, body=odd.replace("\ud800", "")), message(2)])
            draft = await world.draft(own_words=odd, name=odd[:50], other_names=odd)
            page = await world.services.reporting.lines(draft)
            draft = await world.services.reporting.save(replace(draft, chosen=(page.rows[0].message,)))
            await world.services.reporting.submit(draft.id)
            report, _items, _identity = open_saved(world, desk, draft.id)
            assert "DROP TABLE" in report["narrative"]["text"]

    run(main())


# -- keys


@pytest.mark.parametrize("secrets", [Memory(), Memory(False), Memory(fails=NoKeyring), Memory(fails=KeyringLocked)])
def test_keys_are_made_once_for_each_account(tmp_path: Path, secrets: Memory) -> None:
    secrets.kept.clear()

    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile, secrets=secrets) as world:
            for other in (OTHER, "second@elsewhere.example"):
                await world.services.reporting.submit((await world.draft(counterpart=other)).id)
            await world.services.reporting.submit((await world.draft(account="kim@home.example")).id)
            await world.services.outbox.start()
            for one in await world.services.outbox.reports():
                assert (await world.services.outbox.wait(one.id, 20)).state is OutboxState.SENT
        async with opened(tmp_path, desk, profile=desk.profile, secrets=secrets) as world:
            assert await world.services.keys.find(ACCOUNT) is not None
            first = [
                str(one.body["reporter"]["keys"])
                for one in desk.filed.values()
                if one.body["reporter"]["jid"] == ACCOUNT
            ]
            assert len(desk.filed) == 3
            assert len(first) == 2
            assert len(set(first)) == 1
            assert len({str(one.body["reporter"]["keys"]) for one in desk.filed.values()}) == 2
            if secrets.fails is None:
                await world.services.keys.forget(ACCOUNT)
                assert await world.services.keys.find(ACCOUNT) is None

    run(main())
    assert bool(secrets.kept) == (secrets.persistent and secrets.fails is None)


# -- the save step


def test_saved_means_file_and_row_and_no_draft(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            draft = await world.draft()
            seen: list[bool] = []

            def look(event: ReportQueued) -> None:
                seen.append((tmp_path / "outbox" / f"{event.report_id}.robin").exists())

            world.bus.subscribe(ReportQueued, look)
            await world.services.reporting.submit(draft.id)
            assert seen == [True]
            assert await world.services.reporting.drafts() == ()
            (summary,) = await world.services.outbox.reports()
            assert (summary.state, summary.about, summary.endpoint) == (OutboxState.SAVED, OTHER, "Test desk")
            assert len(world.told(DraftsChanged)) >= 2
            file = tmp_path / "outbox" / f"{draft.id}.robin"
            assert file.stat().st_mode & 0o777 == 0o600
            assert file.parent.stat().st_mode & 0o777 == 0o700

    run(main())


def test_f14_a_double_click_makes_one_report(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            draft = await world.draft()
            clicks = [world.services.reporting.submit(draft.id) for _ in range(20)]
            assert set(await asyncio.gather(*clicks)) == {draft.id}
            assert len(await world.services.outbox.reports()) == 1
            assert len(list((tmp_path / "outbox").iterdir())) == 1
            assert len(world.told(ReportQueued)) == 1
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            assert await world.services.reporting.submit(draft.id) == draft.id

    run(main())


@pytest.mark.parametrize("failing", ["write", "fsync", "rename", "open"])
def test_f05_f06_when_the_file_cannot_be_written_nothing_is_saved_and_the_draft_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    import os

    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            draft = await world.draft()
            await world.services.reporting.preview(draft)
            calls: list[int] = []
            real = getattr(os, failing)

            def fail(*args: Any, **more: Any) -> Any:
                ours = failing not in ("open", "rename") or "outbox" in str(args[0])
                if not ours:
                    return real(*args, **more)
                calls.append(args[0] if isinstance(args[0], int) else 0)
                raise OSError(28 if failing == "write" else 5, "full")

            with monkeypatch.context() as patch:
                patch.setattr(f"messenger.storage.sealed_files.os.{failing}", fail)
                with pytest.raises(StoreFull):
                    await world.services.reporting.submit(draft.id)
            assert len(calls) == 1  # a failed sync is not tried again on the same descriptor
            assert world.told(ReportQueued) == []
            assert [one for one in (tmp_path / "outbox").glob("*") if one.suffix != ".part"] == []
            assert len(await world.services.reporting.drafts()) == 1
            # With space again the same report goes.
            assert await world.services.reporting.submit(draft.id) == draft.id
            assert list((tmp_path / "outbox").glob(".*")) == []

    run(main())


def test_f06_when_the_folder_cannot_be_synced_nothing_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from messenger.storage import sealed_files

    files = sealed_files.SealedFiles(tmp_path / "outbox")
    files.save("3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b10", b"first")

    def fail(folder: Path) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr(sealed_files, "_sync_folder", fail)
    with pytest.raises(StoreFull):
        files.save("3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11", b"second")
    assert files.every() == ("3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b10",)


def test_f05_when_the_row_cannot_be_written_the_draft_stays_and_the_next_start_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            draft = await world.draft()

            def full(*_args: Any) -> bool:
                raise StoreFull

            with monkeypatch.context() as patch:
                patch.setattr(outbox, "add", full)
                with pytest.raises(StoreFull):
                    await world.services.reporting.submit(draft.id)
            assert world.told(ReportQueued) == []
            assert len(await world.services.reporting.drafts()) == 1
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            await world.services.delivery.adopt()
            assert await world.services.reporting.drafts() == ()
            (summary,) = await world.services.outbox.reports()
            assert (summary.id, summary.about) == (draft.id, OTHER)
            await world.services.delivery.deliver_due()
            assert list(desk.filed) == [draft.id]

    run(main())


@pytest.mark.parametrize("start_first", [True, False])
def test_f01_send_pressed_again_while_the_worker_finds_the_file_makes_one_whole_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start_first: bool
) -> None:
    """Found by the kill test: after a crash between file and row, the second Send met the worker's search for files."""

    async def main() -> None:
        desk = StandIn()
        drafts = []
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            for number in range(5):
                draft = await world.draft(counterpart=f"p{number}@elsewhere.example")
                drafts.append(draft)

                def full(*_args: Any) -> bool:
                    raise StoreFull

                with monkeypatch.context() as patch:
                    patch.setattr(outbox, "add", full)
                    with pytest.raises(StoreFull):
                        await world.services.reporting.submit(draft.id)
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            start = world.services.outbox.start()
            clicks = [world.services.reporting.submit(one.id) for one in drafts for _ in range(2)]
            work = [start, *clicks] if start_first else [*clicks, start]
            await asyncio.gather(*work)
            for one in drafts:
                report = await world.services.outbox.wait(one.id, 20)
                assert report.state is OutboxState.SENT, report.problem
            assert sorted(desk.filed) == sorted(one.id for one in drafts)
            assert await world.services.reporting.drafts() == ()

    run(main())


def test_f06_a_commit_that_failed_but_reached_the_disk_counts_as_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            draft = await world.draft()
            real = world.db.write

            async def write(work: Any, *args: Any, **more: Any) -> Any:
                result = await real(work, *args, **more)
                if work.__name__ == "_queue":
                    raise StoreFull
                return result

            monkeypatch.setattr(world.db, "write", write)
            assert await world.services.reporting.submit(draft.id) == draft.id
            assert await world.db.run(report_drafts.every) == ()
            assert len(world.told(ReportQueued)) == 1

    run(main())


# -- copies


def test_a_copy_stays_only_where_it_was_asked_for(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            kept, held = await world.draft(), await world.draft(counterpart="second@elsewhere.example")
            await world.services.reporting.submit(kept.id, keep_copy=True)
            await world.services.reporting.submit(held.id)
            schemas = Schemas.packaged()
            for one in (kept, held):
                copy = read_copy(await world.services.outbox.copy(one.id), schemas)
                assert copy.signed.report_id == one.id
                assert copy.receipt is None
            await world.services.outbox.start()
            for one in (kept, held):
                await world.services.outbox.wait(one.id, 20)
                found = read_copy(await world.services.outbox.copy(one.id), schemas)
                assert found.receipt is not None
            target = tmp_path / "copy.robin.json"
            await world.services.outbox.save_copy(kept.id, str(target))
            assert target.stat().st_mode & 0o777 == 0o600
            assert target.read_bytes() == await world.services.outbox.copy(kept.id)
            with pytest.raises(RobinError) as caught:
                await world.services.outbox.save_copy(kept.id, str(target))
            assert type(caught.value).__name__ == "CannotWrite"
            with pytest.raises(RobinError):
                await world.services.outbox.save_copy(kept.id, str(tmp_path / "nowhere" / "x"))
            await world.services.outbox.forget_copy(held.id)
            with pytest.raises(NotKept):
                await world.services.outbox.copy(held.id)
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            found = read_copy(await world.services.outbox.copy(kept.id), Schemas.packaged())
            assert found.receipt is not None
            with pytest.raises(NotKept):
                await world.services.outbox.copy(held.id)

    run(main())


def test_quiet_holds_from_the_click_to_the_receipt_and_over_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            draft = await world.draft()
            assert world.quiet.holds(ACCOUNT, OTHER)
            await world.services.reporting.submit(draft.id)
            assert world.quiet.holds(ACCOUNT, OTHER)
        desk.plan = [NoEndpoint()]
        async with opened(tmp_path, desk, profile=desk.profile, clock=Manual()) as world:
            assert not world.quiet.holds(ACCOUNT, OTHER)
            await world.services.outbox.start()
            assert world.quiet.holds(ACCOUNT, OTHER)
            await until(lambda: desk.tries)
            await world.services.outbox.retry(draft.id)
            assert (await world.services.outbox.wait(draft.id, 20)).state is OutboxState.SENT
            assert not world.quiet.holds(ACCOUNT, OTHER)

    run(main())


def test_answered_walks_to_the_check_page() -> None:
    from messenger.questionnaire import tree
    from messenger.questionnaire.interview import Interview
    from tests.services.report_world import questions

    form = tree.load(questions(), "questions/abuse.json")
    assert answered(form, Interview.start(form), "2026-11-24T09:00:00.000Z").at_check
