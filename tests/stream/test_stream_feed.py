"""Bytes in, stanzas out: caps, prologs and any way of cutting the bytes (L18, L19, L21, S13, S25, S27)."""

from __future__ import annotations

import time
import tracemalloc
from pyexpat import EXPAT_VERSION

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.stream.feed import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, Piece, Refusal, StanzaFeed, StreamRefused
from messenger.stream.serial import serialise

HEAD = (
    b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
    b"version='1.0' id='x'>"
)
GOOD = b"<message id='%d'><body>caf\xc3\xa9 &amp; \xf0\x9f\x98\x80</body></message>"


def opened() -> StanzaFeed:
    feed = StanzaFeed()
    assert [piece for piece, _ in feed.feed(HEAD)] == [Piece.OPEN]
    return feed


def kinds(feed: StanzaFeed, data: bytes) -> list[Piece]:
    return [piece for piece, _ in feed.feed(data)]


def refusal(feed: StanzaFeed, data: bytes) -> Refusal:
    with pytest.raises(StreamRefused) as caught:
        list(feed.feed(data))
    return caught.value.reason


def endless(feed: StanzaFeed, first: bytes, part: bytes, times: int) -> Refusal | None:
    """Why a feed refused something that goes on and on."""
    try:
        list(feed.feed(first))
        for _ in range(times):
            list(feed.feed(part))
    except StreamRefused as refused:
        return refused.reason
    return None


@given(st.data())
def test_any_cut_gives_the_same_stanzas(data: st.DataObject) -> None:
    whole = HEAD + b"".join(GOOD % n for n in range(3)) + b" \n " + GOOD % 4 + b"</stream:stream>"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=12)))
    feed = StanzaFeed()
    found: list[str] = []
    pieces: list[Piece] = []
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        for piece, element in feed.feed(whole[start:end]):
            pieces.append(piece)
            if piece is Piece.STANZA:
                found.append(serialise(element))
    assert pieces == [Piece.OPEN, *[Piece.STANZA] * 4, Piece.CLOSE]
    assert found == [
        f'<message xmlns="jabber:client" id="{n}"><body>café &amp; \U0001f600</body></message>' for n in (0, 1, 2, 4)
    ]


def test_byte_by_byte() -> None:
    feed = opened()
    found = [piece for byte in GOOD % 1 + GOOD % 2 for piece in kinds(feed, bytes([byte]))]
    assert found == [Piece.STANZA, Piece.STANZA]


CUTS = (b"<message id='a>b'><body x=\"it's\">1</body></message>", b"<message><body><![CDATA[it's < b]]></body></message>")


@pytest.mark.parametrize("stanza", CUTS, ids=["quotes", "cdata"])
def test_a_tag_that_came_in_pieces_is_not_held_back(stanza: bytes) -> None:
    for cut in range(len(stanza)):
        feed = opened()
        found = kinds(feed, stanza[:cut]) + kinds(feed, stanza[cut:])
        assert found == [Piece.STANZA], stanza[:cut]


def test_s27_a_tag_without_an_end_is_refused() -> None:
    assert endless(opened(), b"<message", b" a='" + b"x" * 1_000, 1_000) is Refusal.TOO_LARGE


@pytest.mark.parametrize("depth", [65, 5_000, 16_000])
def test_s27_l18_too_deep_is_dropped_and_the_next_arrives(depth: int) -> None:
    feed = opened()
    deep = b"<message>" + b"<a>" * (depth - 1) + b"</a>" * (depth - 1) + b"</message>"
    tracemalloc.start()
    try:
        found = [(piece, len(element)) for piece, element in feed.feed(deep)]
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert found == [(Piece.OVERDEEP, 0)]
    assert kinds(feed, GOOD % 1) == [Piece.STANZA]


def test_s27_the_deepest_allowed_stanza() -> None:
    feed = opened()
    deep = b"<message>" + b"<a>" * (MAX_DEPTH - 1) + b"</a>" * (MAX_DEPTH - 1) + b"</message>"
    assert kinds(feed, deep + GOOD % 1) == [Piece.STANZA, Piece.STANZA]


def test_s27_a_million_deep() -> None:
    assert refusal(opened(), b"<message>" + b"<a>" * 1_000_000) in (Refusal.TOO_LARGE, Refusal.TOO_MANY_ELEMENTS)


def test_s27_l19_513_kb() -> None:
    feed = opened()
    inside = b"<message><body>" + b"x" * (MAX_BYTES - 100) + b"</body></message>"
    assert kinds(feed, inside) == [Piece.STANZA]
    assert refusal(opened(), b"<message><body>" + b"x" * (MAX_BYTES + 1024) + b"</body></message>") is Refusal.TOO_LARGE


