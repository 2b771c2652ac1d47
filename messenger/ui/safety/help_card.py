"""Need to talk now? The numbers of the chosen country, and the settings check below it or beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.jurisdiction import CountryCard
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.report.helprow import HelpRow
from messenger.ui.report.pick import Pick
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.fields import LineEdit
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

FIRST = 4
"""Numbers shown before all of them are asked for."""


class ListCard(Card):
    """A card with a head and rows between hairlines."""

    def __init__(self, ctx: ThemeContext, title: str, ident: str) -> None:
        super().__init__(ctx, "raised", "line", 1, 12, 0)
        self.ctx = ctx
        self.column.setSpacing(0)
        self.head = QWidget()
        self.head_row = Wrap(self.head, 16, 4, far=True)
        self.head_row.setContentsMargins(16, 8, 16, 8)
        self.head.setMinimumHeight(52)
        self.title = TextLabel(ctx, title, "section")
        self.title.setMinimumHeight(36)
        self.head_row.addWidget(self.title)
        self.column.addWidget(self.head)
        a11y.name(self, ident, title)
        self._rows: list[QWidget] = []

    def clear(self) -> None:
        """Take all rows away."""
        for row in self._rows:
            self.column.removeWidget(row)
            row.hide()
            row.setParent(None)
            row.deleteLater()
        self._rows = []

    def add(self, row: QWidget, margins: tuple[int, int, int, int] = (16, 4, 16, 4)) -> None:
        """A row at the end, below a hairline."""
        line, ground = Line(self.ctx), QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(*margins)
        column.addWidget(row)
        for one in (line, ground):
            self.column.addWidget(one)
            self._rows.append(one)


class HelpCard(ListCard):
    """The numbers of a country."""

    country = Signal(str)
    opened = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("Need to talk now?"), "help")
        self._card: CountryCard | None = None
        self._countries: tuple[tuple[str, str], ...] = ()
        self._all = False
        self.pick = Pick(ctx, tr("Country"), "help.country", LINK, empty=tr("Choose a country"), height=36)
        self.pick.set_role("muted")
        self.pick.picked.connect(self.country)
        self.head_row.addWidget(self.pick)

    def show_card(self, card: CountryCard, countries: tuple[tuple[str, str], ...]) -> None:
        """A country's numbers."""
        self._countries = countries
        self.pick.set_choices([(code, trd(name)) for code, name in countries], card.code)
        self._card = card
        self.clear()
        lines = card.lines if self._all else card.lines[:FIRST]
        for line in lines:
            row = HelpRow(self.ctx, line, f"help.{line.id}", dated=True, in_list=True)
            row.opened.connect(self.opened)
            self.add(row)
        if len(card.lines) > FIRST:
            words = tr("Show fewer") if self._all else tr("Show all numbers")
            more = Button(
                self.ctx, words, "help.all", LINK, icon="chevron-up" if self._all else "chevron-down", height=44
            )
            more.clicked.connect(self._turn)
            self.add(more, (16, 0, 16, 0))
        if not all(line.by_person for line in card.lines if line.checked_on):
            self.add(
                TextLabel(self.ctx, tr("A person has not checked all of these yet."), "meta", "muted"), (16, 8, 16, 8)
            )

    def _turn(self) -> None:
        self._all = not self._all
        if self._card is not None:
            self.show_card(self._card, self._countries)
            again = self.findChild(Button, "help.all")
            if again is not None:
                again.setFocus(Qt.FocusReason.OtherFocusReason)

    def first(self) -> QWidget:
        """Where the keyboard goes when the numbers are asked for."""
        return self.pick


@dataclass(frozen=True, slots=True)
class Check:
    """A setting with its words: (value, words) to choose from, and the values that keep a person safe."""

    icon: str
    words: str
    choices: tuple[tuple[str, str], ...]
    safe: tuple[str, ...]


