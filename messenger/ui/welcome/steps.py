"""The four screens: words and look, account, people, and the report button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.plain import isolate, visible
from messenger.ui.report.pick import Pick
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.settings.view import ChipRow
from messenger.ui.settings.words import bands, sizes, themes, writers
from messenger.ui.theme.context import ThemeContext
from messenger.ui.welcome.step import Door, Step
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import FILLED, Button, ReportButton
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

LONGEST_NAME = 100


class Looks(Step):
    """Which words, how large, which colours. Each holds at once."""

    changed = Signal(str, str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "looks", tr("Words and look"), tr("See what suits you. It all changes at once."))
        note = tr("Tips and notes use these words. It is not your age. It is not sent.")
        self._rows = {
            "band": ChipRow(ctx, tr("Which words suit you?"), note, "welcome.band", bands()),
            "text_size": ChipRow(ctx, tr("Text size"), "", "welcome.text_size", sizes()),
            "theme": ChipRow(ctx, tr("Colours"), "", "welcome.theme", themes()),
        }
        for key, row in self._rows.items():
            row.chosen.connect(lambda value, of=key: self.changed.emit(of, value))
        self.card(*self._rows.values())
        self.column.addStretch(1)
        self.first = self._rows["band"]

    def show_values(self, values: Mapping[str, str]) -> None:
        """Show what is set."""
        for key, row in self._rows.items():
            row.set_value(values.get(key, ""))


class AccountStep(Step):
    """The two ways to an account, or who is signed in. `wanted` carries have or new."""

    wanted = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "account", tr("Your account"), tr("You need one to chat. You can look round first."))
        self._have = Door(ctx, tr("I have an address"), tr("Sign in with it here."), "at-sign", "welcome.have")
        self._new = Door(ctx, tr("Make a new one"), tr("On a server that you know."), "user-plus", "welcome.new")
        self._have.clicked.connect(lambda: self.wanted.emit("have"))
        self._new.clicked.connect(lambda: self.wanted.emit("new"))
        self._done = Card(ctx, "accent-soft", "", padding=16)
        row = QHBoxLayout()
        row.setSpacing(12)
        self._who = TextLabel(ctx, "", "body", weight=600)
        row.addWidget(Picture(ctx, "circle-check", "ok", 20), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._who, 1)
        self._done.column.addLayout(row)
        self._done.hide()
        for one in (self._done, self._have, self._new):
            self.column.addWidget(one)
        self.column.addStretch(1)
        self.first = self._have
        self.signed_in = False

    def show_account(self, jid: str) -> None:
        """Who is signed in; '' for nobody."""
        self.signed_in = bool(jid)
        words = tr("You are signed in as {address}.").format(address=isolate(visible(jid))) if jid else ""
        self._who.setText(words)
        self._done.setVisible(bool(jid))
        self._have.setVisible(not jid)
        self._new.setVisible(not jid)
        if words and self.isVisible():
            a11y.announce(self, words)


class People(Step):
    """Who can write, a grown-up to tell, words to keep, and whose numbers are shown."""

    changed = Signal(str, str)
    private_words = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "people", tr("Your people"), tr("You choose who can write to you."))
        self._writers = ChipRow(ctx, tr("Who can write to me"), "", "welcome.who_can_write", writers())
        self._writers.chosen.connect(lambda value: self.changed.emit("who_can_write", value))
        hint = tr("A name is enough. It stays on this computer. You can leave it out.")
        self.adult = Field(ctx, tr("A grown-up I can tell"), "welcome.trusted_adult", hint)
        self.adult.edit.setMaxLength(LONGEST_NAME)
        self.adult.setContentsMargins(24, 14, 24, 14)
        note = tr("Your street, your school, a name at home. Robin asks before they go out.")
        self.words = Button(ctx, tr("See or add"), "welcome.private_words", icon="lock")
        self.words.setAccessibleName(tr("See or add my private words"))
        self.words.clicked.connect(self.private_words)
        self.country = Pick(ctx, tr("Country"), "welcome.country", empty=tr("Choose a country"))
        self.country.picked.connect(lambda code: self.changed.emit("country", code))
        self.card(
            self._writers,
            self.adult,
            _row(ctx, tr("My private words"), note, self.words),
            _row(ctx, tr("Country"), tr("Robin shows you the help numbers of this country."), self.country),
        )
        self.column.addStretch(1)
        self.first = self._writers

    def show_values(self, values: Mapping[str, str]) -> None:
        """Show what is set."""
        self._writers.set_value(values.get("who_can_write", ""))
        if not self.adult.edit.isModified():
            self.adult.set_text(values.get("trusted_adult", ""))

    def show_countries(self, countries: Sequence[tuple[str, str]], code: str) -> None:
        """The countries that have numbers, and the one in use."""
        self.country.set_choices([(one, trd(name)) for one, name in countries], code)

    def keep(self) -> None:
        """Keep the name that was written."""
        if self.adult.edit.isModified():
            self.changed.emit("trusted_adult", self.adult.text().strip())


class TheButton(Step):
    """How Report abuse looks, and the way to try it."""

    practise = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        title = tr("The report button")
        super().__init__(ctx, "button", title, tr("Use it when something feels wrong, or when you need help."))
        card = Card(ctx, "sunken", "line")
        card.column.setSpacing(16)
        picture = _Likeness(ctx)
        card.column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        told = TextLabel(ctx, tr("It looks like this."), "secondary", "muted", align=Qt.AlignmentFlag.AlignHCenter)
        card.column.addWidget(told)
        self.column.addWidget(card)
        self.column.addWidget(TextLabel(ctx, tr("This is the report button. It is always here."), "body", weight=600))
        key = tr("You find it on every page. The key F8 opens it too.")
        self.column.addWidget(TextLabel(ctx, key, "body"))
        self.column.addSpacing(4)
        self.column.addWidget(TextLabel(ctx, tr("Try it now: nothing is sent."), "body", weight=600))
        self.go = Button(ctx, tr("Practise now"), "welcome.practise", FILLED, height=44)
        self.go.clicked.connect(self.practise)
        shrinkable(self.go)
        self.column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)
        self.first = self.go


class _Likeness(QWidget):
    """A picture of Report abuse, for the eye alone: the real one is in its own place and opens a real report."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        self._ctx, self._picture = ctx, QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        ctx.changed.connect(self._renew)
        self._renew()

    def sizeHint(self) -> QSize:
        return self._picture.deviceIndependentSize().toSize()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def _renew(self) -> None:
        # A new one each time: one that was never shown does not hear that its words grew.
        button = ReportButton(self._ctx, "welcome.likeness")
        button.resize(button.sizeHint())
        self._picture = button.grab()
        button.deleteLater()
        self.updateGeometry()
        self.update()


def _row(ctx: ThemeContext, words: str, note: str, control: QWidget) -> QWidget:
    """Words and a note, and the control beside or below them."""
    row = QWidget()
    column = QVBoxLayout(row)
    column.setContentsMargins(24, 14, 24, 14)
    column.setSpacing(4)
    column.addWidget(TextLabel(ctx, words, "body", weight=500))
    column.addWidget(TextLabel(ctx, note, "secondary", "muted"))
    column.addSpacing(4)
    place = QWidget()
    Wrap(place).addWidget(control)
    column.addWidget(place)
    return row
