"""A second verifier of copies and packages, written from assets/schema alone by somebody who never read Robin's code.

`check(data)` says whether a file is accepted; `verdict(data)` says why not. Standard library and `cryptography` only: the
schemas are read by a small interpreter of the few JSON Schema words that they use (no jsonschema), and the canonical form
by a writer of its own. No import from messenger, on purpose: tests/independent/test_agree.py compares the two.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SCHEMAS = Path(__file__).resolve().parents[2] / "assets" / "schema"
LARGEST = 2**53 - 1
DEEPEST = 32
SIZES = {"copy": 64 * 2**20, "package": 24 * 2**20, "report": 2**20, "items": 8 * 2**20, "identity": 2**16}
ADDENDUM_BYTES = 3_000_000
DESK_BYTES = 2**14
# Foundations, "Keys": the points of small order by what their bytes say without the sign, modulo 2^255-19.
FIELD = 2**255 - 19
EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
WEAK = {
    "Ed25519": {0, 1, FIELD - 1, EIGHTH, FIELD - EIGHTH},
    "X25519": {
        0, 1, FIELD - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    },
}  # fmt: skip
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
TO_ESCAPE = re.compile(r'["\\\x00-\x1f]')
BINARY = re.compile(r"\^\[A-Za-z0-9_-\](?:\{(?:22|43)\}|\*)\(\?!\\n\)\$")  # the schemas' patterns of base64url values
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
COUNTS = {"mam_same": "same", "mam_found": "found", "mam_missing": "missing", "mam_mismatch": "differs"}


class Refused(Exception):
    """The file is not accepted, and why."""


class Misfit(Refused):
    """A value that does not have the form of its schema, or a seal that does not look like one."""


def refuse(why: str) -> NoReturn:
    raise Refused(why)


def need(holds: bool, why: str) -> None:
    if not holds:
        raise Refused(why)


@contextmanager
def form() -> Iterator[None]:
    """Whatever is refused within is a matter of form."""
    try:
        yield
    except Refused as refused:
        raise Misfit(str(refused)) from None


# --- canonical JSON (RFC 8785, whole numbers only) ---


def write(value: Any) -> bytes:
    """The canonical form."""
    return _text(value, 1).encode("utf-8")  # a lone surrogate has no UTF-8: UnicodeEncodeError, a ValueError


def _text(value: Any, depth: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        need(-LARGEST <= value <= LARGEST, "number too large")
        return str(value)
    if isinstance(value, str):
        return _string(value)
    need(depth <= DEEPEST, "nested too deep")
    if isinstance(value, list):
        return "[" + ",".join(_text(one, depth + 1) for one in value) + "]"
    need(isinstance(value, dict), "no such value in JSON")
    keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
    return "{" + ",".join(_string(key) + ":" + _text(value[key], depth + 1) for key in keys) + "}"


def _string(value: str) -> str:
    return '"' + TO_ESCAPE.sub(lambda hit: ESCAPES.get(hit[0]) or f"\\u{ord(hit[0]):04x}", value) + '"'


def read(data: bytes) -> Any:
    """The value, if `data` is its canonical form byte for byte."""
    try:
        value = json.loads(data.decode("utf-8"), parse_float=lambda _: refuse("fraction"), parse_constant=refuse)
        same = write(value) == data
    except (ValueError, RecursionError) as error:
        raise Refused(f"not JSON: {error}") from None
    need(same, "not in canonical form")
    return value


# --- base64url, digests, keys, signatures, seals ---


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    """The bytes; padding, another alphabet and left-over bits that are not zero are refused."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Refused("not base64url") from None
    need(b64(data) == text, "not base64url as it must be")
    return data


def digest(data: bytes) -> str:
    return b64(hashlib.sha256(data).digest())


def thumbprint(key: dict[str, Any]) -> str:
    """RFC 7638, of an OKP key."""
    return digest(write({"crv": key["crv"], "kty": key["kty"], "x": key["x"]}))


def check_strong(key: dict[str, Any]) -> None:
    """A key of small order is refused."""
    said = int.from_bytes(unb64(key["x"]), "little") & (2**255 - 1)
    need(said % FIELD not in WEAK[key["crv"]], "key of small order")


