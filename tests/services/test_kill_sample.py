"""A sample of tests/long/kill_between_send_and_receipt.py: six reports, killed on the way, one time the desk too (F1, F23)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_COMMAND = Path(__file__).resolve().parents[1] / "long" / "kill_between_send_and_receipt.py"


def test_f01_f23_killed_between_send_and_receipt_nothing_is_lost_or_doubled() -> None:
    done = subprocess.run(
        [sys.executable, str(_COMMAND), "--runs", "6", "--seed", "7", "--desk-kills", "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    found = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    assert done.returncode == 0, (found, done.stderr[-2000:])
    assert found["good"] is True
    assert found["killed"] >= 3
    assert found["desk_killed"] == 1
    assert (found["lost"], found["doubled"]) == (0, 0)
    assert found["begun"] == found["at_the_desk"] == 9
    # A run can be killed after its report was safe and before it could say so: then it was not acknowledged.
    assert 0 < found["acknowledged"] <= 9
