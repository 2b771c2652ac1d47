"""Makes report files by the contract alone: the examples taken apart, changed, signed anew with the test keys.

A change under a signature is what a stranger with a key of their own can make, so here every signature, digest and check
fits unless the change is about it: each verifier has to look at the meaning. `CHANGES` are changes by name, `drawn(rng)`
one at random.
"""

from __future__ import annotations

import copy as copying
import functools
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import verifier
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

EXAMPLES = verifier.SCHEMAS / "examples"
NAMES = ("copy", "copy-with-addenda", "copy-of-a-room", "copy-without-receipt")
DESK = ("receipt", "addendum-receipt", "withdrawal-receipt")
ZERO = "A" * 43
SALT = "A" * 22
UUID = "11111111-2222-4333-8444-555555555555"
NOBODY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def secret(name: str) -> Ed25519PrivateKey:
    keys = json.loads((EXAMPLES / "keys.json").read_text("utf-8"))
    return Ed25519PrivateKey.from_private_bytes(verifier.unb64(keys["secrets_d"][name]))


def jwk(key: Ed25519PrivateKey) -> dict[str, Any]:
    return {"crv": "Ed25519", "kty": "OKP", "use": "sig", "x": verifier.b64(key.public_key().public_bytes_raw())}


def sign(payload: bytes, key: Ed25519PrivateKey, typ: str, **header: Any) -> str:
    """A compact JWS; `header` changes the header."""
    said = {"alg": "Ed25519", "kid": verifier.thumbprint(jwk(key)), "typ": typ, **header}
    signed = verifier.b64(verifier.write(said)) + "." + verifier.b64(payload)
    return signed + "." + verifier.b64(key.sign(signed.encode()))


@dataclass
class Parts:
    """A copy taken apart. The payloads are values; `finish` signs them, and makes digests fit where `fit` says so."""

    report: dict[str, Any]
    items: dict[str, Any]
    identity: dict[str, Any]
    receipt: dict[str, Any] | None
    addenda: list[tuple[dict[str, Any], dict[str, Any] | None]]
    withdrawal: dict[str, Any] | None
    fit: set[str] = field(default_factory=lambda: {"manifest", "files", "chain", "desk_keys"})
    reporter: Ed25519PrivateKey = field(default_factory=lambda: secret("reporter sig"))
    desk: dict[str, Ed25519PrivateKey] = field(default_factory=lambda: dict.fromkeys(DESK, secret("desk sig")))
    typs: dict[str, str] = field(default_factory=dict)
    header: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: list[dict[str, Any]] | None = None
    last: Callable[[dict[str, Any]], None] | None = None

    def sign(self, value: dict[str, Any], kind: str) -> str:
        key = self.desk.get(kind, self.reporter)
        typ = self.typs.get(kind, f"robin-{kind}+jws")
        return sign(verifier.write(value), key, typ, **self.header.get(kind, {}))

    def finish(self) -> bytes:
        """The copy's bytes."""
        if "manifest" in self.fit:
            recount(self.report["evidence"], self.items["items"])
            for added, _ in self.addenda:
                if added.get("evidence") is not None:
                    recount(added["evidence"], added["items"])
        if "files" in self.fit:
            for name, file in (("items", self.items), ("identity", self.identity)):
                data = verifier.write(file)
                self.report["files"][name].update({"digest": verifier.digest(data), "size": len(data)})
        if "chain" in self.fit:
            self.chain()
        made: dict[str, Any] = {
            "type": "urn:robin:copy:1",
            "report": self.sign(self.report, "report"),
            "files": {"items": self.items, "identity": self.identity},
            "receipt": self.receipt and self.sign(self.receipt, "receipt"),
            "addenda": [
                {"addendum": self.sign(one, "addendum"), "receipt": got and self.sign(got, "addendum-receipt")}
                for one, got in self.addenda
            ],
            "withdrawal": self.withdrawal and self.sign(self.withdrawal, "withdrawal-receipt"),
            "desk_keys": self.used() if self.keys is None else self.keys,
        }
        if self.last:
            self.last(made)
        return checked(made)

    def chain(self) -> None:
        """Every digest that names a payload."""
        before = named = verifier.digest(verifier.write(self.report))
        for one in (self.receipt, self.withdrawal):
            if one:
                one["report_digest"] = named
        for one, got in self.addenda:
            one["prev_digest"] = before
            before = verifier.digest(verifier.write(one))
            if got:
                got.update({"addendum_digest": before, "addendum_id": one["addendum_id"]})

    def used(self) -> list[dict[str, Any]]:
        """The desk's keys that sign something, sorted."""
        kinds = ["receipt"] * (self.receipt is not None) + ["withdrawal-receipt"] * (self.withdrawal is not None)
        kinds += ["addendum-receipt"] * any(got for _, got in self.addenda)
        keys = {verifier.thumbprint(jwk(self.desk[kind])): jwk(self.desk[kind]) for kind in kinds}
        return [keys[name] for name in sorted(keys)]


def checked(made: dict[str, Any]) -> bytes:
    """A container's bytes with a check that fits."""
    made.pop("check", None)
    return verifier.write({**made, "check": verifier.digest(verifier.write(made))})


def recount(manifest: dict[str, Any], lines: list[Any]) -> None:
    """A manifest that fits its lines, where they can be counted at all."""
    try:
        counted = verifier.counted(lines)
    except Exception:  # lines of another form: whoever reads them has to refuse them, whatever the manifest says
        return
    counted["integrity"]["asked_at"] = manifest["integrity"]["asked_at"]
    manifest.update(counted)


