"""Checks a report file of Robin Messenger and says in plain words what holds. Usage: python verify.py FILE [--json]

It stands alone (Python 3.11, `cryptography`, nothing of Robin), so that anybody can read it in a quarter of an hour. Of a kept
copy (NAME.robin.json) it says for every line what is proven and what is not; of a sealed package, what can be checked without
the desk's key. It needs no network. Format: assets/schema/README.md. Exit code: 0 accepted, 1 refused, 2 not readable.
It checks what proves something; the command `robin verify` also holds every field against the JSON Schemas.
"""
import argparse
import base64
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

Unreadable = OSError  # The file cannot be opened, or is no file of Robin at all.
MAX_BYTES, MAX_PACKAGE, MAX_ADDENDUM, MAX_DEPTH, PRIME = 64 * 2**20, 24 * 2**20, 3_000_000, 32, 2**255 - 19
OK, REFUSED, NOTE = "ok", "refused", "note"
HEADS = {OK: "Holds", REFUSED: "Does not hold", NOTE: "Please note"}
MEMBERS = {"type", "check", "report", "files", "receipt", "addenda", "withdrawal", "desk_keys"}
TIMES = {"created_at", "captured_at", "asked_at", "received_at", "at", "blocked_at", "emergency_card_shown_at"}
CODED = {"check", "digest", "sealed_digest", "sha256", "xml_sha256", "raw_sha256", "leaf", "salt", "x", "keys", "pins"}
SIGNER = "The signature shows who reported and that nothing changed since. It does not show who wrote a message."
LEVELS = {"A0": "without any record", "A1": "in its log before the report", "A2": "found the same in the archive"}
ARCHIVE = {"not_asked": "was not asked", "same": "had the same", "found": "had it under another id"}
ARCHIVE |= {"missing": "had no message under its id", "differs": "had another message under its id"}
COUNTS = {"mam_same": "same", "mam_found": "found", "mam_missing": "missing", "mam_mismatch": "differs"}
IDENTITY = {"verified": "proven by its server", "code": "not proven, but a code came back", "unverified": "not proven"}
OUTCOME = {"erased": "nobody had looked, and it is erased", "noted": "people had begun, and the wish is noted"}
FIELDS = "Whether every single field has the form of its schema is not looked at here; the command robin verify does that."

class Finding(NamedTuple):
    """What was looked at. `result`: ok (holds), refused (does not hold), note (not shown); `level`: a line's A0, A1 or A2."""
    check: str
    words: str
    result: str = OK
    level: str = ""

class Refused(Exception):
    """A check failed: its name and the words."""

def need(holds: bool, *said: str) -> None:
    """Refuses the file, with a check's name and words, unless this holds."""
    if not holds:
        raise Refused(*said)

def canonical(value: Any, depth: int = 0) -> bytes:
    """The one form of a value: keys sorted by UTF-16 units, no spaces, whole numbers only, UTF-8, not nested too deep."""
    if depth > MAX_DEPTH or isinstance(value, float) or (isinstance(value, int) and abs(value) > 2**53 - 1):
        raise ValueError("value")
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return b"{" + b",".join(canonical(one) + b":" + canonical(value[one], depth + 1) for one in names) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(canonical(one, depth + 1) for one in value) + b"]"
    return json.dumps(value, ensure_ascii=False).encode("utf-8")  # of a string, json escapes what RFC 8785 (3.2.2.2) escapes

def parse(data: bytes, name: str) -> dict[str, Any]:
    """The object in `data`, refused unless its canonical form is `data` itself, to the last byte."""
    value = json.loads(data.decode("utf-8"))
    if not isinstance(value, dict) or canonical(value) != data:
        raise Refused(name, "This part is not in the one form that the format allows. It was changed or is damaged.")
    return value

