"""The wizard by mouse and by keyboard: the whole way, Back, resume, errors, sending and its states."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QPushButton, QRadioButton

from messenger.domain.errors import StoreFull
from messenger.domain.report import OutboxState, ReportContext
from messenger.questionnaire.interview import Interview
from messenger.ui.report.check_page import CheckPage
from messenger.ui.report.messages_page import MessagesPage
from messenger.ui.report.state import Sending
from tests.ui.report.stand_ins import CHILD, CONTEXT, PARTY, TODAY


def test_the_whole_way_by_mouse_ends_with_the_case_number(hands):
    hands.open()
    assert hands.title() == "You did the right thing"
    hands.to_check()
    assert isinstance(hands.window.page, CheckPage)
    assert hands.window.windowTitle() == "Check your answers - Report abuse"
    hands.next()
    assert hands.hub.reporting.submitted == [("d1", False)]
    assert hands.window.sending.state.kind is Sending.SAVED
    assert hands.title() == "Saved. Sending."
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: hands.window.sending.state.kind is Sending.SENT)
    assert hands.title() == "Your report is sent"
    hands.settle()
    assert hands.find("send.case").text() == "AB23-CD45"


def test_saved_is_said_only_after_submit_returned(hands):
    hands.open()
    hands.to_check()
    said = []
    hands.window.sending._show_was = hands.window.sending._show
    hands.window.sending._show = lambda state: (
        said.append((state.kind, list(hands.hub.reporting.submitted))),
        hands.window.sending._show_was(state),
    )
    hands.next()
    saved = [submitted for kind, submitted in said if kind is Sending.SAVED]
    assert saved == [[("d1", False)]]
    assert next(kind for kind, _ in said) is Sending.SAVING


def test_the_whole_way_by_keyboard_alone(hands):
    hands.open()
    window = hands.window

    def tab_to(*names):
        for _ in range(80):
            hands.key(Qt.Key.Key_Tab)
            found = window.focusWidget()
            if found is not None and found.objectName() in names:
                return found
        raise AssertionError(names)

    def enter():
        hands.key(Qt.Key.Key_Return)

    enter()
    tab_to("safe.yes")
    hands.key(Qt.Key.Key_Space)
    enter()
    tab_to("role.self")
    hands.key(Qt.Key.Key_Space)
    hands.key(Qt.Key.Key_Down)  # an arrow moves within the question
    assert hands.window.presenter._talk.given("role").choices == ("friend",)
    hands.key(Qt.Key.Key_Up)
    enter()
    tab_to("what.unsure")
    hands.key(Qt.Key.Key_Space)
    tab_to("wizard.continue")
    hands.key(Qt.Key.Key_Space)
    while hands.title() != "How can we reach you?":
        enter()
    field = tab_to("name.text")
    QTest.keyClicks(field, "Sam")
    tab_to("contact.here")
    hands.key(Qt.Key.Key_Space)
    enter()
    assert hands.title() == "Check your answers"
    tab_to("wizard.continue")
    hands.key(Qt.Key.Key_Space)
    assert hands.hub.reporting.submitted == [("d1", False)]


def test_back_keeps_every_answer(hands):
    hands.open()
    hands.to_check()
    titles = []
    while hands.window.header.back_button.isVisible():
        titles.append(hands.title())
        hands.click("wizard.back")
    assert titles[0] == "Check your answers"
    assert hands.title() == "You did the right thing"
    hands.next()
    assert hands.find("safe.yes").isChecked()
    hands.next()
    assert hands.find("age.13_15").isChecked()
    hands.next()
    assert hands.find("what.unsure").isChecked()


def test_closing_and_coming_back_resumes_at_the_same_page(hands):
    hands.open()
    hands.next()
    hands.click("safe.yes")
    hands.next()
    hands.click("age.16_17")
    hands.next()
    hands.click("what.bullying")
    before = hands.title()
    hands.window.close()
    hands.settle()
    kept = hands.hub.reporting.kept["d1"]
    assert Interview.from_json(hands.hub.reporting.form, kept.interview).page.id == "what"
    hands.open(draft="d1")
    assert hands.title() == before
    assert hands.find("what.bullying").isChecked()


def test_typing_is_saved_within_400_ms_and_at_close(hands):
    hands.open()
    hands.to_check()
    hands.click("change.own_words")
    saves = hands.hub.reporting.saves
    hands.find("own_words.text").setFocus()
    QTest.keyClicks(hands.find("own_words.text"), "He asks about my school.")
    assert hands.hub.reporting.saves - saves <= 2, "each letter must not be a save"
    hands.qtbot.waitUntil(lambda: "He asks" in str(hands.hub.reporting.kept["d1"].interview), timeout=30000)
    QTest.keyClicks(hands.find("own_words.text"), " It is odd.")
    hands.window.close()
    hands.settle()
    assert "It is odd." in str(hands.hub.reporting.kept["d1"].interview)


def test_own_words_end_at_2000_characters(hands):
    hands.open()
    hands.to_check()
    hands.click("change.own_words")
    area = hands.find("own_words.text")
    area.setPlainText("x" * 2300)
    hands.settle()
    assert len(area.toPlainText()) == 2000
    assert len(hands.window.presenter._talk.given("own_words").text) == 2000


def test_an_error_is_said_only_after_continue_and_takes_the_focus(hands):
    hands.open()
    hands.next()
    assert not hands.window.page.errors.isVisible()
    hands.next()
    page = hands.window.page
    assert page.errors.isVisible()
    assert page.errors is hands.window.focusWidget() or page.errors.isAncestorOf(hands.window.focusWidget())
    assert hands.window.windowTitle().startswith("Error: ")
    line = hands.find("errors.0").words()
    assert line == page.asks["safe"].error.text()
    hands.click("errors.0")
    assert hands.window.focusWidget().objectName() == "safe.yes"
    hands.click("safe.yes")
    assert not page.errors.isVisible()


def test_a_missing_name_explains_and_shows_a_helpline(hands):
    hands.open()
    hands.to_check()
    hands.click("change.name")
    hands.find("name.text").clear()
    hands.window.presenter.write("name", "")
    hands.next()
    assert hands.there("card.no_name")
    assert hands.there("card.no_name.line0.number")


def test_danger_shows_the_countrys_number_and_the_report_goes_on(hands):
    hands.open()
    hands.next()
    hands.click("safe.no")
    assert hands.window.page.cards["danger"].isVisible()
    numbers = [one for one in hands.window.page.cards["danger"].findChildren(QPushButton) if one.isVisible()]
    assert {"emergency.called", "emergency.adult"} <= {one.objectName() for one in numbers}
    assert any(one.text() == "999" for one in hands.window.page.cards["danger"].findChildren(type(hands.window.page.title).__mro__[1]))
    hands.click("emergency.called")
    assert hands.window.presenter._talk.given("emergency").choices == ("called",)
    assert hands.window.footer.next.words() == "Keep telling here"
    hands.next()
    assert hands.title() == "Who is this about?"


def test_nothing_is_chosen_at_the_start(hands):
    hands.open()
    hands.next()
    for _ in range(3):
        boxes = [*hands.window.page.findChildren(QRadioButton), *hands.window.page.findChildren(QCheckBox)]
        assert boxes
        assert not [one for one in boxes if one.isChecked()]
        first = boxes[0].objectName()
        hands.click(first)
        hands.next()


def test_change_links_lead_there_and_back(hands):
    hands.open()
    hands.to_check()
    hands.click("change.safe")
    assert hands.title() == "Are you safe right now?"
    hands.next()
    assert hands.title() == "Check your answers"


def test_not_given_stands_where_nothing_was_said(hands):
    hands.open()
    hands.to_check()
    rows = {one.label: one for one in hands.window.page.state.rows}
    assert rows["In my words"].value == "Not given"
    assert rows["Who did it"].value == PARTY
    assert rows["Messages"].value == "4 chosen, 4 next to them"


def test_offline_says_saved_not_sent_yet_and_retry_asks_again(hands):
    hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.offline()
    hands.qtbot.waitUntil(lambda: hands.window.sending.state.kind is Sending.WAITING)
    assert hands.title() == "Saved, not sent yet"
    assert not hands.there("send.case")
    hands.click("send.again")
    assert ("retry", "r1") in hands.hub.outbox.deeds
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: hands.window.sending.state.kind is Sending.SENT)


def test_needs_attention_says_why(hands):
    hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.change(state=OutboxState.NEEDS_ATTENTION, problem="The report could not be sent yet.")
    hands.qtbot.waitUntil(lambda: hands.window.sending.state.kind is Sending.ATTENTION)
    hands.settle()
    assert "The report could not be sent yet." in hands.window.sending.state.lines[0]
    assert hands.there("send.again")


def test_no_endpoint_keeps_the_draft_and_shows_helplines(hands):
    hands.hub.reporting.profile = None
    hands.open()
    hands.to_check()
    assert hands.there("check.talk.number")
    hands.next()
    assert hands.window.sending.state.kind is Sending.NOBODY
    assert hands.title() == "There is nobody to send this to yet"
    assert "d1" in hands.hub.reporting.kept
    hands.click("wizard.back")
    assert hands.title() == "Check your answers"


def test_a_full_disk_is_said_and_nothing_is_lost(hands):
    hands.open()
    hands.to_check()
    hands.hub.reporting.fail_submit = StoreFull()
    hands.next()
    assert hands.window.sending.state.kind is Sending.FAILED
    hands.hub.reporting.fail_submit = None
    hands.click("send.again")
    assert hands.window.sending.state.kind is Sending.SAVED


def test_trouble_with_saving_stands_in_sight_and_goes_away(hands):
    hands.open()
    hands.next()
    hands.hub.reporting.fail_save = StoreFull()
    hands.click("safe.yes")
    assert hands.window.footer.trouble.isVisible()
    hands.hub.reporting.fail_save = None
    hands.click("safe.unsure")
    assert not hands.window.footer.trouble.isVisible()


def test_a_copy_is_offered_only_to_an_adult(hands):
    hands.open()
    hands.to_check()
    assert not hands.there("check.keep")
    hands.click("change.age")
    hands.click("age.18_over")
    hands.next()
    assert not hands.find("check.keep").isChecked()
    hands.click("check.keep")
    hands.next()
    assert hands.hub.reporting.submitted == [("d1", True)]
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: hands.there("send.save"))
    hands.window.sending.save_copy("/tmp/x.robin.json")
    assert ("copy", "r1", "/tmp/x.robin.json") in hands.hub.outbox.deeds
    hands.window.close()
    assert ("forget", "r1") in hands.hub.outbox.deeds


def test_preview_shows_exactly_what_the_service_gives(hands):
    hands.open()
    hands.to_check()
    hands.click("check.preview")
    words = hands.find("preview.text").toPlainText()
    assert "which school do you go to?" in words
    assert words == (hands.window.preview.text.toPlainText())
    hands.key(Qt.Key.Key_Escape)
    assert hands.title() == "Check your answers"


def test_outside_a_chat_the_chat_is_asked_for(hands):
    hands.open(ReportContext())
    hands.next()
    assert hands.title() == "Which chat is it about?"
    hands.next()
    assert hands.window.page.errors.isVisible()
    hands.click("chats.0")
    hands.next()
    assert hands.title() == "Are you safe right now?"
    assert list(hands.hub.reporting.kept) == ["d2"], "the empty draft gave way"
    assert hands.hub.reporting.kept["d2"].snapshot.conversation == 7


def test_outside_a_chat_it_goes_on_with_none_and_signed_out(hands):
    hands.hub.accounts.accounts = []
    hands.open(ReportContext())
    hands.to_check()
    assert isinstance(hands.window.page, CheckPage)
    hands.click("change.messages")
    assert isinstance(hands.window.page, MessagesPage)
    assert hands.window.page.trouble.isVisible()


def test_a_hand_set_desk_is_named_on_every_page(hands):
    from dataclasses import replace

    hands.hub.reporting.profile = replace(hands.hub.reporting.profile, hand_set=True)
    hands.open()
    assert "Harbour Child Safety Desk" in hands.window.footer.receiver.text()
    hands.next()
    assert hands.window.footer.receiver.isVisible()


def test_details_of_an_earlier_report_are_not_asked_again(hands):
    hands.hub.reporting.known = {"name": "Sam", "contact": "here", "country": "nz"}
    hands.open()
    talk = hands.window.presenter._talk
    assert talk.given("name").text == "Sam"
    assert talk.given("contact").choices == ("here",)
    assert hands.window.presenter.help.numbers.card.code == "nz"


def test_numbers_of_another_country_do_not_lead_back_after_sending(hands):
    hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: hands.there("send.talk"))
    hands.click("send.talk")
    hands.window.numbers.country.emit("nz")
    hands.settle()
    hands.next()
    assert hands.title() == "Your report is sent"


def test_what_was_said_goes_along_when_a_chat_is_chosen_later(hands):
    hands.open(ReportContext())
    hands.next()
    hands.click("chats.none")
    hands.next()
    hands.click("safe.unsure")
    hands.click("wizard.back")
    hands.next()
    hands.click("chats.0")
    hands.next()
    assert hands.find("safe.unsure").isChecked()
    assert list(hands.hub.reporting.kept) == ["d2"]


def test_an_open_report_is_known_by_its_chat_and_its_draft(hands):
    hands.open()
    presenter = hands.window.presenter
    assert presenter.holds(CONTEXT)
    assert presenter.holds(draft_id="d1")
    assert not presenter.holds(ReportContext(CHILD, 9))
    assert not presenter.holds(draft_id="d2")
    hands.to_check()
    hands.next()
    assert not presenter.holds(CONTEXT), "a sent report does not stand in the way of a new one"


def test_all_tiles_are_in_sight_while_the_hand_set_line_stands(hands):
    from dataclasses import replace

    hands.hub.reporting.profile = replace(hands.hub.reporting.profile, hand_set=True)
    window = hands.open()
    hands.next()
    hands.click("safe.yes")
    hands.next()
    hands.click("role.self")
    hands.click("age.13_15")
    hands.next()
    assert hands.find("wizard.receiver").isVisible()
    QTest.qWait(20)
    assert window.page.verticalScrollBar().maximum() == 0


def test_a_report_that_waits_for_the_passphrase_says_so_and_who_can_help(qtbot, ctx):
    from PySide6.QtWidgets import QWidget

    from messenger.ui.report.window import ReportWindow
    from tests.ui.report.stand_ins import StandInEngine, make_hub

    class Waiting(StandInEngine):
        def call(self, ask, done=None, failed=None):
            return lambda: None

    _engine, hub = make_hub()
    window = ReportWindow(ctx, Waiting(hub))
    qtbot.addWidget(window)
    window.begin(CONTEXT)
    window.show()
    window.wait()
    assert window.page.title.text() == "Robin is not open yet"
    lines = hub.safety.all.card("gb", TODAY).lines[:4]
    window.wait(lines)
    assert window.findChild(QWidget, f"opening.{lines[0].id}.number") is not None
    assert "These people can help you now." in window.page.help.text()