def taken_apart(name: str) -> Parts:
    value = json.loads((EXAMPLES / f"{name}.robin.json").read_bytes())

    def inside(jws: str | None) -> Any:
        return None if jws is None else json.loads(verifier.payload(jws))

    addenda = [(inside(one["addendum"]), inside(one["receipt"])) for one in value["addenda"]]
    files, withdrawal = value["files"], inside(value["withdrawal"])
    return Parts(
        inside(value["report"]), files["items"], files["identity"], inside(value["receipt"]), addenda, withdrawal
    )


# --- changes by name: each takes a copy taken apart ---

Change = Callable[[Parts], None]
CHANGES: dict[str, tuple[str, Change]] = {}


def change(example: str = "copy") -> Callable[[Change], Change]:
    """Registers a change, to be made in this example."""

    def kept(made: Change) -> Change:
        CHANGES[made.__name__.replace("_", " ")] = (example, made)
        return made

    return kept


def put(name: str, path: str, value: Any, example: str = "copy", fit: str = "") -> None:
    """Registers the change that puts `value` at `path` (`report/evidence/total`); `fit` names what is not made to fit."""

    def made(parts: Parts) -> None:
        *steps, last = (int(one) if one.lstrip("-").isdigit() else one for one in path.split("/"))
        at: Any = getattr(parts, str(steps[0]) if steps else str(last))
        if not steps:
            setattr(parts, str(last), value)
            return
        for step in steps[1:]:
            at = at[step]
        at[last] = value
        parts.fit -= set(fit.split())

    CHANGES[name] = (example, made)


def shown(parts: Parts) -> list[dict[str, Any]]:
    return [one for one in parts.items["items"] if "withheld" not in one]


for number, text in enumerate(
    ("", "a\nb", "\u2028\u202e\x00\x7f", "\U0001f600\ufffe\uffff\U0010ffff", "e\u0301é", '"\\/')
):
    put(f"narrative {number}", "report/narrative", {"text": text or " ", "lang": ""})
    put(f"body {number}", "items/items/3/body", text)
for number, when in enumerate(
    ("2026-02-30T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-11-24T24:00:00.000Z", "2026-11-24T09:60:00.000Z",
     "2016-12-31T23:59:60.000Z", "0000-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z", "9999-12-31T23:59:59.999Z",
     "2026-11-24T09:00:00Z", "2026-11-24t09:00:00.000z", "2026-11-24T09:00:00.000+00:00")
):  # fmt: skip
    put(f"time {number} {when}", "report/created_at", when)
    put(f"receipt's time {number} {when}", "receipt/received_at", when)
put("item's time free text", "items/items/3/times/client", "yesterday")
put("salt bits", "identity/salt", "A" * 21 + "B")
put("salt of item bits", "items/items/3/salt", "A" * 21 + "B")
put("digest bits", "report/questionnaire/sha256", "A" * 42 + "B")
put("leaf bits", "items/items/0/leaf", "A" * 42 + "B")
put("sealed digest bits", "report/files/items/sealed_digest", "A" * 42 + "B")
put("sealed size", "report/files/items/sealed_size", 0)
put("xml digest bits", "items/items/3/xml_sha256", "A" * 42 + "B")
put("xml digest null", "items/items/3/xml_sha256", None)
put("enc x bits", "report/reporter/keys/enc/x", "A" * 42 + "B")
put("enc x zero", "report/reporter/keys/enc/x", ZERO)
put("enc kid wrong", "report/reporter/keys/enc/kid", ZERO)
put("sig kid wrong", "report/reporter/keys/sig/kid", ZERO)
put("sig without use", "report/reporter/keys/sig",
    {key: one for key, one in jwk(secret("reporter sig")).items() if key != "use"})  # fmt: skip
put("sig with kid", "report/reporter/keys/sig",
    {**jwk(secret("reporter sig")), "kid": verifier.thumbprint(jwk(secret("reporter sig")))})  # fmt: skip
put("sig private", "report/reporter/keys/sig", {**jwk(secret("reporter sig")), "d": ZERO})
put("sig alg", "report/reporter/keys/sig", {**jwk(secret("reporter sig")), "alg": "Ed25519"})
put("other reporter key", "reporter", NOBODY)
put("number at the end", "report/evidence/total", 2**53 - 1)
put("number past the end", "report/evidence/server/time_offset_ms", 2**53 - 1)
put("number below zero", "report/evidence/server/time_offset_ms", -(2**53) + 1)
put("total below entries", "report/evidence/total", 0)
put("true for 1", "report/evidence/v", True)
put("1 for true", "report/declaration/good_faith", 1)
put("false consent", "report/consent/send_to_endpoint", False)
put("country upper", "report/reporter/country", "GB")
put("country not there", "report/reporter/country", "zz")
put("country elsewhere", "report/reporter/country", "elsewhere")
put("lang strange", "report/lang", "--")
put("lang newline", "report/lang", "en\n")
put("word newline", "report/questionnaire/id", "abuse\n")
put("word at its longest", "report/questionnaire/id", "a" * 100)
put("word too long", "report/questionnaire/id", "a" * 101)
put("category twice", "report/also", ["meeting", "meeting"])
put("category again", "report/also", ["grooming"])
put("reported nobody", "report/reported", [])
put("affected nobody", "report/affected", [])
put("narrative none", "report/narrative", None)
put("narrative empty", "report/narrative", {"text": "", "lang": ""})
put("narrative at its longest", "report/narrative", {"text": "\U0001f600" * 4000, "lang": ""})
put("narrative too long", "report/narrative", {"text": "a" * 4001, "lang": ""})
put("unknown member", "report/more", 1)
put("jid of no form", "report/reporter/jid", "@@ /")
put("jid empty", "report/reporter/jid", "")
put("account null", "report/evidence/account", None)
put("account empty", "report/evidence/account", "")
put("with null", "report/evidence/with", None)
put("range null", "report/evidence/range", None)
put("range other", "report/evidence/range", {"first": "b", "last": "a"})
put("media named other", "report/evidence/media/named", 7)
put("media removed other", "report/evidence/media/removed_pieces", 7)
put("asked never", "report/evidence/integrity/asked_at", None)
put("domain null", "report/evidence/server/domain", None)
put("kind room", "report/evidence/kind", "room")
put("kind none", "report/evidence/kind", "none")
put("kind chat of a room", "report/evidence/kind", "chat", "copy-of-a-room")
put("room null", "report/evidence/room", None, "copy-of-a-room")
put("room not with", "report/evidence/with", "other@room.example", "copy-of-a-room")
put("occupant null", "items/items/0/occupant", None, "copy-of-a-room")
put("occupant in a chat", "items/items/3/occupant",
    {"nick": "a", "occupant_id": "", "role": "", "affiliation": "", "jid": ""})  # fmt: skip
