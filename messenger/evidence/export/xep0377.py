"""XEP-0377 (Blocking Command Reports, 0.4): the block that tells the own server, and a report that stands alone.

One item per chosen message, each with the archive id in both forms: `by` the own archive, as XEP-0359 says, and `by` the
reported address, as the example of XEP-0377 and known forwarders have it (measured: one report with several ids brings
one original only, and an id in the other form brings none). The case number and the digest ride in a child of our own
(urn:robin:ref:1), which servers pass through. Nothing is sent from here.
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import NoSuchForm
from messenger.evidence.export.dossier import Dossier, best_time
from messenger.evidence.export.xmltext import XML_LANG, allowed, stanza

BLOCKING = "urn:xmpp:blocking"
REPORTING = "urn:xmpp:reporting:1"
STANZA_ID = "urn:xmpp:sid:0"
REF = "urn:robin:ref:1"
JID = "urn:xmpp:jid:0"
FORWARD = "urn:xmpp:forward:0"
DELAY = "urn:xmpp:delay"
CLIENT = "jabber:client"
ABUSE = "urn:xmpp:reporting:abuse"
SPAM = "urn:xmpp:reporting:spam"


def reason(report: dict[str, Any]) -> str:
    """XEP-0377's reason for a report's category: spam for tricks, abuse for everything else."""
    return SPAM if report["category"] == "deception" else ABUSE


def block(dossier: Dossier) -> Element:
    """The payload of an IQ of type set that blocks and reports: one item per chosen message, at least one.

    `third-party` and `report-origin` are there only where the reporter allowed each. Raises `NoSuchForm` when the
    report names nobody with an address.
    """
    accused = dossier.accused
    if not accused:
        raise NoSuchForm("xep0377")
    found = Element(f"{{{BLOCKING}}}block")
    chosen: list[dict[str, Any] | None] = [*dossier.own.highlighted]
    for message in chosen or [None]:
        item = SubElement(found, f"{{{BLOCKING}}}item", {"jid": allowed(accused)})
        item.append(_report(dossier, message))
    return found


def block_bytes(dossier: Dossier) -> bytes:
    """The block as XMPP writes it, for a file."""
    return stanza(block(dossier))


def messages(dossier: Dossier, to: str) -> list[Element]:
    """Reports that stand alone, one message stanza per chosen message, in the form of Prosody's mod_report_forward.

    The forwarded original is the reporter's word: built from the signed item, not by a server.
    """
    chosen = list(dossier.own.highlighted)
    return [_alone(dossier, to, message) for message in chosen] or [_alone(dossier, to, None)]


def _alone(dossier: Dossier, to: str, message: dict[str, Any] | None) -> Element:
    found = Element(f"{{{CLIENT}}}message", {"to": allowed(to)})
    found.append(_report(dossier, message))
    SubElement(found, f"{{{JID}}}jid").text = allowed(dossier.accused)
    if message is not None:
        found.append(_forwarded(message))
    return found


def _report(dossier: Dossier, message: dict[str, Any] | None) -> Element:
    found = Element(f"{{{REPORTING}}}report", {"reason": reason(dossier.report)})
    for by, id in _archive_ids(dossier, message):
        SubElement(found, f"{{{STANZA_ID}}}stanza-id", {"by": allowed(by), "id": allowed(id)})
    text = SubElement(found, f"{{{REPORTING}}}text", {XML_LANG: "en"})
    # Fixed words for a server's operator; a translation would help nobody to find the case.
    text.text = f"ref case {dossier.name}, sha-256:{dossier.digest}"
    consent = dossier.report["consent"]
    if consent["tell_their_server"]:
        SubElement(found, f"{{{REPORTING}}}report-origin")
    if consent["third_party"]:
        SubElement(found, f"{{{REPORTING}}}third-party")
    SubElement(found, f"{{{REF}}}ref", {"case": dossier.case_number, "digest": dossier.digest})
    return found


def _archive_ids(dossier: Dossier, message: dict[str, Any] | None) -> list[tuple[str, str]]:
    """(by, id) in both forms. A stanza with several ids is trusted in none of them (XEP-0359, rule 4)."""
    found = message["stanza_id"] if message else None
    if found is None or (message and message["dup_stanza_id"]):
        return []
    return [(found["by"], found["id"]), (dossier.accused, found["id"])]


def _forwarded(message: dict[str, Any]) -> Element:
    found = Element(f"{{{FORWARD}}}forwarded")
    SubElement(found, f"{{{DELAY}}}delay", {"stamp": allowed(best_time(message["times"]))})
    inner = {"from": allowed(message["from"]), "to": allowed(message["to"]), "type": allowed(message["type"])}
    if message["id"]:
        inner["id"] = allowed(message["id"])
    original = SubElement(found, f"{{{CLIENT}}}message", inner)
    SubElement(original, f"{{{CLIENT}}}body").text = allowed(message["body"])
    return found
