"""Damages the store's file in 2,000 ways, opens and uses it each time (F07): nothing but our own errors, no crash.

python tests/long/database_damage.py [runs] [first seed]
"""

from __future__ import annotations

import asyncio
import collections
import random
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "storage")]

import test_store_database as case  # noqa: E402


def main(runs: int, first: int) -> int:
    came = collections.Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "original" / "robin.db"
        case._grow(original)
        data = original.read_bytes()
        for seed in range(first, first + runs):
            place = Path(folder) / "one"
            shutil.copytree(original.parent, place)
            (place / "robin.db").write_bytes(case.damage(data, random.Random(seed)))
            try:
                came[asyncio.run(case.use_damaged(place / "robin.db", clean=bool(seed % 2)))] += 1
            except Exception as error:
                came[f"FAILED {type(error).__name__} at seed {seed}"] += 1
            shutil.rmtree(place)
    failed = sum(count for what, count in came.items() if what.startswith("FAILED"))
    print(f"{runs} damaged stores: {dict(came)}")
    return 1 if failed else 0


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*(numbers + [2_000, 0][len(numbers) :])))
