"""The pause before a message goes out: a bar over the composer that asks once, never blocks, and never sends by itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from messenger.domain.notice import NoticeButton, Pause
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.notices import words
from messenger.ui.notices.top import BarTop, edges
from messenger.ui.notices.why import LINE
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import NOTICE, Button
from messenger.ui.widgets.choices import CheckBox
from messenger.ui.widgets.labels import TextLabel

SENDS = frozenset(("send", "send_anyway"))


class PauseBar(Card):
    """Draws a `Pause`. `pressed` tells a button's id; Escape is the same as leaving it."""

    pressed = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "notice", "notice-line", 1, 12, 0)
        self._buttons: dict[str, Button] = {}
        a11y.name(self, "pause", tr("Before you send"))
        self.column.setSpacing(0)
        self.caption = TextLabel(ctx, tr("Before you send"), "secondary", LINE)
        self.sentence = TextLabel(ctx, "", "body", LINE, weight=600)
        self.reason = TextLabel(ctx, "", "secondary", LINE)
        self.top = BarTop(ctx, (self.caption, self.sentence, self.reason))
        self._below = QVBoxLayout()
        self._below.setSpacing(8)
        self._row = QWidget()
        self._wrap = Wrap(self._row, 8, 8)
        self.rest = CheckBox(ctx, tr("Do not ask again"), "pause.rest")
        self.rest.setMinimumHeight(44)
        self._below.addWidget(self._row)
        self._below.addWidget(self.rest)
        self.column.addWidget(self.top)
        self.column.addLayout(self._below)
        self._place()
        ctx.changed.connect(self._place)

    def show_pause(self, pause: Pause, rest: str) -> None:
        """Show this one; `rest` are the words of the box "Do not ask for them again", '' where it is not offered."""
        quoted = words.quote(pause.matched)
        self.sentence.setText(tr("{sentence} {words}").format(sentence=pause.text, words=quoted).strip())
        self.sentence.set_emphasis(len(pause.text.encode("utf-16-le", "surrogatepass")) // 2)
        self.reason.setText(pause.why)
        self.rest.setChecked(False)
        self.rest.setVisible(bool(rest))
        self.rest.setText(rest.replace("&", "&&"))
        self.rest.setAccessibleName(rest)
        self._fill(pause.buttons)
        self.setAccessibleDescription(pause.text)
        self.updateGeometry()

    def button(self, ident: str) -> Button | None:
        """The button of an action, if it is there."""
        return self._buttons.get(ident)

    def stops(self) -> list[QWidget]:
        """What the keyboard comes to, as the eye does."""
        return [*self._buttons.values(), self.rest]

    def first(self) -> QWidget:
        """Where Enter and F6 lead: the first button that does not send, so that a held key sends nothing."""
        return next((button for id, button in self._buttons.items() if id not in SENDS), self)

    def _fill(self, buttons: Sequence[NoticeButton]) -> None:
        for old in self._buttons.values():
            self._wrap.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._buttons = {}
        for one in buttons:
            button = self._buttons[one.id] = Button(self._ctx, one.label, f"pause.{one.id}", NOTICE, height=44)
            shrinkable(button)
            button.clicked.connect(lambda _=False, id=one.id: self.pressed.emit(id))
            self._wrap.addWidget(button)
            button.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.pressed.emit("cancel")
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        start, end = self.top.fit(self.width())
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._below.setContentsMargins(*edges(start, 12, end, 10, rtl))
