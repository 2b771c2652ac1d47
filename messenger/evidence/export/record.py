"""What the readable record of a report says, part by part, for its HTML page and its plain text alike.

It is written for somebody who has never seen a chat program's file: an officer, a lawyer, a court's clerk. Nothing in it
judges; what nobody can prove is said to be so. Texts here are as they were written; the writers make hidden characters
visible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from messenger.evidence.export import words
from messenger.evidence.export.dossier import Dossier, bare, best_time, moment
from messenger.evidence.keys import thumbprint
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
class Record:
    """The whole record. `how` says how to read it, `proof` what it shows and what not."""

    title: str
    number: str
    head: tuple[Fact, ...]
    how: tuple[str, ...]
    matter: tuple[Fact, ...]
    answers: tuple[Fact, ...]
    messages: tuple[Message | Gap, ...]
    summary: str
    person: tuple[Fact, ...]
    proof: tuple[str, ...]
    check: tuple[Fact, ...]


class Recorder:
    """Makes the record of one dossier. `zone` is the place whose clock is shown beside UTC; `zone_name` names it."""

    def __init__(self, dossier: Dossier, zone: tzinfo = UTC, zone_name: str = "UTC") -> None:
        self._dossier = dossier
        self._report = dossier.report
        self._zone = zone
        self._zone_name = zone_name

    def record(self) -> Record:
        """The record."""
        lines = tuple(self._lines())
        return Record(
            title=tr("Record of a report"),
            number=self._dossier.name,
            head=tuple(self._head()),
            how=tuple(self._how()),
            matter=tuple(self._matter()),
            answers=tuple(self._answers()),
            messages=lines,
            summary=self._summary(),
            person=tuple(self._person()),
            proof=tuple(self._proof()),
            check=tuple(self._check()),
        )

    # -- times

    def _stamp(self, stamp: str | None) -> Stamp:
        """Both forms of a time; a stamp that is no time stands as it was found."""
        found = moment(stamp)
        if found is None:
            return Stamp("", stamp or tr("time not known"))
        utc = _clock(found.astimezone(UTC)) + " UTC"
        if self._zone_name == "UTC":
            return Stamp("", utc)
        return Stamp(f"{_clock(found.astimezone(self._zone))} {self._zone_name}", utc)

    def _time(self, stamp: str | None) -> str:
        both = self._stamp(stamp)
        return f"{both.local} ({both.utc})" if both.local else both.utc

    # -- parts

    def _head(self) -> Iterator[Fact]:
        report, dossier = self._report, self._dossier
        yield Fact(tr("Case number"), dossier.case_number or tr("none yet"))
        yield Fact(tr("Number of the report"), report["report_id"])
        yield Fact(tr("Made on"), self._time(report["created_at"]))
        yield Fact(tr("Made for"), report["sent_to"]["name"])
        received = self._time(dossier.received_at) if dossier.received_at else tr("nothing in this record shows that")
        yield Fact(tr("Received there on"), received)

    def _how(self) -> Iterator[str]:
        yield tr(
            "This record holds what one person reported. It is what they say. It is not a finding against anybody."
        )
        yield tr(
            "Messages stand in their order, word for word. Characters that cannot be seen are written out, such as [U+202E]."
        )
        yield tr(
            "The reporter picked the messages that are marked Chosen. The others are there so that the talk can be followed."
        )
        yield tr("Each message says how far it is supported. Messages that are not shown are counted in their place.")
        yield tr("No picture and no file is in this record. Files are named only.")
        if self._zone_name != "UTC":
            yield tr("Times are given for {zone}, and in UTC.").format(zone=self._zone_name)
        if any(one["dir"] == "in" for one in self._dossier.shown):
            yield tr("A time is that of a server where one is known, else that of the reporter's own computer.")

    def _matter(self) -> Iterator[Fact]:
        report = self._report
        for one in report["reported"]:
            yield from self._accused(one)
        kinds = [report["category"], *report["also"]]
        yield Fact(tr("Reported as"), "; ".join(words.categories()[one] for one in kinds))
        yield Fact(tr("Urgency by the answers"), words.tiers()[report["urgency"]["tier"]])
        yield Fact(
            tr("Who it happens to"), "; ".join(self._affected(one) for one in report["affected"]) or tr("not said")
        )
        incident = report["incident"]
        if incident["room_jid"]:
            yield Fact(tr("In the group"), incident["room_jid"], quoted=True)
        if incident["first_at"]:
            yield Fact(tr("First seen"), self._time(incident["first_at"]))
        if incident["last_at"]:
            yield Fact(tr("Last seen"), self._time(incident["last_at"]))
        yield Fact(tr("Still going on"), words.unsure()[incident["ongoing"]])
        if report["narrative"]:
            yield Fact(tr("In the reporter's own words"), report["narrative"]["text"], quoted=True)
        yield Fact(tr("Declared by the reporter"), report["declaration"]["text_shown"], quoted=True)
        shared = {True: tr("yes"), False: tr("no"), None: tr("not said")}[report["consent"]["share_with_police"]]
        yield Fact(tr("May go to the police"), shared)

    def _accused(self, one: dict[str, Any]) -> Iterator[Fact]:
        yield Fact(tr("About"), bare(one["jid"]) or tr("somebody without a chat address"), quoted=bool(one["jid"]))
        if one["names_seen"]:
            yield Fact(tr("Names seen"), ", ".join(one["names_seen"]), quoted=True)
        claims = one["claims"]
        labels = (
            ("name", tr("Says their name is")),
            ("age", tr("Says their age is")),
            ("place", tr("Says they live in")),
        )
        yield from (Fact(label, claims[key], quoted=True) for key, label in labels if claims[key])
        if one["other_accounts"]:
            yield Fact(tr("Other accounts, as reported"), ", ".join(one["other_accounts"]), quoted=True)
        yield Fact(tr("Known in real life"), words.unsure()[one["known_offline"]])

    def _affected(self, one: dict[str, Any]) -> str:
        who = tr("the person who reports") if one["is_reporter"] else one["relation"] or tr("somebody else")
        age = str(one["age"]) if one["age"] is not None else words.ages()[one["age_band"]]
        return f"{who}, {age}"

    def _answers(self) -> Iterator[Fact]:
        for one in self._report["qualifiers"]:
            yield Fact(one["text_shown"], one["answer_shown"], quoted=True)

    # -- messages

    def _summary(self) -> str:
        manifest = self._report["evidence"]
        hidden = sum(run["count"] for run in manifest["withheld"])
        parts = [ntr("{n} message is shown.", "{n} messages are shown.", manifest["shown"])]
        if hidden:
            parts.append(ntr("{n} more is not shown, but counted.", "{n} more are not shown, but counted.", hidden))
        return " ".join(parts)

    def _lines(self) -> Iterator[Message | Gap]:
        runs = {run["from_seq"]: run for run in self._report["evidence"]["withheld"]}
        previous = 0
        for entry in self._dossier.entries:
            seq = entry["seq"]
            # A gap has a run of its own, which begins where no entry is.
            if previous and seq > previous + 1 and previous + 1 in runs:
                yield _gap(runs[previous + 1])
            previous = seq
            if "withheld" not in entry:
                yield self._message(entry)
            elif seq in runs:
                yield _gap(runs[seq])

    def _message(self, item: dict[str, Any]) -> Message:
        own = item["dir"] == "out"
        occupant = item["occupant"]
        who = tr("The person who reports") if own else (occupant["nick"] if occupant else self._name())
        level = self._dossier.assurance(item)
        return Message(
            place=item["seq"],
            at=self._stamp(best_time(item["times"])),
            who=who or tr("The other person"),
            address=item["from"],
            own=own,
            chosen=item["highlighted"],
            text=item["body"],
            cut=_cut(item),
            changes=tuple(self._change(one) for one in item["edits"]),
            boxes=tuple(_box(one) for one in item["media_refs"]),
            assurance=words.assurance(level, item["archive_check"]),
            level=level.value,
            notes=tuple(_notes(item)),
            warnings=tuple(words.warnings(item)),
        )

    def _name(self) -> str:
        """What the reporter saw as the other's name, when there is one reported party."""
        reported = self._report["reported"]
        return reported[0]["names_seen"][0] if len(reported) == 1 and reported[0]["names_seen"] else ""

    def _change(self, edit: dict[str, Any]) -> Change:
        at = self._stamp(best_time(edit["times"]))
        if edit["kind"] == "retraction":
            return Change(tr("Taken back by its writer"), at, None)
        return Change(tr("Changed by its writer to"), at, edit["body"])

    # -- who, and what is shown

    def _person(self) -> Iterator[Fact]:
        who, jid = self._dossier.reporter, self._report["reporter"]["jid"]
        if jid:
            yield Fact(tr("Chat address"), jid, quoted=True)
            proven = tr("checked by the desk") if self._dossier.proven_address else tr("not checked")
            yield Fact(tr("Whether the address is theirs"), proven)
        yield Fact(tr("Role"), words.roles()[self._report["role"]])
        yield Fact(tr("Country"), self._report["reporter"]["country"].upper())
        if who is None:
            yield Fact(tr("Name and contact"), tr("in a sealed part that is not opened here"))
            return
        yield Fact(tr("Name"), who["name"], quoted=True)
        yield Fact(tr("Age"), words.ages()[who["age_band"]])
        for one in who["contact"]:
            safe = {True: tr("safe to write"), False: tr("not safe to write"), None: ""}[one["safe"]]
            yield Fact(
                tr("Contact"), ", ".join(part for part in (one["value"], safe, one["when"]) if part), quoted=True
            )
        if who["guardian"]:
            guardian = who["guardian"]
            yield Fact(
                tr("A grown-up they name"),
                ", ".join(filter(None, (guardian["name"], guardian["contact"]))),
                quoted=True,
            )

    def _proof(self) -> Iterator[str]:
        manifest, dossier = self._report["evidence"], self._dossier
        yield tr("This record was made from a signed report. The signature was checked: nothing was changed since.")
        yield tr(
            "The signature shows who reported. It does not show who wrote a message: the reporter's program took the messages down."
        )
        if dossier.received_at:
            yield tr("The desk had exactly this report at the time that stands above.")
        else:
            yield tr("There is no receipt in this record, so it does not show when a desk got the report.")
        yield from words.levels(dossier)
        yield from words.integrity(manifest["integrity"])
        if manifest["withheld"]:
            yield tr(
                "Messages that are not shown cannot have been added, dropped or moved unseen: a sum over all lines is signed."
            )

    def _check(self) -> Iterator[Fact]:
        yield Fact(tr("Digest of the report (SHA-256)"), self._dossier.digest)
        yield Fact(tr("Signed with the key"), thumbprint(self._report["reporter"]["keys"]["sig"]))
        client = self._report["client"]
        yield Fact(tr("Program"), " ".join(filter(None, (client["name"], client["version"], client["os"]))))
        yield Fact(tr("How to check it"), tr("Run verify.py on the file copy.robin.json that belongs to this record."))


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
