"""F19 at the desk's account: mutated stanzas of every kind that it knows. Nothing fails, nothing leaves, nothing slips through."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from xml.etree.ElementTree import Element

from test_line_parts import CASE, DIGEST, ME, ORIGINAL, ROOM, a_line, message, report, result

from messenger.desk.reception import Forwarded, Parcel
from messenger.stream.feed import Piece, StanzaFeed, StreamRefused

sys.path.append(str(Path(__file__).parent.parent / "stream"))  # its mutations

from stanza_fuzz import HEAD, SEEDS, graft, mutate

ROUNDS = 4000
OWN_SEEDS = (
    message(report() + f'<jid xmlns="urn:xmpp:jid:0">mike@chat.example</jid>{ORIGINAL}'),
    message(report(f"<text>ref case {CASE}, sha-256:{DIGEST}</text>") + ORIGINAL),
    message(report() + ORIGINAL, 'from="sam@robin.test"'),
    message(f'<package xmlns="urn:robin:package:1" id="r-1" digest="{DIGEST}">ZGF0YQ==</package>', 'from="sam@robin.test/a" id="m"'),
    result("q1", ROOM),
    result("q1", "evil@rooms.robin.test"),
    f'<iq xmlns="jabber:client" to="{ME}" from="robin.test" type="get" id="7"><ping xmlns="urn:xmpp:ping"/></iq>',
    f'<presence xmlns="jabber:client" to="{ME}" from="sam@robin.test" type="subscribe"/>',
)


def stanzas(text: str) -> list[Element]:
    """The stanzas that the stream would hand up."""
    feed = StanzaFeed()
    try:
        return [element for piece, element in feed.feed((HEAD + text).encode("utf-8", "replace")) if piece is Piece.STANZA]
    except StreamRefused:
        return []


async def test_f19_nothing_fails_and_nothing_leaves() -> None:
    chance = random.Random(20261124)
    line, wire = a_line()
    line.reception.own_full = f"{ME}/robin.1"
    line.reception.queries["q1"] = ROOM
    taken = 0
    seeds = [*OWN_SEEDS * 4, *SEEDS]
    for number in range(ROUNDS):
        change = mutate if number % 3 else graft
        for element in stanzas(change(chance.choice(seeds), chance)):
            line.stanza(element, "2026-11-24T12:00:00.000Z")
            taken += 1
            for fact in line._queue:
                if isinstance(fact, Forwarded):
                    assert "@" not in (element.get("from") or "")
                    assert (len(fact.case_number), len(fact.digest)) == (9, 43)
                elif isinstance(fact, Parcel):
                    assert "@" in fact.sender.bare
            line._queue.clear()
            line._idle.set()
    assert taken > ROUNDS // 3
    assert len(line.turnings.table()) >= 6
    # Only our own server is ever answered, and never with more than an empty result or an error.
    assert {one.get("to") for one in wire.sent} <= {"robin.test", ME}
    assert {one.tag for one in wire.sent} == {"{jabber:client}iq"}
