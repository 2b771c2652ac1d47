"""The main window on stand-in services, for every test of a room."""

from __future__ import annotations

import pytest

from messenger.ui.main_window import MainWindow
from messenger.ui.theme.context import ThemeContext
from tests.ui.stand_ins import everyday, make_engine


@pytest.fixture
def ctx(qapp):
    return ThemeContext(qapp, "light")


@pytest.fixture
def reports():
    """The contexts with which Report abuse was opened."""
    return []


@pytest.fixture
def make_window(ctx, qtbot, reports):
    """Makes a shown main window on an engine."""

    used = []

    def make(engine, room=None):
        used.append(engine)
        window = MainWindow(ctx, engine, reports.append, room)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        window.start()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.waitUntil(lambda: window.session.known)
        return window

    yield make
    # The windows go now: what was still to be answered has nobody to hear it.
    for one in used:
        one.over = True


@pytest.fixture
def engine():
    return everyday()


@pytest.fixture
def window(make_window, engine, qtbot):
    """The everyday window with the chat list loaded."""
    made = make_window(engine)
    qtbot.waitUntil(lambda: made.chats.list.model().rowCount() == 7)
    return made


@pytest.fixture
def in_chat(window, qtbot):
    """The everyday window with Ann's chat open."""
    window.open_conversation(1)
    qtbot.waitUntil(lambda: window.messages.rowCount() == 8)
    return window


@pytest.fixture
def signed_out(make_window, qtbot):
    return make_window(make_engine())
