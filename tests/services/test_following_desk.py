"""What follows a report against a real desk over HTTPS on loopback: addenda in a chain, consent, taking back, lost answers."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from messenger.desk.server import Desk
from messenger.desk.store import FILE as STORE_FILE
from messenger.domain.errors import CodeNotSent, EndpointRejected, EndpointUnreachable, NotProved, RobinError
from messenger.domain.receipt import CaseStatus, IdentityLevel, WithdrawalOutcome
from messenger.domain.report import EndpointProfile, WithdrawReason
from messenger.endpoints.https import HttpsEndpoint
from messenger.evidence.package import read_copy
from messenger.evidence.schema import Schemas
from messenger.services.clock import SystemClock
from messenger.storage import report_addenda
from tests.services.played_chat import signed_in
from tests.services.report_world import ACCOUNT, Memory, World, opened
from tests.services.test_reporting_desk import endpoint, sent


def at_the_desk(desk: Desk, sql: str, report_id: str) -> list[tuple[object, ...]]:
    store = sqlite3.connect(desk.folder / STORE_FILE)
    try:
        return store.execute(sql, (report_id,)).fetchall()
    finally:
        store.close()


async def added(world: World, report_id: str, words: str, *places: int) -> str:
    draft = await world.services.addenda.begin(report_id)
    page = await world.services.reporting.lines(draft)
    draft = await world.services.reporting.save(replace(draft, chosen=tuple(page.rows[at].message for at in places)))
    return await world.services.addenda.submit(draft.id, words)


async def all_there(world: World, report_id: str) -> bool:
    await world.services.outbox.refresh(report_id)
    return all(one.sent_at for one in (await world.services.outbox.report(report_id)).addenda)


def test_a_chain_of_additions_with_their_receipts_and_the_copy(
    tmp_path: Path, desk: Desk, receiver: EndpointProfile
) -> None:
    async def main() -> None:
        async with opened(tmp_path, endpoint(), profile=receiver) as world:
            one = await sent(world)
            ids = [await added(world, one, f"more {number}", number) for number in range(3)]
            async with asyncio.timeout(30):
                while not await all_there(world, one):
                    await asyncio.sleep(0.05)
            kept = at_the_desk(desk, "SELECT addendum_id FROM addenda WHERE report_id = ? ORDER BY n", one)
            assert [row[0] for row in kept] == ids
            copy = read_copy(await world.services.outbox.copy(one), Schemas.packaged())
            assert [each.addendum.addendum_id for each in copy.addenda] == ids
            assert all(each.receipt for each in copy.addenda)

    asyncio.run(main())


def test_an_answer_that_is_lost_makes_no_second_addendum(tmp_path: Path, desk: Desk, receiver: EndpointProfile) -> None:
    class Deaf(HttpsEndpoint):
        """The first answers of the desk are lost on the way."""

        lost = 2

        async def add(self, *parts: object) -> object:  # type: ignore[override]
            receipt = await super().add(*parts)  # type: ignore[arg-type]
            if self.lost:
                self.lost -= 1
                raise EndpointUnreachable("connection")
            return receipt

    async def main() -> None:
        async with opened(tmp_path, Deaf(SystemClock()), profile=receiver) as world:
            one = await sent(world)
            first, second = await added(world, one, "first", 1), await added(world, one, "second", 2)
            async with asyncio.timeout(30):
                while not await all_there(world, one):
                    await asyncio.sleep(0.05)
            kept = at_the_desk(desk, "SELECT addendum_id FROM addenda WHERE report_id = ? ORDER BY n", one)
            assert [row[0] for row in kept] == [first, second]

    asyncio.run(main())


def test_two_computers_of_one_person_make_one_chain(tmp_path: Path, desk: Desk, receiver: EndpointProfile) -> None:
    import shutil

    async def main() -> None:
        secrets = Memory()
        async with opened(tmp_path / "a", endpoint(), secrets=secrets, profile=receiver) as world:
            one = await sent(world)
        shutil.copytree(tmp_path / "a", tmp_path / "b")
        ids = []
        for name in ("a", "b", "a"):
            async with opened(tmp_path / name, endpoint(), secrets=secrets) as world:
                ids.append(await added(world, one, f"from {name}", 3))
                async with asyncio.timeout(30):
                    while not await all_there(world, one):
                        await asyncio.sleep(0.05)
                row = await world.db.run(report_addenda.get, ids[-1])
                assert row is not None
                assert row.sent_at
        kept = at_the_desk(desk, "SELECT addendum_id FROM addenda WHERE report_id = ? ORDER BY n", one)
        assert [row[0] for row in kept] == ids

    asyncio.run(main())


def test_a_report_is_erased_as_long_as_nobody_looked(tmp_path: Path, desk: Desk, receiver: EndpointProfile) -> None:
    async def main() -> None:
        async with opened(tmp_path, endpoint(), profile=receiver) as world:
            one = await sent(world)
            said = await world.services.outbox.withdraw(one, WithdrawReason.MISTAKE, "I was wrong.")
            assert said.outcome is WithdrawalOutcome.ERASED
            report = await world.services.outbox.report(one)
            assert (report.withdrawn, report.status) == (WithdrawalOutcome.ERASED, CaseStatus.WITHDRAWN)
            assert at_the_desk(desk, "SELECT * FROM reports WHERE report_id = ?", one) == []
            # Asking on is no trouble, and the answer is still the same.
            await world.services.outbox.refresh(one)
            report = await world.services.outbox.report(one)
            assert report.problem == ""
            assert await world.services.outbox.withdraw(one, WithdrawReason.MISTAKE) == said
            copy = read_copy(await world.services.outbox.copy(one), Schemas.packaged())
            assert copy.withdrawn == said

    asyncio.run(main())


def test_the_desk_hears_what_is_allowed(tmp_path: Path, desk: Desk, receiver: EndpointProfile) -> None:
    async def main() -> None:
        async with opened(tmp_path, endpoint(), profile=receiver) as world:
            signed_in(world.sessions, ACCOUNT)
            one = await sent(world)
            after = await world.services.aftercare.block(one, tell_server=True)
            assert after.told_server
            assert len(at_the_desk(desk, "SELECT * FROM consents WHERE report_id = ?", one)) == 1

    asyncio.run(main())


def test_a_desk_without_line_and_mail_proves_nothing_and_loses_nothing(
    tmp_path: Path, desk: Desk, receiver: EndpointProfile
) -> None:
    async def main() -> None:
        async with opened(tmp_path, endpoint(), profile=receiver) as world:
            signed_in(world.sessions, ACCOUNT)
            one = await sent(world)
            report = await world.services.outbox.report(one)
            assert (report.can_prove, report.can_code, report.identity_level) == (
                False,
                False,
                IdentityLevel.UNVERIFIED,
            )
            with pytest.raises(NotProved):
                await world.services.outbox.prove_again(one)
            with pytest.raises((CodeNotSent, EndpointUnreachable)):
                await world.services.outbox.ask_code(one, "sam@mail.example")
            with pytest.raises((RobinError, EndpointRejected)):
                await world.services.outbox.answer_code(one, "123456")

    asyncio.run(main())
