"""Small parts of reporting: back-off, the words for problems, who receives, sealed files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from messenger.domain.errors import AssetRefused, EvidenceRefused, StoreFull
from messenger.domain.report import EndpointProfile
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.safety import profiles
from messenger.safety.directory import Desks
from messenger.services import backoff, problems
from messenger.services.receivers import Receivers
from messenger.services.report_parts import own_server
from messenger.services.sessions import Sessions
from messenger.storage.sealed_files import SealedFiles, write_new
from tests import reading

ID = "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b1{}"


# -- back-off


def test_pauses_double_are_spread_and_capped() -> None:
    longest = [backoff.delay(n, backoff.BUSY_CAP, lambda: 1.0) for n in range(1, 14)]
    assert longest[:4] == [2.0, 4.0, 8.0, 16.0]
    assert longest[-1] == backoff.BUSY_CAP
    assert backoff.delay(10**6, backoff.LINE_CAP, lambda: 0.0) == backoff.LINE_CAP / 2
    assert backoff.delay(0, backoff.LINE_CAP, lambda: 1.0) == 2.0
    assert backoff.LINE_CAP <= 60  # F15


# -- words

WORDS = [
    *(
        "line",
        "busy",
        "certificate",
        "folder",
        "receipt",
        "disk",
        "fault",
        "many",
        "damaged",
        "gone",
        "keys",
        "message",
        "closed",
    ),
    *(f"rejected.{status}" for status in (0, 400, 401, 409, 410, 413, 422, 451)),
]


@pytest.mark.parametrize("word", WORDS)
def test_words_for_problems_are_short_plain_and_kind(word: str) -> None:
    for text in problems.words_for(word):
        assert text
        assert reading.grade(text) <= 4, (text, reading.grade(text))
        assert reading.tone(text) == []


def test_no_problem_has_no_words() -> None:
    assert problems.words_for("") == ("", "")


# -- who receives


def profile(id: str = "desk", country: str = "gb", base: str = "https://desk.example") -> EndpointProfile:
    keys = (SigningKey.generate().public_jwk(), SealingKey.generate().public_jwk())
    return EndpointProfile(id=id, name=f"Desk {id}", base=base, keys=keys, country=country)


def write(path: Path, one: EndpointProfile) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(profiles.dump(one))
    return path


async def setting_of(value: str) -> str:
    return value


def chosen(receivers: Receivers, country: str = "gb") -> EndpointProfile | None:
    return asyncio.run(receivers.choose(country))


def test_the_command_line_goes_before_the_setting_and_that_before_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "endpoints"
    write(folder / "a.json", profile("ours", "gb"))
    write(folder / "b.json", profile("irish", "ie"))
    by_line, by_setting = write(tmp_path / "line.json", profile("line")), write(tmp_path / "set.json", profile("set"))
    names = [
        chosen(Receivers(folder, by_line, lambda: setting_of(str(by_setting)))),
        chosen(Receivers(folder, None, lambda: setting_of(str(by_setting)))),
        chosen(Receivers(folder, None, lambda: setting_of("irish"))),
        chosen(Receivers(folder, None, lambda: setting_of("unknown"))),
        chosen(Receivers(folder), "ie"),
        chosen(Receivers(folder), "fr"),
    ]
    assert [one.id if one else None for one in names] == ["line", "set", "irish", "ours", "irish", "ours"]
    assert all(one is not None and one.hand_set for one in names)
    assert chosen(Receivers(tmp_path / "nothing")) is None
    assert chosen(Receivers()) is None


def test_a_profile_named_by_hand_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "endpoints"
    write(folder / "a.json", profile("ours"))
    with pytest.raises(AssetRefused):
        chosen(Receivers(folder, tmp_path / "missing.json"))
    with pytest.raises(AssetRefused):
        chosen(Receivers(folder, None, lambda: setting_of("/nowhere/missing.json")))
    (folder / "0-broken.json").write_text("{}")
    found = chosen(Receivers(folder))
    assert found is not None
    assert found.id == "ours"


def test_a_desk_is_found_again_only_by_id_and_key(tmp_path: Path) -> None:
    sealed_for = profile()
    moved = replace(sealed_for, base="https://new.example", ca_file="/new.pem", name="Other name")
    folder = tmp_path / "endpoints"
    write(folder / "a.json", profile(base="https://stranger.example"))
    found = asyncio.run(Receivers(folder).current(sealed_for))
    assert found == sealed_for
    write(folder / "b.json", moved)
    found = asyncio.run(Receivers(folder).current(sealed_for))
    assert (found.base, found.ca_file, found.keys, found.name) == (
        "https://new.example",
        "/new.pem",
        sealed_for.keys,
        sealed_for.name,
    )
    (folder / "c.json").write_text("nonsense")
    assert asyncio.run(Receivers(folder, tmp_path / "gone.json").current(sealed_for)).base == "https://new.example"


# -- the directory, and desks that close


def desks_of(*desks: EndpointProfile, **routes: str) -> Callable[[], Awaitable[Desks]]:
    """`routes`: country_category_tier="id", with any for *."""

    async def known() -> Desks:
        lines = {tuple(name.replace("any", "*").split("_")): to for name, to in routes.items()}
        return Desks(desks, lines)  # type: ignore[arg-type]

    return known


def routed(receivers: Receivers, country: str = "gb", category: str = "grooming", tier: str = "now") -> str:
    found = asyncio.run(receivers.route(country, category, tier))
    return "" if found is None else f"{found.profile.id}{' for ' + found.closed if found.closed else ''}"


def test_the_directory_goes_before_the_folder_and_after_what_was_named_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "endpoints"
    write(folder / "a.json", profile("ours", "gb"))
    line = write(tmp_path / "line.json", profile("line"))
    desks = desks_of(
        profile("police", "gb"), profile("union", "de"), gb_any_any="police", gb_bullying_any="card", eu_any_any="union"
    )
    assert routed(Receivers(folder, desks=desks)) == "police"
    assert routed(Receivers(folder, desks=desks), category="bullying") == ""
    assert routed(Receivers(folder, desks=desks), "fr") == "union"
    assert routed(Receivers(folder, desks=desks), "jp") == "ours"
    assert routed(Receivers(folder, line, desks=desks)) == "line"
    assert routed(Receivers(folder, None, lambda: setting_of("ours"), desks)) == "ours"
    assert routed(Receivers(folder, None, lambda: setting_of("union"), desks)) == "union"
    assert routed(Receivers(folder), "fr") == "ours"


def test_without_a_route_only_a_desk_of_the_country_gets_it() -> None:
    desks = desks_of(profile("police", "gb"))
    assert routed(Receivers(desks=desks)) == "police"
    assert routed(Receivers(desks=desks), "fr") == ""


NIGHT = datetime(2026, 11, 24, 23, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BY_DAY = "Mo-Fr 09:00-17:00 Europe/London"


@pytest.mark.parametrize(
    ("now", "tier", "expected"),
    [
        (NIGHT, "now", "night for Desk day"),
        (NIGHT, "today", "night for Desk day"),
        (NIGHT, "soon", "day"),
        (NOON, "now", "day"),
    ],
)
def test_an_urgent_report_goes_to_the_desk_that_is_open(
    now: datetime, tier: str, expected: str, tmp_path: Path
) -> None:
    day = replace(profile("day"), hours=BY_DAY, out_of_hours="night")
    folder = tmp_path / "endpoints"
    write(folder / "a.json", day)
    write(folder / "b.json", replace(profile("night", "ie"), hours="24/7"))
    assert routed(Receivers(folder, now=lambda: now), tier=tier) == expected
    desks = desks_of(day, replace(profile("night", "ie"), hours="24/7"), gb_any_any="day")
    assert routed(Receivers(desks=desks, now=lambda: now), tier=tier) == expected


def test_when_nobody_is_open_it_stays_with_the_first_and_a_ring_ends() -> None:
    one = replace(profile("one"), hours=BY_DAY, out_of_hours="two")
    two = replace(profile("two"), hours=BY_DAY, out_of_hours="one")
    assert routed(Receivers(desks=desks_of(one, two), now=lambda: NIGHT)) == "one"
    gone = replace(profile("one"), hours=BY_DAY, out_of_hours="nobody")
    assert routed(Receivers(desks=desks_of(gone), now=lambda: NIGHT)) == "one"
    three = replace(two, out_of_hours="three")
    chain = desks_of(one, three, replace(profile("three"), hours="24/7"))
    assert routed(Receivers(desks=chain, now=lambda: NIGHT)) == "three for Desk one"


def test_a_desk_of_the_directory_is_found_again_with_its_pins() -> None:
    sealed_for = profile()
    pin = sealed_for.keys[0]["x"]
    moved = replace(sealed_for, base="https://new.example", pins=(pin,))
    found = asyncio.run(Receivers(desks=desks_of(moved)).current(sealed_for))
    assert (found.base, found.pins, found.keys) == ("https://new.example", (pin,), sealed_for.keys)


def test_the_own_server_is_named_without_a_session() -> None:
    facts = asyncio.run(own_server(Sessions())("sam@home.example"))
    assert (facts.domain, facts.features, facts.time_offset_ms) == ("home.example", (), None)


# -- sealed files


def test_s47_sealed_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path / "outbox")
    before = os.umask(0)
    try:
        files.save(ID.format(0), b"sealed")
    finally:
        os.umask(before)
    assert (tmp_path / "outbox").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "outbox" / f"{ID.format(0)}.robin").stat().st_mode & 0o777 == 0o600


def test_s33_names_are_ours_alone(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path / "outbox")
    for name in ("../../x", "x", "", ID.format(0).upper(), ID.format(0) + "/.."):
        with pytest.raises(ValueError, match="id"):
            files.save(name, b"x")
        with pytest.raises(ValueError, match="id"):
            files.load(name)
    assert not (tmp_path / "outbox").exists()


def test_files_come_back_in_order_and_strange_ones_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    files = SealedFiles(folder)
    assert files.every() == ()
    assert files.load(ID.format(1)) is None
    for number in (2, 0, 1):
        files.save(ID.format(number), bytes([number]))
        os.utime(folder / f"{ID.format(number)}.robin", ns=(number, number))
    (folder / f"{ID.format(5)}.robin").symlink_to("/etc/passwd")
    (folder / f"{ID.format(6)}.robin").mkdir()
    (folder / "readme.robin").write_text("x")
    (folder / f".{ID.format(7)}.abc.part").write_text("left by a crash")
    assert files.every() == tuple(ID.format(number) for number in (0, 1, 2))
    assert not (folder / f".{ID.format(7)}.abc.part").exists()
    assert (folder / "readme.robin").exists()
    with pytest.raises(EvidenceRefused):
        files.load(ID.format(5))
    with pytest.raises(EvidenceRefused):
        files.load(ID.format(6))
    files.remove(ID.format(1))
    files.remove(ID.format(1))
    assert len(files.every()) == 2


def test_a_second_save_takes_the_place_of_the_first_whole(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path / "outbox")
    files.save(ID.format(1), b"first, and long")
    files.save(ID.format(1), b"second")
    assert files.load(ID.format(1)) == b"second"
    assert len(list((tmp_path / "outbox").iterdir())) == 1


def test_f05_a_folder_that_cannot_be_made_is_full(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreFull):
        SealedFiles(tmp_path / "file" / "outbox").save(ID.format(1), b"x")


def test_s32_a_copy_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    target = tmp_path / "copy.robin.json"
    target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_new(target, b"x")
    assert not (tmp_path / "elsewhere").exists()
