"""R20: a harsh word with its letters hidden ("i****"), said to somebody. The phrases of R20 are looked for beside this."""

from __future__ import annotations

import re
from dataclasses import dataclass

from messenger.safety.words import LONGEST, Text

_HIDDEN = re.compile(r"(?<![\w*])(?=[\w*#@]{0,12}[*#]{2})[^\W\d_][\w*#@]{2,12}")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language that this rule reads by: the lists `harsh` of assets/phrases."""

    to_you: frozenset[str]


def find(w: Words, text: Text) -> tuple[int, int] | None:
    """The characters of the first hidden word of a message that speaks to somebody, or None."""
    if "**" not in text.raw and "##" not in text.raw:
        return None
    match = _HIDDEN.search(text.raw[:LONGEST])
    said = match is not None and (len(text.words) <= 2 or not w.to_you.isdisjoint(one.text for one in text.words))
    return match.span() if match and said else None
