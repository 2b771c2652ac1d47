"""The app lock: the PIN is kept as a hash, five wrong tries make one wait, and no new start or clock shortens that."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from chat_case import at
from chat_world import TestClock

from messenger.domain.events import LockChanged
from messenger.domain.lock import LockAnswer, LockState
from messenger.services import pins
from messenger.services.bus import Bus
from messenger.services.lock import LockService
from messenger.services.settings import SettingsService
from messenger.storage import lock as store
from messenger.storage.database import Database

PIN, WRONG = "4821", "0000"


class Clock(TestClock):
    """Two clocks: the wall's can be set, the other only goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.wall = 0.0

    def now(self) -> str:
        return at(self.seconds + self.wall)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def play(tmp_path: Path, clock: Clock) -> Any:
    """Runs one coroutine function over the lock of a fresh engine; again, as after a restart."""

    def run(work: Any) -> Any:
        async def whole() -> Any:
            database = await Database.open(tmp_path / "robin.db", bytes(range(32)))
            bus = Bus()
            try:
                lock = LockService(database, SettingsService(database, bus), bus, clock)
                return await work(lock, database, bus)
            finally:
                await database.close()

        return asyncio.run(whole())

    return run


async def wrong(lock: LockService, times: int) -> LockAnswer:
    for _ in range(times):
        answer = await lock.check(WRONG)
        assert not answer.ok
    return answer


def test_a_pin_is_set_checked_changed_and_taken_off(play: Any) -> None:
    async def job(lock: LockService, database: Database, bus: Bus) -> None:
        heard: list[LockChanged] = []
        bus.subscribe(LockChanged, heard.append)
        assert not await lock.is_set()
        assert await lock.state() == LockState()
        assert await lock.check("anything") == LockAnswer(True), "nothing is locked"
        await lock.set_pin(PIN)
        assert await lock.state() == LockState(True, 0, True)
        assert await lock.check(PIN) == LockAnswer(True)
        assert await lock.check(WRONG) == LockAnswer(False)
        with pytest.raises(ValueError, match="a PIN is set"):
            await lock.set_pin("9999")
        assert not (await lock.change(WRONG, "abcd12")).ok
        assert (await lock.change(PIN, "abcd12")).ok
        assert not (await lock.check(PIN)).ok
        assert not (await lock.remove(PIN)).ok
        assert (await lock.remove("abcd12")).ok
        assert not await lock.is_set()
        assert len(heard) == 3
        row = await database.run(store.get)
        assert row is None

    play(job)


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12 34", "12-34", "ab\n12"])
def test_what_is_no_pin_is_refused(play: Any, pin: str) -> None:
    async def job(lock: LockService, _database: Database, _bus: Bus) -> None:
        with pytest.raises(ValueError, match="pin"):
            await lock.set_pin(pin)
        assert not await lock.is_set()

    play(job)


def test_the_figures_of_another_keyboard_are_the_same(play: Any) -> None:
    async def job(lock: LockService, _database: Database, _bus: Bus) -> None:
        await lock.set_pin("４８２１")  # full width
        assert (await lock.check(PIN)).ok

    play(job)


def test_s51_the_pin_is_kept_as_an_argon2id_hash_only(play: Any, tmp_path: Path) -> None:
    pin = "kettle4821"

    async def job(lock: LockService, database: Database, _bus: Bus) -> str:
        await lock.set_pin(pin)
        row = await database.run(store.get)
        assert row is not None
        assert pin not in repr(row)
        return row.pin

    kept = play(job)
    assert kept.startswith("$argon2id$")
    assert pin not in kept
    assert [one for one in tmp_path.rglob("*") if one.is_file() and pin.encode() in one.read_bytes()] == []


def test_after_five_wrong_tries_one_waits_and_the_wait_doubles(play: Any, clock: Clock) -> None:
    async def job(lock: LockService, _database: Database, _bus: Bus) -> None:
        await lock.set_pin(PIN)
        assert (await wrong(lock, 4)).wait_seconds == 0
        assert (await wrong(lock, 1)).wait_seconds == 30
        clock.seconds += 29
        assert await lock.check(PIN) == LockAnswer(False, 1), "the right one does not count either"
        assert await lock.wait_seconds() == 1
        clock.seconds += 1
        assert (await wrong(lock, 1)).wait_seconds == 60
        clock.seconds += 60
        assert (await wrong(lock, 1)).wait_seconds == 120
        clock.seconds += 120
        assert (await lock.check(PIN)).ok
        assert (await wrong(lock, 4)).wait_seconds == 0, "the tries begin anew after the right one"

    play(job)


