"""Ids of stanzas and archives: only such as a server would make."""

from __future__ import annotations

_MAX_ID = 1024


def sound_id(text: str | None) -> str:
    """An id of a stanza or an archive, or '' when it is none that a server would make: too long or not printable."""
    return text if text and len(text) <= _MAX_ID and text.isprintable() else ""
