"""Kills the program between Send and the receipt, again and again, and the desk now and then (F1, F23).

    python tests/long/kill_between_send_and_receipt.py --runs 200

A real desk, a real store, real sealed files, real HTTPS on loopback. Each run is a process of its own that answers the
questions, presses Send and waits for the receipt; it gets SIGKILL at a random moment in between and is started again
until the receipt is there. What was acknowledged as Saved must be at the desk exactly once with an equal digest; what
was not must be offered as a draft again or be queued. Prints one JSON object; exit code 1 when anything was lost,
doubled or changed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import select
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

# Everything is imported before the first fork, so that a run takes its time for the work and not for imports.
import jsonschema  # noqa: E402, F401

from messenger.desk.server import Desk, Options  # noqa: E402
from messenger.desk.store import FILE as STORE_FILE  # noqa: E402
from messenger.domain.report import OutboxState, ReportContext  # noqa: E402
from messenger.endpoints.https import HttpsEndpoint  # noqa: E402
from messenger.services.clock import SystemClock  # noqa: E402
from messenger.storage import outbox  # noqa: E402
from tests.services.report_world import Memory, World, opened  # noqa: E402

PASSPHRASE = "a passphrase for the desk of this test"
MOST_STARTS = 6
"""Kills of one report at most; then it may end in peace."""
PATIENCE = 60.0
_USUAL = 3
"""Undisturbed runs at the beginning, to learn how long it takes."""
Say = Callable[[str], None]


def child(folder: Path, say: Say) -> None:
    """One start of the program over the profile in `folder`: the wizard or what was left of it, Send, the receipt.

    Says ``sending ID`` right before Send, ``saved ID DIGEST`` once Saved may be shown, ``received ID`` at the end.
    """
    asyncio.run(_program(folder, say))


async def _program(folder: Path, say: Say) -> None:
    endpoint = HttpsEndpoint(SystemClock())
    # No key store: the reporter's keys lie in the encrypted store, and are part of what must survive.
    async with opened(folder, endpoint, secrets=Memory(persistent=False), hourly=1_000_000) as world:
        await world.services.outbox.start()
        waiting = [one.report_id for one in await world.db.run(outbox.waiting)]
        waiting = waiting or await _send(world, say)
        for report_id in waiting:
            report = await world.services.outbox.wait(report_id, PATIENCE)
            if report.state is not OutboxState.SENT:
                say(f"stuck {report_id} {report.state.value}")
                return
            say(f"received {report_id}")


async def _send(world: World, say: Say) -> list[str]:
    drafts = await world.services.reporting.drafts()
    if drafts:
        draft_id = drafts[0].id
    elif (await world.services.outbox.reports())[:1] and os.environ.get("KILL_RUN_STARTED") == "1":
        # Killed after the receipt was on disk: nothing is left to do.
        return [(await world.services.outbox.reports())[0].id]
    else:
        number = len(await world.services.outbox.reports())
        ids = await world.chat(8, other=f"person{number}@elsewhere.example", start=number * 10 + 1)
        draft = await world.draft((ids[3],), counterpart=f"person{number}@elsewhere.example", own_words="Please help.")
        await world.services.reporting.preview(draft)
        draft_id = draft.id
    say(f"sending {draft_id}")
    await world.services.reporting.submit(draft_id)
    entry = await world.db.run(outbox.get, draft_id)
    assert entry is not None
    say(f"saved {draft_id} {entry.digest}")
    return [draft_id]


# -- the desk, a process of its own


def serve(folder: Path, port: int) -> None:
    """Run a desk until standard input closes."""
    options = Options(flood_burst=10**6, flood_rate=10**6)
    desk = Desk.create(folder, PASSPHRASE, "Desk of the kill test", "gb", port=port, options=options)
    desk.start()
    print("ready", flush=True)
    sys.stdin.read()
    desk.stop()


@dataclass
class DeskProcess:
    folder: Path
    port: int
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, str(Path(__file__).resolve()), "--serve", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._end()

    def stop(self) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.close()
        self._end()

    def _end(self) -> None:
        assert self.process is not None
        self.process.wait(30)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def free_port() -> int:
    for port in random.SystemRandom().sample(range(20000, 32000), 200):
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


# -- one start, perhaps killed


@dataclass
class Start:
    """What one process said, with the time of each line since its beginning, and whether it was killed."""

    lines: list[tuple[float, list[str]]] = field(default_factory=list)
    killed: bool = False
    kill_at: float | None = None

    def said(self, word: str) -> list[str]:
        return next((line for _at, line in self.lines if line[0] == word), [])

    def at(self, word: str) -> float:
        return next((at for at, line in self.lines if line[0] == word), 0.0)


Program = Callable[[Path, Say], None]


def start(program: Program, folder: Path, kill_after: float | None, disturb: Callable[[], None] | None = None) -> Start:
    """Fork a process that runs `program`; SIGKILL it `kill_after` seconds after its first word (None: let it end)."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_child(program, folder, writing)
    os.close(writing)
    found = Start()
    began = time.monotonic()
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        for line in _lines(pipe, lambda: found.kill_at, began + 4 * PATIENCE):
            if line is None:
                break
            found.lines.append((time.monotonic() - began, line.split()))
            if found.kill_at is None and kill_after is not None:
                found.kill_at = time.monotonic() + kill_after
            if disturb is not None and line.startswith("sending"):
                disturb()
        if found.kill_at is not None and time.monotonic() >= found.kill_at:
            found.killed = not _ended(pid)
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return found


