"""Makes hidden characters visible: text that turns around, hides or looks empty is kept raw and shown escaped (S35)."""

from __future__ import annotations

import re
import unicodedata

# Controls (but not tab and newline), soft hyphen, Arabic letter mark, Hangul fillers, Mongolian vowel separator,
# zero-width characters, direction marks, line separators, directional embeddings and isolates, invisible operators,
# variation and tag characters that carry hidden text, interlinear annotation.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffc\U000e0000-\U000e0fff]"
)
_JOINER = "\u200d"


def escaped(text: str) -> str:
    """`text` with each hidden character as ``[U+202E]``. A joiner inside an emoji stays."""
    return _HIDDEN.sub(_escape, text)


def escaped_or_none(text: str) -> str | None:
    """The escaped form where it differs from `text`, else None: what the items file carries beside the raw text."""
    shown = escaped(text)
    return None if shown == text else shown


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if char == _JOINER and _joins_emoji(match):
        return char
    return f"[U+{ord(char):04X}]"


def _joins_emoji(match: re.Match[str]) -> bool:
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return bool(before and after) and _is_emoji_part(before) and unicodedata.category(after) == "So"


def _is_emoji_part(char: str) -> bool:
    # U+FE0F asks for the coloured form; the skin tones are modifiers (Sk).
    return char == "\ufe0f" or unicodedata.category(char) in ("So", "Sk")
