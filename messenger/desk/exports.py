"""Files of a case for others: XARF, NCMEC, CASE/UCO and a bag to carry; each is noted in the journal by who makes it.

The reporter's name goes into a file only when the officer who makes it has opened name and contact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files

from messenger.desk.bench import Bench
from messenger.desk.casefile import CaseFile
from messenger.desk.lines import LEVELS
from messenger.desk.moments import rfc3339
from messenger.domain.errors import EvidenceRefused
from messenger.domain.evidence import Assurance
from messenger.evidence.canonical import parse_canonical
from messenger.evidence.export.dossier import Dossier, Part
from messenger.evidence.package import make_copy, read_copy, with_addendum, with_withdrawal
from messenger.evidence.seal import unseal
from messenger.i18n import tr

KINDS = ("xarf", "ncmec", "case", "bag")
_SUFFIX = {"xarf": "xarf.json", "ncmec": "ncmec.xml", "case": "case.jsonld", "bag": "bag.zip"}
_MEDIA = {"xarf": "application/json", "ncmec": "application/xml", "case": "application/ld+json", "bag": "application/zip"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of file as the page offers it. `why` says why it cannot be made, or is ''."""

    kind: str
    name: str
    about: str
    why: str


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file."""

    name: str
    media_type: str
    data: bytes


class NotMade(Exception):
    """A file that cannot be made, with the reason in plain words."""


def offered(file: CaseFile) -> list[Offer]:
    """All kinds, and which of them this case can have."""
    names = {"xarf": "XARF", "ncmec": "NCMEC", "case": "CASE/UCO", "bag": tr("Bag")}
    about = {
        "xarf": tr("For the people who run servers. Without the reporter."),
        "ncmec": tr("For a provider that reports to NCMEC in the USA."),
        "case": tr("For the tools of the police."),
        "bag": tr("All of it in one file, to check and to print."),
    }
    return [Offer(kind, names[kind], about[kind], why_not(file, kind)) for kind in KINDS]


def why_not(file: CaseFile, kind: str) -> str:
    """Why this kind of file cannot be made of this case, or ''."""
    if file.opened.entries is None or file.opened.reporter is None:
        return tr("A check failed: no file is made of this report.")
    if kind == "bag" and not all(one.whole for one in file.later):
        return tr("A check of what was added later failed: no bag is made.")
    if kind == "bag":
        return "" if file.stored.identity_at else tr("It holds name and contact. Open them first.")
    try:
        # Without the messages it is quick, and what a format has no type for does not depend on them.
        _maker(kind)(replace(_dossier(file), entries=(), later=()))
    except EvidenceRefused:
        return tr("It has no type for what this report is about.")
    return ""


def make(bench: Bench, file: CaseFile, kind: str) -> Made:
    """The file. Raises `NotMade`."""
    why = why_not(file, kind) if kind in KINDS else tr("Choose a kind of file.")
    if why:
        raise NotMade(why)
    try:
        data = _bag(bench, file) if kind == "bag" else _maker(kind)(_dossier(file))
    except EvidenceRefused:
        raise NotMade(tr("It has no type for what this report is about.")) from None
    return Made(f"{file.stored.row['case_number']}-{_SUFFIX[kind]}", _MEDIA[kind], data)


def _maker(kind: str) -> Callable[[Dossier], bytes]:
    # Only an officer who asks for a file needs the exporters.
    from messenger.evidence.export import case, ncmec, xarf

    return {"xarf": xarf.xarf_bytes, "ncmec": ncmec.ncmec_bytes, "case": case.case_bytes}[kind]


def _dossier(file: CaseFile) -> Dossier:
    stored, opened = file.stored, file.opened
    raised = {
        seq: Assurance(max((one.level for one in some), key=LEVELS.index)) for seq, some in stored.marks.lines.items()
    }
    return Dossier(
        report=opened.signed.body,
        digest=opened.signed.digest,
        entries=tuple(opened.entries or ()),
        reporter=opened.reporter if stored.identity_at else None,
        case_number=stored.row["case_number"],
        received_at=rfc3339(stored.row["filed"]),
        identity_level=stored.row["identity_level"],
        raised=raised,
        later=tuple(
            Part.of_addendum(one.signed, rfc3339(one.at)) for one in file.later if one.signed is not None and one.whole
        ),
    )


def _bag(bench: Bench, file: CaseFile) -> bytes:
    """The readable copy with receipt, addenda and withdrawal, and every form that this report has."""
    from messenger.evidence.export.bagit import Readable, make_bag

    stored, jwks = file.stored, bench.keys.jwks()
    receipt = str(parse_canonical(unseal(stored.row["answer"], bench.keys.sealing))["receipt"])
    items, identity = (unseal(one, bench.keys.sealing) for one in (stored.items, stored.identity))
    copy = make_copy(file.opened.signed.jws, items, identity, receipt, jwks)
    for row, one in zip(stored.addenda, file.later, strict=True):
        if one.signed is not None:
            copy = with_addendum(copy, one.signed.jws, row["receipt"], jwks)
    if stored.withdrawal is not None:
        copy = with_withdrawal(copy, stored.withdrawal["statement"], jwks)
    verifier = files("messenger.evidence").joinpath("verify.py").read_bytes()
    read = read_copy(copy, bench.schemas)
    # What this desk found itself is in the record to read; the copy to check stays as it was signed.
    known = replace(_dossier(file), withdrawn=read.withdrawn)
    return make_bag(verifier, readable=Readable(copy, read, dossier=known))
