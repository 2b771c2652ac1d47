"""Whole reports over XMPP on a real server: the same intake, the same answers, and the sender's server as proof."""

from __future__ import annotations

import asyncio
import base64
import uuid
from dataclasses import replace
from xml.etree.ElementTree import Element, SubElement

import pytest
from line_case import DESK, DOMAIN, LineApp, Puppet, new_account, puppets, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.desk.problems import words
from messenger.desk.reception import MAX_PACKAGE, Turned
from messenger.desk.server import Desk
from messenger.domain.errors import EndpointRejected
from messenger.evidence.package import Package
from messenger.evidence.receipt import open_code, verify_receipt
from messenger.evidence.report import Prepared
from messenger.stream.facts import ParcelAnswer
from messenger.stream.parcels import parcel_answer


def message(made: Package, **changed: str) -> Element:
    return raw_message(made.encode(), **{"id": made.report_id, "digest": made.digest, **changed})


def raw_message(data: bytes, **attributes: str) -> Element:
    stanza = Element("{jabber:client}message", {"to": DESK, "type": "normal", "id": uuid.uuid4().hex})
    SubElement(stanza, "{urn:robin:package:1}package", attributes).text = base64.b64encode(data).decode()
    return stanza


async def sent(puppet: Puppet, stanza: Element) -> ParcelAnswer:
    """Send and wait for the answer to this very message."""
    name = stanza.get("id", "")
    puppet.put(stanza)
    await until(lambda: any(one.get("id") == name for one in puppet.messages()))
    [answer] = [one for one in puppet.messages() if one.get("id") == name]
    assert (answer.get("from") or "").partition("/")[0] == DESK
    assert answer.find("{urn:xmpp:hints}no-permanent-store") is not None
    puppet.seen.clear()
    return parcel_answer(answer, name)


async def report(chat: Prosody, desk: Desk) -> tuple[LineApp, Prepared]:
    app = LineApp(desk, await new_account(chat))
    return app, app.about(f"mike@{DOMAIN}")


async def test_a_package_is_filed_and_proves_its_sender(chat: Prosody, lined: Desk) -> None:
    app, made = await report(chat, lined)
    async with puppets(chat, app.jid) as [sam]:
        answer = await sent(sam, message(Package.of(made)))
        receipt = verify_receipt(answer.receipt, app.endpoint.keys, made.digest, made.report_id)
        assert (receipt.identity_level.value, receipt.reporter_jid) == ("verified", app.jid)
        code = open_code(answer.code.encode(), app.sealing, app.endpoint.keys, made.digest)
        assert len(code) == 19
        again = await sent(sam, message(Package.of(made)))
        assert (again.receipt, again.code) == (answer.receipt, answer.code)
    assert app.news()["identity_level"] == "verified"
    # The same report over HTTPS is the same case.
    assert app.https.send(made).json["receipt"] == answer.receipt


async def test_a_package_as_robin_sends_it(chat: Prosody, lined: Desk) -> None:
    app, made = await report(chat, lined)
    async with signed_in(chat, app.jid) as [sam]:
        answer = await sam.session.packages.send(DESK, made.report_id, made.digest, Package.of(made).encode())
        receipt = verify_receipt(answer.receipt, app.endpoint.keys, made.digest, made.report_id)
        assert receipt.identity_level.value == "verified"
        assert open_code(answer.code.encode(), app.sealing, app.endpoint.keys, made.digest)
        with pytest.raises(EndpointRejected) as refused:
            await sam.session.packages.send(DESK, str(uuid.uuid4()), made.digest, Package.of(made).encode())
        assert refused.value.fields["status"] == 400


async def test_another_account_can_hand_it_over_but_proves_nothing(chat: Prosody, lined: Desk) -> None:
    app, made = await report(chat, lined)
    async with puppets(chat, await new_account(chat)) as [friend]:
        answer = await sent(friend, message(Package.of(made)))
    receipt = verify_receipt(answer.receipt, app.endpoint.keys, made.digest)
    assert receipt.identity_level.value == "unverified"