put("journal's end null", "report/evidence/journal", None)
put("journal's end before", "report/evidence/journal/index", 11)
put("journal's end at the last", "report/evidence/journal/index", 12)
put("journal's head other at the last", "report/evidence/journal", {"index": 12, "head": "x", "started_at": ""})
put("journal at 0", "items/items/3/journal/index", 0)
put("journal twice", "items/items/3/journal/index", 5)
put("journal falling", "items/items/3/journal/index", 30)
put("journal hash other", "items/items/3/journal/hash", "anything")
put(
    "journal hash twice",
    "items/items/3/journal/hash",
    "34de0d24f5ea21bf7695903090c4f1c9db0033e8264110f8621b61ff15a62b08",
)
put("assurance A1 for A2", "items/items/3/assurance", "A1")
put("assurance A3", "items/items/3/assurance", "A3")
put("escaped for nothing", "items/items/3/body_escaped", "x")
put("enc x of small order", "report/reporter/keys/enc/x", verifier.b64(b"\x01" + bytes(31)))
put("enc x of small order in another writing", "report/reporter/keys/enc/x", verifier.b64(b"\xed" + b"\xff" * 30 + b"\x7f"))
put("identity at its largest", "identity/reporter/contact", [{"kind": "xmpp", "value": "a" * 3071, "safe": None, "when": ""}] * 20)
put("identity too large", "identity/reporter/contact",
    [{"kind": "xmpp", "value": "\U0001f600" * 3071, "safe": None, "when": ""}] * 6)  # fmt: skip
put("report too large", "report/reported", [
    {"jid": "", "names_seen": ["\U0001f600" * 1000] * 20, "occupant_id": "", "first_seen": None, "last_seen": None,
     "roster_state": "", "resources": [], "claims": {"name": "", "age": "", "place": ""}, "other_accounts": [],
     "known_offline": "no"}] * 20)  # fmt: skip
put("receipt too large", "receipt/reporter_jid", "\U0001f600" * 3071)
put("receipt large", "receipt/reporter_jid", "a" * 3071)
put("body length shorter", "items/items/3/body_length", 1)
put("edits total more", "items/items/3/edits_total", 9)
put("retracted", "items/items/3/retracted", True)
put("raw sha null", "items/items/3/raw_sha256", None)
put("raw sha other", "items/items/3/raw_sha256", ZERO)
put("raw null", "items/items/3/raw_xml", None)
put("raw other", "items/items/3/raw_xml", "<message/>")
put("from somebody", "items/items/3/from", "nobody@nowhere.example")
put("dup other", "items/items/3/dup_stanza_id", True)
put("dup other, not counted", "items/items/3/dup_stanza_id", True, fit="manifest")
put("merkle root other", "report/evidence/merkle_root", ZERO, fit="manifest")
put("entries other", "report/evidence/entries", 30, fit="manifest")
put("shown other", "report/evidence/shown", 7, fit="manifest")
put("same 3", "report/evidence/integrity/mam_same", 3, fit="manifest")
put("seq null", "report/evidence/seq", None, fit="manifest")
put("withheld empty", "report/evidence/withheld", [], fit="manifest")
put("size other", "report/files/items/size", 1, fit="files")
put("digest other", "report/files/identity/digest", ZERO, fit="files")
put("items of another", "items/report_id", UUID)
put("identity of another", "identity/report_id", UUID)
put("report of another", "report/report_id", UUID)
put("no contact", "identity/reporter/contact", [])
put("name empty", "identity/reporter/name", "")
put("keys unsorted", "report/sent_to/keys",
    ["Pd-i4-bTZ08_gqquZJicETfHDSRzioGHZziJ-bR3S8Y", "3du_jMPYIvIYnhwb9yWjzEaA5F8etu0AMInDbBAN4HU"])  # fmt: skip
put("keys without the sealing one", "report/sent_to/keys",
    [verifier.thumbprint(jwk(secret("desk sig")))])  # fmt: skip
