"""Later evidence: sealed once, on disk before it counts, the same bytes on every try, each behind the one before."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from messenger.domain.errors import (
    DraftGone,
    EndpointRejected,
    EndpointUnreachable,
    NothingToAdd,
    ReceiptRefused,
    TooLong,
)
from messenger.domain.evidence import ArchiveCheck
from messenger.domain.message import ArchiveId
from messenger.domain.receipt import WithdrawalOutcome
from messenger.domain.report import Draft, ReportContext, ReportSummary, WithdrawReason
from messenger.evidence.package import read_copy
from messenger.services import problems
from messenger.storage import conversations, history, report_addenda
from tests.services.played_chat import signed_in
from tests.services.report_world import ACCOUNT, OTHER, Manual, StandIn, World, message, opened
from tests.services.test_correspondence import look, sent


async def with_chat(world: World, keep_copy: bool = False) -> tuple[str, int]:
    """A sent report about a chat of twelve lines; its id and the chat's."""
    ids = await world.chat(12)
    found = await world.db.run(conversations.find, ACCOUNT, OTHER)
    assert found is not None
    draft = await world.draft(chosen=(ids[0],), conversation=found)
    report_id = await world.services.reporting.submit(draft.id, keep_copy=keep_copy)
    await world.services.delivery.deliver_due()
    return report_id, found


async def chosen(world: World, report_id: str, *places: int) -> Draft:
    draft = await world.services.addenda.begin(report_id)
    page = await world.services.reporting.lines(draft)
    picked = tuple(page.rows[place].message for place in places)
    return await world.services.reporting.save(replace(draft, chosen=picked))


async def summary(world: World, report_id: str) -> ReportSummary:
    return await world.services.outbox.report(report_id)


