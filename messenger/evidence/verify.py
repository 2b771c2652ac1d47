"""Checks a report file of Robin Messenger and says in plain words what holds. Usage: python verify.py FILE [--json]

It stands alone: Python 3.11 and the `cryptography` package, nothing of Robin itself, so that anybody can read it
in a quarter of an hour and need not trust the program that made the file. It reads a kept copy (NAME.robin.json),
with or without a receipt, and says of a sealed package what can be checked without the desk's key. It needs no network.
The format is described in assets/schema/README.md. Exit code: 0 accepted, 1 refused, 2 not readable.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX_BYTES = 24 * 1024 * 1024
MAX_DEPTH = 32
OK, REFUSED, NOTE = "ok", "refused", "note"
HEADS = {OK: "Holds", REFUSED: "Does not hold", NOTE: "Please note"}
SIGNER_WORDS = "The signature shows who reported and that nothing changed since. It does not show who wrote a message."


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `result`: "ok" (holds), "refused" (does not hold), "note" (what this does not show)."""

    check: str
    words: str
    result: str = OK


class Refused(Exception):
    """A check failed: its name and the words."""

    def __init__(self, check: str, words: str) -> None:
        self.finding = Finding(check, words, REFUSED)


class Unreadable(Exception):
    """This is no file of Robin at all."""


