"""The catalogue's template holds every sentence that a person can see, from code, from data and from the desk's pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_template_is_complete() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging" / "messages"), "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
