"""The element set of NCMEC's CyberTipline report, as far as a report of ours can use it.

Source: the technical documentation of the CyberTipline Reporting API (report.cybertip.org/ispws/documentation, its XSD, which
is a sequence everywhere: a report out of order is refused), as public programs implement it that say to follow it: PyPI
ncmec-cybertip 0.1.1 and ROOST's Coop, read on 2026-11-24. Their order and lengths agree. The live XSD could not be fetched.

Each entry: name -> its children in order, as (name, least, most, greatest length of the text or None). `most` None: any number.
A name with no entry has text alone; one with an empty entry is a mark without anything in it. Written down independently of
the writer: nothing here is imported by it.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

Child = tuple[str, int, int | None, int | None]

_ACCOUNT_HEAD: tuple[Child, ...] = (
    ("espIdentifier", 0, 1, 255),
    ("espService", 0, 1, 100),
    ("compromisedAccount", 0, 1, None),
    ("screenName", 0, 1, 256),
    ("displayName", 0, None, None),
    ("profileUrl", 0, None, None),
    ("profileBio", 0, 1, None),
    ("ipCaptureEvent", 0, None, None),
    ("deviceId", 0, None, None),
)
_PERSON: tuple[Child, ...] = (
    ("firstName", 0, 1, 100),
    ("lastName", 0, 1, 100),
    ("phone", 0, None, 50),
    ("email", 0, None, 255),
    ("address", 0, None, None),
    ("age", 0, 1, None),
    ("ageAssertionDiscrepancy", 0, 1, None),
    ("dateOfBirth", 0, 1, None),
)
ELEMENTS: dict[str, tuple[Child, ...]] = {
    "report": (
        ("batchedReport", 0, 1, None),
        ("incidentSummary", 1, 1, None),
        ("internetDetails", 0, None, None),
        ("lawEnforcement", 0, 1, None),
        ("reporter", 1, 1, None),
        ("personOrUserReported", 0, 1, None),
        ("intendedRecipient", 0, None, None),
        ("victim", 0, None, None),
        ("additionalInfo", 0, 1, None),
    ),
    "incidentSummary": (
        ("incidentType", 1, 1, None),
        ("platform", 0, 1, 256),
        ("escalateToHighPriority", 0, 1, 3000),
        ("reportAnnotations", 0, 1, None),
        ("incidentDateTime", 1, 1, None),
        ("incidentDateTimeDescription", 0, 1, 3000),
    ),
    "reportAnnotations": (
        ("sextortion", 0, 1, None),
        ("csamSolicitation", 0, 1, None),
        ("minorToMinorInteraction", 0, 1, None),
        ("spam", 0, 1, None),
        ("sadisticOnlineExploitation", 0, 1, None),
        ("informational", 0, 1, None),
    ),
    "sextortion": (),
    "csamSolicitation": (),
    "minorToMinorInteraction": (),
    "internetDetails": (("chatImIncident", 1, 1, None),),
    "chatImIncident": (
        ("chatClient", 0, 1, 255),
        ("chatRoomName", 0, 1, 255),
        ("content", 0, 1, None),
        ("additionalInfo", 0, 1, None),
    ),
    "reporter": (
        ("reportingPerson", 1, 1, None),
        ("contactPerson", 0, 1, None),
        ("companyTemplate", 0, 1, None),
        ("termsOfService", 0, 1, None),
        ("legalURL", 0, 1, 2083),
    ),
    "reportingPerson": _PERSON,
    "victimPerson": _PERSON,
    "address": (
        ("address", 0, 1, 255),
        ("city", 0, 1, 100),
        ("zipCode", 0, 1, 20),
        ("state", 0, 1, None),
        ("nonUsaState", 0, 1, 100),
        ("country", 0, 1, None),
    ),
    "personOrUserReported": (
        ("personOrUserReportedPerson", 0, 1, None),
        ("vehicleDescription", 0, 1, 300),
        *_ACCOUNT_HEAD,
        ("thirdPartyUserReported", 0, 1, None),
        ("priorCTReports", 0, None, None),
        ("groupIdentifier", 0, 1, 255),
        ("estimatedLocation", 0, 1, None),
        ("allEmailsReported", 0, 1, None),
        ("associatedAccount", 0, None, None),
        ("additionalInfo", 0, 1, None),
    ),
    "victim": (
        ("victimPerson", 1, 1, None),
        *_ACCOUNT_HEAD,
        ("schoolName", 0, 1, 255),
        ("priorCTReports", 0, None, None),
        ("estimatedLocation", 0, 1, None),
        ("allEmailsReported", 0, 1, None),
        ("associatedAccount", 0, None, None),
        ("additionalInfo", 0, 1, None),
    ),
}
INCIDENT_TYPES = {
    "Child Pornography (possession, manufacture, and distribution)",
    "Child Sex Trafficking",
    "Child Sex Tourism",
    "Child Sexual Molestation",
    "Misleading Domain Name",
    "Misleading Words or Digital Images on the Internet",
    "Online Enticement of Children for Sexual Acts",
    "Unsolicited Obscene Material Sent to a Child",
}


def faults(element: Element) -> list[str]:
    """What in `element` the interface would refuse: unknown, out of order, too many, missing, too long, or empty."""
    allowed = {name: (place, least, most, length) for place, (name, least, most, length) in enumerate(_children(element))}
    found = [f"{element.tag} has attributes"] if element.attrib else []
    last = -1
    counts: dict[str, int] = {}
    for child in element:
        if child.tag not in allowed:
            found.append(f"{element.tag}: {child.tag} is not known")
            continue
        place, _least, most, length = allowed[child.tag]
        counts[child.tag] = counts.get(child.tag, 0) + 1
        if place < last:
            found.append(f"{element.tag}: {child.tag} is out of order")
        last = max(last, place)
        if most is not None and counts[child.tag] > most:
            found.append(f"{element.tag}: too many {child.tag}")
        if length is not None and len(child.text or "") > length:
            found.append(f"{element.tag}: {child.tag} is too long")
        found += faults(child) if child.tag in ELEMENTS else _text_faults(child)
    found += [f"{element.tag}: no {name}" for name, (_, least, _, _) in allowed.items() if counts.get(name, 0) < least]
    return found


def _children(element: Element) -> tuple[Child, ...]:
    # <address> within <address> is its street, which has text alone.
    return () if element.tag == "address" and not len(element) else ELEMENTS[element.tag]


def _text_faults(element: Element) -> list[str]:
    faulty = len(element) or not (element.text or "").strip() or element.attrib
    return [f"{element.tag} is not a plain text"] if faulty else []
