"""The part of the settings about the lock: what it does and does not do, the PIN, and when Robin locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from messenger.domain.events import LockChanged
from messenger.domain.lock import LockState
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.lock.dialog import Deed, PinDialog
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel

if TYPE_CHECKING:
    from messenger.ui.border import Engine


class LockRow(QWidget):
    """Words about the lock and its buttons. `wanted` carries a `Deed`."""

    wanted = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        self.ctx = ctx
        a11y.name(self, "settings.lock", tr("Lock"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        self._now = TextLabel(ctx, "", "body", weight=500)
        column.addWidget(self._now)
        for words in (
            tr("A PIN keeps people at this computer out of Robin. It hides names, words and how many messages came."),
            tr("It does not hide that Robin is here. Someone who can change this computer may get past it."),
            tr("Your chats are also stored in a locked file. The key is kept by this computer, not made from the PIN."),
        ):
            column.addWidget(TextLabel(ctx, words, "secondary", "muted"))
        buttons = QWidget()
        wrap = Wrap(buttons, 12, 8)
        self._buttons = {
            Deed.SET: Button(ctx, tr("Set a PIN"), "settings.lock.set"),
            Deed.CHANGE: Button(ctx, tr("Change the PIN"), "settings.lock.change"),
            Deed.REMOVE: Button(ctx, tr("Take the lock off"), "settings.lock.remove"),
        }
        for deed, button in self._buttons.items():
            button.clicked.connect(lambda _=False, to=deed: self.wanted.emit(to.value))
            wrap.addWidget(button)
        self._lock = Button(ctx, tr("Lock now"), "settings.lock.now", icon="lock")
        self._lock.clicked.connect(self._lock_now)
        wrap.addWidget(self._lock)
        column.addWidget(buttons)
        self.show_set(False)

    def show_set(self, is_set: bool) -> None:
        """Whether there is a PIN."""
        self._now.setText(tr("A PIN is set. Ctrl and L locks Robin now.") if is_set else tr("No PIN is set."))
        for deed, button in self._buttons.items():
            button.setVisible((deed is Deed.SET) is not is_set)
        self._lock.setVisible(is_set)

    def _lock_now(self) -> None:
        """The window's own action, which its key does too."""
        action = self.window().findChild(QAction, "action.lock_now")
        if action is not None:
            action.trigger()

    def first(self) -> QWidget:
        """The control to begin with."""
        return next(one for one in self._buttons.values() if not one.isHidden())


class LockPresenter(QObject):
    """Asks whether a PIN is set, shows it, and opens the dialog."""

    def __init__(self, ctx: ThemeContext, engine: Engine, row: LockRow, more: tuple[QWidget, ...]) -> None:
        super().__init__(row)
        self._ctx, self._engine, self._row, self._more = ctx, engine, row, more
        row.wanted.connect(self._open)
        engine.on(LockChanged, lambda _event: self.load())
        self.load()

    def load(self) -> None:
        """Ask anew."""
        self._engine.call(lambda hub: hub.lock.state(), self._got)

    def _got(self, state: LockState) -> None:
        had = self._row.isAncestorOf(self._row.window().focusWidget()) if self._row.window().focusWidget() else False
        self._row.show_set(state.is_set)
        for one in self._more:
            one.setVisible(state.is_set)
        if had:
            self._row.first().setFocus()

    def _open(self, deed: str) -> None:
        PinDialog(self._ctx, self._engine, self._row.window(), Deed(deed)).open()
