"""The messages of a report as the officer's page shows them: how far each is vouched for, what was found, what changed later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from messenger.desk.moments import clock_time, day, from_rfc3339
from messenger.domain.lookalike import nick_skeleton
from messenger.evidence.visible import escaped
from messenger.i18n import ntr, tr

Names = tuple[str, str]
"""What the reporter and the reported party are called."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What this desk found out about a line by itself: a level above the reporter's word, or a finding (level '')."""

    level: str
    words: str


Marks = Mapping[int, Sequence[Mark]]
"""By a line's `seq`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a line that an officer must see. `good` None is for a person to weigh."""

    good: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """A later change of a line. `words` is empty when it was taken back."""

    at: str
    said: str
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A message of the evidence, or a run of lines that are not shown (`withheld` says so in words)."""

    assurance: str = ""
    meaning: str = ""
    time: str = ""
    day: str = ""
    name: str = ""
    place: str = ""
    incoming: bool = False
    body: str = ""
    chosen: bool = False
    findings: tuple[Finding, ...] = ()
    history: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a room, by the room's own stable id where it gave one. `alike` are others whose name this one can be taken for."""

    names: str
    place: str
    address: str
    id: str
    alike: str = ""


def meaning(level: str) -> str:
    """What a mark of assurance says."""
    return {
        "A3r": tr("this desk read it in the public room's archive"),
        "A3": tr("sent to us by the reporter's own server"),
        "A2": tr("the reporter's program says that its server's archive has it"),
        "A1": tr("in the journal of the reporter's program before the report was made"),
        "A0": tr("only the report says so"),
    }.get(level, level)


def lines(
    manifest: Mapping[str, Any], entries: Sequence[dict[str, Any]], names: Names, marks: Marks | None = None
) -> list[Line]:
    """The evidence in order; runs that are not shown stay countable."""
    found: list[Line] = []
    runs = {run["from_seq"]: run for run in manifest["withheld"]}
    last = 0
    for entry in entries:
        seq = entry["seq"]
        # A gap between two entries is a run of its own, which begins after the entry before it.
        if last and seq > last + 1 and last + 1 in runs:
            found.append(Line(withheld=_withheld(runs[last + 1])))
        last = seq
        if "withheld" in entry:
            if seq in runs:
                found.append(Line(withheld=_withheld(runs[seq])))
            continue
        found.append(_line(entry, names, (marks or {}).get(seq, ())))
    return found


def _withheld(run: dict[str, Any]) -> str:
    n = run["count"]
    words = {
        "removed": ntr("{n} message taken out by the reporter", "{n} messages taken out by the reporter", n),
        "context": ntr("{n} message not sent", "{n} messages not sent", n),
        "outside": ntr("{n} message between, not sent", "{n} messages between, not sent", n),
    }
    return words[run["reason"]]


def _line(entry: dict[str, Any], names: Names, marks: Sequence[Mark]) -> Line:
    incoming = entry["dir"] == "in"
    at = _moment(entry["times"])
    level = _level(entry["assurance"], marks)
    occupant = entry["occupant"]
    return Line(
        assurance=level,
        meaning=meaning(level),
        time=clock_time(at) if at is not None else "",
        day=day(at) if at is not None else "",
        name=escaped(occupant["nick"]) if occupant and occupant["nick"] else names[1 if incoming else 0],
        place=_standing(occupant) if occupant else "",
        incoming=incoming,
        body=entry["body_escaped"] or entry["body"],
        chosen=entry["highlighted"],
        findings=tuple(_findings(entry, marks)),
        history=tuple(_change(one, entry) for one in entry["edits"]),
        notes=tuple(_notes(entry)),
        media=tuple(media_words(one) for one in entry["media_refs"]),
    )


LEVELS = ("A0", "A1", "A2", "A3r", "A3")


def _level(stated: str, marks: Iterable[Mark]) -> str:
    return max((stated, *(one.level for one in marks if one.level in LEVELS)), key=LEVELS.index)


def _findings(entry: dict[str, Any], marks: Sequence[Mark]) -> list[Finding]:
    """The desk's own first, then what the reporter's program said."""
    found = [Finding(bool(one.level), one.words) for one in marks]
    if entry["dup_stanza_id"]:
        found.append(Finding(False, tr("A false server id was planted in this message. It was not used.")))
    said = {
        "found": Finding(None, tr("The reporter's program found it in the archive under another id.")),
        "missing": Finding(None, tr("The reporter's program says: the archive has no message under this id.")),
        "differs": Finding(False, tr("The reporter's program says: the archive has another message under this id.")),
    }
    if entry["archive_check"] in said:
        found.append(said[entry["archive_check"]])
    return found


