"""Changes reports in 100,000 ways and counts what is accepted: nothing may be. A command, not a test.

    python tests/long/package_mutations.py [--count N] [--seed N] [--processes N] [--state FILE]

Changed are kept copies (with and without receipt, of a room, with addenda and a withdrawal), packages of the outbox and
sealed letters: single bytes and values, the order of lists, parts dropped, doubled, or swapped with those of another
report. Half of the changed copies get a check that fits again, so that not the check alone refuses them. Copies go to the
independent verifier, and every tenth to the reader inside Robin too; packages and letters to the reader that the desk
or the reporter has. With --state the run goes on where it was stopped, and keeps its figures after each thousand.
Prints JSON; exit code 1 when something was accepted or a reader failed in another way than by refusing.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "evidence")]

import evidence_case as case  # noqa: E402
import make_examples  # noqa: E402

from messenger.domain.errors import EvidenceRefused  # noqa: E402
from messenger.evidence.addendum import open_addendum, verify_addendum_receipt  # noqa: E402
from messenger.evidence.canonical import canonical  # noqa: E402
from messenger.evidence.consent import make_code_request, make_consent, open_code_request, open_consent  # noqa: E402
from messenger.evidence.message import make_message, make_reply, open_message, open_reply  # noqa: E402
from messenger.evidence.package import Package, read_copy  # noqa: E402
from messenger.evidence.receipt import make_code, open_code, verify_receipt  # noqa: E402
from messenger.evidence.report import check_sealed_file, open_report, read_identity, read_items  # noqa: E402
from messenger.evidence.schema import Schemas  # noqa: E402
from messenger.evidence.seal import unseal  # noqa: E402
from messenger.evidence.verify import REFUSED, verify  # noqa: E402
from messenger.evidence.withdrawal import make_withdrawal, open_withdrawal, verify_withdrawal_receipt  # noqa: E402

BATCH = 1000
OTHER_ID = "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11"


@dataclass(frozen=True)
class Outcome:
    """What a run saw. `accepted` names the changes that passed (kind and seed), `kinds` counts what was changed how."""

    mutations: int
    skipped: int
    accepted: tuple[str, ...]
    unexpected: tuple[str, ...]
    kinds: tuple[tuple[str, int], ...] = ()


def change_bytes(data: bytes, rng: random.Random) -> bytes:
    """One change of bytes: flip, replace, insert, delete, double, move or cut."""
    at = rng.randrange(len(data))
    size = rng.choice((1, 1, 1, 2, 5, 40))
    to = rng.randrange(len(data))
    piece = data[at : at + size]
    kind = rng.randrange(7)
    if kind == 0:
        return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + rng.randbytes(len(piece)) + data[at + len(piece) :]
    if kind == 2:
        return (
            data[:at] + rng.choice((rng.randbytes(size), b" ", b"\n", b"\\u0041", b'"', b"0", b"A", b"=")) + data[at:]
        )
    if kind == 3:
        return data[:at] + data[at + size :]
    if kind == 4:
        return data[:at] + piece + data[at:]
    if kind == 5:
        rest = data[:at] + data[at + size :]
        return rest[:to] + piece + rest[to:]
    return data[:at]


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) in a parsed value."""
    found: list[tuple[Any, Any]] = []
    queue = [value]
    while queue:
        one = queue.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one))
        for key in keys:
            found.append((one, key))
            if isinstance(one[key], dict | list):
                queue.append(one[key])
    return found


def fresh(value: Any) -> Any:
    """A copy that shares nothing."""
    return json.loads(json.dumps(value))


def inside(value: Any, container: Any) -> bool:
    """Whether `container` lies in `value`."""
    if not isinstance(value, dict | list):
        return False
    return value is container or any(one is container for one, _key in places(value))


