"""XEP-0070 end to end on a real server: proof of the reporter's address, and every way in which it must not work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import pytest
from desk_case import Answer, Https
from desk_clock import Time, endpoint_of
from line_case import (
    DESK,
    DOMAIN,
    PASSWORD,
    LineApp,
    Puppet,
    desk_on,
    new_account,
    puppets,
    server_with_rooms,
    signed_in,
    until,
)

from messenger.demo.prosody import Prosody
from messenger.desk import cases, identity
from messenger.desk.cases import Incoming
from messenger.desk.connections import Connections, account
from messenger.desk.line import DeskLine
from messenger.desk.reception import Turned, Turnings
from messenger.desk.server import Desk, Options
from messenger.desk.store import Store
from messenger.domain.account import ServerAddress
from messenger.domain.errors import ServerTimedOut
from messenger.domain.receipt import IdentityLevel
from messenger.evidence.receipt import verify_receipt
from messenger.stream.address import prepared

CONFIRM = "{http://jabber.org/protocol/http-auth}confirm"


def in_thread(call: Callable[..., Answer], *arguments: Any, **named: Any) -> Awaitable[Answer]:
    return asyncio.to_thread(call, *arguments, **named)


def put(app: LineApp) -> str:
    """PUT a report of this account; its digest."""
    prepared_report = app.about("mike@robin.test")
    assert app.https.put_report(prepared_report).status == 201
    return prepared_report.digest


async def reporter(chat: Prosody, desk: Desk) -> LineApp:
    return LineApp(desk, await new_account(chat))


def test_the_profile_and_the_discovery_name_the_account(lined: Desk) -> None:
    profile = endpoint_of(lined)
    assert (profile.jid, profile.auth, profile.forward_jid) == (DESK, ("xmpp-0070",), DESK)
    document = Https(profile).call("GET", "/.well-known/abuse-report").json["document"]
    assert (document["jid"], document["auth"]) == (DESK, ["xmpp-0070"])
    assert document["corroboration"] == {"forward_jid": DESK}


async def test_verified_end_to_end(chat: Prosody, lined: Desk) -> None:
    app = await reporter(chat, lined)
    made = app.about("mike@robin.test")
    assert app.https.put_report(made).status == 201
    async with signed_in(chat, app.jid) as [sam]:
        sam.session.expect_confirm(DESK, app.endpoint.base + "/v1/sessions", made.digest)
        device = sam.session.full_jid()
        answer = await in_thread(app.prove, device)
        assert (answer.status, answer.json) == (201, {"identity_level": "verified", "domain": DOMAIN})
        again = await in_thread(app.prove, device)
        assert (again.status, again.json) == (200, answer.json)
    app.https.put_files(made)
    receipt = verify_receipt(app.https.finish(app.report_id).json["receipt"], app.endpoint.keys, made.digest)
    assert receipt.identity_level.value == "verified"
    assert app.news()["identity_level"] == "verified"


async def test_proof_after_the_receipt(chat: Prosody, lined: Desk) -> None:
    app = await reporter(chat, lined)
    made = app.about("mike@robin.test")
    receipt = verify_receipt(app.https.send(made).json["receipt"], app.endpoint.keys, made.digest)
    assert receipt.identity_level.value == "unverified"
    assert app.news()["identity_level"] == "unverified"
    async with signed_in(chat, app.jid) as [sam]:
        sam.session.expect_confirm(DESK, app.endpoint.base + "/v1/sessions", made.digest)
        assert (await in_thread(app.prove, sam.session.full_jid())).status == 201
    assert app.news()["identity_level"] == "verified"


async def test_the_question_names_exactly_this_report(chat: Prosody, lined: Desk) -> None:
    app = await reporter(chat, lined)
    digest = put(app)
    async with puppets(chat, app.jid) as [sam]:
        call = asyncio.ensure_future(in_thread(app.prove, sam.full))
        await until(sam.questions)
        [iq] = sam.questions()
        asked = iq.find(CONFIRM)
        assert asked is not None
        assert asked.attrib == {"id": digest, "method": "POST", "url": app.endpoint.base + "/v1/sessions"}
        sender = prepared(iq.get("from"))
        assert sender is not None
        assert (iq.get("type"), sender.bare) == ("get", DESK)
        sam.iq("result", sender.full, iq.get("id", ""), asked)
        assert (await call).status == 201


async def test_a_no_is_a_no_and_forged_answers_count_for_nothing(chat: Prosody, lined: Desk) -> None:
    app = await reporter(chat, lined)
    put(app)
    mallory_jid = await new_account(chat)
    async with puppets(chat, app.jid, mallory_jid) as [sam, mallory]:
        call = asyncio.ensure_future(in_thread(app.prove, sam.full))
        await until(sam.questions)
        [iq] = sam.questions()
        name, desk = iq.get("id", ""), iq.get("from", "")
        mallory.iq("result", desk, name)
        sam.iq("result", desk, "some-other-id")
        await asyncio.sleep(0.3)
        assert not call.done()
        refuse(sam, desk, name)
        answer = await call
    assert (answer.status, answer.problem) == (403, "not-confirmed")


def refuse(sam: Puppet, to: str, name: str) -> None:
    error = Element("{jabber:client}error", {"type": "auth"})
    error.append(Element("{urn:ietf:params:xml:ns:xmpp-stanzas}not-authorized"))
    sam.iq("error", to, name, error)


async def test_a_yes_to_another_transaction_is_no_yes(chat: Prosody, lined: Desk) -> None:
    app = await reporter(chat, lined)
    put(app)
    async with puppets(chat, app.jid) as [sam]:
        call = asyncio.ensure_future(in_thread(app.prove, sam.full))
        await until(sam.questions)
        [iq] = sam.questions()
        other = Element(CONFIRM, {"id": "x" * 43, "method": "POST", "url": app.endpoint.base + "/v1/sessions"})
        sam.iq("result", iq.get("from", ""), iq.get("id", ""), other)
        answer = await call
    assert (answer.status, answer.problem) == (403, "not-confirmed")


async def test_a_client_that_did_not_ask_says_nothing_or_no(chat: Prosody, lined: Desk) -> None:
    """The client's own rule: without a pending call of its own the question never becomes a yes."""
    app = await reporter(chat, lined)
    put(app)
    async with signed_in(chat, app.jid) as [sam]:
        sam.session.expect_confirm(DESK, app.endpoint.base + "/v1/sessions", "y" * 43)
        answer = await in_thread(app.prove, sam.session.full_jid())
    assert (answer.status, answer.problem) == (403, "not-confirmed")