def payload(jws: str) -> bytes:
    """What is signed, before anything is verified."""
    return unb64(jws.split(".")[1])


def key_name(jws: str) -> Any:
    """The thumbprint that the header of a JWS names."""
    header = read(unb64(jws.split(".")[0]))
    return header.get("kid") if isinstance(header, dict) else None


def verify_jws(jws: str, key: dict[str, Any], typ: str) -> bytes:
    """The payload, once the header is exactly right and the signature fits."""
    header, body, signature = jws.split(".")
    need(unb64(header) == write({"alg": "Ed25519", "kid": thumbprint(key), "typ": typ}), f"header of {typ}")
    try:
        Ed25519PublicKey.from_public_bytes(unb64(key["x"])).verify(unb64(signature), f"{header}.{body}".encode())
    except (InvalidSignature, ValueError):
        raise Refused(f"signature of {typ}") from None
    return unb64(body)


def check_jwe(jwe: str, receivers: set[str]) -> None:
    """What can be seen of a seal from outside: its header, its lengths, and that it is for one of the receivers."""
    header, none, nonce, sealed, tag = jwe.split(".")
    raw = unb64(header)
    said = read(raw)
    try:
        epk, kid = said["epk"]["x"], said["kid"]
    except (KeyError, TypeError):
        raise Refused("header of a seal") from None
    need(isinstance(epk, str) and isinstance(kid, str), "header of a seal")
    right = {
        "alg": "ECDH-ES", "enc": "A256GCM", "epk": {"crv": "X25519", "kty": "OKP", "x": epk},
        "kid": kid, "typ": "robin-sealed+jwe",
    }  # fmt: skip
    need(raw == write(right) and len(unb64(epk)) == 32, "header of a seal")
    check_strong(right["epk"])
    need(none == "" and len(unb64(nonce)) == 12 and len(unb64(tag)) == 16, "form of a seal")
    unb64(sealed)
    need(kid in receivers, "sealed for nobody there")


# --- the schemas ---


