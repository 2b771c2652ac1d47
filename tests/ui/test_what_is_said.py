"""What a screen reader is told, as heard with Orca 43.1 (tests/long/orca.py): roles, groups, pages, and the row of a list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from messenger.questionnaire.form import QuestionKind
from messenger.ui import a11y, spoken
from messenger.ui.conversation import view as conversation_view
from messenger.ui.report.asks import make_ask
from messenger.ui.report.pages import Page
from messenger.ui.report.state import Ask, Choice
from messenger.ui.settings.view import ChipRow, SettingsPage
from messenger.ui.widgets.blocks import ProgressBars
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.choices import Chip
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.radios import RadioRow

ROLE = QAccessible.Role


@pytest.fixture(autouse=True, scope="module")
def _roles(qapp):
    a11y.tell_roles()


def role(widget: QWidget) -> QAccessible.Role:
    return QAccessible.queryAccessibleInterface(widget).role()


def ask(kind: QuestionKind) -> Ask:
    choices = (Choice("yes", "Yes", "", False), Choice("no", "No", "", False))
    return Ask("met", kind, "Have you met?", "A guess is fine.", choices, "", "", False, False, 200, False)


def test_one_of_several_is_told_as_a_radio_button(ctx, qtbot):
    question = make_ask(ctx, ask(QuestionKind.ONE), tiles=False)
    chips = ChipRow(ctx, "Text size", "", "size", (("1", "100 %"), ("2", "125 %")))
    for one in (question, chips):
        qtbot.addWidget(one)
    assert {role(one) for one in question.findChildren(RadioRow)} == {ROLE.RadioButton}
    assert {role(one) for one in chips.findChildren(Chip)} == {ROLE.RadioButton}
    assert question.accessibleName() == "Have you met?"
    assert question.accessibleDescription() == "A guess is fine."
    assert not any(one.accessibleDescription() for one in chips.findChildren(Chip)), "the group has said it"


def test_one_choice_holds_and_another_takes_its_place(ctx, qtbot):
    question = make_ask(ctx, ask(QuestionKind.ONE), tiles=False)
    qtbot.addWidget(question)
    yes, no = question.findChildren(RadioRow)
    told = []
    question.ticked.connect(lambda *what: told.append(what))
    yes.click()
    yes.click()
    no.click()
    assert (yes.isChecked(), no.isChecked()) == (False, True)
    assert told == [("met", "yes", True), ("met", "no", True)]
    question.renew(ask(QuestionKind.ONE))
    assert (yes.isChecked(), no.isChecked()) == (False, False), "an answer can be taken back"


def test_a_button_beside_words_says_what_it_is_about(ctx, qtbot):
    page = SettingsPage(ctx)
    qtbot.addWidget(page)
    button = next(one for one in page.findChildren(Button) if one.accessibleName() == "See or change")
    assert button.accessibleDescription() == "My private words"


@pytest.mark.parametrize("kind", [QuestionKind.TEXT, QuestionKind.COUNTRY])
def test_a_single_control_says_its_question_once(ctx, qtbot, kind):
    question = make_ask(ctx, ask(kind), tiles=False)
    qtbot.addWidget(question)
    assert question.accessibleName() == ""
    assert question.accessibleDescription() == ""
    assert question.first().accessibleName().startswith("Have you met?")
    assert question.first().accessibleDescription() == "A guess is fine."


def test_what_can_be_left_out_is_said_once(ctx, qtbot):
    field, pick = (
        make_ask(ctx, replace(ask(kind), optional=True), tiles=False)
        for kind in (QuestionKind.TEXT, QuestionKind.COUNTRY)
    )
    for one in (field, pick):
        qtbot.addWidget(one)
    assert field.words.buddy() is field.first()
    assert field.words.text() == "Have you met? (you can skip this)"
    assert field.first().accessibleDescription() == "A guess is fine."
    assert pick.first().accessibleDescription() == "A guess is fine. You can skip this."


def test_a_page_tells_its_words_with_the_title_and_leaves_its_controls_to_tab(ctx, qtbot):
    page = Page(ctx, "You did the right thing", "You are not in trouble.")
    qtbot.addWidget(page)
    inside = QWidget()
    row = QHBoxLayout(inside)
    row.addWidget(TextLabel(ctx, "A trained person reads it."))
    gone = TextLabel(ctx, "Not now.")
    row.addWidget(gone)
    gone.hide()
    page.column.addWidget(inside)
    page.column.addWidget(Button(ctx, "Start", "start"))
    page.column.addWidget(make_ask(ctx, ask(QuestionKind.ONE), tiles=False))
    page.settle()
    assert role(page.title) == ROLE.Heading, "of a label no description is read"
    assert page.title.accessibleDescription() == "You are not in trouble. A trained person reads it."


def test_a_stack_and_a_bar_of_steps_say_nothing_themselves(ctx, qtbot):
    stack, bars = QStackedWidget(), ProgressBars(ctx, 9, "steps", "Question 2 of 9")
    for one in (stack, bars):
        qtbot.addWidget(one)
    assert role(stack) == ROLE.Client
    assert role(bars) == ROLE.Graphic


def test_the_keyboard_comes_to_the_newest_message_and_it_is_selected(window, in_chat):
    messages = window.conversation.list
    messages.setFocus(Qt.FocusReason.TabFocusReason)
    last = messages.model().rowCount() - 1
    assert messages.currentIndex().row() == last
    assert [one.row() for one in messages.selectionModel().selectedIndexes()] == [last]


def test_a_chosen_message_is_said_and_the_end_of_choosing_is_not(window, in_chat, monkeypatch):
    said = []
    monkeypatch.setattr(conversation_view.a11y, "announce", lambda _widget, words, now=False: said.append(words))
    messages = window.conversation.list
    first, second = (messages.model().message(number).id for number in (0, 1))
    messages.start_choosing(first)
    messages.model().choose(second)
    messages.stop_choosing()
    assert said == ["1 message chosen", "2 messages chosen"]


@pytest.mark.parametrize(
    ("asked", "hears"),
    [
        ("Object:Announcement:", True),
        ("object:announcement", True),
        ("Object:", True),
        ("Object:StateChanged:Showing", False),
        ("Focus::", False),
    ],
)
def test_who_hears_announcements_is_known_by_what_they_asked_for(asked, hears):
    assert spoken._covers(asked, "object:announcement") is hears


def test_without_an_accessibility_bus_nothing_more_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert spoken.listened_for("object:announcement"), "no second way is tried"
