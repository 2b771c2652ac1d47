"""The edges of the one way in, value by value: whose the stanza is, what a wrapper may hold, whose clock counts."""

from __future__ import annotations

import pytest
from test_stream_ingress import FORGERS, FROM_ME, FULL, ME, NOW, SAM, admit, carbon, forwarded, message, result, stanza

from messenger.domain.message import ArchiveId, Direction, Via
from messenger.stream.address import prepared
from messenger.stream.counts import Counts, Drop
from messenger.stream.facts import ArchiveHit, Bounce, Chat, PresenceSeen, Query
from messenger.stream.ingress import Ingress

LATE = "2026-11-24T09:00:00.000Z"


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def ingress(counts: Counts) -> Ingress:
    account = prepared(ME)
    assert account is not None
    made = Ingress(account, counts)
    made.own_full = FULL
    made.contacts = made.watchers = frozenset({SAM})
    made.ids_announced = made.delays_trusted = True
    made.queries.add("q1")
    return made


def to(address: str) -> str:
    return stanza("message", f"from='{SAM}/x' to='{address}' type='chat' id='m1'", "<body>hi</body>")


@pytest.mark.parametrize("address", [ME, FULL, "KIM@Robin.Test"])
def test_what_is_for_us(ingress: Ingress, address: str) -> None:
    assert isinstance(admit(ingress, to(address)), Chat)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "kim@",
        "robin.test",
        f"{ME}/r2",
        f"{ME}/phone",
        SAM,
        "kim@robin.test.evil.example",
        "kim@@robin.test",
        "x" * 4000,
    ],
)
def test_what_is_not_for_us(ingress: Ingress, counts: Counts, address: str) -> None:
    assert admit(ingress, to(address)) is None
    assert counts.table() == {Drop.NOT_FOR_US.value: 1}


def test_before_binding_only_the_bare_address_is_us(counts: Counts) -> None:
    account = prepared(ME)
    assert account is not None
    fresh = Ingress(account, counts)
    assert isinstance(admit(fresh, to(ME)), Chat)
    assert admit(fresh, to(FULL)) is None


def delayed(by: str, at: str = LATE) -> str:
    return f"<body>hi</body><delay xmlns='urn:xmpp:delay' from='{by}' stamp='{at}'/>"


@pytest.mark.parametrize("by", [ME, "robin.test"])
def test_the_own_servers_delay_counts(ingress: Ingress, by: str) -> None:
    fact = admit(ingress, message(f"{SAM}/x", delayed(by)))
    assert isinstance(fact, Chat)
    assert (fact.times.delay, fact.times.claimed) == (LATE, None)


@pytest.mark.parametrize("by", ["robin.test/x", FULL, f"{ME}/phone", SAM, "evil.example", "rooms.robin.test", "@"])
def test_anybody_elses_delay_is_a_claim(ingress: Ingress, by: str) -> None:
    fact = admit(ingress, message(f"{SAM}/x", delayed(by)))
    assert isinstance(fact, Chat)
    assert (fact.times.delay, fact.times.claimed) == (None, LATE)


def test_two_delays_of_the_own_server_are_none(ingress: Ingress) -> None:
    fact = admit(ingress, message(f"{SAM}/x", delayed(ME) + delayed("robin.test", "2026-11-24T08:00:00.000Z")))
    assert isinstance(fact, Chat)
    assert (fact.times.delay, fact.times.claimed) == (None, LATE)


def test_a_delay_of_the_own_server_after_now_is_a_claim(ingress: Ingress) -> None:
    fact = admit(ingress, message(f"{SAM}/x", delayed(ME, "2026-11-24T12:00:00.000Z")))
    assert isinstance(fact, Chat)
    assert (fact.times.delay, fact.times.claimed) == (None, "2026-11-24T12:00:00.000Z")


def test_at_other_times_not_even_the_own_servers(ingress: Ingress) -> None:
    ingress.delays_trusted = False
    fact = admit(ingress, message(f"{SAM}/x", delayed(ME)))
    assert isinstance(fact, Chat)
    assert (fact.times.delay, fact.times.claimed) == (None, LATE)