@functools.cache
def schemas() -> dict[str, Any]:
    """Every schema of the contract by its $id."""
    found = (json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.schema.json"))
    return {one["$id"]: one for one in found}


def fits(value: Any, name: str) -> None:
    """Refuses a value that does not fit the schema `name`."""
    base = f"urn:robin:schema:{name}:1"
    with form():
        _fit(value, schemas()[base], base, name)


def _fit(value: Any, schema: dict[str, Any], base: str, at: str) -> None:
    for word, said in schema.items():
        WORDS[word](value, said, schema, base, at)


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON: true is not 1. The contract's const and enum values are scalars."""
    return type(one) is type(other) and bool(one == other)


def _type(value: Any, said: Any, _schema: Any, _base: str, at: str) -> None:
    classes: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
    classes["boolean"] = bool
    need(isinstance(value, classes[said]) and (said == "boolean" or not isinstance(value, bool)), f"type at {at}")


def _ref(value: Any, said: str, _schema: Any, base: str, at: str) -> None:
    name, _, pointer = said.partition("#")
    base = name or base
    target = schemas()[base]
    for step in pointer.split("/")[1:]:
        target = target[step]
    if pointer.endswith(("/signingKey", "/sealingKey")):
        _key(value, target, base, at)
    _fit(value, target, base, at)


def _key(value: Any, target: Any, base: str, at: str) -> None:
    """A key's name, where it has one, is its thumbprint, and the key is not weak."""
    _fit(value, target, base, at)
    check_strong(value)
    need("kid" not in value or value["kid"] == thumbprint(value), f"kid at {at}")


def _pattern(value: Any, said: str, _schema: Any, _base: str, at: str) -> None:
    if not isinstance(value, str):
        return
    need(re.search(said, value) is not None, f"pattern at {at}")
    if BINARY.fullmatch(said):
        unb64(value)
    elif said.startswith("^[0-9]{4}-"):
        check_time(value, at)


def check_time(value: str, at: str) -> None:
    """RFC 3339: a day and a time of day that there are. It knows a year 0000 and, at a day's end, a second 60."""
    need(TIME.fullmatch(value) is not None, f"time at {at}")
    value = re.sub("^0000", "2000", value).replace("T23:59:60", "T23:59:59")
    try:
        datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError:
        raise Refused(f"time at {at}") from None


def _properties(value: Any, said: Any, _schema: Any, base: str, at: str) -> None:
    for key, inner in said.items():
        if isinstance(value, dict) and key in value:
            _fit(value[key], inner, base, f"{at}/{key}")


def _additional(value: Any, said: Any, schema: Any, _base: str, at: str) -> None:
    need(said is False, "a schema word that is not known here")
    need(not isinstance(value, dict) or value.keys() <= schema["properties"].keys(), f"unknown member at {at}")


def _items(value: Any, said: Any, _schema: Any, base: str, at: str) -> None:
    for number, one in enumerate(value if isinstance(value, list) else []):
        _fit(one, said, base, f"{at}/{number}")


def _any_of(value: Any, said: Any, _schema: Any, base: str, at: str) -> None:
    if not any(_fitting(value, one, base) for one in said):
        refuse(f"nothing fits at {at}")


def _fitting(value: Any, schema: Any, base: str) -> bool:
    try:
        _fit(value, schema, base, "")
    except Refused:
        return False
    return True


def _if(value: Any, said: Any, schema: Any, base: str, at: str) -> None:
    _fit(value, schema["then" if _fitting(value, said, base) else "else"], base, at)


def _length(least: bool, kind: type) -> Any:
    def inner(value: Any, said: int, _schema: Any, _base: str, at: str) -> None:
        if isinstance(value, kind):
            size = len(value)  # type: ignore[arg-type]
            need(size >= said if least else size <= said, f"length at {at}")

    return inner


def _bound(least: bool) -> Any:
    def inner(value: Any, said: int, _schema: Any, _base: str, at: str) -> None:
        if isinstance(value, int) and not isinstance(value, bool):
            need(value >= said if least else value <= said, f"number at {at}")

    return inner


def _required(value: Any, said: Any, _schema: Any, _base: str, at: str) -> None:
    need(not isinstance(value, dict) or set(said) <= value.keys(), f"missing member at {at}")


def _const(value: Any, said: Any, _schema: Any, _base: str, at: str) -> None:
    need(_same(value, said), f"value at {at}")


def _enum(value: Any, said: Any, _schema: Any, _base: str, at: str) -> None:
    need(any(_same(value, one) for one in said), f"value at {at}")


def _unique(value: Any, _said: Any, _schema: Any, _base: str, at: str) -> None:
    if isinstance(value, list):
        need(len({write(one) for one in value}) == len(value), f"twice at {at}")


def _nothing(*_: Any) -> None:
    """A word that says nothing about a value by itself."""


WORDS: dict[str, Any] = {
    **dict.fromkeys(("$schema", "$id", "$defs", "title", "description", "then", "else"), _nothing),
    "type": _type, "$ref": _ref, "const": _const, "enum": _enum, "pattern": _pattern, "required": _required,
    "properties": _properties, "additionalProperties": _additional, "items": _items, "anyOf": _any_of, "if": _if,
    "uniqueItems": _unique, "minLength": _length(True, str), "maxLength": _length(False, str),
    "minItems": _length(True, list), "maxItems": _length(False, list), "minimum": _bound(True), "maximum": _bound(False),
}  # fmt: skip


# --- lines and their manifest ---


def leaf(line: dict[str, Any]) -> bytes:
    return unb64(line["leaf"]) if "withheld" in line else hashlib.sha256(b"\x00" + write(line)).digest()


def tree_head(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, with the leaves hashed already."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_head(leaves[:split]) + tree_head(leaves[split:])).digest()


def runs(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every run of places that is not shown, each as long as it can be."""
    found: list[dict[str, Any]] = []

    def add(first: int, last: int, reason: str) -> None:
        if found and found[-1]["reason"] == reason and found[-1]["to_seq"] == first - 1:
            first = found.pop()["from_seq"]
        found.append({"from_seq": first, "to_seq": last, "count": last - first + 1, "reason": reason})

    for before, line in zip([None, *lines], lines, strict=False):
        if before and before["seq"] + 1 < line["seq"]:
            add(before["seq"] + 1, line["seq"] - 1, "outside")
        if "withheld" in line:
            add(line["seq"], line["seq"], line["withheld"])
    return found


def counted(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What of a manifest follows from its lines alone. `integrity` is without `asked_at`."""
    shown = [line for line in lines if "withheld" not in line]
    asked = any(line["archive_check"] != "not_asked" for line in shown)
    integrity: dict[str, Any] = {"dup_stanza_ids": sum(line["dup_stanza_id"] for line in shown)}
    for name, said in COUNTS.items():
        integrity[name] = sum(line["archive_check"] == said for line in shown) if asked else None
    return {
        "entries": len(lines),
        "shown": len(shown),
        "seq": {"first": lines[0]["seq"], "last": lines[-1]["seq"]} if lines else None,
        "withheld": runs(lines),
        "integrity": integrity,
        "merkle_root": b64(tree_head([leaf(line) for line in lines])),
    }


def check_lines(manifest: dict[str, Any], lines: list[dict[str, Any]]) -> None:
    """Step 4."""
    need((manifest["room"] is None) == (manifest["kind"] != "room"), "room and kind")
    need(manifest["kind"] != "none" or not lines, "lines of no chat")
    need(manifest["total"] >= manifest["entries"], "total")
    need(all(one["seq"] < other["seq"] for one, other in pairwise(lines)), "order of seq")
    for name, value in counted(lines).items():
        said = manifest[name]
        if name == "integrity":
            said = {key: one for key, one in said.items() if key != "asked_at"}
        need(said == value, f"manifest: {name}")
    shown = [line for line in lines if "withheld" not in line]
    for line in shown:
        check_item(line)
        asked = line["archive_check"] != "not_asked"
        need(not asked or manifest["integrity"]["asked_at"] is not None, "asked at no time")
    check_journal(manifest["journal"], [line["journal"] for line in shown if line["journal"] is not None])


def check_item(line: dict[str, Any]) -> None:
    for one in (line, *line["edits"]):
        raw = one["raw_xml"]
        need(raw is None or one["raw_sha256"] == digest(raw.encode()), "raw_sha256")
    level = "A2" if line["archive_check"] in ("same", "found") else "A0" if line["journal"] is None else "A1"
    need(line["assurance"] == level, "assurance")
    need(line["edits_total"] >= len(line["edits"]), "edits_total")


def check_journal(end: dict[str, Any] | None, places: list[dict[str, Any]]) -> None:
    need(len({one["index"] for one in places}) == len(places), "a place of the journal twice")
    need(not places or (end is not None and max(one["index"] for one in places) <= end["index"]), "journal's end")
    need(all(one["hash"] == end["head"] for one in places if end and one["index"] == end["index"]), "journal's head")


# --- the two containers ---


def check_check(value: dict[str, Any]) -> None:
    """The digest over the file itself."""
    need(value["check"] == digest(write({key: one for key, one in value.items() if key != "check"})), "check")


class Desk:
    """The desk's keys of a copy, and which of them were needed."""

    def __init__(self, keys: list[dict[str, Any]], sealed_for: list[str]) -> None:
        self.keys = {thumbprint(key): key for key in keys}
        self.sealed_for = sealed_for
        self.used: set[str] = set()
        need([thumbprint(key) for key in keys] == sorted(self.keys), "order of desk_keys")

    def read(self, jws: str, kind: str) -> dict[str, Any]:
        """What the desk signed."""
        need(len(jws) <= DESK_BYTES, f"{kind} too large")
        name = key_name(jws)
        need(isinstance(name, str) and name in self.keys and name in self.sealed_for, f"{kind}: key of nobody known")
        value: dict[str, Any] = read(verify_jws(jws, self.keys[name], f"robin-{kind}+jws"))
        fits(value, kind)
        self.used.add(name)
        return value


def check_copy(copy: dict[str, Any]) -> None:
    fits(copy, "copy")
    check_check(copy)
    raw = payload(copy["report"])
    need(len(raw) <= SIZES["report"], "report too large")
    report = read(raw)
    fits(report, "report")
    signing = report["reporter"]["keys"]["sig"]
    verify_jws(copy["report"], signing, "robin-report+jws")
    need(report["sent_to"]["keys"] == sorted(report["sent_to"]["keys"]), "order of sent_to.keys")
    for name, file in copy["files"].items():
        data, said = write(file), report["files"][name]
        need((said["digest"], said["size"]) == (digest(data), len(data)), f"files: {name}")
        need(file["report_id"] == report["report_id"], f"report_id of {name}")
        need(len(data) <= SIZES[name], f"{name} too large")
    check_lines(report["evidence"], copy["files"]["items"]["items"])
    desk = Desk(copy["desk_keys"], report["sent_to"]["keys"])
    if copy["receipt"] is None:
        need(not copy["addenda"] and copy["withdrawal"] is None, "something after a receipt that is not there")
    else:
        check_after(copy, report["report_id"], digest(raw), signing, desk)
    need(desk.used == desk.keys.keys(), "desk_keys that signed nothing")


def check_after(copy: dict[str, Any], report_id: str, named: str, signing: dict[str, Any], desk: Desk) -> None:
    """Steps 5 to 7: what came from the desk, and what was added later."""
    receipt = desk.read(copy["receipt"], "receipt")
    need((receipt["report_id"], receipt["report_digest"]) == (report_id, named), "receipt of another report")
    before, seen = named, set()
    for one in copy["addenda"]:
        added = check_addendum(one["addendum"], report_id, before, signing)
        need(added["addendum_id"] not in seen, "addendum_id twice")
        seen.add(added["addendum_id"])
        before = digest(payload(one["addendum"]))
        if one["receipt"] is not None:
            got = desk.read(one["receipt"], "addendum-receipt")
            names = (got["report_id"], got["addendum_id"], got["addendum_digest"], got["case_number"])
            need(names == (report_id, added["addendum_id"], before, receipt["case_number"]), "addendum's receipt")
    if copy["withdrawal"] is not None:
        got = desk.read(copy["withdrawal"], "withdrawal-receipt")
        whose = (got["report_id"], got["report_digest"], got["case_number"])
        need(whose == (report_id, named, receipt["case_number"]), "withdrawal of another report")


def check_addendum(jws: str, report_id: str, before: str, signing: dict[str, Any]) -> dict[str, Any]:
    raw = verify_jws(jws, signing, "robin-addendum+jws")
    need(len(raw) <= ADDENDUM_BYTES, "addendum too large")
    added: dict[str, Any] = read(raw)
    fits(added, "addendum")
    need((added["report_id"], added["prev_digest"]) == (report_id, before), "addendum of another chain")
    if added["evidence"] is None:
        need(not added["items"], "lines without a manifest")
    else:
        check_lines(added["evidence"], added["items"])
    need(bool(added["items"]) or added["narrative"] is not None, "addendum without anything")
    return added


def check_package(package: dict[str, Any]) -> None:
    fits(package, "package")
    check_check(package)
    keys = [thumbprint(key) for key in package["endpoint"]["keys"]]
    need(len(set(keys)) == len(keys), "a key twice")
    receivers = {thumbprint(key) for key in package["endpoint"]["keys"] if key["crv"] == "X25519"}
    with form():
        for jwe in (package["report"], *package["files"].values()):
            check_jwe(jwe, receivers)


CONTAINERS = {"urn:robin:copy:1": check_copy, "urn:robin:package:1": check_package}


def verdict(data: bytes) -> Refused | None:
    """Why a file is refused; None when it is accepted."""
    try:
        need(len(data) <= SIZES["copy"], "file too large")
        value = read(data)
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in CONTAINERS:
            refuse("neither a copy nor a package")
        need(kind != "urn:robin:package:1" or len(data) <= SIZES["package"], "package too large")
        CONTAINERS[kind](value)
    except Refused as refused:
        return refused
    return None


def check(data: bytes) -> bool:
    """Whether a file is accepted. Never raises."""
    try:
        return verdict(data) is None
    except Exception:
        return False
