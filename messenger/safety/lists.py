"""Word lists of the rules about what a person gives away: text with a space between the words."""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())
