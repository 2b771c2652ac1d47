"""After the receipt: questions of the desk answered, a report taken back, a desk that is late, and words that stay plain."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from messenger.domain import errors
from messenger.domain.errors import EndpointRejected, EndpointUnreachable, NotWithdrawn, ReceiptRefused
from messenger.domain.events import ReportChanged
from messenger.domain.receipt import (
    Advice,
    CaseStatus,
    FormAnswer,
    FormOption,
    FormQuestion,
    IdentityLevel,
    WithdrawalOutcome,
)
from messenger.domain.report import OutboxState, WithdrawReason
from messenger.evidence.keys import SigningKey
from messenger.evidence.package import read_copy
from messenger.services import problems
from messenger.storage import report_after, report_cases
from tests.reading import grade
from tests.services.played_chat import signed_in
from tests.services.report_world import ACCOUNT, CASE, Manual, Memory, StandIn, World, opened
from tests.services.test_correspondence import advice, look, news, sealed, sent

FORM = (
    FormQuestion("again", "one", "Has it happened again?", (FormOption("yes", "Yes"), FormOption("no", "No"))),
    FormQuestion("when", "date", "When was it?"),
    FormQuestion("more", "text", "What else do you want to tell?"),
)
YES = FormAnswer("again", ("yes",), "Has it happened again?", "Yes")
MORE = FormAnswer("more", ("He came to my school.",), "What else do you want to tell?", "He came to my school.")


async def asked(world: World, desk: StandIn) -> str:
    one = await sent(world)
    question = Advice(one, 1, "2026-11-24T10:01:00.000Z", "Mary", "advisor", "question", "Please say.", (), False, FORM)
    desk.news_plan = [news(CaseStatus.NEED_INFO, [(1, sealed(desk, one, question))])]
    await look(world, one)
    return one


# -- questions of the desk


def test_a_form_is_answered_once_in_the_words_that_were_seen(tmp_path: Path) -> None:
    async def main() -> None:
        desk, secrets = StandIn(), Memory()
        async with opened(tmp_path, desk, Manual(), secrets, profile=desk.profile) as world:
            one = await asked(world, desk)
            [message] = (await world.services.outbox.report(one)).advice
            assert (message.form, message.answered) == (FORM, ())
            stranger = FormAnswer("not-asked", ("x",), "Who are you?", "x")
            await world.services.outbox.answer_form(one, 1, (YES, MORE, stranger))
            [reply] = desk.full_replies
            assert (reply.to, reply.text, reply.answers) == (1, "", (YES, MORE))
        async with opened(tmp_path, desk, Manual(), secrets) as world:
            # No empty line of one's own; the answers stand with their question.
            [message] = (await world.services.outbox.report(one)).advice
            assert message.answered == (YES, MORE)
            await world.services.outbox.answer_form(one, 1, (replace(YES, a=("no",), answer_shown="No"),))
            [message] = (await world.services.outbox.report(one)).advice
            assert [each.a for each in message.answered] == [("no",)]
            with pytest.raises(KeyError):
                await world.services.outbox.answer_form(one, 7, (YES,))
            with pytest.raises(KeyError):
                await world.services.outbox.answer_form("nowhere", 1, (YES,))

    asyncio.run(main())


def test_answers_are_kept_and_go_later(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await asked(world, desk)
            desk.reply_plan = [EndpointUnreachable("timeout")]
            with pytest.raises(EndpointUnreachable):
                await world.services.outbox.answer_form(one, 1, (YES,))
            assert (await world.services.outbox.report(one)).advice[0].answered == (YES,)
            await look(world, one)
            await look(world, one)
            assert [reply.answers for reply in desk.full_replies] == [(YES,)]

    asyncio.run(main())


@pytest.mark.parametrize("status", [400, 409, 413, 415, 422])
def test_words_that_the_desk_will_not_take_are_kept_and_hold_nothing_up(tmp_path: Path, status: int) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            desk.reply_plan = [EndpointRejected(status, "form")]
            await world.services.outbox.write(one, "my words")
            report = await world.services.outbox.report(one)
            assert (report.problem, report.problem_advice) == problems.words_for(problems.REPLY)
            assert [each.text for each in report.advice] == ["my words"]
            desk.news_plan = [news(CaseStatus.TRIAGED)]
            assert (await look(world, one)).status is CaseStatus.TRIAGED
            await world.services.outbox.write(one, "fewer words")
            assert desk.replies == ["fewer words"]

    asyncio.run(main())


def test_too_many_words_are_said_to_be_too_many_and_nothing_is_kept(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await asked(world, desk)
            with pytest.raises(errors.TooLong):
                await world.services.outbox.write(one, "x" * 10_001)
            with pytest.raises(errors.TooLong):
                await world.services.outbox.answer_form(one, 1, (replace(MORE, a=("x" * 4001,)),))
            assert desk.full_replies == []
            assert await world.db.run(report_cases.replies, one) == ()
            await world.services.outbox.write(one, "x" * 10_000)

    asyncio.run(main())


# -- taking back


@pytest.mark.parametrize("outcome", list(WithdrawalOutcome))
def test_a_report_is_taken_back_by_the_desks_signed_word(tmp_path: Path, outcome: WithdrawalOutcome) -> None:
    async def main() -> None:
        desk = StandIn()
        desk.outcome = outcome
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            assert (await world.services.outbox.report(one)).can_withdraw
            said = await world.services.outbox.withdraw(one, WithdrawReason.MISTAKE, "  I was wrong. ")
            assert (said.outcome, said.case_number, said.report_digest) == (outcome, CASE, desk.filed[one].digest)
            assert [(wish.reason, wish.text) for wish in desk.withdrawn] == [(WithdrawReason.MISTAKE, "I was wrong.")]
            report = await world.services.outbox.report(one)
            assert (report.withdrawn, report.can_withdraw, report.can_add, report.overdue) == (
                outcome,
                False,
                False,
                False,
            )
            # A second time gives the first answer, and asks nobody.
            assert await world.services.outbox.withdraw(one, WithdrawReason.UNSAFE) == said
            assert len(desk.withdrawn) == 1
            with pytest.raises(KeyError):
                await world.services.addenda.begin(one)

    asyncio.run(main())


def test_an_erased_case_is_over_and_a_noted_one_goes_on(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, two = await sent(world), await sent(world, "other@else.example")
            desk.reply_plan = [EndpointUnreachable("timeout")]
            with pytest.raises(EndpointUnreachable):
                await world.services.outbox.write(one, "never mind")
            unfinished = await world.services.addenda.begin(one)
            await world.services.outbox.withdraw(one, WithdrawReason.CHANGED_MIND)
            with pytest.raises(errors.DraftGone):
                await world.services.addenda.submit(unfinished.id, "words")
            desk.outcome = WithdrawalOutcome.NOTED
            await world.services.outbox.withdraw(two, WithdrawReason.SOLVED)
            asked = len(desk.asked)
            report = await look(world, one)
            assert (report.status, len(desk.asked), desk.replies) == (CaseStatus.WITHDRAWN, asked, [])
            first = advice(two, 1, "We still look after this.")
            desk.news_plan = [news(CaseStatus.ASSIGNED, [(1, sealed(desk, two, first))])]
            report = await look(world, two)
            assert (report.status, report.withdrawn) == (CaseStatus.ASSIGNED, WithdrawalOutcome.NOTED)
            assert [each.text for each in report.advice] == ["We still look after this."]

    asyncio.run(main())


@pytest.mark.parametrize("answer", ["gone", "news"])
def test_a_question_that_was_open_when_the_report_was_erased_changes_nothing(tmp_path: Path, answer: str) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            late = advice(one, 1, "Too late.")
            given, asking = asyncio.Event(), asyncio.Event()

            async def held(*_parts: object) -> object:
                asking.set()
                await given.wait()
                if answer == "gone":
                    raise EndpointRejected(410, "withdrawn")
                return news(CaseStatus.ASSIGNED, [(1, sealed(desk, one, late))])

            desk.news = held  # type: ignore[method-assign, assignment]
            question = asyncio.create_task(world.services.outbox._following._correspondence._ask(one, 25))
            await asking.wait()
            await world.services.outbox.withdraw(one, WithdrawReason.MISTAKE)
            given.set()
            await asyncio.wait_for(question, 60)
            report = await world.services.outbox.report(one)
            assert (report.problem, report.status, report.advice) == ("", CaseStatus.WITHDRAWN, ())
            assert report.withdrawn is WithdrawalOutcome.ERASED

    asyncio.run(main())


@pytest.mark.parametrize(
    "failure",
    [
        EndpointUnreachable("timeout"),
        EndpointUnreachable("status 503"),
        # A changed key, a receipt for another digest, a page of a hotel: no word of this desk about this report.
        ReceiptRefused("withdrawal"),
        EndpointRejected(422, "form"),
        EndpointRejected(401, "proof"),
    ],
)
def test_without_the_desks_word_nothing_was_taken_back(tmp_path: Path, failure: errors.RobinError) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            desk.plans["withdraw"] = [failure, None, None]
            desk.plans["withdrew"] = [EndpointUnreachable("connection"), None]
            with pytest.raises(NotWithdrawn):
                await world.services.outbox.withdraw(one, WithdrawReason.UNSAFE, "now")
            report = await world.services.outbox.report(one)
            assert (report.withdrawn, report.can_withdraw, report.status) == (None, True, CaseStatus.RECEIVED)
            # It is never sent later by itself.
            await look(world, one)
            assert desk.withdrawn == []
            # The desk had it, but the answer was lost: the same wish goes again, under the same id.
            with pytest.raises(NotWithdrawn):
                await world.services.outbox.withdraw(one, WithdrawReason.UNSAFE, "now")
            await world.services.outbox.withdraw(one, WithdrawReason.UNSAFE, "now")
            assert len({wish.id for wish in desk.withdrawn}) == 1
            assert len(desk.withdrawn) == 2

    asyncio.run(main())


def test_another_wish_is_another_letter(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            desk.plans["withdrew"] = [EndpointUnreachable("connection"), None]
            with pytest.raises(NotWithdrawn):
                await world.services.outbox.withdraw(one, WithdrawReason.UNSAFE, "now")
            await world.services.outbox.withdraw(one, WithdrawReason.MISTAKE, "now")
            assert [wish.reason for wish in desk.withdrawn] == [WithdrawReason.UNSAFE, WithdrawReason.MISTAKE]
            assert await world.db.run(report_after.letters, one, report_after.CONSENT) == ()

    asyncio.run(main())


def test_a_desk_that_does_not_keep_the_case_says_so(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            desk.plans["withdraw"] = [EndpointRejected(410, "gone")]
            world.events.clear()
            with pytest.raises(EndpointRejected):
                await world.services.outbox.withdraw(one, WithdrawReason.UNSAFE)
            report = await world.services.outbox.report(one)
            assert (report.problem, report.can_withdraw) == (problems.words_for(problems.CLOSED)[0], False)
            assert world.told(ReportChanged)

    asyncio.run(main())


def test_a_kept_copy_gets_the_desks_word(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            draft = await world.draft()
            one = await world.services.reporting.submit(draft.id, keep_copy=True)
            await world.services.delivery.deliver_due()
            said = await world.services.outbox.withdraw(one, WithdrawReason.MISTAKE)
            copy = read_copy(await world.services.outbox.copy(one), desk.schemas)
            assert copy.withdrawn == said

    asyncio.run(main())


# -- a desk that is late, wrong or gone


def test_a_late_desk_is_said_to_be_late_until_it_writes(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            one, two = await sent(world), await sent(world, "other@else.example")
            outbox = world.services.outbox
            clock.forward(23 * 3600)
            assert not (await outbox.report(one)).overdue
            clock.forward(2 * 3600)
            assert (await outbox.report(one)).overdue
            # The person's own words are no answer of the desk.
            await outbox.write(one, "hello?")
            assert (await outbox.report(one)).overdue
            desk.news_plan = [news(CaseStatus.RECEIVED, [(1, sealed(desk, one, advice(one, 1)))])]
            assert not (await look(world, one)).overdue
            desk.news_plan = [news(CaseStatus.ASSIGNED)]
            assert not (await look(world, two)).overdue

    asyncio.run(main())


def test_a_desk_that_changed_its_key_is_not_believed(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            other = SigningKey.generate()
            desk.news_plan = [news(CaseStatus.ADVICE_GIVEN, [(1, sealed(desk, one, advice(one, 1), other))])]
            report = await look(world, one)
            assert report.advice == ()
            assert (report.problem, report.problem_advice) == problems.words_for(problems.MESSAGE)

    asyncio.run(main())


def test_a_receipt_for_another_digest_is_none_and_the_report_stays(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            draft = await world.draft()
            one = await world.services.reporting.submit(draft.id)
            submit = desk.submit

            async def other(submission: object) -> object:
                accepted = await submit(submission)  # type: ignore[arg-type]
                return replace(accepted, receipt=replace(accepted.receipt, report_digest="A" * 43))

            desk.submit = other  # type: ignore[method-assign, assignment]
            await world.services.delivery.deliver_due()
            report = await world.services.outbox.report(one)
            assert (report.state, report.case_number, report.receipt) == (OutboxState.SAVED, "", None)
            assert report.problem == "The answer did not come from the right people."
            assert (tmp_path / "outbox" / f"{one}.robin").exists()

    asyncio.run(main())


def test_keys_that_are_gone_are_said_at_every_deed(tmp_path: Path) -> None:
    async def main() -> None:
        desk, secrets = StandIn(), Memory()
        async with opened(tmp_path, desk, Manual(), secrets, profile=desk.profile) as world:
            one = await sent(world)
            draft = await world.services.addenda.begin(one)
            signed_in(world.sessions, ACCOUNT)
            secrets.kept.clear()
            await world.db.write(lambda conn: conn.execute("DELETE FROM reporter_keys"))
            outbox = world.services.outbox
            report = await look(world, one)
            assert (report.problem, report.problem_advice) == problems.words_for(problems.KEYS)
            for deed in (
                outbox.write(one, "words"),
                outbox.ask_code(one, "sam@mail.example"),
                outbox.answer_code(one, "123456"),
                outbox.withdraw(one, WithdrawReason.MISTAKE),
                world.services.addenda.submit(draft.id, "words"),
            ):
                with pytest.raises(EndpointRejected) as refused:
                    await deed
                assert refused.value.fields["reason"] == problems.KEYS
            assert await world.db.run(report_cases.replies, one) == ()

    asyncio.run(main())


def test_the_receipts_level_is_kept(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            report = await world.services.outbox.report(one)
            assert (report.identity_level, report.identity_domain) == (IdentityLevel.UNVERIFIED, "")

    asyncio.run(main())


# -- plain words

WORDS = [
    problems.HANDED,
    problems.IDENTITY,
    problems.REPLY,
    problems.ADDED,
    problems.CHAIN,
    problems.CLOSED,
    problems.KEYS,
    problems.MESSAGE,
    problems.MANY,
    problems.DAMAGED,
    problems.GONE,
    problems.FAULT,
    "busy",
    "line",
    "certificate",
    "receipt",
    "disk",
    "rejected.0",
    "rejected.409",
    "rejected.410",
    "rejected.413",
    "rejected.451",
    "rejected.422",
]


@pytest.mark.parametrize("word", WORDS)
def test_every_problem_is_said_in_two_plain_sentences(word: str) -> None:
    sentence, advice_ = problems.words_for(word)
    assert sentence
    assert advice_
    assert "!" not in sentence + advice_
    assert grade(f"{sentence} {advice_}") <= 4


@pytest.mark.parametrize(
    "name", ["NotProved", "CodeNotSent", "CodeWrong", "CodeOver", "NotWithdrawn", "NothingToAdd", "TooLong"]
)
def test_what_can_fail_after_the_receipt_is_said_plainly(name: str) -> None:
    kind = getattr(errors, name)
    assert "!" not in kind.sentence + kind.advice
    assert grade(f"{kind.sentence} {kind.advice}") <= 4