def unb64u(text: str) -> bytes:
    """Strict base64url: no padding, no other sign, left-over bits zero."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    need(b64u(data) == text, "form", "A coded part is damaged.")
    return data

def b64u(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")

def digest(data: bytes) -> str:
    """SHA-256 in base64url."""
    return b64u(hashlib.sha256(data).digest())

def sound(value: Any, name: str = "") -> None:
    """Wherever they stand: times exist, digests, salts and keys have no bit left over, and a key has its own name."""
    inner = value.items() if isinstance(value, dict) else [(name, one) for one in value] if isinstance(value, list) else ()
    for key, one in inner:
        sound(one, key)
    if isinstance(value, dict) and "crv" in value:
        key_name(value)
    if isinstance(value, str) and name in CODED:
        unb64u(value)
    if isinstance(value, str) and name in TIMES:
        # RFC 3339 knows a year 0000 and, at the end of a day, a second 60; Python knows neither.
        known = ("2000" + value[4:] if value[:4] == "0000" else value).replace("T23:59:60", "T23:59:59")
        exact = datetime.fromisoformat(known[:-1]).isoformat(timespec="milliseconds")
        need(exact + "Z" == known, "time", "A time is not in the one form that the format allows.")

def key_name(key: Any) -> str:
    """The name of a key, the digest of its required members (RFC 7638). What is no sound public key is refused."""
    kid, point = digest(canonical({name: key[name] for name in ("crv", "kty", "x")})), unb64u(key["x"])
    place = int.from_bytes(point, "little") % 2**255
    if key["crv"] == "Ed25519":  # its place on X25519's curve (RFC 7748, 4.1): one test finds the weak keys of both
        place = (1 + place) * pow(1 - place, PRIME - 2, PRIME) % PRIME
    X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(place.to_bytes(32, "little")))
    fits = key.get("kid", kid) == kid and len(point) == 32 and {*key} <= {"crv", "kid", "kty", "use", "x"}
    need(fits, "key", "A key has another key's name, or is no public key.")
    return kid

def opened(jws: Any, kind: str, name: str, keys: Iterable[dict[str, Any]] = ()) -> tuple[dict[str, Any], str, str, str]:
    """What a JWS says, its digest, its key and that key's name: by one of `keys` or, in a report, by the key inside."""
    header, payload, signature = jws.split(".")
    data = unb64u(payload)
    body = parse(data, name)
    need(len(data) <= MAX_ADDENDUM, name, "A part is larger than the format allows.")
    sound(body)
    for key in keys or [body["reporter"]["keys"]["sig"]]:
        expected = canonical({"alg": "Ed25519", "kid": (kid := key_name(key)), "typ": f"robin-{kind}+jws"})  # to the byte
        if unb64u(header) == expected and (key["kty"], key["crv"]) == ("OKP", "Ed25519"):
            Ed25519PublicKey.from_public_bytes(unb64u(key["x"])).verify(unb64u(signature), f"{header}.{payload}".encode())
            return body, digest(data), key["x"], kid
    raise Refused(name, "The signature is not by the key that belongs here.")

def check_copy(copy: dict[str, Any], desk_key: str) -> list[Finding]:
    """Every part of a readable copy, in order; stops at the first that does not hold."""
    whole = {*copy} == MEMBERS and {*copy["files"]} == {"items", "identity"} and isinstance(copy["addenda"], list)
    need(whole, "form", "Parts of the file are missing, or there are parts that do not belong.")
    found = [Finding("form", "The file is complete and in the one form that the format allows.")]
    report, named, _x, key = opened(copy["report"], "report", "signature")
    need(report["type"] == "urn:robin:abuse-report:1", "report", "The signed part is not a report.")
    who = report["reporter"]["jid"] or "a person without a chat address"
    found.append(Finding("signature", f"Signed with the key {key}, used by {who}. {SIGNER}"))
    for name, label in (("items", "messages"), ("identity", "reporter's details")):
        data, wanted = canonical(copy["files"][name]), report["files"][name]
        same = (digest(data), len(data), copy["files"][name]["report_id"]) == (wanted["digest"], wanted["size"], report["report_id"])
        need(same, name, f"The {label} are not the ones that were signed, or belong to another report.")
        found.append(Finding(name, f"The {label} are exactly the ones that were signed."))
    found += check_items(report["evidence"], copy["files"]["items"]["items"], "")
    found += check_desk(copy, report, named, desk_key)
    return [*found, Finding("digest", f"The report is named by its digest: {named}", NOTE)]

