"""Changes a kept copy in 100,000 ways and counts what is accepted: none may be. A command, not a test.

`python tests/long/package_mutations.py [--count N] [--seed N] [--processes N]` prints JSON; exit code 1 when something passed.
Half of the changes are to bytes, half to the parsed value (put back into canonical form); the independent verifier
judges all of them, and the reader inside Robin every tenth.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "evidence")]

import evidence_case as case  # noqa: E402

from messenger.domain.errors import EvidenceRefused  # noqa: E402
from messenger.evidence.canonical import canonical  # noqa: E402
from messenger.evidence.package import read_copy  # noqa: E402
from messenger.evidence.schema import Schemas  # noqa: E402
from messenger.evidence.verify import REFUSED, verify  # noqa: E402


@dataclass(frozen=True)
class Outcome:
    """What a run saw. `accepted` names the changes that passed (kind and seed)."""

    mutations: int
    skipped: int
    accepted: tuple[str, ...]
    unexpected: tuple[str, ...]


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


def change_value(data: bytes, rng: random.Random) -> bytes:
    """One change of the parsed value, written again in canonical form."""
    value = json.loads(data)
    container, key = rng.choice(places(value))
    other_container, other_key = rng.choice(places(value))
    old = container[key]
    kind = rng.randrange(6)
    if kind == 0:
        container[key] = rng.choice((None, True, False, 0, 1, -1, "", "x", [], {}, 2**53 - 1, "A" * 43))
    elif kind == 1 and isinstance(old, str) and old:
        at = rng.randrange(len(old))
        container[key] = old[:at] + rng.choice("ABCabc019-_. \u202e") + old[at + 1 :]
    elif kind == 2 and isinstance(container, list):
        container.insert(rng.randrange(len(container) + 1), json.loads(json.dumps(old)))
    elif kind == 3:
        del container[key]
    elif kind == 4 and isinstance(container, list):
        rng.shuffle(container)
    elif not inside(old, other_container):
        container[key] = json.loads(json.dumps(other_container[other_key]))
    return canonical(value)


def inside(value: Any, container: Any) -> bool:
    """Whether `container` lies in `value`."""
    return (
        value is container or any(one is container for one, _key in places(value))
        if isinstance(value, dict | list)
        else False
    )


def run(count: int, seed: int) -> Outcome:
    """`count` changes from `seed` on."""
    schemas = Schemas.packaged()
    originals = [
        case.copy_of(made, receipt)
        for made in (case.small(schemas), case.prepared(schemas))
        for receipt in (True, False)
    ]
    honest = set(originals)
    accepted: list[str] = []
    unexpected: list[str] = []
    skipped = 0
    for number in range(seed, seed + count):
        rng = random.Random(number)
        kind = change_bytes if number % 2 else change_value
        changed = kind(originals[rng.choice((0, 0, 0, 1, 2, 3))], rng)
        if changed in honest:
            skipped += 1
            continue
        try:
            passed = all(one.result != REFUSED for one in verify(changed))
        except Exception as error:
            # A file cut so short that it is no report at all is "not readable", exit code 2.
            passed = False
            if type(error).__name__ != "Unreadable":
                unexpected.append(f"{number} {type(error).__name__}")
        if number % 10 == 0 and not passed:
            try:
                read_copy(changed, schemas)
                passed = True
            except EvidenceRefused:
                pass
            except Exception as error:
                unexpected.append(f"{number} {type(error).__name__} inside")
        if passed:
            accepted.append(f"{kind.__name__} {number}")
    return Outcome(count - skipped, skipped, tuple(accepted), tuple(unexpected))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    started = time.monotonic()
    share = -(-asked.count // asked.processes)
    jobs = [(min(share, asked.count - at), asked.seed + at) for at in range(0, asked.count, share)]
    with ProcessPoolExecutor(asked.processes) as pool:
        outcomes = list(pool.map(run, *zip(*jobs, strict=True)))
    accepted = [one for outcome in outcomes for one in outcome.accepted]
    unexpected = [one for outcome in outcomes for one in outcome.unexpected]
    result = {
        "mutations": sum(outcome.mutations for outcome in outcomes),
        "same_as_original": sum(outcome.skipped for outcome in outcomes),
        "accepted": accepted,
        "unexpected_errors": unexpected,
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(result, indent=2))
    return 1 if accepted or unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
