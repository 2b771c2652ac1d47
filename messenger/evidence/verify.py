"""Checks a report file of Robin Messenger and says in plain words what holds. Usage: python verify.py FILE [--json]

It stands alone (Python 3.11, `cryptography`, nothing of Robin), so that anybody can read it in a quarter of an hour. Of a kept
copy (NAME.robin.json) it says for every line what is proven and what is not; of a sealed package, what can be checked without
the desk's key. It needs no network. Format: assets/schema/README.md. Exit code: 0 accepted, 1 refused, 2 not readable.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Unreadable = OSError  # The file cannot be opened, or is no file of Robin at all.
MAX_BYTES, MAX_DEPTH = 24 * 1024 * 1024, 32
OK, REFUSED, NOTE = "ok", "refused", "note"
HEADS = {OK: "Holds", REFUSED: "Does not hold", NOTE: "Please note"}
MEMBERS = {"type", "check", "report", "files", "receipt", "addenda", "withdrawal", "desk_keys"}
SIGNER = "The signature shows who reported and that nothing changed since. It does not show who wrote a message."
LEVELS = {"A0": "without any record", "A1": "in its log before the report", "A2": "found the same in the archive"}
ARCHIVE = {"not_asked": "was not asked", "same": "had the same", "found": "had it under another id"}
ARCHIVE |= {"missing": "had no message under its id", "differs": "had another message under its id"}
COUNTS = {"mam_same": "same", "mam_found": "found", "mam_missing": "missing", "mam_mismatch": "differs"}
IDENTITY = {"verified": "proven by its server", "code": "not proven, but a code came back", "unverified": "not proven"}
OUTCOME = {"erased": "nobody had looked, and it is erased", "noted": "people had begun, and the wish is noted"}


@dataclass(frozen=True)
class Finding:
    """What was looked at. `result`: ok (holds), refused (does not hold), note (not shown); `level`: a line's A0, A1 or A2."""

    check: str
    words: str
    result: str = OK
    level: str = ""


class Refused(Exception):
    """A check failed: its name and the words."""


def canonical(value: Any, depth: int = 0) -> bytes:
    """The one form of a value: keys sorted by UTF-16 units, no spaces, whole numbers only, UTF-8, not nested too deep."""
    if depth > MAX_DEPTH or isinstance(value, float) or (isinstance(value, int) and abs(value) > 2**53 - 1):
        raise ValueError("value")
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{" + b",".join(canonical(one) + b":" + canonical(value[one], depth + 1) for one in names) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(canonical(one, depth + 1) for one in value) + b"]"
    # For a string, json escapes exactly what RFC 8785 (3.2.2.2) escapes.
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def parse(data: bytes, name: str) -> dict[str, Any]:
    """The object in `data`, refused unless its canonical form is `data` itself, to the last byte."""
    value = json.loads(data.decode("utf-8"))
    if not isinstance(value, dict) or canonical(value) != data:
        raise Refused(name, "This part is not in the one form that the format allows. It was changed or is damaged.")
    return value


def unb64u(text: str, name: str) -> bytes:
    """Strict base64url: no padding, no other sign, left-over bits zero."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise Refused(name, "A coded part is damaged.")
    return data


def b64u(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def digest(data: bytes) -> str:
    """SHA-256 in base64url."""
    return b64u(hashlib.sha256(data).digest())


def opened(jws: Any, typ: str, name: str, keys: Iterable[dict[str, Any]] = ()) -> tuple[dict[str, Any], str, str, str]:
    """What a JWS says, its digest, its key and that key's name: by one of `keys` or, in a report, by the key inside."""
    header, payload, signature = jws.split(".")
    data = unb64u(payload, name)
    body = parse(data, name)
    for key in keys or [body["reporter"]["keys"]["sig"]]:
        # A key's name is the digest of its required members (RFC 7638). The header is the one expected, to the byte.
        kid = digest(canonical({"crv": key["crv"], "kty": key["kty"], "x": key["x"]}))
        expected = canonical({"alg": "Ed25519", "kid": kid, "typ": typ})
        if unb64u(header, name) == expected and (key["kty"], key["crv"]) == ("OKP", "Ed25519"):
            public = Ed25519PublicKey.from_public_bytes(unb64u(key["x"], name))
            public.verify(unb64u(signature, name), f"{header}.{payload}".encode("ascii"))
            return body, digest(data), key["x"], kid
    raise Refused(name, "The signature is not by the key that belongs here.")


