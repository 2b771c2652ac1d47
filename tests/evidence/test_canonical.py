"""Canonical JSON and base64url: RFC 8785's own vectors, I-JSON's refusals, round trips."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.errors import FormatRefused
from messenger.evidence.canonical import b64u, canonical, digest, parse_canonical, parse_json, scalar_text, unb64u
from messenger.evidence.verify import canonical as other_canonical

SAFE = 2**53 - 1
KEYS = st.text(max_size=6)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=20,
)


def test_rfc_8785_section_3_2_2() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_rfc_8785_section_3_2_3_sorts_by_utf_16() -> None:
    value = {
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
        "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis",
    }  # fmt: skip
    order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
    text = canonical(value).decode()
    assert sorted(order, key=text.index) == order
    assert other_canonical(value) == canonical(value)


@pytest.mark.parametrize(
    ("bits", "text"),
    [
        ("0000000000000000", "0"), ("8000000000000000", "0"), ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"), ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"), ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"), ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"), ("41b3de4355555554", "333333333.33333325"),
        ("41b3de4355555557", "333333333.33333343"), ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)  # fmt: skip
def test_rfc_8785_appendix_b(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical([number]).decode() == f"[{text}]"


@pytest.mark.parametrize(
    "value",
    [
        float("nan"), float("inf"), float("-inf"), 2.0**53, -(2.0**53), 1e20, 2**53, -(2**53), 10**400,
        "\ud800", "a\udfff", {"\ud800": 1}, {1: 2}, {None: 1}, b"bytes", {1}, 1j,
    ],
    ids=repr,
)  # fmt: skip
def test_refuses_what_is_not_i_json(value: Any) -> None:
    with pytest.raises(FormatRefused):
        canonical({"v": value} if not isinstance(value, dict) else value)


def test_refuses_depth_without_recursion() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(FormatRefused):
        canonical({"v": deep})
    for text in (b"[" * 100_000, b'{"a":' * 100_000 + b"1" + b"}" * 100_000, b'{"a":' * 40 + b"1" + b"}" * 40):
        with pytest.raises(FormatRefused):
            parse_canonical(text)
    assert parse_canonical(b'{"a":' * 20 + b"1" + b"}" * 20)


@given(st.dictionaries(KEYS.filter(lambda key: key.isprintable()), VALUES))
def test_round_trip_and_three_encoders_agree(value: dict[str, Any]) -> None:
    data = canonical(value)
    assert parse_canonical(data) == value
    assert rfc8785.dumps(value) == data
    assert other_canonical(value) == data


def test_fractions_and_odd_keys_take_the_library_road_to_the_same_form() -> None:
    assert canonical({"b": 1.0, "a": "x"}) == b'{"a":"x","b":1}'
    assert canonical({"\uffff": 1, "\U00010000": 2, "a": 3}).decode() == '{"a":3,"\U00010000":2,"\uffff":1}'


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}', b'{"a":1,"a":2}', b'{"a": 1}', b'{"a":1}\n', b' {"a":1}', b'{"b":1,"a":2}', b'{"a":1.0}',
        b'{"a":1e0}', b'{"a":-0}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":"\\u0061"}', b'{"a":"\\/"}', b'{"a":"\\u000A"}',
        b'{"a":"\\ud800"}', b'{"a":9007199254740992}', b"[1]", b"1", b"null", b"", b"{", b'\xef\xbb\xbf{"a":1}',
        b'{"a":"\xed\xa0\x80"}', b'{"a":"\xff"}', b'{"a":01}', b'{"a":1E400}', b"{'a':1}", b'{"a":1,}', b'{"a":"\x01"}',
    ],
    ids=repr,
)  # fmt: skip
def test_refuses_every_other_form(data: bytes) -> None:
    with pytest.raises(FormatRefused):
        parse_canonical(data)


def test_refuses_too_much() -> None:
    data = canonical({"a": "x" * 100})
    assert parse_canonical(data, max_bytes=len(data))
    with pytest.raises(FormatRefused):
        parse_canonical(data, max_bytes=len(data) - 1)
    with pytest.raises(FormatRefused):
        parse_json(b'{"a":' + b"9" * 5000 + b"}")


def test_parse_json_takes_any_form_but_no_double_key() -> None:
    assert parse_json(b' {"a": 1.5 }\n') == {"a": 1.5}
    with pytest.raises(FormatRefused):
        parse_json(b'{"a":1,"a":1}')


def test_a_noncharacter_of_a_stranger_does_not_stop_a_report() -> None:
    assert parse_canonical(canonical({"body": "\ufdd0\U0001ffff"})) == {"body": "\ufdd0\U0001ffff"}


@given(st.binary(max_size=64))
def test_base64url_round_trip(data: bytes) -> None:
    text = b64u(data)
    assert unb64u(text) == data
    assert "=" not in text


@pytest.mark.parametrize(
    "text", ["A", "AA==", "AB", "AAB", "A+A", "A/A", "AA A", "AA\n", "\u0661A", "AAAAA", "_", "ab-é"]
)
def test_base64url_is_strict(text: str) -> None:
    with pytest.raises(FormatRefused):
        unb64u(text)


@given(st.binary(min_size=1, max_size=40), st.data())
def test_every_other_sign_changes_the_bytes(data: bytes, pick: st.DataObject) -> None:
    text = b64u(data)
    at = pick.draw(st.integers(0, len(text) - 1))
    sign = pick.draw(st.sampled_from("ABCXYZabcxyz0189-_=+/ ").filter(lambda one: one != text[at]))
    changed = text[:at] + sign + text[at + 1 :]
    with contextlib.suppress(FormatRefused):
        assert unb64u(changed) != data


def test_digest_is_sha_256_in_43_signs() -> None:
    assert digest(b"") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


def test_half_characters_become_replacement_characters() -> None:
    assert scalar_text("a\ud83db\U0001f600") == "a\ufffdb\U0001f600"
