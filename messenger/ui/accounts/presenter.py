"""Decides what the account dialog does: checks what was written, signs in or registers, and says what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QObject

from messenger.domain.account import Account
from messenger.domain.errors import (
    AccountExists,
    BadCertificate,
    InvalidAddress,
    NoSecureConnection,
    RegistrationUnsupported,
    RobinError,
    ServerUnreachable,
    UnknownHost,
    WrongPassword,
)
from messenger.domain.jid import Jid
from messenger.i18n import tr, trd
from messenger.ui.border import Cancel, Engine
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.choices import CheckBox
from messenger.ui.widgets.fields import Field

# Which field a failure belongs to; '' when to none.
_SIGN_IN_FIELD: Mapping[type[RobinError], str] = {
    InvalidAddress: "address",
    WrongPassword: "password",
    UnknownHost: "address",
}
_REGISTER_FIELD: Mapping[type[RobinError], str] = {
    InvalidAddress: "name",
    UnknownHost: "server",
    AccountExists: "name",
    RegistrationUnsupported: "server",
    BadCertificate: "server",
    NoSecureConnection: "server",
    ServerUnreachable: "server",
}


class Dialog(Protocol):
    """The account dialog, as far as the presenter needs it."""

    go: Button
    remember: CheckBox

    def fields(self) -> dict[str, Field]:
        """The fields by id."""

    def choice(self) -> str:
        """What was chosen."""

    def show_errors(self, errors: list[tuple[str, str]]) -> None:
        """Show what is wrong."""

    def show_working(self, words: str) -> None:
        """Say what is under way."""

    def accept(self) -> None:
        """Close: done."""


class AccountPresenter(QObject):
    """One try at a time; a second press while one is under way does nothing."""

    def __init__(self, engine: Engine, view: Dialog) -> None:
        assert isinstance(view, QObject)
        super().__init__(view)
        self._engine, self._view = engine, view
        self._cancel: Cancel | None = None
        view.go.clicked.connect(self.go)

    def go(self) -> None:
        """Continue was pressed."""
        if self._cancel is not None:
            return
        choice = self._view.choice()
        if not choice:
            self._view.show_errors([("", tr("Choose how you want to start."))])
            return
        errors = self._check_sign_in() if choice == "sign_in" else self._check_register()
        self._view.show_errors(errors)
        if errors:
            return
        if choice == "sign_in":
            self._sign_in()
        else:
            self._register()

    def _text(self, field: str) -> str:
        return self._view.fields()[field].text()

    def _check_sign_in(self) -> list[tuple[str, str]]:
        errors = []
        if not _is_address(self._text("address")):
            errors.append(("address", tr("Write your address, like sam@example.org.")))
        if not self._text("password"):
            errors.append(("password", tr("Write your password.")))
        return errors

    def _check_register(self) -> list[tuple[str, str]]:
        errors = []
        name, server = self._text("name").strip(), self._text("server").strip()
        if not server or not _is_address(f"a@{server}"):
            errors.append(("server", tr("Write the name of a server, like example.org.")))
        elif not name or not _is_address(f"{name}@{server}"):
            errors.append(("name", tr("Write a name without spaces, like sam.")))
        if len(self._text("new_password")) < 8:
            errors.append(("new_password", tr("Write a password of 8 letters or more.")))
        return errors

    def _sign_in(self) -> None:
        jid, password = Jid.parse(self._text("address")).bare, self._text("password")
        remember = self._view.remember.isChecked()
        self._view.show_working(tr("Signing in. This can take a moment."))
        self._cancel = self._engine.call(
            lambda hub: hub.accounts.sign_in(jid, password, remember),
            self._done,
            lambda error: self._failed(error, _SIGN_IN_FIELD),
        )

    def _register(self) -> None:
        server, name = self._text("server").strip(), self._text("name").strip()
        password = self._text("new_password")
        self._view.show_working(tr("Making your account. This can take a moment."))
        self._cancel = self._engine.call(
            lambda hub: hub.accounts.register(server, name, password),
            self._done,
            lambda error: self._failed(error, _REGISTER_FIELD),
        )

    def _done(self, _: Account) -> None:
        self._cancel = None
        self._view.show_working("")
        self._view.accept()

    def _failed(self, error: RobinError, places: Mapping[type[RobinError], str]) -> None:
        self._cancel = None
        self._view.show_working("")
        words = f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields)
        self._view.show_errors([(places.get(type(error), ""), words)])


def _is_address(text: str) -> bool:
    try:
        return bool(Jid.parse(text).local)
    except InvalidAddress:
        return False
