"""Lets every write, sync and moment of the store fail in turn (F02, F05, F06): what was told as stored is there afterwards.

    python tests/long/store_faults.py [every how many places]

Needs strace and the right to trace. For each N: the N-th pwrite64 or fdatasync and all later ones fail with EIO or
ENOSPC, or the process is killed at the N-th call of any of them.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from messenger.storage import journal  # noqa: E402
from messenger.storage.database import Database  # noqa: E402

KEY = bytes(range(32))
_WRITER = """
import asyncio, sys
from pathlib import Path
sys.path[:0] = [sys.argv[2], sys.argv[2] + "/tests"]
from chat_case import ME, SAM, at
from messenger.domain.errors import StoreError
from messenger.domain.message import OutgoingMessage
from messenger.storage import conversations, outgoing
from messenger.storage.database import Database

async def main():
    try:
        db = await Database.open(Path(sys.argv[1]), bytes(range(32)))
        conversation = await db.write(conversations.ensure, ME, SAM)
    except StoreError as error:
        print("refused", type(error).__name__, flush=True)
        return
    for number in range(12):
        try:
            await db.write(outgoing.add, conversation, OutgoingMessage(ME, SAM, f"o{number}", "w" * 2000), at(number))
            print("stored", f"o{number}", flush=True)
        except StoreError as error:
            print("refused", type(error).__name__, flush=True)
    await db.close()

asyncio.run(main())
"""
_FAULTS = (
    ("pwrite64", "error=ENOSPC", "+"),
    ("pwrite64", "error=EIO", ""),
    ("fdatasync,fsync", "error=EIO", ""),
    ("fdatasync,fsync", "error=EIO", "+"),
    ("pwrite64,fdatasync,fsync,ftruncate,rename,unlink", "signal=SIGKILL", ""),
)


def one(folder: Path, calls: str, fault: str, when: str) -> tuple[set[str], int, str]:
    """Run the writer with one fault; the ids that were told as stored, its exit code and what it printed."""
    done = subprocess.run(
        [
            *("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}"),
            *("-e", f"inject={calls}:{fault}:when={when}"),
            *(sys.executable, "-c", _WRITER, str(folder / "robin.db"), str(ROOT)),
        ],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return set(re.findall(r"^stored (o\d+)$", done.stdout, re.M)), done.returncode, done.stdout + done.stderr


async def there(path: Path) -> set[str]:
    """The ids that are in the store when it is opened without faults."""
    db = await Database.open(path, KEY)
    assert db.damaged is None, "the store was found damaged"
    assert await db.run(journal.holds)
    found = await db.run(lambda conn: {str(row[0]) for row in conn.execute("SELECT origin_id FROM messages")})
    await db.close()
    return found


def calls_of(calls: str) -> int:
    """How many of these calls one run makes."""
    with tempfile.TemporaryDirectory() as name:
        trace = Path(name) / "trace"
        subprocess.run(
            ["strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={calls}",
             sys.executable, "-c", _WRITER, str(Path(name) / "robin.db"), str(ROOT)],
            capture_output=True, timeout=120, check=True,
        )  # fmt: skip
        return len(trace.read_text("utf-8").splitlines())


def main(step: int) -> int:
    if not shutil.which("strace"):
        print("strace is not installed")
        return 2
    wrong, runs = 0, 0
    for calls, fault, more in _FAULTS:
        total = calls_of(calls)
        lost = refused = 0
        for place in range(1, total + 1, step):
            with tempfile.TemporaryDirectory() as name:
                told, code, words = one(Path(name), calls, fault, f"{place}{more}")
                runs += 1
                refused += "refused" in words
                if code not in (0, -9, 137) or "Traceback" in words:
                    wrong += 1
                    print(f"{calls} {fault} at {place}: exit {code}\n{words[-1500:]}")
                if missing := told - asyncio.run(there(Path(name) / "robin.db")):
                    lost += len(missing)
                    print(f"{calls} {fault} at {place}: lost {sorted(missing)}")
        wrong += lost
        print(
            f"{calls} {fault}{more}: {total} places, every {step}., {refused} runs refused something, {lost} lost",
            flush=True,
        )
    print(f"{runs} runs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))
