"""Notifications on a real session bus with a real service (dunst): shown, replaced, pressed, taken back, also late."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_return, new_signal
from jeepney.io.blocking import open_dbus_connection

from messenger.ui.notifications import line as line_module
from messenger.ui.notifications.bubble import Bubble
from messenger.ui.notifications.line import Line, bus_address
from messenger.ui.notifications.server import Server
from tests.notifying import PLACE, SERVICE, Desktop, Dunst, is_call, until

BUS = "org.freedesktop.DBus"
ANN, BEN = Bubble(1, "Ann", "New message"), Bubble(2, "Ben", "New message")


@pytest.fixture(scope="module")
def one_desktop() -> Iterator[Desktop]:
    folder = Path(tempfile.mkdtemp(prefix="rn"))
    made = Desktop(folder)
    try:
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def desktop(one_desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    """With nothing on its screen."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", one_desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
    return one_desktop


@pytest.fixture
def dunst(desktop: Desktop) -> Iterator[Dunst]:
    assert desktop.dunst is not None
    assert desktop.dunst.displayed() == 0
    yield desktop.dunst
    assert until(lambda: desktop.dunst is not None and desktop.dunst.displayed() == 0), "nothing is left behind"


async def reached(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.02)


def shown_id(message: Message) -> int:
    """The answer of Notify, or 0; nothing else on this bus is answered with one number."""
    is_one = message.header.message_type is MessageType.method_return and message.header.fields.get(HeaderFields.signature) == "u"
    return message.body[0] if is_one and message.header.fields.get(HeaderFields.sender) != BUS else 0


class Told:
    """What comes back."""

    def __init__(self) -> None:
        self.pressed: list[tuple[int, str]] = []
        self.refused: list[Bubble] = []
        self.line = Line("", lambda *what: self.pressed.append(what), self.refused.append)


def test_one_a_chat_is_up_and_each_is_taken_back(desktop: Desktop, dunst: Dunst) -> None:
    before, gone = len(desktop.heard.calls("Notify")), len(desktop.heard.closed())

    async def run() -> None:
        told = Told()
        told.line.tell(ANN)
        told.line.tell(BEN)
        await reached(lambda: dunst.displayed() == 2)
        told.line.tell(Bubble(1, "Ann", "New message"))
        await reached(lambda: len(desktop.heard.calls("Notify")) == before + 3)
        (_, first, _, title, *_), _, (_, again, *_) = desktop.heard.calls("Notify")[before:]
        assert (first, title) == (0, "Ann")
        assert again > 0, "it takes the place of the one before"
        assert dunst.displayed() == 2
        told.line.close(2)
        await reached(lambda: dunst.displayed() == 1)
        told.line.close()
        await reached(lambda: dunst.displayed() == 0)
        await reached(lambda: len(desktop.heard.closed()) == gone + 2)
        assert [reason for _id, reason in desktop.heard.closed()[gone:]] == [3, 3]
        assert desktop.heard.closed()[-1][0] == again
        await told.line.end()
        assert (told.pressed, told.refused) == ([], [])

    asyncio.run(run())


def test_one_that_is_pressed_says_whose_it_is(desktop: Desktop, dunst: Dunst) -> None:
    async def run() -> None:
        told = Told()
        told.line.tell(BEN)
        await reached(lambda: dunst.displayed() == 1)
        dunst.press()
        await reached(lambda: told.pressed == [(2, "")])
        await reached(lambda: dunst.displayed() == 0)
        await told.line.end()

    asyncio.run(run())


def test_f22_what_is_closed_before_the_answer_came_is_taken_back_when_it_comes(desktop: Desktop, dunst: Dunst) -> None:
    before = len(desktop.heard.calls("Notify"))

    async def run() -> None:
        told = Told()
        told.line.tell(BEN)
        await reached(lambda: dunst.displayed() == 1)
        dunst.freeze(True)
        try:
            told.line.tell(ANN)
            await reached(lambda: len(desktop.heard.calls("Notify")) == before + 2)
            told.line.tell(Bubble(1, "Ann", "New message"))  # waits for the answer, and is not wanted any more either
            told.line.close()
        finally:
            dunst.freeze(False)
        await reached(lambda: len(desktop.heard.calls("CloseNotification")) >= 2)
        await reached(lambda: dunst.displayed() == 0)
        assert len(desktop.heard.calls("Notify")) == before + 2
        assert told.refused == []
        await told.line.end()

    asyncio.run(run())


def test_f22_another_service_takes_over_and_a_dead_one_refuses(desktop: Desktop, dunst: Dunst) -> None:
    async def run() -> None:
        told = Told()
        told.line.tell(ANN)
        await reached(lambda: dunst.displayed() == 1)
        dunst.kill()
        try:
            told.line.tell(BEN)
            await reached(lambda: told.refused == [BEN])
        finally:
            await asyncio.to_thread(dunst.start)
        before = len(desktop.heard.calls("Notify"))
        told.line.tell(ANN)
        await reached(lambda: dunst.displayed() == 1)
        await reached(lambda: len(desktop.heard.calls("Notify")) == before + 1)
        assert desktop.heard.calls("Notify")[-1][1] == 0, "the new one does not know the old one's ids"
        dunst.press()
        await reached(lambda: told.pressed == [(1, "")])
        await told.line.end()

    asyncio.run(run())


