"""R1 to R6 and R20: what a person is about to give away. Facts about the words; the person decides, and sending is never stopped."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

from messenger.domain.notice import Surroundings
from messenger.safety import words
from messenger.safety.words import Text, plain

_LEAST = 7
_SIGNS = re.compile(r"\d")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?!\w)")
_SPOKEN_MAIL = re.compile(
    r"[\w.+-]{2,64} ?(?:\(at\)|\[at\]| at ) ?(?:gmail|hotmail|outlook|yahoo|icloud|proton\w*|aol)\b", re.I
)
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z][\w.]{2,29}\b")
_PROFILE = re.compile(
    r"\b(?:instagram\.com|snapchat\.com|tiktok\.com|discord\.gg|t\.me|wa\.me|facebook\.com|twitter\.com|x\.com|kik\.me)/[\w@./-]{2,60}",
    re.I,
)
_POSTCODES = {
    "gb": re.compile(r"\b(?:[a-z]{1,2}\d[a-z\d]?) ?\d[a-z]{2}\b", re.I),
    "ca": re.compile(r"\b[abceghj-nprstvxy]\d[abceghj-nprstv-z] ?\d[abceghj-nprstv-z]\d\b", re.I),
    "us": re.compile(
        r"\b(?:a[klrz]|c[aot]|d[ce]|fl|ga|hi|i[adln]|k[sy]|la|m[adeinost]|n[cdehjmvy]|o[hkr]|pa|ri|s[cd]|t[nx]|ut|v[at]|w[aivy])"
        r",? \d{5}(?:-\d{4})?\b", re.I,
    ),
    "au": re.compile(r"\b(?:nsw|vic|qld|wa|sa|tas|act|nt),? \d{4}\b", re.I),
    "ie": re.compile(r"\b[ac-fhknprtv-y]\d[\dw] ?[ac-fhknprtv-y\d]{4}\b", re.I),
}  # fmt: skip
_STREET = re.compile(
    r"\b(?:(?:flat|apartment|apt|unit|house|no|number|nr) ?\.? ?)?\d{1,4}[a-d]?,? (?:[^\W\d_][\w'’]{1,20}[ ,]{1,2}){1,3}"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|close|crescent|cres|court|ct|place|pl|terrace|gardens|grove|way|hill|square|sq"
    r"|mews|row|walk|parade|boulevard|blvd|highway|hwy|park|rise|view|green|circle|cir|trail|parkway)\b", re.I,
)  # fmt: skip
_CODE = re.compile(r"(?<![\w.,:/£$€-])\d(?:[ -]?\d){3,7}(?![\w:/%-]|[.,]\d)")
_MONTHS = re.compile(r"\d{1,4}[ ./:-]\d{1,2}[ ./:-]\d{1,4}")
_AFTER_STREET = re.compile(
    r"(?i)\b(?:minutes|mins|hours|days|weeks|people|of|more|times|years|seconds|metres|meters|miles|km)\b"
)


def phone(text: Text, around: Surroundings) -> tuple[int, int] | None:
    """R1: a phone number, also with spaces between the digits or spelt out."""
    runs = words.digits(text)
    if (
        not any(len(digits) >= _LEAST for digits, _start, _end in runs)
        and len(_SIGNS.findall(text.raw[:8000])) < _LEAST
    ):
        return None
    library = _numbers()
    regions = [around.country.upper()] if len(around.country) == 2 else ["GB", "US"]
    shown = text.raw[: words.LONGEST]
    for region in regions:
        for match in library.PhoneNumberMatcher(shown, region, leniency=library.Leniency.VALID):
            return match.start, match.end
    for digits, start, end in runs:
        if _LEAST <= len(digits) <= 15 and not _MONTHS.fullmatch(text.raw[start:end]):
            for region in regions:
                if _valid(library, digits, region) or (
                    "+" in text.raw[max(0, start - 1) : start] and _valid(library, "+" + digits, region)
                ):
                    return start, end
    return None


def _valid(library: Any, digits: str, region: str) -> bool:
    try:
        number = library.parse(digits, region)
    except library.NumberParseException:
        return False
    # Numbers kept for films (Ofcom) are no real ones to the library, but a person who types one means a number.
    drama = region == "GB" and digits.startswith("07700900")
    return drama or bool(library.is_valid_number(number))


def contact(text: Text) -> tuple[int, int] | None:
    """R2: an e-mail address or a name in another app (the phrases of R2 are looked for beside this)."""
    for pattern in (_MAIL, _SPOKEN_MAIL, _PROFILE, _HANDLE):
        match = pattern.search(text.raw[: words.LONGEST])
        if match:
            return match.span()
    return None


def address(text: Text, around: Surroundings) -> tuple[int, int] | None:
    """R3: a postcode, or a number with a street."""
    raw = text.raw[: words.LONGEST]
    if not _SIGNS.search(raw):
        return None
    first = [_POSTCODES[around.country]] if around.country in _POSTCODES else []
    for pattern in (*first, *(one for one in _POSTCODES.values() if one not in first)):
        match = pattern.search(raw)
        if match and any(ch.isdigit() for ch in match.group()):
            return match.span()
    for match in _STREET.finditer(raw):
        if not _AFTER_STREET.search(match.group()):
            return match.span()
    return None


def private_word(text: Text, private: Sequence[str]) -> tuple[int, int] | None:
    """R5: one of the person's own private words, however it is written."""
    spoken = [one.text for one in text.words]
    for word in private:
        wanted = [plain(piece) for piece in word.split() if plain(piece)]
        size = len(wanted)
        for place in range(len(spoken) - size + 1) if size else ():
            if spoken[place : place + size] == wanted:
                return text.words[place].start, text.words[place + size - 1].end
    return None


class Password:
    """R6: recognises the account's own password without keeping it. The key lives as long as the process."""

    def __init__(self, password: str, key: bytes) -> None:
        self._key, self._length = key, len(password)
        self._digest = self._of(password)

    def _of(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=32).digest()

    def find(self, raw: str) -> tuple[int, int] | None:
        """Where the password stands: as a word of its own, or as the whole message."""
        for match in re.finditer(r"\S+", raw[: words.LONGEST]):
            if len(match.group()) == self._length and hmac.compare_digest(self._of(match.group()), self._digest):
                return match.span()
        whole = raw.strip()
        if len(whole) == self._length and hmac.compare_digest(self._of(whole), self._digest):
            return 0, len(raw)
        return None


def code(text: Text, around: Surroundings) -> tuple[int, int] | None:
    """R6: four to eight digits after the other side wrote of a code."""
    if not around.code_asked:
        return None
    match = _CODE.search(text.raw[: words.LONGEST])
    if match is None or _MONTHS.fullmatch(match.group()):
        return None
    return match.span()


def _numbers() -> Any:
    import phonenumbers

    return phonenumbers
