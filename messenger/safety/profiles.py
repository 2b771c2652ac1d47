"""Endpoint profiles: who receives reports, with the keys that a report is sealed to. A wrong profile is refused.

    profile = load(resources.read("endpoints/desk.json"), "endpoints/desk.json")

No agency's profile is shipped: with none configured there is nobody to send to, and Robin says so (decisions.md 8).
`robin demo` writes the one of its own desk at run time with `dump`. Keys are public OKP JWKs (RFC 8037).
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import urlsplit

from messenger.domain.datafile import Reader, open_reader
from messenger.domain.report import EndpointProfile

_CURVES = {"sig": "Ed25519", "enc": "X25519"}


def load(data: bytes, file: str, hand_set: bool = False) -> EndpointProfile:
    """The profile in `data`. `hand_set`: it came from a person's file, setting or command line, so the permanent line that
    names who receives is shown whatever the file says. Raises `AssetRefused` naming `file` and the id."""
    top = open_reader(data, file)
    keys = [_key(one) for one in top.children("keys")]
    profile = EndpointProfile(
        id=top.text("id"),
        name=top.text("name"),
        base=_base(top),
        keys=tuple(keys),
        country=_country(top),
        jid=_jid(top),
        hours=top.text("hours", ""),
        languages=top.texts("languages"),
        ca_file=top.text("ca_file", ""),
        hand_set=top.yes("hand_set") or hand_set,
        demonstration=top.yes("demonstration"),
    )
    top.done()
    for use in _CURVES:
        if sum(one["use"] == use for one in keys) != 1:
            top.refuse(f"there must be exactly one key of use '{use}'")
    return profile


def dump(profile: EndpointProfile) -> bytes:
    """The profile as a file that `load` takes."""
    value: dict[str, Any] = {
        "id": profile.id,
        "name": profile.name,
        "base": profile.base,
        "keys": [dict(one) for one in profile.keys],
        "country": profile.country,
        "jid": profile.jid,
        "hours": profile.hours,
        "languages": list(profile.languages),
        "ca_file": profile.ca_file,
        "hand_set": profile.hand_set,
        "demonstration": profile.demonstration,
    }
    shown = {key: one for key, one in value.items() if one not in ("", [], False)}
    return (json.dumps(shown, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _base(reader: Reader) -> str:
    base = reader.text("base")
    if base.startswith("http://"):
        reader.refuse("'base' must be https: a report never goes out in clear")
    try:
        parts = urlsplit(base)
        port = parts.port
    except ValueError:
        reader.refuse("'base' is not an address")
    if parts.scheme != "https" or not parts.hostname or port == 0:
        reader.refuse("'base' must be an https address such as https://desk.example.org")
    if parts.username is not None or parts.password is not None:
        reader.refuse("'base' must not hold a name or password")
    if parts.query or parts.fragment or "?" in base or "#" in base or any(one.isspace() for one in base):
        reader.refuse("'base' must end with its path")
    return base.rstrip("/")


def _country(reader: Reader) -> str:
    country = reader.text("country")
    if not (
        country == "elsewhere" or (len(country) == 2 and country.isascii() and country.isalpha() and country.islower())
    ):
        reader.refuse("'country' must be two small letters, or elsewhere")
    return country


def _jid(reader: Reader) -> str:
    jid = reader.text("jid", "")
    local, at, domain = jid.partition("@")
    if jid and (not local or not at or not domain or "@" in domain or "/" in jid or any(one.isspace() for one in jid)):
        reader.refuse("'jid' must be an XMPP address such as desk@example.org")
    return jid


def _key(reader: Reader) -> dict[str, str]:
    use = reader.word("use", _CURVES)
    if reader.has("d"):
        reader.refuse("holds a private key: take 'd' out, and make new keys")
    key = {
        "kty": reader.word("kty", ("OKP",)),
        "crv": reader.word("crv", (_CURVES[use],)),
        "x": _point(reader),
        "use": use,
    }
    if kid := reader.text("kid", ""):
        key["kid"] = kid
    reader.done()
    return key


def _point(reader: Reader) -> str:
    """32 bytes in base64url without padding, in the one canonical writing, and not all nought."""
    text = reader.text("x")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        reader.refuse("'x' is not base64url")
    if len(raw) != 32 or base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != text:
        reader.refuse("'x' must be 32 bytes in base64url")
    if not any(raw):
        reader.refuse("'x' is not a key")
    return text
