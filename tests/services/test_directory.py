"""The signed directory: a good one is used, a bad one is refused in a plain sentence, and the last good one stays."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from messenger import resources
from messenger.domain.errors import AssetRefused, EndpointUnreachable, FormatRefused, RobinError
from messenger.evidence.canonical import b64u, canonical, parse_json, unb64u
from messenger.evidence.directory import MAX_BYTES, TYP, SignedDirectory, make_directory, make_succession
from messenger.evidence.signature import sign
from messenger.services import directory as subject
from messenger.services.directory import DirectoryService
from messenger.services.signed_file import own_roots, shipped_roots
from messenger.storage.database import Database
from tests.services.directory_case import (
    NOW,
    OTHER_ROOT,
    ROOT,
    ROOTS,
    STRANGER,
    A,
    B,
    DeskKeyRing,
    content,
    desk,
    route,
    signed,
)
from tests.services.report_world import Manual

FILE = "directory.jws"
Act = Callable[[DirectoryService], Awaitable[Any]]


def judge(data: bytes, kept: SignedDirectory | None = None, now: str = NOW, roots: Any = ROOTS) -> SignedDirectory:
    return subject.judge(data, FILE, roots, now, kept)[0]


def refusal(data: bytes, kept: SignedDirectory | None = None, now: str = NOW) -> AssetRefused:
    with pytest.raises(AssetRefused) as caught:
        judge(data, kept, now)
    return caught.value


# -- good ones


def test_a_good_directory_gives_desks_and_routes() -> None:
    found, seen = subject.judge(signed(), FILE, ROOTS, NOW)
    assert (found.version, found.signers) == (5, (ROOT.thumbprint,))
    assert seen.roots == ("Harbour office",)
    assert not seen.hand_set
    assert [one.id for one in seen.desks.desks] == ["a", "b"]
    assert seen.desks.route(("gb",), "grooming", "now") == "a"
    assert seen.desks.route(("gb",), "bullying", "now") == "card"
    assert seen.desks.route(("fr", "eu"), "grooming", "now") is None
    assert not any(one.hand_set for one in seen.desks.desks)


def test_a_route_of_the_country_goes_before_the_unions_and_a_category_before_a_star() -> None:
    lines = [
        route("a", "eu"),
        route("b", "ie", "grooming"),
        route("a", "ie", "grooming", "now"),
        route("card", "ie", "*", "log"),
    ]
    _found, seen = subject.judge(signed(content(routes=lines)), FILE, ROOTS, NOW)
    asked = [("grooming", "soon"), ("grooming", "now"), ("threat", "log"), ("threat", "now")]
    assert [seen.desks.route(("ie", "eu"), *one) for one in asked] == ["b", "a", "card", "a"]


def test_what_is_made_fits_its_schema() -> None:
    schema = json.loads((resources.root() / "endpoints" / "schema" / "directory.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    payload = parse_json(unb64u(signed().decode().split(".")[1]))
    assert [one.message for one in Draft202012Validator(schema).iter_errors(payload)] == []


def test_a_newer_one_takes_the_place_and_the_same_one_changes_nothing() -> None:
    kept = judge(signed())
    assert judge(signed(content(version=6)), kept).version == 6
    assert judge(signed(), kept).digest == kept.digest


def test_a_desk_changes_to_its_backup_keys() -> None:
    kept = judge(signed())
    fresh = desk(keys=A.backup, backup_keys=None)
    found = judge(signed(content(version=6, endpoints=[fresh], routes=[])), kept)
    assert found.known["a"] == tuple(A.backup)


def test_a_desk_vouches_for_new_keys_with_its_old_one() -> None:
    kept, ring = judge(signed()), DeskKeyRing()
    word = make_succession(A.sig, "a", [*ring.keys, *ring.backup])
    fresh = desk("a", ring, succession=word)
    assert judge(signed(content(version=6, endpoints=[fresh], routes=[])), kept).known["a"] == (
        *ring.keys,
        *ring.backup,
    )


def test_another_root_takes_over_when_the_one_in_use_signs_too() -> None:
    kept = judge(signed())
    both = judge(signed(content(version=6), ROOT, OTHER_ROOT), kept)
    assert set(both.signers) == {ROOT.thumbprint, OTHER_ROOT.thumbprint}
    assert judge(signed(content(version=7), OTHER_ROOT), both).version == 7


# -- bad ones: the name of the case, the file, the place, a piece of the reason


def changed(data: bytes, **payload: Any) -> bytes:
    """Forged: the payload is another one under the old signature."""
    head, body, tail = data.decode().split(".")
    said = {**parse_json(unb64u(body)), **payload}
    return f"{head}.{b64u(canonical(said))}.{tail}".encode()


def resigned(payload: bytes, typ: str = TYP) -> bytes:
    return sign(payload, ROOT, typ).encode()


def raw(**changes: Any) -> bytes:
    """Rightly signed, whatever is in it."""
    said = {**content(), "type": "urn:robin:directory:1", **changes}
    return resigned(canonical({name: value for name, value in said.items() if value is not None}))


def reordered() -> bytes:
    said = {"version": 5, **{name: value for name, value in content().items() if name != "version"}}
    return resigned(json.dumps({"type": "urn:robin:directory:1", **said}).encode())


SWAPPED = DeskKeyRing()
HALF = desk(keys=[A.sig.public_jwk(), SWAPPED.enc.public_jwk()])
BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "forged": (lambda: changed(signed(), version=99), "directory", "no root"),
    "wrong root": (lambda: signed(None, STRANGER), "directory", "no root"),
    "another trusted root alone": (lambda: signed(content(version=6), OTHER_ROOT), "directory", "another root"),
    "rolled back": (lambda: signed(content(version=4)), "directory", "older"),
    "same number, other words": (lambda: signed(content(routes=[])), "directory", "another one"),
    "expired": (lambda: signed(content(version=6, expires_at="2026-11-24T08:59:59Z")), "directory", "out of date"),
    "future": (
        lambda: signed(content(version=6, issued_at="2026-11-26T12:00:00Z")),
        "directory",
        "a time to come",
    ),
    "lives too long": (lambda: raw(version=6, expires_at="2029-11-24T12:00:00Z"), "directory", "damaged"),
    "ends before it begins": (lambda: raw(version=6, expires_at="2026-11-19T12:00:00Z"), "directory", "damaged"),
    "no time": (lambda: raw(version=6, issued_at="yesterday"), "directory", "damaged"),
    "truncated": (lambda: signed()[:-10], "directory", "damaged"),
    "truncated in the payload": (lambda: signed()[:900], "directory", "damaged"),
    "empty": (lambda: b"", "directory", "damaged"),
    "not text": (lambda: bytes(range(256)), "directory", "damaged"),
    "reordered": (reordered, "directory", "damaged"),
    "unknown member": (lambda: raw(version=6, note="hello"), "directory", "damaged"),
    "missing member": (lambda: raw(version=6, routes=None), "directory", "damaged"),
    "other type": (lambda: raw(version=6, type="urn:robin:discovery:1"), "directory", "damaged"),
    "other typ": (
        lambda: resigned(unb64u(signed(content(version=6)).decode().split(".")[1]), "robin-discovery+jws"),
        "directory",
        "no root",
    ),
    "version is text": (lambda: raw(version="6"), "directory", "damaged"),
    "version nought": (lambda: raw(version=0), "directory", "damaged"),
    "version true": (lambda: raw(version=True), "directory", "damaged"),
    "oversize": (lambda: b"a" * (MAX_BYTES + 1), "directory", "too big"),
    "three signatures": (lambda: signed() * 3, "directory", "more than two"),
    "the same root twice": (lambda: signed(content(version=6), ROOT, ROOT), "directory", "signed it twice"),
    "two signatures over two texts": (
        lambda: signed(content(version=6)) + signed(content(version=7), OTHER_ROOT),
        "directory",
        "different words",
    ),
    "a second signature of a stranger": (
        lambda: signed(content(version=6), ROOT, STRANGER),
        "directory",
        "no root",
    ),
    "swapped keys": (lambda: signed(content(version=6, endpoints=[desk("a", SWAPPED)])), "a", "other keys than before"),
    "swapped sealing key": (lambda: signed(content(version=6, endpoints=[HALF])), "a", "other keys than before"),
    "a stranger's backup key": (
        lambda: signed(content(version=6, endpoints=[desk(backup_keys=SWAPPED.backup)])),
        "a",
        "other keys than before",
    ),
    "vouched for by the new key": (
        lambda: signed(
            content(
                version=6,
                endpoints=[
                    desk("a", SWAPPED, succession=make_succession(SWAPPED.sig, "a", [*SWAPPED.keys, *SWAPPED.backup]))
                ],
            )
        ),
        "a",
        "other keys than before",
    ),
    "vouched for other keys": (
        lambda: signed(
            content(version=6, endpoints=[desk("a", SWAPPED, succession=make_succession(A.sig, "a", SWAPPED.keys))])
        ),
        "a",
        "vouches for other keys",
    ),
    "vouched for another desk": (
        lambda: signed(
            content(
                version=6,
                endpoints=[
                    desk("a", SWAPPED, succession=make_succession(A.sig, "b", [*SWAPPED.keys, *SWAPPED.backup]))
                ],
            )
        ),
        "a",
        "vouches for other keys",
    ),
    "duplicate ids": (lambda: signed(content(version=6, endpoints=[desk(), desk("a", B)])), "a", "there twice"),
    "one key for two desks": (
        lambda: signed(content(version=6, endpoints=[desk(), desk("b", A)])),
        "b",
        "another desk",
    ),
    "a desk without id": (lambda: signed(content(version=6, endpoints=[desk(id=None)])), "directory", "no id"),
    "a private key": (
        lambda: signed(content(version=6, endpoints=[desk(keys=[{**A.keys[0], "d": "x"}, A.keys[1]])])),
        "a",
        "a key is wrong",
    ),
    "unknown member of a desk": (
        lambda: signed(content(version=6, endpoints=[desk(logo="x")], routes=[])),
        "a",
        "'logo' is not known",
    ),
    "a file of this computer": (
        lambda: signed(content(version=6, endpoints=[desk(ca_file="/etc/passwd")], routes=[])),
        "a",
        "not for a directory",
    ),
    "not https": (
        lambda: signed(content(version=6, endpoints=[desk(base="http://a.example")], routes=[])),
        "a",
        "https",
    ),
    "a folder": (
        lambda: signed(content(version=6, endpoints=[desk(base="folder:///tmp/x")], routes=[])),
        "a",
        "https, xmpp or mailto",
    ),
    "hand over to nobody": (
        lambda: signed(content(version=6, endpoints=[desk(hours="24/7", out_of_hours="z")], routes=[])),
        "a",
        "unknown desk 'z'",
    ),
    "hours in words only": (
        lambda: signed(content(version=6, endpoints=[desk(hours="by day", out_of_hours="b"), desk("b", B)], routes=[])),
        "a",
        "needs 'hours'",
    ),
    "route to nobody": (lambda: signed(content(version=6, routes=[route("z")])), "routes[0]", "unknown desk 'z'"),
    "route twice": (lambda: signed(content(version=6, routes=[route("a"), route("b")])), "routes[1]", "two routes"),
    "route of an unknown category": (
        lambda: signed(content(version=6, routes=[route("a", category="spying")])),
        "routes[0]",
        "not one of",
    ),
    "route of a bad country": (
        lambda: signed(content(version=6, routes=[route("a", "GB")])),
        "routes[0]",
        "two small letters",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_directory_is_refused_in_a_plain_sentence(name: str) -> None:
    make, place, reason = BAD[name]
    error = refusal(make(), judge(signed()))
    assert (error.fields["file"], error.fields["id"]) == (FILE, place)
    assert reason in str(error.fields["reason"])


def test_a_desk_that_was_left_out_does_not_come_back_as_somebody_else() -> None:
    kept = judge(signed())
    without = judge(signed(content(version=6, endpoints=[desk("b", B)], routes=[])), kept)
    assert without.known["a"] == (*A.keys, *A.backup)
    error = refusal(signed(content(version=7, endpoints=[desk("a", SWAPPED)], routes=[])), without)
    assert error.fields["id"] == "a"
    assert judge(signed(content(version=7, endpoints=[desk()], routes=[])), without).version == 7


def test_a_clock_that_is_long_past_is_named() -> None:
    assert "clock" in str(refusal(signed(), None, "1970-01-01T00:00:00.000Z").fields["reason"])


def test_nonsense_is_not_signed() -> None:
    with pytest.raises(FormatRefused):
        make_directory({**content(), "note": ""}, ROOT)


# -- the service: the last good one stays


async def _with(folder: Path, act: Act, roots: Any = ROOTS, **options: Any) -> Any:
    db = await Database.open(folder / "robin.db", bytes(range(32)))
    clock = Manual()
    roots_file = folder / "roots.json"
    listed = [{"id": one.id, "name": one.name, "key": dict(one.key)} for one in roots]
    roots_file.write_text(json.dumps({"roots": listed}))
    try:
        return await act(DirectoryService(db, clock, roots_file, **options))
    finally:
        await db.close()


def play(folder: Path, act: Act, roots: Any = ROOTS, **options: Any) -> Any:
    return asyncio.run(_with(folder, act, roots, **options))


def test_no_root_is_shipped_and_a_persons_root_makes_desks_hand_set(tmp_path: Path) -> None:
    assert shipped_roots(subject.ROOTS) == ()
    seen = play(tmp_path, lambda service: service.install(signed(), FILE))
    assert seen.hand_set
    assert all(one.hand_set for one in seen.desks.desks)


@pytest.mark.parametrize("name", BAD)
def test_the_last_good_one_stays_in_use(name: str, tmp_path: Path) -> None:
    async def first(service: DirectoryService) -> None:
        assert await service.desks() == subject.NOBODY
        await service.install(signed(), FILE)

    async def then(service: DirectoryService) -> Any:
        with pytest.raises(AssetRefused):
            await service.install(BAD[name][0](), FILE)
        return await service.standing()

    play(tmp_path, first)
    assert play(tmp_path, then).version == 5
    assert play(tmp_path, lambda service: service.standing()).version == 5


def test_check_changes_nothing(tmp_path: Path) -> None:
    async def act(service: DirectoryService) -> Any:
        seen = await service.check(signed(), FILE)
        return seen, await service.standing()

    seen, in_use = play(tmp_path, act)
    assert seen.version == 5
    assert in_use is None


def test_a_root_that_is_trusted_no_more_speaks_for_nobody(tmp_path: Path) -> None:
    async def other(service: DirectoryService) -> Any:
        before = await service.standing()
        after = await service.install(signed(content(version=1), OTHER_ROOT), FILE)
        return before, after

    play(tmp_path, lambda service: service.install(signed(), FILE))
    before, after = play(tmp_path, other, ROOTS[1:])
    assert before is None
    assert after.version == 1


@pytest.mark.parametrize("while_it_starts", ["gone", "broken"])
def test_roots_that_could_not_be_read_at_the_start_open_no_way_back(while_it_starts: str, tmp_path: Path) -> None:
    """A stick that was not in, a file half written: with the roots back, an older directory is refused as before."""
    play(tmp_path, lambda service: service.install(signed(), FILE))

    async def act(service: DirectoryService) -> None:
        roots_file = tmp_path / "roots.json"
        good = roots_file.read_bytes()
        if while_it_starts == "gone":
            roots_file.unlink()
        else:
            roots_file.write_bytes(good[:20])
        assert await service.standing() is None
        roots_file.write_bytes(good)
        with pytest.raises(AssetRefused) as refused:
            await service.install(signed(content(version=4)), FILE)
        assert "older than the one in use" in refused.value.fields["reason"]
        found = await service.standing()
        assert found is not None
        assert found.version == 5

    play(tmp_path, act)


def test_a_broken_file_of_a_person_takes_no_root_of_the_package_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messenger.services.signed_file.shipped_roots", lambda _name: ROOTS[:1])
    play(tmp_path, lambda service: service.install(signed(), FILE), ())

    async def act(service: DirectoryService) -> Any:
        (tmp_path / "roots.json").write_text("{")
        return await service.standing()

    seen = play(tmp_path, act)
    assert (seen.version, seen.hand_set) == (5, False)


def test_one_in_use_that_goes_out_of_date_stays_and_says_so(tmp_path: Path) -> None:
    ends = content(expires_at="2026-11-24T09:00:01Z")
    play(tmp_path, lambda service: service.install(signed(ends), FILE))

    async def later(folder: Path) -> Any:
        db = await Database.open(folder / "robin.db", bytes(range(32)))
        clock = Manual()
        clock.forward(3600)
        try:
            return await DirectoryService(db, clock, folder / "roots.json").standing()
        finally:
            await db.close()

    async def meanwhile(service: DirectoryService) -> Any:
        before = await service.standing()
        service._clock.forward(3600)  # type: ignore[attr-defined]
        return before, await service.standing()

    before, after = play(tmp_path, meanwhile)
    assert (before.expired, after.expired) == (False, True)
    seen = asyncio.run(later(tmp_path))
    assert seen.expired
    assert [one.id for one in seen.desks.desks] == ["a", "b"]


def test_an_update_comes_from_one_address_and_a_bad_one_changes_nothing(tmp_path: Path) -> None:
    answers: list[bytes | Exception] = [
        signed(),
        signed(),
        EndpointUnreachable("connection"),
        BAD["forged"][0](),
        signed(content(version=6)),
    ]
    asked: list[tuple[str, int]] = []

    async def fetch(address: str, most: int) -> bytes:
        asked.append((address, most))
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def address() -> str:
        return "https://desks.example.org/robin.jws"

    async def act(service: DirectoryService) -> Any:
        done = [await service.update(), await service.update()]
        with pytest.raises(EndpointUnreachable):
            await service.update()
        with pytest.raises(AssetRefused) as refused:
            await service.update()
        assert refused.value.fields["file"] == "robin.jws"
        return [*done, await service.update()]

    assert play(tmp_path, act, fetch=fetch, address=address) == [True, False, True]
    assert set(asked) == {("https://desks.example.org/robin.jws", MAX_BYTES)}


def test_a_refused_update_is_told_once_and_the_watch_goes_on(tmp_path: Path) -> None:
    answers: list[bytes] = [BAD["forged"][0](), BAD["forged"][0](), signed(), BAD["forged"][0]()]
    told: list[RobinError] = []

    async def fetch(_address: str, _most: int) -> bytes:
        if not answers:
            raise asyncio.CancelledError
        return answers.pop(0)

    async def address() -> str:
        return "https://desks.example.org/robin.jws"

    async def a_day(_seconds: float) -> None:
        await asyncio.sleep(0)

    async def act(service: DirectoryService) -> Any:
        service._clock.sleep = a_day  # type: ignore[method-assign]
        with contextlib.suppress(asyncio.CancelledError):
            await service.watch(told.append)
        standing = await service.standing()
        return standing.version if standing is not None else 0

    assert play(tmp_path, act, fetch=fetch, address=address) == 5
    assert [type(one) for one in told] == [AssetRefused, AssetRefused], "once, and once more after a good one came"


def test_without_an_address_nothing_is_asked(tmp_path: Path) -> None:
    async def fetch(_address: str, _most: int) -> bytes:
        raise AssertionError

    assert play(tmp_path, lambda service: service.update(), fetch=fetch) is False


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense", "not a JSON"),
        ('{"roots": [{"id": "a", "name": "A"}]}', "'key' is missing"),
        (json.dumps({"roots": [{"id": "a", "name": "A", "key": A.keys[1]}]}), "signing key"),
        (json.dumps({"roots": [{"id": n, "name": "A", "key": A.keys[0]} for n in "ab"]}), "has this key"),
        (json.dumps({"roots": [{"id": "a", "name": "A", "key": {**A.keys[0], "d": "x"}}]}), "private key"),
    ],
)
def test_a_bad_file_of_roots_is_named(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "roots.json"
    path.write_text(text)
    with pytest.raises(AssetRefused) as refused:
        own_roots(path)
    assert refused.value.fields["file"] == "roots.json"
    assert reason in str(refused.value.fields["reason"])


def test_there_need_not_be_roots(tmp_path: Path) -> None:
    assert own_roots(tmp_path / "roots.json") == ()
    assert own_roots(None) == ()


def test_dates_are_those_of_the_real_form() -> None:
    found = judge(signed())
    assert not found.expired(NOW)
    assert replace(found, expires_at="2026-11-24T12:00:00Z").expired(NOW)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_whatever_is_changed_is_refused(data: st.DataObject) -> None:
    good = signed()
    place = data.draw(st.integers(0, len(good) - 1))
    deed = data.draw(st.sampled_from(("flip", "cut", "drop", "double")))
    if deed == "flip":
        other = data.draw(st.integers(0, 255))
        bad = good[:place] + bytes([other]) + good[place + 1 :]
    else:
        bad = {
            "cut": good[:place],
            "drop": good[:place] + good[place + 1 :],
            "double": good[:place] + good[place : place + 1] + good[place:],
        }[deed]
    if bad.strip() == good.strip() and bad.count(b"\n") <= 1:
        return
    refusal(bad)
