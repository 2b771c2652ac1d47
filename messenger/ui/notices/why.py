""" "Why this note?": opens below the notice, in place. The words that were seen, the reason, and whether it was useful."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from messenger.domain.notice import Notice
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.notices import words
from messenger.ui.plain import isolate, visible
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import LINK, NOTICE, Button
from messenger.ui.widgets.labels import TextLabel

LINE = "notice-text"


class NoticeLink(Button):
    """A link on the notice's ground: underlined, because its colour alone would not tell it from words."""

    def __init__(self, ctx: ThemeContext, text: str, ident: str) -> None:
        super().__init__(ctx, text, ident, LINK, height=44)
        self.set_role(LINE)
        shrinkable(self)

    def _font(self) -> QFont:
        font = QFont(super()._font())
        font.setUnderline(True)
        return font


class WhyPanel(QWidget):
    """Shows one notice's reason. `useful` tells the answer."""

    useful = Signal(bool)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        a11y.name(self, "notice.why.panel", tr("Why this note?"))
        self.seen = TextLabel(ctx, tr("Robin saw these words:"), "secondary", LINE, weight=600)
        self.quoted = TextLabel(ctx, "", "body", "text")
        self._quote = Card(ctx, "raised", "notice-line", 1, 8, 10)
        self._quote.column.addWidget(self.quoted)
        self.reason = TextLabel(ctx, "", "body", LINE)
        self.addresses = QWidget()
        self._pair = Wrap(self.addresses, 12, 8)
        self.looked = TextLabel(ctx, "", "secondary", LINE)
        for one in (self.seen, self._quote, self.reason, self.addresses, self.looked):
            self._column.addWidget(one)
        self._column.addWidget(self._ask())
        self.addresses.hide()

    def _ask(self) -> QWidget:
        ground = QWidget()
        wrap = Wrap(ground, 8, 4)
        self.question = TextLabel(self._ctx, tr("Was this note useful?"), "secondary", LINE, weight=600)
        self.question.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.yes = Button(self._ctx, tr("Yes"), "notice.useful.yes", NOTICE, height=44)
        self.no = Button(self._ctx, tr("No"), "notice.useful.no", NOTICE, height=44)
        self.yes.clicked.connect(lambda: self.useful.emit(True))
        self.no.clicked.connect(lambda: self.useful.emit(False))
        for one in (self.question, self.yes, self.no):
            wrap.addWidget(one)
        for button in (self.yes, self.no):
            button.setAccessibleDescription(tr("Was this note useful?"))
        return ground

    def show_notice(self, notice: Notice, reason: str = "") -> None:
        """The reason of this notice; `reason` is a further sentence, such as what is odd about a link."""
        quoted = words.quote(notice.matched)
        self.quoted.setText(quoted)
        for one in (self.seen, self._quote):
            one.setVisible(bool(quoted))
        self.reason.setText(f"{words.sentence(notice.why)} {reason}".strip())
        self.looked.setText(words.looked_at(notice.matched))
        self.addresses.hide()
        self.ask(notice.useful is None)
        if notice.useful is not None:
            self.question.setText(words.thanks(False))

    def ask(self, open_: bool) -> None:
        """Whether the question is still open."""
        self.question.setText(tr("Was this note useful?"))
        for one in (self.yes, self.no):
            one.setVisible(open_)

    def thank(self, resting: bool) -> None:
        """The answer was kept."""
        self.ask(False)
        self.question.setText(words.thanks(resting))
        a11y.announce(self, self.question.text())

    def show_addresses(self, pairs: Sequence[tuple[str, str]]) -> None:
        """(whose, address) beside each other, so that they can be compared letter by letter."""
        while self._pair.count():
            item = self._pair.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for number, (whose, address) in enumerate(pairs):
            card = Card(self._ctx, "raised", "notice-line", 1, 8, 10)
            card.column.setSpacing(2)
            card.column.addWidget(TextLabel(self._ctx, whose, "secondary", "muted"))
            label = TextLabel(self._ctx, isolate(visible(address, 400)), "body", weight=600)
            a11y.name(label, f"notice.address.{number}", tr("{whose}: {address}").format(whose=whose, address=address))
            card.column.addWidget(label)
            self._pair.addWidget(card)
            card.show()
        self.addresses.setVisible(bool(pairs))
