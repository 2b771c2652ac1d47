"""The stanza fuzz in full: `python tests/long/stanza_fuzz.py [number] [seed]`. Exits non-zero when anything escaped or left."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE.parent.parent), str(_HERE.parent / "stream")]

import importlib.util  # noqa: E402


def main() -> int:
    # Both files have one name; the one with the work in it lies in tests/stream.
    spec = importlib.util.spec_from_file_location("stanza_fuzz_parts", _HERE.parent / "stream" / "stanza_fuzz.py")
    assert spec is not None
    assert spec.loader is not None
    parts = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = parts
    spec.loader.exec_module(parts)
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    begun = time.monotonic()
    findings = asyncio.run(parts.fuzz(number, seed))
    seconds = time.monotonic() - begun
    print(
        json.dumps(
            {
                "number": number,
                "seed": seed,
                "per_second": round(number / seconds),
                "stanzas": findings.stanzas,
                "refused_streams": findings.refused,
                "stored": findings.stored,
                "dropped": findings.drops,
                "escaped": findings.escaped,
                "said_to_contacts_and_server": findings.said,
                "answers": len(findings.answers),
                "memory_growth_kib": findings.growth_kib,
            },
            indent=2,
        )
    )
    return 1 if findings.escaped or findings.answers or findings.growth_kib > 64 * 1024 else 0


if __name__ == "__main__":
    raise SystemExit(main())
