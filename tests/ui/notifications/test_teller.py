"""When a notification is shown, what it says, and when it is taken back."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from messenger.domain.account import Account
from messenger.domain.events import AccountsChanged, AdviceArrived, ChatsChanged, MessagesStored
from messenger.ui.notifications.bubble import Bubble
from messenger.ui.notifications.server import Server
from messenger.ui.notifications.teller import Notifications
from messenger.ui.tray import Tray
from tests.ui.stand_ins import ME, everyday

NEWS = MessagesStored(1, (9,), live=True, incoming=True)


class Service(QObject):
    """The desktop's service, without a bus: what is up on it."""

    pressed = Signal(int, str)
    refused = Signal(object)

    def __init__(self):
        super().__init__()
        self.up, self.ends = {}, 0

    def tell(self, bubble):
        self.up[bubble.chat] = bubble

    def close(self, chat=None):
        for one in list(self.up) if chat is None else [chat]:
            self.up.pop(one, None)

    def stop(self):
        self.ends += 1

    def join(self):
        self.ends += 1


class Balloons(QObject):
    """A tray."""

    balloon_pressed = Signal()

    def __init__(self):
        super().__init__()
        self.up = []

    def balloon(self, title, words, _milliseconds):
        self.up.append((title, words))

    def clear(self):
        self.up.clear()


class Place:
    """Notifications on stand-in services, while no window of Robin is in use."""

    def __init__(self, app, service, tray):
        self.engine, self.may = everyday(), "all"
        self.service, self.tray = service, tray
        self.conversations = self.engine.hub.conversations
        self.change(1, unread=1, title="Ann")
        self.told = Notifications(self.engine, lambda: self.may, app, service, tray)
        self.opened = []
        self.told.opened.connect(self.opened.append)

    def change(self, conversation, **facts):
        """What the chat list knows of a chat."""
        self.conversations.rows = [
            replace(one, **facts) if one.conversation == conversation else one for one in self.conversations.rows
        ]


@pytest.fixture(autouse=True)
def away(qapp, qtbot):
    """No window is in use, not even one that another test left to be deleted."""
    for window in qapp.topLevelWidgets():
        window.hide()
    qtbot.waitUntil(lambda: qapp.activeWindow() is None)


@pytest.fixture
def place(qapp):
    made = Place(qapp, Service(), Balloons())
    yield made
    made.engine.over = True


def settle(qtbot, place, event):
    """Publish, and let the answers come: they come in the order of the questions."""
    place.engine.tell(event)
    answered = []
    place.engine.call(lambda hub: hub.settings.get("theme"), answered.append)
    qtbot.waitUntil(lambda: bool(answered))


def test_a_name_and_no_words_of_the_message(place, qtbot):
    place.engine.tell(NEWS)
    qtbot.waitUntil(lambda: place.service.up == {1: Bubble(1, "Ann", "New message")})
    assert place.tray.up == []
    place.service.pressed.emit(1, "")
    assert place.opened == [1]


@pytest.mark.parametrize(("wish", "name"), [("on", "Ann"), ("private", ""), ("off", None)])
def test_the_setting_says_what_is_shown(place, qtbot, wish, name):
    place.engine.hub.settings.values["notifications"] = wish
    settle(qtbot, place, NEWS)
    assert [one.name for one in place.service.up.values()] == ([] if name is None else [name])


@pytest.mark.parametrize("facts", [{"known": False}, {"muted": True}, {"blocked": True}, {"unread": 0}, {"account": "gone@x.example"}])
def test_of_these_chats_nothing_is_told_and_what_is_up_goes(place, qtbot, facts):
    place.engine.tell(NEWS)
    qtbot.waitUntil(lambda: 1 in place.service.up)
    place.change(1, **facts)
    place.engine.tell(ChatsChanged(ME, (2,)))
    place.engine.tell(ChatsChanged(ME, (1,)))
    qtbot.waitUntil(lambda: place.service.up == {})
    settle(qtbot, place, NEWS)
    assert place.service.up == {}


@pytest.mark.parametrize("event", [replace(NEWS, live=False), replace(NEWS, incoming=False)])
def test_own_and_old_messages_make_none(place, qtbot, event):
    settle(qtbot, place, event)
    assert place.service.up == {}


def test_s51_locked_none_is_named_hidden_there_is_none(place, qtbot):
    place.may = "little"
    place.engine.tell(NEWS)
    qtbot.waitUntil(lambda: place.service.up == {1: Bubble(1, "", "New message")})
    place.may = "nothing"
    place.told.clear()
    assert place.service.up == {}
    settle(qtbot, place, NEWS)
    place.engine.tell(AdviceArrived("r", 1))
    assert place.service.up == {}


def test_news_of_a_report_is_neutral_and_opens_no_chat(place):
    place.engine.tell(AdviceArrived("r", 1))
    assert place.service.up == {0: Bubble(0, "", "There is news for you.")}
    place.service.pressed.emit(0, "")
    assert place.opened == [0]


