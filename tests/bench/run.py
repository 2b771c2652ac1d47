"""All figures of stack.md's table that Robin can be measured by, as JSON. Nothing here passes or fails.

    python tests/bench/run.py [--quick] [--out FILE]

Needs Prosody. Windows are painted offscreen unless DISPLAY is set. Each figure is a median of several runs in new processes;
the empty QMainWindow of the same run is the floor to compare with.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))

from messenger.demo.cast import BAD, Actor  # noqa: E402
from messenger.demo.secret_service import SecretService  # noqa: E402
from messenger.demo.world import World  # noqa: E402
from messenger.domain.message import OutgoingMessage  # noqa: E402


def child(script: str, *arguments: str, extra: dict[str, str] | None = None) -> dict[str, Any]:
    """Run a script of this folder in a new process; its last line is JSON."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **(extra or {})}
    if "DISPLAY" not in environment:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{script}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


async def many(actor: Actor, count: int) -> None:
    """The other side: `count` messages as fast as the server takes them."""
    session, jid, to = actor.session, actor.jid, actor.partner
    for number in range(count):
        line = OutgoingMessage(jid, to, f"b{number}-{time.monotonic_ns()}", f"line number {number} of a burst")
        await session.send(line)
        if number % 50 == 0:
            await asyncio.sleep(0)


def live(world: World, arguments: str) -> dict[str, Any]:
    """Run live.py and play the other side for it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if "DISPLAY" not in environment:
        environment["QT_QPA_PLATFORM"] = "offscreen"
    process = subprocess.Popen([sys.executable, str(HERE / "live.py"), arguments], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last = ""
    for line in process.stdout:
        if line.startswith("BURST "):
            world.do(many(world.actor(BAD.user), int(line.split()[1])))
        else:
            last = line
    if process.wait():
        raise SystemExit("live.py failed")
    found: dict[str, Any] = json.loads(last)
    return found


def commit() -> str:
    """The commit that is measured."""
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of each number over the runs."""
    return {key: round(statistics.median(run[key] for run in runs), 1) for key in runs[0] if isinstance(runs[0][key], int | float)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer messages: to see that the bench runs")
    parser.add_argument("--out")
    options = parser.parse_args()
    runs = 2 if options.quick else 5
    burst = 500 if options.quick else 10_000
    result: dict[str, Any] = {
        "when": time.strftime("%Y-%m-%d"),
        "commit": commit(),
        "python": platform.python_version(), "cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 2),
    }  # fmt: skip
    result["empty_window"] = median([child("start.py", "empty") for _ in range(runs)])
    # In memory where there is such a place: Prosody's own disk writes are not what is measured.
    folder = Path(tempfile.mkdtemp(prefix="rb", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    keys = SecretService(folder / "k")
    (folder / "k").mkdir()
    keys.start()
    try:
        first = child("start.py", "robin", str(folder / "p"), extra=keys.environment)
        result["first_start"] = first
        result["start"] = median([child("start.py", "robin", str(folder / "p"), extra=keys.environment) for _ in range(runs)])
        for place in ("wizard", "safety"):
            result[f"hide_{place}"] = child("hide.py", str(folder / "p"), place, extra=keys.environment)
    finally:
        keys.stop()
    result["start_ratio_to_empty_window"] = round(result["start"]["painted_ms"] / result["empty_window"]["painted_ms"], 2)
    world = World(folder, 0.0, own_key_store=False)
    try:
        me = world.start()
        arguments = json.dumps({
            "jid": me.jid, "password": me.password, "host": me.server.host, "port": me.server.port, "ca": me.server.ca_file,
            "endpoint": str(world.desk.profile_path), "folder": str(folder / "live"), "burst": burst,
        })  # fmt: skip
        result["live"] = live(world, arguments)
    finally:
        world.stop()
        shutil.rmtree(folder, ignore_errors=True)
    sizes = ["20000"] if options.quick else ["100000", "1000000"]
    done = subprocess.run([sys.executable, str(HERE / "history.py"), *sizes], capture_output=True, text=True, check=True)
    result["history"] = json.loads(done.stdout)
    result["load_after"] = round(os.getloadavg()[0], 2)
    text = json.dumps(result, indent=1)
    print(text)
    if options.out:
        Path(options.out).write_text(text + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