put("keys without the signing one", "report/sent_to/keys", [ZERO])
put("keys with bits", "report/sent_to/keys", [verifier.thumbprint(jwk(secret("desk sig"))), "_" * 43])
put("keys twice", "report/sent_to/keys", [verifier.thumbprint(jwk(secret("desk sig")))] * 2)
put("base http", "report/sent_to/base", "http://desk.example")
put("receipt of another", "receipt/report_id", UUID)
put("receipt's jid other", "receipt/reporter_jid", "other@home.example")
put("receipt's level other", "receipt/identity_level", "none")
put("receipt before the report", "receipt/received_at", "2020-01-01T00:00:00.000Z")
put("receipt's contact free text", "receipt/next_contact_by", "soon")
put("receipt's digest other", "receipt/report_digest", ZERO, fit="chain")
put("case number with 0", "receipt/case_number", "AB40-CD34")
put("case number other", "receipt/case_number", "AB42-CD35")
put("no receipt", "receipt", None)
FULL = "copy-with-addenda"
put("full, no receipt", "receipt", None, FULL)
put("full, no withdrawal", "withdrawal", None, FULL)
put("full, case number other", "receipt/case_number", "AB42-CD35", FULL)
put("withdrawal's case other", "withdrawal/case_number", "AB42-CD35", FULL)
put("withdrawal of another", "withdrawal/report_id", UUID, FULL)
put("withdrawal erased", "withdrawal/outcome", "erased", FULL)
put("withdrawal before", "withdrawal/at", "2020-01-01T00:00:00.000Z", FULL)
put("addendum of another", "addenda/0/0/report_id", UUID, FULL)
put("addendum's id twice", "addenda/1/0/addendum_id", "9a1d7c52-3b0e-4f4e-8d21-6c5b4a392817", FULL)
put("addendum's prev other", "addenda/1/0/prev_digest", ZERO, FULL, fit="chain")
put("addendum without words", "addenda/0/0/narrative", None, FULL)
put("addendum without anything", "addenda/1/0/narrative", None, FULL)
put("addendum before the report", "addenda/0/0/created_at", "2020-01-01T00:00:00.000Z", FULL)
put("addendum lines without manifest", "addenda/0/0/evidence", None, FULL)
put("addendum kind none", "addenda/0/0/evidence/kind", "none", FULL)
put("addendum of another account", "addenda/0/0/evidence/account", "x@y.example", FULL)
put("addendum's receipt of another", "addenda/0/1/report_id", UUID, FULL)
put("addendum's receipt other case", "addenda/0/1/case_number", "AB42-CD35", FULL)
put("addendum's receipt other id", "addenda/0/1/addendum_id", UUID, FULL, fit="chain")
put("addendum's receipt other digest", "addenda/0/1/addendum_digest", ZERO, FULL, fit="chain")
put("addendum's receipt early", "addenda/0/1/received_at", "2020-01-01T00:00:00.000Z", FULL)


@change()
def honest(parts: Parts) -> None:
    pass


@change("copy-with-addenda")
def honest_full(parts: Parts) -> None:
    pass


@change("copy-of-a-room")
def honest_room(parts: Parts) -> None:
    pass


@change()
def no_lines(parts: Parts) -> None:
    parts.items["items"] = []
    parts.report["evidence"]["kind"] = "none"


@change()
def no_lines_of_a_chat(parts: Parts) -> None:
    parts.items["items"] = []


@change()
def no_lines_and_mam_zero(parts: Parts) -> None:
    parts.items["items"] = []
    recount(parts.report["evidence"], [])
    parts.report["evidence"]["integrity"].update(dict.fromkeys(verifier.COUNTS, 0))
    parts.report["evidence"]["kind"] = "none"
    parts.fit.discard("manifest")


@change("copy-of-a-room")
def no_lines_of_a_room(parts: Parts) -> None:
    parts.items["items"] = []


@change()
def all_withheld(parts: Parts) -> None:
    lines = parts.items["items"]
    parts.items["items"] = [one for one in lines if "withheld" in one]


@change()
def never_asked_and_null(parts: Parts) -> None:
    for one in shown(parts):
        one.update({"archive_check": "not_asked", "assurance": "A1"})


@change()
def never_asked_and_zero(parts: Parts) -> None:
    never_asked_and_null(parts)
    recount(parts.report["evidence"], parts.items["items"])
    parts.report["evidence"]["integrity"].update(dict.fromkeys(verifier.COUNTS, 0))
    parts.fit.discard("manifest")


@change()
def never_asked_at_no_time(parts: Parts) -> None:
    never_asked_and_null(parts)
    parts.report["evidence"]["integrity"]["asked_at"] = None


@change()
def a_gap(parts: Parts) -> None:
    del parts.items["items"][14:17]


@change()
def a_gap_at_the_front(parts: Parts) -> None:
    del parts.items["items"][:4]


@change()
def a_gap_not_told(parts: Parts) -> None:
    a_gap(parts)
    recount(parts.report["evidence"], parts.items["items"])
    parts.report["evidence"]["withheld"].pop()
    parts.fit.discard("manifest")


@change()
def a_run_in_two(parts: Parts) -> None:
    runs = parts.report["evidence"]["withheld"]
    runs[0:1] = [
        {"from_seq": 1, "to_seq": 2, "count": 2, "reason": "context"},
        {"from_seq": 3, "to_seq": 3, "count": 1, "reason": "context"},
    ]
    parts.fit.discard("manifest")


@change()
def runs_in_another_order(parts: Parts) -> None:
    parts.report["evidence"]["withheld"].reverse()
    parts.fit.discard("manifest")


@change()
def two_reasons_side_by_side(parts: Parts) -> None:
    parts.items["items"][14]["withheld"] = "removed"


@change()
def outside_within(parts: Parts) -> None:
    parts.items["items"][14]["withheld"] = "outside"


@change()
def a_run_before_the_first(parts: Parts) -> None:
    a_gap_at_the_front(parts)
    recount(parts.report["evidence"], parts.items["items"])
    runs = parts.report["evidence"]["withheld"]
    runs.insert(0, {"from_seq": 1, "to_seq": 4, "count": 4, "reason": "outside"})
    parts.fit.discard("manifest")