def change_value(value: Any, rng: random.Random, other: Any) -> str:
    """One change in the parsed `value`, perhaps with a part of `other`, a value of the same kind. Says what was done."""
    container, key = rng.choice(places(value))
    old = container[key]
    kind = rng.choice(("replace", "text", "drop", "double", "reorder", "move", "swap"))
    if kind == "replace":
        container[key] = rng.choice((None, True, False, 0, 1, -1, "", "x", [], {}, 2**53 - 1, "A" * 43))
    elif kind == "text":
        texts = [(one, at) for one, at in places(value) if isinstance(one[at], str) and one[at]]
        container, key = rng.choice(texts)
        at = rng.randrange(len(container[key]))
        container[key] = container[key][:at] + rng.choice("ABCabc019-_. \u202e") + container[key][at + 1 :]
    elif kind == "drop":
        del container[key]
    elif kind in ("double", "reorder"):
        lists = [one[at] for one, at in places(value) if isinstance(one[at], list) and one[at]]
        if lists:
            change_list(rng.choice(lists), rng, kind)
    elif kind == "move":
        into, at = rng.choice(places(value))
        if not inside(old, into):
            container[key] = fresh(into[at])
    else:
        swap(value, rng, other)
    return kind


def change_list(some: list[Any], rng: random.Random, kind: str) -> None:
    if kind == "double":
        some.insert(rng.randrange(len(some) + 1), fresh(rng.choice(some)))
    elif rng.randrange(2):
        rng.shuffle(some)
    else:
        some.insert(rng.randrange(len(some)), some.pop(rng.randrange(len(some))))


def swap(value: Any, rng: random.Random, other: Any) -> None:
    """A part of another report put where this one has its own: a file, a receipt, an addendum, a message, a line."""
    top = [(value, other, key) for key in value if key != "check"]
    top += [(value["files"], other["files"], key) for key in value["files"]]
    container, source, key = rng.choice(top)
    if key == "items" and isinstance(source[key], dict) and rng.randrange(2):
        lines, others = container[key]["items"], source[key]["items"]
        lines[rng.randrange(len(lines))] = fresh(rng.choice(others))
    else:
        container[key] = fresh(source[key])


class Cases:
    """The honest reports that are changed, and what else is honest: shorter copies, whose end was left out."""

    def __init__(self) -> None:
        self.schemas = Schemas.packaged()
        small, large = case.small(self.schemas), case.prepared(self.schemas)
        room = case.room_prepared(self.schemas)
        other = case.prepared(self.schemas, "other", report_id=OTHER_ID, narrative="Another story.")
        full = case.full_copy(small, self.schemas)
        self.copies = [
            case.copy_of(small),
            full,
            full,
            case.copy_of(small, with_receipt=False),
            case.copy_of(room),
            case.copy_of(large),
            case.full_copy(large, self.schemas),
        ]
        self.others = [case.copy_of(other), *self.copies]
        self.packages = [Package.of(small).encode(), Package.of(room).encode(), Package.of(other).encode()]
        self.honest = {*self.others, *self.packages}
        for copy in self.others:
            self.honest |= shorter(json.loads(copy))
        self.letters = letters(large, self.schemas)

    def file(self, number: int, rng: random.Random) -> tuple[str, bytes, bool]:
        """A changed file by its number: how, its bytes, and whether it is a package."""
        package = number % 5 == 0
        some = self.packages if package else self.copies
        data = rng.choice(some)
        what = "package" if package else "copy"
        if number % 2:
            return f"{what}, bytes", change_bytes(data, rng), package
        value = json.loads(data)
        kind = change_value(value, rng, json.loads(rng.choice(self.packages if package else self.others)))
        # A package's envelope can be made anew by everybody; what it holds cannot. The desk judges that, below.
        if rng.randrange(2) and isinstance(value, dict) and not package:
            return f"copy, {kind}, new check", case.rechecked(value), package
        return f"{what}, {kind}", canonical(value), package

    def accepted(self, number: int, data: bytes, package: bool) -> bool:
        """Whether a reader took the file."""
        passed = verifier_accepts(data)
        if package and not passed:
            return takes(lambda: Package.decode(data))
        if number % 10 == 2 and not passed:
            return takes(lambda: read_copy(data, self.schemas))
        return passed

    def parts(self, rng: random.Random) -> tuple[str, bool, bool]:
        """A package whose sealed parts were changed or swapped, with a check that fits: how, taken, the same as before."""
        first = Package.decode(rng.choice(self.packages))
        second = Package.decode(rng.choice(self.packages))
        name = rng.choice(("report", "items", "identity"))
        kind = rng.choice(("bytes", "swap", "swap within", "id", "digest"))
        if kind == "id":
            made = replace(first, report_id=second.report_id)
        elif kind == "digest":
            made = replace(first, digest=second.digest)
        elif kind == "swap":
            made = with_part(first, name, getattr(second, name))
        elif kind == "swap within":
            made = with_part(first, name, getattr(first, rng.choice(("report", "items", "identity"))))
        else:
            made = with_part(first, name, change_bytes(getattr(first, name), rng))
        return f"package's parts, {kind}", takes(lambda: self.at_the_desk(made)), made == first

    def at_the_desk(self, package: Package) -> None:
        """What a desk does with what a package holds. Raises `EvidenceRefused`."""
        signed = open_report(package.report, case.DESK_ENC, self.schemas)
        if (signed.report_id, signed.digest) != (package.report_id, package.digest):
            raise EvidenceRefused("digest")
        check_sealed_file(signed, "items", package.items)
        check_sealed_file(signed, "identity", package.identity)
        read_items(signed, unseal(package.items, case.DESK_ENC), self.schemas)
        read_identity(signed, unseal(package.identity, case.DESK_ENC), self.schemas)

    def letter(self, rng: random.Random) -> tuple[str, bool, bool]:
        """A sealed or signed letter changed, or given for one of another kind: how, taken, the same as before."""
        name = rng.choice(list(self.letters))
        data, opens = self.letters[name]
        if rng.randrange(4):
            changed, kind = change_bytes(data, rng), "bytes"
        else:
            changed, kind = self.letters[rng.choice(list(self.letters))][0], "swap"
        return f"letter, {kind}", takes(lambda: opens(changed)), changed == data


