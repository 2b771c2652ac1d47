"""Puts kept notices into words: the sentence and the buttons of the rule, translated, with its places filled in."""

from __future__ import annotations

from messenger.domain.notice import Found, Notice, NoticeButton, NoticeSeen, Pause
from messenger.i18n import trd
from messenger.safety.notices import Notices, NoticeWords
from messenger.storage.notices import Kept

URGENT = "R14"
DISMISS = "dismiss"
PEEKS = frozenset({"ways_out", "who_can_help", "meet_safely", "money_safely", "show_both", "copy"})
"""Buttons that show something and leave the notice where it is: the others may still be wanted."""
_NO_REST = "R6"


def notice(words: Notices, kept: Kept) -> Notice:
    """A kept notice as the window shows it."""
    rule = words.rule(kept.rule)
    text, why = _filled(rule, kept.places)
    return Notice(
        id=kept.id,
        conversation=kept.conversation,
        rule=kept.rule,
        text=text,
        why=why,
        matched=kept.matched,
        buttons=_buttons(rule),
        at=kept.at,
        message=kept.message,
        link=kept.matched if kept.rule == "R15" else "",
        urgent=kept.rule == URGENT,
        state=kept.state,
        useful=kept.useful,
    )


def pause(words: Notices, conversation: int, found: Found, raw: str, id: int) -> Pause:
    """A finding in words that are about to go out."""
    rule = words.rule(found.rule)
    text, why = _filled(rule, found.places)
    return Pause(
        conversation=conversation,
        rule=found.rule,
        text=text,
        why=why,
        matched=raw[found.start : found.end],
        buttons=_buttons(rule),
        without=without(raw, found.start, found.end),
        can_rest=found.rule != _NO_REST,
        id=id,
    )


def seen(words: Notices, kept: Kept) -> NoticeSeen:
    """A line of "Notices I have seen"."""
    rule = words.rule(kept.rule)
    label = next((one.label for one in rule.actions if one.id == kept.action), "")
    return NoticeSeen(
        id=kept.id,
        conversation=kept.conversation,
        chat=kept.chat,
        rule=kept.rule,
        text=_filled(rule, kept.places)[0],
        at=kept.at,
        state=kept.state,
        action=trd(label) if label else "",
        useful=kept.useful,
    )


def without(raw: str, start: int, end: int) -> str:
    """The message with some of its characters taken out; one gap is left where two would be."""
    before, after = raw[:start], raw[end:]
    # A sign that leans on what goes has no meaning without it: +44 ..., (020) ..., @name.
    while before[-1:] and before[-1] in "+(@#":
        if before[-1] == "(" and after[:1] == ")":
            after = after[1:]
        before = before[:-1]
    if before[-1:].isspace() and (after[:1].isspace() or not after):
        before = before.rstrip(" ")
        after = after if after[:1].isspace() else ""
    return (before + after).strip()


def _filled(rule: NoticeWords, places: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """The words with their places put in one after the other: a name with braces in it stays a name."""
    found = []
    for words in (trd(rule.text), trd(rule.why)):
        parts = words.split("{")
        filled = [parts[0]]
        for part in parts[1:]:
            name, _, rest = part.partition("}")
            filled += [dict(places).get(name, ""), rest]
        found.append("".join(filled))
    return found[0], found[1]


def _buttons(rule: NoticeWords) -> tuple[NoticeButton, ...]:
    return tuple(NoticeButton(one.id, trd(one.label)) for one in rule.actions)
