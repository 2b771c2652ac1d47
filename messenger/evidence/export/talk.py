"""The messages of a readable record: each with its time, its writer, its words, what changed, and how far it is supported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from messenger.evidence.export import words
from messenger.evidence.export.dossier import Part, best_time, moment
from messenger.i18n import ntr, tr


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value. `quoted`: these are somebody's own words."""

    label: str
    value: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time in two forms: at the place that the record is made for, and UTC. `local` is '' where it is the same."""

    local: str
    utc: str


@dataclass(frozen=True, slots=True)
class Change:
    """A later change of a message. `text` is None when it was taken back."""

    label: str
    at: Stamp
    text: str | None


@dataclass(frozen=True, slots=True)
class Box:
    """A file that a message names, and that is not in the record."""

    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is shown. `place` is its number in the conversation; `own` when the reporter wrote it."""

    place: int
    at: Stamp
    who: str
    address: str
    own: bool
    chosen: bool
    text: str
    cut: str
    changes: tuple[Change, ...]
    boxes: tuple[Box, ...]
    assurance: str
    level: str
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A run of messages that are not shown."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Clock:
    """Shows times for one place beside UTC. `name` names the zone; with "UTC" nothing stands beside it."""

    zone: tzinfo = UTC
    name: str = "UTC"

    def stamp(self, stamp: str | None) -> Stamp:
        """Both forms of a time; a stamp that is no time stands as it was found."""
        found = moment(stamp)
        if found is None:
            return Stamp("", stamp or tr("time not known"))
        utc = f"{_clock(found.astimezone(UTC))} UTC"
        if self.name == "UTC":
            return Stamp("", utc)
        return Stamp(f"{_clock(found.astimezone(self.zone))} {self.name}", utc)

    def time(self, stamp: str | None) -> str:
        """Both forms in one."""
        both = self.stamp(stamp)
        return f"{both.local} ({both.utc})" if both.local else both.utc


def talk(part: Part, clock: Clock, other: str) -> Iterator[Message | Gap]:
    """The messages of a part in order, with what is not shown in its place. `other` is the other person's name, or ''."""
    runs = {run["from_seq"]: run for run in part.manifest["withheld"]} if part.manifest else {}
    previous = 0
    for entry in part.entries:
        seq = entry["seq"]
        # A gap has a run of its own, which begins where no entry is.
        if previous and seq > previous + 1 and previous + 1 in runs:
            yield _gap(runs[previous + 1])
        previous = seq
        if "withheld" not in entry:
            yield _message(part, entry, clock, other)
        elif seq in runs:
            yield _gap(runs[seq])


def summary(part: Part) -> str:
    """How many messages are shown, and how many not."""
    if part.manifest is None:
        return ""
    hidden = sum(run["count"] for run in part.manifest["withheld"])
    parts = [ntr("{n} message is shown.", "{n} messages are shown.", part.manifest["shown"])]
    if hidden:
        parts.append(ntr("{n} more is not shown, but counted.", "{n} more are not shown, but counted.", hidden))
    return " ".join(parts)


def _message(part: Part, item: dict[str, Any], clock: Clock, other: str) -> Message:
    own = item["dir"] == "out"
    occupant = item["occupant"]
    who = tr("The person who reports") if own else (occupant["nick"] if occupant else other)
    level = part.assurance(item)
    return Message(
        place=item["seq"],
        at=clock.stamp(best_time(item["times"])),
        who=who or tr("The other person"),
        address=item["from"],
        own=own,
        chosen=item["highlighted"],
        text=item["body"],
        cut=_cut(item),
        changes=tuple(_change(one, clock) for one in item["edits"]),
        boxes=tuple(_box(one) for one in item["media_refs"]),
        assurance=words.assurance(level, item["archive_check"]),
        level=level.value,
        notes=tuple(_notes(item)),
        warnings=tuple(words.warnings(item)),
    )


def _change(edit: dict[str, Any], clock: Clock) -> Change:
    at = clock.stamp(best_time(edit["times"]))
    if edit["kind"] == "retraction":
        return Change(tr("Taken back by its writer"), at, None)
    return Change(tr("Changed by its writer"), at, edit["body"])


def _clock(found: datetime) -> str:
    return found.strftime("%Y-%m-%d %H:%M:%S")


def _gap(run: dict[str, Any]) -> Gap:
    n = run["count"]
    text = {
        "removed": ntr("{n} message taken out by the reporter", "{n} messages taken out by the reporter", n),
        "context": ntr("{n} message not sent", "{n} messages not sent", n),
        "outside": ntr("{n} message in between, not sent", "{n} messages in between, not sent", n),
    }
    return Gap(run["from_seq"], run["to_seq"], text[run["reason"]])


def _cut(item: dict[str, Any]) -> str:
    if item["body_length"] is None:
        return ""
    return tr("The message was cut here. It had {n} characters.").format(n=item["body_length"])


def _box(media: dict[str, Any]) -> Box:
    facts = [Fact(tr("Type"), media["mime"] or tr("not said"))]
    size = media["size"]
    facts.append(Fact(tr("Size"), ntr("{n} byte", "{n} bytes", size) if size is not None else tr("not said")))
    facts += [Fact(one["alg"], one["value"]) for one in media["hashes"]]
    return Box(media["name"] or tr("file without a name"), tuple(facts))


def _notes(item: dict[str, Any]) -> Iterator[str]:
    occupant = item["occupant"]
    if occupant and occupant["jid"]:
        yield tr("Address behind the name: {address}").format(address=occupant["jid"])
    if occupant and occupant["occupant_id"]:
        yield tr("Id in the group: {id}").format(id=occupant["occupant_id"])
    if occupant and (occupant["role"] or occupant["affiliation"]):
        yield tr("Place in the group: {place}").format(
            place=", ".join(filter(None, (occupant["role"], occupant["affiliation"])))
        )
    if item["enc"] not in ("", "none"):
        yield tr("Came encrypted.")
    if len(item["edits"]) < item["edits_total"]:
        yield tr("Of {n} changes the first and the last are shown.").format(n=item["edits_total"])
