"""The line for a PIN or a password: what is written is what comes out, and Qt never holds a letter while it hides them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.fields import Field
from tests.ui.walk import write

KEY, CTRL, SHIFT = Qt.Key, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def field(ctx, qtbot):
    made = Field(ctx, "PIN", "pin", secret=True)
    qtbot.addWidget(made)
    made.show()
    return made


def held(field: Field) -> str:
    """What Qt itself holds, and so what it tells of."""
    return QLineEdit.text(field.edit)


def press(field: Field, *keys: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        QTest.keyClick(field.edit, key, held)


def test_s51_letters_are_kept_and_qt_holds_bullets(field):
    told = []
    field.changed.connect(told.append)
    seen = []
    field.edit.textChanged.connect(seen.append)
    QTest.keyClicks(field.edit, "25e8 0")
    assert field.text() == "25e8 0"
    assert told == ["2", "25", "25e", "25e8", "25e8 ", "25e8 0"]
    assert set("".join(seen)) == {"•"}
    assert held(field) == "•" * 6


def test_taking_out_and_writing_over(field):
    QTest.keyClicks(field.edit, "abcdef")
    press(field, KEY.Key_Left, KEY.Key_Left, KEY.Key_Backspace)
    assert field.text() == "abcef"
    press(field, KEY.Key_Delete)
    assert field.text() == "abcf"
    press(field, KEY.Key_Home)
    press(field, KEY.Key_Right, KEY.Key_Right, held=SHIFT)
    QTest.keyClicks(field.edit, "xyz")
    assert field.text() == "xyzcf"
    QTest.keyClicks(field.edit, "-")
    assert field.text() == "xyz-cf"
    press(field, KEY.Key_A, held=CTRL)
    QTest.keyClicks(field.edit, "1")
    assert field.text() == "1"
    press(field, KEY.Key_Backspace)
    assert (field.text(), held(field)) == ("", "")


def test_as_many_letters_as_before_are_a_change_too(field):
    field.set_text("1111")
    told = []
    field.changed.connect(told.append)
    field.set_text("2222")
    assert (field.text(), told) == ("2222", ["2222"])
    field.edit.setSelection(3, 1)
    QTest.keyClicks(field.edit, "3")
    assert (field.text(), told[-1]) == ("2223", "2223")


def test_pasting_and_an_input_method(field):
    QGuiApplication.clipboard().setText("to\np")
    QTest.keyClicks(field.edit, "sr")
    press(field, KEY.Key_Left)
    press(field, KEY.Key_V, held=CTRL)
    assert field.text() == "stopr"
    event = QInputMethodEvent()
    event.setCommitString("ß")
    QApplication.sendEvent(field.edit, event)
    assert field.text() == "stopßr"
    QGuiApplication.clipboard().setText("menu")
    field.edit.paste()
    assert field.text() == "stopßmenur"
    assert set(held(field)) == {"•"}
    press(field, KEY.Key_Z, held=CTRL)
    assert field.text() == "stopßmenur"


def test_no_more_than_allowed(field):
    field.edit.setMaxLength(4)
    QTest.keyClicks(field.edit, "123456")
    assert field.text() == "1234"
    field.edit.setSelection(1, 2)
    QTest.keyClicks(field.edit, "ab")
    assert field.text() == "1ab4"
    field.set_text("987654")
    assert field.text() == "9876"


def test_a_screen_reader_can_write_it(field):
    QTest.keyClicks(field.edit, "old")
    write(field.edit, "2580")
    assert (field.text(), held(field)) == ("2580", "••••")


def test_showing_and_hiding_keep_the_letters(field):
    QTest.keyClicks(field.edit, "2580")
    show = field.findChild(Button)
    show.click()
    assert (field.text(), held(field)) == ("2580", "2580")
    QTest.keyClicks(field.edit, "1")
    press(field, KEY.Key_Home, KEY.Key_Delete)
    show.click()
    assert (field.text(), held(field)) == ("5801", "••••")
    show.click()
    field.forget()
    assert (field.text(), held(field)) == ("", "")
    assert field.edit.echoMode() == QLineEdit.EchoMode.Password
