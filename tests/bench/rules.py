"""What all just-in-time rules together cost a message, over the whole corpus: median and 99th percentile in milliseconds.

    python tests/bench/rules.py            # prints JSON; the goal is 0.1 ms median each way (issue 4)

Each line is looked at five times and the quickest counts, so that another program's work is not measured. A message of one
megabyte is measured as well: of it the first 6,000 and the last 2,000 characters are looked at.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from messenger import resources  # noqa: E402
from messenger.domain.notice import Surroundings, Way  # noqa: E402
from messenger.safety import phrases, pictures  # noqa: E402
from messenger.safety.rules import Rules  # noqa: E402

TIMES = 5
BIG = 1_000_000
AROUND = {
    "in": Surroundings(Way.IN, country="gb"),
    "out": Surroundings(
        Way.OUT, country="gb", code_asked=True, harsh_words=True, private_words=("Oakfield", "Mill Lane", "Samuel")
    ),
}


def corpus() -> list[str]:
    """Every line of the corpus."""
    found: list[str] = []
    for path in sorted((ROOT / "tests" / "safety" / "corpus").glob("*/*.json")):
        for part in json.loads(path.read_text("utf-8")).values():
            if isinstance(part, dict):
                found += [one if isinstance(one, str) else one["text"] for lines in part.values() for one in lines]
    return found


def quickest(rules: Rules, line: str, around: Surroundings) -> float:
    """Milliseconds for a message."""
    best = float("inf")
    for _time in range(TIMES):
        begun = perf_counter()
        rules.look(line, around)
        best = min(best, perf_counter() - begun)
    return best * 1000


def figures(rules: Rules, lines: Sequence[str], around: Surroundings) -> dict[str, float]:
    """Median, 99th percentile and one large message."""
    each = sorted(quickest(rules, line, around) for line in lines)
    big = quickest(rules, (" ".join(lines) * (BIG // 100_000 + 1))[:BIG], around)
    return {
        "median_ms": round(statistics.median(each), 4),
        "p99_ms": round(each[len(each) * 99 // 100], 3),
        "megabyte_ms": round(big, 1),
    }


def main() -> int:
    """Print the figures of both ways."""
    begun = perf_counter()
    places = pictures.load(resources.read("pictures/places.json"), "pictures/places.json")
    rules = Rules(phrases.load(resources.read("phrases/en.json"), "phrases/en.json"), places=places)
    loaded = round((perf_counter() - begun) * 1000)
    lines = corpus()
    found = {way: figures(rules, lines, around) for way, around in AROUND.items()}
    print(json.dumps({"rules": {"lines": len(lines), "load_ms": loaded, **found}}, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
