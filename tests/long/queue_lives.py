"""1,000 lives of a queue: lines cut at random, resumed or not, Robin ended and begun again (F16). Nothing lost or doubled.

python tests/long/queue_lives.py [runs] [first seed]
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from chat_cuts import replay  # noqa: E402

STEPS = ("send", "send", "send", "lose", "drop", "resume", "fresh", "restart")


def main(runs: int, first: int) -> int:
    failed, steps = [], 0
    for seed in range(first, first + runs):
        rng = random.Random(seed)
        life = rng.choices(STEPS, k=rng.randint(5, 40))
        steps += len(life)
        with tempfile.TemporaryDirectory() as folder:
            try:
                replay(Path(folder), life)
            except AssertionError:
                failed.append(seed)
    print(f"{runs} lives of {steps} steps: {len(failed)} failed {failed[:10]}")
    return 1 if failed else 0


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*(numbers + [1_000, 0][len(numbers) :])))
