"""Times a report of 200 lines: capture, prepare (sign and seal), package, verify. Prints JSON with medians in ms.

`python tests/bench/evidence.py [--rounds N]`
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "evidence")]

import evidence_case as case  # noqa: E402

from messenger.evidence.capture import capture  # noqa: E402
from messenger.evidence.package import Package, read_copy  # noqa: E402
from messenger.evidence.report import open_report, prepare, read_items  # noqa: E402
from messenger.evidence.schema import Schemas  # noqa: E402
from messenger.evidence.transcript import preview_text  # noqa: E402
from messenger.evidence.verify import verify  # noqa: E402


def median_ms(work: Callable[[], Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return round(statistics.median(times), 2)


def measure(rounds: int) -> dict[str, float]:
    started = time.perf_counter()
    schemas = Schemas.packaged()
    loaded = round((time.perf_counter() - started) * 1000, 2)
    lines = [
        case.message(seq, f"A line of an ordinary talk with some words in it, number {seq}.") for seq in range(1, 201)
    ]
    chosen = {1000 + seq for seq in range(1, 201, 4)}
    left_out = {1000 + seq for seq in range(1, 201) if seq % 4 != 1}
    whole = capture(lines, chosen)
    made = prepare(case.stated(), whole, case.snapshot(200), case.REPORTER_SIG, case.REPORTER_ENC, schemas)
    copy = case.copy_of(made)
    signed = open_report(made.sealed_report, case.DESK_ENC, schemas)

    def report(out: set[int]) -> bytes:
        found = capture(lines, chosen, out)
        fresh = prepare(case.stated(), found, case.snapshot(200), case.REPORTER_SIG, case.REPORTER_ENC, schemas)
        return Package.of(fresh).encode()

    return {
        "schemas_loaded_once_ms": loaded,
        "report_200_lines_shown_ms": median_ms(lambda: report(set()), rounds),
        "report_200_lines_150_withheld_ms": median_ms(lambda: report(left_out), rounds),
        "package_bytes": float(len(report(set()))),
        "preview_text_ms": median_ms(lambda: preview_text(made), rounds),
        "desk_open_report_ms": median_ms(lambda: open_report(made.sealed_report, case.DESK_ENC, schemas), rounds),
        "desk_read_items_ms": median_ms(lambda: read_items(signed, made.items, schemas), rounds),
        "read_copy_ms": median_ms(lambda: read_copy(copy, schemas), rounds),
        "verify_ms": median_ms(lambda: verify(copy), rounds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    print(json.dumps({"evidence": measure(parser.parse_args().rounds)}, indent=2))


if __name__ == "__main__":
    main()
