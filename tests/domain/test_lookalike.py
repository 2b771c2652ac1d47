"""L24, S44: an address that looks like a known one is noticed, and other people's are left in peace."""

from __future__ import annotations

import pytest

from messenger.domain.lookalike import Twins, resembles

KNOWN = ("sam@example.org", "anna_lee@chat.example", "иван@почта.example", "modern@example.org", "bob2012@example.org")


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("s\u0430m@example.org", "sam@example.org"),  # Cyrillic a
        ("\u0455\u0430m@example.org", "sam@example.org"),
        ("sam@ex\u0430mple.org", "sam@example.org"),
        ("5am@example.org", "sam@example.org"),
        ("s\u00e1m@example.org", "sam@example.org"),
        ("s\u200bam@example.org", "sam@example.org"),
        ("sam\u2800@example.org", "sam@example.org"),  # drawn as nothing
        ("s\u3164am@example.org", "sam@example.org"),
        ("s\u17b4am@example.org", "sam@example.org"),
        ("sarn@example.org", "sam@example.org"),
        ("anna.lee@chat.example", "anna_lee@chat.example"),
        ("annalee@chat.example", "anna_lee@chat.example"),
        ("modem@example.org", "modern@example.org"),
        ("b\u03bfb2012@example.org", "bob2012@example.org"),  # Greek o
        ("sam@example.org", ""),  # the same is no twin
        ("иван@почта.example", ""),
        ("sam@other.example", ""),
        ("tom@example.org", ""),
        ("bob2013@example.org", ""),
        ("example.org", ""),
        ("", ""),
    ],
)
def test_l24_lookalikes(address: str, known: str) -> None:
    assert resembles(address, KNOWN) == known
    assert Twins(KNOWN).of(address) == known


def test_the_first_of_several_twins_is_named() -> None:
    twins = Twins(("s\u0430m@example.org", "sam@example.org"))
    assert twins.of("5am@example.org") == "s\u0430m@example.org"
    assert twins.of("s\u0430m@example.org") == "sam@example.org"
