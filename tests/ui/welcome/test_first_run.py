"""The first steps: offered once, by keyboard alone, each skippable; what is chosen is kept by the real settings."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton

from messenger.ui.accounts.view import AccountDialog
from messenger.ui.notices.private import PrivateWords
from messenger.ui.widgets.buttons import ReportButton
from tests import reading
from tests.ui.walk import faults, find, nodes
from tests.ui.welcome.first_case import First

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def start(qapp, ctx, tmp_path, qtbot):
    """Starts Robin on the test's folder; again, as after an end."""
    made = []

    def begin(busy=False) -> First:
        one = First(qapp, ctx, tmp_path, busy)
        made.append(one)
        qtbot.waitUntil(lambda: one.window.session.known, timeout=20_000)
        return one

    yield begin
    for one in made:
        one.close()
    QTest.qWait(10)


@pytest.fixture
def first(start, qtbot):
    """The first start, with the first screen open and what is set shown in it."""
    made = start()
    qtbot.waitUntil(lambda: made.welcome is not None, timeout=20_000)
    qtbot.waitUntil(made.welcome.isActiveWindow)
    qtbot.waitUntil(lambda: made.welcome._known and made.welcome.people.country.value != "", timeout=20_000)
    return made


def focus():
    return QApplication.focusWidget()