async def test_another_address_is_refused_before_anybody_is_asked(chat: Prosody, lined: Desk) -> None:
    app = await reporter(chat, lined)
    put(app)
    victim = await new_account(chat)
    async with puppets(chat, victim) as [other]:
        answer = await in_thread(app.prove, other.full)
        assert (answer.status, answer.problem) == (409, "other-address")
        await asyncio.sleep(0.2)
        assert other.questions() == []


@pytest.mark.parametrize("device", ["sam", "robin.test/x", "@/", "sam@robin.test", "", "a@b@c/d"])
async def test_what_is_no_full_address_is_refused(chat: Prosody, lined: Desk, device: str) -> None:
    app = await reporter(chat, lined)
    put(app)
    answer = app.prove(device)
    assert (answer.status, answer.problem) == (422, "schema")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"report_id":1,"jid":2}', b"\xff", b'{"report_id":"x","jid":"y","more":1}'])
def test_bad_bodies(lined: Desk, body: bytes) -> None:
    app = LineApp(lined, f"nobody@{DOMAIN}")
    answer = app.https.call("POST", "/v1/sessions", body, app.authorization("POST", "/v1/sessions"))
    assert (answer.status, answer.problem) == (422, "schema")


async def test_proofs_are_needed_and_used_once(chat: Prosody, lined: Desk) -> None:
    app = await reporter(chat, lined)
    put(app)
    device = f"{app.jid}/nowhere"
    value = {"report_id": app.report_id, "jid": device}
    other = LineApp(lined, app.jid)
    other.report_id = app.report_id
    assert app.https.call("POST", "/v1/sessions", b'{"report_id":"%s","jid":"a@b/c"}' % app.report_id.encode(), {}).status == 401
    assert other.post("/v1/sessions", value).problem == "proof"
    assert app.post("/v1/sessions", value, now=1.0).problem == "proof"
    proof = app.authorization("POST", "/v1/sessions")
    first = app.post("/v1/sessions", value, **proof)
    assert (first.status, first.problem) == (408, "no-answer")
    assert app.post("/v1/sessions", value, **proof).problem == "replayed"
    unknown = LineApp(lined, app.jid)
    assert unknown.prove(device).status == 404


