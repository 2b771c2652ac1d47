"""The five marks of a report: past with a tick, the present one as a ring, what is to come hollow; all of it in words too."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.safety.cases import Mark, Reach
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.paint import box

_MARK, _STANDING = 20, 300


class Timeline(QWidget):
    """Lies in a row where there is room; stands as a column in a narrow place or with large text."""

    def __init__(self, ctx: ThemeContext, marks: tuple[Mark, ...], ident: str) -> None:
        super().__init__()
        self._ctx, self._marks = ctx, marks
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        a11y.name(self, ident, " ".join(self._said(one) for one in marks))
        ctx.changed.connect(self.updateGeometry)

    @staticmethod
    def _said(mark: Mark) -> str:
        if mark.reach is Reach.FUTURE:
            return tr("{mark}: not yet.").format(mark=mark.word)
        when = tr("{mark}: {day}.").format(mark=mark.word, day=mark.day)
        return tr("{words} This is where it is now.").format(words=when) if mark.reach is Reach.PRESENT else when

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._stands(width):
            return (self._ctx.line("secondary") + 12) * len(self._marks)
        return _MARK + 6 + self._ctx.line("meta") * 2 + 2

    def sizeHint(self) -> QSize:
        return QSize(340, self.heightForWidth(340))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.heightForWidth(340))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._stands(self.width()):
            self._column(painter)
        else:
            self._row(painter)
        painter.end()

    def _stands(self, width: int) -> bool:
        return width < self._ctx.px(_STANDING)

    def _row(self, painter: QPainter) -> None:
        count, mirrored = len(self._marks), self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        cell = self.width() / count
        at = [cell * (count - n - 0.5 if mirrored else n + 0.5) for n in range(count)]
        for n in range(count - 1):
            painter.setPen(QPen(self._line_colour(n), 2))
            painter.drawLine(QPointF(at[n], _MARK / 2), QPointF(at[n + 1], _MARK / 2))
        meta, y = self._ctx.line("meta"), _MARK + 6
        for n, mark in enumerate(self._marks):
            self._mark(painter, QPointF(at[n], _MARK / 2), mark)
            left = at[n] - cell / 2
            strong = self._ctx.font("meta", weight=700 if mark.reach is Reach.PRESENT else 500)
            role = "muted" if mark.reach is Reach.FUTURE else "text"
            self._words(painter, QRectF(left, y, cell, meta), mark.word, strong, role, Qt.AlignmentFlag.AlignHCenter)
            day = self._ctx.font("meta", tabular=True)
            self._words(
                painter, QRectF(left, y + meta, cell, meta), mark.day, day, "muted", Qt.AlignmentFlag.AlignHCenter
            )

    def _column(self, painter: QPainter) -> None:
        step = self._ctx.line("secondary") + 12
        for n in range(len(self._marks) - 1):
            painter.setPen(QPen(self._line_colour(n), 2))
            painter.drawLine(QPointF(_MARK / 2, (n + 0.5) * step), QPointF(_MARK / 2, (n + 1.5) * step))
        for n, mark in enumerate(self._marks):
            self._mark(painter, QPointF(_MARK / 2, (n + 0.5) * step), mark)
            words = tr("{mark}, {day}").format(mark=mark.word, day=mark.day) if mark.day else mark.word
            font = self._ctx.font("secondary", weight=700 if mark.reach is Reach.PRESENT else 500)
            role = "muted" if mark.reach is Reach.FUTURE else "text"
            area = QRectF(_MARK + 12, n * step, self.width() - _MARK - 12, step)
            self._words(painter, area, words, font, role, Qt.AlignmentFlag.AlignLeft)

    def _words(
        self, painter: QPainter, area: QRectF, words: str, font: QFont, role: str, side: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._ctx.colour(role))
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), words)

    def _line_colour(self, n: int) -> QColor:
        reach = self._marks[n + 1].reach
        return self._ctx.colour({Reach.PAST: "ok", Reach.PRESENT: "accent", Reach.FUTURE: "line-strong"}[reach])

    def _mark(self, painter: QPainter, centre: QPointF, mark: Mark) -> None:
        area = QRectF(centre.x() - _MARK / 2, centre.y() - _MARK / 2, _MARK, _MARK)
        if mark.reach is Reach.PAST:
            box(painter, area, self._ctx.colour("ok"), None, 0, _MARK / 2)
            pixmap = self._ctx.pixmap("check", "window", 14, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(area.left() + 3, area.top() + 3), pixmap)
        elif mark.reach is Reach.PRESENT:
            box(painter, area, self._ctx.colour("raised"), self._ctx.colour("accent"), 6, _MARK / 2)
        else:
            box(painter, area, self._ctx.colour("raised"), self._ctx.colour("field-border"), 1, _MARK / 2)
