"""The whole way against a real desk over HTTPS on loopback: Send, receipt, advice, reply, doubles (F9, F14, F23)."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from messenger.desk import cases
from messenger.desk.server import Desk
from messenger.desk.store import FILE as STORE_FILE
from messenger.desk.store import Store
from messenger.domain.errors import EndpointRejected, RobinError
from messenger.domain.events import AdviceArrived
from messenger.domain.receipt import Advice, AdviceStep, CaseStatus
from messenger.domain.report import EndpointProfile, OutboxState
from messenger.endpoints.https import HttpsEndpoint
from messenger.evidence.message import make_message
from messenger.evidence.package import read_copy
from messenger.evidence.schema import Schemas
from messenger.services.clock import SystemClock
from messenger.services.ports import Submission
from tests.services.report_world import ACCOUNT, OTHER, Memory, World, opened


def rows(desk: Desk) -> dict[str, str]:
    store = sqlite3.connect(desk.folder / STORE_FILE)
    found = store.execute("SELECT report_id, digest FROM reports WHERE filed IS NOT NULL").fetchall()
    store.close()
    return dict(found)


def endpoint() -> HttpsEndpoint:
    return HttpsEndpoint(SystemClock())


async def sent(world: World, **options: str) -> str:
    ids = await world.chat()
    draft = await world.draft((ids[4],), **options)
    report_id = await world.services.reporting.submit(draft.id, keep_copy=True)
    await world.services.outbox.start()
    report = await world.services.outbox.wait(report_id, 30)
    assert report.state is OutboxState.SENT, report.problem
    return report_id


def officer_writes(desk: Desk, report_id: str, n: int, enc: dict[str, str]) -> None:
    """What the officer's page does, without the page."""
    at = "2026-11-24T12:00:00.000Z"
    steps = (AdviceStep(f"{n}-1", "Tell an adult you trust."),)
    advice = Advice(report_id, n, at, "Harbour Desk", "officer", "advice", "You did nothing wrong.", steps)
    sealed = make_message(desk._keys.signing, enc, advice)
    store = Store(desk.folder / STORE_FILE)
    try:
        message = cases.Outgoing(report_id, n, time.time(), "Priya", sealed, b"-", f"draft-{report_id}-{n}"[:60])
        store.run_now(cases.put_message, message)
        store.run_now(cases.set_status, report_id, "advice_given", time.time())
    finally:
        store.close()


def test_from_send_to_receipt_advice_and_reply(tmp_path: Path, desk: Desk, receiver: EndpointProfile) -> None:
    async def main() -> None:
        async with opened(tmp_path, endpoint(), profile=receiver) as world:
            one = await sent(world)
            report = await world.services.outbox.report(one)
            assert rows(desk)[one] == (report.receipt.report_digest if report.receipt else "")
            assert len(report.receipt_code) == 19
            copy = read_copy(await world.services.outbox.copy(one), Schemas.packaged())
            assert copy.receipt is not None
            assert copy.receipt.case_number == report.case_number
            assert copy.signed.body["sent_to"]["name"] == "Harbour Desk"
            enc = copy.signed.body["reporter"]["keys"]["enc"]
            await asyncio.to_thread(officer_writes, desk, one, 1, enc)
            await world.services.outbox.refresh(one)
            report = await world.services.outbox.report(one)
            assert report.status is CaseStatus.ADVICE_GIVEN
            assert [each.text for each in report.advice] == ["You did nothing wrong."]
            assert len(world.told(AdviceArrived)) == 1
            await world.services.outbox.tick_step(one, 1, "1-1", True)
            await world.services.outbox.write(one, "I told my aunt.")
            store = Store(desk.folder / STORE_FILE)
            try:
                assert len(store.run_now(cases.replies, one)) == 1
            finally:
                store.close()

    asyncio.run(main())