def test_words_and_lines_go_behind_the_report(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, _chat = await with_chat(world)
            assert (await summary(world, one)).can_add
            # Said after the report: the snapshot is of now.
            await world.chat(2, start=13)
            draft = await chosen(world, one, 12)
            assert draft.snapshot is not None
            assert draft.snapshot.total == 14
            added = await world.services.addenda.submit(draft.id, "He wrote again today.")
            assert added == draft.id
            waiting = (await summary(world, one)).addenda
            assert [(each.id, each.words, each.lines, each.sent_at) for each in waiting] == [
                (added, "He wrote again today.", 5, "")
            ]
            await look(world, one)
            [found] = desk.added[one]
            assert found.prev_digest == desk.filed[one].digest
            assert found.body["narrative"]["text"] == "He wrote again today."
            shown = [item["body"] for item in found.entries if "withheld" not in item]
            assert shown == ["line 10", "line 11", "line 12", "line 13", "line 14"]
            [after] = (await summary(world, one)).addenda
            assert after.sent_at
            # Sealed form and selection are gone once the desk has it.
            row = await world.db.run(report_addenda.get, added)
            assert row is not None
            assert (row.sealed, row.selection, row.jws) == (None, None, "")

    asyncio.run(main())


def test_it_is_no_report_of_its_own(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, chat = await with_chat(world)
            draft = await chosen(world, one, 3)
            assert await world.services.reporting.drafts() == ()
            with pytest.raises(DraftGone):
                await world.services.reporting.submit(draft.id)
            # A new click on the same chat begins a new report, and leaves the addition alone.
            fresh, _form, _talk = await world.services.reporting.begin(ReportContext(ACCOUNT, chat, (), OTHER))
            assert fresh.id != draft.id
            # Begun again, it goes on with what was chosen, and sees what came since.
            await world.chat(1, start=13)
            again = await world.services.addenda.begin(one)
            assert (again.id, again.chosen) == (draft.id, draft.chosen)
            assert again.snapshot is not None
            assert again.snapshot.total == 13
            assert [report.id for report in await world.services.outbox.reports()] == [one]

    asyncio.run(main())


def test_the_same_bytes_on_every_try_and_one_at_the_desk(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            draft = await world.services.addenda.begin(one)
            first, second = await asyncio.gather(
                world.services.addenda.submit(draft.id, "words"), world.services.addenda.submit(draft.id, "words")
            )
            assert first == second == draft.id
            desk.plans["add"] = [EndpointUnreachable("timeout"), None]
            # Taken by the desk, but the answer is lost on the way.
            desk.plans["added"] = [EndpointUnreachable("connection"), None]
            for _ in range(3):
                await look(world, one)
            assert len(desk.added_bytes) == 3
            assert len(set(desk.added_bytes)) == 1
            assert len(desk.added[one]) == 1
            assert (await summary(world, one)).addenda[0].sent_at
            await look(world, one)
            assert len(desk.added_bytes) == 3
            assert await world.services.addenda.submit(draft.id, "other words") == draft.id

    asyncio.run(main())


def test_a_chain_of_three_made_offline_goes_in_order_after_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        secrets: Any = None
        from tests.services.report_world import Memory

        secrets = Memory()
        async with opened(tmp_path, desk, Manual(), secrets, profile=desk.profile) as world:
            one = await sent(world)
            for words in ("first", "second", "third"):
                draft = await world.services.addenda.begin(one)
                await world.services.addenda.submit(draft.id, words)
        async with opened(tmp_path, desk, Manual(), secrets) as world:
            await look(world, one)
            chain = desk.added[one]
            assert [each.body["narrative"]["text"] for each in chain] == ["first", "second", "third"]
            assert [each.prev_digest for each in chain] == [desk.filed[one].digest, chain[0].digest, chain[1].digest]

    asyncio.run(main())


def test_a_chain_that_went_on_elsewhere_is_followed(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, _chat = await with_chat(world)
            # Another computer of the same person added something meanwhile.
            elsewhere = await chosen(world, one, 0)
            await world.services.addenda.submit(elsewhere.id, "from the other computer")
            await look(world, one)
            await world.db.write(lambda conn: conn.execute("DELETE FROM report_addenda"))
            draft = await chosen(world, one, 5)
            await world.services.addenda.submit(draft.id, "from here")
            await look(world, one)
            chain = desk.added[one]
            assert [each.body["narrative"]["text"] for each in chain] == ["from the other computer", "from here"]
            assert chain[1].prev_digest == chain[0].digest
            assert chain[1].addendum_id == draft.id
            # Tried once with the old link, once with the new one; the lines are the same.
            assert len(desk.added_bytes) == 3
            assert len(chain[1].entries) == len(desk.added[one][1].entries) > 0
            assert ((await summary(world, one)).problem, (await summary(world, one)).addenda[0].sent_at != "") == (
                "",
                True,
            )

    asyncio.run(main())


def test_when_its_lines_are_gone_it_is_not_made_again_with_less(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, chat = await with_chat(world)
            other = await chosen(world, one, 0)
            await world.services.addenda.submit(other.id, "elsewhere")
            await look(world, one)
            await world.db.write(lambda conn: conn.execute("DELETE FROM report_addenda"))
            draft = await chosen(world, one, 5)
            await world.services.addenda.submit(draft.id, "from here")
            await world.db.write(conversations.erase, chat)
            report = await look(world, one)
            assert len(desk.added[one]) == 1
            assert (report.problem, report.problem_advice) == problems.words_for(problems.CHAIN)
            [kept] = report.addenda
            assert (kept.words, kept.sent_at) == ("from here", "")

    asyncio.run(main())


@pytest.mark.parametrize(
    "refusal",
    [
        EndpointRejected(413, "too-large"),
        EndpointRejected(422, "schema"),
        EndpointRejected(409, "other-digest"),
        EndpointRejected(451, "category"),
    ],
)
def test_a_refused_one_is_kept_told_and_can_be_tried_again(tmp_path: Path, refusal: EndpointRejected) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            draft = await world.services.addenda.begin(one)
            await world.services.addenda.submit(draft.id, "first")
            desk.plans["add"] = [refusal]
            report = await look(world, one)
            assert (report.problem, report.problem_advice) == problems.words_for(problems.ADDED)
            assert [each.words for each in report.addenda] == ["first"]
            # News came all the same, and the refused one holds nothing else up.
            assert desk.asked
            later = await world.services.addenda.begin(one)
            await world.services.addenda.submit(later.id, "second")
            await look(world, one)
            assert [each.body["narrative"]["text"] for each in desk.added[one]] == ["second"]
            # Tried again, it goes behind what the desk took meanwhile.
            await world.services.outbox.retry(one)
            report = await look(world, one)
            assert [each.body["narrative"]["text"] for each in desk.added[one]] == ["second", "first"]
            assert (report.problem, all(each.sent_at for each in report.addenda)) == ("", True)

    asyncio.run(main())


@pytest.mark.parametrize("failure", [EndpointUnreachable("timeout"), ReceiptRefused("addendum")])
def test_a_desk_that_answers_wrongly_or_not_at_all_gets_it_again(tmp_path: Path, failure: EndpointUnreachable) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            draft = await world.services.addenda.begin(one)
            await world.services.addenda.submit(draft.id, "words")
            desk.plans["add"] = [failure]
            assert not (await look(world, one)).addenda[0].sent_at
            assert (await look(world, one)).addenda[0].sent_at

    asyncio.run(main())


def test_a_case_that_is_gone_keeps_what_was_added(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            draft = await world.services.addenda.begin(one)
            await world.services.addenda.submit(draft.id, "words")
            desk.plans["add"] = [EndpointRejected(410, "gone")]
            following = world.services.outbox._following._correspondence
            await following._ask(one, 0)
            report = await summary(world, one)
            assert (report.problem, report.problem_advice) == problems.words_for(problems.CLOSED)
            assert [(each.words, each.sent_at) for each in report.addenda] == [("words", "")]
            assert not report.can_add

    asyncio.run(main())


def test_nothing_too_much_and_gone(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            addenda = world.services.addenda
            draft = await addenda.begin(one)
            with pytest.raises(NothingToAdd):
                await addenda.submit(draft.id, " \n ")
            with pytest.raises(TooLong):
                await addenda.submit(draft.id, "x" * 4001)
            # The draft is still there.
            await addenda.submit(draft.id, "x" * 4000)
            other = await addenda.begin(one)
            await addenda.discard(other.id)
            await addenda.discard(other.id)
            with pytest.raises(DraftGone):
                await addenda.submit(other.id, "words")
            # Throwing away what is saved takes nothing back.
            await addenda.discard(draft.id)
            assert len((await summary(world, one)).addenda) == 1
            unsent = await world.draft(counterpart="other@else.example")
            with pytest.raises(DraftGone):
                await addenda.submit(unsent.id, "words")
            await addenda.discard(unsent.id)
            assert (await world.services.reporting.drafts())[0].id == unsent.id
            with pytest.raises(KeyError):
                await addenda.begin("nowhere")

    asyncio.run(main())


def test_nothing_goes_to_the_person_by_itself_while_it_is_written(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            assert not world.quiet.holds(ACCOUNT, OTHER)
            for end in ("submit", "discard"):
                draft = await world.services.addenda.begin(one)
                assert world.quiet.holds(ACCOUNT, OTHER)
                if end == "submit":
                    await world.services.addenda.submit(draft.id, "words")
                else:
                    await world.services.addenda.discard(draft.id)
                assert not world.quiet.holds(ACCOUNT, OTHER)

    asyncio.run(main())


def test_its_lines_are_checked_with_the_archive(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, _chat = await with_chat(world)
            late = replace(message(13), archive_id=ArchiveId(ACCOUNT, "a13"))
            await world.db.write(history.store, [late])
            session = signed_in(world.sessions, ACCOUNT)
            session.archive = [late]
            draft = await chosen(world, one, 12)
            await world.services.addenda.submit(draft.id, "")
            await look(world, one)
            [found] = desk.added[one]
            verdicts = {item["body"]: item["archive_check"] for item in found.entries if "withheld" not in item}
            assert verdicts["line 13"] == ArchiveCheck.SAME.value
            assert verdicts["line 12"] == ArchiveCheck.MISSING.value
            assert found.body["evidence"]["integrity"]["asked_at"]

    asyncio.run(main())


def test_a_kept_copy_gets_it_with_its_receipt(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, _chat = await with_chat(world, keep_copy=True)
            draft = await chosen(world, one, 4)
            await world.services.addenda.submit(draft.id, "more words")
            await look(world, one)
            copy = read_copy(await world.services.outbox.copy(one), desk.schemas)
            assert [added.addendum.digest for added in copy.addenda] == [desk.added[one][0].digest]
            assert all(added.receipt is not None for added in copy.addenda)
            row = await world.db.run(report_addenda.get, draft.id)
            assert row is not None
            assert row.jws == ""

    asyncio.run(main())


@pytest.mark.parametrize("outcome", list(WithdrawalOutcome))
def test_after_taking_back_nothing_waits_that_will_never_go(tmp_path: Path, outcome: WithdrawalOutcome) -> None:
    """What was sealed and not sent is erased, and an open window can not promise more words to a desk that takes none."""

    async def main() -> None:
        desk = StandIn()
        desk.outcome = outcome
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, _chat = await with_chat(world)
            first = await chosen(world, one, 1)
            await world.services.addenda.submit(first.id, "more")
            again = await chosen(world, one, 2)
            await world.services.outbox.withdraw(one, WithdrawReason.MISTAKE)
            with pytest.raises(DraftGone):
                await world.services.addenda.submit(again.id, "even more")
            row = await world.db.run(report_addenda.get, first.id)
            assert row is not None
            assert (row.sealed, row.selection, row.jws) == (None, None, "")
            await look(world, one)
            assert desk.added == {}

    asyncio.run(main())
