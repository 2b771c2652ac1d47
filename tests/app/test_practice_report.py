"""A practice report in the real program: by keyboard alone from the first page to the end, and it reaches and leaves nothing."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from messenger.app.window import Application
from messenger.domain.report import ReportContext
from messenger.ui.report.practice import PracticeWindow
from messenger.ui.report.window import ReportWindow
from tests.app.running import ask
from tests.services.report_world import StandIn, write_profile

# The offscreen screen says so of every window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
END = "This is where it would be sent"
CLAIMS = re.compile(r"\bSaved\b|\bSending\b|report is sent|case number is|Save and come back|Save for later|receipt")
_REACHES = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.sendto",
    "socket.bind",
    "subprocess.Popen",
    "sqlite3.connect",
)
_WRITES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink", "os.chmod")


class Ears:
    """Hears what Python does outside of itself while it is on: connections, programs, and files that are written."""

    def __init__(self) -> None:
        self.on, self.heard = False, []
        sys.addaudithook(self._hear)  # there is no way to take it back: it does nothing while off

    def _hear(self, event: str, about: tuple) -> None:
        if not self.on:
            return
        if event in _REACHES or event in _WRITES or (event == "open" and _writes(about)):
            self.heard.append((event, about[:2]))


def _writes(about: tuple) -> bool:
    _path, mode, flags = about
    return bool(set(mode or "") & set("wax+")) or bool(isinstance(flags, int) and flags & 0o103)


EARS = Ears()


class Hands:
    """Presses keys and nothing else, and counts them."""

    def __init__(self, robin: Application, qtbot) -> None:
        self.robin, self.qtbot, self.presses = robin, qtbot, 0
        self.pages: list[str] = []

    @property
    def window(self) -> PracticeWindow:
        window = self.robin._practising.window
        assert isinstance(window, PracticeWindow)
        return window

    def begin(self) -> None:
        self.robin.practise()
        self.qtbot.waitUntil(lambda: self.robin._practising.window is not None, timeout=20_000)
        self.arrive("")

    def arrive(self, before: str) -> None:
        """Wait for another page than the one with this title."""
        window = self.window
        window.activateWindow()
        self.qtbot.waitUntil(window.isActiveWindow, timeout=30000)
        first = (before, "", "Opening")
        self.qtbot.waitUntil(lambda: window.page is not None and window.page.title.text() not in first, timeout=20_000)
        QTest.qWait(30)
        self.pages.append(self.title())
        self.look()

    def title(self) -> str:
        return self.window.page.title.text()

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        self.presses += 1
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def onward(self) -> None:
        before = self.title()
        self.key(Qt.Key.Key_Return)
        self.arrive(before)

    def to(self, title: str) -> None:
        while self.title() != title:
            self.onward()

    def tab_to(self, ident: str) -> None:
        for _ in range(60):
            focus = self.window.focusWidget()
            if focus is not None and focus.objectName() == ident:
                return
            self.key(Qt.Key.Key_Tab)
        raise AssertionError(ident)

    def words(self) -> str:
        """All that is to be read or heard in the window."""
        shown = [one for one in self.window.findChildren(QWidget) if one.isVisible()]
        texts = [one.text() for one in shown if isinstance(one, QLabel | QPushButton)]
        names = [part for one in shown for part in (one.accessibleName(), one.accessibleDescription())]
        return "\n".join([self.window.windowTitle(), *texts, *names])

    def look(self) -> None:
        """Every page says what it is, and none says that something was saved or sent."""
        assert self.window.ribbon.isVisible()
        assert self.window.ribbon.words.text() == "Practice. Nothing is sent."
        assert "Practice. Nothing is sent." in self.window.windowTitle()
        assert not CLAIMS.search(self.words()), (self.title(), CLAIMS.search(self.words()))


@pytest.fixture
def robin(start):
    """The program with a desk that a real report would go to."""
    write_profile(start.profile.data, StandIn().profile)
    yield start()
    EARS.on = False


@pytest.fixture
def hands(robin, qtbot):
    return Hands(robin, qtbot)


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = sorted(one for one in folder.rglob("*") if one.is_file())
    return {str(one.relative_to(folder)): (one.read_bytes(), one.stat().st_mtime_ns) for one in found}


def test_enter_alone_leads_from_the_first_page_to_the_end(hands, record_property):
    hands.begin()
    hands.to(END)
    # With Done it is one more. Forty seconds leave some five for each.
    record_property("presses", hands.presses)
    assert hands.presses == 7
    assert "Nothing was sent." in hands.words()
    assert "Report abuse" in hands.words()
    window = hands.window
    hands.key(Qt.Key.Key_Return)
    hands.qtbot.waitUntil(lambda: hands.robin._practising.window is None)
    assert not window.sending.report


async def _asked(_hub) -> int:
    """How many questions of the window are not answered yet, this one among them."""
    return sum(getattr(one.get_coro(), "__name__", "") == "_ask" for one in asyncio.all_tasks())


def settle(robin, qtbot) -> None:
    """What the window asked by itself, such as the tip of the day, is answered and written: only the practice is heard."""
    calm = 0
    while calm < 3:
        calm = calm + 1 if ask(robin, qtbot, _asked) == 1 else 0
        QTest.qWait(100)


def test_it_reaches_nothing_and_leaves_nothing(robin, start, hands, qtbot, tmp_path):
    robin.window.show_room("safety")
    settle(robin, qtbot)
    before, asked = tree(tmp_path), start.keys.asked
    assert "endpoints/desk.json" in before
    EARS.heard, EARS.on = [], True
    hands.begin()
    hands.to("Check your answers")
    hands.tab_to("check.preview")
    hands.key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: hands.window.page is hands.window.preview, timeout=10_000)
    assert "school" in hands.window.preview.text.toPlainText()
    hands.look()
    hands.key(Qt.Key.Key_Escape)
    hands.arrive("What they will see")
    hands.to(END)
    hands.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: robin._practising.window is None)
    qtbot.waitUntil(lambda: not any(one.running() for one in robin._practising._ended), timeout=10_000)
    QTest.qWait(200)
    EARS.on = False
    assert EARS.heard == []
    assert start.keys.asked == asked
    assert tree(tmp_path) == before
    assert ask(robin, qtbot, lambda hub: hub.outbox.reports()) == ()
    assert ask(robin, qtbot, lambda hub: hub.reporting.drafts()) == ()
    assert ask(robin, qtbot, lambda hub: hub.reporting.details()) == {}


def test_the_ears_hear(tmp_path):
    """What the test above relies on."""
    import socket

    EARS.heard, EARS.on = [], True
    (tmp_path / "one").write_text("x")
    with socket.socket() as one:
        one.connect_ex(("127.0.0.1", 9))
    EARS.on = False
    assert [event for event, _ in EARS.heard] == ["open", "socket.connect"]


def test_a_choice_can_be_changed_by_keyboard(hands):
    hands.begin()
    hands.to("Check your answers")
    hands.tab_to("change.safe")
    before = hands.title()
    hands.key(Qt.Key.Key_Space)
    hands.arrive(before)
    hands.tab_to("safe.yes")
    hands.key(Qt.Key.Key_Right)
    # The numbers are real, and that is said.
    hands.qtbot.waitUntil(lambda: "This is practice" in hands.words(), timeout=20_000)
    hands.look()
    hands.onward()
    rows = {row.label: row.value for row in hands.window.page.state.rows}
    assert rows["Safe right now"] == "No"


def test_it_can_be_done_again_from_the_start(hands, qtbot):
    hands.begin()
    hands.to(END)
    old = hands.window
    hands.tab_to("wizard.later")
    assert hands.window.footer.save.words() == "Do it again"
    hands.key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: hands.robin._practising.window not in (None, old), timeout=10_000)
    hands.arrive("")
    assert hands.window.presenter._talk.at_start
    hands.to(END)


def test_hide_this_works_as_in_a_real_one(robin, hands):
    hands.begin()
    handle = hands.window.windowHandle()
    for _ in range(3):
        QTest.keyPress(handle, Qt.Key.Key_Shift)
        QTest.keyRelease(handle, Qt.Key.Key_Shift)
    QApplication.processEvents()
    (notes,) = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    assert notes.windowTitle() == "Notes"
    assert robin.curtain.away
    assert robin._practising.window is None


def test_a_locked_robin_shows_no_practice(robin, hands, qtbot):
    ask(robin, qtbot, lambda hub: hub.lock.set_pin("4821"))
    qtbot.waitUntil(lambda: robin.curtain.is_set)
    hands.begin()
    robin.locking.lock_now()
    QApplication.processEvents()
    assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [robin.curtain.screen()]
    robin.practise()
    QTest.qWait(100)
    assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [robin.curtain.screen()]


def test_a_real_report_takes_its_place(robin, hands, qtbot):
    hands.begin()
    robin.report(ReportContext())
    assert robin._practising.window is None
    (wizard,) = robin.report_windows()
    assert type(wizard) is ReportWindow
    qtbot.waitUntil(lambda: wizard.presenter._talk is not None, timeout=10_000)
    assert "Practice" not in wizard.windowTitle()


def test_a_practice_does_not_come_over_a_real_report(robin, qtbot):
    robin.practise()
    robin.report(ReportContext())
    (wizard,) = robin.report_windows()
    qtbot.waitUntil(lambda: wizard.presenter._talk is not None, timeout=10_000)
    QTest.qWait(100)
    assert robin._practising.window is None
    wizard.close()
    robin.practise()
    qtbot.waitUntil(lambda: robin._practising.window is not None, timeout=10_000)


def test_the_way_to_a_real_report_is_on_every_page(robin, hands, qtbot):
    hands.begin()
    hands.onward()
    hands.tab_to("practice.real")
    hands.key(Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: robin._practising.window is None)
    assert [type(one) for one in robin.report_windows()] == [ReportWindow]


def test_the_safety_room_leads_to_it(robin, hands, qtbot):
    robin.window.show_room("safety")
    page = robin.window._rooms["safety"]
    button = page.cases.findChild(QPushButton, "reports.practise")
    assert button.isVisible()
    QTest.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: robin._practising.window is not None, timeout=10_000)
    hands.arrive("")
    robin._practising.close()
    page._do("practise_report")
    qtbot.waitUntil(lambda: robin._practising.window is not None, timeout=10_000)


def test_nothing_of_it_can_send(hands, qtbot):
    """Not even when the part that sends a real report is asked: there is nobody, and no outbox."""
    hands.begin()
    window = hands.window
    draft = window.presenter._draft
    window.sending.send(draft, True, True)
    qtbot.waitUntil(lambda: window.sending.state.kind.value in ("nobody", "failed"), timeout=10_000)
    assert not window.sending.report
