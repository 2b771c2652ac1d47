"""Hide this: three bare presses of Shift, and what stands there then."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QWidget

from messenger.ui.report.hide import TripleShift
from messenger.ui.report.hiding import Notes, ShiftWatch
from messenger.ui.report.window import ReportWindow
from tests.ui.report.stand_ins import CONTEXT


def press(count, *times):
    hit = False
    for at in times:
        count.shift_down(at)
        hit = count.shift_up(at + 30)
    return hit


def test_three_within_two_seconds():
    assert press(TripleShift(), 0, 500, 1000)
    assert not press(TripleShift(), 0, 500)
    assert not press(TripleShift(), 0, 1500, 2900)
    assert press(TripleShift(), 0, 1500, 2900, 3000)


def test_presses_used_for_typing_do_not_count():
    count = TripleShift()
    for at in (0, 300, 600, 900):
        count.shift_down(at)
        count.used()
        assert not count.shift_up(at + 100)
    count.shift_down(1200)
    count.shift_up(1210)
    count.used()  # a letter between the presses
    assert not press(count, 1300, 1400)


def test_a_held_key_repeats_and_counts_once():
    count = TripleShift()
    count.shift_down(0)
    for at in range(50, 1500, 50):
        count.shift_down(at, repeat=True)
    assert not count.shift_up(1600)
    assert not press(count, 1700)


def shift(window):
    """A bare press as the window system brings it."""
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_Shift)
    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_Shift)


def test_shift_three_times_shows_plain_notes_and_keeps_the_draft(hands):
    window = hands.open()
    hands.next()
    hands.click("safe.yes")
    hidden = []
    window.hidden.connect(lambda: hidden.append(1))
    for _ in range(3):
        shift(window)
    hands.settle()
    assert hidden == [1]
    assert not window.isVisible()
    notes = window.notes
    assert notes.isVisible()
    assert notes.windowTitle() == "Notes"
    words = " ".join((notes.windowTitle(), notes.text.placeholderText(), notes.text.accessibleName())).casefold()
    assert not {"robin", "report", "abuse", "safe"} & set(words.split())
    QTest.keyClicks(notes.text, "milk")
    assert notes.text.toPlainText() == "milk"
    assert "yes" in str(hands.hub.reporting.kept["d1"].interview)


def test_capital_letters_do_not_hide(hands):
    window = hands.open()
    hands.to_check()
    hands.click("change.name")
    field = hands.find("name.text")
    field.setFocus()
    for letter in "ABCD":
        QTest.keyPress(window.windowHandle(), Qt.Key.Key_Shift)
        QTest.keyClick(window.windowHandle(), letter, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyRelease(window.windowHandle(), Qt.Key.Key_Shift)
    assert field.text().endswith("ABCD")
    assert window.isVisible()
    assert window.notes is None


@pytest.mark.parametrize("page", range(3))
def test_the_button_hides_from_every_page(hands, page):
    window = hands.open()
    hands.next()
    hands.click("safe.yes")
    for _ in range(page):
        hands.next()
    hands.click("wizard.hide")
    assert window.notes.isVisible()
    assert not window.isVisible()


def test_the_notes_stay_when_the_wizard_is_gone(hands):
    window = ReportWindow(hands.ctx, hands.engine)
    window.begin(CONTEXT)
    window.show()
    hands.settle()
    window.hide_this()
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, Notes) and one.isVisible()]
    assert len(found) == 1
    del window, found
    gc.collect()
    QTest.qWait(20)
    gc.collect()
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, QWidget) and one.windowTitle() == "Notes"]
    assert [one.isVisible() for one in found] == [True]
    found[0].close()
    QTest.qWait(20)
    assert not [one for one in QApplication.topLevelWidgets() if one.windowTitle() == "Notes"]


def test_the_notes_do_not_carry_the_mark_of_robin(qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    notes = Notes(host)
    qtbot.addWidget(notes)
    assert not notes.windowIcon().isNull()
    assert notes.windowIcon().cacheKey() != QApplication.windowIcon().cacheKey()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_shift_three_times_hides_an_open_menu_too(qtbot):
    host = QPushButton("Order")
    qtbot.addWidget(host)
    host.resize(200, 200)
    host.show()
    watch = ShiftWatch(host)
    watch.start()
    menu = QMenu(host)
    menu.addAction("Oldest first")
    host.clicked.connect(lambda: menu.popup(host.mapToGlobal(host.rect().center())))
    host.setFocus()
    QTest.mouseClick(host.windowHandle(), Qt.MouseButton.LeftButton, pos=host.rect().center())
    qtbot.waitUntil(menu.isVisible)
    qtbot.waitUntil(lambda: menu.windowHandle().property("shift-watched") is True)
    with qtbot.waitSignal(watch.pressed, timeout=30000):
        for _ in range(3):
            shift(menu)
    assert not menu.isVisible()
