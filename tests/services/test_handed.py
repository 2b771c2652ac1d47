"""A report that goes by hand, the whole way: handed over, carried to a real desk, and its receipt file brought back."""

from __future__ import annotations

import asyncio
import json
import os
import zipfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from messenger.app.cli import main
from messenger.desk import carried
from messenger.desk.problems import Problem
from messenger.desk.server import Desk
from messenger.domain.errors import (
    CannotWrite,
    EvidenceRefused,
    FormatRefused,
    NoSuchReport,
    ReceiptNotRight,
    StoreLocked,
)
from messenger.domain.events import Event, ReportAccepted, ReportQueued
from messenger.domain.report import EndpointProfile, OutboxState
from messenger.endpoints.email_draft import EmailDraft
from messenger.endpoints.folder import Folder
from messenger.evidence.canonical import parse_json, unb64u
from messenger.evidence.keys import SigningKey
from messenger.evidence.receipt import make_receipt, verify_receipt
from messenger.safety import profiles
from messenger.safety.handing import file_name
from messenger.services import report_parts
from messenger.services.bus import Bus
from messenger.services.clock import SystemClock
from messenger.services.quiet import Quiet
from messenger.services.report_parts import Ways
from messenger.services.sessions import Sessions
from messenger.services.tasks import Tasks
from messenger.storage.database import Database
from tests.services.report_world import KEY, Memory, World, until, write_profile

PASSPHRASE = "a long passphrase"


@dataclass
class Circle:
    """A reporter's Robin, a desk that is reached by hand, and the place between them."""

    world: World
    desk: Path
    between: Path

    async def handed(self) -> str:
        draft = await self.world.draft()
        report_id = await self.world.services.reporting.submit(draft.id)
        await self.world.services.outbox.start()
        await until(lambda: any(getattr(one, "report_id", "") == report_id for one in self.world.events))
        summary = await self.world.services.outbox.wait(report_id, 20)
        assert summary.state is OutboxState.HANDED
        return report_id

    async def state(self, report_id: str) -> OutboxState:
        return (await self.world.services.outbox.report(report_id)).state

    async def take(self, path: Path) -> bytes:
        found = await carried.take(self.desk, PASSPHRASE, path)
        return found.read_bytes()


def desk_profile(folder: Path, base: str) -> EndpointProfile:
    desk = Desk.create(folder, PASSPHRASE, "Harbour desk", "gb", port=1)
    made = profiles.load(desk.profile_path.read_bytes(), "endpoint.json")
    return replace(made, base=base, ca_file="", auth=(), jid="")


def play(tmp_path: Path, work: Callable[[Circle], Awaitable[Any]], base: str = "") -> Any:
    between = tmp_path / "stick"
    between.mkdir(exist_ok=True)
    write_profile(tmp_path, desk_profile(tmp_path / "desk", base or f"folder://{between}"))

    async def country() -> str:
        return "gb"

    async def whole() -> Any:
        db = await Database.open(tmp_path / "robin.db", KEY)
        bus, clock = Bus(), SystemClock()
        tasks = Tasks(bus)
        services = report_parts.report_services(
            db,
            Memory(),
            {"folder": Folder(clock), "mailto": EmailDraft(clock)},
            Ways(tmp_path / "outbox", tmp_path / "endpoints", country=country),
            tasks,
            bus,
            clock,
        )
        world = World(tmp_path, db, services, bus, tasks, clock, Quiet(), Sessions())
        bus.subscribe(Event, world.events.append)
        try:
            return await work(Circle(world, tmp_path / "desk", between))
        finally:
            await services.outbox.close()
            await tasks.close()
            await db.close()

    return asyncio.run(whole())


def test_by_folder_the_whole_way(tmp_path: Path) -> None:
    async def work(circle: Circle) -> None:
        report_id = await circle.handed()
        handed = circle.world.services.handed
        way = await handed.way(report_id)
        assert way is not None
        assert (way.kind, way.place) == ("folder", str(circle.between))
        receipt = await circle.take(circle.between / file_name(report_id))
        assert await circle.state(report_id) is OutboxState.HANDED
        assert await handed.take_receipt(receipt) == report_id
        summary = await circle.world.services.outbox.report(report_id)
        assert summary.state is OutboxState.SENT
        assert summary.case_number == summary.receipt.case_number  # type: ignore[union-attr]
        assert len(summary.receipt_code) == 19
        offered = (summary.can_add, summary.can_withdraw, summary.can_prove, summary.can_code, summary.overdue)
        assert not any(offered)
        assert circle.world.told(ReportAccepted) == [ReportAccepted(report_id, summary.case_number)]
        assert not list((tmp_path / "outbox").glob("*.robin"))
        assert await handed.take_receipt(receipt) == report_id
        assert len(circle.world.told(ReportAccepted)) == 1
        with pytest.raises(EvidenceRefused):
            await handed.way(report_id)

    play(tmp_path, work)