def tab_to(name, most=40):
    """Tab until the control with this accessible name has the keyboard."""
    for _ in range(most):
        if focus() is not None and focus().accessibleName() == name:
            return focus()
        QTest.keyClick(QApplication.activeWindow(), Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not come to {name!r}")


def enter():
    QTest.keyClick(focus(), Qt.Key.Key_Return)
    QApplication.processEvents()


def wait_setting(qtbot, first, key, value):
    qtbot.waitUntil(lambda: first.setting(key) == value, timeout=10_000)


def settled(qtbot, first):
    """Nothing more is asked: the answer of a later question has come."""
    answers = []
    first.engine.call(lambda hub: hub.settings.get("onboarded"), answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    QApplication.processEvents()


def test_all_four_screens_by_keyboard_alone(first, qtbot):
    welcome = first.welcome
    assert focus().accessibleName() == "For teenagers", "the words that are set now"
    QTest.keyClick(focus(), Qt.Key.Key_Left)
    QTest.keyClick(focus(), Qt.Key.Key_Space)
    tab_to("100 %")
    QTest.keyClick(focus(), Qt.Key.Key_Right)
    QTest.keyClick(focus(), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: welcome._ctx.scale == 125, timeout=10_000)
    tab_to("Next")
    enter()
    assert welcome.at == 1
    assert focus().accessibleName() == "I have an address"
    tab_to("Later")
    enter()
    assert welcome.at == 2
    assert focus().accessibleName() == "People I accept"
    tab_to("A grown-up I can tell")
    QTest.keyClicks(focus(), "Aunt May")
    tab_to("Next")
    enter()
    assert welcome.at == 3
    assert focus().accessibleName() == "Practise now"
    enter()
    assert first.practised == [True]
    assert first.reports == []
    tab_to("Done")
    enter()
    qtbot.waitUntil(lambda: first.welcome is None)
    wait_setting(qtbot, first, "onboarded", "yes")
    assert first.setting("band") == "S"
    assert first.setting("text_size") == "125"
    assert first.setting("trusted_adult") == "Aunt May"


def test_kept_settings_are_there_at_the_next_start_and_the_steps_are_not(first, start, qtbot):
    find(first.welcome, "Dark", QPushButton).click()
    qtbot.waitUntil(lambda: first.welcome._ctx.choice == "dark", timeout=10_000)
    find(first.welcome, "Skip all", QPushButton).click()
    wait_setting(qtbot, first, "onboarded", "yes")
    first.close()
    again = start()
    settled(qtbot, again)
    assert again.setting("theme") == "dark"
    assert again.welcome is None


def test_escape_means_later_at_the_next_start(first, start, qtbot):
    first.welcome.go_to(2)
    QTest.keyClick(first.welcome, Qt.Key.Key_Escape)
    assert first.welcome is None
    first.first.offer()
    settled(qtbot, first)
    assert first.welcome is None, "not again in this start"
    assert first.setting("onboarded") == "no"
    first.close()
    again = start()
    qtbot.waitUntil(lambda: again.welcome is not None, timeout=20_000)


def test_skip_this_keeps_nothing_that_was_written(first, qtbot):
    first.welcome.go_to(2)
    QTest.keyClicks(first.welcome.people.adult.edit, "Aunt May")
    find(first.welcome, "Skip this", QPushButton).click()
    settled(qtbot, first)
    assert first.setting("trusted_adult") == ""


def test_locked_robin_offers_nothing(qapp, start, qtbot):
    one = start()
    one.first.welcome and one.first.welcome.close()
    one.first._over = False
    one.curtain.wait_locked()
    one.first.offer()
    settled(qtbot, one)
    assert one.welcome is None
    one.curtain.lift()
    one.window.show()
    one.curtain.opened.emit()
    qtbot.waitUntil(lambda: one.welcome is not None, timeout=10_000)


def test_a_report_goes_first(start, qtbot):
    one = start(busy=True)
    settled(qtbot, one)
    assert one.welcome is None
    one.busy = False
    one.first.offer()
    qtbot.waitUntil(lambda: one.welcome is not None, timeout=10_000)


def test_report_abuse_by_button_and_key_on_every_screen(first, qtbot):
    for at in range(4):
        first.welcome.go_to(at)
        shown = [one for one in first.welcome.findChildren(ReportButton) if one.isVisible()]
        assert len(shown) == 1, at
        shown[0].click()
        QTest.keyClick(first.welcome, Qt.Key.Key_F8)
    assert len(first.reports) == 8
    first.welcome.resize(360, 640)
    QApplication.processEvents()
    (shown,) = [one for one in first.welcome.findChildren(ReportButton) if one.isVisible()]
    assert shown.y() < 72, "in the head of a narrow window"
    shown.click()
    assert len(first.reports) == 9
    assert first.welcome.isVisible(), "the steps wait behind"


@pytest.mark.parametrize(
    ("way", "field"), [("I have an address", "signin.address"), ("Make a new one", "signin.server")]
)
def test_the_account_dialog_opens_at_the_field_and_hears_f8(first, qtbot, way, field):
    first.welcome.go_to(1)
    find(first.welcome, way, QPushButton).click()
    (dialog,) = first.welcome.findChildren(AccountDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    assert focus().objectName() == field
    QTest.keyClick(dialog, Qt.Key.Key_F8)
    assert len(first.reports) == 1
    dialog.close()


def test_signing_in_shows_who_and_goes_on(first, qtbot):
    first.welcome.go_to(1)
    first.run(first.world.services.accounts.sign_in("sam@example.org", "correct horse", True))
    qtbot.waitUntil(lambda: first.welcome.account.signed_in, timeout=10_000)
    assert "sam@example.org" in " ".join(one.text() for one in first.welcome.findChildren(QLabel) if one.isVisible())
    assert focus() is first.welcome.next
    assert first.welcome.next.words() == "Next"


def test_private_words_open_and_country_is_kept(first, qtbot):
    first.welcome.go_to(2)
    find(first.welcome, "See or add my private words", QPushButton).click()
    (editor,) = first.welcome.findChildren(PrivateWords)
    editor.close()
    people = first.welcome.people
    assert len(people.country._choices) > 5
    people.country._group.actions()[0].trigger()
    wait_setting(qtbot, first, "country", people.country._choices[0][0])


def test_a_reader_understands_every_screen_and_the_words_are_easy(first):
    for wide in (960, 360):
        first.welcome.resize(wide, 700)
        for at in range(4):
            first.welcome.go_to(at)
            QApplication.processEvents()
            assert faults(first.welcome) == [], (wide, at)
            assert len(list(nodes(first.welcome))) > 10
            labels = [one.text() for one in first.welcome.findChildren(QLabel) if one.isVisible()]
            hard = {one for one in labels if (one and reading.hardest(one) > 4) or reading.tone(one)}
            assert hard == set(), (wide, at)


def test_nothing_is_wider_than_a_narrow_window_at_200_per_cent(first, qtbot):
    first.welcome._ctx.set_scale(200)
    first.welcome.resize(360, 640)
    for at, step in enumerate(first.welcome.steps):
        first.welcome.go_to(at)
        QApplication.processEvents()
        assert step.horizontalScrollBar().maximum() == 0, at
    first.welcome._ctx.set_scale(100)


def test_no_dialog_is_left_over_the_window(first):
    first.welcome.close()
    assert [one for one in first.window.findChildren(QDialog) if one.isVisible()] == []
