"""A real Secret Service for the demonstration and the long tests: gnome-keyring in a session bus of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from messenger.domain.errors import NoKeyring

_START_SECONDS = 15
# No service folders: nothing is started by activation, so the only Secret Service is the one that we unlocked.
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class SecretService:
    """Starts dbus-daemon and gnome-keyring-daemon in `folder`; `environment` is what a process needs to use them.

    Raises `NoKeyring` when the programs are not installed or do not start. The keyring's password is random and
    lives in the daemon's memory only; its file dies with `folder`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bus: subprocess.Popen[str] | None = None
        self._daemon: subprocess.Popen[str] | None = None
        self.environment: dict[str, str] = {}

    def start(self) -> None:
        """Start both; returns when the keyring answers."""
        dbus, keyring = shutil.which("dbus-daemon"), shutil.which("gnome-keyring-daemon")
        if dbus is None or keyring is None:
            raise NoKeyring
        for name in ("run", "data", "config", "cache"):
            (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        base = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(self._folder / "run"),
            "XDG_DATA_HOME": str(self._folder / "data"),
            "XDG_CONFIG_HOME": str(self._folder / "config"),
            "XDG_CACHE_HOME": str(self._folder / "cache"),
        }
        base.pop("GNOME_KEYRING_CONTROL", None)
        config = self._folder / "bus.conf"
        config.write_text(_BUS.format(path=self._folder / "bus"), "utf-8")
        self._bus = subprocess.Popen(
            [dbus, f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=base, start_new_session=True,
        )  # fmt: skip
        assert self._bus.stdout is not None
        address = self._bus.stdout.readline().strip()
        if not address:
            raise NoKeyring
        base["DBUS_SESSION_BUS_ADDRESS"] = address
        self._daemon = subprocess.Popen(
            [keyring, "--unlock", "--foreground", "--components=secrets", f"--control-directory={self._folder / 'run'}"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, env=base,
            start_new_session=True,
        )  # fmt: skip
        assert self._daemon.stdin is not None
        self._daemon.stdin.write(os.urandom(24).hex())
        self._daemon.stdin.close()
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": address}
        self._wait(base)

    def _wait(self, environment: dict[str, str]) -> None:
        ask = shutil.which("dbus-send")
        if ask is None:
            raise NoKeyring
        command = [
            ask, "--session", "--print-reply", "--reply-timeout=2000", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets",
        ]  # fmt: skip
        for _ in range(_START_SECONDS * 10):
            asked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if "boolean true" in asked.stdout:
                return
            assert self._daemon is not None
            if self._daemon.poll() is not None:
                break
            try:
                self._daemon.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        raise NoKeyring

    def stop(self) -> None:
        """End both."""
        for process in (self._daemon, self._bus):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait(5)
        if self._bus is not None and self._bus.stdout is not None:
            self._bus.stdout.close()