@pytest.mark.parametrize(
    ("sender", "own"), [(ME, True), ("robin.test", True), (f"{ME}/phone", True), (f"{SAM}/x", False)]
)
def test_who_may_ask(ingress: Ingress, sender: str, own: bool) -> None:
    fact = admit(
        ingress, stanza("iq", f"from='{sender}' to='{FULL}' type='get' id='p'", "<ping xmlns='urn:xmpp:ping'/>")
    )
    assert isinstance(fact, Query)
    assert (fact.sender, fact.own, fact.kind, fact.query_id) == (sender, own, "get", "p")


@pytest.mark.parametrize("sender", ["robin.test/x", "evil.example", "eve@robin.test/x", "sam@evil.example/x"])
def test_who_may_not_ask(ingress: Ingress, counts: Counts, sender: str) -> None:
    assert admit(ingress, stanza("iq", f"from='{sender}' to='{FULL}' type='get' id='p'", "<x xmlns='y'/>")) is None
    assert counts.table() == {Drop.STRANGER_QUERY.value: 1}


# wrappers


def inner(sender: str, receiver: str = "", more: str = "type='chat' id='m1'") -> str:
    aim = f" to='{receiver}'" if receiver else ""
    return stanza("message", f"from='{sender}'{aim} {more}", "<body>hi</body>")


@pytest.mark.parametrize(
    ("kind", "held", "direction", "counterpart"),
    [
        ("received", inner(f"{SAM}/x", FULL), Direction.IN, SAM),
        ("received", inner(f"{SAM}/x"), Direction.IN, SAM),
        ("sent", inner(f"{ME}/phone", f"{SAM}/y"), Direction.OUT, SAM),
        ("sent", inner(f"{ME}/phone"), Direction.OUT, ME),
        ("received", inner(f"{ME}/phone", ME), Direction.OUT, ME),
        ("sent", inner(f"{ME}/phone", ME), Direction.OUT, ME),
        ("received", inner(f"{ME}/phone"), Direction.OUT, ME),
    ],
)
def test_carbons_that_fit(ingress: Ingress, kind: str, held: str, direction: Direction, counterpart: str) -> None:
    fact = admit(ingress, message(ME, carbon(kind, held)))
    assert isinstance(fact, Chat)
    assert (fact.via, fact.direction, fact.counterpart, fact.kind) == (Via.CARBON, direction, counterpart, "chat")


@pytest.mark.parametrize(
    ("kind", "held", "reason"),
    [
        ("sent", inner(f"{SAM}/x", FULL), Drop.FORGED_CARBON),
        ("received", inner(FULL, SAM), Drop.FORGED_CARBON),
        ("received", inner(f"{SAM}/x", FULL, "type='groupchat'"), Drop.ROOM),
        ("received", inner(f"{SAM}/x", FULL, "type='error'"), Drop.UNKNOWN_KIND),
        ("received", inner("@", FULL), Drop.BAD_ADDRESS),
        ("received", inner(f"{SAM}/x", "@"), Drop.BAD_ADDRESS),
        ("sent", inner(FULL, "@"), Drop.BAD_ADDRESS),
        ("received", inner(f"{SAM}/x", "eve@robin.test/x"), Drop.NOT_FOR_US),
        ("received", stanza("message", f"to='{FULL}'", "<body>hi</body>"), Drop.BAD_ADDRESS),
        ("received", "", Drop.BROKEN),
        ("received", inner(f"{SAM}/x", FULL) * 2, Drop.BROKEN),
        ("received", stanza("presence", f"from='{SAM}/x'"), Drop.BROKEN),
    ],
)
def test_carbons_that_do_not(ingress: Ingress, counts: Counts, kind: str, held: str, reason: Drop) -> None:
    assert admit(ingress, message(ME, carbon(kind, held))) is None
    assert counts.table() == {reason.value: 1}


