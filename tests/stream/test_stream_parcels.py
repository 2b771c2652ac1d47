"""Answers to a sealed package: only the desk that is waited for may answer, and what it says is bounded."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from messenger.stream.address import prepared
from messenger.stream.counts import Counts
from messenger.stream.facts import Fact, ParcelAnswer
from messenger.stream.ingress import Ingress

ME, FULL, DESK, NAME = "kim@robin.test", "kim@robin.test/r1", "desk@robin.test", "0011223344"
NOW = "2026-11-24T10:00:00.000Z"
RECEIPT = (
    "<receipt xmlns='urn:robin:receipt:1' id='r'>a.b.c</receipt><code xmlns='urn:robin:receipt:1' id='r'>d.e.f</code>"
)
ERROR = "<error type='{kind}'><x xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>{more}</error>"


def admit(inner: str, sender: str = f"{DESK}/line", name: str = NAME, kind: str = "normal") -> Fact | None:
    account = prepared(ME)
    assert account is not None
    ingress = Ingress(account, Counts())
    ingress.own_full = FULL
    ingress.parcels[NAME] = DESK
    stanza = f"<message xmlns='jabber:client' from='{sender}' to='{FULL}' type='{kind}' id='{name}'>{inner}</message>"
    return ingress.admit(ET.fromstring(stanza), NOW)


def problem(status: str, document: str) -> str:
    text = f"<problem xmlns='urn:robin:problem:1' status='{status}'>{document}</problem>"
    return ERROR.format(kind="modify", more=text)


def test_the_desks_answer_is_heard() -> None:
    assert admit(RECEIPT) == ParcelAnswer(NAME, "a.b.c", "d.e.f", 0, "")
    assert admit(RECEIPT, DESK) == ParcelAnswer(NAME, "a.b.c", "d.e.f", 0, "")


@pytest.mark.parametrize(
    "sender",
    [
        "eve@robin.test",
        "eve@robin.test/line",
        "robin.test",
        "desk@robin.test.attacker.example",
        ME,
        FULL,
        "dеsk@robin.test",
    ],
)
def test_nobody_else_can_answer(sender: str) -> None:
    assert not isinstance(admit(RECEIPT, sender), ParcelAnswer)


@pytest.mark.parametrize("name", ["", "other", NAME.upper() + "x", f" {NAME}"])
def test_an_answer_to_something_else_is_none(name: str) -> None:
    assert not isinstance(admit(RECEIPT, name=name), ParcelAnswer)


def test_an_answer_in_a_carbon_is_none() -> None:
    inner = f"<message xmlns='jabber:client' from='{DESK}' to='{ME}' id='{NAME}'>{RECEIPT}</message>"
    carbon = (
        f"<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></received>"
    )
    assert not isinstance(admit(carbon), ParcelAnswer)


@pytest.mark.parametrize(
    ("inner", "status", "word"),
    [
        (problem("422", json.dumps({"type": "urn:robin:problem:schema"})), 422, "schema"),
        (problem("429", json.dumps({"type": "urn:robin:problem:flood"})), 429, "flood"),
        (problem("soon", "{}"), 0, ""),
        (problem("-1", "[]"), 0, ""),
        (problem("413", "nonsense"), 413, ""),
        (problem("413", '{"type": 5}'), 413, ""),
        (problem("413", "[" * 9000), 413, ""),
        (problem("413", "[" * 5000), 413, ""),
        (problem("413", json.dumps({"type": "urn:robin:problem:" + "a" * 500})), 413, "a" * 40),
    ],
)
def test_a_refusal_is_read_and_bounded(inner: str, status: int, word: str) -> None:
    assert admit(inner, kind="error") == ParcelAnswer(NAME, "", "", status, word)


def test_a_bounce_and_words_without_a_receipt_are_no_answer_of_a_desk() -> None:
    bounced = admit(ERROR.format(kind="cancel", more=""), kind="error")
    assert isinstance(bounced, ParcelAnswer)
    assert (bounced.receipt, bounced.status) == ("", 0)
    said = admit("<body>hello</body>")
    assert isinstance(said, ParcelAnswer)
    assert (said.receipt, said.status) == ("", 0)


def test_a_receipt_that_is_too_long_is_none() -> None:
    long = f"<receipt xmlns='urn:robin:receipt:1'>{'a' * 20_000}</receipt>"
    found = admit(long)
    assert isinstance(found, ParcelAnswer)
    assert found.receipt == ""