def canonical(value: Any) -> bytes:
    """The one form of a value: keys sorted by UTF-16 units, no spaces, whole numbers only, UTF-8."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{" + b",".join(canonical(name) + b":" + canonical(value[name]) for name in names) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > 2**53 - 1):
        raise ValueError("number")
    # For a string, json escapes exactly what RFC 8785 (3.2.2.2) escapes.
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def parse(data: bytes, name: str) -> dict[str, Any]:
    """The object in `data`, refused unless its canonical form is `data` itself, to the last byte."""
    try:
        value = json.loads(data.decode("utf-8"))
        if isinstance(value, dict) and depth_holds(value) and canonical(value) == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise Refused(name, "This part is not in the one form that the format allows. It was changed or is damaged.")


def depth_holds(value: Any) -> bool:
    """Whether nothing is nested deeper than the format allows."""
    level = [value]
    for _depth in range(MAX_DEPTH + 1):
        groups = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level = [one for group in groups for one in group]
    return not level


def unb64u(text: Any, name: str) -> bytes:
    """Strict base64url: no padding, no other sign, left-over bits zero."""
    if isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9_-]*", text) and len(text) % 4 != 1:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if b64u(data) == text:
            return data
    raise Refused(name, "A coded part is damaged.")


def b64u(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def digest(data: bytes) -> str:
    """SHA-256 in base64url."""
    return b64u(hashlib.sha256(data).digest())


def printable(words: str) -> str:
    """Words without signs that move the cursor or turn text around: names in a file come from strangers."""
    return "".join(sign if sign.isprintable() else f"[U+{ord(sign):04X}]" for sign in words)


def thumbprint(jwk: dict[str, Any]) -> str:
    """The name of a key: the digest of its required members (RFC 7638)."""
    return digest(canonical({"crv": jwk["crv"], "kty": jwk["kty"], "x": jwk["x"]}))


def payload_of(jws: Any, name: str) -> bytes:
    """What a JWS carries, before any check."""
    if not isinstance(jws, str) or jws.count(".") != 2:
        raise Refused(name, "The signed part is damaged.")
    return unb64u(jws.split(".")[1], name)


def check_signature(jws: str, jwk: dict[str, Any], typ: str, name: str) -> None:
    """Ed25519 (RFC 8032) over header and payload, the header being exactly the one expected (RFC 7515)."""
    header, payload, signature = jws.split(".")
    expected = canonical({"alg": "Ed25519", "kid": thumbprint(jwk), "typ": typ})
    if unb64u(header, name) != expected or jwk["kty"] != "OKP" or jwk["crv"] != "Ed25519":
        raise Refused(name, "The signature does not belong to the key that is named.")
    try:
        public = Ed25519PublicKey.from_public_bytes(unb64u(jwk["x"], name))
        public.verify(unb64u(signature, name), f"{header}.{payload}".encode("ascii"))
    except (InvalidSignature, ValueError):
        raise Refused(name, "The signature does not fit. Something was changed after it was signed.") from None


def check_copy(copy: dict[str, Any], desk_key: str) -> list[Finding]:
    """Every part of a readable copy, in order; stops at the first that does not hold."""
    if set(copy) != {"type", "report", "files", "receipt", "desk_keys"} or set(copy["files"]) != {"items", "identity"}:
        raise Refused("form", "Parts of the file are missing, or there are parts that do not belong.")
    found = [Finding("form", "The file is complete and in the one form that the format allows.")]
    payload = payload_of(copy["report"], "report")
    report = parse(payload, "report")
    if report["type"] != "urn:robin:abuse-report:1":
        raise Refused("report", "The signed part is not a report.")
    key = report["reporter"]["keys"]["sig"]
    check_signature(copy["report"], key, "robin-report+jws", "signature")
    who = report["reporter"]["jid"] or "a person without a chat address"
    found.append(Finding("signature", f"Signed with the key {thumbprint(key)}, used by {who}. {SIGNER_WORDS}"))
    for name, label in (("items", "messages"), ("identity", "reporter's details")):
        data = canonical(copy["files"][name])
        if (digest(data), len(data)) != (report["files"][name]["digest"], report["files"][name]["size"]):
            raise Refused(name, f"The {label} are not the ones that were signed.")
        if copy["files"][name]["report_id"] != report["report_id"]:
            raise Refused(name, f"The {label} belong to another report.")
        found.append(Finding(name, f"The {label} are exactly the ones that were signed."))
    found += check_items(report["evidence"], copy["files"]["items"]["items"])
    found += check_receipt(copy, report, digest(payload), desk_key)
    found.append(Finding("digest", f"The report is named by its digest: {digest(payload)}", NOTE))
    return found


def check_items(manifest: dict[str, Any], items: list[dict[str, Any]]) -> list[Finding]:
    """Order, gaps, each line and the tree over all lines (RFC 6962)."""
    leaves: list[bytes] = []
    previous = 0
    for item in items:
        seq = item["seq"]
        if seq <= previous:
            raise Refused("order", f"Message {seq} is not in its place.")
        previous = seq
        for part in [item, *item.get("edits", [])]:
            raw = part.get("raw_xml")
            if raw is not None and digest(raw.encode("utf-8")) != part["raw_sha256"]:
                raise Refused("items", f"The stored form of message {seq} is not the one that was kept.")
        line = b"\x00" + canonical(item)
        leaves.append(unb64u(item["leaf"], "items") if "withheld" in item else hashlib.sha256(line).digest())
    shown = sum("withheld" not in item for item in items)
    if (len(items), shown) != (manifest["entries"], manifest["shown"]) or withheld(items) != manifest["withheld"]:
        raise Refused("count", "Messages are missing or were added.")
    if b64u(tree(leaves)) != manifest["merkle_root"]:
        raise Refused("tree", "The messages do not fit the sum over all of them.")
    hidden = sum(run["count"] for run in manifest["withheld"])
    kept = sum(1 for item in items if item.get("journal"))
    found = [Finding("lines", f"{shown} messages are shown, in order. {hidden} more are not shown, but counted.")]
    words = f"{kept} of {shown} messages were in the log of the reporter's program before the report."
    found.append(Finding("assurance", f"{words} Only a server's archive can confirm who wrote them.", NOTE))
    if any(manifest["media"].values()):
        found.append(Finding("media", "Pictures and files are named only. The file holds none of their content.", NOTE))
    return found


def tree(leaves: list[bytes]) -> bytes:
    """The head of the tree over the leaves (RFC 6962, section 2.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:])).digest()