def test_the_wait_has_an_end() -> None:
    assert [pins.wait_after(n) for n in (0, 4, 5, 6, 9, 12, 1000)] == [0, 0, 30, 60, 480, 3600, 3600]


def test_a_new_start_does_not_shorten_the_wait(play: Any, clock: Clock) -> None:
    async def first(lock: LockService, _database: Database, _bus: Bus) -> None:
        await lock.set_pin(PIN)
        await wrong(lock, 5)

    async def second(lock: LockService, _database: Database, _bus: Bus) -> None:
        assert await lock.check(PIN) == LockAnswer(False, 20)

    play(first)
    clock.seconds += 10
    play(second)
    clock.wall = -86_400.0
    play(lambda lock, *_: whole_wait(lock))
    clock.wall = 0.0
    clock.seconds += 20
    play(lambda lock, *_: opens(lock))


async def whole_wait(lock: LockService) -> None:
    assert await lock.wait_seconds() == 30, "a clock that was set back: the whole wait, and not a day"


async def opens(lock: LockService) -> None:
    assert (await lock.check(PIN)).ok


@pytest.mark.parametrize("set_to", [-86_400.0, 86_400.0])
def test_setting_the_clock_while_it_runs_changes_nothing(play: Any, clock: Clock, set_to: float) -> None:
    async def job(lock: LockService, _database: Database, _bus: Bus) -> None:
        await lock.set_pin(PIN)
        await wrong(lock, 5)
        clock.wall = set_to
        assert await lock.check(PIN) == LockAnswer(False, 30)
        clock.seconds += 30
        assert (await lock.check(PIN)).ok

    play(job)


def test_ending_the_program_in_the_middle_of_a_try_gives_no_free_try(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def begin(lock: LockService, _database: Database, _bus: Bus) -> None:
        await lock.set_pin(PIN)

    async def after(lock: LockService, database: Database, _bus: Bus) -> None:
        row = await database.run(store.get)
        assert row is not None
        assert row.wrong == 1
        assert (await wrong(lock, 4)).wait_seconds == 30

    play(begin)
    monkeypatch.setattr(pins, "_matches", raising)
    play(cut_short)
    monkeypatch.undo()
    play(after)


class Cut(Exception):
    """The end of the program."""


def raising(*_: Any) -> bool:
    raise Cut


async def cut_short(lock: LockService, _database: Database, _bus: Bus) -> None:
    with pytest.raises(Cut):
        await lock.check(PIN)


def test_tries_at_the_same_time_count_one_after_another(play: Any) -> None:
    async def job(lock: LockService, _database: Database, _bus: Bus) -> None:
        await lock.set_pin(PIN)
        answers = await asyncio.gather(*(lock.check(WRONG) for _ in range(8)))
        assert [one.wait_seconds for one in answers] == [0, 0, 0, 0, 30, 30, 30, 30]

    play(job)


def test_a_pin_that_no_keyboard_types_is_wrong_and_nothing_more(play: Any) -> None:
    """Half a character (a surrogate) cannot be hashed: it is a wrong try, not a failure."""

    async def job(lock: LockService, database: Database, bus: Bus) -> None:
        await lock.set_pin(PIN)
        assert await lock.check("\ud83d\ud83d\ud83d\ud83d") == LockAnswer(False)
        assert await lock.check(PIN) == LockAnswer(True)

    play(job)


def test_a_letter_with_its_mark_apart_is_one_letter_of_a_pin(play: Any) -> None:
    async def job(lock: LockService, database: Database, bus: Bus) -> None:
        await lock.set_pin("e\u0301tude")
        assert await lock.check("\u00e9tude") == LockAnswer(True)
        await lock.remove("\u00e9tude")
        with pytest.raises(ValueError, match="pin"):
            await lock.set_pin("\u1112\u1161\u11ab\u1100")  # two letters written as four

    play(job)
