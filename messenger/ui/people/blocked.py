"""The people I blocked, in a window of its own: who they are, and a way to unblock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from messenger.domain.account import Account
from messenger.domain.errors import RobinError
from messenger.domain.events import ContactsChanged
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.leaf import Leaf
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, EmptyState, Line
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel


class _Row(QWidget):
    """An address and its button, below each other where there is no room."""

    def __init__(self, ctx: ThemeContext, jid: str, unblock: Callable[[], None]) -> None:
        super().__init__()
        self._ctx = ctx
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(16, 8, 12, 8)
        self._row.setSpacing(8)
        self._row.addWidget(TextLabel(ctx, visible(jid), "body"), 1)
        button = Button(ctx, tr("Unblock"), f"blocked.unblock.{jid}", height=44)
        button.setAccessibleName(tr("Unblock {name}").format(name=visible(jid)))
        button.clicked.connect(unblock)
        self._row.addWidget(button)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._row.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self._ctx.px(340)
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


class BlockList(Leaf):
    """Of the account that is open. Unblocking holds at once; it is told to the own server only."""

    def __init__(self, ctx: ThemeContext, engine: Engine, parent: QWidget) -> None:
        super().__init__(ctx, parent, tr("People I blocked"), "blocked")
        self._engine = engine
        self._account = ""
        self._jids: tuple[str, ...] | None = None
        told = tr("They cannot write to you. They were not told. You can unblock them here.")
        self.body.addWidget(TextLabel(ctx, told, "body"))
        self._note = TextLabel(ctx, "", "body", weight=600)
        self._note.hide()
        self.body.addWidget(self._note)
        self._list = QVBoxLayout()
        self.body.addLayout(self._list)
        words = tr("When you block someone, they stand here.")
        self.empty = EmptyState(ctx, "ban", tr("You blocked no one"), words, ident="blocked.empty")
        self.empty.hide()
        self.body.addWidget(self.empty, 1)
        self.body.addStretch(1)
        self.ready(self.close_button)
        self._ends = [engine.on(ContactsChanged, self._changed), engine.call(lambda hub: hub.accounts.active(), self._got)]
        self.finished.connect(self._close)

    def jids(self) -> tuple[str, ...]:
        """Who is blocked, as it is shown."""
        return self._jids or ()

    def unblock(self, jid: str) -> None:
        """Let somebody write again. They are not told."""
        account = self._account

        def done(_: None) -> None:
            self._note.hide()
            a11y.announce(self, tr("Unblocked: {name}").format(name=visible(jid)))
            self._load()

        self._ends.append(self._engine.call(lambda hub: hub.blocking.unblock(account, jid), done, self._failed))

    def _got(self, account: Account | None) -> None:
        self._account = account.jid if account is not None else ""
        if self._account:
            self._load()
        else:
            self._show(())

    def _load(self) -> None:
        account = self._account
        self._ends.append(self._engine.call(lambda hub: hub.blocking.blocked(account), self._show))

    def _changed(self, event: ContactsChanged) -> None:
        if event.account == self._account:
            self._load()

    def _show(self, jids: tuple[str, ...]) -> None:
        if jids == self._jids:
            return  # somebody came online: the keyboard stays where it is
        self._jids = jids
        self.close_button.setFocus(Qt.FocusReason.OtherFocusReason)  # the row that was pressed goes away
        while self._list.count():
            item = self._list.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        if jids:
            card = Card(self._ctx, padding=0)
            a11y.name(card, "blocked.list", tr("People I blocked"))
            card.column.setSpacing(0)
            for number, jid in enumerate(jids):
                if number:
                    card.column.addWidget(Line(self._ctx))
                card.column.addWidget(_Row(self._ctx, jid, partial(self.unblock, jid)))
            self._list.addWidget(card)
        self.empty.setVisible(not jids)

    def _failed(self, error: RobinError) -> None:
        self._note.setText(f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))
        self._note.show()

    def _close(self, _result: int) -> None:
        for end in self._ends:
            end()
