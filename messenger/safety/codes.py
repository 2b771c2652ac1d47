"""R6: the account's own password, and the four to eight digits that answer "what code did you get?".

A code is told by its shape (six digits, two groups of three, a nought in front), by what stands before it ("it is", "code:",
nothing) and by what stands behind it (nothing, "it says", and no unit). The small weights are added up; each is a fact that a
person can check in the message.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from messenger.domain.notice import Surroundings
from messenger.safety.lists import words_of
from messenger.safety.numerals import Run, runs
from messenger.safety.words import LONGEST, Text

_ENOUGH = 4
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[=:.,!?;\n\"“”]")
_BEFORE = 60
_AFTER = 24
_ASKED = words_of("code codes pin otp passcode verification verify login 2fa digits numbers fb g")
_SENDS = words_of(
    "says said saying say got sent texted typed goes enter use used verify came changed popped shows showing reads gave want wants "
    "see getting have u you ends ending confirm needs wrote reset sending hand"
)
_POINTS = words_of(
    "it its it's this that thats that's these here heres here's one mine which code number half bit last second first text"
)
_HINTS = words_of(
    "text texts sms msg message guard digit screen phone email mail app pop popped notification six security"
)
_OTHER = words_of(
    "room house page bus order shirt seat flight locker lucky track line question flat door tracking model serial area zip post "
    "country dress cheat hex morse bro source error promo discount qr bar colour color unicode ascii python"
)
_IS = words_of("is was are were r be = will")
_LEADS = _SENDS | words_of(
    "its it's thats that's heres here's this just no sure ok okay yes yeah yep yh k fine uh uhh um umm er erm hmm so like here now "
    "put try type think then to only oh hi hey mine soz sorry please pls"
)
_BAD = words_of(
    "in at of since from by the a level lvl error lego row zip until till for over about around year page line ep episode pg seat "
    "room rank top age aged under than minus plus locker gate flat bus wait costs cost paid rtx rolled hp owe ended flight train "
    "lands chapter verse gcse factor population altitude depth boss spent ran nearly almost another last every between score"
)
_FOLLOW = words_of(
    "is from use hurry i ok okay and then or twice but quick quickly lol it that thats that's for now x xx u its it's they haha i'm "
    "im pls please hope just dont don't expires came what does did as be right again ur your you can thx there good so before if "
    "why which whats what's only tho though apparently wait where btw sent idk any got go take type try work works has says said "
    "was my he she we the this think enter put in to happy done bro mate m8"
)
_UNITS = words_of(
    "people views likes followers miles mile km m ft cm mm xp coins coin points pts subs subscribers steps words calories kcal ml g "
    "kg w watts watt mah v volts hours hour hrs mins min minutes days day weeks years year yrs quid pounds pound dollars bucks yen "
    "euros euro seats lines robux vbucks fans downloads plays hp hz mhz ghz gb mb kb secs sec seconds ms metres meters rupees bc ad "
    "am pm of times percent things pages pieces bits kids pupils degrees mph kmh copies episodes chapters songs album film movie "
    "gems gold trophies elo rpm laps reps messages texts emails spam tickets players men women fish birds ducks stars diamonds "
    "bricks games kills goals runs train bus"
)
_YEAR = re.compile(r"(?:1[5-9]\d|20[0-4])\d")
_SHORT = 2
_TALK = frozenset(".!?,;\n")


class Password:
    """R6: recognises the account's own password without keeping it. The key lives as long as the process."""

    def __init__(self, password: str, key: bytes) -> None:
        self._key, self._length = key, len(password)
        self._digest = self._of(password)

    def _of(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=32).digest()

    def find(self, raw: str) -> tuple[int, int] | None:
        """Where the password stands: as a word of its own, or as the whole message."""
        for match in re.finditer(r"\S+", raw[:LONGEST]):
            if len(match.group()) == self._length and hmac.compare_digest(self._of(match.group()), self._digest):
                return match.span()
        whole = raw.strip()
        if len(whole) == self._length and hmac.compare_digest(self._of(whole), self._digest):
            return 0, len(raw)
        return None


