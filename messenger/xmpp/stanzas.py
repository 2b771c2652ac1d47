"""Messages between the wire and the domain (RFC 6121, XEP-0359): pure functions."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.domain.message import ChatState, Direction, IncomingMessage, Marker, OutgoingMessage
from messenger.stream.facts import Chat
from messenger.stream.ingress import SID, sound_id
from messenger.stream.serial import CLIENT_NS, XML_NS, raw_stanza
from messenger.xmpp import chat_states, corrections, media, receipts, replies

_BODY = f"{{{CLIENT_NS}}}body"
_LANG = f"{{{XML_NS}}}lang"
_ORIGIN = f"{{{SID}}}origin-id"
_ENCRYPTED = {
    "{eu.siacs.conversations.axolotl}encrypted": "omemo",
    "{urn:xmpp:omemo:2}encrypted": "omemo",
    "{urn:xmpp:openpgp:0}openpgp": "openpgp",
    "{jabber:x:encrypted}x": "pgp",
}
_EME = "{urn:xmpp:eme:0}encryption"


def incoming(account: str, chat: Chat, lang: str = "en") -> IncomingMessage | None:
    """The message in a checked stanza; None when it holds nothing for a person (a receipt, a state)."""
    element = chat.element
    encryption = encryption_of(element)
    files = media.files(element) if len(element) else ()
    retracts = chat.moderates or corrections.retracts(element)
    room = chat.kind == "groupchat"
    body, body_lang = _body(element, lang)
    if not (body or files or retracts or encryption != "none"):
        return None
    return IncomingMessage(
        account=account,
        counterpart=chat.counterpart,
        direction=chat.direction,
        via=chat.via,
        sender=chat.sender.full,
        to=chat.to,
        kind=chat.kind,
        stanza_id=sound_id(element.get("id")),
        origin_id=_origin(element),
        archive_id=chat.archive_id,
        duplicate_archive_ids=chat.duplicate_archive_ids,
        body=corrections.reason(element) if chat.moderates else "" if retracts else replies.own_words(element, body),
        lang=body_lang,
        times=chat.times,
        raw=raw_stanza(element),
        corrects="" if retracts else corrections.corrects(element),
        retracts=retracts,
        reply_to=replies.reply_to(element),
        media=files,
        encryption=encryption,
        wants_receipt=not room and receipts.wants_receipt(element),
        markable=not room and receipts.markable(element),
        occupant=chat.occupant,
        stay=chat.stay,
        moderates=chat.moderates,
    )


def marks(chat: Chat) -> tuple[tuple[str, Marker, str, bool], ...]:
    """What a checked stanza says about earlier messages: counterpart, mark, stanza id, whether another own device says it.

    Of own devices only "read" says something: that the person has seen it.
    """
    if chat.kind == "groupchat":
        return ()
    own = chat.direction is Direction.OUT
    return tuple(
        (chat.counterpart, marker, stanza_id, own)
        for marker, stanza_id in receipts.marks(chat.element)
        if not own or marker is Marker.READ
    )


def encryption_of(element: Element) -> str:
    """What the message says that it is encrypted with; 'none', or a short name, or 'other'."""
    for child in element:
        if child.tag in _ENCRYPTED:
            return _ENCRYPTED[child.tag]
    return "other" if element.find(_EME) is not None else "none"


def outgoing(message: OutgoingMessage) -> Element:
    """The stanza of a message to send: stanza id and origin id are the same and stay the same over every resend."""
    room = message.kind == "groupchat"
    element = _addressed(message.counterpart, message.origin_id)
    if room:
        element.set("type", "groupchat")
    if message.lang:
        element.set(_LANG, message.lang)
    SubElement(element, _ORIGIN, {"id": message.origin_id})
    if message.retracts:
        corrections.retract(element, message.retracts)
        return element
    body = message.body
    if message.reply_to:
        body = replies.reply(element, message.reply_to, message.counterpart, message.quote, body)
    if message.corrects:
        corrections.correct(element, message.corrects)
    SubElement(element, _BODY).text = body
    if room:
        return element
    receipts.ask(element)
    chat_states.write(element, ChatState.ACTIVE)
    return element


def mark(counterpart: str, marker: Marker, stanza_id: str, own_id: str) -> Element:
    """A receipt or displayed marker."""
    element = _addressed(counterpart, own_id)
    receipts.tell(element, marker, stanza_id)
    return element


def state(counterpart: str, chat_state: ChatState, own_id: str) -> Element:
    """A chat state without words; no archive need keep it."""
    element = _addressed(counterpart, own_id)
    chat_states.write(element, chat_state)
    SubElement(element, "{urn:xmpp:hints}no-store")
    return element


def _addressed(to: str, name: str) -> Element:
    return Element(f"{{{CLIENT_NS}}}message", {"type": "chat", "to": to, "id": name})


def _origin(element: Element) -> str:
    found = element.findall(_ORIGIN)
    return sound_id(found[0].get("id")) if len(found) == 1 else ""


def _body(element: Element, lang: str) -> tuple[str, str]:
    """The body in the account's language, or the one without a language, or the first; and its language."""
    around = element.get(_LANG, "")
    bodies = [(body.get(_LANG, around), body.text or "") for body in element.iterfind(_BODY)]
    if not bodies:
        return "", around
    for wish in (lang, around):
        for language, text in bodies:
            if language == wish:
                return text, language
    return bodies[0][1], bodies[0][0]
