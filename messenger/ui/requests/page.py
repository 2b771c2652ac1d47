"""The place of a request in the Chats room: a head with Report abuse, a way through all that wait, and the card."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui.conversation.request import AskCard
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import IconButton, ReportButton
from messenger.ui.widgets.labels import ElidedLabel, TextLabel
from messenger.ui.widgets.pictures import Avatar, AvatarPainter

_WIDEST, _AIRY = 560, 400  # px at 100 %
_NAME, _LEAST = 150, 96  # px at 100 %: what a name should have, and what it has at least beside Report abuse


class RequestHead(Surface):
    """72 px high at 100 %: who asks, and Report abuse at the end, as in every chat."""

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter) -> None:
        super().__init__(ctx, "window", "b")
        self.setMinimumHeight(72)
        self._ctx, self._narrow, self._stacked = ctx, False, False
        self._column = QVBoxLayout(self)
        self._column.setSpacing(4)
        row = self._row = QHBoxLayout()
        row.setSpacing(4)
        self._below = QHBoxLayout()
        self._below.addStretch(1)
        self.back = IconButton(ctx, "arrow-left", tr("Back to the chats"), "requests.back")
        self.back.hide()
        self._avatar = Avatar(ctx, avatars, 44)
        self._words = QWidget()
        words = QVBoxLayout(self._words)
        words.setContentsMargins(12, 0, 8, 0)
        words.setSpacing(0)
        words.addStretch(1)
        self.name = ElidedLabel(ctx, "", "name")
        self.second = ElidedLabel(ctx, "", "secondary", "muted")
        words.addWidget(self.name)
        words.addWidget(self.second)
        words.addStretch(1)
        self.report = ReportButton(ctx, "requests.report")
        row.addWidget(self.back)
        row.addWidget(self._avatar)
        row.addWidget(self._words, 1)
        row.addWidget(self.report)
        self._column.addStretch(1)
        self._column.addLayout(row)
        self._column.addLayout(self._below)
        self._column.addStretch(1)
        ctx.changed.connect(self._fit)
        self._fit()

    def show_who(self, address: str, name: str, second: str, icon: str) -> None:
        """Who asks, in words that are fit to show."""
        self._avatar.set_person(address, name, None, None, icon)
        self.name.setText(name)
        self.second.setText(second)
        self._fit()

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window the way back to the list is here."""
        self._narrow = narrow
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The name and the words of Report abuse stay; where the place is scarce, Report abuse ends a line of its own."""
        left = 8 if self._narrow else 24
        self._column.setContentsMargins(left, 8, 16, 8)
        self.back.setVisible(self._narrow)
        report = self.report.sizeHint().width() + 4
        room = self.width() - left - 16 - 28 - report - (self.back.sizeHint().width() if self._narrow else 0)
        whole = QFontMetricsF(self.name.label_font()).horizontalAdvance(self.name.text()) + 2
        stacked = room < min(self._ctx.px(_LEAST), whole)
        self._avatar.setVisible(room + (report if stacked else 0) >= self._ctx.px(_NAME) + 48)
        if stacked != self._stacked:
            self._stacked = stacked
            old, new = (self._row, self._below) if stacked else (self._below, self._row)
            old.removeWidget(self.report)
            new.addWidget(self.report)


class RequestPage(Surface):
    """Shows one card. `stepped` asks for the one before (-1) or after (1); `left` is Escape or Back."""

    stepped = Signal(int)
    left = Signal()
    report = Signal()

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter) -> None:
        super().__init__(ctx, "canvas")
        self.card: AskCard | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.head = RequestHead(ctx, avatars)
        self.head.back.clicked.connect(self.left)
        self.head.report.clicked.connect(self.report)
        outer.addWidget(self.head)
        self.area = QScrollArea()
        self.area.setObjectName("requests.scroll")
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = Surface(ctx, "canvas")
        across = QHBoxLayout(ground)
        self._around = across
        self._inner = QWidget()
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addStretch(1)
        self._pager = self._make_pager(ctx)
        column.addWidget(self._pager)
        self._slot = QVBoxLayout()
        column.addLayout(self._slot)
        column.addStretch(2)
        across.addStretch(0)
        across.addWidget(self._inner, 1)
        across.addStretch(0)
        self.area.setWidget(ground)
        outer.addWidget(self.area, 1)
        ctx.changed.connect(self._renew)
        self._renew()

    def show_card(self, card: AskCard) -> None:
        """Put a card in the place of the one before."""
        old, self.card = self.card, card
        if old is not None:
            self._slot.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._slot.addWidget(card)
        self.area.verticalScrollBar().setValue(0)

    def show_place(self, number: int, count: int) -> None:
        """Which of those that wait this is; nothing where it is the only one."""
        self._pager.setVisible(count > 1)
        self._where.setText(tr("Request {n} of {count}").format(n=number, count=count))
        self._before.setEnabled(number > 1)
        self._after.setEnabled(number < count)

    def _make_pager(self, ctx: ThemeContext) -> QWidget:
        host = QWidget()
        wrap = Wrap(host, 16, 4, far=True)
        self._where = TextLabel(ctx, "", "secondary", "muted", weight=600)
        wrap.addWidget(self._where)
        ways = QWidget()
        row = QHBoxLayout(ways)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._before = IconButton(ctx, "chevron-left", tr("The request before"), "requests.before", framed=True, size=44)
        self._after = IconButton(ctx, "chevron-right", tr("The next request"), "requests.after", framed=True, size=44)
        self._before.clicked.connect(lambda: self.stepped.emit(-1))
        self._after.clicked.connect(lambda: self.stepped.emit(1))
        row.addWidget(self._before)
        row.addWidget(self._after)
        wrap.addWidget(ways)
        host.hide()
        return host

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = 24 if self.width() >= self._ctx.px(_AIRY) else 12
        self._around.setContentsMargins(side, 24, side, 24)

    def _renew(self) -> None:
        self._inner.setMaximumWidth(self._ctx.px(_WIDEST))
        palette = QPalette(QApplication.palette())
        palette.setColor(QPalette.ColorRole.Window, self._ctx.colour("canvas"))
        self.area.setPalette(palette)
