"""Archive checks on the way to a signed report: asked once, of the own archive, about the lines that go, and never in the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from messenger.domain.errors import FeatureMissing, NotConnected, RobinError, ServerTimedOut
from messenger.domain.evidence import ArchiveCheck, EditRecord, RoomFacts
from messenger.domain.message import ArchiveId, Direction, IncomingMessage, Occupant, Times, Via
from messenger.domain.report import Draft
from messenger.evidence.package import read_copy
from messenger.services import archive_checks
from messenger.services.ports import ArchivePage
from messenger.storage import history, snapshots
from tests.services.played_chat import PlayedSession, signed_in
from tests.services.report_world import ACCOUNT, OTHER, Manual, StandIn, World, message, opened

NOT_ASKED, SAME, FOUND = ArchiveCheck.NOT_ASKED.value, ArchiveCheck.SAME.value, ArchiveCheck.FOUND.value
MISSING = ArchiveCheck.MISSING.value


def named(number: int, **changes: Any) -> IncomingMessage:
    return replace(message(number), archive_id=ArchiveId(ACCOUNT, f"a-{number}"), **changes)


async def drafted(world: World, lines: list[IncomingMessage], chosen: int = 4) -> Draft:
    """A finished draft about a chat of these lines, with one of them chosen (and three before and after it)."""
    stored = await world.db.write(history.store, lines)
    new = [one for part in stored for one in part.new]
    return await world.draft(chosen=(new[chosen],), conversation=stored[0].conversation)


async def signed(world: World, draft: Draft) -> tuple[dict[str, str], dict[str, Any]]:
    """(words to the archive's verdict, integrity) of the signed report."""
    await world.services.reporting.submit(draft.id, keep_copy=True)
    copy = read_copy(await world.services.outbox.copy(draft.id), StandIn().schemas)
    shown = [entry for entry in copy.entries if "withheld" not in entry]
    return {one["body"]: one["archive_check"] for one in shown}, copy.signed.body["evidence"]["integrity"]


def test_the_lines_that_go_are_asked_about_once_and_only_of_the_own_archive(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            session.archive = [named(number) for number in range(1, 13)]
            draft = await drafted(world, session.archive)
            await world.services.reporting.preview(draft)
            found, integrity = await signed(world, draft)
            assert found == {f"line {number}": SAME for number in range(2, 9)}
            assert session.out == [("ids", *(f"a-{number}" for number in range(2, 9)))]
            assert (integrity["mam_same"], integrity["mam_missing"], integrity["mam_mismatch"]) == (7, 0, 0)
            assert integrity["asked_at"] == "2026-11-24T09:00:00.000Z"

    asyncio.run(main())


def test_lines_without_ids_are_looked_for_by_their_words(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            session.archive = [named(number) for number in range(1, 13) if number != 6]
            lines = [message(number) if number in (5, 6) else named(number) for number in range(1, 13)]
            lines[4] = replace(lines[4], duplicate_archive_ids=True)
            found, integrity = await signed(world, await drafted(world, lines))
            assert (found["line 5"], found["line 6"], found["line 4"]) == (FOUND, MISSING, SAME)
            assert session.did("page") == [("page", None, OTHER)]
            assert (integrity["mam_found"], integrity["mam_missing"], integrity["dup_stanza_ids"]) == (1, 1, 1)

    asyncio.run(main())


@pytest.mark.parametrize(
    "failure", [FeatureMissing(), NotConnected(), ServerTimedOut(), None], ids=["feature", "line", "time", "signed out"]
)
def test_without_an_answer_the_report_is_made_all_the_same(tmp_path: Path, failure: RobinError | None) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            if failure is not None:
                signed_in(world.sessions, ACCOUNT).archive_fails = failure
            found, integrity = await signed(world, await drafted(world, [named(number) for number in range(1, 13)]))
            assert set(found.values()) == {NOT_ASKED}
            assert integrity["asked_at"] is None
            assert integrity["mam_same"] is None

    asyncio.run(main())


def test_a_silent_archive_holds_a_report_up_for_a_moment_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)

            async def never(_ids: object) -> tuple[IncomingMessage, ...]:
                await asyncio.Event().wait()
                return ()

            session.archive_by_ids = never  # type: ignore[method-assign, assignment]
            world.services.reporting._preparing._checks._limit = 0.05
            found, integrity = await signed(world, await drafted(world, [named(number) for number in range(1, 13)]))
            assert set(found.values()) == {NOT_ASKED}
            assert integrity["asked_at"] is None

    assert archive_checks.LIMIT == 5.0
    asyncio.run(main())


def test_a_rooms_lines_are_not_in_the_own_archive(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            draft = await drafted(world, [named(number) for number in range(1, 13)])
            assert draft.snapshot is not None
            room = replace(draft.snapshot, room=RoomFacts(OTHER, "Chess", Occupant("Sam")))
            await world.services.reporting.save(replace(draft, snapshot=room))
            found, integrity = await signed(world, draft)
            assert set(found.values()) == {NOT_ASKED}
            assert (session.did("ids", "page"), integrity["asked_at"]) == ([], None)

    asyncio.run(main())


class Paged(PlayedSession):
    """An archive that gives two messages a page, the newest first."""

    async def archive_page(self, before: str | None, size: int = 250, counterpart: str = "") -> ArchivePage:
        self.out.append(("page", before, counterpart))
        names = [one.archive_id.id for one in self.archive if one.archive_id]
        end = names.index(before) if before else len(names)
        start = max(0, end - 2)
        return ArchivePage(tuple(self.archive[start:end]), names[start], names[end - 1], start == 0)


def test_pages_are_walked_back_until_the_lines_are_found_or_behind(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = Paged(ACCOUNT)
            signed_in(world.sessions, ACCOUNT)
            world.sessions._sessions[ACCOUNT] = session  # type: ignore[assignment]
            session.archive = [named(number) for number in range(1, 60)]
            # One line without an id, found on the third page from the end: no page more is asked for.
            lines = [message(number) if number == 55 else named(number) for number in range(40, 60)]
            found, _integrity = await signed(world, await drafted(world, lines, chosen=16))
            assert (found["line 55"], found["line 54"]) == (FOUND, SAME)
            assert [one[1] for one in session.did("page")] == [None, "a-58", "a-56"]
            # One that the archive does not have: asked until its time, and a bit more, is behind.
            session.out.clear()
            other = "two@elsewhere.example"
            lines = [replace(message(55, other=other, body="not there"), counterpart=other)]
            stored = await world.db.write(history.store, lines)
            draft = await world.draft(
                chosen=tuple(stored[0].new), conversation=stored[0].conversation, counterpart=other
            )
            found, _integrity = await signed(world, draft)
            assert found == {"not there": MISSING}
            assert [one[1] for one in session.did("page")] == [None, "a-58", "a-56", "a-54", "a-52", "a-50"]

    asyncio.run(main())


def test_far_back_it_is_honest_and_stops(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = Paged(ACCOUNT)
            signed_in(world.sessions, ACCOUNT)
            world.sessions._sessions[ACCOUNT] = session  # type: ignore[assignment]
            session.archive = [named(number) for number in range(1, 60)]
            found, _integrity = await signed(world, await drafted(world, [message(1)], chosen=0))
            # Not found in the pages that were asked for, so nothing is claimed.
            assert found == {"line 1": NOT_ASKED}
            assert len(session.did("page")) == archive_checks._PAGES

    asyncio.run(main())


# edits


def edit(kind: str = "correction", **changes: Any) -> EditRecord:
    times = Times(received="2026-11-23T00:10:00.000Z")
    made = EditRecord(kind, "better words", f"{OTHER}/phone", times, None, 9, ArchiveId(ACCOUNT, "e-1"))
    return replace(made, **changes)


def edited(kind: str = "correction", **changes: Any) -> IncomingMessage:
    """What the archive has of that edit."""
    changes = {"corrects": "m-1", "body": "better words", **changes}
    if kind == "retraction":
        changes = {**changes, "corrects": "", "retracts": "m-1", "body": "took it back"}
    return replace(message(1), archive_id=ArchiveId(ACCOUNT, "e-1"), **changes)


@pytest.mark.parametrize(
    ("kept", "there", "verdict"),
    [
        (edit(), edited(), ArchiveCheck.SAME),
        (edit(), edited(sender=f"{OTHER}/tablet"), ArchiveCheck.SAME),
        (edit("retraction"), edited("retraction"), ArchiveCheck.SAME),
        (edit(), None, ArchiveCheck.MISSING),
        (edit(), edited(body="better word"), ArchiveCheck.DIFFERS),
        (edit(), edited(body="better words and more"), ArchiveCheck.DIFFERS),
        (edit(), edited(sender="aaa@elsewhere.example/phone"), ArchiveCheck.DIFFERS),
        (edit(), edited(sender="zzz@elsewhere.example/phone"), ArchiveCheck.DIFFERS),
        (edit(), edited("retraction"), ArchiveCheck.DIFFERS),
        (edit("retraction"), edited(), ArchiveCheck.DIFFERS),
        (edit("retraction"), edited("retraction", sender="zzz@elsewhere.example/x"), ArchiveCheck.DIFFERS),
        (edit(archive_id=None), None, ArchiveCheck.NOT_ASKED),
        (edit(archive_id=ArchiveId("aaa@rooms.example", "e-1")), edited(), ArchiveCheck.NOT_ASKED),
        (edit(archive_id=ArchiveId("zzz@rooms.example", "e-1")), edited(), ArchiveCheck.NOT_ASKED),
    ],
)
def test_an_edit_is_compared_with_what_the_archive_has(
    kept: EditRecord, there: IncomingMessage | None, verdict: ArchiveCheck
) -> None:
    assert archive_checks._edit_verdict(ACCOUNT, kept, {"e-1": there}) is verdict


@pytest.mark.parametrize(
    ("first", "edits", "verdict"),
    [
        (message(1), {}, ArchiveCheck.SAME),
        (message(1), {"e-1": edited()}, ArchiveCheck.SAME),
        (message(1), {"e-1": None}, ArchiveCheck.MISSING),
        (message(1), {"e-1": edited(body="other")}, ArchiveCheck.DIFFERS),
        (message(1, body="other"), {"e-1": edited()}, ArchiveCheck.DIFFERS),
        (None, {"e-1": edited()}, ArchiveCheck.MISSING),
        (None, {"e-1": edited(body="other")}, ArchiveCheck.MISSING),
    ],
)
def test_a_line_is_no_better_than_its_edits(
    tmp_path: Path, first: IncomingMessage | None, edits: dict[str, IncomingMessage | None], verdict: ArchiveCheck
) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            there = [] if first is None else [replace(first, archive_id=ArchiveId(ACCOUNT, "a-1"))]
            session.archive = [*there, *(one for one in edits.values() if one is not None)]
            stored = await world.db.write(history.store, [named(1)])
            snap = await world.db.run(snapshots.snapshot, stored[0].conversation, "2026-11-24T09:00:00.000Z")
            [line] = await world.db.run(snapshots.captured, snap, stored[0].new)
            line = replace(line, edits=(edit(),) if edits else ())
            found = await archive_checks.ArchiveChecks(world.sessions, world.clock).check(snap, [line])
            assert found.lines[0].archive_check is verdict
            # Only what the archive confirmed is named to anybody.
            assert found.ids == ({line.message: "a-1"} if verdict is ArchiveCheck.SAME else {})

    asyncio.run(main())


@pytest.mark.parametrize("by", ["aaa@rooms.example", "zzz@rooms.example"])
def test_another_archives_id_is_none_of_ours(tmp_path: Path, by: str) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            session.archive = [named(1)]
            lines = [replace(message(1), archive_id=ArchiveId(by, "a-1"))]
            found, _integrity = await signed(world, await drafted(world, lines, chosen=0))
            assert found == {"line 1": FOUND}
            assert session.did("ids") == []

    asyncio.run(main())


@pytest.mark.parametrize(("there", "verdict"), [(True, ArchiveCheck.FOUND), (False, ArchiveCheck.NOT_ASKED)])
def test_own_words_that_went_out_from_here_are_looked_for_too(
    tmp_path: Path, there: bool, verdict: ArchiveCheck
) -> None:
    """Their copy from the server never came back, so they have no id; what is not there may still wait to be sent."""

    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            stored = await world.db.write(history.store, [named(1)])
            snap = await world.db.run(snapshots.snapshot, stored[0].conversation, "2026-11-24T09:00:00.000Z")
            [line] = await world.db.run(snapshots.captured, snap, stored[0].new)
            sender = f"{ACCOUNT}/here"
            line = replace(
                line, direction=Direction.OUT, via=Via.SENT_HERE, sender=sender, to=OTHER, stanza_id="o-1", origin_id="o-1",
                archive_id=None, raw=None,
            )  # fmt: skip
            mine = named(
                7, direction=Direction.OUT, sender=sender, to=OTHER, body=line.body, stanza_id="o-1", origin_id="o-1"
            )
            session.archive = [mine] if there else []
            found = await archive_checks.ArchiveChecks(world.sessions, world.clock).check(snap, [line])
            assert found.lines[0].archive_check is verdict
            assert found.ids == ({line.message: "a-7"} if there else {})

    asyncio.run(main())
