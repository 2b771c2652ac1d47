"""How hard a text is to read, and whether its tone is kind: the measure behind the gates over words for people.

Flesch-Kincaid school grade: 0.39 * words per sentence + 11.8 * syllables per word - 15.59 (Kincaid and others, 1975).
Syllables are pyphen's hyphenation points and one, and at least the runs of vowels that are heard, whichever is more:
pyphen alone never splits short words such as "open".
Names, numbers and places to fill in count as one syllable each, as is usual for names. The formula is made for
sentences: a label of fewer than five words is measured as if it were filled up with words of one syllable.
"""

from __future__ import annotations

import re
from functools import cache

import pyphen

_DICTIONARY = pyphen.Pyphen(lang="en_GB")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|\{\w+\}|\d[\d ]*\d|\d")
_SENTENCE = re.compile(r"(?<=[.?:;])\s+|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_INSIDE = re.compile(r"^(some|there|where|home|safe|name|time)(?=[a-z]{2})")
SHORTEST = 5
"""Words that a sentence is filled up to."""
NAMES = frozenset(
    {
        *("robin", "childline", "ceop", "iwf", "nspcc", "netsafe", "esafety", "ncmec", "samaritans", "cybertip"),
        *("canada", "australia", "ireland", "zealand", "xmpp", "interpol"),
    }
)
"""Words that are part of a name."""
BANNED = (
    "you should have",
    "stranger danger",
    "victim",
    "predator",
    "just",
    "simply",
    "obviously",
    "your fault for",
    "pervert",
    "paedophile",
    "naughty",
    "stupid",
    "silly",
)
_BANNED = re.compile(r"\b(" + "|".join(BANNED) + r")s?\b", re.IGNORECASE)
_CAPITALS = re.compile(r"\b[A-Z]{3,}\b")
_SHORT_NAMES = frozenset(
    {"CEOP", "IWF", "NSPCC", "NCMEC", "FBI", "PDF", "XMPP", "DIA", "AFP", "ACCCE", "HTTPS", "ICMEC", "RSPB"}
    | {"INTERPOL", "PIN"}
)
_CROWD = re.compile(r"\d+ ?%|\d+ (in|out of) (every )?\d+|per cent|most (children|people|teens|young)", re.IGNORECASE)


@cache
def syllables(word: str) -> int:
    """Syllables of one word; at least 1."""
    plain = word.lower().strip("'’-")
    if not plain or plain[0] in "{0123456789" or plain in NAMES:
        return 1
    if "-" in plain:
        return sum(syllables(part) for part in plain.split("-") if part)
    plain = plain.replace("’", "'").split("'")[0] or plain
    return max(len(_DICTIONARY.positions(plain)) + 1, _heard(plain))


def _heard(word: str) -> int:
    """Runs of vowels without a silent e at the end."""
    word = _SILENT_INSIDE.sub(lambda found: found.group(1).removesuffix("e"), word)
    runs = len(_VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ye", "oe")) and runs > 1
    silent = silent or (word.endswith("ed") and not word.endswith(("ted", "ded")) and runs > 1)
    silent = silent or (
        word.endswith("es")
        and not word.endswith(("ses", "ces", "zes", "ges", "xes", "ches", "shes", "ies"))
        and runs > 1
    )
    return max(1, runs - int(silent))


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text: they end with a stop, question mark or colon, or with the line."""
    return [one for one in _SENTENCE.split(text.strip()) if words(one)]


def grade(text: str) -> float:
    """The school grade of a whole text; -1.8 is the least there is."""
    counted = words(text)
    if not counted:
        return -1.84
    parts = [words(one) for one in sentences(text)]
    filled = sum(max(0, SHORTEST - len(one)) for one in parts)
    total = len(counted) + filled
    per_word = (sum(syllables(one) for one in counted) + filled) / total
    return 0.39 * total / max(1, len(parts)) + 11.8 * per_word - 15.59


def hardest(text: str) -> float:
    """The grade of the hardest sentence."""
    return max((grade(one) for one in sentences(text)), default=-1.84)


def longest(text: str) -> int:
    """Words in the longest sentence."""
    return max((len(words(one)) for one in sentences(text)), default=0)


def tone(text: str) -> list[str]:
    """What is wrong with the tone; empty when it is kind."""
    found = [f"banned: {one.group(0)}" for one in _BANNED.finditer(text)]
    if "!" in text:
        found.append("exclamation mark")
    found += [f"capitals: {one}" for one in _CAPITALS.findall(text) if one not in _SHORT_NAMES]
    found += [f"crowd statistics: {one.group(0)}" for one in _CROWD.finditer(text)]
    return found
