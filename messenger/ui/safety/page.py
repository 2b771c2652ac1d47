"""The Safety tab: a tip, topics and settings on one side; numbers and My reports on the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from messenger.domain.jurisdiction import CountryCard
from messenger.domain.tip import Tip
from messenger.i18n import tr
from messenger.safety.handing import HandedWay, file_name
from messenger.ui.guardian.notice import GuardianNotice
from messenger.ui.notices.doors import open_private_words, open_seen
from messenger.ui.people.doors import open_block_list
from messenger.ui.report.by_hand import ask_place, ask_receipt
from messenger.ui.safety.cases import Case, Unfinished
from messenger.ui.safety.cases_card import CasesCard
from messenger.ui.safety.head import SafetyHead
from messenger.ui.safety.held_checks import HeldChecks
from messenger.ui.safety.help_card import HelpCard, SettingsCheck
from messenger.ui.safety.identity_box import Proof
from messenger.ui.safety.reports import ReportsPresenter
from messenger.ui.safety.steps import STEPS, Steps
from messenger.ui.safety.tip_card import TipCard, TopicChips
from messenger.ui.safety.tips import SafetyPresenter, Topic
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.blocks import Surface

if TYPE_CHECKING:
    from messenger.ui.border import Engine

_TAB = Qt.FocusPolicy.TabFocus
_TWO_COLUMNS, _SIDE = 1000, 416
_OWN = (
    *("report", "helplines", "trusted_adult", "read_receipts", "notifications", "private_words"),
    *("who_can_write", "links_from_new", "block_list"),
)
"""What a tip's button can do by itself; the window may add others."""