def test_the_same_file_twice_is_one_case_and_the_bare_receipt_counts_too(tmp_path: Path) -> None:
    async def work(circle: Circle) -> None:
        report_id = await circle.handed()
        path = circle.between / file_name(report_id)
        first, second = parse_json(await circle.take(path)), parse_json(await circle.take(path))
        assert first["receipt"] == second["receipt"]
        handed = circle.world.services.handed
        assert await handed.take_receipt(b"\n" + first["receipt"].encode() + b"\n") == report_id
        assert await circle.state(report_id) is OutboxState.SENT

    play(tmp_path, work)


def test_by_email_the_person_saves_the_file(tmp_path: Path) -> None:
    async def work(circle: Circle) -> None:
        report_id = await circle.handed()
        handed = circle.world.services.handed
        way = await handed.way(report_id)
        assert way is not None
        assert (way.kind, way.place) == ("email", "desk@example.org")
        assert way.file in way.words
        path = tmp_path / way.file
        await handed.save_file(report_id, str(path))
        assert path.stat().st_mode & 0o777 == 0o600
        with zipfile.ZipFile(path) as bag:
            assert bag.testzip() is None
        with pytest.raises(CannotWrite):
            await handed.save_file(report_id, str(path))
        with pytest.raises(CannotWrite):
            await handed.save_file(report_id, str(tmp_path / "nowhere" / "x.zip"))
        with pytest.raises(KeyError):
            await handed.save_file("3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b10", str(tmp_path / "y.zip"))
        assert await handed.take_receipt(await circle.take(path)) == report_id
        assert await circle.state(report_id) is OutboxState.SENT

    play(tmp_path, work, "mailto:desk@example.org")


def test_a_handed_report_stays_handed_over_a_restart_and_can_be_handed_again(tmp_path: Path) -> None:
    async def first(circle: Circle) -> str:
        return await circle.handed()

    report_id = play(tmp_path, first)
    (tmp_path / "stick" / file_name(report_id)).unlink()

    async def then(circle: Circle) -> None:
        await circle.world.services.outbox.start()
        assert await circle.state(report_id) is OutboxState.HANDED
        assert not list(circle.between.iterdir())
        await circle.world.services.outbox.retry(report_id)
        await until(lambda: list(circle.between.glob("*.zip")))
        assert (await circle.world.services.outbox.wait(report_id, 20)).state is OutboxState.HANDED

    play(tmp_path, then)


def test_a_stick_that_is_not_in_is_said_and_the_report_waits(tmp_path: Path) -> None:
    async def work(circle: Circle) -> None:
        circle.between.rmdir()
        draft = await circle.world.draft()
        report_id = await circle.world.services.reporting.submit(draft.id)
        await circle.world.services.outbox.start()
        await until(lambda: circle.world.told(ReportQueued))
        async with asyncio.timeout(20):
            while not (summary := await circle.world.services.outbox.report(report_id)).problem:
                await asyncio.sleep(0.02)
        assert summary.state is OutboxState.SAVED
        assert "stick" in summary.problem
        circle.between.mkdir()
        await circle.world.services.outbox.retry(report_id)
        assert (await circle.world.services.outbox.wait(report_id, 20)).state is OutboxState.HANDED

    play(tmp_path, work)