def _be_child(program: Program, folder: Path, writing: int) -> None:
    def say(text: str) -> None:
        os.write(writing, text.encode() + b"\n")

    code = 1
    try:
        program(folder, say)
        code = 0
    except BaseException as error:
        say(f"failed {type(error).__name__}")
    finally:
        os._exit(code)


def _lines(pipe: object, deadline: Callable[[], float | None], latest: float) -> Iterator[str | None]:
    """Lines as they come; None when the time is over."""
    rest = b""
    while True:
        until = min(deadline() or latest, latest)
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            yield None
            return
        data = pipe.read(65536)  # type: ignore[attr-defined]
        if not data:
            return
        *whole, rest = (rest + data).split(b"\n")
        for one in whole:
            yield one.decode()


def _ended(pid: int) -> bool:
    info = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return info[0] == "Z"


# -- the loop


@dataclass
class Tally:
    counts: Counter[str] = field(default_factory=Counter)
    saved: dict[str, str] = field(default_factory=dict)
    """What was acknowledged as Saved: report id -> digest."""
    faults: list[str] = field(default_factory=list)

    def note(self, one: Start) -> None:
        self.counts["starts"] += 1
        for _at, line in one.lines:
            if line[0] == "saved":
                before = self.saved.setdefault(line[1], line[2])
                if before != line[2]:
                    self.faults.append(f"saved twice with two digests: {line[1]}")
            elif line[0] in ("failed", "stuck"):
                self.faults.append(" ".join(line))
        if one.killed:
            self.counts["killed"] += 1
            place = (
                "after saved"
                if one.said("saved")
                else "in the save step"
                if one.said("sending")
                else "in a later start"
            )
            self.counts[f"killed {place}"] += 1


def run(runs: int, seed: int, desk_kills: int, folder: Path, program: Program = child) -> dict[str, object]:
    """The whole test in `folder`; gives the figures. `program` can be another way to start, such as the whole program."""
    dice = random.Random(seed)
    profile, desk = folder / "profile", DeskProcess(folder / "desk", free_port())
    desk.start()
    (profile / "endpoints").mkdir(parents=True)
    shutil.copy(folder / "desk" / "endpoint.json", profile / "endpoints" / "desk.json")
    tally, began = Tally(), time.monotonic()
    struck = set(dice.sample(range(runs), min(desk_kills, runs)))
    try:
        usual, save_step = _usual_seconds(program, profile, tally)
        for number in range(runs):
            disturb = None
            if number in struck:

                def disturb() -> None:
                    time.sleep(dice.uniform(0, usual))
                    desk.kill()
                    desk.start()
                    tally.counts["desk killed"] += 1

            _one_report(program, profile, dice, (usual, save_step), tally, disturb)
    finally:
        desk.stop()
    _compare(folder, tally)
    return {
        "runs": runs,
        "seed": seed,
        **{name.replace(" ", "_"): count for name, count in sorted(tally.counts.items())},
        "acknowledged": len(tally.saved),
        "faults": tally.faults,
        "seconds_from_send_to_receipt": round(usual, 3),
        "seconds_from_send_to_saved": round(save_step, 4),
        "seconds": round(time.monotonic() - began, 1),
        "good": not tally.faults
        and tally.counts["begun"] == tally.counts["at the desk"] == runs + _USUAL
        and not any(tally.counts[name] for name in ("lost", "doubled", "mismatched")),
    }


