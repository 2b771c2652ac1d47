"""The just-in-time rules R1 to R15, R18 and R20 over one message: pure, explainable, and about the ask, never about the person.

    rules = Rules(phrases, places=places)
    rules.look("which school do you go to?", Surroundings(Way.IN))        # (Found("R8", 0, 15),)

R16, R17 and R19 (who somebody is) are in people.py: they need no words. Nothing leaves this computer; nothing is kept;
there is no score. Sources: tips-and-notices.md a.4 of the design.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from messenger.domain.notice import Found, Surroundings, Way
from messenger.safety import address, belonging, codes, handles, harsh, ownwords, pictures, telephone, weblinks, words
from messenger.safety.codes import Password
from messenger.safety.phrases import Phrases
from messenger.safety.pictures import Places
from messenger.safety.wordlists import Lists
from messenger.safety.words import Text

INCOMING = ("R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R18")
OUTGOING = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R20")
ALWAYS = frozenset({"R6", "R14", "R15", "R16"})
"""Rules that look at the messages of known people too."""
Span = tuple[int, int]
Words = TypeVar("Words")
Finder = Callable[[Text, Surroundings], Span | None]


class Rules:
    """The rules of one language. `password` recognises the account's own password (R6); `places` are those of R7."""

    def __init__(self, phrases: Phrases, password: Password | None = None, places: Places | None = None) -> None:
        self._phrases = {Way.IN: phrases.only(INCOMING), Way.OUT: phrases.only(OUTGOING)}
        self._mild = phrases.only(one for one in OUTGOING if one != "R20")
        """What is looked at while R20 is not switched on."""
        self._password = password
        self._own = {"R1": telephone.find, **_by_lists(phrases.lists), "R6": self._secret}
        if places is not None:
            self._own["R7"] = lambda text, _around: pictures.find(places, text.raw)
        self._codes = phrases.lists.codes

    def look(self, raw: str, around: Surroundings) -> tuple[Found, ...]:
        """What the rules find in a message, in the order of the rules; for known people only what always counts."""
        text = words.read(raw)
        wanted = INCOMING if around.way is Way.IN else OUTGOING
        mild = around.way is Way.OUT and not around.harsh_words
        spoken = (self._mild if mild else self._phrases[around.way]).find_all(text)
        found = []
        for rule in wanted:
            if around.known and rule not in ALWAYS:
                continue
            one = self._one(rule, text, around, spoken)
            if one is not None:
                found.append(one)
        return tuple(found)

    def explain(self, rule: str, raw: str, around: Surroundings) -> Found | None:
        """What one rule finds, whoever it is from. Raises `KeyError` for a rule that does not look at words."""
        if rule not in (*INCOMING, *OUTGOING):
            raise KeyError(rule)
        text = words.read(raw)
        way = Way.IN if rule in INCOMING else Way.OUT
        return self._one(rule, text, around, self._phrases[way].find_all(text))

    def _one(self, rule: str, text: Text, around: Surroundings, spoken: Mapping[str, Span]) -> Found | None:
        if rule == "R15":
            link = weblinks.find(text.raw)
            return Found(rule, link.start, link.end, (("site", link.site),)) if link else None
        if rule == "R20" and not around.harsh_words:
            return None
        own = self._own.get(rule)
        span = (own(text, around) if own else None) or spoken.get(rule)
        return Found(rule, *span) if span else None

    def _secret(self, text: Text, around: Surroundings) -> Span | None:
        own = self._password.find(text.raw) if self._password else None
        return own or (codes.find(self._codes, text, around) if self._codes else None)


def _by_lists(lists: Lists) -> dict[str, Finder]:
    """The rules that read by word lists, where the language has them."""
    found: dict[str, Finder] = {"R5": lambda text, around: ownwords.find(text, around.private_words)}
    if lists.handles:
        found["R2"] = partial(_plainly, handles.find, lists.handles)
    if lists.address:
        found["R3"] = partial(address.find, lists.address)
    if lists.belonging:
        found["R4"] = partial(_plainly, belonging.find, lists.belonging)
    if lists.harsh:
        found["R20"] = partial(_plainly, harsh.find, lists.harsh)
    return found


def _plainly(
    find: Callable[[Words, Text], Span | None], lists: Words, text: Text, _around: Surroundings
) -> Span | None:
    """For a rule that does not ask what is around a message."""
    return find(lists, text)