def withheld(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The runs of lines that are not shown, as the manifest must list them."""
    runs: list[dict[str, Any]] = []
    previous = items[0]["seq"] - 1 if items else 0
    for item in items:
        seq = item["seq"]
        if seq > previous + 1:
            runs.append({"from_seq": previous + 1, "to_seq": seq - 1, "count": seq - previous - 1, "reason": "outside"})
        if "withheld" in item:
            last = runs[-1] if runs else {}
            if last.get("reason") == item["withheld"] and last["to_seq"] == seq - 1:
                runs[-1] = {**last, "to_seq": seq, "count": last["count"] + 1}
            else:
                runs.append({"from_seq": seq, "to_seq": seq, "count": 1, "reason": item["withheld"]})
        previous = seq
    return runs


def check_receipt(copy: dict[str, Any], report: dict[str, Any], named: str, desk_key: str) -> list[Finding]:
    """The desk's receipt, if there is one: for this very report, by a key of the desk that the report was sealed for."""
    to, keys = report["sent_to"], copy["desk_keys"]
    if copy["receipt"] is None and (keys != [] or desk_key):
        raise Refused("receipt", "There is no receipt, so no desk's key can be checked.")
    if copy["receipt"] is None:
        return [Finding("receipt", "There is no receipt. Nothing here shows that a desk got the report.", NOTE)]
    receipt = parse(payload_of(copy["receipt"], "receipt"), "receipt")
    if len(keys) != 1 or set(keys[0]) != {"kty", "crv", "x", "use"} or keys[0]["use"] != "sig":
        raise Refused("receipt", "The key of the receipt is missing or damaged.")
    check_signature(copy["receipt"], keys[0], "robin-receipt+jws", "receipt")
    name = thumbprint(keys[0])
    if name not in to["keys"] or desk_key not in ("", name):
        raise Refused("receipt", "The receipt is not signed by the desk that the report was made for.")
    wanted = {"type": "urn:robin:receipt:1", "report_digest": named, "report_id": report["report_id"]}
    if any(receipt[member] != value for member, value in wanted.items()):
        raise Refused("receipt", "The receipt is for another report.")
    level = "checked by the desk" if receipt["identity_level"] == "verified" else "not proven to the desk"
    words = (
        f"The desk {to['name']} ({to['base'] or to['id']}) signed that it got exactly this report on "
        f"{receipt['received_at']}, case number {receipt['case_number']}. The reporter's address was {level}."
    )
    found = [Finding("receipt", words)]
    if not desk_key:
        words = f"Ask the desk whether its key has the name {name}. The file alone cannot show that."
        found.append(Finding("desk key", words, NOTE))
    return found


def check_package(package: dict[str, Any]) -> list[Finding]:
    """A sealed package: only that it is undamaged."""
    rest = {name: value for name, value in package.items() if name != "check"}
    if package.get("check") != digest(canonical(rest)):
        raise Refused("form", "The file was changed or is damaged.")
    desk = (
        f"The report is sealed for {package['endpoint']['name']}. Only that desk can open it and check the signature."
    )
    return [
        Finding("form", "The file is as it was saved."),
        Finding("seal", f"{desk} Nobody can read here who reported, whom, or what.", NOTE),
        Finding("digest", f"It says that it holds the report {package['digest']}. Only the desk can check that.", NOTE),
    ]


def verify(source: str | Path | bytes, desk_key: str = "") -> list[Finding]:
    """All findings about a file, accepted when none is "refused"; `desk_key` as the desk names it. Raises `Unreadable`."""
    try:
        data = source if isinstance(source, bytes) else Path(source).read_bytes()
    except OSError:
        raise Unreadable("The file cannot be opened.") from None
    if len(data) > MAX_BYTES or b'"urn:robin:' not in data:
        raise Unreadable("This is not a report file of Robin Messenger.")
    try:
        found = parse(data, "form")
        kind = found.get("type")
        if kind not in ("urn:robin:copy:1", "urn:robin:package:1"):
            raise Refused("form", "This kind of file is not known here.")
        return check_copy(found, desk_key) if kind == "urn:robin:copy:1" else check_package(found)
    except Refused as refusal:
        return [refusal.finding]
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, RecursionError):
        return [Finding("form", "Parts of the file are missing or are not what they should be.", REFUSED)]


def main(arguments: list[str] | None = None) -> int:
    """The command: prints the findings; 0 accepted, 1 refused, 2 not readable."""
    parser = argparse.ArgumentParser(prog="verify", description="Check a report file of Robin Messenger.")
    parser.add_argument("file")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--desk-key", default="", metavar="NAME", help="the desk's key, as the desk itself names it")
    asked = parser.parse_args(arguments)
    try:
        found = verify(asked.file, asked.desk_key)
    except Unreadable as reason:
        print(json.dumps({"accepted": None, "words": str(reason)}) if asked.json else str(reason))
        return 2
    accepted = all(one.result != REFUSED for one in found)
    lines = [f"{HEADS[one.result]}: {printable(one.words)}" for one in found]
    lines.append("Accepted." if accepted else "Refused. Do not rely on this file.")
    answer = {"accepted": accepted, "findings": [asdict(one) for one in found]}
    print(json.dumps(answer, indent=2) if asked.json else "\n".join(lines))
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main())