def test_a_press_that_somebody_else_on_the_bus_makes_up_is_not_believed(desktop: Desktop, dunst: Dunst) -> None:
    async def run() -> None:
        told = Told()
        begin = len(desktop.heard.messages())
        told.line.tell(ANN)
        await reached(lambda: dunst.displayed() == 1)
        await reached(lambda: [one for one in desktop.heard.messages(begin) if shown_id(one)])
        said = next(one for one in desktop.heard.messages(begin) if is_call(one, "Notify"))
        shown = next(shown_id(one) for one in desktop.heard.messages(begin) if shown_id(one))
        liar = open_dbus_connection(bus=desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
        made_up = new_signal(DBusAddress(PLACE, interface=SERVICE), "ActionInvoked", "us", (shown, "default"))
        made_up.header.fields[HeaderFields.destination] = said.header.fields[HeaderFields.sender]
        liar.send(made_up)
        liar.close()
        await reached(lambda: [one for one in desktop.heard.messages() if one.header.fields.get(HeaderFields.member) == "ActionInvoked"
                               and one.header.fields.get(HeaderFields.destination)])  # fmt: skip
        dunst.press()  # comes after it
        await reached(lambda: told.pressed)
        assert told.pressed == [(1, "")]
        await told.line.end()

    asyncio.run(run())


class Together:
    """A connection on which the answer of Notify and the press come in one piece: a press at once, or a busy computer."""

    def __init__(self) -> None:
        self.outgoing_serial = itertools.count(1)
        self.writer = self
        self._come: asyncio.Queue[Message] = asyncio.Queue()

    async def send(self, message: Message, *, serial: int) -> None:
        message.header.serial = serial
        message.header.fields[HeaderFields.sender] = ":1.1"
        member = message.header.fields[HeaderFields.member]
        answers: dict[str, tuple[str, tuple[Any, ...]]] = {"GetCapabilities": ("as", (["body"],)), "Notify": ("u", (5,))}
        answer = new_method_return(message, *answers.get(member, ("", ())))
        answer.header.fields[HeaderFields.sender] = ":1.2"
        self._come.put_nowait(answer)
        if member == "Notify":
            press = new_signal(DBusAddress(PLACE, interface=SERVICE), "ActionInvoked", "us", (5, "default"))
            press.header.fields[HeaderFields.sender] = ":1.2"
            self._come.put_nowait(press)

    async def receive(self) -> Message:
        return await self._come.get()

    def close(self) -> None:
        pass

    async def wait_closed(self) -> None:
        pass


def test_a_press_that_comes_in_one_piece_with_the_answer_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    async def connect(_address: str) -> Together:
        return Together()

    monkeypatch.setattr(line_module, "open_dbus_connection", connect)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/here")

    async def run() -> None:
        told = Told()
        told.line.tell(ANN)
        await reached(lambda: told.pressed == [(1, "")])
        await told.line.end()

    asyncio.run(run())


@pytest.mark.parametrize("address", ["unix:path=/nonexistent/bus", "autolaunch:", "tcp:host=localhost,port=1", "rubbish", ""])
def test_without_a_bus_it_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)

    async def run() -> None:
        told = Told()
        told.line.tell(ANN)
        await reached(lambda: told.refused == [ANN])
        told.line.close()
        await told.line.end()

    asyncio.run(run())


def test_the_bus_of_the_session_is_found_without_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1=0")
    assert bus_address() == "unix:path=/run/user/1%3D0/bus"


def test_the_window_waits_for_no_service_and_the_end_takes_all_back(desktop: Desktop, dunst: Dunst, qtbot: Any) -> None:
    server, pressed = Server(""), []
    server.pressed.connect(lambda chat, _token: pressed.append(chat))
    server.tell(ANN)
    qtbot.waitUntil(lambda: dunst.displayed() == 1)
    dunst.press()
    qtbot.waitUntil(lambda: pressed == [1])
    before = len(desktop.heard.calls("Notify"))
    server.tell(ANN)
    qtbot.waitUntil(lambda: dunst.displayed() == 1)
    dunst.freeze(True)
    try:
        server.tell(BEN)  # these come back at once: nobody answers them
        qtbot.waitUntil(lambda: len(desktop.heard.calls("Notify")) == before + 2)
        server.stop()
    finally:
        dunst.freeze(False)
    server.join()
    assert server._thread is not None
    assert not server._thread.is_alive()
    assert until(lambda: dunst.displayed() == 0)
    server.tell(ANN)
    assert dunst.displayed() == 0
