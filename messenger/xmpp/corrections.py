"""XEP-0308 corrections and XEP-0424 retractions: the id of an earlier message of the same sender.

Whether that message is the same sender's is decided where the messages are kept; here the ids are read, and what can never
be right is left out: a message that corrects itself (S07).
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.i18n import tr
from messenger.stream.ingress import sound_id
from messenger.stream.serial import CLIENT_NS

REPLACE = "urn:xmpp:message-correct:0"
RETRACT = "urn:xmpp:message-retract:1"
_OLD_RETRACT = "{urn:xmpp:message-retract:0}retract"
_FASTEN = "{urn:xmpp:fasten:0}apply-to"
_FALLBACK = "{urn:xmpp:fallback:0}fallback"
_STORE = "{urn:xmpp:hints}store"
_LONGEST = 2_000


def corrects(message: Element) -> str:
    """The id that this message replaces, or ''."""
    found = message.findall(f"{{{REPLACE}}}replace")
    name = sound_id(found[0].get("id")) if len(found) == 1 else ""
    return "" if name == message.get("id") else name


def retracts(message: Element) -> str:
    """The id that this message takes back, in the new or the old form, or ''."""
    found = message.findall(f"{{{RETRACT}}}retract")
    if not found:
        found = [apply for apply in message.findall(_FASTEN) if apply.find(_OLD_RETRACT) is not None]
    name = sound_id(found[0].get("id")) if len(found) == 1 else ""
    return "" if name == message.get("id") else name


def reason(message: Element) -> str:
    """Why a room took a message away, in the words of who did it (XEP-0425), or ''."""
    found = message.find(f"{{{RETRACT}}}retract/{{{RETRACT}}}reason")
    if found is None:
        found = message.find(
            f"{_FASTEN}/{{urn:xmpp:message-moderate:0}}moderated/{{urn:xmpp:message-moderate:0}}reason"
        )
    return (found.text or "")[:_LONGEST] if found is not None else ""


def correct(message: Element, stanza_id: str) -> None:
    """Make an outgoing message a correction."""
    SubElement(message, f"{{{REPLACE}}}replace", {"id": stanza_id})


def retract(message: Element, stanza_id: str) -> None:
    """Make an outgoing message a retraction, with words for programs that cannot do this."""
    SubElement(message, f"{{{RETRACT}}}retract", {"id": stanza_id})
    SubElement(message, _FALLBACK, {"for": RETRACT})
    SubElement(message, f"{{{CLIENT_NS}}}body").text = tr("I took back a message. Your program cannot show that.")
    SubElement(message, _STORE)
