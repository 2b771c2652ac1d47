"""Endpoint profiles: who receives reports, with the keys that a report is sealed to. A wrong profile is refused.

    profile = load(resources.read("endpoints/desk.json"), "endpoints/desk.json")

No agency's profile is shipped: with none configured there is nobody to send to, and Robin says so (decisions.md 8).
`robin demo` writes the one of its own desk at run time with `dump`. Keys are public OKP JWKs (RFC 8037). `base` says by
its scheme how a report goes there: https, xmpp (the desk's XMPP address), mailto (an e-mail that the person writes), or
folder (a place on this computer or a stick). The desks of a signed directory are read by `read` (safety/directory.py).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from messenger.domain.datafile import Reader, open_reader
from messenger.domain.report import EndpointProfile
from messenger.safety import hours

SCHEMES = ("https", "xmpp", "mailto", "folder")
AUTH = ("xmpp-0070", "code-email")
_CURVES = {"sig": "Ed25519", "enc": "X25519"}
_MOST_PINS = 20


def load(data: bytes, file: str, hand_set: bool = False) -> EndpointProfile:
    """The profile in `data`. `hand_set`: it came from a person's file, setting or command line, so the permanent line that
    names who receives is shown whatever the file says. Raises `AssetRefused` naming `file` and the id."""
    return read(open_reader(data, file), hand_set)


def read(top: Reader, hand_set: bool = False) -> EndpointProfile:
    """The profile in an object that is open already. Raises `AssetRefused`."""
    keys = [read_key(one) for one in top.children("keys")]
    base = _base(top)
    profile = EndpointProfile(
        id=top.text("id"),
        name=top.text("name"),
        base=base,
        keys=tuple(keys),
        country=country(top),
        jid=_jid(top, "jid") or (base.partition(":")[2] if base.startswith("xmpp:") else ""),
        hours=top.text("hours", ""),
        languages=top.texts("languages"),
        ca_file=top.text("ca_file", ""),
        hand_set=top.yes("hand_set") or hand_set,
        demonstration=top.yes("demonstration"),
        auth=_auth(top),
        forward_jid=_jid(top, "forward_jid"),
        out_of_hours=top.text("out_of_hours", ""),
        pins=_pins(top),
    )
    top.done()
    _check(top, profile)
    for use in _CURVES:
        if sum(one["use"] == use for one in keys) != 1:
            top.refuse(f"there must be exactly one key of use '{use}'")
    return profile


def dump(profile: EndpointProfile) -> bytes:
    """The profile as a file that `load` takes."""
    return (json.dumps(members(profile), ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def members(profile: EndpointProfile) -> dict[str, Any]:
    """The profile as a file's members: an entry for a directory, with backup keys beside it where there are some."""
    value: dict[str, Any] = {
        "id": profile.id,
        "name": profile.name,
        "base": profile.base,
        "keys": [dict(one) for one in profile.keys],
        "country": profile.country,
        "jid": "" if profile.base == f"xmpp:{profile.jid}" else profile.jid,
        "hours": profile.hours,
        "languages": list(profile.languages),
        "ca_file": profile.ca_file,
        "hand_set": profile.hand_set,
        "demonstration": profile.demonstration,
        "auth": list(profile.auth),
        "forward_jid": profile.forward_jid,
        "out_of_hours": profile.out_of_hours,
        "pins": list(profile.pins),
    }
    return {key: one for key, one in value.items() if one not in ("", [], False)}


def _check(top: Reader, profile: EndpointProfile) -> None:
    """What has to fit together."""
    if profile.base.startswith("xmpp:") and profile.jid != profile.base.partition(":")[2]:
        top.refuse("'jid' and 'base' name two addresses")
    if "xmpp-0070" in profile.auth and not profile.jid:
        top.refuse("'auth' has xmpp-0070, but there is no 'jid' that would ask")
    if profile.out_of_hours == profile.id:
        top.refuse("'out_of_hours' names the desk itself")
    if profile.out_of_hours and hours.read(profile.hours) is None:
        top.refuse("'out_of_hours' needs 'hours' such as 'Mo-Fr 09:00-17:00 Europe/London'")
    if profile.pins and not profile.base.startswith("https:"):
        top.refuse("'pins' are for https only")


