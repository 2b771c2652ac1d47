"""R3: a postal address that a person is about to give away: a postcode, or a house number with a street.

Sources: the shapes of postcodes as the Royal Mail, Eircode, Canada Post, the USPS and Australia Post publish them. A house
number and a street count when the words between are a name and not ordinary words ("12 hour drive", "6 lane road"), and when
nothing around makes the number another thing (a level, a page, a film).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from messenger.domain.notice import Surroundings
from messenger.safety.words import LONGEST, Text

_POSTCODES = {
    "gb": re.compile(
        r"\b[a-z]{1,2}\d[a-z\d]? ?(?!\d(?:st|nd|rd|th|tb|gb|hr|hp|xp|pt|lb|ft|ps|px)\b)\d[abd-hjlnp-uw-z]{2}\b", re.I
    ),
    "ca": re.compile(r"\b[abceghj-nprstvxy]\d[abceghj-nprstv-z][ -]?\d[abceghj-nprstv-z]\d\b", re.I),
    "us": re.compile(
        r"(?:\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])"
        r",? |, ?(?:a[klrz]|c[aot]|d[ce]|fl|ga|i[adl]|k[sy]|m[adinost]|n[cdehjmvy]|pa|ri|s[cd]|t[nx]|ut|v[at]|w[aivy]) "
        r"|\b[Zz]ip(?: ?code)?(?: is|:)? )\d{5}(?:-\d{4})?\b",
    ),
    "au": re.compile(r"\b(?:nsw|vic|qld|wa|sa|tas|act|nt),? \d{4}\b", re.I),
    "ie": re.compile(r"\b(?:[ac-fhknprtv-y]\d\d|d6w) ?(?=[a-z]*\d)(?=\d*[a-z])[ac-fhknprtv-y\d]{4}\b", re.I),
}  # fmt: skip
_LIVE = re.compile(
    r"\b(?:live|living|stay\w*|address|addy|addie|house|home|flat|apartment|place|post it|post my|post this|send it|deliver\w*|parcel|taxi"
    r"|uber|sat ?nav|postcode|eircode|zip|come (?:to|over|round)|im at|i'm at|were at|we're at|we're|we are|ours|mines?|number|hse|hs|meet"
    r"|my (?:gran|nan|dad|mum|aunt|cousin)\w*|card|pick me up|drop me|moved to|moving|ring|key|knock|door|bell|buzz|its|it's|google"
    r"|round to)\b", re.I,
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_HOUSE = re.compile(r"\d{1,5}[a-h]?", re.I)
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|[,.;:!?\n()\"“”/+=#%-]")
_REACH = 6
_MOST = 4
Token = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language that this rule reads by: the lists `address` of assets/phrases."""

    street: frozenset[str]
    weak: frozenset[str]
    """Street words that are ordinary words as well: they want a name that is written large, or a word of living there."""
    plain: frozenset[str]
    mixed: frozenset[str]
    """Ordinary words that names of streets often hold."""
    not_before: frozenset[str]
    story: frozenset[str]
    numbers: frozenset[str]
    living: frozenset[str]
    """Words that a street without a number stands behind, when the message is about living there."""
    roads: frozenset[str]
    dwell: frozenset[str]
    abroad: frozenset[str]
    houses: frozenset[str]


def find(w: Words, text: Text, around: Surroundings) -> tuple[int, int] | None:
    """The characters of the first postcode or street with a number, or None."""
    raw = text.raw[:LONGEST]
    low = {one.text for one in text.words}
    if _DIGIT.search(raw):
        first = [_POSTCODES[around.country]] if around.country in _POSTCODES else []
        for pattern in (*first, *(one for one in _POSTCODES.values() if one not in first)):
            match = pattern.search(raw)
            if match:
                return match.span()
    elif not low & (w.numbers | w.street):
        return None
    lives = bool(_LIVE.search(raw))
    if (low & (w.street | w.abroad) or lives) and not low & w.story:
        return _street(w, raw, lives)
    return None


def _street(w: Words, raw: str, lives: bool) -> tuple[int, int] | None:
    tokens = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(raw)]
    for at, (word, start, _end) in enumerate(tokens):
        low = word.casefold()
        house = _HOUSE.fullmatch(word) and not _other_number(w, tokens, at)
        spelt = low in w.numbers and (lives or (at and tokens[at - 1][0].casefold() in w.houses))
        if house or spelt or low in w.living:
            last = _named(w, tokens, at, lives, bool(house))
            if last:
                return start, tokens[last - 1][2]
    return _reversed(w, tokens)


