"""One client of the session bus's notification service: raise, replace, take back. Lives on a loop of its own.

Source: Desktop Notifications Specification 1.3, freedesktop.org; D-Bus Specification. jeepney and not QtDBus: PySide sends
every Python number as a signed one, and Notify's first number is unsigned (seen: dunst refuses the call).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, message_bus, new_method_call
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

from messenger.ui.notifications.bubble import NOTIFY, Bubble, arguments

SERVICE = "org.freedesktop.Notifications"
_WHERE = DBusAddress("/org/freedesktop/Notifications", SERVICE, SERVICE)
_BUS = "org.freedesktop.DBus"
_ANSWER_SECONDS = 10.0
_END_SECONDS = 1.0
# What a bus that is not there, is of another kind, or goes away raises on the way.
_LOST = (OSError, EOFError, ValueError, RuntimeError)


class _Up:
    """One chat's notification. `next` waits until the one before it has its answer, `over` says that nobody wants it."""

    def __init__(self) -> None:
        self.id = 0
        self.next: Bubble | None = None
        self.over = self.busy = False


class Line:
    """Raises one notification a chat. All calls belong on the running loop, and `pressed` and `refused` are called there.

    `pressed(chat, token)`: a person pressed it; the token lets a window come to the front (xdg-activation). `refused(bubble)`:
    there is no service to show it. What is closed while its answer is on the way is taken down when the answer comes.
    """

    def __init__(self, icon: str, pressed: Callable[[int, str], None], refused: Callable[[Bubble], None]) -> None:
        self._icon, self._pressed, self._refused = icon, pressed, refused
        self._up: dict[int, _Up] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Lock()
        self._wire: _Wire | None = None
        self._owner = self._token = ""
        self._capabilities: frozenset[str] | None = None

    def tell(self, bubble: Bubble) -> None:
        """Show it, in the place of that chat's last one."""
        up = self._up.setdefault(bubble.chat, _Up())
        up.next = bubble
        if not up.busy:
            up.busy = True
            self._start(self._raise(up))

    def close(self, chat: int | None = None) -> None:
        """Take down that chat's, or all."""
        for one in list(self._up) if chat is None else [chat]:
            up = self._up.pop(one, None)
            if up is not None:
                up.over, up.next = True, None
                if up.id:
                    self._start(self._take_down(up.id))

    async def end(self) -> None:
        """Take down all, wait a moment until the service did it, and let go of the bus."""
        self.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_END_SECONDS)
        if self._wire is not None:
            await self._wire.end()

    async def _raise(self, up: _Up) -> None:
        while up.next is not None:
            bubble, up.next = up.next, None
            up.id = await self._notify(up, bubble)
            if not (up.id or up.over):
                self._refused(bubble)
        up.busy = False
        if up.over and up.id:
            await self._take_down(up.id)

    async def _notify(self, up: _Up, bubble: Bubble) -> int:
        """The id of what is shown, or 0. A second try is for a bus that went away since the last time."""
        for _ in range(2):
            try:
                wire = await self._connected()
                capabilities = await self._learn(wire)
                if up.over or capabilities is None:
                    return 0
                # No limit of time: an answer that comes late brings the id with which it is taken down.
                body = arguments(bubble, up.id, self._icon, capabilities)
                answer = await wire.call(new_method_call(_WHERE, "Notify", NOTIFY, body))
            except _LOST:
                continue
            if not _is_answer(answer, "u"):
                return 0
            self._owner = str(answer.header.fields[HeaderFields.sender])
            return int(answer.body[0])
        return 0

    async def _learn(self, wire: _Wire) -> frozenset[str] | None:
        """What the service can do, asked once of each; None when there is none."""
        if self._capabilities is None:
            async with asyncio.timeout(_ANSWER_SECONDS):
                answer = await wire.call(new_method_call(_WHERE, "GetCapabilities"))
            if _is_answer(answer, "as"):
                self._capabilities = frozenset(answer.body[0])
        return self._capabilities

    async def _take_down(self, shown: int) -> None:
        if self._wire is not None:
            try:
                await self._wire.call(new_method_call(_WHERE, "CloseNotification", "u", (shown,)))
            except _LOST:
                return

    async def _connected(self) -> _Wire:
        async with self._opening:
            if self._wire is None or self._wire.lost:
                self._forget()
                async with asyncio.timeout(_ANSWER_SECONDS):
                    self._wire = _Wire(await open_dbus_connection(bus_address()), self._heard)
                    for rule in _rules():
                        await self._wire.call(message_bus.AddMatch(rule))
            return self._wire

    def _heard(self, message: Message) -> None:
        """A signal. Anybody on the bus can send one to us, so that its sender is looked at."""
        fields, body = message.header.fields, message.body
        sender, member = fields.get(HeaderFields.sender), fields.get(HeaderFields.member)
        if sender == _BUS and member == "NameOwnerChanged" and body[0] == SERVICE:
            self._forget()
        elif sender == self._owner and fields.get(HeaderFields.interface) == SERVICE:
            kind = (member, fields.get(HeaderFields.signature))
            if kind == ("ActivationToken", "us"):
                self._token = body[1]
            elif kind == ("ActionInvoked", "us"):
                token, self._token = self._token, ""
                for chat in self._chats(body[0]):
                    self.close(chat)  # most services do it themselves
                    self._pressed(chat, token)
            elif kind == ("NotificationClosed", "uu"):
                for chat in self._chats(body[0]):
                    self._gone(chat)

    def _chats(self, shown: int) -> list[int]:
        return [chat for chat, up in self._up.items() if up.id == shown and shown]

    def _gone(self, chat: int) -> None:
        self._up[chat].id = 0
        if not self._up[chat].busy:
            del self._up[chat]

    def _forget(self) -> None:
        """The service is another one now, or none: it knows nothing of what the one before showed."""
        self._owner, self._capabilities = "", None
        for chat in list(self._up):
            self._gone(chat)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Wire:
    """A connection: answers go to those who asked, signals to `heard`. What waits when it is `lost` gets `ConnectionError`."""

    def __init__(self, connection: DBusConnection, heard: Callable[[Message], None]) -> None:
        self._connection, self._heard = connection, heard
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._reader = asyncio.get_running_loop().create_task(self._read())

    @property
    def lost(self) -> bool:
        """Whether nothing comes any more."""
        return self._reader.done()

    async def call(self, message: Message) -> Message:
        """The answer, which may be an error of the other side."""
        if self.lost:
            raise ConnectionError
        serial = next(self._connection.outgoing_serial)
        self._waiting[serial] = answer = asyncio.get_running_loop().create_future()
        try:
            await self._connection.send(message, serial=serial)
            return await answer
        finally:
            self._waiting.pop(serial, None)

    async def end(self) -> None:
        """Let go of the bus."""
        self._reader.cancel()
        await asyncio.wait([self._reader])
        with contextlib.suppress(OSError):
            await self._connection.writer.wait_closed()

    async def _read(self) -> None:
        try:
            while True:
                message = await self._connection.receive()
                if message.header.message_type is MessageType.signal:
                    self._heard(message)
                    continue
                waiting = self._waiting.get(message.header.fields.get(HeaderFields.reply_serial, 0))
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
                    # Who asked goes on first: what comes next, in the same piece even, may be about this answer.
                    await asyncio.sleep(0)
        except _LOST:
            return
        finally:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError())
            self._connection.writer.close()


def _rules() -> tuple[MatchRule, ...]:
    """What we want to hear: the service's signals, and that another one takes its place."""
    of_service = MatchRule(type="signal", sender=SERVICE, interface=SERVICE, path=_WHERE.object_path)
    of_owner = MatchRule(type="signal", sender=_BUS, interface=_BUS, member="NameOwnerChanged")
    of_owner.add_arg_condition(0, SERVICE)
    return of_owner, of_service


def _is_answer(message: Message, signature: str) -> bool:
    """Whether this is an answer of this form, and no error."""
    fields = message.header.fields
    return message.header.message_type is MessageType.method_return and fields.get(HeaderFields.signature) == signature


def bus_address() -> str:
    """Where the session bus is. Raises `FileNotFoundError` where none is named (D-Bus Specification; systemd's user bus)."""
    given = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not given and not runtime:
        raise FileNotFoundError
    return given or f"unix:path={quote(runtime)}/bus"
