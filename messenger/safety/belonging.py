"""R4: the name of one's own school or club: words of belonging with a name, whether written large or small.

Two facts are needed: a word of belonging ("I go to", "I'm at", "our school is", "year 9 at", "I play for") and a name near it. A
name is a word that is not an ordinary one before "school", "academy", "FC", "scouts" and the like, or a word written large.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from messenger.safety.words import LONGEST, Text

_OWN = re.compile(
    r"""\b(?:
      (?P<sure>
          (?:pupil|student|freshman|sophomore|prefect|boarder|head[ ]?(?:boy|girl)|captain|monitor)[ ]+(?:at|of)
        |(?:year|yr|y|grade|form|class)[ ]*(?:\d+|[a-z]+)?[ ]+(?:(?:student|pupil)[ ]+)?at
        |(?:i|we)(?:'m|[ ]+am)?[ ]+(?:(?:now|also|currently)[ ]+)?(?:attend|board|boarding|study|studying)(?:[ ]+\w+)?[ ]+at
        |(?:i|we)[ ]+attend|im[ ]+(?:boarding|studying|starting|enrolled|a[ ]+boarder)[ ]+at
        |(?:i|we)[ ]+(?:just[ ]+|only[ ]+)?(?:started|start|finish|finished)[ ]+at|(?:i|we)[ ]+get[ ]+out[ ]+of
        |attending|boarding[ ]+at|studying[ ]+at|(?:yr|year|y)[ ]*\d+[ ]+(?:student|pupil|kid)[ ]*,)
      |(?P<place>
          (?:i|we|ye|yh|u|also|and)[ ]+(?:(?:still|now|also|both|all|just|actually)[ ]+)?
          (?:go|goes|went|study|train|swim|skate|board|boarded|volunteer|coach)(?:[ ]+(?:to|at|with|for|in))?
        |(?:i|we)[ ]+(?:(?:now|also|currently)[ ]+)?
          (?:attend|joined|started[ ]+at|start[ ]+at|got[ ]+into|moved[ ]+to|transferred[ ]+to|play\w*|row|run|sing|dance|box
            |fence|bowl|race|ride|compete|keep[ ]+goal|do|captain|am|was|cheer|represent|volunteer)
          (?:[ ]+\w+){0,2}?(?:[ ]+(?:for|with|at|in|to|from))?
        |(?:im|i'm|i[ ]am|am|we're|we[ ]are|we[ ]r|were|me[ ]n|hi[ ]im)
          (?:[ ]+(?:still|now|also|both|all|currently|boarding|studying|starting|back))?
          (?:[ ]+(?:at|in|from|with|w/|of|a|an|the))
        |(?:im|i'm|we[ ]r|we're|we[ ]are|i[ ]am)(?=[ ]+(?:the[ ]+)?\w+)
        |(?:starting|start|started|boarding|studying|currently[ ]at|enrolled|practice|training|lessons|rehearsal|sessions?)
          [ ]+(?:is[ ]+|are[ ]+)?(?:at|with|in)
        |(?:pupil|student|freshman|sophomore|junior|senior|member|prefect|captain|goalie|goalkeeper|boarder)[ ]+(?:at|of|in|for)
        |(?:year|yr|y|grade|form|class|set)[ ]*(?:\w+|\d+)[ ]+(?:(?:student|pupil)[ ]+)?(?:at|in)
        |(?:yr|year|y)[ ]*\d+(?:[ ]+(?:student|pupil|kid))?[ ]*,?
        |(?:first|last|my|our)[ ]+(?:\w+[ ]+)?(?:week|day|year|term|lesson)[ ]+at
        |(?:see|meet|find|catch)[ ]+(?:me|u|you|us)[ ]+(?:\w+[ ]+){0,3}?at)
      |(?P<named>
          (?:my|our|mine)[ ]+(?:\w+[ ]+){0,2}?
          (?:school|high[ ]?school|skool|college|academy|club|team|gym|dojo|uni|sixth[ ]form|nursery|troop|squad|choir|band
            |stables|place)(?:'s|s)?(?:[ ]+name)?
          (?:[ ]+(?:is|was|called|named|its|it's|=))*)
      |(?P<mine>mine(?:'s|s)?(?:[ ]+(?:is|was))?)
      |(?P<called>
          (?:school|skool|college|academy|club|team)(?:[ ]+(?:is|thats|that's|its))?[ ]+(?:called|named|name[ ]is)
        |^(?:school|uni|college|club|team)[ ]*(?=[:=])
        |(?:school|club|team|college|uni)[ ]+(?:that[ ]+)?(?:i|we)[ ]+(?:go[ ]+to|play[ ]+for|attend)[ ]+is)
    )(?![\w'’])""",
    re.I | re.X,
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_SCHOOLISH = re.compile(r"\b(?:school|yr|year \d|y\d|uniform|form|secondary|sixth form|in \d{1,2}[a-z])\b", re.I)
_TROOP = re.compile(
    r"\b(?:scouts?|guides?|brownies?|cubs?|beavers?|rainbows?|cadets?)\b[^.!?\n]{0,12}?\b\d{1,3}(?:st|nd|rd|th) [^\W\d_]{4,20}",
    re.I,
)
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|[,.;:!?\n()\"“”]")
_GOES = re.compile(
    r"\b(?:[Ii]|[Ww]e|me n \w+|me and \w+) (?:(?:both|all|also|now) )?go(?:es)? to "
    r"((?:St\.? )?[A-Z][a-z]{3,20}(?: [A-Z][a-z]{3,20})?)(?=$|[.,!?;)]| too| and| as well| w| in y| so| with| but)"
)
_MOVES = re.compile(
    r"\b(?:leav(?:e|ing)|starting|joining|got into|moving to|moved to|transferr(?:ed|ing) to|back at|enrolled (?:at|in)"
    r"|accepted (?:at|into)"
    r"|(?:under \d\ds?|u\d\ds?|first team|seconds|squad) (?:at|for)"
    r"|(?:a ?levels|gcses|btecs?|leaving cert|exams|in \d{1,2}[A-Za-z]|form \d|head (?:boy|girl)|prefect) (?:at|in)"
    r"|won sports day at|suspended from|expelled from) "
    r"((?:St\.? )?[A-Z][a-z]{3,20}(?: [A-Z][a-z]{3,20}){0,2})"
)
_TERMS = re.compile(
    r"\b(?:school|yrs|year \d|sixth form|uniform|teachers?|class|exams?|gcses?|a levels?|under \d\ds?|u\d\ds?"
    r"|term|primary|college|form \d|in \d{1,2}[a-z]|head boy|head girl|prefect)\b",
    re.I,
)
_COHORT = re.compile(
    r"\b(?:[sypk]\d{1,2}|yr ?\d{1,2}|year \d{1,2}|grade \d{1,2}|class of \d{4}|[1-6](?:st|nd|rd|th) (?:year|class))\b",
    re.I,
)
_CREW = re.compile(
    r"\b(?:i|we|im|i'm|we're) (?:(?:\w+ ){0,2}?)(?:for|with|in) (?:the )?([^\W\d_]{4,20}) ([^\W\d_]{4,10})\b", re.I
)
_I_MADE = re.compile(r"\b(?:i|we) made (?:the|varsity|jv|first|it|team|squad|into)\b", re.I)
_LOW_GOES = re.compile(
    r"\b(?:i|we|me n \w+|me and \w+) (?:(?:both|all|also|now|still) )?go to ([a-z]{6,16})(?=$|[.,!?;)]| too| and| as well| so| but| lol)",
    re.I,
)
_REACH = 7
_FEW = 8
"""Words of an answer that says no more than a school and a year: "Oakfield Academy, s3"."""
_NEAREST = 2
Token = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language that this rule reads by: the lists `belonging` of assets/phrases."""

    schools: frozenset[str]
    clubs: frozenset[str]
    plain: frozenset[str]
    fiction: frozenset[str]
    theirs: frozenset[str]
    past: frozenset[str]
    self: frozenset[str]
    me: frozenset[str]
    veto: frozenset[str]
    kinds: frozenset[str]
    inner: frozenset[str]
    ordinary: frozenset[str]
    leads: frozenset[str]
    away: frozenset[str]
    famous: frozenset[str]
    behind: frozenset[str]
    heads: frozenset[str]
    gate: frozenset[str]
    animals: frozenset[str]
    """What teams are called: "i play for the Oakfield Tigers"."""
    endings: frozenset[str]
    """What names of places often end in: one of them behind "I go to" is a school more often than not."""
    between: frozenset[str]


def find(w: Words, text: Text) -> tuple[int, int] | None:
    """The characters from the word of belonging to the name, or None."""
    raw = text.raw[:LONGEST]
    words = {one.text for one in text.words}
    if words & (w.fiction | {"station", "pancras"}):
        return None
    if not (words & w.schools or words & w.clubs or words & w.gate):
        return None
    shown = raw.replace("’", "'")
    schoolish = bool(_SCHOOLISH.search(shown)) and "after school" not in shown.casefold()
    for match in _OWN.finditer(shown):
        if _spoiled(w, shown, match):
            continue
        tokens = [(one.group(), one.start(), one.end()) for one in _WORD.finditer(shown, match.end(), match.end() + 90)]
        if (match["named"] and not _linked(match, shown, schoolish)) or {
            one[0].casefold() for one in tokens[:2]
        } & w.famous:
            continue
        span = _named(w, tokens, _linked(match, shown, schoolish), bool(match["mine"]))
        if span:
            return match.start(), span
    if words.isdisjoint(w.schools) and words.isdisjoint(w.clubs) and words.isdisjoint(w.kinds):
        troop = _crew(w, shown, words)
        return troop.span() if troop else None
    troop = _TROOP.search(shown) or _crew(w, shown, words)
    return _spelt(w, text) or _before(w, shown) or _institution(w, shown) or (troop.span() if troop else None)


def _crew(w: Words, raw: str, words: set[str]) -> re.Match[str] | None:
    """A team by its animal, or a name written large after "I go to"."""
    if not words.isdisjoint(w.animals) and not words & {"watched", "beat", "saw", "fan", "support", "like"}:
        crew = next((one for one in _CREW.finditer(raw) if one[2].casefold() in w.animals), None)
        if crew and _is_name(w, crew[1]):
            return crew
    if "go" in words:
        low = _LOW_GOES.search(raw)
        ends = low is not None and low[1].casefold().endswith(tuple(w.endings))
        if low and ends and low[1].casefold() not in w.away | w.plain | w.endings:
            return low
    goes = _GOES.search(raw) if words & {"go", "goes"} else None
    goes = goes or (_MOVES.search(raw) if _TERMS.search(raw) else None)
    named = goes is not None and goes[1].split()[0].casefold() not in w.away | w.plain
    return goes if named and not words & (w.theirs - {"sister", "brother", "friend", "mate"}) else None


def _linked(match: re.Match[str], raw: str, schoolish: bool) -> bool:
    """Whether what follows is said to be the name, so that no word for a school is needed."""
    if match["named"]:
        last = match.group().casefold().split()[-1]
        return (
            last in ("is", "was", "called", "named", "its", "it's", "=")
            or last.endswith("'s")
            or raw[match.end() : match.end() + 2].lstrip()[:1] in (":", "=", "(", ",", "?")
        )
    if match["called"] or match["sure"]:
        return True
    return schoolish and match.group().casefold().split()[-1] in ("at", "to")


def _spoiled(w: Words, raw: str, match: re.Match[str]) -> bool:
    """Whether the words before or around say that it is another's, a wish or a tale."""
    before = {
        one.casefold()
        for one in re.findall(r"[^\W_]+(?:'[^\W_]+)?", raw[max(0, match.start() - 30) : match.start()])[-4:]
    }
    inside = {one.casefold() for one in match.group().split()}
    return bool((before | inside) & ({"fav", "favourite"} | w.theirs | w.past)) or bool(
        before & {"fav", "favourite", "wanna", "wish", "if", "not", "dont", "don't", "when", "back"}
    )


def _named(w: Words, tokens: list[Token], called: bool, mine: bool) -> int:
    """Where the name that follows ends, or 0."""
    reading = _Reading(w, tokens, called, mine)
    for at in range(min(_REACH, len(tokens))):
        word = tokens[at][0]
        found = reading.sign(at, word) if not word[0].isalnum() else reading.word(at, word)
        if found is not None:
            return found
    return 0


class _Reading:
    """The words after a word of belonging, read one by one. A step says where the name ends, 0 for no name, None to go on."""

    def __init__(self, w: Words, tokens: list[Token], called: bool, mine: bool) -> None:
        self._w = w
        self._tokens, self._called, self._mine = tokens, called, mine
        self._name: list[str] = []
        self._asked = False
        """A word for a school was seen before the name: "a school named ..."."""

    def sign(self, at: int, word: str) -> int | None:
        """A sign between the words: a comma or a bracket may stand before or inside a name."""
        inside = (
            word == ","
            and at < 4
            and (self._name or (self._called and not at))
            and _kind_follows(self._w, self._tokens, at + 1)
        )
        before = word in '("“:,?' and self._called and not self._name
        return None if word in "(:" or inside or before else 0

    def word(self, at: int, word: str) -> int | None:
        """A word: of the name, for the kind of school, or an ordinary one."""
        low = word.casefold()
        kind = low.removesuffix("'s")
        if self._name and kind in self._w.schools | self._w.clubs:
            return _longer(self._w, self._tokens, at)
        led = self._led(at, low, kind)
        if led:
            return led
        if kind in self._w.schools | self._w.clubs | {"number"}:
            self._asked = True
            if self._next(at).casefold() in self._w.between:
                return None
            if kind in self._w.schools and not self._called:
                return 0
        if self._called and not self._name and low in self._w.plain and low not in self._w.leads:
            return self._two_large(at)
        return self._part(at, word, low)

    def _led(self, at: int, low: str, kind: str) -> int:
        """A name that begins with its kind: "St Ann", "PS 12", "Academy of Lee", "Gaelscoil na Mara"."""
        after = self._next(at)
        if (low in ("st", "saint") and _is_name(self._w, after)) or (low == "ps" and after.isdigit()):
            return self._tokens[at + 1][2]
        far = at + 2 < len(self._tokens) and kind in self._w.heads and after.casefold() in ("of", "na", "de", "an")
        return self._tokens[at + 2][2] if far else 0

    def _part(self, at: int, word: str, low: str) -> int | None:
        if not _is_name(self._w, word):
            return 0 if (self._name and not self._asked) or low.endswith("ing") else None
        self._name.append(word)
        after = self._next(at)
        if low.endswith("ing"):
            return self._two_large(at) or None
        large = _large(word) and (self._called or self._mine or (self._asked and at <= 4))
        ends = (
            self._called
            and (not after[:1].isalnum() or after.casefold() in self._w.behind)
            and len(self._name) <= 2
            and at < 3
            and not low.endswith("ed")
        )
        return self._tokens[at][2] if large or ends else self._two_large(at) or None

    def _two_large(self, at: int) -> int:
        after = self._next(at)
        return self._tokens[at + 1][2] if _large(self._tokens[at][0]) and after and _large(after) else 0

    def _next(self, at: int) -> str:
        return self._tokens[at + 1][0] if at + 1 < len(self._tokens) else ""


def _kind_follows(w: Words, tokens: list[Token], at: int) -> bool:
    after = [one[0].casefold() for one in tokens[at : at + 3]]
    return any(one in w.schools or one in w.clubs for one in after) or bool(after and tokens[at][0][0].isupper())


def _longer(w: Words, tokens: list[Token], at: int) -> int:
    """The end of the name with the words for kinds of schools behind it: "high school"."""
    while at + 1 < len(tokens) and tokens[at + 1][0].casefold() in w.schools | w.clubs:
        at += 1
    return tokens[at][2]


def _is_name(w: Words, word: str) -> bool:
    low = word.casefold()
    base = low.removesuffix("'s").removesuffix("'")
    return len(low) > 2 and low[0].isalpha() and base not in w.plain and base not in w.schools and low not in w.plain


def _large(word: str) -> bool:
    return word[0].isupper() and len(word) > 1 and not word.startswith("I'")


def _institution(w: Words, raw: str) -> tuple[int, int] | None:
    """A school or club by its full name, in a sentence about oneself: "pick me up from Oakfield High"."""
    for sentence in _SENTENCE.finditer(raw):
        tokens = [
            (one.group(), one.start(), one.end()) for one in _WORD.finditer(raw, sentence.start(), sentence.end())
        ]
        low = {one[0].casefold() for one in tokens}
        made = {"made"} if _I_MADE.search(sentence.group()) else set()
        own = low & w.self or (len(tokens) <= _FEW and _COHORT.search(sentence.group()))
        if not own or low & (w.veto - made) or (low & (w.theirs - {"teacher"}) and not low & w.me):
            continue
        for at in range(1, len(tokens)):
            kind = tokens[at][0].casefold().removesuffix("'s")
            first = at - 1
            while kind in w.kinds and first and tokens[first][0].casefold() in w.inner and first > at - 4:
                first -= 1
            if (
                kind in w.kinds
                and _is_name(w, tokens[first][0])
                and tokens[first][0].casefold() not in w.clubs | w.ordinary
            ):
                return tokens[first][1], _longer(w, tokens, at)
    return None


def _spelt(w: Words, text: Text) -> tuple[int, int] | None:
    """A name written letter by letter after the word for a school: "my school is b r i a r"."""
    words = text.words
    for at, one in enumerate(words):
        if one.end - one.start >= 2 * len(one.text) - 1 and len(one.text) > 3:
            before = {two.text for two in words[max(0, at - 4) : at]}
            if before & (w.schools | w.clubs) and before & {"is", "called", "my", "our", "at", "to"}:
                return one.start, one.end
    return None


_FRONT = re.compile(
    r"\b([^\W\d_][\w']{2,20}(?: [^\W\d_][\w']{2,20})?) (?:(?:high|primary|junior|middle|secondary|elementary|grammar|prep) ?)?"
    r"(?:school|skool|academy|college|primary|elementary|juniors|infants|grammar|comp|prep|high|fc|rfc|scouts|guides)"
    r"(?:,| is| thats| that's)? (?:where i|my school|is mine|is my|is our|for me|pupil|student|year \d|yr ?\d)", re.I,
)  # fmt: skip


def _before(w: Words, raw: str) -> tuple[int, int] | None:
    """A name in front of the word of belonging: "Fernbank elementary is where I go"."""
    match = _FRONT.search(raw)
    return match.span() if match and any(_is_name(w, one) for one in match[1].split()) else None