def check_items(manifest: dict[str, Any], items: list[dict[str, Any]], part: str) -> list[Finding]:
    """Order, gaps, the tree over all lines (RFC 6962), and each line; `part` names the addendum, or is empty."""
    need(all(one["seq"] < other["seq"] for one, other in pairwise([{"seq": 0}, *items])), "order", "The messages are not in their places.")
    leaves = [unb64u(one["leaf"]) if "withheld" in one else hashlib.sha256(b"\x00" + canonical(one)).digest() for one in items]
    shown = [item for item in items if "withheld" not in item]
    wanted: dict[str, Any] = {"entries": len(items), "shown": len(shown), "withheld": withheld(items)}
    wanted["seq"] = {"first": items[0]["seq"], "last": items[-1]["seq"]} if items else None
    need({**manifest, **wanted} == manifest and manifest["total"] >= len(items), "count", "Messages are missing or were added.")
    need(b64u(tree(leaves)) == manifest["merkle_root"], "tree", "The messages do not fit the sum over all of them.")
    words = f"{len(shown)} messages are shown, in order. {sum(run['count'] for run in manifest['withheld'])} more are only counted."
    found = [Finding(f"{part}lines", f"{words} Files are only named."), *check_lines(manifest, shown, part)]
    return found + [Finding(f"{part}line {one['seq']}", told(part, one), NOTE, one["assurance"]) for one in shown]

def check_lines(manifest: dict[str, Any], shown: list[dict[str, Any]], part: str) -> list[Finding]:
    """What the reporter's program says of the lines: that it fits itself, and claims no more than it can."""
    for item in shown:
        for one in [item, *item["edits"]]:
            if one["raw_xml"] is not None and digest(one["raw_xml"].encode("utf-8")) != one["raw_sha256"]:
                raise Refused("items", f"The stored form of message {item['seq']} is not the one that was kept.")
        level = "A2" if item["archive_check"] in ("same", "found") else "A1" if item["journal"] else "A0"
        fits = item["assurance"] == level and item["edits_total"] >= len(item["edits"])
        need(fits, "assurance", f"Message {item['seq']} claims more or less than the file shows.")
    links = [(one["journal"]["index"], one["journal"]["hash"]) for one in shown if one["journal"]]
    stated, end = manifest["integrity"], manifest["journal"] or {"index": -1, "head": ""}
    fits = all(index < end["index"] or (index, value) == (end["index"], end["head"]) for index, value in links)
    need(fits and len(dict(links)) == len(links), "journal", "The messages do not fit the log of the reporter's program.")
    said, levels = Counter(one["archive_check"] for one in shown), Counter(one["assurance"] for one in shown)
    asked, planted = len(shown) > said["not_asked"], sum(one["dup_stanza_id"] for one in shown)
    counts = {name: said[word] if asked else None for name, word in COUNTS.items()} | {"dup_stanza_ids": planted}
    fits = {**stated, **counts} == stated and (not asked or stated["asked_at"] is not None)
    need(fits, "integrity", "The findings about the messages are not the ones that the messages give.")
    words = ", ".join(f"{levels[name]} {level} ({name})" for name, level in LEVELS.items())
    words = f"The reporter's program says of the messages: {words}. That is its word. It cannot show who wrote them."
    words += f" {planted} came with a planted id. Under the id of {said['missing']} the archive had nothing, under that"
    return [Finding(f"{part}assurance", f"{words} of {said['differs']} another message.", NOTE)]

def told(part: str, item: dict[str, Any]) -> str:
    """What is proven of one line, what is only said, and what is not proven."""
    words = f"{part}message {item['seq']}, from {item['from']}. Proven: unchanged since the reporter signed it. Said by the "
    words += f"reporter's program: {LEVELS[item['assurance']]}; the archive {ARCHIVE[item['archive_check']]}."
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
        said, _digest, x, key = opened(jws, kind, kind, copy["desk_keys"] or [{}])
        used[key] = x
        need(key in report["sent_to"]["keys"], kind, "It is not signed by the desk that the report was made for.")
        wanted = {**said, **wanted, "type": f"urn:robin:{kind}:1", "report_id": report["report_id"]}
        need(said == wanted, kind, "The receipt is for another report.")
        return said
    if copy["receipt"] is None:
        nothing = copy["desk_keys"] == [] and not desk_key and copy["addenda"] == [] and copy["withdrawal"] is None
        need(nothing, "receipt", "There is no receipt, so nothing else of a desk can be checked.")
        return [Finding("receipt", "There is no receipt. Nothing here shows that a desk got the report.", NOTE)]
    said, to = word(copy["receipt"], "receipt", report_digest=named), report["sent_to"]
    words = f"The desk {to['name']} ({to['base'] or to['id']}) signed that it got exactly this report on {said['received_at']}"
    words += f", case number {said['case_number']}. The reporter's address was {IDENTITY[said['identity_level']]}."
    found = [Finding("receipt", words), *check_addenda(copy["addenda"], report, named, said["case_number"], word)]
    if copy["withdrawal"] is not None:
        said = word(copy["withdrawal"], "withdrawal-receipt", report_digest=named, case_number=said["case_number"])
        words = f"The desk signed that the report was taken back on {said['at']}: {OUTCOME[said['outcome']]}."
        found += [Finding("withdrawal", words)]
    exact = [{"crv": "Ed25519", "kty": "OKP", "use": "sig", "x": used[kid]} for kid in sorted(used)]
    words = "The desk's keys are not exactly those that signed, or not the one that you gave."
    need(copy["desk_keys"] == exact and desk_key in ("", *used), "desk key", words)
    words = "Ask the desk whether its key has the name {}. The file alone cannot show that."
    return found + [Finding("desk key", words.format(kid), NOTE) for kid in sorted(used) if kid != desk_key]