async def test_what_cannot_be_taken_is_said_as_over_https(chat: Prosody, lined: Desk, desk: Desk) -> None:
    app, made = await report(chat, lined)
    whole = Package.of(made)
    elsewhere = LineApp(desk, app.jid)
    other_report = replace(whole, report_id=str(uuid.uuid4()))
    async with puppets(chat, app.jid) as [sam]:
        for stanza, status, word in (
            (message(whole, digest="x" * 43), 400, "digest"),
            (message(whole, id=str(uuid.uuid4())), 400, "digest"),
            (message(other_report), 422, "id"),
            (raw_message(b"{}", id=made.report_id, digest=made.digest), 422, "schema"),
            (raw_message(b"\x00\xff", id=made.report_id, digest=made.digest), 422, "schema"),
            (raw_message(whole.encode().replace(b'"check":"', b'"check":"A', 1), id=made.report_id, digest=made.digest), 422, "schema"),
            (message(Package.of(elsewhere.about(f"mike@{DOMAIN}"))), 422, "wrong-key"),
        ):
            answer = await sent(sam, stanza)
            assert (answer.receipt, answer.status, answer.word) == ("", status, word)
        second = LineApp(lined, app.jid)
        second.report_id = app.report_id
        assert (await sent(sam, message(whole))).receipt
        answer = await sent(sam, message(Package.of(second.about(f"mike@{DOMAIN}"))))
        assert (answer.status, answer.word) == (409, "other-digest")


async def test_broken_packages_get_no_answer(chat: Prosody, lined: Desk) -> None:
    app, made = await report(chat, lined)
    whole = Package.of(made)
    broken = message(whole)
    broken[0].text = "!!"
    large = raw_message(b"x" * (MAX_PACKAGE + 10), id=made.report_id, digest=made.digest)
    twice = message(whole)
    twice.append(twice[0])
    async with puppets(chat, app.jid) as [sam]:
        for number, stanza in enumerate((broken, large, twice, message(whole, id="../../etc")), 1):
            before = lined.dropped().get(Turned.BROKEN.value, 0)
            sam.put(stanza)
            await until(lambda before=before: lined.dropped().get(Turned.BROKEN.value, 0) == before + 1)  # type: ignore[misc]
            assert sam.messages() == [], number


async def test_one_account_cannot_flood_the_desk(chat: Prosody, lined: Desk) -> None:
    app, made = await report(chat, lined)
    async with puppets(chat, app.jid, await new_account(chat)) as [sam, friend]:
        for _ in range(30):
            answer = await sent(sam, raw_message(b"{}", id=made.report_id, digest=made.digest))
            assert answer.status == 422
        stanza = raw_message(b"{}", id=made.report_id, digest=made.digest)
        answer = await sent(sam, stanza)
        assert (answer.status, answer.word) == (429, "flood")
        assert (await sent(friend, message(Package.of(made)))).receipt


async def test_a_package_that_came_while_the_desk_was_away(chat: Prosody, lined: Desk) -> None:
    """What the server kept for the desk is taken when it signs in."""
    app, made = await report(chat, lined)
    async with puppets(chat, app.jid) as [sam]:
        await asyncio.to_thread(lined.stop)
        name = message(Package.of(made))
        sam.put(name)
        await sam.client.traffic.request("get", Element("{urn:xmpp:ping}ping"), DOMAIN)
        await asyncio.to_thread(lined.start)
        await until(lambda: lined.online)
        await until(lambda: any(one.get("id") == name.get("id") for one in sam.messages()))
        [answer] = [one for one in sam.messages() if one.get("id") == name.get("id")]
        found = parcel_answer(answer, name.get("id", ""))
        assert verify_receipt(found.receipt, app.endpoint.keys, made.digest).identity_level.value == "verified"


def test_problems_have_words_for_a_person() -> None:
    kinds = (
        "other-address", "not-confirmed", "no-answer", "no-line", "asked-already", "contact-kind", "no-mail", "wrong-code", "code-over",
    )  # fmt: skip
    assert len({words(kind) for kind in kinds} | {words("fault")}) == len(kinds) + 1