def test_l19_50_mb_unterminated() -> None:
    feed = opened()
    tracemalloc.start()
    try:
        assert endless(feed, b"<message>", b"<a/>" * 16 * 1024, 50 * 16) in (
            Refusal.TOO_LARGE,
            Refusal.TOO_MANY_ELEMENTS,
        )
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("part", [b"<message a='" + b"x" * 1024, b"<" + b"y" * 1024, b"x" * 1024])
def test_l19_a_tag_or_text_that_never_ends(part: bytes) -> None:
    feed = opened()
    assert endless(feed, part, b"z" * 1024, 1024) is Refusal.TOO_LARGE


def test_too_many_elements() -> None:
    data = b"<message>" + b"<a/>" * MAX_ELEMENTS + b"</message>"
    assert refusal(opened(), data) is Refusal.TOO_MANY_ELEMENTS
    assert kinds(opened(), b"<message>" + b"<a/>" * (MAX_ELEMENTS - 1) + b"</message>") == [Piece.STANZA]


def test_white_space_between_stanzas_never_adds_up() -> None:
    feed = opened()
    for _ in range(MAX_BYTES // 512):
        assert kinds(feed, b" " * 1024) == []
    assert kinds(feed, GOOD % 1) == [Piece.STANZA]


def test_many_stanzas_never_add_up() -> None:
    feed = opened()
    total = sum(len(kinds(feed, GOOD % n * 100)) for n in range(200))
    assert total == 20_000


BOMB = (
    b"<!DOCTYPE stream [<!ENTITY a '" + b"x" * 50 + b"'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
    b"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>]>"
)


@pytest.mark.parametrize(
    "prolog",
    [
        BOMB,
        b"<?xml version='1.0'?>" + BOMB,
        b"<!DOCTYPE s SYSTEM 'file:///etc/passwd'>",
        b"<?xml version='1.0'?><!-- x -->",
        b"<?x <a ?>" + BOMB,
        b"\xff\xfe<\x00?\x00",
        b" " * 600,
        b"garbage before the stream",
    ],
)
def test_s25_l21_prologs(prolog: bytes) -> None:
    feed = StanzaFeed()
    begun = time.process_time()
    with pytest.raises(StreamRefused):
        list(feed.feed(prolog + HEAD + b" " * 600))
    assert time.process_time() - begun < 1.0


def test_s25_document_type_in_mid_stream() -> None:
    assert refusal(opened(), GOOD % 1 + BOMB) is Refusal.MALFORMED


def test_l21_unknown_entities() -> None:
    assert refusal(opened(), b"<message><body>&lol;</body></message>") is Refusal.MALFORMED


def test_l21_expat_is_new_enough() -> None:
    numbers = tuple(int(part) for part in EXPAT_VERSION.removeprefix("expat_").split("."))
    assert numbers >= (2, 5, 0)


def test_another_encoding_cannot_be_chosen() -> None:
    feed = StanzaFeed()
    found = list(feed.feed(b"<?xml version='1.0' encoding='ISO-8859-1'?><s><a>\xc3\xa9</a>"))
    assert found[-1][1].text == "é"


@pytest.mark.parametrize(
    "broken",
    [b"<message><body></message>", b"<message a='1' a='2'/>", b"<a:b/>", b"<message>\x00</message>", b"<message>\xc0\xaf</message>",
     b"<message>&#0;</message>", b"<message>\xed\xa0\x80</message>", b"<message>\xef\xbf\xbf</message>", b"</nothing>", b"<message <"],
)  # fmt: skip
def test_s12_s13_broken_xml_ends_the_stream_after_what_was_whole(broken: bytes) -> None:
    feed = opened()
    found: list[Piece] = []
    feeding = feed.feed(GOOD % 1 + broken + GOOD % 2)
    with pytest.raises(StreamRefused) as caught:
        found.extend(piece for piece, _ in feeding)
    assert caught.value.reason is Refusal.MALFORMED
    assert found in ([Piece.STANZA], [])  # expat may tell of the fault first


def test_nested_streams_and_prefixes_are_only_content() -> None:
    feed = opened()
    data = b"<message xmlns:stream='urn:other'><stream:stream/><message xmlns='jabber:client'/></message>"
    [(piece, element)] = list(feed.feed(data))
    assert piece is Piece.STANZA
    assert [child.tag for child in element] == ["{urn:other}stream", "{jabber:client}message"]
