"""After the receipt: status, advice and replies, against a desk in memory that signs and seals as a real one does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from messenger.domain.errors import EndpointRejected, EndpointUnreachable
from messenger.domain.events import AdviceArrived, ReportChanged
from messenger.domain.receipt import Advice, AdviceStep, CaseStatus
from messenger.domain.report import OutboxState, ReportSummary, StatusChange
from messenger.evidence.keys import SigningKey
from messenger.evidence.message import make_message
from messenger.services import correspondence, problems
from messenger.services.ports import CaseNews
from messenger.storage import report_cases
from tests.services.report_world import CASE, Manual, Memory, StandIn, World, opened, until


def run(work: Any) -> Any:
    return asyncio.run(work)


async def sent(world: World, other: str = "max@elsewhere.example") -> str:
    draft = await world.draft(counterpart=other)
    report_id = await world.services.reporting.submit(draft.id)
    await world.services.delivery.deliver_due()
    assert (await world.services.outbox.report(report_id)).state is OutboxState.SENT
    return report_id


def advice(report_id: str, n: int, text: str = "You did the right thing.", steps: tuple[str, ...] = ()) -> Advice:
    made = tuple(AdviceStep(f"{n}-{place}", words) for place, words in enumerate(steps, 1))
    return Advice(report_id, n, f"2026-11-24T10:{n:02d}:00.000Z", "Mary", "advisor", "advice", text, made)


def sealed(desk: StandIn, report_id: str, one: Advice, key: SigningKey | None = None) -> str:
    enc = desk.filed[report_id].body["reporter"]["keys"]["enc"]
    return make_message(key or desk.signing, enc, one).decode()


def news(status: CaseStatus, messages: list[tuple[int, str]] | None = None, etag: str = '"1"') -> CaseNews:
    history = (
        StatusChange(CaseStatus.RECEIVED, "2026-11-24T09:00:05.000Z"),
        StatusChange(status, "2026-11-24T10:00:00.000Z"),
    )
    return CaseNews(status, history, CASE, tuple(messages or ()), etag)


async def look(world: World, report_id: str) -> ReportSummary:
    await world.services.outbox.refresh(report_id)
    return await world.services.outbox.report(report_id)


def test_status_and_advice_arrive_once(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            first = (1, sealed(desk, one, advice(one, 1, steps=("Tell your aunt.", "Keep the messages."))))
            second = (2, sealed(desk, one, advice(one, 2)))
            desk.news_plan = [news(CaseStatus.ADVICE_GIVEN, [first, second]), news(CaseStatus.ADVICE_GIVEN, etag='"2"')]
            report = await look(world, one)
            assert report.status is CaseStatus.ADVICE_GIVEN
            assert [change.status for change in report.history] == [CaseStatus.RECEIVED, CaseStatus.ADVICE_GIVEN]
            assert [(each.n, each.text) for each in report.advice] == [
                (1, "You did the right thing."),
                (2, "You did the right thing."),
            ]
            assert report.unread == 2
            assert [event.n for event in world.told(AdviceArrived)] == [1, 2]  # type: ignore[attr-defined]
            # The tag is kept only from the answer with nothing left behind it.
            assert desk.asked == [(0, "", 0), (2, "", 0)]
            desk.news_plan = [None]
            await look(world, one)
            assert desk.asked[-1] == (2, '"2"', 0)
            # The same message again, as after a crash before the number was kept, is no second one.
            desk.news_plan = [news(CaseStatus.ADVICE_GIVEN, [first])]
            assert len((await look(world, one)).advice) == 2
            assert len(world.told(AdviceArrived)) == 2

    run(main())


def test_steps_are_ticked_and_messages_read(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            steps = advice(one, 1, steps=("Tell your aunt.", "Keep the messages."))
            desk.news_plan = [news(CaseStatus.ADVICE_GIVEN, [(1, sealed(desk, one, steps))])]
            await look(world, one)
            box = world.services.outbox
            await box.mark_read(one, 1)
            await box.tick_step(one, 1, "1-2", True)
            before = len(world.told(ReportChanged))
            await box.tick_step(one, 1, "1-2", True)
            await box.tick_step(one, 1, "no such step", True)
            await box.mark_read(one, 1)
            assert len(world.told(ReportChanged)) == before
            report = await box.report(one)
            assert report.unread == 0
            assert [step.done for step in report.advice[0].steps] == [False, True]
        async with opened(tmp_path, desk, Manual()) as world:
            report = await world.services.outbox.report(one)
            assert [step.done for step in report.advice[0].steps] == [False, True]
            await world.services.outbox.tick_step(one, 1, "1-2", False)
            assert [step.done for step in (await world.services.outbox.report(one)).advice[0].steps] == [False, False]

    run(main())


@pytest.mark.parametrize("forgery", ["stranger", "other report", "other number", "garbage", "reporter"])
def test_a_message_that_the_desk_did_not_sign_for_this_case_is_never_shown(tmp_path: Path, forgery: str) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one, two = await sent(world), await sent(world, "second@elsewhere.example")
            false = {
                "stranger": lambda: sealed(desk, one, advice(one, 1), SigningKey.generate()),
                "other report": lambda: sealed(desk, one, advice(two, 1)),
                "other number": lambda: sealed(desk, one, advice(one, 7)),
                "garbage": lambda: "not \u2603 sealed",
                "reporter": lambda: make_message(desk.signing, desk.profile.keys[1], advice(one, 1)).decode(),
            }[forgery]()
            good = (2, sealed(desk, one, advice(one, 2, "This one is real.")))
            desk.news_plan = [news(CaseStatus.TRIAGED, [(1, false), good])]
            report = await look(world, one)
            assert [each.text for each in report.advice] == ["This one is real."]
            assert report.problem == problems.words_for(problems.MESSAGE)[0]

    run(main())


def test_replies_are_sealed_once_kept_and_handed_over_later(tmp_path: Path) -> None:
    async def main() -> None:
        desk, secrets = StandIn(), Memory()
        async with opened(tmp_path, desk, Manual(), secrets, profile=desk.profile) as world:
            one = await sent(world)
            await world.services.outbox.write(one, "Thank you.")
            assert desk.replies == ["Thank you."]
            desk.reply_plan = [EndpointUnreachable("connection")]
            with pytest.raises(EndpointUnreachable):
                await world.services.outbox.write(one, "I told my aunt.")
            report = await world.services.outbox.report(one)
            assert [(each.kind, each.text, each.n) for each in report.advice] == [
                ("reply", "Thank you.", -1),
                ("reply", "I told my aunt.", -2),
            ]
            (waiting,) = await world.db.run(report_cases.replies, one, waiting=True)
            assert waiting.sealed is not None
        async with opened(tmp_path, desk, Manual(), secrets) as world:
            await look(world, one)
            await look(world, one)
            assert desk.replies == ["Thank you.", "I told my aunt."]
            assert await world.db.run(report_cases.replies, one, waiting=True) == ()
            with pytest.raises(KeyError):
                await world.services.outbox.write("not-there", "x")

    run(main())


def test_without_its_keys_a_case_says_so_and_asks_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
        async with opened(tmp_path, desk, Manual(), Memory()) as world:
            report = await look(world, one)
            assert desk.asked == []
            assert report.problem == problems.words_for(problems.KEYS)[0]
            with pytest.raises(EndpointRejected):
                await world.services.outbox.write(one, "x")

    run(main())


def test_refresh_never_raises_for_the_world(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            for trouble in (EndpointUnreachable("timeout"), EndpointRejected(403)):
                desk.news_plan = [trouble]
                await look(world, one)
            await world.services.outbox.refresh()
            await world.services.outbox.refresh("not-there")
            assert len(desk.asked) == 3

    run(main())


# -- watching


def test_the_newest_case_is_asked_for_long_and_others_now_and_then(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            old, new = await sent(world), await sent(world, "second@elsewhere.example")
            await world.db.write(report_cases.set_place, new, 3, '"new"')
            await world.db.write(report_cases.set_place, old, 5, '"old"')
            await world.services.outbox.start()
            await until(lambda: len(desk.asked) == 2)
            assert desk.asked == [(3, '"new"', correspondence.WAIT), (5, '"old"', 0)]
            # An answer that came at once makes no hurry.
            for _ in range(3):
                await asyncio.sleep(0.02)
            assert len(desk.asked) == 2
            clock.forward(correspondence.PAUSE)
            await until(lambda: len(desk.asked) == 3)
            assert desk.asked[-1] == (3, '"new"', correspondence.WAIT)
            clock.forward(correspondence.CALM)
            await until(lambda: len(desk.asked) == 5)
            assert desk.asked[-1] == (5, '"old"', 0)
            # After two days without anything new it is a calm case too.
            clock.forward(correspondence.FRESH)
            await until(lambda: len(desk.asked) == 7)
            assert desk.asked[-2:] == [(3, '"new"', 0), (5, '"old"', 0)]

    run(main())


def test_a_desk_that_does_not_answer_is_left_in_peace(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            await sent(world)
            desk.news_plan = [EndpointUnreachable("status 503", 900)]
            await world.services.outbox.start()
            await until(lambda: len(desk.asked) == 1)
            for _ in range(3):
                await asyncio.sleep(0.02)
            clock.forward(899)
            await asyncio.sleep(0.05)
            assert len(desk.asked) == 1
            clock.forward(2)
            await until(lambda: len(desk.asked) == 2)

    run(main())


def test_a_desk_that_wants_a_day_of_rest_keeps_no_other_desk_waiting(tmp_path: Path) -> None:
    """Words of a second desk may be urgent; the first one has no say in when they are fetched."""

    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            other, new = await sent(world), await sent(world, "second@elsewhere.example")
            moved = "UPDATE report_cases SET profile = replace(profile, 'desk.example', 'other.example') WHERE report_id = ?"
            await world.db.write(lambda conn: conn.execute(moved, (other,)))
            await world.db.write(report_cases.set_place, new, 3, '"new"')
            await world.db.write(report_cases.set_place, other, 5, '"other"')
            desk.news_plan = [EndpointUnreachable("status 503", 86_400)]
            await world.services.outbox.start()
            await until(lambda: len(desk.asked) == 1)
            await asyncio.sleep(0.05)
            for _ in range(3):
                clock.forward(correspondence.FAILED)
                await asyncio.sleep(0.05)
            assert [place for place, _etag, _wait in desk.asked][:2] == [3, 5], "the other desk is asked"
            assert [place for place, _etag, _wait in desk.asked].count(3) == 1, "the one that wants rest has it"

    run(main())


@pytest.mark.parametrize("status", [404, 410])
def test_a_case_that_the_desk_erased_says_so(tmp_path: Path, status: int) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            one = await sent(world)
            desk.news_plan, before = [EndpointRejected(status)], len(world.told(ReportChanged))
            await world.services.outbox.start()
            words = problems.words_for(problems.CLOSED)[0]
            await until(lambda: len(world.told(ReportChanged)) > before)
            assert (await world.services.outbox.report(one)).problem == words

    run(main())


def test_a_mistake_of_one_answer_does_not_end_the_watch(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            one = await sent(world)
            good = (1, sealed(desk, one, advice(one, 1)))
            desk.news_plan = [EndpointRejected(401), news(CaseStatus.TRIAGED, [good])]
            await world.services.outbox.start()
            await until(lambda: len(desk.asked) == 1)
            async with asyncio.timeout(20):
                while not world.told(AdviceArrived):
                    clock.forward(correspondence.PAUSE)
                    await asyncio.sleep(0.01)
            assert replace((await world.services.outbox.report(one)).advice[0], read=True).n == 1

    run(main())


@pytest.mark.parametrize("failure", [EndpointUnreachable("status 503"), EndpointRejected(422, "schema")])
def test_what_cannot_be_handed_over_keeps_no_advice_back(tmp_path: Path, failure: Exception) -> None:
    """An addition that the desk never takes must not stand between a person and the desk's urgent words."""

    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            tried: list[str] = []

            async def stuck(way: Any) -> None:
                tried.append(way.case.report_id)
                raise failure

            talk = world.services.outbox._following._correspondence
            talk._carriers = (stuck, *talk._carriers)
            desk.news_plan = [news(CaseStatus.ADVICE_GIVEN, [(1, sealed(desk, one, advice(one, 1)))])]
            with pytest.raises(type(failure)):
                await talk.refresh(one)
            assert tried == [one]
            assert [each.n for each in (await world.services.outbox.report(one)).advice] == [1]

    run(main())