def with_part(package: Package, name: str, data: bytes) -> Package:
    """The package with one sealed part replaced."""
    parts = {"report": package.report, "items": package.items, "identity": package.identity, name: data}
    return replace(package, report=parts["report"], items=parts["items"], identity=parts["identity"])


def verifier_accepts(data: bytes) -> bool:
    """Whether the independent verifier takes a file; one cut so short that it is no report at all is not readable."""
    try:
        return all(one.result != REFUSED for one in verify(data))
    except OSError:
        return False


def takes(reader: Callable[[], object]) -> bool:
    """Whether a reader does not refuse."""
    try:
        reader()
    except EvidenceRefused:
        return False
    return True


def shorter(copy: dict[str, Any]) -> set[bytes]:
    """Copies that are honest too, though their end was left out: a copy never shows that nothing followed."""
    found = {case.rechecked({**copy, "receipt": None, "desk_keys": [], "addenda": [], "withdrawal": None})}
    for count in range(len(copy["addenda"]) + 1):
        for received in (True, False):
            kept = [{**one, "receipt": one["receipt"] if received else None} for one in copy["addenda"][:count]]
            for withdrawal in (copy["withdrawal"], None):
                found.add(case.rechecked({**copy, "addenda": kept, "withdrawal": withdrawal}))
    return found


def letters(report: Any, schemas: Schemas) -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    """Every kind of letter, and its reader."""
    desk, enc, keys = case.DESK_ENC.public_jwk(), case.REPORTER_ENC.public_jwk(), case.ENDPOINT.keys
    signing, to_desk, to_reporter = case.REPORTER_SIG, case.DESK_ENC, case.REPORTER_ENC
    reporter, one = [signing.public_jwk()], case.REPORT_ID
    more = case.added(report.digest, schemas, lines=case.Capture())
    ex, code = make_examples, "4827 1930 5561 0374"

    def text(data: bytes) -> str:
        return data.decode("utf-8", "replace")

    return {
        "message": (make_message(case.DESK_SIG, enc, ex.ADVICE), lambda d: open_message(d, to_reporter, keys, one, 1)),
        "question": (
            make_message(case.DESK_SIG, enc, ex.QUESTION),
            lambda d: open_message(d, to_reporter, keys, one, 2),
        ),
        "reply": (make_reply(signing, desk, ex.REPLY), lambda d: open_reply(d, to_desk, reporter, one)),
        "addendum": (more.sealed, lambda d: open_addendum(d, to_desk, reporter, one, schemas)),
        "withdrawal": (
            make_withdrawal(signing, desk, ex.WITHDRAWAL),
            lambda d: open_withdrawal(d, to_desk, reporter, one),
        ),
        "consent": (make_consent(signing, desk, ex.CONSENT), lambda d: open_consent(d, to_desk, reporter, one)),
        "code request": (
            make_code_request(signing, desk, ex.CODE_REQUEST),
            lambda d: open_code_request(d, to_desk, reporter, one),
        ),
        "receipt code": (
            make_code(case.DESK_SIG, enc, one, report.digest, code),
            lambda d: open_code(d, to_reporter, keys, report.digest),
        ),
        "receipt": (
            case.receipt_for(report).encode(),
            lambda d: verify_receipt(text(d), keys, report.digest, one),
        ),
        "addendum receipt": (
            case.addendum_receipt(more).encode(),
            lambda d: verify_addendum_receipt(text(d), keys, more.digest, one, more.addendum_id),
        ),
        "withdrawal receipt": (
            case.withdrawal_receipt(report).encode(),
            lambda d: verify_withdrawal_receipt(text(d), keys, report.digest, one),
        ),
    }


