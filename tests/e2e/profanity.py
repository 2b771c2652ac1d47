"""A second client that is not ours: Debian's profanity, driven through a terminal of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import termios
import time
from pathlib import Path

PROGRAM = shutil.which("profanity")


class Profanity:
    """Runs profanity in a pseudo-terminal with its home in `home`; what it hears is read from its own chat logs."""

    def __init__(self, home: Path, jid: str, password: str, host: str, port: int) -> None:
        self._home = home
        self._jid = jid
        config, data = home / ".config/profanity", home / ".local/share/profanity"
        for folder in (config, data):
            folder.mkdir(parents=True, exist_ok=True)
        (config / "profrc").write_text("[logging]\nchlog=true\n[ui]\nsplash=false\n[connection]\nreconnect=0\n", "utf-8")
        (data / "accounts").write_text(
            f"[{jid}]\njid={jid}\nserver={host}\nport={port}\npassword={password}\nenabled=true\nresource=profanity\n"
            "tls.policy=trust\nmuc.nick=someone\n",
            "utf-8",
        )
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.screen = b""
        assert PROGRAM is not None
        environment = {
            "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), "XDG_DATA_HOME": str(home / ".local/share"),
            "TERM": "xterm", "LANG": "C.UTF-8", "PATH": os.environ["PATH"],
        }  # fmt: skip
        self._process = subprocess.Popen(
            [PROGRAM], stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=home, start_new_session=True
        )
        os.close(slave)
        self._read(1.0)
        self.command(f"/connect {jid}")
        self.wait_for_screen(b"logged in successfully")

    def command(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self._master, line.encode() + b"\n")
        self._read(0.3)

    def say(self, to: str, text: str) -> None:
        """Send a chat message."""
        self.command(f"/msg {to} {text}")

    def heard(self) -> str:
        """All chat logs, as profanity wrote them."""
        self._read(0.05)
        logs = sorted((self._home / ".local/share/profanity/chatlogs").rglob("*.log"))
        return "\n".join(log.read_text("utf-8", "replace") for log in logs)

    def wait_for_screen(self, words: bytes, seconds: float = 20.0) -> None:
        """Wait until the terminal has shown `words`."""
        end = time.monotonic() + seconds
        while words not in self.screen.replace(b"\x1b[1C", b" "):
            assert time.monotonic() < end, self.screen[-3000:]
            self._read(0.2)

    def close(self) -> None:
        """Quit."""
        if self._process.poll() is None:
            self.command("/quit")
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
        os.close(self._master)

    def _read(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([self._master], [], [], left)
            if not ready:
                return
            try:
                self.screen += os.read(self._master, 65536)
            except OSError:
                return
