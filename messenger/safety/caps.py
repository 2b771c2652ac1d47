"""How many notices a person gets: a pure rule over what was shown already, so that help stays rare and the gravest comes through.

    may_show("R12", here={"R8": 1}, today={"R8": 1, "R18": 1}, day=3)       # True: graver than what this chat showed

The design's limits are one notice a chat in 24 hours and three a day in all; R14 and R15 are beyond them and never come here.
Taken by the letter, "why don't you answer" in the morning would hide "send me a picture, it is our secret" of the same chat in
the afternoon: whoever begins mildly, as most do who press others, would use up the help against what follows. So there are
steps, and a limit speaks of notices that are as grave or graver:

- a chat shows one notice of each step in its time, and no milder one after a graver one;
- there are never more than three a day in all, and each step leaves one place for each graver one. Without that, mild ones
  of three lively chats would hide what is asked in a fourth one for a whole day.

The steps are about the words or the fact, never about a person, and there is no score: a step is fixed by the rule.
"""

from __future__ import annotations

from collections.abc import Mapping

from messenger.safety.people import NEW_PICTURE

STEPS = (
    frozenset({NEW_PICTURE}),
    frozenset({"R8", "R9", "R18"}),
    frozenset({"R10", "R11", "R12", "R13", "R16", "R19"}),
)
"""A fact about a friend; what asks or presses; a secret, a meeting, a picture, money, and who may not be who they seem."""
CAPPED = frozenset[str]().union(*STEPS)


def step(rule: str) -> int:
    """How grave a rule is, from 0. Raises `KeyError` for a rule that no limit holds back."""
    for number, rules in enumerate(STEPS):
        if rule in rules:
            return number
    raise KeyError(rule)


def may_show(rule: str, here: Mapping[str, int], today: Mapping[str, int], day: int) -> bool:
    """Whether there is room for a notice of this rule.

    `here` says how often each rule was shown in its chat in the chat's time, `today` the same of all chats in a day; rules
    that no limit holds back count for nothing. `day`: how many a day in all.
    """
    mine = step(rule)
    if any(count and step(one) >= mine for one, count in here.items() if one in CAPPED):
        return False
    kept_free = len(STEPS) - 1 - mine
    return sum(count for one, count in today.items() if one in CAPPED) < max(1, day - kept_free)
