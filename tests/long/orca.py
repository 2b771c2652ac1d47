"""Walks through Robin with Orca, the screen reader, by keyboard alone, and prints what was said, step by step.

    PYTHONPATH=. python tests/long/orca.py [--only PART ...]

Needs Debian's orca, speech-dispatcher, at-spi2-core, dbus, gnome-keyring, xvfb, openbox and xdotool
(`apt-get install --no-install-recommends orca speech-dispatcher ...`). Nothing is heard: the voice is a command that does
nothing; what Orca says is taken from itself, at once. It ends with 1 when a step was not said, or when something was said
that must not be. About ten minutes on two cores. Orca runs once for a user: where one is at work, the steps fail.

Facts, seen with Orca 43.1 (Debian 12), at-spi2-core 2.46 and Qt 6.11 on 2026-11-24: this Orca does not listen for
announcements (45 is the first that does), so that they come as notifications (`messenger/ui/spoken.py`). It does not read
the description of a label, names every group that has a name, and says of a list only its current row. The keys that
are pressed are echoed by it ("tab", "return"). Of a hidden line it says what Qt tells, which was each letter typed there until
`SecretEdit`; now it is "bullet". Not walked yet: a notice that arrives, the pause before sending, the young person's pages.
"""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.access.reader import Reader
from tests.access.stage import ROOT, Stage
from tests.long.orca_log import Log

FILL = "tests.access.fill_profile"
_PATIENCE = 20.0
"""Seconds that words may take to come."""


class Walk:
    """A program on a screen, Orca beside it, and hands on a keyboard."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(folder)
        self.log = Log(folder / "orca.log")
        self.failures: list[str] = []
        self._reader: Reader | None = None
        self._step = ""

    def start(self, *arguments: str, fill: bool = True, profile: bool = True) -> None:
        """Screen, buses, window manager, Orca, and the program."""
        self._reader = self.stage.start()
        self.stage._run(["openbox"])
        self.stage.environment["PYTHONPATH"] = str(ROOT)
        self._speech()
        self.stage._run(
            ["/usr/bin/orca", "-u", str(self._own_settings())],
            {"PATH": "/usr/bin:/bin", "GSETTINGS_BACKEND": "memory", "NO_AT_BRIDGE": "1", "LC_ALL": "C.UTF-8"},
        )
        self.step("Orca starts")
        self.heard("Screen reader on", patience=60)
        folder = str(self.stage.folder / "p")
        if fill:
            self.stage.python(FILL, folder)
        self.stage.robin(*(("--profile", folder) if profile else ()), *arguments)

    def stop(self) -> None:
        """End all of it, the speech dispatcher that Orca started too."""
        if self._reader is not None:
            self._reader.close()
        speech = self.stage.folder / "home/run/speech-dispatcher/pid/speech-dispatcher.pid"
        number = speech.read_text().strip() if speech.exists() else ""
        self.stage.stop()
        if number.isdigit():
            subprocess.run(["kill", number], check=False, capture_output=True)

    def step(self, name: str) -> None:
        """A new step: what is expected from here on must be said from here on."""
        self._step = name
        print(f"\n== {name}", flush=True)
        self.log.mark()

    def key(self, *keys: str) -> None:
        """Press these, one after the other, each when Orca is quiet again."""
        for one in keys:
            self._xdotool("key", one)
            self.quiet()

    def write(self, words: str) -> None:
        """Type."""
        self._xdotool("type", "--delay", "80", words)
        self.quiet()

    def to(self, words: str, key: str = "Tab", most: int = 40, other: str = "") -> bool:
        """Press the key until these words, or the `other` ones, are said; a step that does not come to them has failed."""
        for _ in range(most):
            place = self.log.place
            self.key(key)
            if any(words in one or (other and other in one) for one in self.log.since(place)):
                return True
        return self._wrong(f"{key} does not lead to {words!r}")

    def heard(self, *words: str, patience: float = _PATIENCE) -> bool:
        """Whether each of these was said in this step, or is soon."""
        end = time.monotonic() + patience
        missing = list(words)
        while missing and time.monotonic() < end:
            said = self.log.said()
            missing = [one for one in missing if not any(one in line for line in said)]
            if missing:
                time.sleep(0.2)
        self.quiet()
        return not missing or self._wrong(f"not said: {missing}")

    def never(self, pattern: str) -> None:
        """Nothing like this (a regular expression, any case) was said in this step."""
        self.quiet()
        bad = [one for one in self.log.said() if re.search(pattern, one, re.IGNORECASE)]
        if bad:
            self._wrong(f"said, and should not be: {bad}")

    def once(self, words: str) -> None:
        """These words were said once in this step."""
        self.quiet()
        count = sum(words in one for one in self.log.said())
        if count != 1:
            self._wrong(f"{words!r} was said {count} times")

    def quiet(self) -> None:
        """Wait until Orca has nothing more to say; print what it said."""
        for line in self.log.settle():
            print(f"   {line}", flush=True)

    def _wrong(self, words: str) -> bool:
        self.failures.append(f"{self._step}: {words}")
        print(f"!! {words}", flush=True)
        self.stage.picture(Path(tempfile.gettempdir()) / f"orca-{len(self.failures)}.png")
        return False

    def _xdotool(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self.stage.environment, check=True, capture_output=True)

    def _own_settings(self) -> Path:
        """Orca's own place for changes: here it is asked to keep what it says, at once (its debug log comes late)."""
        folder = self.stage.folder / "orca"
        folder.mkdir()
        (folder / "orca-customizations.py").write_text(
            "import logging\n"
            "speech = logging.getLogger('speech')\n"
            "speech.setLevel(logging.INFO)\n"
            f"speech.addHandler(logging.FileHandler({str(self.log.path)!r}, encoding='utf-8'))\n"
        )
        return folder

    def _speech(self) -> None:
        """A speech dispatcher whose voice is silence: with none at all, or without a sound card, Orca would wait for it."""
        folder = Path(self.stage.environment["HOME"]) / ".config/speech-dispatcher"
        (folder / "modules").mkdir(parents=True)
        (folder / "speechd.conf").write_text(
            'LogLevel 0\nCommunicationMethod "unix_socket"\nAddModule "silent" "sd_generic" "silent.conf"\n'
            'DefaultModule silent\nDefaultLanguage "en"\nTimeout 0\n'
        )
        (folder / "modules/silent.conf").write_text('GenericExecuteSynth "true"\nAddVoice "en" "male1" "any"\n')


