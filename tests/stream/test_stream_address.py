"""L24: an address is one text wherever it is compared, or none: else it could not be answered, put away or blocked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain import jid
from messenger.domain.errors import InvalidAddress
from messenger.stream.address import prepared


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Mike@B.Example", "mike@b.example"),
        ("\uff2dike@b.example", "mike@b.example"),  # a wide letter
        ("\u03a0\u03ae\u0390@b.example", "\u03c0\u03ae\u0390@b.example"),  # Greek, with a letter of two marks
        ("stra\u00dfe@b.example", "strasse@b.example"),
        ("\u04c0a@b.example", "\u04c0a@b.example"),  # its small form is younger than the profile
        ("mi\u200bke@b.example", "mike@b.example"),
    ],
)
def test_l24_an_address_is_the_same_on_the_wire_and_inside(text: str, address: str) -> None:
    found = prepared(text)
    assert found is not None
    assert found.bare == address
    assert jid.bare(found.bare) == address


@pytest.mark.parametrize("sign", ["\u1d2c", "\u213b", "\u03f9"])
def test_l24_an_address_that_changes_when_it_is_read_again_is_none(sign: str) -> None:
    """The block list would name another one, and this one would go on writing."""
    assert prepared(f"eve{sign}@b.example") is None


@given(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), st.sampled_from(["b.example", "b\u00fc.example"])
)
def test_l24_whatever_is_written(local: str, domain: str) -> None:
    found = prepared(f"{local}@{domain}")
    if found is None:
        return
    assert prepared(found.bare) == found or found.resource
    try:
        assert jid.bare(found.bare) == found.bare
    except InvalidAddress:
        pytest.fail("an address that cannot be blocked")
