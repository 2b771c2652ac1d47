"""A real notification service for tests: dunst on a screen, and everything that is said on the session bus."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, Parser, Properties, message_bus, new_method_call
from jeepney.io.blocking import open_dbus_connection

SERVICE = "org.freedesktop.Notifications"
PLACE = "/org/freedesktop/Notifications"
CONTROL = DBusAddress(PLACE, SERVICE, "org.dunstproject.cmd0")
_SECONDS = 30.0
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
# What is up stays up until it is taken back.
_CONFIG = "[global]\n    notification_limit = 9\n[any]\n    override_dbus_timeout = 0\n"


def until(holds: Callable[[], Any], seconds: float = _SECONDS) -> Any:
    """What `holds` gives as soon as it is true, or its last answer."""
    end = time.monotonic() + seconds
    while not (found := holds()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


class Dunst:
    """The service on a bus and a screen that are there. Raises `AssertionError` where Debian's dunst is missing."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment, self._folder = dict(environment), folder
        self._process: subprocess.Popen[bytes] | None = None
        self._bus = open_dbus_connection(bus=self._environment["DBUS_SESSION_BUS_ADDRESS"])
        self.start()

    def start(self) -> None:
        """Start it; returns when it answers."""
        program = shutil.which("dunst")
        assert program is not None, "dunst is missing"
        config = self._folder / "dunstrc"
        config.write_text(_CONFIG, "utf-8")
        self._process = subprocess.Popen(
            [program, "-config", str(config)], env=self._environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert until(self._owned), "dunst did not come"

    def displayed(self) -> int:
        """How many are on the screen now, or wait for room there."""
        return sum(
            int(self._ask(Properties(CONTROL).get(name))[0][1]) for name in ("displayedLength", "waitingLength")
        )

    def press(self, which: int = 0) -> None:
        """A person presses the one at this place on the screen."""
        self._ask(new_method_call(CONTROL, "NotificationAction", "u", (which,)))

    def freeze(self, still: bool) -> None:
        """It does not answer, or answers again what was asked meanwhile."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if still else signal.SIGCONT)

    def kill(self) -> None:
        """It goes away with all that it showed."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(5)
            self._process = None

    def stop(self) -> None:
        """End it."""
        self.kill()
        self._bus.close()

    def _owned(self) -> bool:
        return bool(self._ask(message_bus.NameHasOwner(SERVICE))[0])

    def _ask(self, message: Message) -> Any:
        answer = self._bus.send_and_get_reply(message, timeout=_SECONDS)
        assert answer.header.message_type is MessageType.method_return, answer.body
        return answer.body


class Desktop:
    """A session bus and a screen of their own with a service on it; `environment` is what a program needs to be there."""

    def __init__(self, folder: Path, service: bool = True) -> None:
        config = folder / "bus.conf"
        config.write_text(_BUS.format(path=folder / "bus"), "utf-8")
        self._bus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        assert self._bus.stdout is not None
        address = self._bus.stdout.readline().strip()
        assert address, "the bus did not start"
        read, write = os.pipe()
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1000x700x24", "-nolisten", "tcp"],
            pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        self.environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": address, "DISPLAY": f":{number}"}
        self.heard = Heard(self.environment, folder / "capture")
        self.dunst = Dunst(self.environment, folder) if service else None

    def stop(self) -> None:
        """End all."""
        if self.dunst is not None:
            self.dunst.stop()
        self.heard.stop()
        for process in (self._screen, self._bus):
            process.terminate()
            process.wait(10)
        assert self._bus.stdout is not None
        self._bus.stdout.close()


class Heard:
    """Everything that is said on a session bus from now on (dbus-monitor --pcap)."""

    def __init__(self, environment: Mapping[str, str], capture: Path) -> None:
        self.capture = capture
        with capture.open("wb") as out:
            self._process = subprocess.Popen(
                ["dbus-monitor", "--session", "--pcap"], env=dict(environment), stdout=out, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        # The file's header comes when the monitor is one: what is said before is not heard.
        assert until(lambda: len(self.raw()) >= 24), "the monitor did not come"

    def raw(self) -> bytes:
        """The file as it is now."""
        return self.capture.read_bytes()

    def messages(self, begin: int = 0) -> list[Message]:
        """What was said, in order, from the message of this number on."""
        return messages(self.raw())[begin:]

    def calls(self, member: str) -> list[tuple[Any, ...]]:
        """The arguments of each call of this method of the service, in order."""
        return [one.body for one in self.messages() if is_call(one, member)]

    def closed(self) -> list[tuple[int, int]]:
        """What the service says that is gone: id and reason (1 its time is over, 2 by the person, 3 by the program)."""
        fields = HeaderFields.member
        return [
            one.body
            for one in self.messages()
            if one.header.message_type is MessageType.signal and one.header.fields.get(fields) == "NotificationClosed"
        ]

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(5)


def is_call(message: Message, member: str) -> bool:
    """Whether this is a call of that method of the service."""
    fields = message.header.fields
    return (
        message.header.message_type is MessageType.method_call
        and fields.get(HeaderFields.interface) == SERVICE
        and fields.get(HeaderFields.member) == member
    )


def messages(capture: bytes) -> list[Message]:
    """The D-Bus messages of a capture. Source: pcap's savefile format, link type 231 (D-Bus), tcpdump.org."""
    if len(capture) < 24:
        return []
    order = "<" if capture[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    assert struct.unpack(order + "I", capture[20:24])[0] == 231
    found, at = [], 24
    while at + 16 <= len(capture):
        length = struct.unpack(order + "I", capture[at + 8 : at + 12])[0]
        raw = capture[at + 16 : at + 16 + length]
        if len(raw) < length:
            break
        parser = Parser()
        parser.add_data(raw)
        message = parser.get_next_message()
        assert message is not None
        found.append(message)
        at += 16 + length
    return found
