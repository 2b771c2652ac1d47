"""The Safety tab: a tip that stays, topics, numbers, settings, and My reports with its news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from messenger.domain.errors import EndpointUnreachable
from messenger.domain.events import AdviceArrived, ReportChanged
from messenger.domain.receipt import CaseStatus
from messenger.domain.report import OutboxState, StatusChange
from messenger.ui.safety.cases import Reach, case_of, marks_of
from messenger.ui.safety.news import News
from messenger.ui.safety.page import SafetyPage
from messenger.ui.theme.context import ThemeContext
from tests.ui.report.stand_ins import answered, make_hub, waiting
from tests.ui.report.words import cut
from tests.ui.walk import faults

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Tab:
    def __init__(self, qtbot, ctx, width=1100):
        self.qtbot = qtbot
        self.engine, self.hub = make_hub()
        self.hub.outbox.kept = {"r1": answered(), "r2": waiting()}
        self.ctx, self.width = ctx, width

    def open(self):
        self.page = SafetyPage(self.ctx, self.engine)
        self.qtbot.addWidget(self.page)
        self.page.resize(self.width, 760)
        self.page.show()
        self.page.activateWindow()
        self.qtbot.waitUntil(self.page.isActiveWindow)
        self.settle()
        return self.page

    def settle(self):
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.engine.waiting == 0, timeout=30000)
            QTest.qWait(2)

    def click(self, ident):
        found = self.page.findChild(QWidget, ident)
        assert found is not None, ident
        QTest.mouseClick(found, Qt.MouseButton.LeftButton, pos=found.rect().center())
        self.settle()


@pytest.fixture
def ctx(qapp):
    return ThemeContext(qapp, "light")


@pytest.fixture
def tab(qtbot, ctx):
    return Tab(qtbot, ctx)


def test_the_tip_stays_and_changes_only_by_a_press(tab):
    page = tab.open()
    first = page.tip.title.text()
    QTest.qWait(50)
    page.hide()
    page.show()
    tab.settle()
    assert page.tip.title.text() == first
    tab.click("tip.next")
    second = page.tip.title.text()
    assert second != first
    tab.click("tip.previous")
    assert page.tip.title.text() == first
    assert page.tip.origin.words().startswith("Based on facts from ")
    assert page.tip.checked.text() == "Not yet checked by a child safety body."


def test_pin_and_useful_are_kept(tab):
    page = tab.open()
    tab.click("tip.pin")
    assert page.tip.pin.accessibleName() == "Let this tip go"
    tab.click("tip.useful.yes")
    assert tab.hub.safety.deck.tip(tab.hub.safety.state).useful is True
    tab.click("tip.useful.yes")
    assert tab.hub.safety.deck.tip(tab.hub.safety.state).useful is None


def test_a_topic_shows_its_own_tips_and_lets_go_again(tab):
    page = tab.open()
    day = page.tip.title.text()
    tab.click("topic.meeting")
    of_topic = {one.title for one in tab.hub.safety.deck.topic("meeting")}
    assert page.tip.title.text() in of_topic
    for _ in range(5):
        tab.click("tip.next")
        assert page.tip.title.text() in of_topic
    tab.click("topic.meeting")
    assert page.tip.title.text() == day


def test_numbers_are_copied_and_follow_the_country(tab):
    page = tab.open()
    tab.click("help.childline.number")
    assert QApplication.clipboard().text() == "0800 1111"
    page.help.pick.picked.emit("nz")
    tab.settle()
    assert tab.hub.safety.chosen == "nz"
    assert page.findChild(QWidget, "help.emergency.number").words() == "111"


def test_a_web_page_is_asked_for_and_not_opened(tab):
    page = tab.open()
    asked = []
    page.link_requested.connect(asked.append)
    tab.click("help.childline.page")
    assert asked == ["https://www.childline.org.uk"]


def test_the_settings_are_real(tab):
    page = tab.open()
    page.checks._picks["read_receipts"].picked.emit("on")
    tab.settle()
    assert tab.hub.settings.kept["read_receipts"] == "on"
    assert not page.checks._safe.isVisible()
    field = page.checks.adult
    field.setFocus()
    QTest.keyClicks(field, "Gran")
    QTest.keyClick(field, Qt.Key.Key_Return)
    tab.settle()
    assert tab.hub.settings.kept["trusted_adult"] == "Gran"


def test_news_is_announced_without_its_content_and_marked_until_seen(tab, monkeypatch):
    said, counts = [], []
    page = tab.open()
    monkeypatch.setattr("messenger.ui.safety.news.a11y.announce", lambda widget, words, now=False: said.append(words))
    news = News(tab.engine, page, counts.append)
    page.hide()
    tab.settle()
    assert counts[-1] == 0, "what was in sight is read"
    letter = replace(answered().advice[0], n=2, text="Second letter", steps=())
    tab.hub.outbox.kept["r1"] = replace(answered(), advice=(replace(answered().advice[0], read=True), letter))
    tab.engine.publish(AdviceArrived("r1", 2))
    tab.settle()
    assert said == ["News about your report."]
    assert counts[-1] == 1
    assert ("read", "r1", 2) not in tab.hub.outbox.deeds
    page.show()
    tab.settle()
    assert ("read", "r1", 2) in tab.hub.outbox.deeds
    assert page.cases._cases["r1"].case.letters[1].new, "the mark stays while it is read"
    tab.engine.publish(ReportChanged("r1"))
    tab.settle()
    assert counts[-1] == 0
    news.close()


def test_steps_are_ticked(tab):
    tab.open()
    tab.click("case.r1.1.b")
    assert ("tick", "r1", 1, "b", True) in tab.hub.outbox.deeds


def test_writing_back_keeps_the_words_when_it_fails(tab):
    page = tab.open()
    tab.click("case.r1.write")
    area = page.findChild(QWidget, "case.r1.reply")
    area.setPlainText("Thank you")
    tab.hub.outbox.fail_write = EndpointUnreachable()
    tab.click("case.r1.reply.send")
    assert page.findChild(QWidget, "case.r1.reply").toPlainText() == "Thank you"
    tab.hub.outbox.fail_write = None
    tab.click("case.r1.reply.send")
    assert ("write", "r1", "Thank you") in tab.hub.outbox.deeds
    assert page.findChild(QWidget, "case.r1.reply") is None


def test_the_code_is_shown_when_asked_for(tab):
    page = tab.open()
    assert page.findChild(QWidget, "case.r1.code.words") is None
    tab.click("case.r1.code")
    assert page.findChild(QWidget, "case.r1.code.words").text() == "4827 1930 5561 0374"


def test_what_waits_says_why_and_tries_again(tab):
    page = tab.open()
    assert page.cases._cases["r2"].case.problem.startswith(EndpointUnreachable.sentence)
    tab.click("case.r2.retry")
    assert ("retry", "r2") in tab.hub.outbox.deeds


def test_a_draft_goes_on_or_away_after_asking(tab):
    import asyncio

    from tests.ui.report.stand_ins import CONTEXT

    asyncio.run(tab.hub.reporting.begin(CONTEXT))
    page = tab.open()
    wanted = []
    page.resume_wanted.connect(wanted.append)
    tab.click("draft.d1.resume")
    assert wanted == ["d1"]
    tab.click("draft.d1.discard")
    assert "d1" in tab.hub.reporting.kept
    page.findChild(QWidget, "question.yes").click()
    tab.settle()
    assert "d1" not in tab.hub.reporting.kept


def test_report_abuse_is_there(tab):
    page = tab.open()
    heard = []
    page.report.connect(lambda: heard.append(1))
    tab.click("safety.report")
    assert heard == [1]


@pytest.mark.parametrize("width", [1100, 480])
def test_every_focusable_control_has_a_name(qtbot, ctx, width):
    made = Tab(qtbot, ctx, width)
    made.open()
    assert faults(made.page) == []


def test_one_column_has_the_helplines_first(qtbot, ctx):
    made = Tab(qtbot, ctx, 700)
    page = made.open()
    tops = [one.mapTo(page, one.rect().topLeft()).y() for one in (page.help, page.tip, page.topics, page.cases, page.checks)]
    assert tops == sorted(tops)
    lefts = {one.mapTo(page, one.rect().topLeft()).x() for one in (page.help, page.tip, page.cases)}
    assert len(lefts) == 1


def test_the_marks_follow_the_case():
    report = answered()
    reach = [one.reach for one in marks_of(report, NOW)]
    assert reach == [Reach.PAST, Reach.PAST, Reach.PAST, Reach.PRESENT, Reach.FUTURE]
    closed = replace(report, history=(*report.history, StatusChange(CaseStatus.CLOSED, "2026-11-24T11:00:00Z")))
    assert {one.reach for one in marks_of(closed, NOW)} == {Reach.PAST}
    saved = replace(report, state=OutboxState.SAVED, sent_at="", history=(), advice=(), status=None)
    assert {one.reach for one in marks_of(saved, NOW)} == {Reach.FUTURE}


def test_nothing_says_sent_before_the_receipt():
    case = case_of(waiting(), NOW)
    words = " ".join((case.title, case.words, case.problem)).casefold()
    assert "saved, not sent yet" in words
    assert case.retry
    assert not case.write


@pytest.mark.parametrize(("scale", "width"), [(100, 1100), (100, 360), (200, 700), (300, 1100)])
def test_no_words_are_cut(qapp, qtbot, scale, width):
    made = Tab(qtbot, ThemeContext(qapp, "light", scale), width)
    page = made.open()
    made.click("case.r1.write")
    made.click("case.r1.code")
    qtbot.waitUntil(lambda: cut(page) == [])
    page.resize(1100 if width < 1000 else max(500, scale * 2 + 100), 760)
    try:
        qtbot.waitUntil(lambda: cut(page) == [], timeout=30000)
    except qtbot.TimeoutError:
        assert cut(page) == []