def check_copy(copy: dict[str, Any], desk_key: str) -> list[Finding]:
    """Every part of a readable copy, in order; stops at the first that does not hold."""
    if {*copy} != MEMBERS or {*copy["files"]} != {"items", "identity"} or not isinstance(copy["addenda"], list):
        raise Refused("form", "Parts of the file are missing, or there are parts that do not belong.")
    found = [Finding("form", "The file is complete and in the one form that the format allows.")]
    report, named, _x, key = opened(copy["report"], "robin-report+jws", "signature")
    if report["type"] != "urn:robin:abuse-report:1":
        raise Refused("report", "The signed part is not a report.")
    who = report["reporter"]["jid"] or "a person without a chat address"
    found.append(Finding("signature", f"Signed with the key {key}, used by {who}. {SIGNER}"))
    for name, label in (("items", "messages"), ("identity", "reporter's details")):
        data, wanted = canonical(copy["files"][name]), report["files"][name]
        its = (digest(data), len(data), copy["files"][name]["report_id"])
        if its != (wanted["digest"], wanted["size"], report["report_id"]):
            raise Refused(name, f"The {label} are not the ones that were signed, or belong to another report.")
        found.append(Finding(name, f"The {label} are exactly the ones that were signed."))
    found += check_items(report["evidence"], copy["files"]["items"]["items"], "")
    found += check_desk(copy, report, named, desk_key)
    return [*found, Finding("digest", f"The report is named by its digest: {named}", NOTE)]


def check_items(manifest: dict[str, Any], items: list[dict[str, Any]], part: str) -> list[Finding]:
    """Order, gaps, the tree over all lines (RFC 6962), and each line; `part` names the addendum, or is empty."""
    if any(late["seq"] <= early["seq"] for early, late in pairwise([{"seq": 0}, *items])):
        raise Refused("order", "The messages are not in their places.")
    sums = [digest(b"\x00" + canonical(item)) if "withheld" not in item else item["leaf"] for item in items]
    shown = [item for item in items if "withheld" not in item]
    ends = {"first": items[0]["seq"], "last": items[-1]["seq"]} if items else None
    wanted = {"entries": len(items), "shown": len(shown), "seq": ends, "withheld": withheld(items)}
    if {**manifest, **wanted} != manifest:
        raise Refused("count", "Messages are missing or were added.")
    if b64u(tree([unb64u(one, "items") for one in sums])) != manifest["merkle_root"]:
        raise Refused("tree", "The messages do not fit the sum over all of them.")
    hidden = sum(run["count"] for run in manifest["withheld"])
    words = f"{len(shown)} messages are shown, in order. {hidden} more are only counted. Files are only named."
    found = [Finding(f"{part}lines", words), *check_lines(manifest, shown, part)]
    return found + [Finding(f"{part}line {one['seq']}", told(part, one), NOTE, one["assurance"]) for one in shown]


def check_lines(manifest: dict[str, Any], shown: list[dict[str, Any]], part: str) -> list[Finding]:
    """What the reporter's program says of the lines: that it fits itself, and claims no more than it can."""
    for item in shown:
        for one in [item, *item["edits"]]:
            if one["raw_xml"] is not None and digest(one["raw_xml"].encode("utf-8")) != one["raw_sha256"]:
                raise Refused("items", f"The stored form of message {item['seq']} is not the one that was kept.")
        least = "A1" if item["journal"] else "A0"
        if item["assurance"] != ("A2" if item["archive_check"] in ("same", "found") else least):
            raise Refused("assurance", f"Message {item['seq']} claims more or less than the file shows.")
    places = [item["journal"]["index"] for item in shown if item["journal"]]
    if len({*places}) != len(places) or max(places, default=-1) > (manifest["journal"] or {"index": -1})["index"]:
        raise Refused("journal", "The messages do not fit the log of the reporter's program.")
    said, levels = Counter(one["archive_check"] for one in shown), Counter(one["assurance"] for one in shown)
    counts = {name: said[word] if len(shown) > said["not_asked"] else None for name, word in COUNTS.items()}
    planted = sum(one["dup_stanza_id"] for one in shown)
    if {**manifest["integrity"], **counts, "dup_stanza_ids": planted} != manifest["integrity"]:
        raise Refused("integrity", "The findings about the messages are not the ones that the messages give.")
    words = ", ".join(f"{levels[name]} {level} ({name})" for name, level in LEVELS.items())
    words = f"The reporter's program says of the messages: {words}. That is its word. It cannot show who wrote them."
    words += f" {planted} came with a planted id. Under the id of {said['missing']} the archive had nothing, under that"
    return [Finding(f"{part}assurance", f"{words} of {said['differs']} another message.", NOTE)]


