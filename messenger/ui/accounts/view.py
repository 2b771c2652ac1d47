"""The account dialog: sign in with an address, make one on a server, or skip. Report abuse works from here too."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.accounts.presenter import AccountPresenter
from messenger.ui.border import Engine
from messenger.ui.side import Side
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import ErrorSummary, Surface
from messenger.ui.widgets.buttons import FILLED, LINK, Button, ReportButton
from messenger.ui.widgets.choices import CheckBox
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.radios import RadioCard, group
from messenger.ui.widgets.ring import FocusRing


class AccountDialog(QDialog):
    """960 x 680 at 100 %. Closes by itself when signed in."""

    def __init__(
        self, ctx: ThemeContext, engine: Engine, report: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.setWindowTitle(tr("Your account"))
        self.setAccessibleName(tr("Your account"))
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._side = Side(ctx, "signin.report", report, tr("This works before you sign in, too."))
        outer.addWidget(self._side)
        outer.addWidget(self._make_form(report), 1)
        self.resize(960, 680)
        self.setMinimumSize(340, 420)
        self._ring = FocusRing(ctx, self)
        self.presenter = AccountPresenter(engine, self)
        # The form comes first for the keyboard, Report abuse last, as in the rail.
        QWidget.setTabOrder(self._small_report, self._side.report)
        self.sign_in_card.radio.setFocus(Qt.FocusReason.OtherFocusReason)
        self.finished.connect(self.deleteLater)

    def fields(self) -> dict[str, Field]:
        """The fields by id, for errors."""
        return {
            "address": self.address,
            "password": self.password,
            "server": self.server,
            "name": self.new_name,
            "new_password": self.new_password,
        }

    def choice(self) -> str:
        """sign_in, register, or '' while nothing is chosen."""
        if self.sign_in_card.radio.isChecked():
            return "sign_in"
        return "register" if self.register_card.radio.isChecked() else ""

    def show_errors(self, errors: list[tuple[str, str]]) -> None:
        """Words in the summary and beside the fields."""
        for ident, field in self.fields().items():
            field.set_error(next((words for at, words in errors if at == ident), ""))
        self.summary.show_errors(errors)
        if errors:
            self._scroll.ensureWidgetVisible(self.summary)

    def show_working(self, words: str) -> None:
        """Say what is under way, or nothing."""
        self.progress.setText(words)
        self.progress.setVisible(bool(words))
        if words:
            a11y.announce(self, words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._small_report.setVisible(not self._side.fit(self.width()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not isinstance(self.focusWidget(), Button):
            self.go.click()
        else:
            super().keyPressEvent(event)

    def _make_form(self, report: Callable[[], None]) -> QWidget:
        ctx = self._ctx
        form = Surface(ctx, "window")
        outer = QVBoxLayout(form)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = Surface(ctx, "window")
        column = QVBoxLayout(ground)
        column.setContentsMargins(56, 56, 56, 24)
        column.setSpacing(12)
        column.addWidget(TextLabel(ctx, tr("Your account"), "page-title"))
        column.addWidget(TextLabel(ctx, tr("How do you want to start?"), "message", "muted"))
        self.summary = ErrorSummary(ctx)
        self.summary.chosen.connect(
            lambda ident: self.fields()[ident].edit.setFocus() if ident in self.fields() else None
        )
        column.addWidget(self.summary)
        column.addSpacing(4)
        column.addWidget(self._make_sign_in())
        column.addWidget(self._make_register())
        self._cards = group(self, [self.sign_in_card.radio, self.register_card.radio])
        column.addStretch(1)
        self._scroll.setWidget(ground)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self._make_foot(report))
        return form

    def _make_sign_in(self) -> RadioCard:
        ctx = self._ctx
        card = self.sign_in_card = RadioCard(
            ctx, tr("I have an address"), tr("Sign in with it here."), "at-sign", "signin.have"
        )
        self.address = Field(ctx, tr("Address"), "signin.address", tr("It looks like sam@example.org"))
        self.password = Field(ctx, tr("Password"), "signin.password", secret=True)
        self.remember = CheckBox(
            ctx, tr("Keep me signed in. The password stays in the key store of this computer."), "signin.remember"
        )
        self.remember.setChecked(True)
        for one in (self.address, self.password, self.remember):
            card.body_layout.addWidget(one)
        return card

    def _make_register(self) -> RadioCard:
        ctx = self._ctx
        note = tr("Make one on a server that you know.")
        card = self.register_card = RadioCard(ctx, tr("I need an address"), note, "user-plus", "signin.need")
        self.server = Field(ctx, tr("Server"), "signin.server", tr("It looks like example.org"))
        self.new_name = Field(ctx, tr("Name"), "signin.name", tr("Others see it. It need not be your real name."))
        self.new_password = Field(ctx, tr("New password"), "signin.new_password", secret=True)
        for one in (self.server, self.new_name, self.new_password):
            card.body_layout.addWidget(one)
        return card

    def _make_foot(self, report: Callable[[], None]) -> QWidget:
        ctx = self._ctx
        foot = Surface(ctx, "window", "t")
        column = QVBoxLayout(foot)
        column.setContentsMargins(56, 12, 56, 16)
        column.setSpacing(8)
        self.progress = TextLabel(ctx, "", "secondary", "muted")
        self.progress.hide()
        column.addWidget(self.progress)
        row = QHBoxLayout()
        row.setSpacing(24)
        self.go = Button(ctx, tr("Continue"), "signin.go", FILLED, height=44)
        self.skip = Button(ctx, tr("Skip for now"), "signin.skip", LINK, height=44)
        self.skip.clicked.connect(self.reject)
        row.addWidget(self.go)
        row.addWidget(self.skip)
        row.addStretch(1)
        self._small_report = ReportButton(ctx, "signin.report.small")
        self._small_report.clicked.connect(lambda: report())
        self._small_report.hide()
        row.addWidget(self._small_report)
        column.addLayout(row)
        return foot