async def test_nobody_can_be_worn_down_with_questions(chat: Prosody, lined: Desk, clock: Time) -> None:
    app = await reporter(chat, lined)
    put(app)
    async with puppets(chat, app.jid) as [sam]:
        for number in range(1, 4):
            call = asyncio.ensure_future(in_thread(app.prove, sam.full))
            await until(lambda number=number: len(sam.questions()) == number)  # type: ignore[misc]
            # One at a time: another device is told to wait, the same one waits for the answer that is due.
            other = await in_thread(app.prove, f"{app.jid}/other")
            assert (other.status, other.problem) == (429, "asked-already")
            joined = asyncio.ensure_future(in_thread(app.prove, sam.full))
            await asyncio.sleep(1.0)  # until it has come to the desk, which shows nothing of it
            iq = sam.questions()[-1]
            refuse(sam, iq.get("from", ""), iq.get("id", ""))
            assert (await call).status == (await joined).status == 403
        fourth = await in_thread(app.prove, sam.full)
        assert (fourth.status, fourth.problem) == (429, "asked-already")
        assert 3000 < int(fourth.headers["retry-after"]) <= 3601
        assert len(sam.questions()) == 3
        clock.ahead += 3700
        call = asyncio.ensure_future(in_thread(app.post, "/v1/sessions", {"report_id": app.report_id, "jid": sam.full}, clock()))
        await until(lambda: len(sam.questions()) == 4)
        iq = sam.questions()[-1]
        sam.iq("result", iq.get("from", ""), iq.get("id", ""))
        assert (await call).status == 201
    clock.ahead = 0.0


async def test_many_reports_cannot_wear_one_account_down(chat: Prosody, lined: Desk) -> None:
    """Somebody signs reports in the name of an account that is not theirs: the account is asked a few times in all."""
    jid = await new_account(chat)
    async with puppets(chat, jid) as [sam]:
        for number in range(1, 8):
            app = LineApp(lined, jid)
            put(app)
            call = asyncio.ensure_future(in_thread(app.prove, sam.full))
            await until(lambda number=number, call=call: len(sam.questions()) == number or call.done())  # type: ignore[misc]
            if not call.done():
                iq = sam.questions()[-1]
                refuse(sam, iq.get("from", ""), iq.get("id", ""))
            answer = await call
            expected = (403, "not-confirmed") if number <= 6 else (429, "asked-already")
            assert (answer.status, answer.problem) == expected
        assert len(sam.questions()) == 6


async def test_a_server_that_cannot_be_reached(lined: Desk) -> None:
    app = LineApp(lined, "sam@nowhere.invalid")
    put(app)
    answer = app.prove("sam@nowhere.invalid/phone")
    assert (answer.status, answer.problem) == (503, "no-line")
    assert app.news()["status"] == 409


async def test_a_late_answer_counts_for_nothing(chat: Prosody) -> None:
    jid, desk = await new_account(chat), await new_account(chat)
    turnings = Turnings()
    line = DeskLine(account(desk, PASSWORD, chat.address), turnings)

    async def nothing(_fact: object = None) -> None:
        return None

    running = asyncio.ensure_future(line.run(nothing, nothing))
    try:
        await until(lambda: line.up)
        async with puppets(chat, jid) as [sam]:
            with pytest.raises(ServerTimedOut):
                await line.confirm(sam.full, "d" * 43, "https://desk.example/v1/sessions", seconds=0.3)
            [iq] = sam.questions()
            sam.iq("result", iq.get("from", ""), iq.get("id", ""))
            # The line is alive and the late yes went nowhere: the next question has its own answer.
            with pytest.raises(ServerTimedOut):
                await line.confirm(sam.full, "d" * 43, "https://desk.example/v1/sessions", seconds=0.5)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_server_keeps_no_copy_of_what_comes_to_the_desk(chat: Prosody) -> None:
    jid, desk = await new_account(chat), await new_account(chat)
    line = DeskLine(account(desk, PASSWORD, chat.address), Turnings())

    async def nothing(_fact: object = None) -> None:
        return None

    running = asyncio.ensure_future(line.run(nothing, nothing))
    try:
        await until(lambda: line.up)
        await asyncio.sleep(0.3)
        async with puppets(chat, jid) as [sam]:
            for number in range(2):
                message = Element("{jabber:client}message", {"to": desk, "type": "chat", "id": f"k{number}"})
                SubElement(message, "{jabber:client}body").text = "hello"
                sam.put(message)
            await until(lambda: line.turnings[Turned.CHAT] == 2)
        query = Element("{urn:xmpp:mam:2}query")
        answer = await line._request("set", query, "", 10)
        fin = answer.find("{urn:xmpp:mam:2}fin")
        assert fin is not None
        assert fin.get("complete") == "true"
        assert fin.find("{http://jabber.org/protocol/rsm}set/{http://jabber.org/protocol/rsm}first") is None
        assert line.turnings[Turned.FORGED_ARCHIVE] == 0
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_strangers_get_no_answer_of_any_kind(chat: Prosody, lined: Desk) -> None:
    """S54, L12-L15: no approval, no presence, no answer to questions or chats."""
    before = lined.dropped()
    async with puppets(chat, await new_account(chat)) as [stranger]:
        stranger.presence(type="subscribe", to=DESK)
        message = Element("{jabber:client}message", {"to": DESK, "type": "chat", "id": "c1"})
        body = Element("{jabber:client}body")
        body.text = "hello"
        message.append(body)
        message.append(Element("{urn:xmpp:receipts}request"))
        stranger.put(message)
        await until(lambda: lined.dropped().get(Turned.CHAT.value, 0) > before.get(Turned.CHAT.value, 0))
        await asyncio.sleep(0.3)
        heard = [one for one in stranger.seen if (one.get("from") or "").startswith(DESK)]
        # The server itself may say "unavailable" for an address that shows nothing; the desk says nothing at all.
        assert all((one.get("from"), one.get("type")) == (DESK, "unavailable") for one in heard)


