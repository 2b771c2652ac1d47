"""Assurance A2 on a real Prosody: what the own archive says of the lines of a report, planted ids among them (fact 3)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import pytest
from people import PASSWORD, Person, new_account, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.domain.account import ConnectionState
from messenger.domain.errors import AccountError
from messenger.domain.evidence import ArchiveCheck, CapturedMessage, Snapshot
from messenger.domain.message import ArchiveId, IncomingMessage
from messenger.services.archive_checks import ArchiveChecks, Checked
from messenger.services.clock import SystemClock
from messenger.services.sessions import Sessions
from messenger.storage import history, snapshots
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.plan import StreamPlan
from messenger.stream.serial import CLIENT_NS

SAME, FOUND, MISSING, DIFFERS = ArchiveCheck.SAME, ArchiveCheck.FOUND, ArchiveCheck.MISSING, ArchiveCheck.DIFFERS


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 120))  # type: ignore[arg-type]


class Nobody:
    """A stream that only speaks."""

    def stanza(self, element: Element, received: str) -> None:
        pass

    def acked(self, keys: list[str]) -> None:
        pass

    def lost(self, reason: AccountError) -> None:
        pass


def said(to: str, body: str, planted: str = "", name: str = "") -> Element:
    message = Element(f"{{{CLIENT_NS}}}message", {"to": to, "type": "chat", "id": name or body.replace(" ", "-")})
    if planted:
        SubElement(message, "{urn:xmpp:sid:0}stanza-id", {"by": to, "id": planted})
    SubElement(message, f"{{{CLIENT_NS}}}body").text = body
    return message


async def put(server: Prosody, sender: str, stanzas: list[Element]) -> GuardedClient:
    account = prepared(sender)
    assert account is not None
    client = GuardedClient(StreamPlan(account, PASSWORD, server.address), Nobody())
    await client.open()
    for stanza in stanzas:
        client.traffic.put(stanza)
    return client


async def checked(folder: Path, kim: Person, messages: list[IncomingMessage], limit: float = 20.0) -> Checked:
    """Store the messages, take all as lines of a report, and ask."""
    db = await Database.open(folder / "robin.db", bytes(range(32)))
    try:
        stored = await db.write(history.store, messages)

        def lines(conn: Connection) -> tuple[Snapshot, tuple[CapturedMessage, ...]]:
            snap = snapshots.snapshot(conn, stored[0].conversation, "2026-11-24T10:00:00.000Z")
            return snap, snapshots.captured(conn, snap, snapshots.all_ids(conn, snap))

        snap, found = await db.run(lines)
        sessions = Sessions()
        sessions.put(kim.jid, kim.session)
        sessions.set_state(kim.jid, ConnectionState.ONLINE)
        return await ArchiveChecks(sessions, SystemClock(), limit).check(snap, found)
    finally:
        await db.close()


def verdicts(found: Checked) -> dict[str, ArchiveCheck]:
    return {line.body: line.archive_check for line in found.lines}


def test_planted_ids_are_not_believed_and_the_line_is_found(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        kim_jid, eve_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid) as [kim]:
            client = await put(
                server,
                eve_jid,
                [said(kim_jid, "plain words"), said(kim_jid, "planted words", "FAKE"), said(kim_jid, "more words")],
            )
            await until(lambda: len(kim.heard.stored) == 3)
            planted = next(one for one in kim.heard.stored if one.body == "planted words")
            assert (planted.archive_id, planted.duplicate_archive_ids) == (None, True)
            found = await checked(tmp_path, kim, kim.heard.stored)
            assert verdicts(found) == {"plain words": SAME, "planted words": FOUND, "more words": SAME}
            assert found.asked_at is not None
            # The id that is told on is the archive's own, not the planted one.
            names = {line.body: found.ids[line.message] for line in found.lines}
            assert names["planted words"] not in ("FAKE", "")
            assert len(set(names.values())) == 3
            [again] = await kim.session.archive_by_ids([names["planted words"]])
            assert again.body == "planted words"
            await client.close()

    run(test)


def test_a_single_fake_id_is_missing_and_a_borrowed_one_differs(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        kim_jid, eve_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid) as [kim]:
            client = await put(server, eve_jid, [said(kim_jid, f"line {number}") for number in range(3)])
            await until(lambda: len(kim.heard.stored) == 3)
            first, second, third = kim.heard.stored
            assert third.archive_id is not None
            forged = [
                # As a server without ids of its own would let it through: one id, and a fake one.
                replace(first, archive_id=ArchiveId(kim_jid, "FAKE")),
                # The id is real but belongs to other words.
                replace(second, archive_id=ArchiveId(kim_jid, third.archive_id.id)),
                replace(third, archive_id=None),
            ]
            found = await checked(tmp_path, kim, forged)
            assert verdicts(found) == {"line 0": MISSING, "line 1": DIFFERS, "line 2": FOUND}
            assert list(found.ids.values()) == [third.archive_id.id]
            await client.close()

    run(test)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"sender": "other@robin.test/x"}, DIFFERS),
        ({"kind": "normal"}, DIFFERS),
        ({"body": "line 0 and more"}, DIFFERS),
        ({}, SAME),
    ],
)
def test_sender_kind_and_words_are_compared(
    server: Prosody, tmp_path: Path, change: dict[str, Any], verdict: ArchiveCheck
) -> None:
    async def test() -> None:
        kim_jid, eve_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid) as [kim]:
            client = await put(server, eve_jid, [said(kim_jid, "line 0")])
            await until(lambda: kim.heard.stored)
            found = await checked(tmp_path, kim, [replace(kim.heard.stored[0], **change)])
            assert [line.archive_check for line in found.lines] == [verdict]
            await client.close()

    run(test)


def test_an_edit_counts_with_its_line(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        kim_jid, sam_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid, sam_jid) as [kim, sam]:
            name = await sam.say(kim, "first words")
            await sam.say(kim, "better words", corrects=name)
            other = await sam.say(kim, "other words")
            await sam.say(kim, "changed here", corrects=other)
            await until(lambda: len(kim.heard.stored) == 4)
            as_they_came = list(kim.heard.stored)
            found = await checked(tmp_path, kim, [*as_they_came[:3], replace(as_they_came[3], body="another change")])
            assert verdicts(found) == {"first words": SAME, "other words": DIFFERS}

    run(test)


def test_what_the_person_wrote_is_checked_too(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        kim_jid, sam_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid, sam_jid) as [kim, sam]:
            await kim.say(sam, "please stop")
            await until(lambda: sam.heard.stored and kim.heard.acks)
            page = await kim.session.archive_page(None)
            found = await checked(tmp_path, kim, list(page.messages))
            assert verdicts(found) == {"please stop": SAME}

    run(test)


def test_lines_of_the_same_words_have_ids_of_their_own(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        kim_jid, eve_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid) as [kim]:
            stanzas = [said(kim_jid, "again", "FAKE", f"again-{number}") for number in range(3)]
            client = await put(server, eve_jid, stanzas)
            await until(lambda: len(kim.heard.stored) == 3)
            found = await checked(tmp_path, kim, kim.heard.stored)
            assert [line.archive_check for line in found.lines] == [FOUND] * 3
            assert len(set(found.ids.values())) == 3
            await client.close()

    run(test)


def test_an_archive_that_does_not_answer_in_time_was_not_asked(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        kim_jid, eve_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid) as [kim]:
            client = await put(server, eve_jid, [said(kim_jid, "line 0")])
            await until(lambda: kim.heard.stored)
            found = await checked(tmp_path, kim, kim.heard.stored, limit=0.0)
            assert [line.archive_check for line in found.lines] == [ArchiveCheck.NOT_ASKED]
            assert (found.asked_at, found.ids) == (None, {})
            await client.close()

    run(test)
