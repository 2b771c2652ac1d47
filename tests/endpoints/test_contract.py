"""The contract of endpoints, over every kind that is found: accepted, twice is once, unreachable, rejected, too large."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
import zipfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from messenger import endpoints
from messenger.domain.errors import EndpointRejected, EndpointUnreachable, EvidenceRefused, Handed, RobinError
from messenger.domain.receipt import IdentityLevel
from messenger.evidence.package import Package
from messenger.safety.handing import file_name, handed_way
from messenger.services.clock import SystemClock
from messenger.services.ports import Accepted, Endpoint, Submission
from tests import reading
from tests.endpoints import ways
from tests.endpoints.ways import DESK_NAME, WAYS, Folder, Place, Way, desk_on, new_account, server_with_rooms

KINDS = sorted(endpoints.kinds())


@pytest.fixture(scope="module")
def chat() -> Iterator[Any]:
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix="robin-kinds-", dir=shared) as folder,
        server_with_rooms(Path(folder)) as running,
    ):
        asyncio.run(new_account(running, DESK_NAME))
        yield running


@pytest.fixture(scope="module")
def shared(chat: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    desk = desk_on(chat, tmp_path_factory.mktemp("desk"), time.time)
    yield Place(chat, desk, "", tmp_path_factory.mktemp("places"))
    desk.stop()


@pytest.fixture
def place(shared: Place) -> Place:
    """With an account of its own: the desk slows down who sends many packages."""
    return replace(shared, jid=asyncio.run(new_account(shared.chat)))


@pytest.fixture(params=KINDS)
def way(request: pytest.FixtureRequest, place: Place) -> Way:
    return WAYS[request.param](place)


def submission(way: Way, **changes: Any) -> Submission:
    profile = way.profile()
    report = way.place.report(profile)
    made = Submission(report.report_id, report.digest, Package.of(report).encode(), profile, way.place.jid)
    return replace(made, **changes)


def act(way: Way, work: Callable[[Endpoint], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        async with asyncio.timeout(100):
            async with way.endpoint() as endpoint:
                done = await work(endpoint)
            # TLS connections say goodbye to a real desk and a real server after they were closed.
            await asyncio.sleep(0.4)
            return done

    return asyncio.run(whole())


async def outcome(endpoint: Endpoint, given: Submission) -> Accepted | RobinError:
    try:
        return await endpoint.submit(given)
    except RobinError as error:
        return error


def test_every_kind_has_its_way() -> None:
    assert set(KINDS) == set(WAYS)


class TestContract:
    """One class for all kinds."""

    def test_accepted(self, way: Way) -> None:
        given = submission(way)
        done = act(way, lambda endpoint: outcome(endpoint, given))
        if way.receipts:
            assert isinstance(done, Accepted), (done, getattr(done, "fields", ""))
            assert (done.receipt.report_id, done.receipt.report_digest) == (given.report_id, given.digest)
            assert done.sealed_code
        else:
            # It has no receipt of its own, and is never called sent.
            assert isinstance(done, Handed)
            found = handed_way(given.profile, given.report_id)
            assert found is not None
            assert (done.fields["way"], done.fields["words"]) == (found.kind, found.words)

    def test_the_same_id_twice_is_one_case(self, way: Way) -> None:
        given = submission(way)

        async def twice(endpoint: Endpoint) -> Any:
            first = await outcome(endpoint, given)
            between = way.filed()
            return first, between, await outcome(endpoint, given)

        first, between, second = act(way, twice)
        assert way.filed() == between
        if way.receipts:
            assert second.receipt.case_number == first.receipt.case_number
        else:
            assert second.fields == first.fields

    def test_unreachable(self, way: Way) -> None:
        given = submission(way, profile=way.unreachable())
        before = way.filed()
        done = act(way, lambda endpoint: outcome(endpoint, given))
        if given.profile == way.profile():
            assert isinstance(done, Handed)
        else:
            assert isinstance(done, EndpointUnreachable), done
        assert way.filed() == before

    def test_rejected(self, way: Way) -> None:
        async def both(endpoint: Endpoint) -> Any:
            good = submission(way)
            await outcome(endpoint, good)
            before = way.filed()
            return before, await outcome(endpoint, way.rejected(good))

        before, done = act(way, both)
        assert isinstance(done, EndpointRejected), done
        assert way.filed() == before

    def test_too_large(self, way: Way) -> None:
        before, given = way.filed(), way.too_large()

        done = act(way, lambda endpoint: outcome(endpoint, given))
        assert isinstance(done, EvidenceRefused) or (
            isinstance(done, EndpointRejected) and done.fields["status"] == 413
        ), done
        assert way.filed() == before

    def test_a_damaged_package_goes_nowhere(self, way: Way) -> None:
        given = submission(way)
        before = way.filed()
        for bad in (
            replace(given, package=given.package[:-9] + b"x" + given.package[-8:]),
            replace(given, digest="A" * 43),
        ):
            done = act(way, lambda endpoint, bad=bad: outcome(endpoint, bad))
            assert isinstance(done, EvidenceRefused)
        assert way.filed() == before

    def test_what_a_kind_can_not_do_it_says(self, way: Way) -> None:
        if way.profile().base.startswith("https:"):
            pytest.skip("the desk answers everything over HTTPS: tests/endpoints/test_https_endpoint.py")
        profile = way.profile()

        def prove(_method: str, _path: str) -> str:
            raise AssertionError("nobody is there to prove anything to")

        async def ask(endpoint: Endpoint) -> None:
            assert await endpoint.news(profile, "r", prove, 0, "") is None
            assert endpoint.clock_offset(profile) == 0
            for call in (
                endpoint.write(profile, "r", prove, b""),
                endpoint.prove_address(profile, "r", prove, ""),
                endpoint.ask_code(profile, "r", prove, b""),
                endpoint.answer_code(profile, "r", prove, ""),
                endpoint.consent(profile, "r", prove, b""),
                endpoint.add(profile, "r", prove, "a", "d", b""),
                endpoint.withdraw(profile, "r", prove, "d", b""),
            ):
                with pytest.raises(EndpointRejected) as refused:
                    await call
                assert refused.value.fields["reason"] == "kind"

        act(way, ask)


# -- of one kind each


def test_a_package_over_xmpp_proves_the_address(place: Place) -> None:
    way = ways.Xmpp(place)
    done = act(way, lambda endpoint: outcome(endpoint, submission(way)))
    assert isinstance(done, Accepted)
    assert done.receipt.identity_level is IdentityLevel.VERIFIED


def test_without_an_account_online_it_waits(place: Place) -> None:
    way = ways.Xmpp(place)
    given = submission(way)
    other = replace(given, account="kim@robin.test")
    assert isinstance(act(way, lambda endpoint: outcome(endpoint, other)), EndpointUnreachable)
    alone = endpoints.make_all(SystemClock())["xmpp"]
    assert isinstance(asyncio.run(outcome(alone, given)), EndpointUnreachable)


def test_a_report_of_no_account_goes_over_any_and_proves_nothing(place: Place) -> None:
    way = ways.Xmpp(place)
    profile = way.profile()
    stranger = replace(place, jid="kim@robin.test").report(profile)
    given = Submission(stranger.report_id, stranger.digest, Package.of(stranger).encode(), profile)
    done = act(way, lambda endpoint: outcome(endpoint, given))
    assert isinstance(done, Accepted)
    assert done.receipt.identity_level is IdentityLevel.UNVERIFIED


def test_a_receipt_by_other_keys_is_none(place: Place) -> None:
    from messenger.evidence.keys import SealingKey, SigningKey

    way = ways.Xmpp(place)
    good = submission(way)
    keys = (SigningKey.generate().public_jwk(), SealingKey.generate().public_jwk())
    given = replace(good, profile=replace(good.profile, keys=keys))
    done = act(way, lambda endpoint: outcome(endpoint, given))
    assert type(done).__name__ == "ReceiptRefused"


def test_the_bag_in_the_folder_is_whole_and_private(place: Place) -> None:
    way = Folder(place)
    given = submission(way)
    done = act(way, lambda endpoint: outcome(endpoint, given))
    assert isinstance(done, Handed)
    path = way.folder / file_name(given.report_id)
    assert done.fields["place"] == str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as bag:
        assert bag.testzip() is None
        [name] = [one for one in bag.namelist() if one.endswith("data/package.json")]
        assert bag.read(name) == given.package
    assert not [one for one in way.folder.iterdir() if one.name.startswith(".")]


def test_a_folder_that_can_not_be_written_leaves_nothing_behind(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    way = Folder(place)
    given, before = submission(way), way.filed()

    def full(_fd: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", full)
    assert isinstance(act(way, lambda endpoint: outcome(endpoint, given)), EndpointUnreachable)
    assert way.filed() == before


def test_the_draft_is_neutral_and_in_plain_words(place: Place) -> None:
    for way in (ways.Mail(place), Folder(place)):
        found = handed_way(way.profile(), "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b10")
        assert found is not None
        words = f"{found.subject} {found.words}".lower()
        assert not any(one in words for one in ("abuse", "groom", "child", "police", "mike", "sam"))
        assert reading.hardest(found.next.replace(found.place, "{x}")) <= 4
        assert reading.tone(found.next) == []
    assert handed_way(ways.Https(place).profile(), "x") is None
