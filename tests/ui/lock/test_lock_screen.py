"""The lock screen, the dialog of the PIN and the settings about it: by keyboard alone, with every state said in words."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from messenger.domain.errors import StoreFull
from messenger.domain.jurisdiction import HelpLine
from messenger.ui.lock.dialog import Deed, PinDialog
from messenger.ui.lock.idle import IdleWatch
from messenger.ui.lock.screen import LockScreen, wait_words
from messenger.ui.settings.presenter import SettingsPresenter
from messenger.ui.settings.view import SettingsPage
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel
from tests import reading
from tests.ui.stand_ins import make_engine
from tests.ui.walk import faults, nodes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
LINES = tuple(
    HelpLine(one, kind, name, "", number, "", "https://a.example", "2026-11-01")
    for one, kind, name, number in (("danger", "emergency", "Emergency", "999"), ("line", "helpline", "Childline", "0800 1111"))
)


@pytest.fixture
def engine():
    made = make_engine()
    made.hub.lock.kept = "4821"
    return made


@pytest.fixture
def screen(ctx, engine, qtbot):
    made = LockScreen(ctx, engine)
    qtbot.addWidget(made)
    made.resize(560, 560)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.settle()
    yield made
    engine.over = True


def keys(text, then=Qt.Key.Key_Return):
    QTest.keyClicks(QApplication.focusWidget(), text)
    QTest.keyClick(QApplication.focusWindow(), then)


def words(widget):
    return " ".join(one.text() for one in widget.findChildren(TextLabel) if one.isVisible())


def test_the_pin_opens_by_keyboard_alone(screen, qtbot):
    with qtbot.waitSignal(screen.opened, timeout=30000):
        keys("4821")
    assert screen.pin.text() == "", "the PIN does not stay in the field"


def show_and_undo(field, name):
    """Show the letters, then Ctrl+Z, as whoever comes next could do."""
    button = next(one for one in field.findChildren(Button) if one.objectName() == name)
    if field.echoMode() is QLineEdit.EchoMode.Password:
        button.click()
    field.setFocus()
    seen = ""
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        seen += field.text()
    return seen


def test_s51_undo_does_not_bring_a_pin_back(screen, engine, qtbot, ctx):
    keys("0000")
    qtbot.waitUntil(lambda: "That is not the PIN" in words(screen))
    assert show_and_undo(screen.pin, "lock.pin.show") == ""
    with qtbot.waitSignal(screen.opened, timeout=30000):
        keys("4821")
    assert show_and_undo(screen.pin, "lock.pin.show") == ""
    QTest.keyClicks(screen.pin, "48")
    screen.hide()
    screen.show()
    screen.settle()
    assert screen.pin.echoMode() is QLineEdit.EchoMode.Password, "the next PIN is not shown to who looks on"
    assert show_and_undo(screen.pin, "lock.pin.show") == ""
    made = dialog(ctx, engine, qtbot, Deed.CHANGE)
    for field in made._fields:
        QTest.keyClicks(field.edit, "4821")
    made.reject()
    assert [show_and_undo(one.edit, f"{one.edit.objectName()}.show") for one in made._fields] == ["", "", ""]


def test_a_wrong_pin_is_said_and_typed_over(screen, engine, qtbot):
    keys("0000")
    qtbot.waitUntil(lambda: "That is not the PIN" in words(screen))
    assert "That is not the PIN" in screen.pin.accessibleDescription()
    with qtbot.waitSignal(screen.opened, timeout=30000):
        keys("4821")
    assert [deed[0] for deed in engine.hub.lock.deeds] == ["check", "check"]


def test_the_wait_is_said_and_nothing_is_asked_meanwhile(screen, engine, qtbot):
    engine.hub.lock.wait = 30
    keys("0000")
    qtbot.waitUntil(lambda: "Wait 30 seconds" in words(screen))
    asked = len(engine.hub.lock.deeds)
    keys("4821")
    assert len(engine.hub.lock.deeds) == asked
    for _ in range(30):
        screen._tick()
    assert "Wait" not in words(screen)
    engine.hub.lock.wait = 0
    with qtbot.waitSignal(screen.opened, timeout=30000):
        keys("", Qt.Key.Key_Return)


def test_wait_words():
    assert wait_words(1) == "Wait 1 second. Then try again."
    assert wait_words(120) == "Wait 120 seconds. Then try again."
    assert wait_words(121) == "Wait 3 minutes. Then try again."
    assert wait_words(3600) == "Wait 60 minutes. Then try again."


def test_report_abuse_shows_the_numbers_and_why_the_report_waits(screen, qtbot):
    with qtbot.waitSignal(screen.numbers_wanted, timeout=30000):
        for _ in range(6):
            QTest.keyClick(QApplication.focusWindow(), Qt.Key.Key_Tab)
            if QApplication.focusWidget().objectName() == "lock.report":
                break
        QTest.keyClick(QApplication.focusWindow(), Qt.Key.Key_Return)
    screen.show_numbers(LINES)
    said = words(screen)
    assert "Childline" in said
    assert "Your report opens when you type your PIN" in said
    assert faults(screen) == []


def test_the_key_of_report_abuse_is_heard_here_too(screen, qtbot):
    with qtbot.waitSignal(screen.numbers_wanted, timeout=30000):
        QTest.keyClick(screen.pin, Qt.Key.Key_F8)
    screen._forgot()
    question = next(one for one in screen.findChildren(Question) if one.isVisible())
    qtbot.waitUntil(question.isActiveWindow)
    with qtbot.waitSignal(screen.numbers_wanted, timeout=30000):
        QTest.keyClick(question, Qt.Key.Key_F8)
    question.no.click()


def test_tab_goes_as_the_eye_does(screen):
    QApplication.processEvents()
    seen = []
    for _ in range(5):
        focus = QApplication.focusWidget()
        seen.append(focus.objectName())
        QTest.keyClick(QApplication.focusWindow(), Qt.Key.Key_Tab)
    assert seen == ["lock.pin", "lock.pin.show", "lock.open", "lock.report", "lock.forgot"]


def test_s51_a_screen_reader_hears_nothing_of_the_chats(screen, engine):
    heard = " ".join(path for _node, path in nodes(screen))
    assert "Robin is locked" in heard
    assert "sam" not in heard.casefold()
    assert screen.windowTitle() == "Robin"
    assert screen.pin.echoMode() is QLineEdit.EchoMode.Password
    assert faults(screen) == []


def test_forgetting_the_pin_is_asked_twice_and_no_is_first(screen, qtbot):
    asked = []
    screen.anew.connect(lambda: asked.append(1))
    for answers in ((False,), (True, False), (True, True)):
        screen._forgot()
        for yes in answers:
            question = next(one for one in screen.findChildren(Question) if one.isVisible())
            qtbot.waitUntil(question.isActiveWindow)
            assert question.focusWidget() is question.no
            (question.yes if yes else question.no).click()
        qtbot.waitUntil(lambda: not any(one.isVisible() for one in screen.findChildren(Question)))
        assert asked == ([1] if answers == (True, True) else [])


def dialog(ctx, engine, qtbot, deed):
    made = PinDialog(ctx, engine, None, deed)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.open()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_a_pin_is_set_by_keyboard_alone(ctx, engine, qtbot):
    engine.hub.lock.kept = ""
    made = dialog(ctx, engine, qtbot, Deed.SET)
    keys("12", Qt.Key.Key_Return)
    assert "4 to 12" in words(made)
    assert faults(made) == []
    made.new.edit.selectAll()
    keys("48 21", Qt.Key.Key_Return)
    assert engine.hub.lock.kept == ""
    made.new.edit.selectAll()
    QTest.keyClicks(QApplication.focusWidget(), "4821")
    made.again.edit.setFocus()
    keys("4812")
    assert "not the same" in words(made)
    with qtbot.waitSignal(made.accepted, timeout=30000):
        keys("4821")
    assert engine.hub.lock.kept == "4821"


def test_changing_and_taking_off_need_the_pin(ctx, engine, qtbot):
    made = dialog(ctx, engine, qtbot, Deed.CHANGE)
    made.old.set_text("0000")
    made.new.set_text("abcd")
    made.again.set_text("abcd")
    made.yes.click()
    qtbot.waitUntil(lambda: "That is not the PIN" in words(made))
    made.old.set_text("4821")
    with qtbot.waitSignal(made.accepted, timeout=30000):
        made.yes.click()
    assert engine.hub.lock.kept == "abcd"
    made = dialog(ctx, engine, qtbot, Deed.REMOVE)
    engine.hub.lock.wait = 30
    keys("abcd")
    qtbot.waitUntil(lambda: "Wait 30 seconds" in words(made))
    engine.hub.lock.wait = 0
    with qtbot.waitSignal(made.accepted, timeout=30000):
        keys("abcd")
    assert engine.hub.lock.kept == ""


def test_escape_changes_nothing(ctx, engine, qtbot):
    made = dialog(ctx, engine, qtbot, Deed.REMOVE)
    with qtbot.waitSignal(made.rejected, timeout=30000):
        keys("48", Qt.Key.Key_Escape)
    assert engine.hub.lock.kept == "4821"


@pytest.mark.parametrize("deed", list(Deed))
def test_an_answer_that_comes_after_the_dialog_was_closed_finds_nothing(ctx, engine, qtbot, deed):
    engine.hub.lock.kept = "" if deed is Deed.SET else "4821"
    made = dialog(ctx, engine, qtbot, deed)
    for field in made._fields:
        field.set_text("4821")
    made.yes.click()
    made.close()  # such as by Hide this
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(made)
    qtbot.wait(20)  # a mistake in an answer fails the test


@pytest.fixture
def settings(ctx, engine, qtbot):
    made = SettingsPage(ctx)
    qtbot.addWidget(made)
    SettingsPresenter(engine, made)
    made.resize(900, 900)
    made.show()
    yield made
    engine.over = True


def test_the_settings_offer_what_can_be_done(settings, engine, qtbot):
    from messenger.domain.events import LockChanged

    qtbot.waitUntil(lambda: "A PIN is set" in words(settings))
    shown = {one.objectName() for one in settings.lock.findChildren(object) if getattr(one, "isVisible", bool)()}
    assert {"settings.lock.change", "settings.lock.remove"} <= shown
    assert "settings.lock.set" not in shown
    assert all(one.isVisible() for one in settings.lock_more)
    engine.hub.lock.kept = ""
    engine.tell(LockChanged(False))
    qtbot.waitUntil(lambda: "No PIN is set" in words(settings))
    assert not any(one.isVisible() for one in settings.lock_more)
    assert "does not hide" in words(settings.lock)


def test_not_used_for_a_while(qapp, qtbot, screen):
    watch = IdleWatch(qapp)
    over = []
    watch.over.connect(lambda: over.append(1))
    watch.set_minutes(0)
    QTest.qWait(30)
    assert over == []
    with qtbot.waitSignal(watch.over, timeout=30000):
        watch.set_minutes(0.05 / 60)
    watch.set_minutes(0)


def test_after_a_sleep_the_first_press_locks_and_does_nothing_else(qapp, screen, monkeypatch):
    from messenger.ui.lock import idle

    now = [1000.0]
    monkeypatch.setattr(idle, "_seconds", lambda: now[0])
    watch = IdleWatch(qapp)
    over = []
    watch.over.connect(lambda: over.append(1))
    watch.set_minutes(5)
    QTest.keyClick(QApplication.focusWindow(), Qt.Key.Key_1)
    assert screen.pin.text() == "1"
    now[0] += 3600
    QTest.keyPress(QApplication.focusWindow(), Qt.Key.Key_2)
    assert over == [1]
    assert screen.pin.text() == "1"
    watch.set_minutes(0)


@pytest.mark.parametrize("scale", [100, 200])
def test_no_words_are_cut_in_a_dialog_at_any_text_size(qapp, engine, qtbot, scale):
    from messenger.ui.theme.context import ThemeContext

    large = ThemeContext(qapp, "light", scale)
    made = dialog(large, engine, qtbot, Deed.CHANGE)
    made.old.set_text("1")
    made.new.set_text("12")
    made.yes.click()
    QTest.qWait(20)
    lock = LockScreen(large, engine)
    qtbot.addWidget(lock)
    lock.show()
    lock._forgot()
    (question,) = lock.findChildren(Question)
    QTest.qWait(20)
    for window in (made, question):
        labels = [one for one in window.findChildren(TextLabel) if one.isVisible()]
        assert [one.text() for one in labels if one.height() < one.heightForWidth(one.width())] == []
    assert all(one.edit.height() >= one.edit.sizeHint().height() for one in (made.old, made.new, made.again))
    question.close()
    made.close()


def test_the_words_are_short_and_kind():
    """Grade 4 at most and the tone gate (decision 17), over every literal of the lock's own windows and of the Safety head."""
    ui = Path(__file__).resolve().parents[3] / "messenger" / "ui"
    found = []
    for file in (*(ui / "lock").glob("*.py"), ui / "safety" / "head.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("tr", "ntr"):
                found += [one.value for one in node.args if isinstance(getattr(one, "value", None), str)]
    assert len(found) > 40
    assert [(words, reading.grade(words)) for words in found if reading.grade(words) > 4] == []
    wrong = {words: [one for one in reading.tone(words) if one != "capitals: PIN"] for words in found}  # as all write it
    assert {words: faults for words, faults in wrong.items() if faults} == {}


def test_a_pin_that_could_not_be_looked_at_can_be_typed_again(screen, engine, qtbot):
    engine.hub.lock.fail["check"] = StoreFull()
    keys("4821")
    qtbot.waitUntil(lambda: StoreFull.sentence in words(screen))
    with qtbot.waitSignal(screen.opened, timeout=30000):
        keys("4821")


def test_after_a_sleep_it_locks_soon_without_a_press(qapp, screen, monkeypatch):
    from messenger.ui.lock import idle

    now = [1000.0]
    monkeypatch.setattr(idle, "_seconds", lambda: now[0])
    watch = IdleWatch(qapp)
    over = []
    watch.over.connect(lambda: over.append(1))
    watch.set_minutes(15)
    assert watch._timer.interval() <= 10_000, "a timer does not count the sleep: the clock is looked at often"
    watch._look()
    assert over == []
    now[0] += 3600
    watch._look()
    assert over == [1]
    watch.set_minutes(0)


def test_a_second_enter_is_no_second_try_and_a_full_disk_is_said(ctx, engine, qtbot):
    made = dialog(ctx, engine, qtbot, Deed.REMOVE)
    QTest.keyClicks(QApplication.focusWidget(), "0000")
    for _ in range(3):
        QTest.keyClick(made.old.edit, Qt.Key.Key_Return)  # held, before the answer is there
    qtbot.waitUntil(lambda: "That is not the PIN" in words(made))
    QTest.keyClick(made.old.edit, Qt.Key.Key_Return)  # and after it
    qtbot.wait(20)
    assert [deed for deed in engine.hub.lock.deeds if deed[0] == "check"] == [("check", "0000")]
    engine.hub.lock.fail["check"] = StoreFull()
    keys("4821")
    qtbot.waitUntil(lambda: StoreFull.sentence in words(made))
    with qtbot.waitSignal(made.accepted, timeout=30000):
        keys("4821")