def _change(edit: dict[str, Any], entry: dict[str, Any]) -> Change:
    at = _moment(edit["times"])
    when = clock_time(at) if at is not None else ""
    start = _moment(entry["times"])
    if at is not None and (start is None or day(at) != day(start)):
        when = f"{day(at)} {when}"
    if edit["kind"] == "correction":
        return Change(when, tr("changed to"), edit["body_escaped"] or edit["body"])
    if edit["from"].split("/")[0] == entry["from"].split("/")[0] and "/" not in edit["from"] and "/" in entry["from"]:
        return Change(when, tr("taken away by the room"), "")
    return Change(when, tr("taken back"), "")


def _notes(entry: dict[str, Any]) -> list[str]:
    notes = []
    if entry["edits_total"] > len(entry["edits"]):
        n = entry["edits_total"]
        notes.append(ntr("{n} change in all, not all are listed", "{n} changes in all, not all are listed", n))
    if entry["body_length"] is not None:
        notes.append(tr("the message goes on: {n} characters in all").format(n=entry["body_length"]))
    if entry["enc"] != "none":
        notes.append(tr("was encrypted"))
    return notes


def _moment(times: dict[str, Any]) -> float | None:
    return from_rfc3339(times["archive"] or times["delay"] or times["client"] or "")


def _standing(occupant: dict[str, str]) -> str:
    """Who somebody is in the room, where that is more than a guest."""
    words = {"owner": tr("owner"), "admin": tr("admin"), "member": tr("member"), "outcast": tr("banned")}
    if occupant["affiliation"] in words:
        return words[occupant["affiliation"]]
    return tr("moderator") if occupant["role"] == "moderator" else ""


def people(entries: Iterable[dict[str, Any]]) -> list[Person]:
    """Who wrote in the room: one entry per stable id, or per name where the room gave none."""
    seen: dict[tuple[str, str], list[dict[str, str]]] = {}
    for entry in entries:
        one = entry.get("occupant")
        if one is not None:
            # Outgoing lines have the reporter's own place: it stands in the room's card.
            key = ("id", one["occupant_id"]) if one["occupant_id"] else ("nick", one["nick"])
            seen.setdefault(key, []).append(one)
    found = []
    used = {key: {nick_skeleton(one["nick"]) for one in met} for key, met in seen.items()}
    for key, met in seen.items():
        names = dict.fromkeys(one["nick"] for one in met)
        others = [one["nick"] for other, some in seen.items() if other != key and used[other] & used[key] for one in some]
        addresses = dict.fromkeys(one["jid"] for one in met if one["jid"])
        found.append(
            Person(
                names=escaped(", ".join(names)),
                place=_standing(met[-1]),
                address=escaped(", ".join(addresses)),
                id=escaped(met[0]["occupant_id"]),
                alike=escaped(", ".join(dict.fromkeys(others))),
            )
        )
    return found


def room_card(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The room that the messages are from, or nothing."""
    room = manifest["room"]
    if room is None:
        return []
    me = room["me"]
    own = ", ".join(filter(None, (escaped(me["nick"]), _standing(me))))
    rows = [
        (tr("Name"), escaped(room["name"])),
        (tr("Address"), escaped(room["jid"])),
        (tr("Open to all"), tr("yes") if room["public"] else tr("no")),
        (tr("The reporter"), own),
    ]
    return [row for row in rows if row[1]]


def media_words(one: dict[str, Any]) -> str:
    """A file as words; its bytes are never here."""
    mime = one["mime"].split("/")[0]
    kind = {"image": tr("picture"), "video": tr("film"), "audio": tr("sound")}.get(mime, tr("file"))
    parts = [kind, escaped(one["name_escaped"] or one["name"]), escaped(one["mime"]), _size(one["size"])]
    return ", ".join([*(part for part in parts if part), tr("not held here")])


def _size(size: int | None) -> str:
    if size is None:
        return ""
    if size < 1_000_000:
        return tr("{n} kB").format(n=max(1, round(size / 1000)))
    return tr("{n} MB").format(n=f"{size / 1_000_000:.1f}")
