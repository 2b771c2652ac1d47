"""The demonstration itself: the real window, driven by mouse and keys, from a chat to the officer's advice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def robin(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    return subprocess.run(
        [sys.executable, "-m", "messenger", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=500, check=False
    )


def test_the_whole_way_without_a_person(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = robin("demo", "--headless", "--out", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((out / "result.json").read_text("utf-8"))
    assert result["ok"]
    assert result["case_number"]
    assert result["noticed_by_reported_party"] == 0, "nothing reached the reported party from the click to the receipt"
    for name in result["pictures"]:
        assert (out / name).stat().st_size > 5_000, name
    steps = {name.split("-", 1)[1].rsplit("-", 1)[0] for name in result["pictures"]}
    assert {"chat-with-a-friend", "report-danger", "report-check", "report-sent", "desk-report", "advice-arrived"} <= steps
    assert {"report-after", "question-answered", "added", "desk-case-later", "taken-back", "desk-case-taken-back"} <= steps
    package = out / result["package"]
    assert robin("verify", str(package)).returncode == 0
    data = package.read_bytes()
    for place in range(7, len(data), len(data) // 5):
        package.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert robin("verify", str(package)).returncode != 0, place