def checks() -> dict[str, Check]:
    """The settings of the Safety page, by key."""
    return {
        "who_can_write": Check(
            "message-circle",
            tr("Who can write to me"),
            (("accepted", tr("People I accept")), ("nobody_new", tr("No one new"))),
            ("accepted", "nobody_new"),
        ),
        "links_from_new": Check(
            "link", tr("Links from new people"), (("off", tr("Off")), ("ask", tr("Ask me first"))), ("off",)
        ),
        "read_receipts": Check(
            "eye",
            tr("Who sees that I read"),
            (("contacts", tr("My people")), ("on", tr("All")), ("off", tr("No one"))),
            ("contacts", "off"),
        ),
        "typing": Check("pencil", tr("My people see me type"), (("on", tr("Yes")), ("off", tr("No"))), ("on", "off")),
        "notifications": Check(
            "bell",
            tr("Pop-ups show names and words"),
            (("on", tr("Yes")), ("private", tr("No, only that there is news")), ("off", tr("No pop-ups"))),
            ("on", "private", "off"),
        ),
    }


class SettingsCheck(ListCard):
    """Settings that keep a person safe, changed on the spot."""

    changed = Signal(str, str)
    private_words = Signal()
    block_list = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("My settings"), "checks")
        self._safe = QWidget()
        row = QHBoxLayout(self._safe)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Picture(ctx, "circle-check", "ok", 16))
        words = TextLabel(ctx, tr("All of these are safe"), "secondary", "ok", weight=600)
        row.addWidget(words)
        self._safe.hide()
        self.head_row.addWidget(self._safe)
        self._checks = checks()
        self._picks: dict[str, Pick] = {}
        for key, check in self._checks.items():
            self._picks[key] = self._row(key, check)
            if key == "links_from_new":
                self._fixed(tr("New people see when I read"), tr("Never. It stays so."))
        self.adult = LineEdit(ctx, tr("A grown-up I can tell"), "checks.trusted_adult", height=40)
        self.adult.setPlaceholderText(tr("A name"))
        self.adult.setMaxLength(100)
        self.adult.editingFinished.connect(lambda: self.changed.emit("trusted_adult", self.adult.text().strip()))
        self.add(_Turning(ctx, "users", tr("A grown-up I can tell"), self.adult), (16, 8, 16, 8))
        private = Button(ctx, tr("See or change"), "checks.private_words", LINK, height=44)
        private.setAccessibleName(tr("See or change my private words"))
        private.clicked.connect(self.private_words)
        self.add(_Turning(ctx, "lock", tr("My private words"), private), (16, 0, 16, 0))
        blocked = Button(ctx, tr("See or unblock"), "checks.block_list", LINK, height=44)
        blocked.setAccessibleName(tr("See or unblock the people I blocked"))
        blocked.clicked.connect(self.block_list)
        self.add(_Turning(ctx, "ban", tr("People I blocked"), blocked), (16, 0, 16, 0))

    def _row(self, key: str, check: Check) -> Pick:
        pick = Pick(self.ctx, check.words, f"checks.{key}", LINK, height=44)
        pick.set_choices(check.choices, "")
        pick.picked.connect(lambda value, k=key: self.changed.emit(k, value))
        self.add(_Turning(self.ctx, check.icon, check.words, pick), (16, 0, 16, 0))
        return pick

    def _fixed(self, words: str, value: str) -> None:
        """What is so for everybody and cannot be set."""
        shown = TextLabel(self.ctx, value, "control", "muted")
        shown.setMinimumHeight(44)
        self.add(_Turning(self.ctx, "eye-off", words, shown), (16, 0, 16, 0))

    def show_settings(self, values: Mapping[str, str]) -> None:
        """The values as they are kept."""
        for key, pick in self._picks.items():
            if key in values:
                pick.set_value(values[key])
        if "trusted_adult" in values and not self.adult.hasFocus():
            self.adult.setText(values["trusted_adult"])
        self._safe.setVisible(all(values.get(key) in check.safe for key, check in self._checks.items()))

    def lead_to(self, key: str) -> QWidget:
        """The control of a setting."""
        return self._picks.get(key, self.adult)


class _Turning(QWidget):
    """Words and their control, below each other where there is no room."""

    def __init__(self, ctx: ThemeContext, icon: str, words: str, control: QWidget) -> None:
        super().__init__()
        self._ctx = ctx
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(Picture(ctx, icon, "muted"))
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._both.setSpacing(4)
        self._both.addWidget(TextLabel(ctx, words, "body"), 1)
        self._both.addWidget(control)
        self._control = control
        row.addLayout(self._both, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self._ctx.px(380)
        self._both.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        if isinstance(self._control, Button):  # below its words it begins where they begin
            start = Qt.AlignmentFlag.AlignLeft if not wide else Qt.AlignmentFlag(0)
            self._both.setAlignment(self._control, start)