def _other_number(w: Words, tokens: list[Token], at: int) -> bool:
    """Whether the number counts something: "level 5", "1.5", "10:05"."""
    if at == 0:
        return False
    before, begin, end = tokens[at - 1]
    if before.casefold() in w.not_before:
        return True
    touches = end == tokens[at][1]
    return before in ("+", "=", "%") or (touches and before in (".", ":") and at > 1 and tokens[at - 2][2] == begin)


def _named(w: Words, tokens: list[Token], at: int, lives: bool, numbered: bool) -> int:
    """The token after the street that follows the house number (or "on", "in") at `at`, or 0."""
    if not numbered and tokens[at][0].casefold() in w.living and not _homely(w, tokens, at):
        return 0
    name: list[str] = []
    commas = 0
    for place in range(at + 1, min(len(tokens), at + 1 + _REACH)):
        word = tokens[place][0]
        low = word.casefold()
        if not word[0].isalpha():
            commas += word == ","
            if (word == "," and commas < 3) or (word == "." and name and len(name[-1]) < 3):
                continue
            break
        if low in w.street and _fits(w, name, low, lives, commas) and _ends(w, tokens, place + 1, low, lives):
            return place + 1
        if low in w.abroad and not name and place + 1 < len(tokens) and tokens[place + 1][0][0].isalpha():
            return min(len(tokens), place + 3)
        if not _names(w, word, bool(name), lives) or len(name) == _MOST:
            break
        name.append(word)
    return at + 2 if numbered and _house_alone(w, tokens, at) else 0


def _names(w: Words, word: str, later: bool, lives: bool) -> bool:
    """Whether a word can be a part of a street's name."""
    low = word.casefold()
    if low not in w.plain:
        return True
    return (low == "the" and lives and not later) or (low in w.mixed and (lives or word[0].isupper()))


def _homely(w: Words, tokens: list[Token], at: int) -> bool:
    """Whether the words before speak of living there."""
    before = [one[0].casefold() for one in tokens[max(0, at - _REACH) : at]]
    if tokens[at][0].casefold() in w.roads:
        return bool({"my", "our", "the", "whose"} & set(before[-2:]))
    return bool(w.dwell & set(before[-3:])) and not {"dont", "don't", "they", "he", "she"} & set(before)


def _house_alone(w: Words, tokens: list[Token], at: int) -> bool:
    """A number and a name after words of living there: "i stay at 48 Kirkbrae"."""
    if at + 1 >= len(tokens) or not at:
        return False
    word = tokens[at + 1][0]
    ends = at + 2 >= len(tokens) or not tokens[at + 2][0][0].isalnum() or word[0].isupper()
    named = word[0].isalpha() and len(word) > 3 and word.casefold() not in w.plain
    return (
        named
        and ends
        and _homely(w, tokens, at)
        and tokens[at - 1][0].casefold() in ("at", "is", "in", "number", "no", ":", "to")
    )


def _fits(w: Words, name: list[str], street: str, lives: bool, commas: int) -> bool:
    """Whether the words between the number and the street word are a name."""
    if not name:
        return False
    large = all(one[0].isupper() for one in name)
    if name == ["the"]:
        return lives and street not in ("way", "end", "park", "hill", "road", "street")
    if street in w.weak:
        return lives or large
    return lives or large or not commas


def _ends(w: Words, tokens: list[Token], place: int, street: str, lives: bool) -> bool:
    """Whether the street word ends its name: nothing follows that would make it "street food" or "road test"."""
    if place >= len(tokens):
        return True
    after = tokens[place][0].casefold()
    if not after[0].isalpha():
        return not after[0].isdigit() or after.isdigit()
    if after in w.street:
        return False
    if (
        after in ("is", "was")
        and place + 1 < len(tokens)
        and tokens[place + 1][0].casefold() in ("a", "an", "my", "the", "out", "on")
    ):
        return False
    return lives or street not in w.weak


def _reversed(w: Words, tokens: list[Token]) -> tuple[int, int] | None:
    """A street with the number behind: "castle street 9b"."""
    for at in range(1, len(tokens) - 1):
        low = tokens[at][0].casefold()
        name, number = tokens[at - 1][0], tokens[at + 1][0]
        if low in w.street - w.weak and re.fullmatch(r"\d{1,4}[a-h]|\d{1,3}", number, re.I) and name.isalpha():
            strong = number[-1].isalpha() or name[0].isupper() or at + 2 == len(tokens)
            if name.casefold() not in w.plain and strong and len(name) > 2:
                return tokens[at - 1][1], tokens[at + 1][2]
    return None
