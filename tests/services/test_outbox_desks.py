"""The worker's times, to the second: two desks beside each other, the way that opens, the hour, a disk that is full."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, Handed, StoreFull
from messenger.domain.report import EndpointProfile, OutboxState
from messenger.safety import profiles
from messenger.services import backoff, delivery, problems
from messenger.services.ports import Accepted, Submission
from messenger.storage import outbox
from messenger.storage.connection import Connection
from tests.services.report_world import ACCOUNT, Manual, StandIn, World, opened

LOST = EndpointUnreachable("connection")
BUSY = EndpointUnreachable("status 503")


class Both:
    """One way to two desks."""

    def __init__(self, *desks: StandIn) -> None:
        self.desks = {desk.profile.id: desk for desk in desks}
        self.order: list[str] = []

    async def submit(self, submission: Submission) -> Accepted:
        self.order.append(submission.report_id)
        return await self.desks[submission.profile.id].submit(submission)

    def clock_offset(self, profile: EndpointProfile) -> int:
        return 0

    async def close(self) -> None:
        pass


@asynccontextmanager
async def two_desks(folder: Path, clock: Manual) -> AsyncIterator[tuple[World, Both, StandIn, StandIn]]:
    here, there = StandIn("Here"), StandIn("There")
    there.profile = replace(there.profile, id="far-desk", country="fr", base="https://far.example")
    both = Both(here, there)
    async with opened(folder, both, clock, profile=here.profile, hourly=100) as world:  # type: ignore[arg-type]
        (folder / "endpoints" / "second.json").write_bytes(profiles.dump(there.profile))
        # Half of the range: every pause is three quarters of its whole.
        world.services.delivery._random = lambda: 0.5
        yield world, both, here, there


async def saved(world: World, number: int, country: str = "gb") -> str:
    draft = await world.draft(counterpart=f"p{number}@elsewhere.example", country=country)
    return await world.services.reporting.submit(draft.id)


async def states(world: World) -> dict[str, OutboxState]:
    return {report.id: report.state for report in await world.services.outbox.reports()}


def test_a_desk_that_does_not_answer_holds_up_its_own_reports_only(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, both, here, _there):
            first, second = await saved(world, 1), await saved(world, 2)
            far = await saved(world, 3, "fr")
            here.plan = [LOST, LOST]
            assert await world.services.delivery.deliver_due() == 1.5
            # The second of the silent desk was not tried; the other desk's report went at once.
            assert both.order == [first, far]
            assert (await states(world))[far] is OutboxState.SENT
            clock.forward(1.0)
            assert await world.services.delivery.deliver_due() == 0.5
            assert both.order == [first, far]
            clock.forward(0.5)
            assert await world.services.delivery.deliver_due() == 3.0
            assert both.order == [first, far, first]
            clock.forward(3.0)
            assert await world.services.delivery.deliver_due() is None
            assert both.order == [first, far, first, first, second]

    asyncio.run(main())


def test_whoever_was_told_to_wait_longer_waits_longer_behind_a_silent_desk(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, both, here, _there):
            first = await saved(world, 1)
            here.plan = [EndpointUnreachable("status 429", 100)]
            assert await world.services.delivery.deliver_due() == 100.0
            second, third = await saved(world, 2), await saved(world, 3)
            here.plan = [LOST]
            assert await world.services.delivery.deliver_due() == 1.5
            assert both.order == [first, second]
            clock.forward(1.5)
            here.plan = [None, LOST]
            # The second opens the way for the third; the first still keeps to what the desk said.
            assert await world.services.delivery.deliver_due() == 1.5
            assert both.order == [first, second, second, third]
            clock.forward(98.4)
            assert await world.services.delivery.deliver_due() == pytest.approx(0.1)
            clock.forward(0.1)
            assert await world.services.delivery.deliver_due() is None
            assert both.order[-1] == first

    asyncio.run(main())


def test_a_busy_desk_holds_up_that_one_report_alone(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, both, here, _there):
            first, second = await saved(world, 1), await saved(world, 2)
            here.plan = [BUSY]
            assert await world.services.delivery.deliver_due() is None
            # The second went, and that opened the way for the first again.
            assert both.order == [first, second, first]

    asyncio.run(main())


def test_the_way_that_opens_is_the_way_to_that_desk(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, both, _here, there):
            far, near = await saved(world, 1, "fr"), await saved(world, 2)
            there.plan = [BUSY]
            assert await world.services.delivery.deliver_due() == 1.5
            assert both.order == [far, near]

    asyncio.run(main())


def test_a_fault_of_our_own_keeps_its_time_when_the_way_opens(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, both, here, _there):
            first, second = await saved(world, 1), await saved(world, 2)
            here.plan = [RuntimeError("a mistake")]
            assert await world.services.delivery.deliver_due() == 1.5
            assert both.order == [first, second]
            assert (await world.services.outbox.report(first)).problem == problems.words_for(problems.FAULT)[0]

    asyncio.run(main())


def test_pauses_double_up_to_their_cap_by_what_the_trouble_is(tmp_path: Path) -> None:
    async def main() -> None:
        for kind, cap in ((LOST, backoff.LINE_CAP), (BUSY, backoff.BUSY_CAP)):
            clock = Manual()
            async with two_desks(tmp_path / str(cap), clock) as (world, _both, here, _there):
                await saved(world, 1)
                whole = backoff.FIRST
                for _ in range(11):
                    here.plan = [kind]
                    pause = await world.services.delivery.deliver_due()
                    assert pause == min(cap, whole) * 0.75
                    clock.forward(pause)
                    whole *= 2

    for name in (str(backoff.LINE_CAP), str(backoff.BUSY_CAP)):
        (tmp_path / name).mkdir()
    asyncio.run(main())


def test_f05_on_a_full_disk_tries_are_counted_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, _both, here, _there):
            one = await saved(world, 1)
            here.plan = [LOST]
            assert await world.services.delivery.deliver_due() == 1.5
            clock.forward(1.5)

            def full(_conn: Connection, _report: str) -> int:
                raise StoreFull

            monkeypatch.setattr(outbox, "count_attempt", full)
            here.plan = [LOST]
            # One try is on disk; this is the second.
            assert await world.services.delivery.deliver_due() == 3.0
            clock.forward(3.0)
            here.plan = [None]
            assert await world.services.delivery.deliver_due() is None
            assert (await states(world))[one] is OutboxState.SENT

    asyncio.run(main())


async def crowd(world: World, clock: Manual, apart: float) -> str:
    """Five reports now, and `apart` seconds later the one that is too many."""
    for number in range(5):
        await saved(world, number)
    await world.services.delivery.deliver_due()
    clock.forward(apart)
    draft = await world.draft(counterpart="late@elsewhere.example", what="unsure")
    late = await world.services.reporting.submit(draft.id)
    entry = await world.db.run(outbox.get, late)
    assert entry is not None
    if entry.urgency < 2:
        await world.db.write(lambda conn: conn.execute("UPDATE outbox SET urgency = 3 WHERE report_id = ?", (late,)))
    return late


@pytest.mark.parametrize("apart", [0.0, 600.0, 3599.0])
def test_the_one_too_many_waits_until_the_first_is_an_hour_old_to_the_second(tmp_path: Path, apart: float) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, _both, _here, _there):
            world.services.delivery._hourly = 5
            late = await crowd(world, clock, apart)
            left = 3600.0 - apart
            assert await world.services.delivery.deliver_due() == left
            report = await world.services.outbox.report(late)
            assert (report.problem, report.problem_advice) == problems.words_for(problems.MANY)
            clock.forward(left - 1.0)
            assert await world.services.delivery.deliver_due() == 1.0
            assert (await states(world))[late] is OutboxState.SAVED
            clock.forward(1.0)
            assert await world.services.delivery.deliver_due() is None
            assert (await states(world))[late] is OutboxState.SENT

    asyncio.run(main())


def test_after_the_hour_nothing_is_too_many(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, _both, _here, _there):
            world.services.delivery._hourly = 5
            late = await crowd(world, clock, 3600.0)
            assert await world.services.delivery.deliver_due() is None
            assert (await states(world))[late] is OutboxState.SENT

    asyncio.run(main())


def test_f08_a_clock_set_back_by_a_second_does_not_hold_a_report_for_more_than_an_hour(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, _both, _here, _there):
            world.services.delivery._hourly = 5
            late = await crowd(world, clock, 0.0)
            clock.jump(-1.0)
            assert await world.services.delivery.deliver_due() is None
            assert (await states(world))[late] is OutboxState.SENT

    asyncio.run(main())


@pytest.mark.parametrize(("urgency", "goes"), [(0, True), (1, True), (2, False), (3, False)])
def test_now_and_today_are_never_held_back(tmp_path: Path, urgency: int, goes: bool) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, _both, _here, _there):
            world.services.delivery._hourly = 5
            late = await crowd(world, clock, 60.0)
            await world.db.write(
                lambda conn: conn.execute("UPDATE outbox SET urgency = ? WHERE report_id = ?", (urgency, late))
            )
            await world.services.delivery.deliver_due()
            assert ((await states(world))[late] is OutboxState.SENT) is goes

    asyncio.run(main())


def test_a_refusal_that_cannot_be_written_waits_a_quarter_of_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, both, here, _there):
            one = await saved(world, 1)
            here.plan = [EndpointRejected(422, "schema"), EndpointRejected(422, "schema")]
            write = outbox.set_state

            def full(_conn: Connection, _report: str, _state: OutboxState, _problem: str = "") -> None:
                raise StoreFull

            monkeypatch.setattr(outbox, "set_state", full)
            assert await world.services.delivery.deliver_due() == backoff.BUSY_CAP
            assert both.order == [one]
            monkeypatch.setattr(outbox, "set_state", write)
            clock.forward(backoff.BUSY_CAP)
            assert await world.services.delivery.deliver_due() is None
            assert (await states(world))[one] is OutboxState.NEEDS_ATTENTION

    asyncio.run(main())


def test_what_was_handed_over_by_hand_is_kept_and_never_called_sent(tmp_path: Path) -> None:
    async def main() -> None:
        clock = Manual()
        async with two_desks(tmp_path, clock) as (world, both, here, _there):
            one = await saved(world, 1)
            here.plan = [Handed("folder", "/media/stick")]
            assert await world.services.delivery.deliver_due() is None
            report = await world.services.outbox.report(one)
            assert (report.state, report.receipt, report.sent_at) == (OutboxState.HANDED, None, "")
            assert (report.problem, report.problem_advice) == problems.words_for(problems.HANDED)
            assert (tmp_path / "outbox" / f"{one}.robin").exists()
            # Neither a restart nor a line sends it again by itself; the person can.
            await world.services.delivery.adopt()
            world.services.delivery.wake()
            assert await world.services.delivery.deliver_due() is None
            assert both.order == [one]
            people = await world.db.run(outbox.people)
            assert (one, ACCOUNT, "p1@elsewhere.example") not in people
            await world.services.outbox.retry(one)
            assert await world.services.delivery.deliver_due() is None
            assert (await states(world))[one] is OutboxState.SENT

    asyncio.run(main())


def test_limits_are_what_the_house_says() -> None:
    assert (delivery.HOURLY, delivery._HOUR, delivery._URGENT) == (5, 3600.0, 1)