def run(count: int, seed: int) -> Outcome:
    """`count` changes from `seed` on."""
    cases = Cases()
    accepted: list[str] = []
    unexpected: list[str] = []
    kinds: Counter[str] = Counter()
    skipped = 0
    for number in range(seed, seed + count):
        rng = random.Random(number)
        kind = "?"
        try:
            if number % 8 == 3:
                kind, passed, same = cases.letter(rng)
            elif number % 8 == 7:
                kind, passed, same = cases.parts(rng)
            else:
                kind, data, package = cases.file(number, rng)
                same = data in cases.honest
                passed = not same and cases.accepted(number, data, package)
        except Exception as error:
            unexpected.append(f"{number} {kind} {type(error).__name__}")
            continue
        if same:
            skipped += 1
            continue
        kinds[kind] += 1
        if passed:
            accepted.append(f"{kind} {number}")
    return Outcome(kinds.total(), skipped, tuple(accepted), tuple(unexpected), tuple(sorted(kinds.items())))


def add(state: dict[str, Any], outcomes: Sequence[Outcome], done: int, seconds: float) -> None:
    """A batch into the figures."""
    state["done"] += done
    state["mutations"] += sum(one.mutations for one in outcomes)
    state["same_as_honest"] += sum(one.skipped for one in outcomes)
    state["accepted"] += [name for one in outcomes for name in one.accepted]
    state["unexpected_errors"] += [name for one in outcomes for name in one.unexpected]
    kinds: Counter[str] = Counter(state["kinds"])
    for one in outcomes:
        kinds.update(dict(one.kinds))
    state["kinds"] = dict(sorted(kinds.items()))
    state["seconds"] = round(state["seconds"] + seconds, 1)
    state["each_second"] = round(state["done"] / max(state["seconds"], 0.1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000, help="mutations: tries that changed nothing do not count")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--state", type=Path, help="a file to go on from, and to keep the figures in")
    asked = parser.parse_args()
    state: dict[str, Any] = {
        "seed": asked.seed, "done": 0, "mutations": 0, "same_as_honest": 0, "accepted": [], "unexpected_errors": [],
        "kinds": {}, "seconds": 0.0, "each_second": 0,
    }  # fmt: skip
    if asked.state and asked.state.exists():
        state = json.loads(asked.state.read_text("utf-8"))
        if state["seed"] != asked.seed:
            parser.error(f"{asked.state} was begun with --seed {state['seed']}")
    with ProcessPoolExecutor(asked.processes) as pool:
        while state["mutations"] < asked.count:
            started = time.monotonic()
            # About every seventh try leaves an honest file as it was, and is no mutation.
            left = asked.count - state["mutations"]
            now = min(BATCH * asked.processes, left + left // 5 + 1)
            share = -(-now // asked.processes)
            jobs = [(min(share, now - at), asked.seed + state["done"] + at) for at in range(0, now, share)]
            add(state, list(pool.map(run, *zip(*jobs, strict=True))), now, time.monotonic() - started)
            if asked.state:
                asked.state.write_text(json.dumps(state), "utf-8")
            print(f"{state['mutations']} mutations, {state['each_second']} tries each second", file=sys.stderr)
    print(json.dumps(state, indent=2))
    return 1 if state["accepted"] or state["unexpected_errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
