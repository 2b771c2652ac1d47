"""The request card over the real services and store: what the window does while it stands, seen on the stream."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from messenger.domain.message import Marker
from messenger.ui.rail.view import CHATS, SETTINGS
from tests.chat_case import ME
from tests.ui.notices.conftest import Live
from tests.ui.walk import faults, find

MIKE = "mike_2010@chat.example"


@pytest.fixture
def live(qtbot, ctx, tmp_path, reports):
    one = Live(qtbot, ctx, tmp_path, reports)
    yield one
    one.window.close()
    one.quiet()  # what was asked is answered while the window is still there
    one.engine.close()
    one.window.deleteLater()
    qtbot.wait(1)


def said(live) -> list[str]:
    return [one.text() for one in live.window.first.page().findChildren(QLabel) if one.isVisible()]


def to_mike(live) -> list[tuple]:
    return [one for one in live.server.sent() if MIKE in repr(one)]


def ask(live) -> None:
    """Mike asks for presence and writes twice, wanting a receipt and a marker."""
    live.run(live.world.services.listener.subscription_requested(ME, MIKE, ""))
    live.say("hey", "are you on?", by=MIKE, wants_receipt=True, markable=True)
    live.wait(live.window.chats.requests.isVisible)
    live.qtbot.mouseClick(live.window.chats.requests, Qt.MouseButton.LeftButton)
    live.wait(lambda: live.window.first.context() is not None and "2 messages" in said(live))
    live.quiet()


def test_the_card_stands_and_not_now_is_silent(live):
    ask(live)
    assert live.window.first.context().counterpart == MIKE
    assert faults(live.window) == []
    live.presenter.look_again()
    live.window.resize(700, 700)
    live.say("hello?", by=MIKE, wants_receipt=True, markable=True)
    live.wait(lambda: "3 messages" in said(live))
    live.key(Qt.Key.Key_Tab)
    live.key(Qt.Key.Key_Tab)
    live.key(Qt.Key.Key_Tab)
    live.enter()  # Not now
    live.wait(lambda: live.window.first.context() is None)
    live.wait(lambda: not live.window.chats.requests.isVisible())
    live.say("why not", by=MIKE, wants_receipt=True, markable=True)
    live.quiet()
    assert to_mike(live) == []
    assert not live.window.chats.requests.isVisible()
    assert live.run(live.world.services.conversations.draft(live.chat)) == ""


def test_a_threat_is_said_on_the_card(live):
    ask(live)
    live.say("pay me or I will send your pictures to all your friends", by=MIKE)
    live.wait(lambda: any("This looks like a threat" in one for one in said(live)))
    assert to_mike(live) == []


def test_a_yes_opens_the_chat_and_says_only_yes(live):
    ask(live)
    live.qtbot.mouseClick(find(live.window, "I know them: accept"), Qt.MouseButton.LeftButton)
    live.wait(lambda: live.presenter.chat is not None and live.presenter.chat.counterpart == MIKE)
    live.wait(live.writer.isVisible)
    live.wait(lambda: live.window.messages.rowCount() == 2)
    live.quiet()
    assert to_mike(live) == [("answer", (MIKE, True))]
    live.say("thank you", by=MIKE, wants_receipt=True)
    live.quiet()
    assert to_mike(live)[1] == ("marker", (MIKE, Marker.DELIVERED, "say-3"))


def test_somebody_new_who_writes_first_does_not_change_the_room(live):
    live.open(MIKE)
    live.write("hi")
    live.window.show_room(SETTINGS)
    there = live.window.focusWidget()
    live.say("hey", by=MIKE)
    live.wait(lambda: live.presenter.chat is None)
    live.quiet()
    assert live.window.room == SETTINGS, "nobody outside decides what is in sight"
    assert live.window.focusWidget() is there
    assert live.run(live.world.services.conversations.draft(live.chat)) == "hi"
    assert to_mike(live) == []
    live.window.resize(360, 700)
    live.window.show_room(CHATS)
    live.wait(live.window.chats.isVisible)
    assert live.window.chats.requests.isVisible()


def test_a_threat_that_is_written_into_an_old_message_is_said_on_the_card(live):
    ask(live)
    chat = live.run(live.world.services.conversations.open(ME, MIKE))
    assert live.run(live.world.services.notices.findings(chat)) == ()
    live.quiet()  # the card has asked already, too
    live.say("pay me or I will send your pictures to all your friends", by=MIKE, corrects="say-2")
    live.wait(lambda: any("pay me" in one for one in said(live)))
    live.wait(lambda: any("This looks like a threat" in one for one in said(live)))
    assert to_mike(live) == []