def test_signing_out_takes_it_back(place, qtbot):
    place.engine.tell(NEWS)
    qtbot.waitUntil(lambda: 1 in place.service.up)
    settle(qtbot, place, AccountsChanged())
    assert 1 in place.service.up, "a status line changed"
    place.engine.hub.accounts.account = None
    place.engine.tell(AccountsChanged())
    qtbot.waitUntil(lambda: place.service.up == {})
    place.engine.tell(NEWS)
    place.engine.hub.accounts.account = Account(ME, enabled=False)
    settle(qtbot, place, NEWS)
    assert place.service.up == {}


def test_a_chat_that_was_erased_meanwhile_is_no_mistake(place, qtbot, monkeypatch):
    async def summary(_conversation):
        raise KeyError

    monkeypatch.setattr(place.conversations, "summary", summary)
    settle(qtbot, place, NEWS)
    assert place.service.up == {}


def test_as_soon_as_a_window_is_in_use_all_are_taken_back(place, qtbot):
    place.engine.tell(NEWS)
    place.engine.tell(AdviceArrived("r", 1))
    qtbot.waitUntil(lambda: set(place.service.up) == {0, 1})
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.waitUntil(lambda: place.service.up == {})
    settle(qtbot, place, NEWS)
    assert place.service.up == {}, "nothing is told while it is in use"


def test_what_is_hidden_while_the_answer_is_on_the_way_is_not_shown(place, qtbot):
    place.engine.tell(NEWS)
    place.may = "nothing"
    place.told.clear()
    settle(qtbot, place, NEWS)
    assert place.service.up == {}


def test_the_tray_tells_where_the_desktop_has_no_service(place, qtbot):
    place.engine.tell(NEWS)
    qtbot.waitUntil(lambda: 1 in place.service.up)
    place.service.refused.emit(place.service.up[1])
    assert place.tray.up == [("Ann", "New message")]
    place.tray.balloon_pressed.emit()
    assert place.opened == [1]
    place.change(1, unread=0)
    place.engine.tell(ChatsChanged(ME, (1,)))
    qtbot.waitUntil(lambda: place.tray.up == [])


@pytest.mark.parametrize("may", ["little", "nothing"])
def test_s51_a_service_that_refuses_late_brings_no_name_behind_the_lock(place, qtbot, may):
    place.engine.tell(NEWS)
    qtbot.waitUntil(lambda: 1 in place.service.up)
    late = place.service.up[1]
    place.may = may
    place.service.refused.emit(late)
    assert place.tray.up == []
    place.may = "all"
    place.told.clear()
    place.service.refused.emit(late)
    assert place.tray.up == [], "it was taken back before"


@pytest.mark.parametrize(
    ("system", "screen", "usual"),
    [("linux", "xcb", True), ("linux", "wayland", True), ("freebsd14", "xcb", True), ("win32", "windows", False),
     ("darwin", "cocoa", False), ("linux", "offscreen", False)],
)  # fmt: skip
def test_the_bus_is_asked_on_a_desktop_that_has_one(monkeypatch, system, screen, usual):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: screen))
    assert Server.is_usual() is usual


def test_windows_and_macos_have_the_tray_alone(qapp, qtbot):
    place = Place(qapp, None, Balloons())
    place.engine.tell(NEWS)
    qtbot.waitUntil(lambda: place.tray.up == [("Ann", "New message")])
    place.told.stop()
    place.told.join()
    assert place.tray.up == []
    place.engine.over = True


def test_the_end_takes_all_back_and_waits(place, qtbot):
    place.engine.tell(NEWS)
    qtbot.waitUntil(lambda: 1 in place.service.up)
    place.told.stop()
    place.told.join()
    assert (place.service.up, place.service.ends) == ({}, 2)


@pytest.mark.parametrize(("screen", "set_to"), [("wayland", "t0k"), ("xcb", None)])
def test_the_token_of_a_press_lets_the_window_come_to_the_front(place, monkeypatch, screen, set_to):
    monkeypatch.setenv("XDG_ACTIVATION_TOKEN", "")
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN")
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: screen))
    place.service.pressed.emit(1, "t0k")
    assert os.environ.get("XDG_ACTIVATION_TOKEN") == set_to


@pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged", extend=True)
def test_the_icon_of_the_tray_stays_when_there_is_no_balloon(qapp):
    tray, hidden = Tray(), []
    tray._icon.hide = lambda: hidden.append(1)
    tray.clear()
    assert hidden == []
    assert tray._icon.toolTip() == "Robin"
    tray._icon.showMessage = lambda *_: None
    tray.balloon("Ann", "New message", 1000)
    tray.clear()
    assert hidden == [1]
    del tray._icon.hide
    tray._icon.hide()
    tray._menu.deleteLater()