def first_steps(walk: Walk) -> None:
    """The four screens of a first start, and the form to sign in."""
    walk.start("--offline", fill=False)
    walk.step("first steps: words and look")
    walk.heard("Welcome to Robin dialog Step 1 of 4 Words and look", "Which words suit you?", "selected radio button")
    walk.never("layered pane|check box")
    walk.to("Next push button")
    walk.step("first steps: account")
    walk.key("Return")
    walk.heard("Step 2 of 4. Your account", "I have an address")
    walk.step("sign in")
    walk.key("Return")
    walk.heard("Your account dialog")
    walk.to("Address text")
    walk.write("nobody")
    walk.to("Password password text")
    walk.step("sign in: the password is not said")
    walk.write("hush5")
    walk.never("hush|^[hus5]$")
    walk.step("sign in: what is wrong")
    walk.key("Return")
    walk.heard("There is a problem")
    walk.key("Escape")
    walk.step("first steps: people")
    walk.to("Later push button")
    walk.key("Return")
    walk.heard("Step 3 of 4. Your people")
    walk.to("A grown-up I can tell text")
    walk.step("first steps: the button")
    walk.to("Next push button")
    walk.key("Return")
    walk.heard("Step 4 of 4", "Practise now push button")


def chats(walk: Walk) -> None:
    """The chat list, a chat, its messages, and somebody new."""
    walk.start("--offline")
    walk.step("the chat list")
    walk.heard("Robin frame", "Chats")
    walk.to("ann, maths at four?", "Down", 2)
    walk.step("a chat")
    walk.key("Return")
    walk.heard("Message text", "Write to ann")
    walk.step("its messages")
    walk.to("Messages with ann", "F6", 8)
    walk.heard("ann, 08:00: maths at four?")
    walk.never("not selected|layered pane")
    walk.step("choosing messages")
    walk.key("space")
    walk.heard("1 message chosen")
    walk.key("Escape")
    walk.step("a request card")
    walk.to("Requests, 1 push button")
    walk.key("Return")
    walk.heard("New person: mike_2010 heading", "The country is not known", "3 messages; hey; are you on?")
    for name in ("I know them: accept", "Not now", "Block", "Block and report"):
        walk.to(f"{name} push button", most=4)