def told(part: str, item: dict[str, Any]) -> str:
    """What is proven of one line, what is only said, and what is not proven."""
    words = f"{part}message {item['seq']}, from {item['from']}. Proven: unchanged since the reporter signed it. "
    words += (
        f"Said by the reporter's program: {LEVELS[item['assurance']]}; the archive {ARCHIVE[item['archive_check']]}."
    )
    words += " It came with a planted id, which was not trusted." if item["dup_stanza_id"] else ""
    changes, who = item["edits_total"], item["occupant"]
    words += f" The room knew its writer as {who['jid'] or who['occupant_id'] or 'a name only'}." if who else ""
    words += f" It was changed or taken back {changes} times; what it said before is kept." if changes else ""
    return f"{words} Not proven: who wrote it."


def tree(leaves: list[bytes]) -> bytes:
    """The head of the tree over the leaves (RFC 6962, section 2.1)."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:])).digest()


def withheld(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The runs of lines that are not shown, as the manifest must list them."""
    places = [(item["seq"], item["seq"], item.get("withheld", "")) for item in items]
    gaps = [(early[1] + 1, late[0] - 1, "outside") for early, late in pairwise(places) if early[1] + 1 < late[0]]
    runs = []
    for reason, group in groupby(sorted(places + gaps), key=lambda one: one[2]):
        first, *_rest, last = [*group] * 2
        runs.append({"from_seq": first[0], "to_seq": last[1], "count": last[1] - first[0] + 1, "reason": reason})
    return [run for run in runs if run["reason"]]


def check_desk(copy: dict[str, Any], report: dict[str, Any], named: str, desk_key: str) -> list[Finding]:
    """What the desk signed (receipts, the answer to a withdrawal) and with which keys; and the later evidence."""
    used: dict[str, str] = {}

    def word(jws: Any, kind: str, **wanted: Any) -> dict[str, Any]:
        said, _digest, x, key = opened(jws, f"robin-{kind}+jws", kind, copy["desk_keys"] or [{}])
        used[key] = x
        if key not in report["sent_to"]["keys"]:
            raise Refused(kind, "It is not signed by the desk that the report was made for.")
        if said != {**said, **wanted, "type": f"urn:robin:{kind}:1", "report_id": report["report_id"]}:
            raise Refused(kind, "The receipt is for another report.")
        return said

    if copy["receipt"] is None:
        if copy["desk_keys"] != [] or desk_key or copy["addenda"] != [] or copy["withdrawal"] is not None:
            raise Refused("receipt", "There is no receipt, so nothing else of a desk can be checked.")
        return [Finding("receipt", "There is no receipt. Nothing here shows that a desk got the report.", NOTE)]
    said, to = word(copy["receipt"], "receipt", report_digest=named), report["sent_to"]
    words = f"The desk {to['name']} ({to['base'] or to['id']}) signed that it got exactly this report on {said['received_at']}"
    words += f", case number {said['case_number']}. The reporter's address was {IDENTITY[said['identity_level']]}."
    found = [Finding("receipt", words), *check_addenda(copy["addenda"], report, named, said["case_number"], word)]
    if copy["withdrawal"] is not None:
        said = word(copy["withdrawal"], "withdrawal-receipt", report_digest=named, case_number=said["case_number"])
        words = f"The desk signed that the report was taken back on {said['at']}: {OUTCOME[said['outcome']]}."
        found.append(Finding("withdrawal", words))
    exact = [{"crv": "Ed25519", "kty": "OKP", "use": "sig", "x": used[kid]} for kid in sorted(used)]
    if copy["desk_keys"] != exact or desk_key not in ("", *used):
        raise Refused("desk key", "The desk's keys are not exactly those that signed, or not the one that you gave.")
    words = "Ask the desk whether its key has the name {}. The file alone cannot show that."
    return found + [Finding("desk key", words.format(kid), NOTE) for kid in sorted(used) if kid != desk_key]


