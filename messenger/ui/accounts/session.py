"""Which account the window shows and how its connection stands, told to whoever needs it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from messenger.domain.account import Account, ConnectionState, Show
from messenger.domain.errors import AccountError, RobinError, WrongPassword
from messenger.domain.events import AccountsChanged, ConnectionChanged
from messenger.i18n import tr, trd
from messenger.ui.accounts.header import AccountHeader
from messenger.ui.border import Engine
from messenger.ui.widgets.blocks import ConnectionBar

_PATIENCE_MS = 1_500  # a connection that is there by then was never worth a word


class Session(QObject):
    """The presenter of the account header and the connection bar."""

    account_changed = Signal(str)
    sign_in_wanted = Signal()

    def __init__(self, engine: Engine, header: AccountHeader, bar: ConnectionBar) -> None:
        super().__init__(header)
        self._engine, self._header, self._bar = engine, header, bar
        self.account: Account | None = None
        self.state = ConnectionState.OFFLINE
        self.known = False
        self._reason: RobinError | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._say)
        engine.on(AccountsChanged, lambda _: self.load())
        engine.on(ConnectionChanged, self._connection)
        header.status_changed.connect(self._set_status)
        header.show_changed.connect(self._set_show)
        header.sign_out_wanted.connect(self._sign_out)
        header.sign_in_wanted.connect(self.sign_in_wanted)
        bar.pressed.connect(self._pressed)

    def load(self) -> None:
        """Ask which account is active."""
        self._engine.call(lambda hub: hub.accounts.active(), self._got)

    def _got(self, account: Account | None) -> None:
        before = self.account.jid if self.account is not None else ""
        first, self.known = not self.known, True
        self.account = account
        if account is None:
            self.state, self._reason = ConnectionState.OFFLINE, None
            self._show()
        else:
            self._engine.call(lambda hub: hub.accounts.state(account.jid), self._got_state)
        now = account.jid if account is not None else ""
        if first or now != before:
            self.account_changed.emit(now)

    def _got_state(self, state: ConnectionState) -> None:
        self.state = state
        self._show()

    def _connection(self, event: ConnectionChanged) -> None:
        if self.account is not None and event.account == self.account.jid:
            self.state, self._reason = event.state, event.reason
            self._show()

    def _show(self) -> None:
        self._header.show_account(self.account, self.state)
        if self.state in {ConnectionState.CONNECTING, ConnectionState.RECONNECTING} and not self._bar.words():
            self._patience.start()
        else:
            self._patience.stop()
            self._say()

    def _say(self) -> None:
        words, button = "", ""
        if self.account is not None:
            if self.state is ConnectionState.FAILED:
                words, button = _reason_words(self._reason), tr("Try again")
                if isinstance(self._reason, WrongPassword):
                    button = tr("Sign in")
            elif self.state is ConnectionState.RECONNECTING:
                words, button = tr("No connection. Robin keeps trying. Your messages wait here."), tr("Try now")
            elif self.state is ConnectionState.CONNECTING:
                words = tr("Connecting. Your messages wait here.")
        self._bar.say(words, button)

    def _pressed(self) -> None:
        if self.account is None or isinstance(self._reason, WrongPassword):
            self.sign_in_wanted.emit()
            return
        jid = self.account.jid
        self._engine.call(lambda hub: hub.accounts.reconnect(jid), failed=self._failed)

    def _failed(self, error: RobinError) -> None:
        self._reason = error
        self._bar.say(_reason_words(error), tr("Try again"))

    def _set_status(self, text: str) -> None:
        if self.account is not None:
            self._set(self.account.show, text)

    def _set_show(self, show: Show) -> None:
        if self.account is not None:
            self._set(show, self.account.status_text)

    def _set(self, show: Show, text: str) -> None:
        assert self.account is not None
        jid = self.account.jid
        self._engine.call(lambda hub: hub.accounts.set_presence(jid, show, text), lambda _: self.load())

    def _sign_out(self) -> None:
        if self.account is not None:
            jid = self.account.jid
            self._engine.call(lambda hub: hub.accounts.sign_out(jid), lambda _: self.load())


def _reason_words(reason: RobinError | None) -> str:
    error = reason if reason is not None else AccountError()
    return f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields)
