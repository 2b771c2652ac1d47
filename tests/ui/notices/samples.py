"""Notices made of the real words in assets/notices, for tests and pictures."""

from __future__ import annotations

from messenger import resources
from messenger.domain.notice import Notice, NoticeButton, NoticeSeen, Pause
from messenger.safety.notices import load

WORDS = load(resources.read("notices/en-GB.json"), "notices/en-GB.json")
_PLACES = {"site": "example.net", "name": "Ann Lee", "address": "ann@other.example"}
_MATCHED = {"R8": "what is your phone number", "R14": "or I will tell", "R15": "http://example.net/a.exe"}


def _buttons(rule: str) -> tuple[NoticeButton, ...]:
    return tuple(NoticeButton(one.id, one.label) for one in WORDS.rule(rule).actions)


def incoming(rule: str, id: int = 7, conversation: int = 1, message: int | None = 2, **more) -> Notice:
    """A notice about a message that came."""
    words = WORDS.rule(rule)
    matched = more.pop("matched", _MATCHED.get(rule, "" if rule in {"R16", "R18", "R19"} else "some words"))
    return Notice(
        id, conversation, rule, words.text.format(**_PLACES), words.why.format(**_PLACES), matched, _buttons(rule),
        "2026-11-24T16:14:00.000Z", message, more.pop("link", matched if rule == "R15" else ""), rule == "R14", **more,
    )  # fmt: skip


def a_pause(rule: str, text: str, matched: str, conversation: int = 1, id: int = 3) -> Pause:
    """Something to ask before `text` goes out."""
    words = WORDS.rule(rule)
    left = " ".join(text.replace(matched, "").split())
    return Pause(conversation, rule, words.text, words.why, matched, _buttons(rule), left, rule != "R6", id)


def seen_rows() -> list[NoticeSeen]:
    """Some lines of "Notices I have seen"."""
    made = []
    for number, (rule, state, action, useful) in enumerate(
        (
            ("R8", "acted", "Ways to say no", True), ("R14", "acted", "Who can help now?", None),
            ("R10", "dismissed", "", False), ("R1", "acted", "Take it out", None), ("R16", "shown", "", None),
        )
    ):  # fmt: skip
        text = WORDS.rule(rule).text.format(**_PLACES)
        made.append(
            NoticeSeen(
                5 - number,
                1,
                "Kai Rivers",
                rule,
                text,
                f"2026-11-2{4 - number // 2}T1{number}:14:00.000Z",
                state,
                action,
                useful,
            )
        )
    return made
