"""A plain line at the top of the window for what went wrong in the background, so that no failure is silent."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from messenger.domain.errors import AccountError, RobinError
from messenger.domain.events import ConfirmRefused, TaskFailed
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

_ASKED = "call"  # the engine's name for what the window itself asked for


class TroubleBar(Surface):
    """Says what happened and what to do until it is put away. Hidden while there is nothing to say."""

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "accent-soft", "b", parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        self._words = TextLabel(ctx, "", "secondary")
        self._button = Button(ctx, tr("Close this note"), "trouble.close", LINK, height=28)
        self._button.clicked.connect(lambda: self.say(""))
        row.addWidget(Picture(ctx, "circle-alert", "text", 16))
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        a11y.name(self, "trouble", tr("Note"))
        self.hide()

    def words(self) -> str:
        """What it says now, '' when hidden."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, words: str) -> None:
        """Show these words, or hide for none."""
        self._words.setText(words)
        self.setVisible(bool(words))
        if words:
            a11y.announce(self, words)


class Troubles:
    """The bar's presenter. How the connection stands is said by the connection bar, and not twice."""

    def __init__(self, engine: Engine, bar: TroubleBar) -> None:
        self._bar = bar
        engine.on(TaskFailed, self._failed)
        engine.on(ConfirmRefused, self._refused)

    def _refused(self, _event: ConfirmRefused) -> None:
        """Nothing was confirmed; who asked is not said here, because that name is the asker's own choice."""
        self._bar.say(tr("Someone asked Robin to say that you are you. You did not start that, so Robin said no."))

    def _failed(self, event: TaskFailed) -> None:
        if isinstance(event.error, AccountError) and event.name != _ASKED:
            return
        error = event.error if event.error is not None else RobinError()
        self._bar.say(f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))