@pytest.mark.parametrize("forger", FORGERS)
def test_s03_a_result_of_anybody_else_is_dropped_whatever_its_query(
    ingress: Ingress, counts: Counts, forger: str
) -> None:
    for query in ("q1", "q2", ""):
        assert admit(ingress, message(forger, result(FROM_ME, query))) is None
    assert counts.table() == {Drop.FORGED_ARCHIVE.value: 3}


def test_a_result_names_its_query_and_its_id(ingress: Ingress) -> None:
    stamp = f"<delay xmlns='urn:xmpp:delay' stamp='{LATE}'/>"
    hit = admit(ingress, message(ME, result(inner(f"{SAM}/x", ME), "q1", "a7", stamp)))
    assert isinstance(hit, ArchiveHit)
    assert (hit.query, hit.archive_id) == ("q1", "a7")
    assert hit.chat is not None
    assert (hit.chat.via, hit.chat.archive_id) == (Via.ARCHIVE, ArchiveId(ME, "a7"))
    assert (hit.chat.times.archive, hit.chat.times.delay, hit.chat.times.received) == (LATE, None, NOW)


def test_a_result_without_a_sound_id_or_message_still_counts_for_its_page(ingress: Ingress, counts: Counts) -> None:
    hit = admit(ingress, message(ME, result(inner(f"{SAM}/x", ME), "q1", "")))
    assert isinstance(hit, ArchiveHit)
    assert hit.chat is not None
    assert (hit.archive_id, hit.chat.archive_id) == ("", None)
    hit = admit(ingress, message(ME, result(inner("@", ME), "q1", "a8")))
    assert hit == ArchiveHit("q1", "a8", None)
    assert counts.table() == {Drop.BAD_ADDRESS.value: 1}


def test_the_wrappers_stamp_counts_in_an_archive_only(ingress: Ingress) -> None:
    stamp = f"<delay xmlns='urn:xmpp:delay' stamp='{LATE}'/>"
    wrapped = f"<received xmlns='urn:xmpp:carbons:2'>{forwarded(inner(f'{SAM}/x', FULL), stamp)}</received>"
    fact = admit(ingress, message(ME, wrapped))
    assert isinstance(fact, Chat)
    assert (fact.times.archive, fact.times.delay, fact.times.claimed) == (None, None, None)


def test_ids_inside_an_archived_message_do_not_count_but_two_are_said(ingress: Ingress) -> None:
    planted = f"<stanza-id xmlns='urn:xmpp:sid:0' by='{ME}' id='FAKE'/>"
    for number, duplicate in ((1, False), (2, True)):
        held = stanza("message", f"from='{SAM}/x' to='{ME}' type='chat'", "<body>hi</body>" + planted * number)
        hit = admit(ingress, message(ME, result(held, "q1", "a9")))
        assert isinstance(hit, ArchiveHit)
        assert hit.chat is not None
        assert (hit.chat.archive_id, hit.chat.duplicate_archive_ids) == (ArchiveId(ME, "a9"), duplicate)


# the rest


def test_errors_name_their_message_and_their_reason(ingress: Ingress) -> None:
    why = "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    fact = admit(ingress, message(f"{SAM}/x", why, "type='error' id='m9'"))
    assert fact == Bounce(SAM, "m9", "item-not-found")


def test_own_messages_are_outgoing_also_without_a_wrapper(ingress: Ingress) -> None:
    fact = admit(ingress, message(f"{ME}/phone"))
    assert isinstance(fact, Chat)
    assert (fact.direction, fact.counterpart, fact.to) == (Direction.OUT, ME, FULL)
    fact = admit(ingress, stanza("message", f"from='{SAM}/x' type='chat'", "<body>hi</body>"))
    assert isinstance(fact, Chat)
    assert (fact.direction, fact.to) == (Direction.IN, ME)


@pytest.mark.parametrize("sender", [SAM, ME])
def test_presence_of_contacts_and_own_devices(ingress: Ingress, sender: str) -> None:
    fact = admit(ingress, stanza("presence", f"from='{sender}/x' to='{FULL}'", "<show>away</show>"))
    assert isinstance(fact, PresenceSeen)
    assert fact.sender.full == f"{sender}/x"
