""" "Notices I have seen": a list on this computer alone, with how many there were, and a way to forget them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from messenger.domain.notice import NoticeSeen
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.border import Cancel, Engine
from messenger.ui.leaf import Leaf
from messenger.ui.notices.seen_model import ROW, SeenModel, second
from messenger.ui.notices.words import sentence
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.blocks import Card, EmptyState
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.paint import Laid, box, lay_out

if TYPE_CHECKING:
    from messenger.services.hub import Hub

Index = QModelIndex | QPersistentModelIndex
MOST = 100
_PAD = 16


class SeenDelegate(QStyledItemDelegate):
    """A shield, the sentence, and below it where, when and what was done."""

    def __init__(self, ctx: ThemeContext, view: QListView) -> None:
        super().__init__(view)
        self._ctx, self._list = ctx, view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        wide = max(160, self._list.viewport().width())
        first, below = self._lay(index.data(ROW), wide)
        return QSize(wide, round(first[1] + below[1]) + 2 * 12 + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area, ctx = QRectF(option.rect), self._ctx
        painter.save()
        painter.fillRect(area, ctx.colour("raised"))
        painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), ctx.colour("line"))
        first, below = self._lay(index.data(ROW), round(area.width()))
        size = ctx.px(18)
        mirrored = self._list.layoutDirection() == Qt.LayoutDirection.RightToLeft
        shield = ctx.pixmap("shield", "notice-icon", size, self._list.devicePixelRatioF())
        x = area.right() - _PAD - size if mirrored else area.left() + _PAD
        painter.drawPixmap(QPointF(round(x), round(area.top() + 13)), shield)
        left = area.left() + (_PAD if mirrored else _PAD + size + 12)
        painter.setPen(ctx.colour("text"))
        first[0].draw(painter, QPointF(left, area.top() + 12))
        painter.setPen(ctx.colour("muted"))
        below[0].draw(painter, QPointF(left, area.top() + 14 + first[1]))
        if option.state & QStyle.StateFlag.State_HasFocus and self._list.hasFocus():
            box(painter, area.adjusted(2, 2, -2, -2), None, ctx.colour("focus"), 2, 6)
        painter.restore()

    def _lay(self, row: NoticeSeen, width: int) -> tuple[Laid, Laid]:
        wide = max(60, width - 2 * _PAD - self._ctx.px(18) - 12)
        body = self._ctx.font("body", weight=500)
        first = lay_out(sentence(row.text), body, wide, self._ctx.line("body"))
        return first, lay_out(second(row), self._ctx.font("secondary"), wide, self._ctx.line("secondary"))


class SeenList(QListView):
    """Rows of their own height; the list scrolls by pixels."""

    def __init__(self, ctx: ThemeContext, model: SeenModel) -> None:
        super().__init__()
        self.ring_off = True
        a11y.name(self, "seen.list", tr("Notices I have seen"))
        self.setModel(model)
        self.setItemDelegate(SeenDelegate(ctx, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        ctx.changed.connect(self.scheduleDelayedItemsLayout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


class NoticeHistory(Leaf):
    """Asks for the rows when it is opened."""

    def __init__(self, ctx: ThemeContext, engine: Engine, parent: QWidget) -> None:
        super().__init__(ctx, parent, tr("Notices I have seen"), "seen")
        self._engine = engine
        self._ends: list[Cancel] = []
        self.finished.connect(lambda _: [end() for end in self._ends])
        only = tr("Only you can see this. It stays locked on this computer.")
        self.body.addWidget(TextLabel(ctx, only, "body", "muted"))
        self.counts = TextLabel(ctx, "", "body", weight=600, tabular=True)
        self.body.addWidget(self.counts)
        self.model = SeenModel()
        self.list = SeenList(ctx, self.model)
        self.list.setMinimumHeight(ctx.px(200))
        words = tr("Robin lists each note that you see here.")
        self.empty = EmptyState(ctx, "shield", tr("No notices yet"), words, ident="seen.empty")
        self._card = Card(ctx, padding=0)
        self._card.column.setContentsMargins(1, 8, 1, 8)  # the rows end before the round corners
        self._card.column.addWidget(self.list)
        self.body.addWidget(self._card, 1)
        self.body.addWidget(self.empty, 1)
        self.forget = Button(ctx, tr("Forget all of these"), "seen.forget", icon="trash-2", height=44)
        self.forget.clicked.connect(self._ask_forget)
        self.foot.addWidget(self.forget)
        for one in (self.counts, self._card, self.empty, self.forget):
            one.hide()
        self.ready(self.close_button)
        self.load()

    def load(self) -> None:
        """Ask for the rows and the counts."""

        async def ask(hub: Hub) -> tuple[tuple[NoticeSeen, ...], dict[str, int]]:
            return await hub.notices.seen(MOST), await hub.notices.counts()

        self._ends.append(self._engine.call(ask, self._got))

    def _got(self, found: tuple[tuple[NoticeSeen, ...], dict[str, int]]) -> None:
        rows, counts = found
        self.model.show_rows(rows)
        if self.forget.hasFocus() and not rows:
            self.close_button.setFocus()
        for one in (self.counts, self._card, self.forget):
            one.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.counts.setText(
            tr("Shown: {shown}. You chose something: {acted}. You closed: {dismissed}.").format(
                shown=counts.get("shown", 0), acted=counts.get("acted", 0), dismissed=counts.get("dismissed", 0)
            )
        )
        if rows:
            self.list.setCurrentIndex(self.model.index(0, 0))

    def _ask_forget(self) -> None:
        words = tr("The list is empty after that. Your messages and your private words stay.")
        title, yes, no = tr("Forget all of these?"), tr("Forget them"), tr("Keep them")
        Question(self._ctx, self, title, words, yes, self._forget_all, no, filled=False).open()

    def _forget_all(self) -> None:
        self._ends.append(self._engine.call(lambda hub: hub.notices.forget_all(), lambda _: self.load()))
