"""Forged stanzas at the one way in (security.md S01-S17, L7-L16, S28): what a peer can write is never believed."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.account import Show
from messenger.domain.message import ArchiveId, Direction, Via
from messenger.stream.address import prepared
from messenger.stream.counts import Counts, Drop
from messenger.stream.facts import (
    ArchiveHit,
    BlockPush,
    Bounce,
    Chat,
    Fact,
    PepEvent,
    PresenceKind,
    PresenceSeen,
    Query,
    RosterPush,
)
from messenger.stream.ingress import Ingress, sound_id
from messenger.stream.stamps import not_after, stamp

ME = "kim@robin.test"
FULL = "kim@robin.test/r1"
SAM = "sam@robin.test"
NOW = "2026-11-24T10:00:00.000Z"
FORGERS = [
    "eve@attacker.example",
    "eve@attacker.example/x",
    "robin.test",
    "kim@robin.test/phone",
    FULL,
    "sam@robin.test",
    "sam@robin.test/x",
    "kim@robin.test.attacker.example",
    "кim@robin.test",
]


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def ingress(counts: Counts) -> Ingress:
    account = prepared(ME)
    assert account is not None
    made = Ingress(account, counts)
    made.own_full = FULL
    made.contacts = frozenset({SAM})
    made.watchers = frozenset({SAM})
    made.ids_announced = True
    made.queries.add("q1")
    return made


def admit(ingress: Ingress, xml: str) -> Fact | None:
    return ingress.admit(ET.fromstring(xml), NOW)


def stanza(name: str, attributes: str, inner: str = "") -> str:
    return f"<{name} xmlns='jabber:client' {attributes}>{inner}</{name}>"


def message(sender: str, inner: str = "<body>hi</body>", more: str = "type='chat' id='m1'") -> str:
    frm = f"from='{sender}'" if sender else ""
    return stanza("message", f"{frm} to='{FULL}' {more}", inner)


def forwarded(inner: str, delay: str = "") -> str:
    return f"<forwarded xmlns='urn:xmpp:forward:0'>{delay}{inner}</forwarded>"


def carbon(kind: str, inner: str) -> str:
    return f"<{kind} xmlns='urn:xmpp:carbons:2'>{forwarded(inner)}</{kind}>"


def result(inner: str, query: str = "q1", name: str = "a1", delay: str = "") -> str:
    return f"<result xmlns='urn:xmpp:mam:2' queryid='{query}' id='{name}'>{forwarded(inner, delay)}</result>"


FROM_SAM = stanza("message", f"from='{SAM}/x' to='{ME}' type='chat' id='m1'", "<body>hi</body>")
FROM_ME = stanza("message", f"from='{FULL}' to='{SAM}' type='chat' id='m1'", "<body>hi</body>")


# who said it


def test_a_plain_message(ingress: Ingress) -> None:
    fact = admit(ingress, message(f"{SAM}/x"))
    assert isinstance(fact, Chat)
    assert (fact.via, fact.direction, fact.counterpart) == (Via.LIVE, Direction.IN, SAM)
    assert fact.sender.full == f"{SAM}/x"
    assert fact.times.best == NOW


@pytest.mark.parametrize("kind", ["received", "sent"])
@pytest.mark.parametrize("forger", FORGERS)
def test_s01_l07_forged_carbon(ingress: Ingress, counts: Counts, forger: str, kind: str) -> None:
    inner = FROM_SAM if kind == "received" else FROM_ME
    assert admit(ingress, message(forger, carbon(kind, inner) + "<body>x</body>")) is None
    assert counts[Drop.FORGED_CARBON] == 1


@pytest.mark.parametrize("sender", [ME, ""])
def test_genuine_carbons(ingress: Ingress, sender: str) -> None:
    fact = admit(ingress, message(sender, carbon("received", FROM_SAM)))
    assert isinstance(fact, Chat)
    assert (fact.via, fact.direction, fact.counterpart) == (Via.CARBON, Direction.IN, SAM)
    fact = admit(ingress, message(sender, carbon("sent", FROM_ME)))
    assert isinstance(fact, Chat)
    assert (fact.via, fact.direction, fact.counterpart) == (Via.CARBON, Direction.OUT, SAM)


def test_a_carbon_whose_wrapper_does_not_fit_its_message(ingress: Ingress, counts: Counts) -> None:
    assert admit(ingress, message(ME, carbon("sent", FROM_SAM))) is None
    assert admit(ingress, message(ME, carbon("received", FROM_ME))) is None
    assert counts[Drop.FORGED_CARBON] == 2
    foreign = stanza("message", f"from='{SAM}' to='alex@robin.test'", "<body>x</body>")
    assert admit(ingress, message(ME, carbon("received", foreign))) is None
    assert counts[Drop.NOT_FOR_US] == 1


@pytest.mark.parametrize(
    "inner",
    [
        carbon("received", message(ME, carbon("received", FROM_SAM))),
        carbon("sent", message(ME, result(FROM_SAM))),
        carbon("received", message(f"{SAM}/x", result(FROM_ME) + "<body>x</body>")),
    ],
)
def test_s02_a_wrapper_in_a_wrapper(ingress: Ingress, counts: Counts, inner: str) -> None:
    assert admit(ingress, message(ME, inner)) is None
    assert counts[Drop.NESTED] == 1


def test_s02_a_wrapper_in_an_archive_result(ingress: Ingress, counts: Counts) -> None:
    fact = admit(ingress, message(ME, result(message(ME, carbon("received", FROM_SAM)))))
    assert isinstance(fact, ArchiveHit)
    assert fact.chat is None
    assert counts[Drop.NESTED] == 1


def test_two_messages_in_one_wrapper(ingress: Ingress, counts: Counts) -> None:
    assert admit(ingress, message(ME, carbon("received", FROM_SAM + FROM_SAM))) is None
    assert admit(ingress, message(ME, carbon("received", ""))) is None
    assert counts[Drop.BROKEN] == 2


@pytest.mark.parametrize("forger", FORGERS)
def test_s03_l09_forged_archive_result(ingress: Ingress, counts: Counts, forger: str) -> None:
    assert admit(ingress, message(forger, result(FROM_SAM) + "<body>x</body>")) is None
    assert counts[Drop.FORGED_ARCHIVE] == 1


def test_s03_archive_result_that_nobody_asked_for(ingress: Ingress, counts: Counts) -> None:
    assert admit(ingress, message(ME, result(FROM_SAM, query="q2"))) is None
    assert admit(ingress, message("", result(FROM_SAM, query=""))) is None
    assert counts[Drop.FORGED_ARCHIVE] == 2


def test_an_archive_result(ingress: Ingress) -> None:
    delay = "<delay xmlns='urn:xmpp:delay' stamp='2026-11-01T08:00:00Z' from='sam@robin.test'/>"
    fact = admit(ingress, message(ME, result(FROM_SAM, delay=delay)))
    assert isinstance(fact, ArchiveHit)
    assert fact.chat is not None
    assert fact.chat.archive_id == ArchiveId(ME, "a1")
    assert fact.chat.times.archive == "2026-11-01T08:00:00.000Z"
    assert fact.chat.times.best == "2026-11-01T08:00:00.000Z"
    own = admit(ingress, message("", result(FROM_ME)))
    assert isinstance(own, ArchiveHit)
    assert own.chat is not None
    assert (own.chat.direction, own.chat.counterpart) == (Direction.OUT, SAM)


ROSTER = "<query xmlns='jabber:iq:roster'><item jid='eve@attacker.example' subscription='both' name='Sam'/></query>"
BLOCK = "<block xmlns='urn:xmpp:blocking'><item jid='sam@robin.test'/></block>"
UNBLOCK = "<unblock xmlns='urn:xmpp:blocking'/>"


def iq(sender: str, kind: str, payload: str, more: str = "id='i1'") -> str:
    frm = f"from='{sender}'" if sender else ""
    return stanza("iq", f"{frm} to='{FULL}' type='{kind}' {more}", payload)


@pytest.mark.parametrize("forger", FORGERS)
def test_s04_l08_forged_roster_push(ingress: Ingress, counts: Counts, forger: str) -> None:
    assert admit(ingress, iq(forger, "set", ROSTER)) is None
    assert counts[Drop.FORGED_ROSTER] == 1


@pytest.mark.parametrize("payload", [BLOCK, UNBLOCK])
@pytest.mark.parametrize("forger", FORGERS)
def test_l10_forged_block_push(ingress: Ingress, counts: Counts, forger: str, payload: str) -> None:
    assert admit(ingress, iq(forger, "set", payload)) is None
    assert counts[Drop.FORGED_BLOCKLIST] == 1


@pytest.mark.parametrize("sender", [ME, ""])
def test_genuine_pushes(ingress: Ingress, sender: str) -> None:
    fact = admit(ingress, iq(sender, "set", ROSTER))
    assert isinstance(fact, RosterPush)
    assert fact.items[0].jid == "eve@attacker.example"
    assert admit(ingress, iq(sender, "set", BLOCK)) == BlockPush("i1", (SAM,), (), False)
    assert admit(ingress, iq(sender, "set", UNBLOCK)) == BlockPush("i1", (), (), True)
    one = UNBLOCK.replace("/>", f"><item jid='{SAM}'/></unblock>")
    assert admit(ingress, iq(sender, "set", one)) == BlockPush("i1", (), (SAM,), False)


EVENT = (
    "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='{node}'>"
    "<item id='i'><x xmlns='urn:test'/></item></items></event>"
)


@pytest.mark.parametrize("node", ["storage:bookmarks", "urn:xmpp:bookmarks:1", "urn:xmpp:avatar:metadata"])
@pytest.mark.parametrize("forger", [f for f in FORGERS if f != SAM])
def test_s09_l11_event_of_a_stranger(ingress: Ingress, counts: Counts, forger: str, node: str) -> None:
    assert admit(ingress, message(forger, EVENT.format(node=node) + "<body>x</body>")) is None
    assert counts[Drop.FORGED_EVENT] == 1


def test_event_of_a_contact(ingress: Ingress) -> None:
    fact = admit(ingress, message(SAM, EVENT.format(node="n")))
    assert isinstance(fact, PepEvent)
    assert (fact.sender, fact.node, fact.items[0][0], fact.items[0][1].tag) == (SAM, "n", "i", "{urn:test}x")


# ids and times


def sid(by: str, name: str) -> str:
    return f"<stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='{name}'/>"


def test_s17_archive_ids(ingress: Ingress) -> None:
    def ids(inner: str) -> tuple[ArchiveId | None, bool]:
        fact = admit(ingress, message(f"{SAM}/x", inner + "<body>x</body>"))
        assert isinstance(fact, Chat)
        return fact.archive_id, fact.duplicate_archive_ids

    assert ids(sid(ME, "a")) == (ArchiveId(ME, "a"), False)
    assert ids(sid(SAM, "a") + sid("robin.test", "b") + sid("", "c")) == (None, False)
    assert ids(sid(ME, "FAKE") + sid(ME, "real")) == (None, True)
    assert ids(sid("KIM@robin.test", "FAKE") + sid(ME, "real")) == (None, True)
    assert ids(sid(ME, "x" * 1025)) == (None, False)
    ingress.ids_announced = False
    assert ids(sid(ME, "a")) == (None, False)
    assert ids(sid(ME, "a") + sid(ME, "b")) == (None, True)


def delay(by: str, moment: str) -> str:
    frm = f"from='{by}'" if by else ""
    return f"<delay xmlns='urn:xmpp:delay' {frm} stamp='{moment}'/>"


def test_l16_delays(ingress: Ingress) -> None:
    def times(inner: str) -> tuple[str, str | None]:
        fact = admit(ingress, message(f"{SAM}/x", inner + "<body>x</body>"))
        assert isinstance(fact, Chat)
        return fact.times.best, fact.times.claimed

    early, shown = "2026-11-24T09:00:00Z", "2026-11-24T09:00:00.000Z"
    assert times(delay("robin.test", early)) == (NOW, shown)  # not while the server hands over what it kept
    ingress.delays_trusted = True
    assert times(delay("robin.test", early)) == (shown, None)
    assert times(delay(ME, early)) == (shown, None)
    for forger in (SAM, "", "attacker.example", FULL, "robin.test/x", "not an@@address"):
        assert times(delay(forger, early)) == (NOW, shown)
    assert times(delay("robin.test", early) + delay("robin.test", "2020-01-01T00:00:00Z")) == (NOW, shown)
    assert times(delay("robin.test", "2026-11-25T10:00:00Z")) == (NOW, "2026-11-25T10:00:00.000Z")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "0000-00-00T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "1e20", "1" + "0" * 20, "-1",
        "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-14:00", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01 00:00:00Z", "2026-01-01",
        "2026-01-01T00:00:00", "20260101T00:00:00", "2026-01-01T00:00:00Z\0", "2026-01-01T00:00:00ZZ", "nonsense",
        "NaN", "inf", "2026-01-01T00:00:00+99:99", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00," + "5Z", "٢٠٢٦-01-01T00:00:00Z",
        "2026-01-01T00:00:00." + "9" * 400 + "Z", "\u202e2026-01-01T00:00:00Z", "2026-W01-1T00:00:00Z", "1998-12-31T23:59:59Z",
        "2199-01-01T00:00:00Z", "+2026-01-01T00:00:00Z", "2026-01-01T00:00Z", "T00:00:00Z", "2026-01-01TZ", "Z",
        "12026-01-01T00:00:00Z", "2026-01-01t00:00:00z", "2026-06-30T23:59:60Z",
    ],
)  # fmt: skip
def test_s28_hostile_stamps(ingress: Ingress, text: str) -> None:
    assert stamp(text) is None
    element = ET.fromstring(message(f"{SAM}/x"))
    ET.SubElement(element, "{urn:xmpp:delay}delay", {"from": "robin.test", "stamp": text})
    ingress.delays_trusted = True
    fact = ingress.admit(element, NOW)
    assert isinstance(fact, Chat)
    assert fact.times.best == NOW


def test_sound_stamps() -> None:
    assert stamp("2026-11-24T10:00:00+02:00") == "2026-11-24T08:00:00.000Z"
    assert stamp("2026-11-24T10:00:00.123456789Z") == "2026-11-24T10:00:00.123Z"
    assert stamp("1999-01-01T00:00:00Z") == "1999-01-01T00:00:00.000Z"
    assert stamp("2198-12-31T23:59:59Z") == "2198-12-31T23:59:59.000Z"
    assert stamp(None) is None
    assert not_after(NOW, NOW)
    assert not_after("2026-11-24T10:05:00.000Z", NOW)
    assert not not_after("2026-11-24T10:05:00.001Z", NOW)


@given(st.text(max_size=60))
def test_s28_any_text_is_a_stamp_or_none(text: str) -> None:
    found = stamp(text)
    assert found is None or stamp(found) == found


def test_archive_stamp_far_in_the_future_is_not_shown(ingress: Ingress) -> None:
    inner = "<delay xmlns='urn:xmpp:delay' stamp='2031-01-01T00:00:00Z'/>"
    fact = admit(ingress, message(ME, result(FROM_SAM, delay=inner)))
    assert isinstance(fact, ArchiveHit)
    assert fact.chat is not None
    assert fact.chat.times.archive is None


@pytest.mark.parametrize(
    ("text", "sound"),
    [(None, ""), ("", ""), ("a", "a"), ("x" * 1024, "x" * 1024), ("x" * 1025, ""), ("a\nb", ""), ("a\u202eb", ""), ("a'\"%;b", "a'\"%;b")],
)  # fmt: skip
def test_ids(text: str | None, sound: str) -> None:
    assert sound_id(text) == sound


# addresses and kinds


@pytest.mark.parametrize(
    "sender", ["@", "a@", "/x", "a b@c", "kim@@robin.test", "\u202esam@robin.test", "x" * 1100 + "@a"]
)
def test_l23_l24_bad_addresses(ingress: Ingress, counts: Counts, sender: str) -> None:
    for name in ("message", "presence", "iq"):
        element = ET.fromstring(stanza(name, "id='x' type='get'", "<body>x</body>"))
        element.set("from", sender)
        assert ingress.admit(element, NOW) is None
    assert counts[Drop.BAD_ADDRESS] == 3


@pytest.mark.parametrize("to", [SAM, "kim@robin.test/phone", "robin.test", "kim@attacker.example", "@@"])
def test_not_for_us(ingress: Ingress, counts: Counts, to: str) -> None:
    assert admit(ingress, stanza("message", f"from='{SAM}' to='{to}'", "<body>x</body>")) is None
    assert counts[Drop.NOT_FOR_US] == 1


def test_kinds(ingress: Ingress, counts: Counts) -> None:
    for kind, shown in (("chat", "chat"), ("", "normal"), ("weird", "normal"), ("headline", "headline")):
        fact = admit(ingress, message(SAM, more=f"type='{kind}' id='x'"))
        assert isinstance(fact, Chat)
        assert fact.kind == shown
    assert admit(ingress, message(f"room@muc.test/{SAM}", more="type='groupchat'")) is None
    assert counts[Drop.ROOM] == 1
    error = "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    assert admit(ingress, message(SAM, error, "type='error' id='o1'")) == Bounce(SAM, "o1", "gone")
    wrapped = stanza("message", f"from='{SAM}' to='{ME}' type='groupchat'", "<body>x</body>")
    assert admit(ingress, message(ME, carbon("received", wrapped))) is None
    assert counts[Drop.ROOM] == 2


def test_l12_presence(ingress: Ingress, counts: Counts) -> None:
    def presence(sender: str, more: str = "", inner: str = "") -> Fact | None:
        return admit(ingress, stanza("presence", f"from='{sender}' to='{FULL}' {more}", inner))

    for kind in ("", "type='unavailable'", "type='subscribed'", "type='unsubscribe'", "type='unsubscribed'"):
        assert presence("eve@attacker.example/x", kind) is None
    assert counts[Drop.STRANGER_PRESENCE] == 5
    for kind in ("type='probe'", "type='error'", "type='nonsense'"):
        assert presence(SAM, kind) is None
    assert counts[Drop.UNKNOWN_KIND] == 3
    asked = presence("eve@attacker.example", "type='subscribe'", "<status>" + "x" * 3000 + "</status>")
    assert isinstance(asked, PresenceSeen)
    assert (asked.kind, len(asked.status)) == (PresenceKind.SUBSCRIBE, 1024)
    photo = "<x xmlns='vcard-temp:x:update'><photo>" + "A" * 40 + "</photo></x>"
    seen = presence(f"{SAM}/x", "", f"<show>away</show><status>out</status>{photo}")
    assert isinstance(seen, PresenceSeen)
    assert (seen.show, seen.status, seen.photo) == (Show.AWAY, "out", "a" * 40)
    bad = presence(f"{SAM}/x", "", "<show>hidden</show>" + photo.replace("A" * 40, "../../x"))
    assert isinstance(bad, PresenceSeen)
    assert (bad.show, bad.photo) == (Show.ONLINE, "")
    gone = presence(f"{SAM}/x", "type='unavailable'", "<show>chat</show>")
    assert isinstance(gone, PresenceSeen)
    assert gone.show is Show.OFFLINE


def test_l15_questions(ingress: Ingress, counts: Counts) -> None:
    ping = "<ping xmlns='urn:xmpp:ping'/>"
    for sender in ("eve@attacker.example/x", "alex@robin.test", "robin.test.attacker.example"):
        assert admit(ingress, iq(sender, "get", ping)) is None
    assert counts[Drop.STRANGER_QUERY] == 3
    ingress.watchers = frozenset()
    assert admit(ingress, iq(f"{SAM}/x", "get", ping)) is None  # a contact who may not see us may not ask either
    ingress.watchers = frozenset({SAM})
    for sender, own in ((f"{SAM}/x", False), ("robin.test", True), ("", True), ("kim@robin.test/phone", True)):
        fact = admit(ingress, iq(sender, "get", ping))
        assert isinstance(fact, Query)
        assert (fact.own, fact.kind, fact.query_id) == (own, "get", "i1")
    for broken in (iq(SAM, "get", ping, "id=''"), iq(SAM, "get", ping, ""), iq(SAM, "weird", ping)):
        assert admit(ingress, broken) is None
    two = admit(ingress, iq(SAM, "get", ping + ping))
    assert isinstance(two, Query)
    assert two.payload is None


def test_roster_items_that_are_not_sound_are_left_out(ingress: Ingress) -> None:
    items = "".join(
        [
            "<item jid='@@' subscription='both'/>",
            "<item subscription='both'/>",
            "<item jid='a@b' subscription='everything'/>",
            "<item jid='ok@robin.test/phone' subscription='to' ask='subscribe' name='N'><group>g</group></item>",
        ]
    )
    fact = admit(ingress, iq("", "set", f"<query xmlns='jabber:iq:roster'>{items}</query>"))
    assert isinstance(fact, RosterPush)
    [item] = fact.items
    assert (item.jid, item.name, item.subscription, item.pending, item.groups) == (
        "ok@robin.test",
        "N",
        "to",
        True,
        ("g",),
    )


def test_s12_only_the_outer_stanza_counts(ingress: Ingress) -> None:
    nested = "<x xmlns='urn:test'>" + message(ME, "<body>nested</body>") + "</x><body>outer</body>"
    fact = admit(ingress, message(f"{SAM}/x", nested))
    assert isinstance(fact, Chat)
    assert fact.counterpart == SAM


def test_notes_to_oneself(ingress: Ingress) -> None:
    """Sent and received at once: neither direction is a forgery, and the counterpart is oneself."""
    note = stanza("message", f"from='{FULL}' to='{ME}' type='chat' id='n'", "<body>note</body>")
    for kind in ("sent", "received"):
        fact = admit(ingress, message(ME, carbon(kind, note)))
        assert isinstance(fact, Chat)
        assert (fact.direction, fact.counterpart) == (Direction.OUT, ME)
    fact = admit(ingress, message("kim@robin.test/phone"))
    assert isinstance(fact, Chat)
    assert (fact.direction, fact.counterpart) == (Direction.OUT, ME)


def test_senders_before_and_after_us_in_the_alphabet(ingress: Ingress) -> None:
    for sender in ("abe@robin.test", "zoe@robin.test"):
        fact = admit(ingress, message(f"{sender}/x"))
        assert isinstance(fact, Chat)
        assert (fact.direction, fact.counterpart) == (Direction.IN, sender)
        assert admit(ingress, stanza("presence", f"from='{sender}/x' to='{FULL}'")) is None
        inner = stanza("message", f"from='{sender}/x' to='{ME}' type='chat' id='m1'", "<body>hi</body>")
        assert admit(ingress, message(ME, carbon("sent", inner))) is None


def test_own_devices_presence_and_an_own_wrapped_delay(ingress: Ingress) -> None:
    own = admit(ingress, stanza("presence", f"from='{ME}/phone' to='{FULL}'"))
    assert isinstance(own, PresenceSeen)
    ingress.delays_trusted = True
    inner = FROM_SAM.replace("<body>", delay("robin.test", "2026-11-24T09:00:00Z") + "<body>")
    wrapped = carbon("received", inner).replace("<message", delay("robin.test", "2020-01-01T00:00:00Z") + "<message", 1)
    fact = admit(ingress, message(ME, wrapped))
    assert isinstance(fact, Chat)
    assert (fact.times.archive, fact.times.delay) == (None, "2026-11-24T09:00:00.000Z")


def test_a_fresh_ingress_believes_nothing() -> None:
    account = prepared(ME)
    assert account is not None
    fresh = Ingress(account, Counts())
    fact = admit(
        fresh,
        stanza(
            "message", f"from='{SAM}' to='{ME}'", sid(ME, "a") + delay(ME, "2020-01-01T00:00:00Z") + "<body>x</body>"
        ),
    )
    assert isinstance(fact, Chat)
    assert (fact.archive_id, fact.times.delay) == (None, None)
    assert admit(fresh, message(SAM, EVENT.format(node="n"))) is None
    assert admit(fresh, stanza("iq", f"from='{SAM}' to='{ME}' type='get' id='x'")) is None


def test_empty_items_and_empty_sets(ingress: Ingress) -> None:
    empty = EVENT.format(node="n").replace("<x xmlns='urn:test'/>", "")
    fact = admit(ingress, message(SAM, empty))
    assert isinstance(fact, PepEvent)
    assert fact.items == ()
    two = EVENT.format(node="n").replace("<x xmlns='urn:test'/>", "<x xmlns='urn:test'/><y xmlns='urn:test'/>")
    fact = admit(ingress, message(SAM, two))
    assert isinstance(fact, PepEvent)
    assert [payload.tag for _name, payload in fact.items] == ["{urn:test}x"]
    # Pushes are of type set: the same payload in a get is a question like any other.
    question = admit(ingress, iq("", "get", ROSTER))
    assert isinstance(question, Query)
    nothing = admit(ingress, iq("", "set", ""))
    assert isinstance(nothing, Query)
    assert nothing.payload is None
    assert admit(ingress, stanza("other", f"from='{SAM}' to='{FULL}' type='get' id='x'")) is None
