"""What the readable record of a report says, part by part, for its HTML page and its plain text alike.

It is written for somebody who has never seen a chat program's file: an officer, a lawyer, a court's clerk. Nothing in it
judges; what nobody can prove is said to be so. Texts here are as they were written; the writers make hidden characters
visible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from messenger.evidence.export import words
from messenger.evidence.export.dossier import Dossier, Part
from messenger.evidence.export.talk import Clock, Fact, Gap, Message, summary, talk
from messenger.evidence.keys import thumbprint
from messenger.evidence.transcript import age_words
from messenger.i18n import tr


@dataclass(frozen=True, slots=True)
class Addition:
    """What the reporter added later."""

    facts: tuple[Fact, ...]
    messages: tuple[Message | Gap, ...]
    summary: str


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
    later: tuple[Addition, ...]
    person: tuple[Fact, ...]
    proof: tuple[str, ...]
    check: tuple[Fact, ...]


class Recorder:
    """Makes the record of one dossier. `zone` is the place whose clock is shown beside UTC; `zone_name` names it."""

    def __init__(self, dossier: Dossier, zone: tzinfo = UTC, zone_name: str = "UTC") -> None:
        self._dossier = dossier
        self._report = dossier.report
        self._clock = Clock(zone, zone_name)

    def record(self) -> Record:
        """The record."""
        return Record(
            title=tr("Record of a report"),
            number=self._dossier.name,
            head=tuple(self._head()),
            how=tuple(self._how()),
            matter=tuple(self._matter()),
            answers=tuple(self._answers()),
            messages=self._talk(self._dossier.own),
            summary=summary(self._dossier.own),
            later=tuple(self._addition(one) for one in self._dossier.later),
            person=tuple(self._person()),
            proof=tuple(self._proof()),
            check=tuple(self._check()),
        )

    # -- parts

    def _head(self) -> Iterator[Fact]:
        report, dossier = self._report, self._dossier
        yield Fact(tr("Case number"), dossier.case_number or tr("none yet"))
        yield Fact(tr("Number of the report"), report["report_id"])
        yield Fact(tr("Made on"), self._clock.time(report["created_at"]))
        yield Fact(tr("Made for"), report["sent_to"]["name"])
        received = (
            self._clock.time(dossier.received_at) if dossier.received_at else tr("nothing in this record shows that")
        )
        yield Fact(tr("Received there on"), received)
        taken_back = dossier.withdrawn
        if taken_back:
            yield Fact(
                tr("Taken back by the reporter"),
                f"{self._clock.time(taken_back.at)}, {words.outcomes()[taken_back.outcome]}",
            )

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
        if self._clock.name != "UTC":
            yield tr("Times are given for {zone}, and in UTC.").format(zone=self._clock.name)
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
        yield from self._room()
        if incident["first_at"]:
            yield Fact(tr("First seen"), self._clock.time(incident["first_at"]))
        if incident["last_at"]:
            yield Fact(tr("Last seen"), self._clock.time(incident["last_at"]))
        yield Fact(tr("Still going on"), words.unsure()[incident["ongoing"]])
        if report["narrative"]:
            yield Fact(tr("In the reporter's own words"), report["narrative"]["text"], quoted=True)
        yield Fact(tr("Declared by the reporter"), report["declaration"]["text_shown"], quoted=True)
        shared = {True: tr("yes"), False: tr("no"), None: tr("not said")}[report["consent"]["share_with_police"]]
        yield Fact(tr("May go to the police"), shared)

    def _room(self) -> Iterator[Fact]:
        room = self._report["evidence"]["room"]
        jid, name = self._dossier.room, room["name"] if room else ""
        if jid:
            yield Fact(tr("In the group"), f"{name} ({jid})" if name else jid, quoted=True)
        if room:
            me = room["me"]
            place = ", ".join(filter(None, (me["nick"], me["role"], me["affiliation"])))
            yield Fact(tr("The reporter's own place in it"), place, quoted=True)

    def _accused(self, one: dict[str, Any]) -> Iterator[Fact]:
        yield Fact(
            tr("About"),
            self._dossier.address(one["jid"]) or tr("somebody without a chat address"),
            quoted=bool(one["jid"]),
        )
        if one["names_seen"]:
            yield Fact(tr("Names seen"), ", ".join(one["names_seen"]), quoted=True)
        claims = one["claims"]
        labels = (
            ("name", tr("Says their name is")),
            ("age", tr("Says their age is")),
            ("place", tr("Says they live in")),
        )
        yield from (Fact(label, claims[key], quoted=True) for key, label in labels if claims[key])
        if one["occupant_id"]:
            yield Fact(tr("Their id in the group"), one["occupant_id"], quoted=True)
        if one["other_accounts"]:
            yield Fact(tr("Other accounts, as reported"), ", ".join(one["other_accounts"]), quoted=True)
        yield Fact(tr("Known in real life"), words.unsure()[one["known_offline"]])

    def _affected(self, one: dict[str, Any]) -> str:
        who = tr("the person who reports") if one["is_reporter"] else one["relation"] or tr("somebody else")
        age = str(one["age"]) if one["age"] is not None else age_words()[one["age_band"]]
        return f"{who}, {age}"

    def _answers(self) -> Iterator[Fact]:
        for one in self._report["qualifiers"]:
            yield Fact(one["text_shown"], one["answer_shown"], quoted=True)

    # -- messages

    def _talk(self, part: Part) -> tuple[Message | Gap, ...]:
        return tuple(talk(part, self._clock, self._name()))

    def _addition(self, part: Part) -> Addition:
        facts = [Fact(tr("Added on"), self._clock.time(part.made_at))]
        received = self._clock.time(part.received_at) if part.received_at else tr("nothing in this record shows that")
        facts.append(Fact(tr("Received there on"), received))
        if part.words:
            facts.append(Fact(tr("In the reporter's own words"), part.words, quoted=True))
        facts.append(Fact(tr("Digest (SHA-256)"), part.digest))
        return Addition(tuple(facts), self._talk(part), summary(part))

    def _name(self) -> str:
        """What the reporter saw as the other's name, when there is one reported party."""
        reported = self._report["reported"]
        return reported[0]["names_seen"][0] if len(reported) == 1 and reported[0]["names_seen"] else ""

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
        yield Fact(tr("Age"), age_words()[who["age_band"]])
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
        dossier = self._dossier
        yield tr("This record was made from a signed report. The signature was checked: nothing was changed since.")
        yield tr(
            "The signature shows who reported. It does not show who wrote a message: the reporter's program took the messages down."
        )
        if dossier.received_at:
            yield tr("The desk had exactly this report at the time that stands above.")
        else:
            yield tr("There is no receipt in this record, so it does not show when a desk got the report.")
        yield from words.levels(dossier)
        for part in dossier.parts:
            if part.manifest:
                yield from words.integrity(part.manifest["integrity"])
        if any(part.manifest["withheld"] for part in dossier.parts if part.manifest):
            yield tr(
                "Messages that are not shown cannot have been added, dropped or moved unseen: a sum over all lines is signed."
            )

    def _check(self) -> Iterator[Fact]:
        yield Fact(tr("Digest of the report (SHA-256)"), self._dossier.digest)
        yield Fact(tr("Signed with the key"), thumbprint(self._report["reporter"]["keys"]["sig"]))
        client = self._report["client"]
        yield Fact(tr("Program"), " ".join(filter(None, (client["name"], client["version"], client["os"]))))
        yield Fact(tr("How to check it"), tr("Run verify.py on the file copy.robin.json that belongs to this record."))