def find(text: Text, around: Surroundings) -> tuple[int, int] | None:
    """The characters of a code that answers the other side's question, or None."""
    if not around.code_asked:
        return None
    shown = text.raw[:LONGEST]
    for run in runs(shown):
        for one in _readings(run):
            if 4 <= len(one.digits) <= 8 and _clean(one, shown) and _weight(one, shown) >= _ENOUGH:
                return one.start, one.end
    return None


def _readings(run: Run) -> Iterator[Run]:
    """The run, and its first group alone: "my code was 7215 5 minutes ago"."""
    yield run
    if len(run.groups) > 1 and len(run.groups[0]) >= 4 and run.signs[:1].isspace() and len(run.groups[1]) < 3:
        end = run.spans[0][1]
        after = " " + run.groups[1][0]
        yield replace(
            run, digits=run.groups[0], groups=run.groups[:1], spans=run.spans[:1], signs="", end=end, after=after
        )


def _counted(groups: tuple[str, ...]) -> bool:
    """Whether somebody counts up or down."""
    steps = {int(after) - int(one) for one, after in pairwise(groups)} if len(groups) >= 5 else set()
    return steps in ({1}, {-1})


def _clean(run: Run, raw: str) -> bool:
    """Whether the digits can be a code by their signs: no price, time, date, fraction, share or address part."""
    signs = {ch for ch in run.signs if not ch.isspace()}
    spelt = max(run.sizes()) == 1
    if (
        (signs - {"-", "\u2013", "\u2011", ","} and not (spelt and signs == {"."}))
        or run.before in ("/", "$", "£", "€", "#", "+", "_", "@")
        or run.plus
    ):
        return False
    if _counted(run.groups):
        return False
    if run.before in (".", ",", ":", "-") and raw[max(0, run.start - 2) : run.start - 1].isdigit():
        return False
    return not re.match(r"[%°£$€_/@x×]|[.,:\-][^\W_]", run.after)


def _weight(run: Run, raw: str) -> int:
    before = [one.casefold() for one in _WORD.findall(raw[max(0, run.start - _BEFORE) : run.start])]
    after = [one.casefold() for one in _WORD.findall(raw[run.end : run.end + _AFTER])]
    return _shape(run) + _lead(before) + _follow(after)


def _shape(run: Run) -> int:
    sizes, digits = run.sizes(), run.digits
    if len(sizes) == 1:
        if digits.endswith("00") or _YEAR.fullmatch(digits):
            return -1
        return 3 if len(digits) in (6, 8) else 2 if digits[0] == "0" else 1
    even = len(set(sizes)) == 1 or max(sizes) <= 2 or (sizes[0] == sizes[-1] == 3)
    return (3 if sum(sizes) in (6, 8) else 2) if even else 0


def _lead(before: list[str]) -> int:
    words = [one for one in before if one not in ("“", "”", '"')]
    sign = bool(words) and words[-1] in ".!?,;\n:="
    plain = [one for one in words if one[0].isalnum()][-6:]
    asked = [at for at, one in enumerate(plain) if one in _ASKED and plain[max(0, at - 1)] not in _OTHER]
    if any(at >= len(plain) - 2 for at in asked) and plain[-1] not in _BAD:
        return 4
    coded = bool(asked) or any(one in _HINTS for one in plain)
    if not words or (sign and words[-1] in _TALK):
        long = bool(words) and words[-1] == "," and len(plain) > _SHORT
        return (1 if long else 2) + coded
    if sign:
        return 2 + coded if words[-1] == ":" or coded else -1
    if words[-1] in _BAD and words[-2:-1] not in (["ends"], ["ending"]):
        return -3
    if words[-1] in _IS:
        owner = words[-2] if len(words) > 1 else "it"
        named = owner in _POINTS and (len(words) < 3 or words[-3] not in _OTHER)
        return 2 + coded if coded or named else -1
    return (2 if words[-1] in _LEADS else 0) + coded


def _follow(after: list[str]) -> int:
    if not after or not after[0][0].isalnum():
        return 1
    return -3 if after[0] in _UNITS else 1 if after[0] in _FOLLOW else -1