def check_addenda(addenda: list[Any], report: Any, last: str, case: str, word: Callable[..., Any]) -> list[Finding]:
    """Later evidence: with the reporter's key, each linked by digest to what came before it; `word` reads its receipt."""
    found, seen = list[Finding](), set[str]()
    for number, one in enumerate(addenda, 1):
        part, name = f"addendum {number} ", f"Later evidence {number}"
        body, named, _x, _key = opened(one["addendum"], "robin-addendum+jws", part, [report["reporter"]["keys"]["sig"]])
        wanted = {"type": "urn:robin:addendum:1", "report_id": report["report_id"], "prev_digest": last}
        if body != {**body, **wanted} or body["addendum_id"] in seen or set(one) != {"addendum", "receipt"}:
            raise Refused(part, f"{name} does not follow what came before it, or belongs to another report.")
        last, seen = named, seen | {body["addendum_id"]}
        words = f"{name} is signed with the same key and linked to what came before it."
        ids = {"addendum_digest": named, "addendum_id": body["addendum_id"], "case_number": case}
        at = None if one["receipt"] is None else word(one["receipt"], "addendum-receipt", **ids)["received_at"]
        words += f" The desk signed that it got exactly this on {at}." if at else " Nothing shows that a desk got it."
        found.append(Finding(part, words, OK if at else NOTE))
        if body["evidence"] is not None or body["items"] != []:
            found += check_items(body["evidence"], body["items"], part)
    return found


def verify(source: str | Path | bytes, desk_key: str = "") -> list[Finding]:
    """All findings about a file, accepted when none is "refused"; `desk_key` as the desk names it. Raises `Unreadable`."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if len(data) > MAX_BYTES or b'"urn:robin:' not in data:
        raise Unreadable("This is not a report file of Robin Messenger.")
    try:
        found = parse(data, "form")
        if found["check"] != digest(canonical({name: found[name] for name in found if name != "check"})):
            raise Refused("form", "The file was changed or is damaged.")
        if found["type"] == "urn:robin:copy:1":
            return check_copy(found, desk_key)
        if found["type"] != "urn:robin:package:1":
            raise Refused("form", "This kind of file is not known here.")
        words = f"Sealed for {found['endpoint']['name']}: only that desk can open it and check the signature."
        seal = Finding("seal", f"{words} Nobody can read here who reported, whom, or what.", NOTE)
        words = f"It says that it holds the report {found['digest']}. Only the desk can check that."
        return [Finding("form", "The file is as it was saved."), seal, Finding("digest", words, NOTE)]
    except Refused as refusal:
        return [Finding(str(refusal.args[0]), str(refusal.args[1]), REFUSED)]
    except InvalidSignature:
        return [Finding("signature", "A signature does not fit. Something was changed after it was signed.", REFUSED)]
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
    except Unreadable:
        words = "The file cannot be opened, or it is not a report file of Robin Messenger."
        print(json.dumps({"accepted": None, "words": words}) if asked.json else words)
        return 2
    accepted = all(one.result != REFUSED for one in found)
    lines = [f"{HEADS[one.result]}: {one.words}" for one in found]
    lines += ["Accepted." if accepted else "Refused. Do not rely on this file."]
    # Names come from strangers: signs that move the cursor or turn text around are spelt out.
    text = "\n".join("".join(s if s.isprintable() else f"[U+{ord(s):04X}]" for s in line) for line in lines)
    print(json.dumps({"accepted": accepted, "findings": [*map(asdict, found)]}, indent=2) if asked.json else text)
    return 0 if accepted else 1


if __name__ == "__main__":
    sys.exit(main())
