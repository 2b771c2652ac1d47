"""R1: a phone number that a person is about to give away, with any spacing, spelt or in digits, of several countries.

What a number is: the lengths and beginnings of national numbering plans (ITU-T E.164; Ofcom's plan for the UK; ComReg for
Ireland; ACMA for Australia; NANPA for the US and Canada), and the phonenumbers library for the rest. Numbers kept for films
count, because a person who types one means a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from messenger.domain.notice import Surroundings
from messenger.safety.numerals import Run, runs
from messenger.safety.words import LONGEST, Text

_LEAST, _MOST = 7, 15
_NEAR = 40
_MOST_COUNTED = 6
"""Digits of a number with which somebody counts."""
_GROUP, _PARTS = 3, 24
_WITHOUT_NOUGHT = 10
_NOUGHT = re.compile(r"\b(?:0|zero|nought|oh)\b[^\n]{0,16}\b(?:front|start|beginning|first|before)\b", re.I)
"""A nought that is said to stand in front."""
_END = re.compile(r"[?!;\n]")
_PHONE = re.compile(
    r"\b(?:call\w*|ring|text|txt|phone|tel|telephone|mob|mobile|cell|landline|facetime|dial|whatsapp|reach|digits|num|number|sim"
    r"|buzz|msg|on|at|contact|line|me)\b", re.I,
)  # fmt: skip
_MINE = re.compile(
    r"\b(?:(?:my|our|the|house|home|new|mums?|dads?) (?:\w+ )?(?:number|num|phone|mobile|mob|cell|landline|digits|tel)"
    r"|(?:call|ring|text|phone|dial|reach) (?:me|us))\b[^\d]{0,15}\Z", re.I,
)  # fmt: skip
_OTHER = re.compile(
    r"\b(?:order|ref|reference|isbn|barcode|serial|tracking|card|model|seed|version|ticket|score|invoice|booking|population"
    r"|unix|id|sum|minus|receipt|account|episode|coords?|membership|library)\b", re.I,
)  # fmt: skip
_UK = re.compile(r"0[127]\d{9}")
_AU = re.compile(r"0[23478]\d{8}")
_US = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_US_SIZES = frozenset({(3, 3, 4), (1, 3, 3, 4), (3, 7), (1, 10)})
_CODES = frozenset({"1", "27", "31", "32", "33", "34", "39", "44", "49", "61", "64", "91", "353"})
_FREE = ("080", "0300", "0303", "0333", "0345", "0500", "1800")
"""Beginnings of the numbers of firms and helplines."""
_PLUS = re.compile(r"(?:\+|\bplus)[\s(]{0,2}\Z", re.IGNORECASE)
_REGIONS = ("GB", "IE", "AU", "NZ")


def find(text: Text, around: Surroundings) -> tuple[int, int] | None:
    """The characters of the first phone number, or None."""
    shown = text.raw[:LONGEST]
    for run in runs(shown):
        if _counted(run.groups):
            continue
        for one in _readings(run, shown):
            if _LEAST <= len(one.digits) <= _MOST and _is_number(one, shown, around.country.upper()):
                return one.start - _sign(one, shown), one.end
    return None


def _sign(run: Run, raw: str) -> int:
    """How many characters of a plus sign stand before a number: taken out without it, "+" would be left."""
    found = _PLUS.search(raw[max(0, run.start - 8) : run.start]) if run.plus else None
    return len(found.group()) if found is not None else 0


def _counted(groups: tuple[str, ...]) -> bool:
    """Whether somebody counts up or down."""
    if len(groups) < 5 or max(map(len, groups)) > _MOST_COUNTED:
        return False
    return {int(after) - int(one) for one, after in pairwise(groups)} in ({1}, {-1})


def _readings(run: Run, raw: str) -> Iterator[Run]:
    """The run, and the parts of it that look like a whole number of eleven digits: "at 7 07700 900123"."""
    yield run
    if len(run.digits) == _WITHOUT_NOUGHT and _NOUGHT.search(raw[run.end : run.end + _NEAR]):
        yield replace(run, digits="0" + run.digits)
    for first, group in enumerate(run.groups):
        if len(group) < _GROUP or group[0] != "0" or len(run.groups) > _PARTS:
            continue
        for last in range(first + 1, len(run.groups) + 1):
            digits = "".join(run.groups[first:last])
            if _UK.fullmatch(digits) and last - first < len(run.groups):
                spans = run.spans[first:last]
                yield replace(
                    run, digits=digits, groups=run.groups[first:last], spans=spans, start=spans[0][0], end=spans[-1][1],
                    plus=False,
                )  # fmt: skip


def _is_number(run: Run, raw: str, country: str) -> bool:
    before = _END.split(raw[max(0, run.start - _NEAR) : run.start])[-1]
    if run.before in ("$", "£", "€", "_", "#") or run.after[:1] in ("_", "%") or len(set(run.digits)) < 3:
        return False
    if run.plus or (run.digits.startswith("00") and len(run.digits) > 11):
        return _abroad(run.digits.removeprefix("00"))
    if _OTHER.search(before) or run.digits.startswith(_FREE):
        return False
    spoken = bool(_PHONE.search(before))
    if set(run.sizes()) == {2} and not spoken and country != "FR":
        return False
    return _at_home(run, country, spoken) or bool(
        len(run.digits) <= 8 and _MINE.search(before) and run.digits[0] != "0"
    )


def _at_home(run: Run, country: str, spoken: bool) -> bool:
    digits, size = run.digits, len(run.digits)
    if digits[0] == "0":
        if _UK.fullmatch(digits) or _AU.fullmatch(digits):
            return True
        wanted = dict.fromkeys((country, *_REGIONS)) if size > 9 or spoken else {country: None}
        return any(_valid(digits, one) for one in wanted if len(one) == 2)
    if _US.fullmatch(digits) and (run.sizes() in _US_SIZES or spoken):
        return True
    if size > 10 and (run.groups[0] in _CODES or spoken):
        return _valid("+" + digits, "ZZ") or digits.startswith("447700900")
    return size > 8 and len(country) == 2 and country not in ("US", "CA", *_REGIONS) and _valid(digits, country)


def _abroad(digits: str) -> bool:
    """Whether digits behind a plus sign can be a number of some country."""
    library = _library()
    try:
        return bool(library.is_possible_number(library.parse("+" + digits, None)))
    except library.NumberParseException:
        return False


def _valid(digits: str, region: str) -> bool:
    library = _library()
    try:
        return bool(library.is_valid_number(library.parse(digits, region)))
    except library.NumberParseException:
        return False


def _library() -> Any:
    import phonenumbers

    return phonenumbers