# -- where it is


def _base(reader: Reader) -> str:
    base = reader.text("base")
    if base.startswith("http://"):
        reader.refuse("'base' must be https: a report never goes out in clear")
    if any(one.isspace() for one in base) or "?" in base or "#" in base:
        reader.refuse("'base' must end with its path")
    try:
        scheme = urlsplit(base).scheme
    except ValueError:
        reader.refuse("'base' is not an address")
    return _READ.get(scheme, _https)(reader, base)


def _https(reader: Reader, base: str) -> str:
    try:
        parts = urlsplit(base)
        port = parts.port
    except ValueError:
        reader.refuse("'base' is not an address")
    if parts.scheme != "https" or not parts.hostname or port == 0:
        reader.refuse("'base' must be an https address such as https://desk.example.org")
    if parts.username is not None or parts.password is not None:
        reader.refuse("'base' must not hold a name or password")
    return base.rstrip("/")


def _xmpp(reader: Reader, base: str) -> str:
    if not _is_address(base.partition(":")[2]):
        reader.refuse("'base' must be such as xmpp:desk@example.org")
    return base


def _mailto(reader: Reader, base: str) -> str:
    address = base.partition(":")[2]
    if not _is_address(address) or "%" in address or "," in address or "." not in address.rpartition("@")[2]:
        reader.refuse("'base' must be such as mailto:desk@example.org")
    return base


def _folder(reader: Reader, base: str) -> str:
    path = unquote(base.removeprefix("folder://"))
    if not base.startswith("folder:///") or "\x00" in path or ".." in path.split("/") or not path.strip("/"):
        reader.refuse("'base' must be such as folder:///media/stick/reports")
    return base.rstrip("/")


_READ: Mapping[str, Callable[[Reader, str], str]] = {"xmpp": _xmpp, "mailto": _mailto, "folder": _folder}


def _is_address(text: str) -> bool:
    local, at, domain = text.partition("@")
    return bool(local and at and domain) and not (
        {"@", "/"} & set(domain) or "/" in local or any(map(str.isspace, text))
    )


def country(reader: Reader, key: str = "country") -> str:
    """Two small letters, or elsewhere."""
    found = reader.text(key)
    if not (found == "elsewhere" or (len(found) == 2 and found.isascii() and found.isalpha() and found.islower())):
        reader.refuse(f"'{key}' must be two small letters, or elsewhere")
    return found


def _jid(reader: Reader, key: str) -> str:
    jid = reader.text(key, "")
    if jid and not _is_address(jid):
        reader.refuse(f"'{key}' must be an XMPP address such as desk@example.org")
    return jid


def _auth(reader: Reader) -> tuple[str, ...]:
    found = reader.texts("auth")
    for one in found:
        if one not in AUTH:
            reader.refuse(f"unknown word '{one}' in 'auth'")
    return found


# -- keys


def _pins(reader: Reader) -> tuple[str, ...]:
    found = reader.texts("pins")
    if len(found) > _MOST_PINS:
        reader.refuse(f"'pins' has more than {_MOST_PINS}")
    for one in found:
        _point(reader, one, "pins")
    return found


def read_key(reader: Reader) -> dict[str, str]:
    """A public key. Raises `AssetRefused`."""
    use = reader.word("use", _CURVES)
    if reader.has("d"):
        reader.refuse("holds a private key: take 'd' out, and make new keys")
    key = {
        "kty": reader.word("kty", ("OKP",)),
        "crv": reader.word("crv", (_CURVES[use],)),
        "x": _point(reader, reader.text("x"), "x"),
        "use": use,
    }
    if kid := reader.text("kid", ""):
        key["kid"] = kid
    reader.done()
    return key


def _point(reader: Reader, text: str, key: str) -> str:
    """32 bytes in base64url without padding, in the one canonical writing, and not all nought."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        reader.refuse(f"'{key}' is not base64url")
    if len(raw) != 32 or base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != text:
        reader.refuse(f"'{key}' must be 32 bytes in base64url")
    if not any(raw):
        reader.refuse(f"'{key}' is not a key")
    return text