def test_without_an_account_it_says_so(desk: Desk) -> None:
    app = LineApp(desk, f"sam@{DOMAIN}")
    assert (app.endpoint.jid, app.endpoint.auth, app.endpoint.forward_jid) == ("", (), "")
    made = app.about("mike@robin.test")
    assert app.https.send(made).status == 200
    answer = app.prove(f"sam@{DOMAIN}/phone")
    assert (answer.status, answer.problem) == (503, "no-line")
    assert app.news()["identity_level"] == "unverified"


async def test_a_desk_whose_account_is_refused_works_on(chat: Prosody, tmp_path: Path, clock: Time) -> None:
    wrong = account(DESK, "not the password", chat.address)
    lost = account(DESK, PASSWORD, ServerAddress("127.0.0.1", 9, True, str(chat.ca_file)))
    false = account(DESK, PASSWORD, ServerAddress("127.0.0.1", chat.port, True, None))
    for number, line in enumerate((wrong, lost, false)):
        options = Options(clock=clock, connections=Connections(line))
        desk = Desk.create(tmp_path / str(number), "a long passphrase", "Desk", "gb", options=options)
        desk.start()
        try:
            app = LineApp(desk, f"sam@{DOMAIN}")
            assert app.https.send(app.about("mike@robin.test")).status == 200
            assert app.prove(f"sam@{DOMAIN}/phone").problem == "no-line"
            assert not desk.online
        finally:
            desk.stop()


async def test_what_a_person_mends_is_found_without_a_restart(chat: Prosody) -> None:
    """The account is not there yet: the line tries again by itself, and is up when somebody has made it."""
    name = f"later{id(chat)}"
    line = DeskLine(account(f"{name}@{DOMAIN}", PASSWORD, chat.address), Turnings(), again=0.2)

    async def nothing(_fact: object = None) -> None:
        return None

    running = asyncio.ensure_future(line.run(nothing, nothing))
    try:
        await asyncio.sleep(0.5)
        assert not line.up
        await new_account(chat, name)
        await until(lambda: line.up, 20)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_line_comes_back(tmp_path: Path, chat_folder: Path, clock: Time) -> None:
    server = server_with_rooms(chat_folder / "restarted")
    server.start()
    try:
        await new_account(server, "desk")
        desk = await asyncio.to_thread(desk_on, server, tmp_path, clock)
        try:
            server.kill()
            await until(lambda: not desk.online)
            server.start()
            await until(lambda: desk.online, 30)
            app = LineApp(desk, await new_account(server))
            put(app)
            async with puppets(server, app.jid) as [sam]:
                call = asyncio.ensure_future(in_thread(app.prove, sam.full))
                await until(sam.questions)
                [iq] = sam.questions()
                sam.iq("result", iq.get("from", ""), iq.get("id", ""))
                assert (await call).status == 201
        finally:
            await asyncio.to_thread(desk.stop)
    finally:
        server.stop()


def test_the_level_only_rises(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite3")
    try:
        one = Incoming("r", "d", b"s", "grooming", "now", "13_15", "gb", (), {}, ())
        store.run_now(cases.put, one, 1.0)
        assert store.run_now(identity.rise, "r", IdentityLevel.CODE, "", 2.0)
        assert not store.run_now(identity.rise, "r", IdentityLevel.CODE, "", 3.0)
        assert store.run_now(identity.rise, "r", IdentityLevel.VERIFIED, "robin.test", 4.0)
        assert not store.run_now(identity.rise, "r", IdentityLevel.CODE, "", 5.0)
        assert not store.run_now(identity.rise, "unknown", IdentityLevel.CODE, "", 5.0)
        row = store.run_now(cases.known, "r")
        assert row is not None
        assert identity.known(row) == identity.Known(IdentityLevel.VERIFIED, 4.0, "robin.test")
    finally:
        store.close()
