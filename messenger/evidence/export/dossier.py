"""What every export is made from: a report whose signature holds, its messages, and what else its holder may give away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from messenger.domain.evidence import Assurance
from messenger.domain.receipt import IdentityLevel
from messenger.evidence.package import Copy


@dataclass(frozen=True, slots=True)
class Dossier:
    """A checked report (`report`, `entries` as parsed) with what is known of it.

    `reporter` is the opened identity part, or None: then no export names the reporter. `case_number`, `received_at`
    and `identity_level` come from a receipt or from the desk itself, or are ''. `raised` holds, by `seq`, levels that
    only a desk can state (A3, A3r). `keys` are thumbprints: of the reporter's key, and of the receipt's when there is one.
    """

    report: dict[str, Any]
    digest: str
    entries: tuple[dict[str, Any], ...]
    reporter: dict[str, Any] | None = None
    case_number: str = ""
    received_at: str = ""
    identity_level: str = ""
    raised: Mapping[int, Assurance] = field(default_factory=dict)

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
        )

    @property
    def shown(self) -> Iterator[dict[str, Any]]:
        """The messages that are shown, in order."""
        return (one for one in self.entries if "withheld" not in one)

    @property
    def highlighted(self) -> Iterator[dict[str, Any]]:
        """The messages that the reporter chose, in order."""
        return (one for one in self.shown if one["highlighted"])

    @property
    def accused(self) -> str:
        """The bare address of the first reported party, or ''."""
        return bare(next((one["jid"] for one in self.report["reported"] if one["jid"]), ""))

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

    def assurance(self, item: Mapping[str, Any]) -> Assurance:
        """How far a shown line is corroborated: the desk's own finding where it has one, else the signed file's."""
        return self.raised.get(item["seq"]) or Assurance(item["assurance"])


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