def _usual_seconds(program: Program, profile: Path, tally: Tally) -> tuple[float, float]:
    """From Send to the receipt, and from Send to Saved, when nothing happens."""
    took: list[float] = []
    saved: list[float] = []
    for _ in range(_USUAL):
        os.environ["KILL_RUN_STARTED"] = "0"
        one = start(program, profile, None)
        tally.note(one)
        if not one.said("received"):
            raise RuntimeError(f"the program does not work: {one.lines}")
        took.append(one.at("received") - one.at("sending"))
        saved.append(one.at("saved") - one.at("sending"))
    return statistics.median(took), statistics.median(saved)


def _one_report(
    program: Program,
    profile: Path,
    dice: random.Random,
    usual: tuple[float, float],
    tally: Tally,
    disturb: Callable[[], None] | None,
) -> None:
    os.environ["KILL_RUN_STARTED"] = "0"
    for attempt in range(MOST_STARTS):
        last = attempt == MOST_STARTS - 1
        # The save step is short: two kills in five are aimed at it, the others at the whole way.
        span = usual[1] if dice.random() < 0.4 else usual[0]
        kill = None if last or (attempt and dice.random() < 0.5) else dice.uniform(0, 1.1 * span)
        one = start(program, profile, kill, disturb if attempt == 0 else None)
        tally.note(one)
        os.environ["KILL_RUN_STARTED"] = "1"
        if one.said("received") or not one.killed:
            break
    if not one.said("received"):
        tally.faults.append(f"no receipt after {attempt + 1} starts: {one.lines}")


def _compare(folder: Path, tally: Tally) -> None:
    """What was acknowledged against what the desk has, and what this computer knows of it."""
    store = sqlite3.connect(folder / "desk" / STORE_FILE)
    rows = store.execute("SELECT report_id, digest, case_number, filed FROM reports").fetchall()
    empty = {row[0] for row in store.execute("SELECT report_id FROM files WHERE body IS NULL")}
    store.close()
    filed = {
        report_id: (digest, case) for report_id, digest, case, at in rows if at is not None and report_id not in empty
    }
    mine = asyncio.run(_known(folder / "profile"))
    for report_id, digest in tally.saved.items():
        if report_id not in filed or report_id not in mine:
            tally.counts["lost"] += 1
        elif (digest, mine[report_id][1]) != filed[report_id] or mine[report_id][0] != digest:
            tally.counts["mismatched"] += 1
    tally.counts["at the desk"] = len(filed)
    tally.counts["begun"] = len(mine)
    # More at the desk than are known here would be doubles under other ids.
    tally.counts["doubled"] = len(rows) - len({row[0] for row in rows}) + len(set(filed) - set(mine))
    tally.counts["lost"] += len(set(mine) - set(filed))


async def _known(folder: Path) -> dict[str, tuple[str, str]]:
    async with opened(folder, None, secrets=Memory(persistent=False)) as world:
        digests = {one.report_id: one.digest for one in await world.db.run(outbox.every)}
        reports = {one.id: (digests[one.id], one.case_number) for one in await world.services.outbox.reports()}
        assert await world.services.reporting.drafts() == ()
        draft, _form, _talk = await world.services.reporting.begin(ReportContext())
        assert draft.id not in reports
        return reports


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--desk-kills", type=int, default=-1, help="runs in which the desk is killed too; default: one in ten"
    )
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        serve(options.serve, options.port)
        return 0
    desk_kills = options.runs // 10 if options.desk_kills < 0 else options.desk_kills
    with tempfile.TemporaryDirectory() as place:
        found = run(options.runs, options.seed, desk_kills, Path(place))
    print(json.dumps(found))
    return 0 if found["good"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