class SafetyPage(Surface):
    """The room. `report` opens Report abuse, `resume_wanted` goes on with a draft (its id), `link_requested`
    opens a web address after asking, `hidden` says that Hide this was used in a window that follows a report,
    `practise` opens a practice report.

    `deeds` are further actions of tips that the window can do, by id.
    """

    report = Signal()
    resume_wanted = Signal(str)
    link_requested = Signal(str)
    hidden = Signal()
    hide_wanted = Signal()
    practise = Signal()

    def __init__(
        self, ctx: ThemeContext, engine: Engine, deeds: Mapping[str, Callable[[], None]] | None = None
    ) -> None:
        super().__init__(ctx, "canvas")
        self._deeds = dict(deeds or {})
        self._two: bool | None = None
        self._shown: tuple[QWidget, ...] = ()
        self.setObjectName("safety")
        self.tips, self.reports = SafetyPresenter(engine), ReportsPresenter(engine, _now)
        self._steps = Steps(ctx, engine)
        self._steps.link_requested.connect(self.link_requested)
        self._steps.hidden.connect(self.hidden)
        self.tip, self.topics = TipCard(ctx, (*_OWN, *self._deeds)), TopicChips(ctx)
        self.help, self.checks, self.cases = HelpCard(ctx), SettingsCheck(ctx), CasesCard(ctx)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._head = head = SafetyHead(ctx)
        self.first = head.title
        head.hide_all.connect(self.hide_wanted)
        head.explained.connect(lambda: self.tips.set("hide_explained", "yes"))
        head.report.connect(self.report)
        head.seen.connect(lambda: open_seen(ctx, engine, self, self.report.emit))
        self._doors = {
            "private_words": partial(open_private_words, ctx, engine, self, self.report.emit),
            "block_list": partial(open_block_list, ctx, engine, self, self.report.emit),
        }
        outer.addWidget(head)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        ground = QWidget()
        ground.setAutoFillBackground(False)
        whole = QVBoxLayout(ground)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(head.how)
        whole.addWidget(GuardianNotice(ctx, engine, "safety.guardian", (24, 16, 16, 0)))
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        whole.addLayout(self._columns, 1)
        self._columns.setContentsMargins(24, 24, 16, 24)
        self._columns.setSpacing(24)
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        for column in (self._left, self._right):
            column.setSpacing(24 if column is self._left else 16)
            self._columns.addLayout(column)
        self._area.setWidget(ground)
        ground.setAutoFillBackground(False)
        outer.addWidget(self._area, 1)
        self._connect()
        HeldChecks(engine, self.checks)
        self.tips.attach(self)
        self.reports.attach(self)
        self._arrange(True)
        self.tips.load()
        self.reports.load()

    def _connect(self) -> None:
        tips, tip = self.tips, self.tip
        tip.next.connect(tips.next)
        tip.previous.connect(tips.previous)
        tip.pinned.connect(tips.pin)
        tip.useful.connect(tips.useful)
        tip.deed.connect(self._do)
        tip.source.connect(self._open)
        self.topics.chosen.connect(tips.choose_topic)
        self.help.country.connect(tips.choose_country)
        self.help.opened.connect(self._open)
        self.checks.changed.connect(tips.set)
        self.checks.private_words.connect(lambda: self._doors["private_words"]())
        self.checks.block_list.connect(lambda: self._doors["block_list"]())
        cases, reports = self.cases, self.reports
        cases.retry.connect(reports.retry)
        cases.ticked.connect(reports.tick)
        cases.wrote.connect(reports.write)
        cases.wanted.connect(self._case_deed)
        cases.resume.connect(self.resume_wanted)
        cases.discard.connect(self._ask_discard)
        cases.practise.connect(self.practise)
        self.destroyed.connect(tips.close)
        self.destroyed.connect(reports.close)

    # -- what the presenters show

    def show_tip(self, tip: Tip) -> None:
        """See `SafetyShown`."""
        self.tip.show_tip(tip)

    def show_topics(self, topics: tuple[Topic, ...], chosen: str) -> None:
        """See `SafetyShown`."""
        self.topics.show_topics(topics, chosen)
        self._chain()

    def show_card(self, card: CountryCard, countries: tuple[tuple[str, str], ...]) -> None:
        """See `SafetyShown`."""
        self.help.show_card(card, countries)
        self._chain()

    def show_settings(self, values: Mapping[str, str]) -> None:
        """See `SafetyShown`."""
        self.checks.show_settings(values)
        self._head.explain(values.get("hide_explained", "yes") != "yes")

    def show_cases(self, cases: tuple[Case, ...], drafts: tuple[Unfinished, ...]) -> None:
        """See `ReportsView`."""
        self.cases.show_cases(cases, drafts)
        self._chain()

    def show_note(self, report_id: str, words: str, done: bool) -> None:
        """See `ReportsView`."""
        self.cases.show_note(report_id, words, done)
        self._chain()

    def show_proof(self, report_id: str, proof: Proof) -> None:
        """See `ReportsView`."""
        self.cases.show_proof(report_id, proof)
        self._chain()

    def show_handing(self, report_id: str, way: HandedWay) -> None:
        """See `ReportsView`."""
        self.cases.show_handing(report_id, way)
        self._chain()

    def in_sight(self) -> bool:
        """See `ReportsView`."""
        return self.isVisible() and not self.window().isMinimized()

    # -- presses

    def _do(self, deed: str) -> None:
        if deed == "report":
            self.report.emit()
        elif deed == "helplines":
            self._lead(self.help, self.help.first())
        elif deed in self._doors:
            self._doors[deed]()
        elif deed in _OWN:
            control = self.checks.lead_to(deed)
            self._lead(control, control)
        elif deed in self._deeds:
            self._deeds[deed]()

    def _case_deed(self, report_id: str, deed: str, more: object) -> None:
        """What was pressed at one report: another place on this page, a window of its own, or the presenter's."""
        case = self.cases.case(report_id)
        if deed == "numbers":
            self._lead(self.help, self.help.first())
        elif deed in ("carry", "save_file"):
            self._ask_place(report_id, deed)
        elif deed == "receipt":
            ask_receipt(self, lambda path: self.reports.do(report_id, deed, path))
        elif deed in STEPS and case is not None:
            self._steps.open(deed, case)
        else:
            self.reports.do(report_id, deed, more)

    def _ask_place(self, report_id: str, deed: str) -> None:
        """Where the locked file goes."""
        title = tr("Save a sealed copy to carry") if deed == "carry" else tr("Save the locked file")
        ask_place(self, title, file_name(report_id), lambda path: self.reports.do(report_id, deed, path))

    def _lead(self, area: QWidget, control: QWidget) -> None:
        control.setFocus(Qt.FocusReason.TabFocusReason)
        QTimer.singleShot(0, area, lambda: self._area.ensureWidgetVisible(area, 0, 24))

    def _open(self, url: str) -> None:
        if url:
            self.link_requested.emit(url)

    def _ask_discard(self, draft_id: str) -> None:
        words = tr("What you told us is gone then. It was not sent.")
        title, yes = tr("Throw this draft away?"), tr("Throw away")
        Question(
            self._ctx, self, title, words, yes, lambda: self.reports.discard(draft_id), tr("Keep it"), filled=False
        ).open()

    def show_helplines(self) -> None:
        """Lead to the numbers: somebody asked who can help now."""
        self._lead(self.help, self.help.first())

    # -- the shape

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(self.width() >= self._ctx.px(_TWO_COLUMNS))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reports.opened()

    def _arrange(self, two: bool) -> None:
        """Two columns, or one with the helplines first."""
        if two == self._two:
            return
        self._two = two
        for column in (self._left, self._right):
            # removeWidget ends the old item at once; one from takeAt lives on and keeps the widget's old heights.
            for card in (self.tip, self.topics, self.checks, self.help, self.cases):
                column.removeWidget(card)
            while column.count():
                column.takeAt(0)
        order = (
            ((self.tip, self.topics, self.checks), (self.help, self.cases))
            if two
            else ((self.help, self.tip, self.topics), (self.cases, self.checks))
        )
        for column, widgets in zip((self._left, self._right), order, strict=True):
            for widget in widgets:
                column.addWidget(widget)
            if two or column is self._right:
                column.addStretch(1)
        way = QBoxLayout.Direction.LeftToRight if two else QBoxLayout.Direction.TopToBottom
        self._columns.setDirection(way)
        self._columns.setStretch(0, 1 if two else 0)
        width = self._ctx.px(_SIDE) if two else 16777215
        for widget in (self.help, self.cases):
            widget.setMaximumWidth(width)
            widget.setMinimumWidth(width if two else 0)
        shown = (*order[0], *order[1])
        self._shown = shown
        self._chain()

    def focusNextPrevChild(self, next: bool) -> bool:
        self._chain()
        return super().focusNextPrevChild(next)

    def _chain(self) -> None:
        """Tab goes as the eye does, also over what came later."""
        stops = [one for card in self._shown for one in card.findChildren(QWidget) if one.focusPolicy() & _TAB]
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)


def _now() -> datetime:
    return datetime.now().astimezone()
