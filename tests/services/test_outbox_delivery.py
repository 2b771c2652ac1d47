"""The outbox worker: what is saved goes out once, in order, whatever happens on the way (F1, F5-F10, F14, F15, F23)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from messenger.domain.account import ConnectionState
from messenger.domain.errors import (
    EndpointRejected,
    EndpointUnreachable,
    ReceiptRefused,
    RobinError,
    StoreFull,
)
from messenger.domain.events import ConnectionChanged, ReportAccepted, ReportChanged, ReportQueued
from messenger.domain.receipt import CaseStatus
from messenger.domain.report import OutboxState
from messenger.evidence.package import Package
from messenger.services import backoff, problems
from messenger.storage import outbox
from tests.services.report_world import CASE, CODE, OTHER, Manual, Memory, StandIn, World, opened, until

LOST = EndpointUnreachable("connection")


def run(work: Any) -> Any:
    return asyncio.run(work)


async def submitted(world: World, count: int = 1, **options: str) -> list[str]:
    ids = []
    for number in range(count):
        draft = await world.draft(counterpart=f"p{number}@elsewhere.example", **options)
        ids.append(await world.services.reporting.submit(draft.id))
    return ids


def lose_the_store(folder: Path) -> None:
    for name in folder.glob("robin.db*"):
        name.unlink()


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# -- the good way


def test_a_saved_report_is_delivered_and_its_case_kept(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            assert (tmp_path / "outbox" / f"{one}.robin").exists()
            assert await world.services.delivery.deliver_due() is None
            report = await world.services.outbox.report(one)
            assert report.state is OutboxState.SENT
            assert (report.case_number, report.receipt_code) == (CASE, CODE)
            assert report.status is CaseStatus.RECEIVED
            assert [change.status for change in report.history] == [CaseStatus.RECEIVED]
            assert report.receipt is not None
            assert report.receipt.report_digest == desk.filed[one].digest
            assert report.next_contact_by == "2026-11-25T09:00:00.000Z"
            assert report.problem == ""
            assert list((tmp_path / "outbox").iterdir()) == []
            assert [event.case_number for event in world.told(ReportAccepted)] == [CASE]  # type: ignore[attr-defined]
        async with opened(tmp_path, desk, clock) as world:
            assert await world.services.outbox.report(one) == report
            with pytest.raises(KeyError):
                await world.services.outbox.report("not-there")

    run(main())


def test_the_worker_starts_on_queue_on_connect_and_at_start(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [LOST]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            await world.services.outbox.start()
            (one,) = await submitted(world)
            await until(lambda: len(desk.tries) == 1)  # on queue
            report = await world.services.outbox.report(one)
            while report.state is not OutboxState.SAVED:
                report = await world.services.outbox.report(one)
            assert report.problem
            desk.plan = [LOST]
            world.bus.publish(ConnectionChanged("sam@home.example", ConnectionState.ONLINE))
            await until(lambda: len(desk.tries) == 2)  # on connect
        desk.plan = [LOST]
        async with opened(tmp_path, desk, clock) as world:
            await world.services.outbox.start()
            await until(lambda: len(desk.tries) == 3)  # at start
            await until(lambda: len(world.told(ReportChanged)) >= 2)
            clock.forward(backoff.LINE_CAP)
            assert (await world.services.outbox.wait(one, 0)).state in OutboxState
            await until(lambda: len(desk.tries) == 4)  # by back-off
            await until(lambda: world.told(ReportAccepted))

    run(main())


def test_wait_returns_when_it_is_settled_or_the_time_is_over(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            over = asyncio.create_task(world.services.outbox.wait(one, 8))
            await asyncio.sleep(0.05)
            assert not over.done()
            clock.forward(8)
            assert (await over).state is OutboxState.SAVED
            sent = asyncio.create_task(world.services.outbox.wait(one, 8))
            await world.services.delivery.deliver_due()
            assert (await sent).state is OutboxState.SENT

    run(main())


# -- trouble on the way


def test_f10_the_same_bytes_are_tried_again_with_growing_pauses(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [LOST] * 12
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            pauses = []
            for _ in range(12):
                pause = await world.services.delivery.deliver_due()
                assert pause is not None
                pauses.append(pause)
                report = await world.services.outbox.report(one)
                assert report.state is OutboxState.SAVED
                assert report.problem == problems.words_for("line")[0]
                assert await world.services.delivery.deliver_due() == pytest.approx(pause)
                assert len(desk.tries) == len(pauses)  # nothing before its time
                clock.forward(pause)
            assert await world.services.delivery.deliver_due() is None
            assert len(set(desk.bytes)) == 1
            assert 1.0 <= pauses[0] <= 2.0
            assert 0.5 * backoff.LINE_CAP <= pauses[-1] <= backoff.LINE_CAP
            assert all(pause <= backoff.LINE_CAP for pause in pauses)
            assert (await world.services.outbox.report(one)).state is OutboxState.SENT

    run(main())


def test_attempts_are_counted_over_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [LOST] * 10
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            for _ in range(5):
                clock.forward(await world.services.delivery.deliver_due() or 0)
        async with opened(tmp_path, desk, clock) as world:
            pause = await world.services.delivery.deliver_due()
            assert pause is not None
            assert pause >= 0.5 * min(backoff.LINE_CAP, 2.0**6)
            entry = await world.db.run(outbox.get, one)
            assert entry is not None
            assert entry.attempts == 6

    run(main())


@pytest.mark.parametrize(("told", "pause"), [(120, 120.0), (86400, 86400.0)])
def test_f09_retry_after_is_honoured_and_the_network_does_not_shorten_it(
    tmp_path: Path, told: int, pause: float
) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [EndpointUnreachable("status 503", told)]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            assert await world.services.delivery.deliver_due() == pause
            assert (await world.services.outbox.report(one)).problem == problems.words_for("busy")[0]
            world.services.delivery.wake()
            assert await world.services.delivery.deliver_due() == pause
            clock.forward(pause)
            assert await world.services.delivery.deliver_due() is None
            assert len(desk.tries) == 2

    run(main())


def test_a_person_may_try_before_the_time(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [EndpointUnreachable("status 429", 3600)]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            await world.services.delivery.deliver_due()
            await world.services.outbox.retry(one)
            assert await world.services.delivery.deliver_due() is None
            assert (await world.services.outbox.report(one)).state is OutboxState.SENT

    run(main())


@pytest.mark.parametrize("status", [0, 400, 401, 403, 404, 409, 410, 413, 415, 422, 451])
def test_f09_a_refusal_waits_for_the_person_and_is_never_dropped(tmp_path: Path, status: int) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [EndpointRejected(status, "x", "words of the desk")]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            assert await world.services.delivery.deliver_due() is None
            report = await world.services.outbox.report(one)
            assert report.state is OutboxState.NEEDS_ATTENTION
            assert report.problem
            assert report.problem_advice
            assert "words of the desk" not in repr(report)
            assert (tmp_path / "outbox" / f"{one}.robin").exists()
            assert (await world.services.outbox.wait(one, 5)).state is OutboxState.NEEDS_ATTENTION
        async with opened(tmp_path, desk, clock) as world:
            clock.forward(14 * 24 * 3600)
            await world.services.delivery.adopt()
            assert await world.services.delivery.deliver_due() is None
            assert len(desk.tries) == 1
            await world.services.outbox.retry(one)
            await world.services.delivery.deliver_due()
            assert (await world.services.outbox.report(one)).state is OutboxState.SENT

    run(main())


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ReceiptRefused("receipt"), "receipt"),
        (EndpointUnreachable("certificate"), "certificate"),
        (EndpointUnreachable("redirect"), "line"),
        (EndpointUnreachable("status 500"), "busy"),
        (StoreFull(), "disk"),
        (RuntimeError("a mistake of ours"), "fault"),
        (RobinError(), "fault"),
    ],
)
def test_every_other_failure_is_kept_and_tried_again(tmp_path: Path, error: Exception, word: str) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [error]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            pause = await world.services.delivery.deliver_due()
            assert pause is not None
            report = await world.services.outbox.report(one)
            assert report.state is OutboxState.SAVED
            assert (report.problem, report.problem_advice) == problems.words_for(word)
            clock.forward(pause)
            await world.services.delivery.deliver_due()
            report = await world.services.outbox.report(one)
            assert (report.state, report.problem) == (OutboxState.SENT, "")

    run(main())


def test_f10_an_endpoint_that_gives_a_receipt_for_something_else_delivers_nothing(tmp_path: Path) -> None:
    class Liar(StandIn):
        async def submit(self, submission: Any) -> Any:
            accepted = await super().submit(submission)
            return replace(accepted, receipt=replace(accepted.receipt, report_digest="A" * 43))

    async def main() -> None:
        desk, clock = Liar(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            await world.services.delivery.deliver_due()
            assert (await world.services.outbox.report(one)).state is OutboxState.SAVED
            assert (tmp_path / "outbox" / f"{one}.robin").exists()

    run(main())


# -- order


def test_reports_go_one_after_the_other_in_order_and_urgent_ones_first(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            plain = await submitted(world, 3, tiles="bullying")
            urgent = await submitted(world, 1, safe="no", tiles="threat")
            first = await world.db.run(outbox.get, urgent[0])
            assert first is not None
            assert first.urgency == 0
            await world.services.delivery.deliver_due()
            assert desk.tries == [*urgent, *plain]

    run(main())


def test_behind_a_desk_that_does_not_answer_the_others_keep_their_order(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [LOST]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            ids = await submitted(world, 3)
            pause = await world.services.delivery.deliver_due()
            assert desk.tries == ids[:1]
            clock.forward(pause or 0)
            await world.services.delivery.deliver_due()
            assert desk.tries == [ids[0], *ids]

    run(main())


def test_one_report_that_the_desk_cannot_take_holds_up_no_other(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [EndpointUnreachable("status 500"), None, None]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            ids = await submitted(world, 3)
            await world.services.delivery.deliver_due()
            assert set(desk.filed) >= set(ids[1:])

    run(main())


def test_f15_fourteen_days_offline_then_all_go_in_order_within_a_minute(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            ids = await submitted(world, 8, tiles="bullying")
            passed = 0.0
            while passed < 14 * 24 * 3600:
                desk.plan = [LOST]
                pause = await world.services.delivery.deliver_due()
                # Quickly through the days; every now and then the worker looks.
                step = max(pause or 0, 3600.0)
                clock.forward(step)
                passed += step
            desk.plan = []
            online_at, before = clock.monotonic(), len(desk.tries)
            while (pause := await world.services.delivery.deliver_due()) is not None:
                clock.forward(pause)
            assert clock.monotonic() - online_at <= 60
            assert desk.tries[before:] == ids

    run(main())


# -- the soft limit


def test_more_than_five_an_hour_wait_kindly_urgent_ones_go_and_none_is_lost(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            ids = await submitted(world, 8, tiles="bullying")
            pause = await world.services.delivery.deliver_due()
            assert desk.tries == ids[:5]
            assert pause == pytest.approx(3600, abs=1)
            held = await world.services.outbox.report(ids[5])
            assert held.state is OutboxState.SAVED
            assert (held.problem, held.problem_advice) == problems.words_for(problems.MANY)
            urgent = await submitted(world, 1, safe="no", tiles="threat")
            await world.services.delivery.deliver_due()
            assert urgent[0] in desk.filed
            await world.services.outbox.retry(ids[7])
            await world.services.delivery.deliver_due()
            assert ids[7] in desk.filed
            assert ids[6] not in desk.filed
            clock.forward(3601)
            await world.services.delivery.deliver_due()
            assert set(desk.filed) == {*ids, *urgent}

    run(main())


def test_the_limit_counts_an_hour_from_the_first_and_not_from_now(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            ids = []
            for _ in range(6):
                ids += await submitted(world, 1, tiles="bullying")
                clock.forward(60)
            pause = await world.services.delivery.deliver_due()
            assert desk.tries == ids[:5], "the sixth waits"
            assert pause == pytest.approx(3600 - 6 * 60, abs=1), "until the first is an hour old"
            clock.forward(3600 - 6 * 60 - 1)
            await world.services.delivery.deliver_due()
            assert ids[5] not in desk.filed
            clock.forward(2)
            await world.services.delivery.deliver_due()
            assert ids[5] in desk.filed

    run(main())


def test_after_closing_nothing_listens_any_more(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:

            def listeners() -> int:
                return sum(len(handlers) for handlers in world.bus._handlers.values())

            before = listeners()
            await world.services.outbox.start()
            await world.services.outbox.close()
            assert listeners() < before

    run(main())


@pytest.mark.parametrize("jump", [-40 * 365 * 86400, 40 * 365 * 86400, -3600, 7200])
def test_f08_a_clock_that_is_set_neither_loses_nor_holds_a_report(tmp_path: Path, jump: int) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [LOST]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            first = await submitted(world, 2)
            pause = await world.services.delivery.deliver_due()
            clock.jump(jump)
            assert await world.services.delivery.deliver_due() == pytest.approx(
                pause
            )  # timers do not follow the wall clock
            second = await submitted(world, 1)
            clock.forward(pause or 0)
            while (pause := await world.services.delivery.deliver_due()) is not None:
                assert pause <= 3600
                clock.forward(pause)
            assert desk.tries[1:] == [*first, *second]

    run(main())


# -- crashes, and what lies on disk


def test_f01_after_a_crash_between_file_and_row_the_file_is_queued(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            data = (tmp_path / "outbox" / f"{one}.robin").read_bytes()
        lose_the_store(tmp_path)
        (tmp_path / "outbox" / ".half.part").write_bytes(data[:100])
        (tmp_path / "outbox" / "notes.txt").write_text("not ours")
        async with opened(tmp_path, desk, clock) as world:
            await world.services.outbox.start()
            await until(lambda: one in desk.filed)
            await until(lambda: world.told(ReportAccepted))
            report = await world.services.outbox.report(one)
            assert report.case_number == CASE
            assert report.endpoint == "Test desk"
            names = sorted(path.name for path in (tmp_path / "outbox").iterdir())
            assert names in (["notes.txt"], [f"{one}.robin", "notes.txt"])

    run(main())


def test_f07_after_the_store_is_lost_every_sealed_report_is_delivered(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock, secrets = StandIn(), Manual(), Memory()
        async with opened(tmp_path, desk, clock, secrets, profile=desk.profile) as world:
            ids = await submitted(world, 4)
        lose_the_store(tmp_path)
        async with opened(tmp_path, desk, clock, secrets) as world:
            await world.services.delivery.adopt()
            assert len(await world.services.outbox.reports()) == 4
            await world.services.delivery.deliver_due()
            assert sorted(desk.filed) == sorted(ids)
            # The keys are in the key store, so the code can be read all the same.
            assert {one.receipt_code for one in await world.services.outbox.reports()} == {CODE}
            assert await world.services.reporting.drafts() == ()

    run(main())


def test_f07_without_the_keys_the_receipt_still_counts(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
        async with opened(tmp_path, desk, clock, Memory()) as world:
            await world.services.delivery.deliver_due()
            report = await world.services.outbox.report(one)
            assert (report.state, report.case_number, report.receipt_code) == (OutboxState.SENT, CASE, "")

    run(main())


def test_f23_a_receipt_that_could_not_be_written_is_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            real = world.db.write

            async def full(work: Any, *args: Any, **more: Any) -> Any:
                raise StoreFull

            monkeypatch.setattr(world.db, "write", full)
            pause = await world.services.delivery.deliver_due()
            assert pause is not None
            assert desk.tries == [one]
            assert world.told(ReportAccepted) == []
            assert (tmp_path / "outbox" / f"{one}.robin").exists()
            monkeypatch.setattr(world.db, "write", real)
            clock.forward(pause)
            await world.services.delivery.deliver_due()
            assert desk.tries == [one, one]
            assert len(desk.filed) == 1
            assert (await world.services.outbox.report(one)).state is OutboxState.SENT
            assert not (tmp_path / "outbox" / f"{one}.robin").exists()

    run(main())


def test_f05_a_refusal_that_cannot_be_written_is_not_asked_for_in_a_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        desk.plan = [EndpointRejected(413)]
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            await submitted(world)

            async def full(work: Any, *args: Any, **more: Any) -> Any:
                raise StoreFull

            with monkeypatch.context() as patch:
                patch.setattr(world.db, "write", full)
                assert await world.services.delivery.deliver_due() == backoff.BUSY_CAP
            assert len(desk.tries) == 1

    run(main())


def test_a_sent_report_whose_file_is_left_over_is_not_sent_again(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            (one,) = await submitted(world)
            file = tmp_path / "outbox" / f"{one}.robin"
            data = file.read_bytes()
            await world.services.delivery.deliver_due()
            file.write_bytes(data)
        async with opened(tmp_path, desk, clock) as world:
            await world.services.delivery.adopt()
            await world.services.delivery.deliver_due()
            assert desk.tries == [one]
            assert not file.exists()

    run(main())


@pytest.mark.parametrize("harm", ["flip", "cut", "gone", "empty", "other", "link"])
def test_f07_a_damaged_or_missing_file_is_said_and_nothing_else_stops(tmp_path: Path, harm: str) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            one, two = await submitted(world, 2)
            file = tmp_path / "outbox" / f"{one}.robin"
            data = file.read_bytes()
            if harm == "flip":
                file.write_bytes(data[:500] + bytes([data[500] ^ 1]) + data[501:])
            elif harm == "cut":
                file.write_bytes(data[:-200])
            elif harm == "empty":
                file.write_bytes(b"")
            elif harm == "other":
                file.write_bytes((tmp_path / "outbox" / f"{two}.robin").read_bytes())
            else:
                file.unlink()
            if harm == "link":
                file.symlink_to("/etc/passwd")
            await world.services.delivery.deliver_due()
            report = await world.services.outbox.report(one)
            assert report.state is OutboxState.NEEDS_ATTENTION
            word = problems.GONE if harm == "gone" else problems.DAMAGED
            assert report.problem == problems.words_for(word)[0]
            assert (await world.services.outbox.report(two)).state is OutboxState.SENT
            assert one not in desk.filed

    run(main())


def test_f07_a_damaged_file_without_a_row_is_said(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            one, two = await submitted(world, 2)
        lose_the_store(tmp_path)
        (tmp_path / "outbox" / f"{one}.robin").write_bytes(b"{}")
        async with opened(tmp_path, desk, clock) as world:
            await world.services.delivery.adopt()
            await world.services.delivery.deliver_due()
            report = await world.services.outbox.report(one)
            assert report.state is OutboxState.NEEDS_ATTENTION
            assert list(desk.filed) == [two]

    run(main())


def test_a_desk_that_moved_is_found_by_its_new_profile(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        seen: list[str] = []

        class Moved(StandIn):
            async def submit(self, submission: Any) -> Any:
                seen.append(submission.profile.base)
                return await desk.submit(submission)

        async with opened(tmp_path, Moved(), clock, profile=desk.profile) as world:
            first, second = await submitted(world, 2)
            moved = replace(desk.profile, base="https://desk.example:9999")
            (tmp_path / "endpoints" / "desk.json").unlink()
            from tests.services.report_world import write_profile

            write_profile(tmp_path, moved)
            await world.services.delivery.deliver_due()
            assert seen == ["https://desk.example:9999"] * 2
            assert {first, second} == set(desk.filed)
            # Another desk under the same id, with other keys, is not the one that it was sealed for.
            (third,) = await submitted(world)
            write_profile(tmp_path, replace(StandIn().profile, base="https://stranger.example"))
            await world.services.delivery.deliver_due()
            assert seen[-1] == "https://desk.example:9999"
            assert third in desk.filed

    run(main())


def test_without_a_way_to_the_desk_it_needs_attention(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, None, Manual(), profile=desk.profile) as world:
            (one,) = await submitted(world)
            await world.services.delivery.deliver_due()
            assert (await world.services.outbox.report(one)).state is OutboxState.NEEDS_ATTENTION

    run(main())


def test_f14_two_runs_over_one_copied_profile_make_one_report(tmp_path: Path) -> None:
    import shutil

    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path / "a", desk, clock, profile=desk.profile) as world:
            ids = await submitted(world, 3)
        shutil.copytree(tmp_path / "a", tmp_path / "b")
        async with opened(tmp_path / "a", desk, clock) as one, opened(tmp_path / "b", desk, clock) as two:
            await asyncio.gather(one.services.delivery.deliver_due(), two.services.delivery.deliver_due())
            assert sorted(desk.filed) == sorted(ids)
            assert len(desk.tries) == 6
            for world in (one, two):
                assert {report.state for report in await world.services.outbox.reports()} == {OutboxState.SENT}

    run(main())


def test_a_report_queued_while_another_is_on_its_way_goes_next(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            await world.services.outbox.start()
            ids = await submitted(world, 4)
            await until(lambda: len(world.told(ReportAccepted)) == 4)
            assert desk.tries == ids
            assert len(world.told(ReportQueued)) == 4
        assert desk.closed

    run(main())


def test_packages_on_disk_hold_no_words(tmp_path: Path) -> None:
    async def main() -> None:
        desk, clock = StandIn(), Manual()
        async with opened(tmp_path, desk, clock, profile=desk.profile) as world:
            ids = await world.chat()
            draft = await world.draft((ids[4],), own_words="canary words of mine", name="Canary Name")
            await world.services.reporting.submit(draft.id)
        for path in files_of(tmp_path):
            data = path.read_bytes()
            for canary in (b"canary words", b"Canary Name", b"line 5", OTHER.encode()):
                assert canary not in data, path.name
        package = Package.decode((tmp_path / "outbox" / f"{draft.id}.robin").read_bytes())
        assert package.endpoint.name == "Test desk"

    run(main())
