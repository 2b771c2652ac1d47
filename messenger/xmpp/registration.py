"""XEP-0077 in-band registration: a new account by name and password, and a changed password; no captcha, no other forms."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import AccountExists, FeatureMissing, RegistrationRefused, RegistrationUnsupported
from messenger.stream.negotiation import Negotiation
from messenger.stream.requests import Refused, condition_of
from messenger.stream.serial import CLIENT_NS
from messenger.stream.traffic import Traffic
from messenger.xmpp import forms

NS = "jabber:iq:register"
_IQ = f"{{{CLIENT_NS}}}iq"
_OURS = frozenset({"username", "password"})
# Elements of the old form that ask for nothing.
_SAYING = frozenset({"instructions", "registered", "key"})
_CLOSED = frozenset({"feature-not-implemented", "service-unavailable", "item-not-found"})


async def register(negotiation: Negotiation, domain: str, username: str, password: str) -> None:
    """Make the account on a secured stream. Raises `RegistrationUnsupported`, `RegistrationRefused`, `AccountExists`."""
    form = await _ask(negotiation, domain, "get", Element(f"{{{NS}}}query"))
    query = form.find(f"{{{NS}}}query")
    if query is None or query.find(f"{{{NS}}}registered") is not None:
        raise RegistrationUnsupported
    filled = _fill(query, username, password)
    await _ask(negotiation, domain, "set", filled)


async def change_password(traffic: Traffic, domain: str, username: str, password: str) -> None:
    """Raises `FeatureMissing` or `NotConnected`."""
    query = Element(f"{{{NS}}}query")
    SubElement(query, f"{{{NS}}}username").text = username
    SubElement(query, f"{{{NS}}}password").text = password
    try:
        await traffic.request("set", query, domain)
    except Refused:
        raise FeatureMissing from None


def _fill(query: Element, username: str, password: str) -> Element:
    ours = {"username": username, "password": password}
    answer = Element(f"{{{NS}}}query")
    form = query.find(f"{{{forms.NS}}}x")
    if form is not None:
        asked = forms.fields(form)
        needed = {field.name for field in asked if field.required and not field.values}
        if not needed <= _OURS or not {field.name for field in asked} >= _OURS:
            raise RegistrationUnsupported
        kept = {field.name: field.values for field in asked if field.values and field.name not in _OURS | {"FORM_TYPE"}}
        answer.append(forms.submit(NS, {**kept, **ours}))
        return answer
    wanted = {child.tag.removeprefix(f"{{{NS}}}") for child in query if child.tag.startswith(f"{{{NS}}}")} - _SAYING
    if not wanted >= _OURS or wanted - _OURS - {"email", "name"}:
        raise RegistrationUnsupported
    for name, value in ours.items():
        SubElement(answer, f"{{{NS}}}{name}").text = value
    return answer


async def _ask(negotiation: Negotiation, domain: str, kind: str, payload: Element) -> Element:
    iq = Element(_IQ, {"type": kind, "to": domain})
    iq.append(payload)
    answer = await negotiation.ask(iq)
    if answer.get("type") == "result":
        return answer
    condition = condition_of(answer)
    if condition == "conflict":
        raise AccountExists
    raise RegistrationUnsupported if kind == "get" or condition in _CLOSED else RegistrationRefused
