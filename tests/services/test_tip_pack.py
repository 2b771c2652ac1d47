"""Newer tips: a good signed file is used, every other one is refused in a plain sentence, and the last good one stays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from messenger import resources
from messenger.domain.errors import AssetRefused, EndpointUnreachable, FormatRefused, RobinError
from messenger.domain.events import TipsRenewed
from messenger.evidence.canonical import canonical
from messenger.evidence.keys import SigningKey
from messenger.evidence.signature import sign
from messenger.evidence.tip_pack import MAX_BYTES, TYP, TYPE, make_pack, read_pack
from messenger.safety.directory import Root
from messenger.services import tip_pack as subject
from messenger.services.bus import Bus
from messenger.services.safety import SafetyService
from messenger.services.settings import SettingsService
from messenger.services.signed_file import shipped_roots
from messenger.services.tip_pack import TipPackService
from messenger.storage import packs
from messenger.storage.database import Database
from tests.services.report_world import Manual, until

KEY, STRANGER = SigningKey.generate(), SigningKey.generate()
ROOTS = (Root("harbour", "Harbour House", KEY.public_jwk()),)
BOOK: dict[str, Any] = json.loads(resources.read("tips/en-GB.json"))
OWN = subject.shipped_book()
AT = "2026-11-24T09:00:00Z"
FILE = "tips.jws"


def book(version: int = 2, **changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(BOOK)), "version": version, **changes}


def pack(said: dict[str, Any] | None = None, key: SigningKey = KEY) -> bytes:
    return make_pack(book() if said is None else said, AT, key).encode()


def without(id: str) -> dict[str, Any]:
    said = book(3)
    said["tips"] = [one for one in said["tips"] if one["id"] != id]
    for season in said["seasons"]:
        season["tips"] = [one for one in season["tips"] if one != id]
    return said


class Play:
    """A store, a clock, an address with a file, and what was asked of it."""

    def __init__(self, db: Database, keys_file: Path) -> None:
        self.db, self.clock, self.bus = db, Manual(), Bus()
        self.settings = SettingsService(db, self.bus)
        self.asked: list[tuple[str, int]] = []
        self.file: bytes | RobinError = pack()
        self.renewed = 0
        self.bus.subscribe(TipsRenewed, self._count)
        self.keys_file = keys_file
        self.again()

    def again(self) -> None:
        """As after a restart."""
        self.service = TipPackService(self.db, self.settings, self.bus, self.clock, self.keys_file, self._fetch)

    def _count(self, _event: TipsRenewed) -> None:
        self.renewed += 1

    async def _fetch(self, address: str, most: int) -> bytes:
        self.asked.append((address, most))
        if isinstance(self.file, RobinError):
            raise self.file
        return self.file

    async def on(self) -> None:
        await self.settings.set("tips_address", "https://tips.example.org/en-GB.jws")
        await self.settings.set("new_tips", "yes")


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Callable[[Play], Awaitable[None]]], None]:
    keys = tmp_path / "tip-keys.json"
    keys.write_text(json.dumps({"roots": [{"id": "harbour", "name": "Harbour House", "key": KEY.public_jwk()}]}))

    def run(act: Callable[[Play], Awaitable[None]]) -> None:
        async def whole() -> None:
            db = await Database.open(tmp_path / "robin.db", b"k" * 32)
            try:
                await act(Play(db, keys))
            finally:
                await db.close()

        asyncio.run(whole())

    return run


# -- a file


def test_a_good_pack() -> None:
    found = subject.judge(pack(), FILE, ROOTS, OWN)
    assert (found.book.version, len(found.book.tips), found.signed_by) == (2, 72, "Harbour House")
    assert found.pack.signer == KEY.thumbprint


def _no_source() -> dict[str, Any]:
    said = book()
    del said["tips"][0]["source"]
    return said


def _half() -> dict[str, Any]:
    said = book()
    for one in said["tips"]:
        one["words"] = {band: words for band, words in one["words"].items() if band != "S"} or {"A": one["words"]["S"]}
    return said


REFUSED: dict[str, tuple[bytes, str]] = {
    "a stranger": (pack(key=STRANGER), "nobody whom this Robin trusts"),
    "not a pack": (b"hello", "nobody whom this Robin trusts"),
    "nothing": (b"", "nobody whom this Robin trusts"),
    "too big": (b"x" * (MAX_BYTES + 1), "too big"),
    "another kind of file": (sign(canonical({"a": 1}), KEY, "robin-directory+jws").encode(), "nobody whom"),
    "other members": (sign(canonical({"type": TYPE, "issued_at": AT, "book": {}, "id": 1}), KEY, TYP).encode(), "not a file"),
    "another type": (sign(canonical({"type": "x", "issued_at": AT, "book": {}}), KEY, TYP).encode(), "not a file of tips"),
    "no time": (sign(canonical({"type": TYPE, "issued_at": "now", "book": {}}), KEY, TYP).encode(), "not a file of tips"),
    "no book": (sign(canonical({"type": TYPE, "issued_at": AT, "book": []}), KEY, TYP).encode(), "not a file of tips"),
    "not canonical": (
        sign(b'{"type": "urn:robin:tip-pack:1", "issued_at":"2026-11-24T09:00:00Z","book":{}}', KEY, TYP).encode(),
        "not a file of tips",
    ),
    "wrong language": (pack(book(lang="fr")), "another language"),
    "other tips": (pack(book(id="others")), "not the tips of Robin"),
    "wrong schema": (pack(book(extra=1)), "'extra' is not known"),
    "no source": (pack(_no_source()), "'source' is missing"),
    "no tips": (pack(book(tips=[])), "is empty"),
    "no words for the youngest": (pack(_half()), "no tips for these readers"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_wrong_pack_is_refused_in_a_plain_sentence(what: str) -> None:
    data, reason = REFUSED[what]
    with pytest.raises(AssetRefused, match=reason) as refused:
        subject.judge(data, FILE, ROOTS, OWN)
    assert str(refused.value).startswith("The file tips.jws is wrong at ")


GOOD = pack()


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD) - 2), st.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, change: int) -> None:
    data = bytearray(GOOD)
    data[place] ^= change
    with pytest.raises(AssetRefused):
        read_pack(bytes(data), FILE, [KEY.public_jwk()])


def test_nothing_is_made_that_could_not_be_read() -> None:
    with pytest.raises(FormatRefused):
        make_pack(book(), "yesterday", KEY)


def test_no_key_is_shipped_and_the_list_fits_its_schema() -> None:
    assert shipped_roots(subject.KEYS) == ()
    schema = json.loads((resources.root() / "tips" / "schema" / "keys.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(json.loads(resources.read(subject.KEYS)))) == []
    with pytest.raises(AssetRefused, match="no key to check"):
        subject.judge(pack(), FILE, (), OWN)


# -- in use


def test_it_is_off_until_somebody_turns_it_on(play: Any) -> None:
    async def act(one: Play) -> None:
        assert await one.service.update() is False
        await one.settings.set("tips_address", "https://tips.example.org/en-GB.jws")
        assert await one.service.update() is False
        await one.settings.set("tips_address", "")
        await one.settings.set("new_tips", "yes")
        assert await one.service.update() is False
        assert one.asked == []
        assert (await one.service.standing()).version == OWN.version

    play(act)


def test_without_a_key_nothing_is_fetched(play: Any) -> None:
    async def act(one: Play) -> None:
        await one.on()
        one.keys_file.unlink()
        assert await one.service.update() is False
        assert one.asked == []
        assert not (await one.service.standing()).can

    play(act)


def test_a_newer_pack_is_used_told_and_kept_over_a_restart(play: Any) -> None:
    async def act(one: Play) -> None:
        await one.on()
        assert await one.service.update() is True
        assert one.asked == [("https://tips.example.org/en-GB.jws", MAX_BYTES)]
        assert one.renewed == 1
        assert await one.service.update() is False  # the same file again changes nothing
        one.again()
        seen = await one.service.standing()
        assert (seen.version, seen.signed_by, seen.got, seen.can) == (2, "Harbour House", one.clock.now(), True)
        assert one.renewed == 1

    play(act)


@pytest.mark.parametrize("what", [name for name in REFUSED if name != "nothing"])
def test_after_a_wrong_one_the_last_good_one_stays(play: Any, what: str) -> None:
    async def act(one: Play) -> None:
        await one.on()
        await one.service.update()
        before = await one.db.run(packs.get)
        one.file = REFUSED[what][0]
        with pytest.raises(AssetRefused):
            await one.service.update()
        assert await one.db.run(packs.get) == before
        seen = await one.service.standing()
        assert seen.version == 2
        assert seen.refused
        assert one.renewed == 1
        one.file = pack(book(3))
        await one.service.update()
        assert (await one.service.standing()).refused == ""

    play(act)


@pytest.mark.parametrize(("version", "reason"), [(1, "older than number 4"), (3, "older"), (4, "has the number")])
def test_an_older_one_and_another_with_the_same_number_are_refused(play: Any, version: int, reason: str) -> None:
    async def act(one: Play) -> None:
        await one.service.install(pack(book(4)), FILE)
        with pytest.raises(AssetRefused, match=reason):
            await one.service.install(pack(book(version, licence="CC0-1.0")), FILE)
        one.again()
        with pytest.raises(AssetRefused, match=reason):
            await one.service.install(pack(book(version, licence="CC0-1.0")), FILE)
        assert (await one.service.standing()).version == 4

    play(act)


def test_the_number_that_came_with_robin_is_not_new(play: Any) -> None:
    async def act(one: Play) -> None:
        with pytest.raises(AssetRefused, match="has the number"):
            await one.service.install(pack(book(OWN.version)), FILE)

    play(act)


def test_a_key_that_is_trusted_no_more_speaks_no_more(play: Any) -> None:
    async def act(one: Play) -> None:
        await one.service.install(pack(), FILE)
        one.keys_file.write_text(
            json.dumps({"roots": [{"id": "other", "name": "Other House", "key": STRANGER.public_jwk()}]})
        )
        one.again()
        assert (await one.service.standing()).version == OWN.version
        one.keys_file.write_text("{")
        one.again()
        assert (await one.service.standing()).version == OWN.version
        with pytest.raises(AssetRefused):
            await one.service.install(pack(), FILE)

    play(act)


@pytest.mark.parametrize("while_it_starts", ["gone", "broken"])
def test_keys_that_could_not_be_read_at_the_start_open_no_way_back(play: Any, while_it_starts: str) -> None:
    """A stick that was not in, a file half written: with the keys back, older tips are refused as before."""

    async def act(one: Play) -> None:
        await one.service.install(pack(book(4)), FILE)
        good = one.keys_file.read_bytes()
        if while_it_starts == "gone":
            one.keys_file.unlink()
        else:
            one.keys_file.write_bytes(good[:20])
        one.again()
        assert (await one.service.standing()).version == OWN.version
        one.keys_file.write_bytes(good)
        with pytest.raises(AssetRefused, match="older than number 4"):
            await one.service.install(pack(book(3)), FILE)
        assert (await one.service.standing()).version == 4

    play(act)


def test_it_asks_once_a_day_and_not_again_after_a_restart(play: Any) -> None:
    async def turn(one: Play, hours: int) -> None:
        for _ in range(hours):
            one.clock.forward(3600)
            await until(lambda: one.clock.slept_in)  # it has looked, and waits for the next hour

    async def act(one: Play) -> None:
        one.file = EndpointUnreachable("no")
        task = asyncio.create_task(one.service.watch())
        await until(lambda: one.clock.slept_in)
        assert one.asked == []  # off
        await one.on()
        await turn(one, 1)
        assert len(one.asked) == 1
        await turn(one, 22)
        assert len(one.asked) == 1  # nobody answered, and it is not asked again the same day
        task.cancel()
        await asyncio.wait({task})
        one.clock = Manual.at(one.clock.wall)
        one.again()
        one.file = pack()
        task = asyncio.create_task(one.service.watch())
        await until(lambda: one.clock.slept_in)
        assert len(one.asked) == 1
        await turn(one, 3)
        assert len(one.asked) == 2
        assert (await one.service.standing()).version == 2
        task.cancel()

    play(act)


def test_a_clock_set_back_does_not_keep_tips_away(play: Any) -> None:
    async def act(one: Play) -> None:
        await one.on()
        await one.db.write(packs.set_asked, "2031-01-01T00:00:00.000Z")
        assert await one.service._due()

    play(act)


# -- the deck goes on


def test_the_deck_goes_on_with_what_was_shown_pinned_and_useful(play: Any) -> None:
    async def act(one: Play) -> None:
        safety = SafetyService(one.db, one.settings, one.clock)
        safety.newer = one.service.book
        first = await safety.tip()
        await safety.useful(first.id, True)
        await safety.pin(first.id, True)
        second = await safety.next_tip()
        said = book(2)
        for tip in said["tips"]:
            for words in tip["words"].values():
                words["title"] = "A new title"
        await one.service.install(pack(said), FILE)
        again = await safety.tip()
        assert (again.id, again.title, again.number) == (second.id, "A new title", second.number)
        before = await safety.previous_tip()
        assert (before.id, before.pinned, before.useful) == (first.id, True, True)

    play(act)


def test_a_tip_that_is_gone_gives_way_and_a_late_press_on_it_is_no_crash(play: Any) -> None:
    async def act(one: Play) -> None:
        safety = SafetyService(one.db, one.settings, one.clock)
        safety.newer = one.service.book
        shown = await safety.tip()
        await one.service.install(pack(without(shown.id)), FILE)
        assert (await safety.pin(shown.id, True)).id != shown.id
        assert (await safety.useful(shown.id, True)).useful is None
        assert (await safety.tip()).count == shown.count - 1
        with pytest.raises(KeyError):
            await safety.pin("no such tip", True)

    play(act)
