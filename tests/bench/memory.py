"""Proportional memory of a process (Linux: smaps_rollup)."""

from __future__ import annotations

from pathlib import Path


def pss_mb() -> float:
    """Proportional set size of this process in MB."""
    for line in Path("/proc/self/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