def report(walk: Walk) -> None:
    """Report abuse from a chat to the check page."""
    walk.start("--offline")
    walk.step("Report abuse")
    walk.heard("Robin frame", patience=60)
    walk.to("ann, maths at four?", "Down", 2)
    walk.key("Return")
    walk.key("F8")
    walk.heard("You did the right thing heading", "The other person is not told", "It cannot hide from a person")
    walk.step("question 1")
    walk.key("Return")
    walk.heard("Are you safe right now? heading", "Question 1 of 9")
    walk.never("percent")
    walk.to("Yes, I am safe")
    walk.heard("Are you safe right now? panel", "not selected radio button")
    walk.key("space")
    walk.heard("selected")
    walk.step("question 2")
    walk.key("Return")
    walk.heard("Who is this about? heading", "You can skip this", "Question 2 of 9")
    walk.to("Me")
    walk.key("space")
    walk.to("Under 13")
    walk.key("space")
    walk.step("question 3")
    walk.key("Return")
    walk.heard("What is happening? heading", "Question 3 of 9")
    walk.to("Someone older or new is too nice, or wants secrets check box not checked")
    walk.key("space")
    walk.step("questions 4 and 5")
    walk.key("Return")
    walk.heard("A few more questions heading", "Question 4 of 9")
    walk.key("Return")
    walk.heard("Who did it? heading")
    walk.to("Their name or address in the chat text")
    walk.once("Their name or address in the chat")
    walk.step("the messages to send")
    walk.to("Continue push button")
    walk.key("Return")
    walk.heard("Which messages should we send? heading")
    walk.to("Messages to choose from")
    walk.heard("maths at four? (does not go) not checked")
    walk.key("space")
    walk.heard("1 chosen")
    walk.step("own words")
    walk.to("Continue push button")
    walk.key("Return")
    walk.heard("In your own words heading")
    walk.step("details: what is missing")
    walk.key("Return")
    walk.heard("How can we reach you? heading")
    walk.key("Return")
    walk.heard("There is a problem. Type a name.")
    walk.step("details")
    walk.to("What name do you go by? text")
    walk.write("Sam")
    walk.to("In this app check box not checked")
    walk.key("space")
    walk.step("the check page")
    walk.to("Continue push button")
    walk.key("Return")
    walk.heard("heading", "Question 9 of 9")
    hidden(walk)


def hidden(walk: Walk) -> None:
    """Shift three times: from then on nothing of Robin is said."""
    walk.step("Hide this")
    for _ in range(3):
        walk._xdotool("key", "Shift_L")
    walk.heard("Notes")
    walk.never("robin|report|abuse|ann|safe")
    walk.step("after it")
    walk.key("Tab", "Tab")
    walk.write("milk")
    walk.never("robin|report|abuse|ann|safe")


def lock(walk: Walk) -> None:
    """Set a PIN, close, a wrong PIN, the numbers, and open."""
    walk.start("--offline")
    walk.step("settings")
    walk.heard("Robin frame", patience=60)
    walk.key("ctrl+4")
    walk.to("Set a PIN push button")
    walk.step("a new PIN is not said")
    walk.key("Return")
    walk.heard("Set a PIN dialog", "New PIN password text")
    walk.write("2580")
    walk.key("Tab")
    walk.to("New PIN once more password text")
    walk.write("2580")
    walk.never("2580|^[2580]$")
    walk.key("Return")
    walk.step("locked")
    walk.key("ctrl+l")
    walk.heard("PIN password text")
    walk.never("ann|mike|maths")
    walk.step("a wrong PIN")
    walk.write("1111")
    walk.key("Return")
    walk.heard("That is not the PIN")
    walk.never("^1$|1111")
    walk.step("the numbers while locked")
    walk.key("F8")
    walk.heard("Your report opens when you type your PIN")
    walk.to("Copy the number of In danger now: 999 push button")
    walk.step("opened")
    walk.to("PIN password text")
    walk.write("2580")
    walk.key("Return")
    walk.heard("Robin frame", "Change the PIN push button")


def practice(walk: Walk) -> None:
    """The Safety room, and a practice report to its end."""
    walk.start("--offline")
    walk.step("the Safety room")
    walk.heard("Robin frame", patience=60)
    walk.key("ctrl+3")
    walk.to("Practise a report push button", most=60)
    walk.step("practice")
    walk.key("Return")
    walk.heard("heading", "Nothing is sent")
    walk.key("Return")
    for _ in range(12):
        walk.step("practice: the next page")
        walk.to("Continue push button", other="Practise sending push button")
        last = any("Practise sending" in one for one in walk.log.said())
        walk.key("Return")
        walk.heard("heading")
        if last:
            break
    walk.step("practice: the end")
    walk.to("Do it again push button")
    walk.never("Saved|case number")


PARTS: dict[str, Callable[[Walk], None]] = {
    "first": first_steps, "chats": chats, "report": report, "lock": lock, "practice": practice,
}  # fmt: skip


def main() -> int:
    """Walk the parts; returns 1 when something was not as it should be."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends, too
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    failures: list[str] = []
    for name in parser.parse_args().only:
        print(f"\n# {name}", flush=True)
        folder = Path(tempfile.mkdtemp(prefix="or"))
        walk = Walk(folder)
        try:
            PARTS[name](walk)
        finally:
            walk.stop()
            shutil.rmtree(folder, ignore_errors=True)
        failures += walk.failures
    print("\n" + ("\n".join(failures) or "all steps were said"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
