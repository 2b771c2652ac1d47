"""A helpline in one row: who, for whom, the number to copy and the page to open."""

from __future__ import annotations

from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from messenger.domain.jurisdiction import HelpLine
from messenger.i18n import tr, trd
from messenger.ui import a11y, times
from messenger.ui.plain import isolate, visible
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button, IconButton
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

_ICONS = {
    "emergency": "siren",
    "helpline": "message-square-heart",
    "report": "shield",
    "police": "shield",
    "take_down": "image-off",
    "advice": "info",
}


class NumberButton(Button):
    """A number that is copied when it is pressed; on a computer that is what helps."""

    def __init__(self, ctx: ThemeContext, number: str, name: str, ident: str) -> None:
        super().__init__(ctx, number, ident, LINK, trailing="copy", height=44)
        self._number, self._name = number, name
        self._say(number)
        self.clicked.connect(self.copy)

    def copy(self) -> None:
        """Put the number on the clipboard and say so."""
        QGuiApplication.clipboard().setText(self._number)
        self._say(tr("Copied"))
        a11y.announce(self, tr("Copied: {number}").format(number=self._number))

    def leaveEvent(self, event: object) -> None:
        super().leaveEvent(event)  # type: ignore[arg-type]
        self._say(self._number)

    def _say(self, words: str) -> None:
        self.set_words(words, tr("Copy the number of {name}: {number}").format(name=self._name, number=self._number))


def origin_words(line: HelpLine) -> str:
    """Where a number is from and when it was looked at: checked by a person, or seen there without that."""
    source = isolate(visible(urlsplit(line.source_url).hostname or "").removeprefix("www."))
    date = times.date_words(line.checked_on)
    if line.by_person:
        return tr("Checked on {date}, {source}").format(date=date, source=source)
    return tr("Seen on {date}, {source}").format(date=date, source=source)


class _Place(QWidget):
    """As wide as the button of a web page, which this line has not."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        self._ctx = ctx

    def sizeHint(self) -> QSize:
        return IconButton.size_at(self._ctx)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


class HelpRow(QWidget):
    """One helpline. `opened` asks the window to open a web page, which asks the person first.

    `dated`: it says where the number is from, when it was looked at, and whether a person checked it. `in_list`: others
    stand above or below, and the numbers end in one line.
    """

    opened = Signal(str)

    def __init__(
        self, ctx: ThemeContext, line: HelpLine, ident: str, dated: bool = False, in_list: bool = False
    ) -> None:
        super().__init__()
        self._ctx, self._in_list = ctx, in_list
        danger = line.kind == "emergency"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(
            Picture(ctx, _ICONS.get(line.kind, "info"), "report-text" if danger else "muted"),
            0,
            Qt.AlignmentFlag.AlignTop,
        )
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(TextLabel(ctx, self._name(line), "body", weight=600))
        if line.detail:
            column.addWidget(TextLabel(ctx, trd(line.detail), "secondary", "muted"))
        if line.stale:
            column.addWidget(TextLabel(ctx, tr("This may be old. Check this number."), "secondary", weight=600))
        if dated and line.checked_on:
            column.addWidget(TextLabel(ctx, origin_words(line), "meta", "muted"))
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._both.setSpacing(8)
        self._both.addWidget(words, 1)
        self._deeds = self._ways(line, ident, danger)
        self._both.addWidget(self._deeds)
        row.addLayout(self._both, 1)

    def _ways(self, line: HelpLine, ident: str, danger: bool) -> QWidget:
        """What can be done: copy the number, open the page."""
        ways, name = QWidget(), self._name(line)
        wrap = Wrap(ways, 8, 0)
        if line.number:
            number = NumberButton(self._ctx, line.number, name, f"{ident}.number")
            if danger:
                number.set_role("report-text")
            wrap.addWidget(number)
        if line.url:
            words = tr("Open the web page of {name}").format(name=name)
            page: QPushButton
            if line.number:
                page = IconButton(self._ctx, "external-link", words, f"{ident}.page")
            else:
                page = Button(self._ctx, tr("Web page"), f"{ident}.page", LINK, trailing="external-link", height=44)
                page.setAccessibleName(words)
            page.clicked.connect(lambda: self.opened.emit(line.url))
            wrap.addWidget(page)
        elif self._in_list and line.number:
            wrap.addWidget(_Place(self._ctx))
        return ways

    @staticmethod
    def _name(line: HelpLine) -> str:
        return tr("In danger now") if line.kind == "emergency" else trd(line.name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() - self._deeds.sizeHint().width() >= self._ctx.px(190)
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._both.direction() != way:
            self._both.setDirection(way)
