"""The notice bar: one note at a time over the messages, in the program's own chrome, where no message can draw."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from messenger.domain.notice import Notice, NoticeButton
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.notices import words
from messenger.ui.notices.top import BarTop, edges
from messenger.ui.notices.why import LINE, NoticeLink, WhyPanel
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import NOTICE, REPORT, Button, IconButton
from messenger.ui.widgets.labels import TextLabel

_REPORTS = frozenset(("block_and_report", "report", "add_to_report"))
_WAYS = "ways_out"


class NoticeBar(Card):
    """Draws a `Notice`. `pressed` tells a button's id, `closed` the x, `way` a chosen sentence, `useful` an answer."""

    pressed = Signal(str)
    closed = Signal()
    way = Signal(str)
    useful = Signal(bool)
    left = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "notice", "notice-line", 1, 12, 0)
        self._buttons: dict[str, Button] = {}
        self._ways: tuple[str, ...] = ()
        a11y.name(self, "notice", tr("Note from Robin"))
        self.column.setSpacing(0)
        self.sentence = TextLabel(ctx, "", "body", LINE, weight=600)
        self.second = TextLabel(ctx, "", "secondary", LINE)
        self.close_button = IconButton(ctx, "x", tr("Close this note"), "notice.close", size=44)
        self.close_button.set_role(LINE)
        self.close_button.clicked.connect(self.closed)
        self.top = BarTop(ctx, (self.sentence, self.second), self.close_button)
        self._below = QVBoxLayout()
        self._below.setSpacing(10)
        self.why_panel = WhyPanel(ctx)
        self.why_panel.useful.connect(self.useful)
        self.why_panel.hide()
        self._row = QWidget()
        self._wrap = Wrap(self._row, 8, 8, far=True)
        self.why = NoticeLink(ctx, tr("Why this note?"), "notice.why")
        self.why.clicked.connect(self.turn_why)
        self._wrap.addWidget(self.why)
        self._below.addWidget(self._row)
        self._below.addWidget(self.why_panel)
        self.column.addWidget(self.top)
        self.column.addLayout(self._below)
        self._place()
        ctx.changed.connect(self._place)

    def show_notice(self, notice: Notice, reason: str = "", hidden: Sequence[str] = ()) -> None:
        """Show this one; `hidden` are ids of buttons that make no sense here."""
        self.sentence.setText(words.sentence(notice.text))
        self.second.setText(words.second_line(notice.rule))
        self._fill([one for one in notice.buttons if one.id not in hidden])
        self.why_panel.show_notice(notice, reason)
        self._open_why(False)
        self.setAccessibleDescription(words.sentence(notice.text))

    def set_ways(self, ways: Sequence[str]) -> None:
        """The sentences behind "Ways to say no"."""
        self._ways = tuple(ways)

    def button(self, ident: str) -> Button | None:
        """The button of an action, if it is there."""
        return self._buttons.get(ident)

    def stops(self) -> list[QWidget]:
        """What the keyboard comes to, as the eye does."""
        return [self.close_button, *self._buttons.values(), self.why, self.why_panel.yes, self.why_panel.no]

    def first(self) -> QWidget:
        """Where F6 lands: the first thing to do, and not the x."""
        return next(iter(self._buttons.values()), self.why)

    def ways_menu(self) -> QMenu:
        """The sentences to choose from. None of them is sent by choosing it."""
        menu = QMenu(self)
        menu.setAccessibleName(tr("Ways to say no"))
        menu.setObjectName("notice.ways")
        for one in self._ways:
            action = menu.addAction(one.replace("&", "&&"))
            action.triggered.connect(lambda _=False, chosen=one: self.way.emit(chosen))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def turn_why(self) -> None:
        """Open or close the reason."""
        self._open_why(self.why_panel.isHidden())

    def open_why(self) -> None:
        """Open the reason."""
        self._open_why(True)

    def _open_why(self, open_: bool) -> None:
        focus = self.focusWidget()
        if not open_ and focus is not None and self.why_panel.isAncestorOf(focus) and self.why_panel.isVisible():
            self.why.setFocus(Qt.FocusReason.OtherFocusReason)
        self.why_panel.setVisible(open_)
        state = tr("Open") if open_ else tr("Closed")
        self.why.setAccessibleDescription(state)
        self.updateGeometry()

    def _fill(self, buttons: Sequence[NoticeButton]) -> None:
        for old in self._buttons.values():
            self._wrap.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._wrap.removeWidget(self.why)
        self._buttons = {one.id: self._make(one) for one in buttons}
        for button in (*self._buttons.values(), self.why):
            self._wrap.addWidget(button)
            button.show()

    def _make(self, one: NoticeButton) -> Button:
        report = one.id in _REPORTS
        button = Button(
            self._ctx, one.label, f"notice.{one.id}", REPORT if report else NOTICE,
            icon="octagon-alert" if report else "", trailing="chevron-down" if one.id == _WAYS else "", height=44,
        )  # fmt: skip
        shrinkable(button)
        if one.id == _WAYS:
            button.setAccessibleDescription(tr("Opens a list of things to write. Nothing is sent."))
            button.clicked.connect(self._pop_up)
        else:
            button.clicked.connect(lambda: self.pressed.emit(one.id))
        return button

    def _pop_up(self) -> None:
        button = self._buttons[_WAYS]
        if not self._ways:
            self.pressed.emit(_WAYS)
            return
        menu = self.ways_menu()
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))
        menu.setActiveAction(menu.actions()[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.why_panel.isVisible():
            self._open_why(False)
        else:
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Buttons stand under the words where there is room, else at the edge."""
        start, end = self.top.fit(self.width())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._below.setContentsMargins(*edges(start, 12, end, 12, rtl))