@change()
def lines_in_another_order(parts: Parts) -> None:
    lines = parts.items["items"]
    lines[3], lines[4] = lines[4], lines[3]


@change()
def a_line_twice(parts: Parts) -> None:
    parts.items["items"].insert(0, copying.deepcopy(parts.items["items"][0]))


@change()
def two_items_with_one_salt(parts: Parts) -> None:
    one, other = shown(parts)[:2]
    other["salt"] = one["salt"]


@change()
def withheld_with_more(parts: Parts) -> None:
    parts.items["items"][0]["salt"] = SALT


@change()
def shown_with_leaf(parts: Parts) -> None:
    parts.items["items"][3]["leaf"] = ZERO


def an_edit(parts: Parts) -> dict[str, Any]:
    """An edit in the first shown line."""
    line = shown(parts)[0]
    edit = {
        "kind": "correction", "from": line["from"], "times": dict(line["times"]), "body": "x", "body_escaped": None,
        "body_length": None, "journal_index": 20, "xml_sha256": None, "raw_xml": None, "raw_sha256": None,
    }  # fmt: skip
    line["edits"], line["edits_total"] = [edit], 1
    return edit


@change()
def edit_honest(parts: Parts) -> None:
    an_edit(parts)


@change()
def edit_at_the_line_s_place(parts: Parts) -> None:
    an_edit(parts)["journal_index"] = 4


@change()
def edit_at_another_line_s_place(parts: Parts) -> None:
    an_edit(parts)["journal_index"] = 5


@change()
def edit_after_the_end(parts: Parts) -> None:
    an_edit(parts)["journal_index"] = 32


@change()
def edit_before_its_line(parts: Parts) -> None:
    an_edit(parts)["journal_index"] = 0


@change()
def edits_total_less(parts: Parts) -> None:
    an_edit(parts)
    shown(parts)[0]["edits_total"] = 0


@change()
def edit_by_somebody_else(parts: Parts) -> None:
    an_edit(parts)["from"] = "nobody@nowhere.example"


@change()
def edit_raw_wrong(parts: Parts) -> None:
    an_edit(parts).update({"raw_xml": "<message/>", "raw_sha256": ZERO})


@change()
def edit_raw_right(parts: Parts) -> None:
    an_edit(parts).update({"raw_xml": "<message/>", "raw_sha256": verifier.digest(b"<message/>")})


@change()
def raw_without_digest(parts: Parts) -> None:
    an_edit(parts).update({"raw_xml": "<message/>"})


@change()
def without_journal(parts: Parts) -> None:
    parts.report["evidence"]["journal"] = None
    for one in shown(parts):
        one["journal"] = None
        one["assurance"] = "A2" if one["archive_check"] in ("same", "found") else "A0"


@change()
def raw_of_hidden_letters(parts: Parts) -> None:
    raw = "<m>\u202e\U0001f600</m>"
    shown(parts)[0].update({"raw_xml": raw, "raw_sha256": verifier.digest(raw.encode())})


@change()
def receipt_by_nobody(parts: Parts) -> None:
    parts.desk["receipt"] = NOBODY


@change()
def receipt_by_somebody_sent_to(parts: Parts) -> None:
    parts.desk["receipt"] = NOBODY
    names = [*parts.report["sent_to"]["keys"], verifier.thumbprint(jwk(NOBODY))]
    parts.report["sent_to"]["keys"] = sorted(names)


@change()
def receipt_by_the_reporter(parts: Parts) -> None:
    parts.desk["receipt"] = parts.reporter
    names = [*parts.report["sent_to"]["keys"], verifier.thumbprint(jwk(parts.reporter))]
    parts.report["sent_to"]["keys"] = sorted(names)


@change("copy-with-addenda")
def two_desk_keys(parts: Parts) -> None:
    parts.desk["withdrawal-receipt"] = NOBODY
    names = [*parts.report["sent_to"]["keys"], verifier.thumbprint(jwk(NOBODY))]
    parts.report["sent_to"]["keys"] = sorted(names)


@change("copy-with-addenda")
def two_desk_keys_unsorted(parts: Parts) -> None:
    two_desk_keys(parts)
    parts.keys = parts.used()[::-1]


@change("copy-with-addenda")
def second_desk_key_not_sent_to(parts: Parts) -> None:
    parts.desk["addendum-receipt"] = NOBODY


@change()
def a_desk_key_too_many(parts: Parts) -> None:
    keys = [*parts.used(), jwk(NOBODY)]
    parts.keys = sorted(keys, key=verifier.thumbprint)


@change()
def a_desk_key_twice(parts: Parts) -> None:
    parts.keys = parts.used() * 2


@change()
def no_desk_key(parts: Parts) -> None:
    parts.keys = []


@change("copy-without-receipt")
def a_desk_key_without_receipt(parts: Parts) -> None:
    parts.keys = [jwk(secret("desk sig"))]


@change()
def desk_key_with_kid(parts: Parts) -> None:
    key = parts.used()[0]
    parts.keys = [{**key, "kid": verifier.thumbprint(key)}]


@change("copy-with-addenda")
def receipts_swapped_typ(parts: Parts) -> None:
    parts.typs["receipt"] = "robin-addendum-receipt+jws"


@change()
def report_typ_other(parts: Parts) -> None:
    parts.typs["report"] = "robin-reply+jws"


@change()
def alg_eddsa(parts: Parts) -> None:
    parts.header["report"] = {"alg": "EdDSA"}


@change()
def header_with_more(parts: Parts) -> None:
    parts.header["report"] = {"crit": ["b64"], "b64": True}


@change()
def kid_other(parts: Parts) -> None:
    parts.header["report"] = {"kid": ZERO}


