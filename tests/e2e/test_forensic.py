"""Nothing that was typed or read stays readable after Hide this, a cancel, a crash and an exit: eight planted words, a real run.

GIVEN the program on a screen, with a session bus, a notification service (dunst), a key store and a server of its own WHEN a
report is hidden, put off, killed and ended THEN no file, name, log, notification, bus message, argument or environment holds any
of the words. Decision 32: what a screen reader is told is exempt (it goes over the accessibility bus, which is not searched).

What a notification may carry is asserted exactly: with the setting as it is at first, who wrote is named while Robin is open
and not in use, and in nothing else on the bus; nothing while a report is hidden, no name while Robin is locked, no words ever.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import DBusAddress, new_method_call

from messenger.demo.world import Credentials, World
from tests.access.reader import Reader
from tests.access.stage import ROOT, Stage
from tests.e2e.forensic import files, hits, process, spellings
from tests.notifying import Dunst, Heard, is_call

BAD = "mike_2010"
PLANTED = {
    "received": "qzr1 wren é nest",
    "sent": "qzs2 wren é song",
    "own words": "qzo3 I felt odd é when they asked",
    "name": "Qzn4 Kestrelé",
    "contact": "qzc5.kestrel@letters.example",
    "private word": "qzp6 larkspur é",
    "unsent": "qzu7 not sent é yet",
    "PIN": "Zq8Xw3Kp9Vt2",
}
CONTROL = "qzx9 this one é is put on the bus"
CTRL, SHIFT, THREE, FOUR = 37, 50, 12, 13  # X key codes
PRESS, RELEASE, BOTH = 0, 1, 2  # AtspiKeySynthType


class Run:
    """The program on its stage, done by a screen reader and by real keys."""

    def __init__(self, stage: Stage, reader: Reader) -> None:
        self.stage, self.reader = stage, reader
        self.profile = stage.folder / "p"
        self._place = Path(tempfile.mkdtemp(prefix="rb"))
        self.bus = Heard(stage.environment, self._place / "bus")
        self.dunst = Dunst(stage.environment, self._place)
        self.seen: list[tuple[str, bytes]] = []
        self.program: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        self.dunst.stop()
        self.bus.stop()
        shutil.rmtree(self._place, ignore_errors=True)

    def start(self) -> None:
        """Start it. On a screen without a window manager its window has no keyboard yet: Robin is not in use."""
        self.program = self.stage.robin("--profile", str(self.profile))

    def gone(self, times: int) -> None:
        """All that came were taken down by Robin: for none its time was over, and nobody pressed one."""
        assert self.reader.until(lambda: self.dunst.displayed() == 0), "it is on the screen"
        assert self.reader.until(lambda: len(self.bus.closed()) == times)
        assert {reason for _id, reason in self.bus.closed()} == {3}

    def ring(self) -> None:
        """Open it a second time: that gives its window the keyboard."""
        assert self.stage.robin("--profile", str(self.profile)).wait(20) == 0, "the open window answers"

    def key(self, code: int, how: int = BOTH) -> None:
        place = "/org/a11y/atspi/registry/deviceeventcontroller"
        where = DBusAddress(place, "org.a11y.atspi.Registry", "org.a11y.atspi.DeviceEventController")
        message = new_method_call(where, "GenerateKeyboardEvent", "isu", (code, "", how))
        self.reader._bus.send_and_get_reply(message, timeout=10)

    def ctrl(self, code: int) -> None:
        self.key(CTRL, PRESS)
        self.key(code)
        self.key(CTRL, RELEASE)

    def shift_three_times(self) -> None:
        for _ in range(3):
            self.key(SHIFT, PRESS)
            self.key(SHIFT, RELEASE)

    def set_pin(self) -> None:
        self.ctrl(FOUR)
        self.reader.press("push button", "Set a PIN")
        for name in ("New PIN", "New PIN once more"):
            self.reader.write(self.field(name), name, PLANTED["PIN"])
        self.reader.press("push button", "Set this PIN")
        self.reader.gone("push button", "Set this PIN")
        mark = self.profile / "state" / "locked"
        assert self.reader.until(mark.exists), "the lock is set"

    def unlock(self) -> None:
        """S51 over the real accessibility bus: while it is locked nothing planted can be read, then the PIN opens."""
        self.reader.find("push button", "Open Robin")
        said = self.reader.words()
        assert "Robin is locked" in said
        assert [words for words in (*PLANTED.values(), BAD) if words in said] == []
        assert self.reader.tops() == ["frame Robin"]
        self.reader.write(self.field("PIN"), "PIN", PLANTED["PIN"])
        self.reader.press("push button", "Open Robin")
        self.reader.gone("push button", "Open Robin")
        self.reader.find("push button", "Report abuse")

    def field(self, name: str) -> str:
        """The role of a field: a hidden one is a password text."""
        found = self.reader.until(lambda: [role for _n, role, its in self.reader.walk() if its == name and "text" in role])
        assert found, f"no field {name}"
        return str(found[0])

    def go_on_with_the_draft(self) -> None:
        self.ring()
        self.ctrl(THREE)
        self.reader.press("push button", f"Continue the draft about {BAD}", starts=True)

    def look(self) -> list[str]:
        """Search everything that is there now."""
        time.sleep(0.5)  # what is under way comes to rest: typing is kept within 400 ms
        if self.program is not None and self.program.poll() is None:
            self.seen += process(self.program.pid)
        return hits(PLANTED, [*files([self.stage.folder]), *self.seen, ("the session bus", self.bus.raw())])


@pytest.fixture
def world() -> Iterator[tuple[World, Credentials]]:
    """Apart from the computer that is searched: the server knows the messages, of course."""
    folder = Path(tempfile.mkdtemp(prefix="rw"))
    one = World(folder, pace=0.0, own_key_store=False)
    try:
        yield one, one.start()
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def run() -> Iterator[Run]:
    folder = Path(tempfile.mkdtemp(prefix="ra"))
    stage = Stage(folder)
    try:
        reader = stage.start()
        (folder / "tmp").mkdir()
        stage.environment["TMPDIR"] = str(folder / "tmp")
        one = Run(stage, reader)
        try:
            yield one
        finally:
            one.close()
            reader.close()
    finally:
        stage.stop()
        shutil.rmtree(folder, ignore_errors=True)


def prepare(run: Run, place: World, me: Credentials) -> None:
    """Messages in and out over the server, an unsent one, a private word and a begun report, by the real services."""
    given = PLANTED | {
        "jid": me.jid, "password": me.password, "host": me.server.host, "port": str(me.server.port),
        "ca": str(me.server.ca_file), "other": place.jid(BAD),
    }  # fmt: skip
    del given["PIN"], given["own words"], given["name"], given["contact"]
    script = subprocess.Popen(
        [sys.executable, str(ROOT / "tests/e2e/forensic_prepare.py"), str(run.profile)],
        env=run.stage.environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert script.stdin is not None
    assert script.stdout is not None
    script.stdin.write(json.dumps(given))
    script.stdin.close()
    assert script.stdout.readline() == "sent\n"
    place.do(place.actor(BAD)._say(PLANTED["received"])).result(20)
    assert script.wait(60) == 0
    script.stdout.close()
    shutil.copyfile(place.desk.profile_path, run.profile / "endpoints" / "demonstration.json")


def test_f22_s48_s49_s51_nothing_planted_stays_after_hide_cancel_crash_and_exit(
    world: tuple[World, Credentials], run: Run
) -> None:
    place, me = world
    reader = run.reader
    prepare(run, place, me)

    def write(words: str) -> None:
        place.do(place.actor(BAD)._say(words)).result(20)

    def told() -> set[tuple[str, str]]:
        """Title and words of what is told of a message. One that the archive has first at the start is told of by nobody: again."""
        before = len(run.bus.calls("Notify"))
        for _ in range(6):
            write(PLANTED["received"])
            if reader.until(lambda: run.bus.calls("Notify")[before:], 10):
                break
        assert reader.until(lambda: run.dunst.displayed() == 1), "it is on the screen"
        return {(one[3], one[4]) for one in run.bus.calls("Notify")[before:]}

    # Robin is open and not in use: who wrote is named, and none of the words.
    run.start()
    reader.find("push button", "Online, change")
    assert told() == {(BAD, "New message")}
    run.ring()
    run.gone(1)
    open_ones = len(run.bus.calls("Notify"))
    assert reader.until(lambda: PLANTED["unsent"] in reader.words()), "the chat list shows it"
    run.set_pin()

    run.go_on_with_the_draft()
    reader.write("text", "What do you want to tell us?", PLANTED["own words"])
    reader.press("push button", "Continue")
    reader.write("text", "What name do you go by?", PLANTED["name"])
    reader.write("text", "Your e-mail address", PLANTED["contact"])
    assert reader.until(lambda: PLANTED["name"] in reader.words() and PLANTED["contact"] in reader.words())

    # Hide this, by the key from anywhere in the report.
    run.shift_three_times()
    reader.find("text", "Note")
    assert reader.until(lambda: reader.tops() == ["frame Notes"]), reader.tops()
    assert [words for words in PLANTED.values() if words in reader.words()] == []
    write(PLANTED["received"])
    assert run.look() == []
    assert (len(run.bus.calls("Notify")), run.dunst.displayed()) == (open_ones, 0), "nothing tells of what comes meanwhile"

    # Robin is opened again: the lock, the chats, and then the draft, which is put off.
    run.ring()
    run.unlock()
    run.go_on_with_the_draft()
    assert reader.until(lambda: PLANTED["contact"] in reader.words()), f"the draft was kept: {reader.words()}"
    reader.press("push button", "Save and come back later")
    reader.gone("push button", "Save and come back later")
    assert run.look() == []

    # A crash with the draft open and words on the way to the disk.
    run.go_on_with_the_draft()
    reader.write("text", "What name do you go by?", PLANTED["name"] + " " + PLANTED["own words"])
    assert run.program is not None
    run.seen += process(run.program.pid)
    run.program.send_signal(signal.SIGKILL)
    run.program.wait(10)
    assert run.look() == []

    # A start that is locked: nobody is named. Then an ordinary end.
    run.start()
    reader.find("push button", "Open Robin")
    assert told() == {("Robin", "New message")}
    run.unlock()
    run.gone(2)
    assert reader.until(lambda: PLANTED["unsent"] in reader.words())
    run.seen += process(run.program.pid)
    run.program.send_signal(signal.SIGTERM)
    assert run.program.wait(20) == 0
    assert run.look() == []
    named = [one for one in run.bus.messages() if BAD in str(one.body)]
    assert [one for one in named if not is_call(one, "Notify")] == [], "nothing else on the bus names who wrote"
    assert len(named) == open_ones, "and none of those that came later"

    prove_that_the_search_sees(run)


def prove_that_the_search_sees(run: Run) -> None:
    """The same search finds a word on the bus, in an argument, in the environment and in a file."""
    say = ["dbus-send", "--session", "--dest=org.freedesktop.DBus", "/", "a.b.C", f"string:{CONTROL}"]
    subprocess.run(say, env=run.stage.environment, check=False, capture_output=True)
    assert run.reader.until(lambda: CONTROL.encode() in run.bus.raw(), 5), "the bus is heard"
    sleeper = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)", CONTROL], env=os.environ | {"PLANTED": CONTROL}
    )
    try:
        for place in ("cmdline", "environ"):
            wanted = f"control in utf-8 in {place} of {sleeper.pid}"
            assert run.reader.until(lambda: wanted in hits({"control": CONTROL}, process(sleeper.pid)), 5), place  # noqa: B023
    finally:
        sleeper.kill()
        sleeper.wait()
    (run.stage.folder / "tmp" / "left").write_bytes(PLANTED["PIN"].encode("utf-16"))
    assert [one for one in run.look() if one.startswith("PIN in utf-16 ")]


@pytest.mark.parametrize("how", list(spellings("x")))
def test_each_spelling_is_found(tmp_path: Path, how: str) -> None:
    for what, words in PLANTED.items():
        raw = spellings(words)[how]
        assert len(raw) >= 8, "too short to mean anything"
        (tmp_path / "file").write_bytes(b"\x00before" + raw + b"after")
        assert any(f"{what} in " in one for one in hits(PLANTED, files([tmp_path])))


def test_base64_is_found_wherever_it_begins(tmp_path: Path) -> None:
    import base64

    for shift in range(7):
        (tmp_path / "file").write_bytes(base64.b64encode(b"z" * shift + PLANTED["name"].encode() + b"behind it"))
        assert any(one.startswith("name in utf-8 base64") for one in hits(PLANTED, files([tmp_path]))), shift
    (tmp_path / "file").write_bytes(b"nothing of it is here")
    assert hits(PLANTED, files([tmp_path])) == []
