"""Two servers: the desk on one, the reporter on the other. Proof, corroboration and nudges cross the line; a lost server is said."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_clock import Time
from line_case import MODULES, PASSWORD, LineApp, as_captured, desk_on, new_account, puppets, signed_in, until
from test_line_corroboration import SAID, Case, archive_ids, block, forwarded, take

from messenger.desk.reception import Turned
from messenger.desk.server import Desk

sys.path.append(str(Path(__file__).parent.parent / "e2e"))  # its two servers

from federation import AWAY, HOME, Federation

DESK = f"desk@{HOME}"


@pytest.fixture(scope="module")
def federation() -> Iterator[Federation]:
    base = "/dev/shm" if Path("/dev/shm").is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="robin-two-", dir=base))
    one = Federation(folder)
    try:
        for server in (one.home, one.away):
            server.settings += f'robin_test_forward_to = {{ "{DESK}" }}\n'
            server._plugins = (*server._plugins, MODULES)
            server._modules.append("robin_test_forward")
        one.start()
        asyncio.run(new_account(one.home, "desk"))
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def far(federation: Federation, tmp_path_factory: pytest.TempPathFactory, clock: Time) -> Iterator[Desk]:
    made = desk_on(federation.home, tmp_path_factory.mktemp("far"), clock, jid=DESK)
    yield made
    made.stop()


async def test_a_reporter_of_another_server(federation: Federation, far: Desk) -> None:
    """The reporter and the reported party are on AWAY, the desk on HOME: what AWAY says of its own people counts."""
    sam_jid, mike_jid = await new_account(federation.away), await new_account(federation.away)
    case = Case(far, LineApp(far, sam_jid), mike_jid)
    async with signed_in(federation.away, sam_jid, mike_jid) as [sam, mike]:
        await mike.say(sam, SAID[0])
        await until(lambda: len(sam.heard.stored) == 1)
        stored = list(sam.heard.stored)
        case.file(as_captured(stored[0], 1))
        sam.session.expect_confirm(DESK, case.app.endpoint.base + "/v1/sessions", case.digest)
        sam.session.expect_news(frozenset({DESK}))
        answer = await asyncio.to_thread(case.app.prove, sam.session.full_jid())
        assert (answer.status, answer.json["domain"]) == (201, AWAY)
        await asyncio.to_thread(take, case)
        await until(lambda: sam.heard.nudges)
    async with puppets(federation.away, sam_jid) as [puppet]:
        await puppet.client.traffic.request("set", block(case, archive_ids(stored)))  # type: ignore[arg-type]
    await until(lambda: case.levels() == {1: ["A3"]})
    assert {one.by for found in case.marks().lines.values() for one in found} == {AWAY}


async def test_another_servers_word_counts_for_nothing(federation: Federation, far: Desk) -> None:
    """HOME forwards a report about a case whose reporter is on AWAY: it may not vouch for people of another server."""
    sam_jid, eve_jid = await new_account(federation.away), await new_account(federation.home)
    case = Case(far, LineApp(far, sam_jid), f"mike@{AWAY}")
    case.file()
    before = far.dropped().get(Turned.OTHER_SERVER.value, 0)
    async with puppets(federation.home, eve_jid) as [eve]:
        await eve.client.traffic.request("set", block(case, ["some-id"]))
    await until(lambda: far.dropped().get(Turned.OTHER_SERVER.value, 0) == before + 1)
    async with puppets(federation.away, sam_jid) as [sam]:
        forged = far.dropped().get(Turned.FORGED_REPORT.value, 0)
        message = forwarded(case, "hello", "id-1")
        message.set("to", DESK)
        sam.put(message)
        await until(lambda: far.dropped().get(Turned.FORGED_REPORT.value, 0) == forged + 1)
    assert (case.levels(), case.findings()) == ({}, [])


async def test_a_server_that_is_gone(federation: Federation, far: Desk) -> None:
    """No s2s path: the desk says that it has no line there; the report itself is taken all the same."""
    sam_jid = await new_account(federation.away)
    app = LineApp(far, sam_jid)
    made = app.about(f"mike@{AWAY}")
    assert app.https.put_report(made).status == 201
    await asyncio.to_thread(federation.away.stop)
    try:
        answer = await asyncio.to_thread(app.prove, f"{sam_jid}/phone")
        assert (answer.status, answer.problem) in ((503, "no-line"), (408, "no-answer"))
        assert app.https.send(made).status == 200
        assert app.news()["identity_level"] == "unverified"
    finally:
        await asyncio.to_thread(federation.away.start)


def test_the_password_is_nowhere(far: Desk) -> None:
    for path in far.folder.rglob("*"):
        assert not path.is_file() or PASSWORD.encode() not in path.read_bytes()
