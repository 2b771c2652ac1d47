"""Runs the real program for the screen reader of the tests: Xvfb, a session bus with a key store, the accessibility bus."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from messenger.demo.secret_service import SecretService
from tests.access.reader import Reader

LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")
ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 20.0


class Stage:
    """One screen, one bus, one reader; programs are run on it. `stop` ends everything."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keys = SecretService(folder / "k")
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment: dict[str, str] = {}

    def start(self) -> Reader:
        """Start the parts; raises `AssertionError` where a Debian package is missing (packaging/test brings them)."""
        xvfb = shutil.which("Xvfb")
        launcher = next((one for one in LAUNCHERS if Path(one).exists()), None)
        assert xvfb is not None, "Xvfb is missing"
        assert launcher is not None, "at-spi2-core is missing"
        self._keys.start()
        display = self._screen(xvfb)
        home = self.folder / "home"
        (home / "run").mkdir(parents=True, mode=0o700)
        self.environment = {
            **{key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL", "PYTHONPATH") if key in os.environ},
            **self._keys.environment,
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_ACCESSIBILITY": "1",
            "PYTHONFAULTHANDLER": "1",
        }
        self._run([launcher, "--launch-immediately"])
        end = time.monotonic() + _SECONDS
        while True:
            try:
                reader = Reader(self.environment["DBUS_SESSION_BUS_ADDRESS"])
                break
            except (OSError, AttributeError, IndexError, TypeError, ValueError):
                assert time.monotonic() < end, "the accessibility bus did not come"
                time.sleep(0.2)
        # The registry ends when the screen is slow to come and is started again: a program that came first would be unknown to it.
        calm = 0
        while calm < 3:
            assert time.monotonic() < end, "the registry did not come"
            calm = calm + 1 if reader.awake() else 0
            time.sleep(0.1)
        return reader

    def robin(self, *arguments: str, more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """The program itself, as a person starts it."""
        return self._run([sys.executable, "-m", "messenger", *arguments], more)

    def python(self, module: str, *arguments: str) -> None:
        """A module on this stage, to its end; raises `AssertionError` when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments], env=self.environment, cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]

    def picture(self, to: Path) -> None:
        """The whole screen as a PNG, for people to look at; nothing when ImageMagick is not there."""
        to.parent.mkdir(parents=True, exist_ok=True)
        tool = shutil.which("import")
        if tool is not None:
            subprocess.run([tool, "-window", "root", str(to)], env=self.environment, check=False, capture_output=True)

    def stop(self) -> None:
        """End what still runs."""
        for process in reversed(self._processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)
        self._keys.stop()

    def _screen(self, xvfb: str) -> str:
        read, write = os.pipe()
        process = subprocess.Popen(
            [xvfb, "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
            pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        os.close(write)
        self._processes.append(process)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        return f":{number}"

    def _run(self, command: Sequence[str], more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        with (self.folder / "program.log").open("ab") as log:
            process = subprocess.Popen(
                list(command), env={**self.environment, **(more or {})}, cwd=ROOT,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._processes.append(process)
        return process
