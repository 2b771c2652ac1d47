"""Signing in, registering, skipping; the account's header; errors as plain sentences."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from messenger.domain.account import Account, ConnectionState, Show
from messenger.domain.errors import (
    AccountExists,
    BadCertificate,
    InvalidAddress,
    NoSecureConnection,
    RegistrationRefused,
    RegistrationUnsupported,
    ServerTimedOut,
    ServerUnreachable,
    UnknownHost,
    WrongPassword,
)
from messenger.ui.accounts.view import AccountDialog
from tests.ui.stand_ins import ME, make_engine
from tests.ui.walk import faults, find


@pytest.fixture
def engine():
    return make_engine()


@pytest.fixture
def pressed():
    return []


@pytest.fixture
def dialog(ctx, engine, qtbot, pressed):
    # The dialog deletes itself when it is finished, so that the test owns only the window behind it.
    behind = QWidget()
    qtbot.addWidget(behind)
    behind.show()
    made = AccountDialog(ctx, engine, lambda: pressed.append("report"), behind)
    made.open()
    qtbot.waitUntil(made.isVisible)
    yield made
    behind.close()


def _fill_sign_in(dialog, qtbot, address="sam@example.org", password="correct horse"):
    dialog.sign_in_card.radio.click()
    dialog.address.edit.setFocus()
    qtbot.keyClicks(dialog.address.edit, address)
    qtbot.keyClicks(dialog.password.edit, password)


def test_nothing_is_chosen_at_first_and_continue_says_so(dialog, qtbot):
    assert dialog.choice() == ""
    assert dialog.go.isEnabled()
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.summary.isVisible()
    assert "Choose how you want to start." in dialog.summary.title.accessibleDescription()


def test_every_control_is_named_in_each_form(dialog):
    assert faults(dialog) == []
    dialog.sign_in_card.radio.click()
    assert faults(dialog) == []
    dialog.register_card.radio.click()
    assert faults(dialog) == []


def test_sign_in(dialog, engine, qtbot):
    _fill_sign_in(dialog, qtbot)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert engine.hub.accounts.deeds == [("sign_in", "sam@example.org", "correct horse", True, None)]


def test_enter_signs_in_and_the_password_need_not_be_kept(dialog, engine, qtbot):
    _fill_sign_in(dialog, qtbot, "Sam@Example.org/here")
    dialog.remember.click()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.password.edit, Qt.Key.Key_Return)
    assert engine.hub.accounts.deeds == [("sign_in", "sam@example.org", "correct horse", False, None)]


@pytest.mark.parametrize("address", ["", "sam", "example.org", "sam@", "a b@example.org"])
def test_a_wrong_address_is_said_at_its_field_and_nothing_is_sent(dialog, engine, qtbot, address):
    _fill_sign_in(dialog, qtbot, address)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert engine.hub.accounts.deeds == []
    words = dialog.address.edit.accessibleDescription()
    assert words == "Write your address, like sam@example.org."
    assert words in dialog.summary.title.accessibleDescription()
    qtbot.mouseClick(find(dialog, words), Qt.MouseButton.LeftButton)
    assert dialog.focusWidget() is dialog.address.edit


@pytest.mark.parametrize(
    "error",
    [WrongPassword, UnknownHost, BadCertificate, NoSecureConnection, ServerUnreachable, ServerTimedOut, InvalidAddress],
)
def test_failures_are_plain_sentences_and_keep_what_was_written(dialog, engine, qtbot, error):
    engine.hub.accounts.fail["sign_in"] = error()
    _fill_sign_in(dialog, qtbot)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.summary.isVisible)
    said = dialog.summary.title.accessibleDescription()
    assert said == f"{error.sentence} {error.advice}"
    assert dialog.address.text() == "sam@example.org"
    assert dialog.password.text() == "correct horse"
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)


def test_a_second_press_while_signing_in_does_nothing(dialog, engine, qtbot):
    _fill_sign_in(dialog, qtbot)
    dialog.go.click()
    dialog.go.click()
    assert dialog.progress.text() == "Signing in. This can take a moment."
    assert len(engine.hub.accounts.deeds) == 1


def test_register(dialog, engine, qtbot):
    dialog.register_card.radio.click()
    qtbot.keyClicks(dialog.server.edit, "example.org")
    qtbot.keyClicks(dialog.new_name.edit, "kit")
    qtbot.keyClicks(dialog.new_password.edit, "short")
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert engine.hub.accounts.deeds == []
    qtbot.keyClicks(dialog.new_password.edit, "er no more")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert engine.hub.accounts.deeds == [("register", "example.org", "kit", "shorter no more", None)]


@pytest.mark.parametrize("error", [RegistrationRefused, RegistrationUnsupported, AccountExists])
def test_refused_registration_is_said(dialog, engine, qtbot, error):
    engine.hub.accounts.fail["register"] = error()
    dialog.register_card.radio.click()
    for field, text in ((dialog.server, "example.org"), (dialog.new_name, "kit"), (dialog.new_password, "long enough")):
        qtbot.keyClicks(field.edit, text)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.summary.isVisible)
    assert error.sentence in dialog.summary.title.accessibleDescription()


def test_skip_and_report_work_without_an_account(dialog, engine, pressed, qtbot):
    qtbot.mouseClick(find(dialog, "Report abuse"), Qt.MouseButton.LeftButton)
    assert pressed == ["report"]
    dialog.resize(500, 600)
    QApplication.processEvents()
    qtbot.mouseClick(find(dialog, "Report abuse"), Qt.MouseButton.LeftButton)
    assert pressed == ["report", "report"]
    with qtbot.waitSignal(dialog.rejected):
        qtbot.mouseClick(dialog.skip, Qt.MouseButton.LeftButton)
    assert engine.hub.accounts.deeds == []


def test_a_password_may_be_pasted(dialog, qtbot):
    dialog.sign_in_card.radio.click()
    QApplication.clipboard().setText("pasted secret")
    dialog.password.edit.setFocus()
    qtbot.keyClick(dialog.password.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert dialog.password.text() == "pasted secret"


def test_the_status_line_is_changed_in_place(window, qtbot):
    header = window.account_header
    qtbot.waitUntil(lambda: header.status.words() == "at the park until four")
    qtbot.mouseClick(header.status, Qt.MouseButton.LeftButton)
    assert header.edit.hasFocus()
    header.edit.setText("at home")
    qtbot.keyClick(header.edit, Qt.Key.Key_Return)
    assert ("set_presence", ME, Show.ONLINE, "at home") in window._engine.hub.accounts.deeds
    qtbot.waitUntil(lambda: header.status.words() == "at home")
    qtbot.mouseClick(header.status, Qt.MouseButton.LeftButton)
    header.edit.setText("never kept")
    qtbot.keyClick(header.edit, Qt.Key.Key_Escape)
    assert header.status.words() == "at home"


@pytest.fixture
def window(make_window, qtbot):
    return make_window(make_engine(Account(ME, "Sam", "at the park until four")))


def test_presence_menu_and_signing_out(window, qtbot):
    header = window.account_header
    qtbot.waitUntil(lambda: header.presence.words() == "Online")
    actions = {action.text(): action for action in header.menu().actions()}
    assert actions["Online"].isChecked()
    actions["Away"].trigger()
    qtbot.waitUntil(lambda: header.presence.words() == "Away")
    actions = {action.text(): action for action in header.menu().actions()}
    actions["Sign out"].trigger()
    qtbot.waitUntil(lambda: header.name.text() == "Not signed in")
    assert header.presence.words() == "Sign in"


def test_each_connection_state_has_its_word(window, qtbot):
    from messenger.domain.events import ConnectionChanged

    seen = set()
    for state in ConnectionState:
        window._engine.tell(ConnectionChanged(ME, state))
        seen.add(window.account_header.presence.words())
    assert len(seen) == len(list(ConnectionState))
