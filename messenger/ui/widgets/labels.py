"""Words on the screen: plain text only, in the type scale's line heights, elided with a tool tip where it must."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.paint import lay_out, text_line


class TextLabel(QLabel):
    """Plain words that wrap. `emphasis` first characters are semi-bold; the rest takes `rest_role` if given."""

    def __init__(
        self,
        ctx: ThemeContext,
        text: str = "",
        style: str = "body",
        role: str = "text",
        weight: int | None = None,
        tabular: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._style, self._role = ctx, style, role
        self._weight, self._tabular, self._align = weight, tabular, align
        self._emphasis, self._rest_role = 0, ""
        self._laid: tuple[str, int, QTextLayout, float, float] | None = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setText(text)
        ctx.changed.connect(self._renew)
        self._renew()

    def set_role(self, role: str) -> None:
        """Take the colour of another role."""
        self._role = role
        self.update()

    def set_emphasis(self, count: int, rest_role: str = "") -> None:
        """Make the first `count` characters semi-bold, and the others `rest_role`."""
        self._emphasis, self._rest_role = count, rest_role
        self._forget()

    def setText(self, text: str) -> None:
        """Show other words."""
        super().setText(text)
        self._forget()

    def label_font(self) -> QFont:
        """The font in use at the chosen text size."""
        return self._ctx.font(self._style, self._tabular, self._weight)

    def hasHeightForWidth(self) -> bool:
        return self.wordWrap()

    def heightForWidth(self, width: int) -> int:
        return round(self._lay(width)[1]) if self.text() else 0

    def sizeHint(self) -> QSize:
        natural = self._natural()
        wide = min(natural, self._ctx.px(560)) if self.wordWrap() else natural
        return QSize(wide, self.heightForWidth(wide) or self._ctx.line(self._style))

    def minimumSizeHint(self) -> QSize:
        if self.wordWrap():
            words = self.text().split()[:40]
            metrics = QFontMetricsF(self.label_font())
            longest = max((metrics.horizontalAdvance(word[:24]) for word in words), default=0.0)
            return QSize(min(round(longest) + 2, 160), self._ctx.line(self._style))
        return QSize(min(self._natural(), 24), self._ctx.line(self._style))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.text():
            return
        painter = QPainter(self)
        area = QRectF(self.contentsRect())
        if not self.wordWrap():
            text_line(painter, area, self.text(), self.label_font(), self._ctx.colour(self._role), self._align)
            painter.end()
            return
        layout, height, _ = self._lay(round(area.width()))
        painter.setPen(self._ctx.colour(self._role))
        layout.draw(painter, QPointF(area.left(), area.top() + max(0.0, (area.height() - height) / 2)))
        painter.end()

    def _lay(self, width: int) -> tuple[QTextLayout, float, float]:
        text = self.text()
        if self._laid is None or self._laid[0] != text or self._laid[1] != width:
            formats = self._formats() if self._emphasis else None
            laid = lay_out(text, self.label_font(), width, self._ctx.line(self._style), self._align, formats)
            self._laid = (text, width, *laid)
        return self._laid[2], self._laid[3], self._laid[4]

    def _formats(self) -> list[QTextLayout.FormatRange]:
        length = len(self.text().encode("utf-16-le", "surrogatepass")) // 2
        strong = QTextLayout.FormatRange()
        strong.start, strong.length = 0, min(self._emphasis, length)
        look = QTextCharFormat()
        look.setFontWeight(QFont.Weight.DemiBold)
        strong.format = look
        made = [strong]
        if self._rest_role and length > self._emphasis:
            rest = QTextLayout.FormatRange()
            rest.start, rest.length = self._emphasis, length - self._emphasis
            other = QTextCharFormat()
            other.setForeground(self._ctx.colour(self._rest_role))
            rest.format = other
            made.append(rest)
        return made

    def _natural(self) -> int:
        metrics = QFontMetricsF(
            self.label_font() if not self._emphasis else self._ctx.font(self._style, self._tabular, 600)
        )
        longest = max((metrics.horizontalAdvance(one) for one in self.text()[:4000].split("\n")), default=0.0)
        return int(longest) + 2

    def _renew(self) -> None:
        # Qt's own font is kept equal so that a screen reader reports the size that is shown.
        self.setFont(self.label_font())
        self._forget()

    def _forget(self) -> None:
        self._laid = None
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._forget()


class ElidedLabel(TextLabel):
    """One line that is cut with an ellipsis when there is no room; then the whole stands in the tool tip."""

    def __init__(
        self,
        ctx: ThemeContext,
        text: str = "",
        style: str = "body",
        role: str = "text",
        weight: int | None = None,
        tabular: bool = False,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(ctx, text, style, role, weight, tabular, align, parent)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip(self.text() if self.is_cut() else "")
        return super().event(event)

    def set_broken(self, broken: bool) -> None:
        """Go over to more lines instead of being cut."""
        if broken != self.wordWrap():
            self.setWordWrap(broken)
            kinds = QSizePolicy.Policy
            self.setSizePolicy(kinds.Preferred, kinds.Minimum if broken else kinds.Fixed)
            self._forget()

    def is_cut(self) -> bool:
        """Whether some of the words do not fit now."""
        return not self.wordWrap() and QFontMetricsF(self.label_font()).horizontalAdvance(self.text()) > self.contentsRect().width() + 1