def test_a_wrong_receipt_changes_nothing(tmp_path: Path) -> None:
    async def work(circle: Circle) -> None:
        report_id = await circle.handed()
        handed = circle.world.services.handed
        good = parse_json(await circle.take(circle.between / file_name(report_id)))["receipt"]
        profile = profiles.load((tmp_path / "endpoints" / "desk.json").read_bytes(), "desk.json")
        entry = await circle.world.services.outbox.report(report_id)
        digest = json.loads(_payload(good))["report_digest"]
        receipt = verify_receipt(good, profile.keys, digest, report_id)
        forged = make_receipt(SigningKey.generate(), receipt)
        stranger = make_receipt(SigningKey.generate(), replace(receipt, report_id="nobody"))
        bad: list[tuple[bytes, type[Exception]]] = [
            (forged.encode(), ReceiptNotRight),
            (stranger.encode(), NoSuchReport),
            (good[:-2].encode(), FormatRefused),
            (b"", FormatRefused),
            (b"hello", FormatRefused),
            (b"{}", FormatRefused),
            (json.dumps({"receipt": good, "receipt_code": 5}).encode(), FormatRefused),
            (b"a" * 70_000, FormatRefused),
            (bytes(range(256)), FormatRefused),
        ]
        for data, error in bad:
            with pytest.raises(error):
                await handed.take_receipt(data)
        assert entry.state is OutboxState.HANDED
        assert await circle.state(report_id) is OutboxState.HANDED
        assert list((tmp_path / "outbox").glob("*.robin"))
        # A receipt whose code can not be read is a receipt all the same.
        await handed.take_receipt(json.dumps({"receipt": good, "receipt_code": "nonsense"}).encode())
        assert (await circle.world.services.outbox.report(report_id)).receipt_code == ""

    play(tmp_path, work)


def test_a_receipt_file_is_read_no_further_than_a_receipt_can_be_long(tmp_path: Path) -> None:
    async def work(circle: Circle) -> None:
        report_id = await circle.handed()
        handed = circle.world.services.handed
        good = await circle.take(circle.between / file_name(report_id))
        long, pipe, right = tmp_path / "long.json", tmp_path / "pipe", tmp_path / "receipt.json"
        long.write_bytes(good + b" " * 70_000)
        os.mkfifo(pipe)
        right.write_bytes(good)
        for path in (long, pipe, tmp_path, tmp_path / "none.json", Path("a\0b")):
            async with asyncio.timeout(60):
                with pytest.raises(FormatRefused):
                    await handed.take_receipt_file(str(path))
        assert await circle.state(report_id) is OutboxState.HANDED
        assert await handed.take_receipt_file(str(right)) == report_id
        assert await circle.state(report_id) is OutboxState.SENT

    play(tmp_path, work)


def _payload(jws: str) -> bytes:
    return unb64u(jws.split(".")[1])


def test_the_desks_command_takes_several_files_and_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ROBIN_DESK_PASSPHRASE", PASSPHRASE)
    report_id = play(tmp_path, lambda circle: circle.handed())
    good, bad = tmp_path / "stick" / file_name(report_id), tmp_path / "words.txt"
    bad.write_text("hello")
    assert main(["desk", "take", str(bad), str(good), "--dir", str(tmp_path / "desk")]) == 1
    said = capsys.readouterr()
    receipt = tmp_path / "stick" / f"robin-report-{report_id}.receipt.json"
    assert str(receipt) in said.out
    assert said.err.startswith("words.txt: ")
    assert receipt.stat().st_mode & 0o777 == 0o600

    async def then(circle: Circle) -> None:
        assert await circle.world.services.handed.take_receipt(receipt.read_bytes()) == report_id
        assert await circle.state(report_id) is OutboxState.SENT

    play(tmp_path, then)


def test_the_desk_takes_only_what_is_for_it(tmp_path: Path) -> None:
    async def work(circle: Circle) -> None:
        report_id = await circle.handed()
        path = circle.between / file_name(report_id)
        with pytest.raises(StoreLocked):
            await carried.take(circle.desk, "wrong", path)
        other = tmp_path / "other desk"
        Desk.create(other, PASSPHRASE, "Other", "gb", port=1)
        with pytest.raises(Problem) as refused:
            await carried.take(other, PASSPHRASE, path)
        assert carried.why(refused.value)
        for name, data in {
            "words.txt": b"hello",
            "half.zip": path.read_bytes()[:500],
            "empty.zip": b"PK\x05\x06" + bytes(18),
        }.items():
            (tmp_path / name).write_bytes(data)
            with pytest.raises(EvidenceRefused):
                await carried.take(circle.desk, PASSPHRASE, tmp_path / name)

    play(tmp_path, work)
