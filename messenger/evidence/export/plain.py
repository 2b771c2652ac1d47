"""The readable record as plain text, for a screen reader, a terminal or a sheet of paper. Same content as the page.

Lines of somebody's words each begin with a mark, so that no message can pass for a line of the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from messenger.evidence.export.record import Record
from messenger.evidence.export.talk import Fact, Gap, Message, Stamp
from messenger.evidence.export.xmltext import visible
from messenger.i18n import tr

_QUOTE = "    | "


def record_text(record: Record) -> bytes:
    """The text, as UTF-8 with a newline at its end."""
    return "\n".join(_lines(record)).encode("utf-8") + b"\n"


def _lines(record: Record) -> Iterator[str]:
    yield from _title(f"{record.title} {record.number}", "=")
    yield from _facts(record.head)
    yield from _title(tr("How to read this record"))
    yield from record.how
    yield tr("A line that begins with | holds somebody's own words.")
    yield from _title(tr("What is reported"))
    yield from _facts(record.matter)
    yield from _title(tr("Messages"))
    yield from _messages(record.summary, record.messages)
    for one in record.later:
        yield from _title(tr("Added later"))
        yield from _facts(one.facts)
        yield from _messages(one.summary, one.messages)
    if record.answers:
        yield from _title(tr("Questions that the reporter answered"))
        for fact in record.answers:
            yield from (*_words(fact.label), *_quoted(fact.value))
    yield from _title(tr("Who reports"))
    yield from _facts(record.person)
    yield from _title(tr("What this record shows, and what it does not"))
    yield from record.proof
    yield from _title(tr("How to check it"))
    yield from _facts(record.check)


def _messages(summary: str, messages: Iterable[Message | Gap]) -> Iterator[str]:
    if summary:
        yield summary
    for one in messages:
        yield ""
        yield from [_gap(one)] if isinstance(one, Gap) else _message(one)


def _title(words: str, line: str = "-") -> Iterator[str]:
    shown = visible(words)
    if line == "-":
        yield ""
    yield from (shown, line * len(shown))


def _facts(facts: Iterable[Fact]) -> Iterator[str]:
    for one in facts:
        if one.quoted:
            yield f"{visible(one.label)}:"
            yield from _quoted(one.value)
        else:
            yield f"{visible(one.label)}: {visible(one.value)}"


def _message(one: Message) -> Iterator[str]:
    marks = f" [{tr('Chosen')}]" if one.chosen else ""
    yield f"{one.place}  {_stamp(one.at)}{marks}"
    yield from _words(tr("From: {who} ({address})").format(who=one.who, address=one.address))
    yield from _quoted(one.text)
    if one.cut:
        yield f"    {one.cut}"
    for box in one.boxes:
        yield f"    {tr('File, named only:')}"
        yield from _quoted(box.name)
        yield from (f"      {visible(fact.label)}: {visible(fact.value)}" for fact in box.facts)
    for change in one.changes:
        yield f"    {change.label}, {_stamp(change.at)}"
        if change.text is not None:
            yield from _quoted(change.text)
    yield from (f"    {tr('Take care:')} {words}" for words in one.warnings)
    yield f"    {one.level}: {one.assurance}"
    yield from (f"    {part}" for words in one.notes for part in _words(words))


def _gap(one: Gap) -> str:
    places = str(one.first) if one.first == one.last else f"{one.first}-{one.last}"
    return f"--- {places}: {one.text} ---"


def _stamp(at: Stamp) -> str:
    return visible(f"{at.local} ({at.utc})" if at.local else at.utc)


def _words(text: str) -> Iterator[str]:
    """A line of ours with somebody's words in it: it stays one line."""
    yield " ".join(visible(text).split("\n"))


def _quoted(text: str) -> Iterator[str]:
    yield from (f"{_QUOTE}{line}".rstrip() for line in visible(text).split("\n"))
