"""The words of the just-in-time notices: a file of assets/notices/, one plain sentence and a few actions for each rule.

    notices = load(resources.read("notices/en-GB.json"), "notices/en-GB.json")
    notices.rule("R8").text        # "This message asks about you."

Words only: when a rule fires is decided by the rules themselves. A notice speaks of the message, never of the person
who wrote it. Every `text`, `why` and `label` is a msgid; named places such as {site} are filled in after translation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from messenger.domain.datafile import Reader, open_reader

RULES = tuple(f"R{number}" for number in range(1, 21))
PLACES = frozenset({"site", "name", "address"})


@dataclass(frozen=True, slots=True)
class NoticeAction:
    """A button. `id` is what the window does."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """One rule. `direction`: in or out. `always`: shown even beyond the limits. `known`: also for people one knows.
    `places` are the named places in the words. `actions` in the order on screen; none is the default."""

    id: str
    direction: str
    always: bool
    known: bool
    text: str
    why: str
    places: tuple[str, ...]
    actions: tuple[NoticeAction, ...]
    also: tuple[NoticeWords, ...] = ()
    """Words of the same rule for another fact, such as R16.picture."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`chat_hours`: one notice a chat in this time. `day`: notices a day in all. After `not_useful` answers "not useful" a
    rule is quiet for `quiet_days`."""

    chat_hours: int
    day: int
    not_useful: int
    quiet_days: int


@dataclass(frozen=True, slots=True)
class Notices:
    """A whole file of notice words."""

    id: str
    lang: str
    version: int
    limits: Limits
    rules: tuple[NoticeWords, ...]

    def rule(self, id: str) -> NoticeWords:
        """A rule's words, or those of a fact of it (R16.picture). Raises `KeyError`."""
        for one in self._all():
            if one.id == id:
                return one
        raise KeyError(id)

    def words(self) -> list[tuple[str, str]]:
        """(id, words) of everything to be translated and held to the reading grade."""
        found = {(one.id, words): None for one in self._all() for words in (one.text, one.why)}
        found |= {(action.id, action.label): None for one in self._all() for action in one.actions}
        return list(found)

    def _all(self) -> Iterator[NoticeWords]:
        for one in self.rules:
            yield one
            yield from one.also


def load(data: bytes, file: str) -> Notices:
    """The notices in `data`. Raises `AssetRefused` naming `file` and the id."""
    top = open_reader(data, file)
    limits = top.child("limits")
    assert limits is not None
    labels = dict(_label(one) for one in top.children("actions"))
    used: set[str] = set()
    notices = Notices(
        top.text("id"),
        top.text("lang"),
        top.whole("version", least=1),
        Limits(*(limits.whole(key, least=1, most=365) for key in ("chat_hours", "day", "not_useful", "quiet_days"))),
        tuple(_rule(one, labels, used) for one in top.children("rules")),
    )
    limits.done()
    top.done()
    if tuple(one.id for one in notices.rules) != RULES:
        top.refuse("the rules must be R1 to R20, in this order")
    if unused := sorted(set(labels) - used):
        top.refuse(f"nobody uses the action '{unused[0]}'")
    return notices


def _label(reader: Reader) -> tuple[str, str]:
    label = reader.text("id"), reader.text("label")
    reader.done()
    return label


def _rule(reader: Reader, labels: dict[str, str], used: set[str]) -> NoticeWords:
    direction = reader.word("direction", ("in", "out"))
    rule = _words(reader, labels, used, direction, reader.yes("always"), reader.yes("known"))
    also = []
    for one in reader.children("also", required=False):
        if not one.id.startswith(f"{rule.id}."):
            reader.refuse(f"'{one.id}' is no fact of this rule")
        also.append(_words(one, labels, used, direction, rule.always, rule.known))
        one.done()
    reader.done()
    return replace(rule, also=tuple(also))


def _words(
    reader: Reader, labels: dict[str, str], used: set[str], direction: str, always: bool, known: bool
) -> NoticeWords:
    actions = reader.texts("actions", required=True)
    for one in actions:
        if one not in labels:
            reader.refuse(f"unknown action '{one}'")
    used.update(actions)
    words = NoticeWords(
        id=reader.text("id"),
        direction=direction,
        always=always,
        known=known,
        text=reader.text("text"),
        why=reader.text("why"),
        places=reader.texts("places"),
        actions=tuple(NoticeAction(one, labels[one]) for one in actions),
    )
    _check_places(reader, words)
    return words


def _check_places(reader: Reader, rule: NoticeWords) -> None:
    for place in rule.places:
        if place not in PLACES:
            reader.refuse(f"unknown place '{place}'")
        if "{" + place + "}" not in rule.text + rule.why:
            reader.refuse(f"the words have no {{{place}}}")
    found = {part.split("}")[0] for words in (rule.text, rule.why) for part in words.split("{")[1:]}
    if unknown := sorted(found - set(rule.places)):
        reader.refuse(f"the words have an unknown {{{unknown[0]}}}")
