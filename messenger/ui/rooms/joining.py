"""Join or make a group: one dialog, two ways, and the name to go in under."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from messenger.domain.errors import InvalidAddress, RobinError, RoomNameTaken, RoomPasswordWrong
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.guardian.held import offer
from messenger.ui.rooms import words
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import ErrorSummary, Surface
from messenger.ui.widgets.buttons import FILLED, LINK, Button
from messenger.ui.widgets.choices import CheckBox
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.radios import RadioCard, group
from messenger.ui.widgets.ring import FocusRing


class GroupDialog(QDialog):
    """Closes by itself when this account is in the group; `joined` then names its conversation."""

    joined = Signal(int)

    def __init__(self, ctx: ThemeContext, engine: Engine, account: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._engine, self._account, self._busy = engine, account, False
        self.setWindowTitle(tr("Join or make a group"))
        self.setAccessibleName(tr("Join or make a group"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        scroll = QScrollArea()
        a11y.name(scroll, "group.scroll", tr("Join or make a group"))
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = Surface(ctx, "window")
        column = QVBoxLayout(ground)
        column.setContentsMargins(32, 32, 32, 16)
        column.setSpacing(12)
        column.addWidget(TextLabel(ctx, tr("Join or make a group"), "page-title"))
        self.summary = ErrorSummary(ctx)
        self.summary.chosen.connect(self._to_field)
        column.addWidget(self.summary)
        self._make_cards(ctx, column)
        self.nick = Field(ctx, tr("Your name there"), "group.nick", tr("All in the group see it."))
        column.addSpacing(4)
        column.addWidget(self.nick)
        column.addStretch(1)
        scroll.setWidget(ground)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._make_foot(ctx))
        self.resize(560, 640)
        self.setMinimumSize(340, 420)
        self._ring = FocusRing(ctx, self)
        self.finished.connect(self.deleteLater)
        engine.call(lambda hub: hub.rooms.nick(account), self._named)
        self.join_card.radio.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_cards(self, ctx: ThemeContext, column: QVBoxLayout) -> None:
        self.join_card = RadioCard(ctx, tr("Join a group"), tr("You know its address."), "log-in", "group.join")
        self.address = Field(
            ctx, tr("Address of the group"), "group.address", tr("It looks like club@rooms.example.org")
        )
        self.password = Field(ctx, tr("Password, if the group has one"), "group.password", secret=True)
        for field in (self.address, self.password):
            self.join_card.body_layout.addWidget(field)
        self.make_card = RadioCard(ctx, tr("Make a group"), tr("On your own server."), "plus", "group.make")
        self.name = Field(ctx, tr("Name of the group"), "group.name")
        self.closed = CheckBox(ctx, tr("Only people I ask in can come in."), "group.closed")
        self.closed.setChecked(True)
        for part in (self.name, self.closed):
            self.make_card.body_layout.addWidget(part)
        column.addWidget(self.join_card)
        column.addWidget(self.make_card)
        self._cards = group(self, [self.join_card.radio, self.make_card.radio])

    def _make_foot(self, ctx: ThemeContext) -> QWidget:
        foot = Surface(ctx, "window", "t")
        column = QVBoxLayout(foot)
        column.setContentsMargins(32, 12, 32, 16)
        column.setSpacing(8)
        self.progress = TextLabel(ctx, "", "secondary", "muted")
        self.progress.hide()
        column.addWidget(self.progress)
        row = QHBoxLayout()
        row.setSpacing(24)
        self.go = Button(ctx, tr("Continue"), "group.go", FILLED, height=44)
        self.cancel = Button(ctx, tr("Cancel"), "group.cancel", LINK, height=44)
        self.go.clicked.connect(self._go)
        self.cancel.clicked.connect(self.reject)
        row.addWidget(self.go)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column.addLayout(row)
        return foot

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not isinstance(self.focusWidget(), Button):
            self._go()
        else:
            super().keyPressEvent(event)

    def _named(self, nick: str) -> None:
        if not self.nick.text():
            self.nick.set_text(nick)

    def _fields(self) -> dict[str, Field]:
        return {"address": self.address, "password": self.password, "name": self.name, "nick": self.nick}

    def _to_field(self, ident: str) -> None:
        if ident in self._fields():
            self._fields()[ident].edit.setFocus()

    def _show(self, ident: str = "", sentence: str = "") -> None:
        errors = [(ident, sentence)] if sentence else []
        for name, field in self._fields().items():
            field.set_error(sentence if name == ident else "")
        self.summary.show_errors(errors)

    def _go(self) -> None:
        if self._busy:
            return
        self._show()
        account, nick = self._account, self.nick.text()
        if self.join_card.radio.isChecked():
            address, password = self.address.text().strip(), self.password.text()
            self._begin()
            self._engine.call(lambda hub: hub.rooms.join(account, address, nick, password), self._done, self._failed)
        elif self.make_card.radio.isChecked():
            name, closed = self.name.text(), self.closed.isChecked()
            self._begin()
            self._engine.call(lambda hub: hub.rooms.create(account, name, nick, closed), self._done, self._failed)
        else:
            self._show("choice", tr("Choose one of the two."))

    def _begin(self) -> None:
        self._busy = True
        self.progress.setText(tr("One moment"))
        self.progress.show()

    def _end(self) -> None:
        self._busy = False
        self.progress.hide()

    def _done(self, conversation: int) -> None:
        self._end()
        self.joined.emit(conversation)
        self.accept()

    def _failed(self, error: RobinError) -> None:
        self._end()
        making = self.make_card.radio.isChecked()
        if isinstance(error, RoomNameTaken):
            self._show("nick", words.failure(error))
        elif isinstance(error, RoomPasswordWrong):
            self._show("password", words.failure(error))
        elif isinstance(error, InvalidAddress):
            said = tr("Give the group a name.") if making else tr("Write an address, like club@rooms.example.org.")
            self._show("name" if making else "address", said)
        else:
            self._show("name" if making else "address", words.failure(error))
            offer(self._ctx, self._engine, self, error)