@change()
def receipt_kid_other(parts: Parts) -> None:
    parts.header["receipt"] = {"kid": verifier.thumbprint(jwk(parts.reporter))}


@change()
def receipt_kid_number(parts: Parts) -> None:
    parts.header["receipt"] = {"kid": 1}


@change("copy-with-addenda")
def first_addendum_not_received(parts: Parts) -> None:
    parts.addenda[0] = (parts.addenda[0][0], None)


@change("copy-with-addenda")
def only_second_received(parts: Parts) -> None:
    (first, got), (second, _) = parts.addenda
    parts.addenda = [(first, None), (second, got)]


@change("copy-with-addenda")
def both_received(parts: Parts) -> None:
    (first, got), (second, _) = parts.addenda
    parts.addenda = [(first, got), (second, copying.deepcopy(got))]


@change("copy-with-addenda")
def addenda_in_another_order(parts: Parts) -> None:
    parts.chain()
    parts.addenda.reverse()
    parts.fit.discard("chain")


@change("copy-with-addenda")
def first_addendum_left_out(parts: Parts) -> None:
    parts.chain()
    del parts.addenda[0]
    parts.fit.discard("chain")


@change("copy-with-addenda")
def addendum_by_nobody(parts: Parts) -> None:
    def later(made: dict[str, Any]) -> None:
        made["addenda"][1]["addendum"] = sign(verifier.write(parts.addenda[1][0]), NOBODY, "robin-addendum+jws")

    parts.last = later


@change("copy-with-addenda")
def addendum_without_lines(parts: Parts) -> None:
    parts.addenda[0][0]["items"] = []


@change("copy-with-addenda")
def addendum_without_lines_of_none(parts: Parts) -> None:
    parts.addenda[0][0]["items"] = []
    parts.addenda[0][0]["evidence"]["kind"] = "none"


@change("copy-with-addenda")
def addendum_of_none_without_words(parts: Parts) -> None:
    addendum_without_lines_of_none(parts)
    parts.addenda[0][0]["narrative"] = None


@change("copy-with-addenda")
def addendum_manifest_not_fitting(parts: Parts) -> None:
    parts.addenda[0][0]["evidence"]["shown"] = 1
    parts.fit.discard("manifest")


@change("copy-with-addenda")
def addendum_of_3000000_bytes(parts: Parts) -> None:
    fill(parts, 3_000_000)


@change("copy-with-addenda")
def addendum_of_3000001_bytes(parts: Parts) -> None:
    fill(parts, 3_000_001)


def fill(parts: Parts, size: int) -> None:
    """The first addendum made exactly so large."""
    added = parts.addenda[0][0]
    recount(added["evidence"], added["items"])
    media = added["items"][0]["media_refs"]
    while (short := size - len(verifier.write(added))) > 61_000:
        media.append({"name": "", "name_escaped": None, "mime": "", "size": None, "url": "x" * 60_000, "hashes": []})
    for one in media:
        more = min(short, 5_000)
        one["url"] += "x" * more
        short -= more


@change("copy-with-addenda")
def eight_large_addenda(parts: Parts) -> None:
    """30 MiB: much less than a desk takes of one report."""
    large(parts, 8)


@change("copy-with-addenda")
def five_large_addenda(parts: Parts) -> None:
    large(parts, 5)


def large(parts: Parts, count: int) -> None:
    fill(parts, 3_000_000)
    added = parts.addenda[0][0]
    ids = (f"{at:08x}-2222-4333-8444-555555555555" for at in range(count))
    parts.addenda = [({**copying.deepcopy(added), "addendum_id": one}, None) for one in ids]


@change("copy-with-addenda")
def hundred_and_one_addenda(parts: Parts) -> None:
    many(parts, 101)


@change("copy-with-addenda")
def hundred_addenda(parts: Parts) -> None:
    many(parts, 100)


def many(parts: Parts, count: int) -> None:
    words = parts.addenda[1][0]
    parts.addenda = [({**words, "addendum_id": f"{at:08x}-2222-4333-8444-555555555555"}, None) for at in range(count)]


@change()
def signature_with_left_over_bits(parts: Parts) -> None:
    def later(made: dict[str, Any]) -> None:
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        last = letters.index(made["receipt"][-1])
        made["receipt"] = made["receipt"][:-1] + letters[last + 1]

    parts.last = later


@change()
def signature_plus_the_order(parts: Parts) -> None:
    """The second number of the signature with the group's order added: the same to a lax reader."""

    def later(made: dict[str, Any]) -> None:
        head, body, signature = made["receipt"].split(".")
        raw = verifier.unb64(signature)
        number = int.from_bytes(raw[32:], "little") + 2**252 + 27742317777372353535851937790883648493
        made["receipt"] = f"{head}.{body}.{verifier.b64(raw[:32] + number.to_bytes(32, 'little'))}"

    parts.last = later


def payload(parts: Parts, change_bytes: Callable[[bytes], bytes]) -> None:
    """The report's payload in other bytes, signed and received."""

    def later(made: dict[str, Any]) -> None:
        data = change_bytes(verifier.write(parts.report))
        made["report"] = sign(data, parts.reporter, "robin-report+jws")
        parts.receipt = {**(parts.receipt or {}), "report_digest": verifier.digest(data)}
        made["receipt"] = parts.sign(parts.receipt, "receipt")

    parts.last = later


@change()
def payload_signed_anew(parts: Parts) -> None:
    payload(parts, bytes)


@change()
def payload_with_spaces(parts: Parts) -> None:
    payload(parts, lambda data: json.dumps(json.loads(data)).encode())


