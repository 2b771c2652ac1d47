"""My reports after the receipt: who reports, questions of the desk, more evidence, taking back, and what is late."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QRadioButton, QWidget

from messenger.domain.errors import CannotWrite, CodeNotSent, EndpointUnreachable, NotProved, NotWithdrawn
from messenger.domain.receipt import FormAnswer, FormOption, FormQuestion, IdentityLevel, WithdrawalOutcome
from messenger.domain.report import AddendumSummary, AftercareDeed, OutboxState, WithdrawReason
from messenger.ui.safety.cases import case_of, identity_of
from messenger.ui.theme.context import ThemeContext
from tests.ui.report.stand_ins import answered, waiting
from tests.ui.report.words import cut
from tests.ui.safety.test_safety_tab import NOW, Tab
from tests.ui.walk import faults

FORM = (
    FormQuestion("q1", "one", "Have you met?", (FormOption("y", "Yes"), FormOption("n", "No"))),
    FormQuestion("q2", "many", "Where else do you chat?", (FormOption("g", "In a game"), FormOption("p", "By phone"))),
    FormQuestion("q3", "text", "What is the game called?"),
    FormQuestion("q4", "date", "When did it start?"),
)


def asking(**fields):
    """A report with a letter of questions, and all ways open."""
    one = answered()
    letter = replace(one.advice[0], n=2, kind="question", text="Some questions", steps=(), form=FORM)
    return replace(one, advice=(one.advice[0], letter), can_add=True, can_withdraw=True, **fields)


class Desk(Tab):
    """The tab, and the windows that it opens."""

    def window(self, step):
        return self.page._steps.windows[step, "r1"]

    def find(self, ident, where=None):
        hits = [one for one in (where or self.page).findChildren(QWidget, ident) if one.isVisible()]
        assert len(hits) == 1, (ident, len(hits))
        return hits[0]

    def there(self, ident):
        return any(one.isVisible() for one in self.page.findChildren(QWidget, ident))

    def press(self, ident, where=None):
        found = self.find(ident, where)
        QTest.mouseClick(found, Qt.MouseButton.LeftButton, pos=found.rect().center())
        self.settle()

    def type(self, ident, words, where=None):
        field = self.find(ident, where)
        field.setFocus()
        QTest.keyClicks(field, words)
        self.settle()

    def close(self):
        for window in tuple(self.page._steps.windows.values()):
            window.close()
        self.settle()


@pytest.fixture
def ctx(qapp):
    return ThemeContext(qapp, "light")


@pytest.fixture
def desk(qtbot, ctx):
    made = Desk(qtbot, ctx)
    made.hub.outbox.kept = {"r1": asking(can_prove=True, can_code=True), "r2": waiting()}
    made.open()
    yield made
    made.close()


# -- who reports


def test_the_level_is_said_in_words():
    said = {level: identity_of(replace(answered(), identity_level=level, identity_domain="example.org")) for level in IdentityLevel}
    assert "example.org said so" in said[IdentityLevel.VERIFIED].words
    assert "e-mail" in said[IdentityLevel.CODE].words
    assert "They read it in any case." in said[IdentityLevel.UNVERIFIED].words


def test_check_again_says_how_it_went(desk):
    desk.hub.outbox.fail_proof = NotProved()
    desk.press("case.r1.who.again")
    assert any(NotProved.sentence in one.text() for one in desk.page.cases._cases["r1"]._identity.findChildren(type(desk.page.tip.title)))
    desk.hub.outbox.fail_proof = None
    desk.press("case.r1.who.again")
    assert ("prove", "r1") in desk.hub.outbox.deeds
    assert not desk.there("case.r1.who.again")
    assert "They know that this is your chat address." in desk.find("case.r1.who.words").accessibleName()


def test_a_code_has_two_steps_and_says_how_many_tries_are_left(desk):
    desk.press("case.r1.who.code")
    desk.type("case.r1.who.email", "sam")
    desk.press("case.r1.who.go")
    assert "@" in desk.find("case.r1.who.email").accessibleDescription()
    desk.type("case.r1.who.email", "@example.org")
    desk.hub.outbox.fail_proof = CodeNotSent()
    desk.press("case.r1.who.go")
    assert CodeNotSent.sentence in desk.find("case.r1.who.email").accessibleDescription()
    desk.hub.outbox.fail_proof = None
    desk.press("case.r1.who.go")
    assert ("ask_code", "r1", "sam@example.org") in desk.hub.outbox.deeds
    desk.type("case.r1.who.digits", "12")
    desk.press("case.r1.who.go")
    assert desk.find("case.r1.who.digits").accessibleDescription() == "Type all six digits."
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        desk.find("case.r1.who.digits").setText("000 000")
        desk.press("case.r1.who.go")
        assert f"You have {left} left." in desk.find("case.r1.who.digits").accessibleDescription()
    desk.press("case.r1.who.go")
    assert "You can ask for a new one." in desk.find("case.r1.who.email").accessibleDescription()
    desk.find("case.r1.who.email").setText("sam@example.org")
    desk.press("case.r1.who.go")
    desk.type("case.r1.who.digits", "123456")
    QTest.keyClick(desk.find("case.r1.who.digits"), Qt.Key.Key_Return)
    desk.settle()
    assert desk.hub.outbox.kept["r1"].identity_level is IdentityLevel.CODE
    assert not desk.there("case.r1.who.digits")


def test_the_page_does_not_jump_when_what_was_pressed_goes_away(desk):
    desk.page.resize(1100, 500)
    desk.settle()
    bar = desk.page._area.verticalScrollBar()
    desk.page._area.ensureWidgetVisible(desk.find("case.r1.who.again"), 0, 200)
    desk.settle()
    place = bar.value()
    assert place > 0
    desk.press("case.r1.who.again")
    assert not desk.there("case.r1.who.again")
    assert bar.value() == place
    focus = desk.page.focusWidget()
    assert focus is not None
    assert desk.page.cases._cases["r1"]._identity.isAncestorOf(focus)


def test_tab_goes_as_the_eye_does_over_what_was_opened(desk):
    desk.press("case.r1.who.code")
    passed = []
    for _ in range(4):
        passed.append(desk.page.focusWidget().objectName())
        QTest.keyClick(desk.page.focusWidget(), Qt.Key.Key_Tab)
    assert passed == ["case.r1.who.email", "case.r1.who.go", "case.r1.who.stop", "case.r1.1.a"]
    form = "case.r1.2.form"
    desk.press(f"{form}.q1.y")
    desk.press(f"{form}.see")
    assert desk.page.focusWidget().objectName() == f"{form}.send"
    QTest.keyClick(desk.page.focusWidget(), Qt.Key.Key_Tab)
    assert desk.page.focusWidget().objectName() == f"{form}.change"
    QTest.keyClick(desk.page.focusWidget(), Qt.Key.Key_Tab)
    assert desk.page.focusWidget().objectName() == "case.r1.write"


# -- questions of the desk


def test_questions_can_be_skipped_are_shown_before_and_sent_once(desk):
    form = "case.r1.2.form"
    desk.press(f"{form}.see")
    assert not desk.there(f"{form}.send")
    assert not any(one.isChecked() for one in desk.page.findChildren(QRadioButton) if one.objectName().startswith(form))
    desk.press(f"{form}.q1.y")
    desk.press(f"{form}.q2.g")
    desk.press(f"{form}.q2.p")
    desk.type(f"{form}.q4.day", "3")
    desk.press(f"{form}.see")
    assert not desk.there(f"{form}.send"), "half a date does not go"
    desk.find(f"{form}.q4.month").set_value("11")
    desk.type(f"{form}.q4.year", "2026")
    desk.press(f"{form}.see")
    goes = [one.accessibleName() for one in desk.page.findChildren(QWidget) if one.objectName().startswith(f"{form}.goes")]
    assert goes == ["Have you met?: Yes", "Where else do you chat?: In a game; By phone", "When did it start?: 3 November 2026"]
    desk.press(f"{form}.send")
    deed = next(one for one in desk.hub.outbox.deeds if one[0] == "answers")
    assert deed[:3] == ("answers", "r1", 2)
    assert deed[3] == (
        FormAnswer("q1", ("y",), "Have you met?", "Yes"),
        FormAnswer("q2", ("g", "p"), "Where else do you chat?", "In a game; By phone"),
        FormAnswer("q4", ("2026-11-03",), "When did it start?", "3 November 2026"),
    )
    assert not desk.there(f"{form}.see")
    assert not desk.there(f"{form}.send")


def test_what_was_filled_in_stays_when_news_comes_and_when_sending_fails(desk):
    form = "case.r1.2.form"
    desk.press(f"{form}.q1.n")
    desk.type(f"{form}.q3.text", "Star Harbour")
    desk.hub.outbox.change(addenda=(AddendumSummary("a9", "2026-11-24T11:00:00Z", "", "", 2),))
    desk.settle()
    assert desk.find(f"{form}.q1.n").isChecked()
    assert desk.find(f"{form}.q3.text").toPlainText() == "Star Harbour"
    desk.hub.outbox.fail_write = EndpointUnreachable()
    desk.press(f"{form}.see")
    desk.press(f"{form}.send")
    assert desk.there(f"{form}.send")
    desk.press(f"{form}.change")
    assert desk.find(f"{form}.q3.text").toPlainText() == "Star Harbour"


def test_one_can_take_an_answer_back(desk):
    form = "case.r1.2.form"
    desk.press(f"{form}.q1.y")
    desk.press(f"{form}.q1.")
    desk.press(f"{form}.see")
    assert not desk.there(f"{form}.send")


# -- more evidence


def test_more_is_chosen_and_written_and_joins_the_report(desk):
    desk.press("case.r1.add")
    window = desk.window("add")
    assert window.page.title.text() == "Which messages do you want to add?"
    assert "Harbour Child Safety Desk" in desk.find("wizard.receiver", window).text()
    assert faults(window) == []
    window.presenter.evidence.toggle(2)
    desk.settle()
    desk.press("wizard.continue", window)
    desk.type("add.words", "This came today", window)
    desk.press("wizard.continue", window)
    assert desk.hub.addenda.sent == [((2,), "This came today")]
    assert window.page.title.text() == "Saved. It goes to them."
    desk.press("wizard.continue", window)
    desk.settle()
    assert "1 more message waits here." in desk.find("case.r1.added.a1").accessibleName()


def test_an_empty_addition_is_not_made(desk):
    desk.press("case.r1.add")
    window = desk.window("add")
    desk.press("wizard.continue", window)
    desk.press("wizard.continue", window)
    assert desk.hub.addenda.sent == []
    assert window.windowTitle().startswith("Error: ")


def test_what_was_begun_is_kept_when_the_window_goes_away(desk):
    desk.press("case.r1.add")
    window = desk.window("add")
    window.presenter.evidence.toggle(3)
    desk.press("wizard.continue", window)
    desk.type("add.words", "Later", window)
    window.close()
    desk.settle()
    desk.press("case.r1.add")
    window = desk.window("add")
    desk.press("wizard.continue", window)
    assert desk.find("add.words", window).toPlainText() == "Later"
    desk.press("wizard.later", window)
    desk.settle()
    assert "more r1" not in desk.hub.reporting.kept


def test_hide_this_works_in_the_windows_and_keeps_what_was_begun(desk):
    desk.press("case.r1.add")
    window = desk.window("add")
    window.presenter.evidence.toggle(3)
    desk.settle()
    desk.press("wizard.hide", window)
    notes = window.notes
    assert notes is not None
    assert notes.isVisible()
    assert ("add", "r1") not in desk.page._steps.windows
    assert desk.hub.reporting.kept["more r1"].chosen == (3,)
    notes.close()


def test_what_was_added_says_whether_they_have_it():
    def words(**fields):
        return case_of(replace(answered(), addenda=(AddendumSummary(id="a", at="2026-11-24T10:00:00Z", **fields),)), NOW).added[0].words

    assert words(sent_at="2026-11-24T10:01:00Z", words="", lines=2) == "You sent 2 more messages. They have it."
    assert "sent" not in words(sent_at="", words="x", lines=0)
    one = AddendumSummary("a", "2026-11-24T10:00:00Z", "2026-11-24T10:01:00Z", "", 1)
    gone = replace(answered(), addenda=(one,), withdrawn=WithdrawalOutcome.ERASED)
    assert case_of(gone, NOW).added[0].words == "You sent 1 more message. It is gone there, too."


# -- taking back


@pytest.mark.parametrize("outcome", list(WithdrawalOutcome))
def test_taking_back_is_asked_twice_and_ends_honestly(desk, outcome):
    desk.hub.outbox.outcome = outcome
    desk.press("case.r1.take_back")
    window = desk.window("take_back")
    rows = window.findChildren(QRadioButton)
    assert len(rows) == 4
    assert not any(one.isChecked() for one in rows)
    desk.press("wizard.continue", window)
    assert window.windowTitle().startswith("Error: ")
    desk.press("take_back.solved", window)
    desk.press("wizard.continue", window)
    assert window.page.title.text() == "Do you want to take it back?"
    assert not [one for one in desk.hub.outbox.deeds if one[0] == "withdraw"]
    assert faults(window) == []
    desk.press("wizard.continue", window)
    assert ("withdraw", "r1", WithdrawReason.SOLVED, "") in desk.hub.outbox.deeds
    title = window.page.title.text()
    assert title == ("Your report is gone there" if outcome is WithdrawalOutcome.ERASED else "They know that you took it back")
    desk.press("wizard.continue", window)
    case = case_of(desk.hub.outbox.kept["r1"], NOW)
    words = case.words
    assert case.marks == ()
    assert case.identity is None
    assert words.startswith("You took this report back.")
    assert ("keep someone safe" in words) is (outcome is WithdrawalOutcome.NOTED)


@pytest.mark.parametrize("outcome", list(WithdrawalOutcome))
def test_what_was_not_sent_before_taking_back_is_not_said_to_be_on_its_way(outcome):
    one = AddendumSummary("a", "2026-11-24T10:00:00Z", "", "more", 1)
    words = case_of(replace(answered(), addenda=(one,), withdrawn=outcome), NOW).added[0].words
    assert "wait" not in words
    assert "was not sent" in words


def test_without_an_answer_nothing_is_claimed_of_the_desk():
    """A yes can get lost on the way back: then the desk may have erased everything."""
    assert "still has it" not in NotWithdrawn.sentence
    assert "was not taken back" not in NotWithdrawn.sentence


def test_when_nothing_was_taken_back_that_is_said(desk):
    desk.press("case.r1.take_back")
    window = desk.window("take_back")
    desk.press("take_back.mistake", window)
    desk.press("wizard.continue", window)
    desk.hub.outbox.fail_write = NotWithdrawn()
    desk.press("wizard.continue", window)
    assert NotWithdrawn.sentence in window.page.errors.title.accessibleDescription()
    desk.press("wizard.later", window)
    assert ("take_back", "r1") not in desk.page._steps.windows


# -- the step, what is late, what was handed over


def test_the_step_about_the_other_person_is_reached_from_my_reports(desk):
    desk.press("case.r1.step")
    window = desk.window("step")
    assert window.page.title.text() == "What about mike_2010 now?"
    desk.press("aftercare.mute", window)
    desk.press("wizard.continue", window)
    assert desk.hub.aftercare.deeds == [(AftercareDeed.MUTE,)]
    assert window.footer.next.words() == "Done"
    assert faults(window) == []


def test_numbers_are_a_press_away_in_the_windows(desk):
    desk.press("case.r1.take_back")
    window = desk.window("take_back")
    desk.press("wizard.talk", window)
    assert window.page is window.numbers
    desk.press("wizard.continue", window)
    assert window.page.title.text() == "Why do you want to take it back?"


def test_what_is_late_is_said_with_what_one_can_do(desk):
    assert not desk.there("case.r1.overdue")
    desk.hub.outbox.change(overdue=True)
    desk.settle()
    words = desk.find("case.r1.overdue").accessibleName()
    assert words.startswith("They said by ")
    assert words.endswith("They have not written yet. You can write, or call.")
    desk.press("case.r1.numbers")
    assert desk.page.help.isAncestorOf(desk.page.focusWidget())


def test_what_was_handed_over_is_not_called_sent():
    case = case_of(replace(waiting(), state=OutboxState.HANDED, problem="", problem_advice=""), NOW)
    assert case.title == "Made, but not sent"
    assert "No one has it until you hand it over." in case.words
    assert not case.retry
    assert not case.sent


def test_what_was_made_says_how_it_is_handed_over_and_can_be_carried(desk):
    desk.hub.outbox.kept["r2"] = replace(waiting(), state=OutboxState.HANDED)
    desk.page.reports.load()
    desk.settle()
    desk.press("case.r2.hand_over")
    assert "Robin sends nothing." in desk.find("case.r2.handing").accessibleName()
    desk.press("case.r2.handing.address")
    assert QApplication.clipboard().text() == "desk@harbour.example"
    desk.press("case.r2.handing.words")
    assert "robin-report-r2.zip" in QApplication.clipboard().text()
    desk.page.reports.do("r2", "carry", "/stick/report.zip")
    desk.settle()
    assert ("sealed", "r2", "/stick/report.zip") in desk.hub.outbox.deeds
    assert "No one has it until you hand it over." in desk.page.cases._cases["r2"]._note
    desk.hub.outbox.fail_write = CannotWrite()
    desk.page.reports.do("r2", "carry", "/stick/report.zip")
    desk.settle()
    assert CannotWrite.sentence in desk.page.cases._cases["r2"]._note


@pytest.mark.parametrize(("scale", "width"), [(100, 1100), (100, 360), (200, 700)])
def test_no_words_are_cut_with_all_that_a_case_can_show(qapp, qtbot, scale, width):
    made = Desk(qtbot, ThemeContext(qapp, "light", scale), width)
    more = (AddendumSummary("a", "2026-11-24T10:00:00Z", "", "It came today", 2),)
    made.hub.outbox.kept = {"r1": asking(can_prove=True, can_code=True, overdue=True, addenda=more)}
    page = made.open()
    made.press("case.r1.who.code")
    try:
        qtbot.waitUntil(lambda: cut(page) == [], timeout=30000)
    except qtbot.TimeoutError:
        assert cut(page) == []
    assert faults(page) == []