def check_addenda(addenda: list[Any], report: Any, last: str, case: str, word: Callable[..., Any]) -> list[Finding]:
    """Later evidence: with the reporter's key, each linked by digest to what came before it; `word` reads its receipt."""
    found, seen = list[Finding](), set[str]()
    for number, one in enumerate(addenda, 1):
        part, name = f"addendum {number} ", f"Later evidence {number}"
        body, named, _x, _key = opened(one["addendum"], "addendum", part, [report["reporter"]["keys"]["sig"]])
        wanted = {"type": "urn:robin:addendum:1", "report_id": report["report_id"], "prev_digest": last}
        fits = body == {**body, **wanted} and body["addendum_id"] not in seen and set(one) == {"addendum", "receipt"}
        need(fits, part, f"{name} does not follow what came before it, or belongs to another report.")
        need(body["items"] != [] or body["narrative"] is not None, part, f"{name} has neither words nor messages.")
        last, seen = named, seen | {body["addendum_id"]}
        words = f"{name} is signed with the same key and linked to what came before it."
        ids = {"addendum_digest": named, "addendum_id": body["addendum_id"], "case_number": case}
        at = None if one["receipt"] is None else word(one["receipt"], "addendum-receipt", **ids)["received_at"]
        words += f" The desk signed that it got exactly this on {at}." if at else " Nothing shows that a desk got it."
        found.append(Finding(part, words, OK if at else NOTE))
        found += check_items(body["evidence"], body["items"], part) if body["evidence"] or body["items"] else []
    return found

def verify(source: str | Path | bytes, desk_key: str = "") -> list[Finding]:
    """All findings about a file, accepted when none is "refused"; `desk_key` as the desk names it. Raises `Unreadable`."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    if len(data) > MAX_BYTES or b'"urn:robin:' not in data:
        raise Unreadable("This is not a report file of Robin Messenger.")
    try:
        found = parse(data, "form")
        rest = canonical({name: found[name] for name in found if name != "check"})
        need(found["check"] == digest(rest), "form", "The file was changed or is damaged.")
        sound(found)
        if found["type"] == "urn:robin:copy:1":
            return check_copy(found, desk_key)
        need(found["type"] == "urn:robin:package:1" and len(data) <= MAX_PACKAGE, "form", "This kind of file is not known here.")
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

def main(arguments: list[str] | None = None, check: Callable[..., list[Finding]] = verify) -> int:
    """The command: prints the findings of `check`; 0 accepted, 1 refused, 2 not readable."""
    parser = argparse.ArgumentParser(prog="verify", description="Check a report file of Robin Messenger.")
    parser.add_argument("file")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--desk-key", default="", metavar="NAME", help="the desk's key, as the desk itself names it")
    asked = parser.parse_args(arguments)
    try:
        found = check(asked.file, asked.desk_key) + [Finding("fields", FIELDS, NOTE)] * (check is verify)
    except Unreadable:
        words = "The file cannot be opened, or it is not a report file of Robin Messenger."
        print(json.dumps({"accepted": None, "words": words}) if asked.json else words)
        return 2
    accepted = all(one.result != REFUSED for one in found)
    lines = [f"{HEADS[one.result]}: {one.words}" for one in found] + ["Accepted." if accepted else "Refused. Do not rely on this file."]
    # Names come from strangers: signs that move the cursor or turn text around are spelt out.
    text = "\n".join("".join(s if s.isprintable() else f"[U+{ord(s):04X}]" for s in line) for line in lines)
    print(json.dumps({"accepted": accepted, "findings": [one._asdict() for one in found]}, indent=2) if asked.json else text)
    return 0 if accepted else 1

if __name__ == "__main__":
    sys.exit(main())