@change()
def payload_with_final_newline(parts: Parts) -> None:
    payload(parts, lambda data: data + b"\n")


@change()
def payload_with_surrogate(parts: Parts) -> None:
    payload(parts, lambda data: data.replace(b'"version":"0.1.0"', b'"version":"\\ud800"'))


@change()
def payload_with_surrogate_bytes(parts: Parts) -> None:
    payload(parts, lambda data: data.replace(b'"version":"0.1.0"', b'"version":"\xed\xa0\x80"'))


@change()
def payload_with_fraction(parts: Parts) -> None:
    payload(parts, lambda data: data.replace(b'"total":30', b'"total":30.5'))


@change()
def payload_with_exponent(parts: Parts) -> None:
    payload(parts, lambda data: data.replace(b'"total":30', b'"total":1e21'))


@change()
def payload_with_a_large_number(parts: Parts) -> None:
    payload(parts, lambda data: data.replace(b'"total":30', b'"total":9007199254740992'))


@change()
def payload_with_a_key_twice(parts: Parts) -> None:
    payload(parts, lambda data: data[:-1] + b',"type":"urn:robin:abuse-report:1"}')


@change()
def identity_key(parts: Parts) -> None:
    """A key of no order: the signature of everything."""
    parts.report["reporter"]["keys"]["sig"] = {"crv": "Ed25519", "kty": "OKP", "x": verifier.b64(b"\x01" + bytes(31))}

    def later(made: dict[str, Any]) -> None:
        key = parts.report["reporter"]["keys"]["sig"]
        head = {"alg": "Ed25519", "kid": verifier.thumbprint(key), "typ": "robin-report+jws"}
        signed = verifier.b64(verifier.write(head)) + "." + verifier.b64(verifier.write(parts.report))
        made["report"] = signed + "." + verifier.b64(b"\x01" + bytes(63))

    parts.last = later


for at, path in enumerate(
    ("receipt", "withdrawal", "addenda/0/0", "addenda/0/1", "items", "identity", "items/items/3", "items/items/3/times",
     "report/reporter", "report/evidence", "identity/reporter")
):  # fmt: skip
    put(f"more {at} in {path}", f"{path}/more", 1, FULL)
put("withdrawal's time", "withdrawal/at", "today", FULL)
put("addendum's receipt's time", "addenda/0/1/received_at", "today", FULL)
put("receipt's type other", "receipt/type", "urn:robin:receipt:2")
put("addendum's type other", "addenda/0/0/type", "urn:robin:addendum:2", FULL)


def made(name: str) -> bytes:
    """The copy with the change of this name."""
    example, make = CHANGES[name]
    parts = taken_apart(example)
    make(parts)
    return parts.finish()


# --- packages: everybody can make their check anew ---


def packages() -> dict[str, bytes]:
    """Changed packages by what was changed."""
    whole = json.loads((EXAMPLES / "package.json").read_bytes())
    head, _, *rest = whole["report"].split(".")
    header = json.loads(verifier.unb64(head))
    sealing = whole["endpoint"]["keys"][1]

    def report(said: dict[str, Any]) -> dict[str, Any]:
        return {"report": ".".join([verifier.b64(verifier.write(said)), "", *rest])}

    def endpoint(**said: Any) -> dict[str, Any]:
        return {"endpoint": {**whole["endpoint"], **said}}

    changed: dict[str, dict[str, Any]] = {
        "honest": {},
        "header with more": report({**header, "zip": "DEF"}),
        "header other alg": report({**header, "alg": "ECDH-ES+A256KW"}),
        "header other enc": report({**header, "enc": "A128GCM"}),
        "header other typ": report({**header, "typ": "JOSE"}),
        "header kid of nobody": report({**header, "kid": ZERO}),
        "header kid bits": report({**header, "kid": "A" * 42 + "B"}),
        "header epk private": report({**header, "epk": {**header["epk"], "d": ZERO}}),
        "header epk short": report({**header, "epk": {**header["epk"], "x": "AA"}}),
        "header epk bits": report({**header, "epk": {**header["epk"], "x": "A" * 42 + "B"}}),
        "header not JSON": {"report": ".".join(["AAAA", "", *rest])},
        "header with a space": {"report": ".".join([verifier.b64(json.dumps(header).encode()), "", *rest])},
        "tag bits": {"report": whole["report"][:-1] + "B"},
        "text bits": {"report": ".".join([head, "", rest[0], "AB", rest[2]])},
        "text empty": {"report": ".".join([head, "", rest[0], "", rest[2]])},
        "text of a length that is none": {"report": ".".join([head, "", rest[0], "A", rest[2]])},
        "files swapped": {"files": {"items": whole["files"]["identity"], "identity": whole["files"]["items"]}},
        "report for items": {"files": {**whole["files"], "items": whole["report"]}},
        "digest other": {"digest": ZERO},
        "digest bits": {"digest": "A" * 42 + "B"},
        "id other": {"report_id": UUID},
        "time that is none": {"created_at": "2026-02-30T00:00:00.000Z"},
        "base http": endpoint(base="http://desk.example"),
        "base empty": endpoint(base=""),
        "only the signing key": endpoint(keys=whole["endpoint"]["keys"][:1]),
        "only the sealing key": endpoint(keys=[sealing]),
        "keys twice": endpoint(keys=whole["endpoint"]["keys"] * 2),
        "keys turned": endpoint(keys=whole["endpoint"]["keys"][::-1]),
        "key with kid": endpoint(keys=[{**sealing, "kid": verifier.thumbprint(sealing)}]),
        "key with wrong kid": endpoint(keys=[{**sealing, "kid": ZERO}]),
        "key with bits": endpoint(keys=[sealing, {**sealing, "x": "A" * 42 + "B"}]),
        "key private": endpoint(keys=[sealing, {**sealing, "d": ZERO}]),
        "key use other": endpoint(keys=[sealing, {**sealing, "use": "sig"}]),
        "no keys": endpoint(keys=[]),
        "pins bits": endpoint(pins=["A" * 42 + "B"]),
        "hand set 1": endpoint(hand_set=1),
        "country free": endpoint(country="Everywhere"),
        "type other": {"type": "urn:robin:package:2"},
        "unknown member": {"more": None},
    }
    return {f"package: {name}": checked({**whole, **one}) for name, one in changed.items()}