def test_f14_fifty_reports_submitted_twice_at_once_by_two_runs_are_fifty(
    tmp_path: Path, desk: Desk, receiver: EndpointProfile
) -> None:
    """Double clicks in one run, then two runs over copies of one profile, each sending everything twice at once."""
    import shutil

    async def main() -> None:
        secrets = Memory()
        before = set(rows(desk))
        async with opened(tmp_path / "a", endpoint(), secrets=secrets, profile=receiver, hourly=1000) as world:
            drafts = [await world.draft(counterpart=f"p{n}@elsewhere.example") for n in range(50)]
            clicks = [world.services.reporting.submit(one.id) for one in drafts for _ in range(2)]
            ids = set(await asyncio.gather(*clicks))
            assert len(ids) == 50
        shutil.copytree(tmp_path / "a", tmp_path / "b")
        async with (
            opened(tmp_path / "a", endpoint(), secrets=secrets, hourly=1000) as first,
            opened(tmp_path / "b", endpoint(), secrets=secrets, hourly=1000) as second,
        ):
            await asyncio.gather(*(world.services.delivery.deliver_due() for world in (first, second, first, second)))
            for world in (first, second):
                reports = await world.services.outbox.reports()
                assert {one.state for one in reports} == {OutboxState.SENT}
                numbers = {one.id: one.case_number for one in reports}
                assert len(set(numbers.values())) == 50
        assert set(rows(desk)) - before == ids
        assert numbers == {one.id: one.case_number for one in reports}

    asyncio.run(main())


def test_f14_a_restored_backup_that_makes_the_report_anew_needs_attention_and_makes_no_second(
    tmp_path: Path, desk: Desk, receiver: EndpointProfile
) -> None:
    import shutil

    async def main() -> None:
        secrets = Memory()
        async with opened(tmp_path / "a", endpoint(), secrets=secrets, profile=receiver) as world:
            draft = await world.draft()
        shutil.copytree(tmp_path / "a", tmp_path / "b")
        async with opened(tmp_path / "a", endpoint(), secrets=secrets) as world:
            await world.services.reporting.submit(draft.id)
            await world.services.delivery.deliver_due()
            assert (await world.services.outbox.report(draft.id)).state is OutboxState.SENT
        async with opened(tmp_path / "b", endpoint(), secrets=secrets) as world:
            again, _form, _talk = await world.services.reporting.resume(draft.id)
            await world.services.reporting.save(replace(again, left_out=(1,)))
            await world.services.reporting.submit(draft.id)
            await world.services.delivery.deliver_due()
            report = await world.services.outbox.report(draft.id)
            assert report.state is OutboxState.NEEDS_ATTENTION
            assert "not the same one" in report.problem
            assert (tmp_path / "b" / "outbox" / f"{draft.id}.robin").exists()

    asyncio.run(main())


def test_the_desk_sees_what_the_reporter_saw(tmp_path: Path, desk: Desk, receiver: EndpointProfile) -> None:
    async def main() -> None:
        async with opened(tmp_path, endpoint(), profile=receiver) as world:
            await world.chat()
            draft = await world.draft((2,), own_words="He keeps asking where I live.", counterpart=OTHER)
            preview = await world.services.reporting.preview(draft)
            await world.services.reporting.submit(draft.id)
            await world.services.delivery.deliver_due()
            assert rows(desk)[draft.id] == preview.digest
            assert (await world.services.outbox.report(draft.id)).receipt.reporter_jid == ACCOUNT  # type: ignore[union-attr]

    asyncio.run(main())


@pytest.mark.parametrize("change", ["digest", "id"])
def test_f09_what_the_desk_refuses_is_a_refusal_here(
    tmp_path: Path, desk: Desk, receiver: EndpointProfile, change: str
) -> None:
    """A package whose sealed report is another one's: the desk says no, and nothing is filed."""

    async def main() -> None:
        from messenger.evidence.package import Package

        async with opened(tmp_path, endpoint(), profile=receiver) as world:
            saved: list[Package] = []
            for number in range(2):
                draft = await world.draft(counterpart=f"x{number}@elsewhere.example")
                await world.services.reporting.submit(draft.id)
                data: Any = (tmp_path / "outbox" / f"{draft.id}.robin").read_bytes()
                saved.append(Package.decode(data))
            one, two = saved
            swapped = replace(one, report=two.report, digest=two.digest if change == "id" else one.digest)
            submission = Submission(swapped.report_id, swapped.digest, swapped.encode(), receiver)
            before = rows(desk)
            caller = endpoint()
            with pytest.raises(RobinError) as caught:
                await caller.submit(submission)
            await caller.close()
            # Another digest than the named one counts as lost on the way; another id as a refusal.
            assert isinstance(caught.value, EndpointRejected) == (change == "id")
            assert rows(desk) == before

    asyncio.run(main())
