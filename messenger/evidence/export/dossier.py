"""What every export is made from: a report whose signature holds, its messages, and what else its holder may give away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from messenger.domain.evidence import Assurance
from messenger.domain.receipt import IdentityLevel, Withdrawn
from messenger.evidence.addendum import SignedAddendum
from messenger.evidence.package import Copy


@dataclass(frozen=True, slots=True)
class Part:
    """The messages of a report, or what was added later: lines as signed, and their manifest, None where there is none.

    `id` is the addendum's, '' for the report itself. `words` are the reporter's, `received_at` is the desk's time or ''.
    `raised` holds, by `seq`, levels that only a desk can state (A3, A3r).
    """

    digest: str
    made_at: str
    entries: tuple[dict[str, Any], ...]
    manifest: dict[str, Any] | None = None
    id: str = ""
    words: str = ""
    received_at: str = ""
    raised: Mapping[int, Assurance] = field(default_factory=dict)

    @classmethod
    def of_addendum(
        cls, added: SignedAddendum, received_at: str = "", raised: Mapping[int, Assurance] | None = None
    ) -> Part:
        """The part of a checked addendum."""
        body = added.body
        return cls(
            digest=added.digest,
            made_at=body["created_at"],
            entries=tuple(body["items"]),
            manifest=body["evidence"],
            id=body["addendum_id"],
            words=body["narrative"]["text"] if body["narrative"] else "",
            received_at=received_at,
            raised=raised or {},
        )

    @property
    def shown(self) -> Iterator[dict[str, Any]]:
        """The messages that are shown, in order."""
        return (one for one in self.entries if "withheld" not in one)

    @property
    def highlighted(self) -> Iterator[dict[str, Any]]:
        """The messages that the reporter chose, in order."""
        return (one for one in self.shown if one["highlighted"])

    def assurance(self, item: Mapping[str, Any]) -> Assurance:
        """How far a shown line is corroborated: the desk's own finding where it has one, else the signed file's."""
        return self.raised.get(item["seq"]) or Assurance(item["assurance"])


@dataclass(frozen=True, slots=True)
class Dossier:
    """A checked report (`report`, `entries` as parsed) with what is known of it.

    `reporter` is the opened identity part, or None: then no export names the reporter. `case_number`, `received_at`
    and `identity_level` come from a receipt or from the desk itself, or are ''. `raised` is as in `Part`. `later` is what
    was added, in order; `withdrawn` the desk's answer when the reporter took it back.
    """

    report: dict[str, Any]
    digest: str
    entries: tuple[dict[str, Any], ...]
    reporter: dict[str, Any] | None = None
    case_number: str = ""
    received_at: str = ""
    identity_level: str = ""
    raised: Mapping[int, Assurance] = field(default_factory=dict)
    later: tuple[Part, ...] = ()
    withdrawn: Withdrawn | None = None

    @classmethod
    def of_copy(cls, copy: Copy, named: bool = True) -> Dossier:
        """The dossier of a kept copy; without the reporter's name and contact when not `named`."""
        receipt = copy.receipt
        return cls(
            report=copy.signed.body,
            digest=copy.signed.digest,
            entries=copy.entries,
            reporter=copy.reporter if named else None,
            case_number=receipt.case_number if receipt else "",
            received_at=receipt.received_at if receipt else "",
            identity_level=receipt.identity_level.value if receipt else "",
            later=tuple(
                Part.of_addendum(one.addendum, one.receipt.received_at if one.receipt else "") for one in copy.addenda
            ),
            withdrawn=copy.withdrawn,
        )

    @property
    def own(self) -> Part:
        """The report's own messages."""
        return Part(
            digest=self.digest,
            made_at=self.report["created_at"],
            entries=self.entries,
            manifest=self.report["evidence"],
            received_at=self.received_at,
            raised=self.raised,
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """The report's own messages, then what was added later."""
        return (self.own, *self.later)

    @property
    def shown(self) -> Iterator[dict[str, Any]]:
        """Every message that is shown, in order of the parts."""
        return (one for part in self.parts for one in part.shown)

    @property
    def accused(self) -> str:
        """The address of the first reported party who has one, or ''; see `address`."""
        return self.address(next((one["jid"] for one in self.report["reported"] if one["jid"]), ""))

    @property
    def room(self) -> str:
        """The room that it happened in, or ''."""
        room = self.report["evidence"]["room"]
        return str(room["jid"] if room else self.report["incident"]["room_jid"])

    def address(self, jid: str) -> str:
        """The address by which somebody is reported: bare, but of a room's member whole, or it would name the room."""
        return jid if self.room and bare(jid) == self.room else bare(jid)

    @property
    def name(self) -> str:
        """What the case is called: the desk's case number, else the report's own number."""
        return self.case_number or str(self.report["report_id"])

    @property
    def about_a_child(self) -> bool:
        """Whether somebody harmed may be under 18; so when nobody is named."""
        affected = self.report["affected"]
        return not affected or any(one["age_band"] != "18_over" for one in affected)

    def codes(self, prefix: str, otherwise: Mapping[str, str]) -> frozenset[str]:
        """The report's codes of one system, without `prefix`. A report that has none, of another messenger perhaps, gets
        the one that `otherwise` has for its category, if a child may be harmed."""
        found = frozenset(one.removeprefix(prefix) for one in self.report["codes"] if one.startswith(prefix))
        plain = otherwise.get(self.report["category"], "") if self.about_a_child else ""
        return found or frozenset([plain] if plain else [])

    @property
    def proven_address(self) -> bool:
        """Whether the desk checked that the report came from the reporter's address."""
        return self.identity_level == IdentityLevel.VERIFIED


def bare(jid: str) -> str:
    """An address without its resource (RFC 7622, section 3.1)."""
    return jid.split("/", 1)[0]


def domain(jid: str) -> str:
    """The server's part of an address."""
    return bare(jid).rsplit("@", 1)[-1]


def best_time(times: Mapping[str, str | None]) -> str:
    """The stamp to trust most: the archive's, a delay stamp by the own server, else this computer's clock."""
    return times["archive"] or times["delay"] or times["client"] or ""


def moment(stamp: str | None) -> datetime | None:
    """The time in a stamp with a zone (RFC 3339), or None for anything else: some stamps come from strangers."""
    try:
        found = datetime.fromisoformat(stamp or "")
    except ValueError:
        return None
    return found if found.tzinfo else None