def raw() -> dict[str, bytes]:
    """Other bytes: not canonical, or no report at all."""
    whole = (EXAMPLES / "copy.robin.json").read_bytes()
    value = json.loads(whole)
    found = {
        "empty": b"",
        "null": b"null",
        "a list": b"[]",
        "an object": b"{}",
        "a type that is no text": b'{"type":[]}',
        "deep": b"[" * 200_000 + b"]" * 200_000,
        "deep and open": b'{"a":' * 100_000,
        "a long number": b"1" * 10_000,
        "NaN": b'{"type":NaN}',
        "final newline": whole + b"\n",
        "BOM": b"\xef\xbb\xbf" + whole,
        "UTF-16": whole.decode().encode("utf-16"),
        "not UTF-8": whole[:-1] + b"\xff}",
        "space": whole.replace(b":", b": ", 1),
        "escape": whole.replace(b'"urn:robin:copy:1"', b'"urn:robin:cop\\u0079:1"'),
        "slash": whole.replace(b"image/jpeg", b"image\\/jpeg"),
        "doubled key": whole[:-1] + b',"type":"urn:robin:copy:1"}',
        "other order": json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False).encode(),
        "check gone": verifier.write({key: one for key, one in value.items() if key != "check"}),
        "check other": verifier.write({**value, "check": ZERO}),
        "seq 1.0": whole.replace(b'"seq":4,', b'"seq":4.0,'),
        "seq 4e0": whole.replace(b'"seq":4,', b'"seq":4e0,'),
        "minus 0": whole.replace(b'"edits_total":0', b'"edits_total":-0', 1),
        "surrogate": whole.replace(b"image/jpeg", b"\\ud800", 1),
        "surrogate in bytes": whole.replace(b"image/jpeg", b"\xed\xa0\x80", 1),
        "the report's JWS": value["report"].encode(),
        "receipt for report": checked({**value, "report": value["receipt"]}),
        "report for receipt": checked({**value, "receipt": value["report"]}),
        "type 2": checked({**value, "type": "urn:robin:copy:2"}),
        "no addenda": checked({key: one for key, one in value.items() if key != "addenda"}),
        "addenda null": checked({**value, "addenda": None}),
        "receipt empty": checked({**value, "receipt": ""}),
        "jws of five": checked({**value, "report": value["report"] + ".a.b"}),
        "jws padded": checked({**value, "report": value["report"] + "="}),
        "jws newline": checked({**value, "report": value["report"] + "\n"}),
        "receipt left out": checked({**value, "receipt": None}),
        "receipt and key left out": checked({**value, "receipt": None, "desk_keys": []}),
    }
    return {f"raw: {name}": one for name, one in found.items()}


def named(large: bool) -> dict[str, Callable[[], bytes]]:
    """A maker of every file that has a name."""
    makers: dict[str, Callable[[], bytes]] = {
        f"copy: {name}": functools.partial(made, name)
        for name in CHANGES
        if large or not name.startswith(("hundred", "addendum of 3", "five", "eight"))
    }
    for name, data in (*packages().items(), *raw().items()):
        makers[name] = functools.partial(bytes, data)
    return makers


def drawn(rng: random.Random, places: Callable[[Any], list[tuple[Any, Any]]]) -> tuple[str, bytes]:
    """One copy with one value changed under fitting signatures, by chance, and how."""
    parts = taken_apart(rng.choice(NAMES))
    documents: list[tuple[str, Any]] = [("report", parts.report), ("items", parts.items), ("identity", parts.identity)]
    documents += [(name, one) for name in ("receipt", "withdrawal") if (one := getattr(parts, name)) is not None]
    documents += [("addendum", one) for one, _ in parts.addenda]
    documents += [("addendum's receipt", got) for _, got in parts.addenda if got]
    name, value = rng.choice(documents)
    container, key = rng.choice(places(value))
    old = container[key]
    near: list[Any] = [None, "", "x", 0, 1, [], {}, True, "A" * 43, "2026-11-24T08:30:00.000Z", -1]
    if isinstance(old, bool):
        near = [not old]
    elif isinstance(old, int):
        near += [old + 1, max(old - 1, 0)] * 4
    elif isinstance(old, str) and old:
        at = rng.randrange(len(old))
        near += [old[:at] + rng.choice("aA0B-_é") + old[at + 1 :], old + "a", old[:-1], old + "\n"] * 3
    elif isinstance(old, list) and old:
        near += [old[::-1], old[1:], [*old, copying.deepcopy(rng.choice(old))], old[:-1]] * 4
    container[key] = rng.choice(near)
    for step in ("manifest", "files", "chain"):
        if rng.randrange(6) == 0:
            parts.fit.discard(step)
    shape = f"{name}/{key}: {str(old)[:40]!r} now {str(container[key])[:40]!r}, fits: {sorted(parts.fit)}"
    try:
        return shape, parts.finish()
    except (KeyError, TypeError, AttributeError, IndexError):  # so broken that digests have no place to go
        parts.fit.clear()
        return shape, parts.finish()
