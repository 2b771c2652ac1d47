"""The settings page: few, plain, each with its effect at once."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from messenger import __version__
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.guardian.section import GuardianRow
from messenger.ui.lock.section import LockRow
from messenger.ui.report.wrap import Wrap
from messenger.ui.settings.tips import TipsRow
from messenger.ui.settings.words import bands, sizes, themes, writers
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.choices import Chip, Toggle
from messenger.ui.widgets.flow import FlowLayout
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.page import Page


class ChipRow(QWidget):
    """One of several words, as chips that stay pressed. None is pressed until the value is known."""

    chosen = Signal(str)

    def __init__(
        self, ctx: ThemeContext, words: str, note: str, ident: str, options: tuple[tuple[str, str], ...]
    ) -> None:
        super().__init__()
        a11y.name(self, ident, words)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 14, 24, 14)
        column.setSpacing(4)
        column.addWidget(TextLabel(ctx, words, "body", weight=500))
        if note:
            column.addWidget(TextLabel(ctx, note, "secondary", "muted"))
        column.addSpacing(4)
        flow = QWidget()
        row = FlowLayout(flow, 8)
        self._group, self._showing = QButtonGroup(self), False
        self._chips: dict[str, Chip] = {}
        for value, label in options:
            chip = self._chips[value] = Chip(ctx, label, f"{ident}.{value}", checkable=True)
            chip.setAutoExclusive(True)  # so that it is told as one of several, a radio button
            # The action of a screen reader turns a chip over without a click.
            chip.toggled.connect(lambda on, to=value: self.chosen.emit(to) if on and not self._showing else None)
            self._group.addButton(chip)
            row.addWidget(chip)
        column.addWidget(flow)

    def set_value(self, value: str) -> None:
        """Show the value."""
        if value in self._chips:
            self._showing = True
            self._chips[value].setChecked(True)
            self._showing = False

    def set_held(self, values: tuple[str, ...]) -> None:
        """These cannot be chosen now."""
        for value, chip in self._chips.items():
            chip.setEnabled(value not in values)


class ToggleRow(QWidget):
    """A switch with its words, and On or Off beside it."""

    changed = Signal(bool)

    def __init__(self, ctx: ThemeContext, words: str, note: str, ident: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 24, 12)
        row.setSpacing(12)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(TextLabel(ctx, words, "body", weight=500))
        if note:
            column.addWidget(TextLabel(ctx, note, "secondary", "muted"))
        row.addLayout(column, 1)
        self._state = TextLabel(ctx, "", "secondary", "muted")
        self._state.setWordWrap(False)
        self.toggle = Toggle(ctx, words, ident)
        row.addWidget(self._state)
        row.addWidget(self.toggle)
        self.toggle.changed.connect(self._flip)

    def set_value(self, on: bool) -> None:
        """Show the value."""
        self.toggle.setChecked(on)
        self._state.setText(tr("On") if on else tr("Off"))

    def _flip(self, on: bool) -> None:
        self.set_value(on)
        self.changed.emit(on)


class SettingsPage(Page):
    """Emits (key, value); the presenter keeps it."""

    changed = Signal(str, str)
    keys_wanted = Signal()
    private_words_wanted = Signal()
    block_list_wanted = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("Settings"), "settings")
        self._chips: dict[str, ChipRow] = {}
        self._toggles: dict[str, tuple[ToggleRow, str, str]] = {}
        self.note = TextLabel(ctx, "", "body", weight=600)
        self.note.hide()
        self.column.addWidget(self.note)
        self._make_look()
        self._make_words()
        self._make_notices()
        self._make_privacy()
        self._make_lock()
        self.guardian = GuardianRow(ctx)
        self._section(tr("Young-person mode")).addWidget(self.guardian)
        self._make_writing()
        self._make_report()
        self._make_about()
        self.column.addStretch(1)

    def show_values(self, values: Mapping[str, str]) -> None:
        """Show what is set."""
        for key, row in self._chips.items():
            row.set_value(values.get(key, ""))
        for key, (toggle, on, _off) in self._toggles.items():
            toggle.set_value(values.get(key, "") == on)

    def show_held(self, held: Mapping[str, tuple[str, ...]]) -> None:
        """By key, the values that young-person mode does not let be chosen."""
        for key, values in held.items():
            if key in self._chips:
                self._chips[key].set_held(values)
            elif key in self._toggles:
                toggle, on, off = self._toggles[key]
                toggle.toggle.setEnabled(not {on, off} & set(values))

    def show_receiver(self, words: str, note: str) -> None:
        """Who gets reports, in words; `note` is the permanent line of a hand-set receiver, or ''."""
        self._receiver.setText(words)
        self._receiver_note.setText(note)
        self._receiver_note.setVisible(bool(note))

    def _section(self, title: str) -> QVBoxLayout:
        self.column.addWidget(TextLabel(self._ctx, title, "section"))
        card = Card(self._ctx, padding=0)
        card.column.setSpacing(0)
        self.column.addWidget(card)
        return card.column

    def _add_chips(
        self, column: QVBoxLayout, key: str, words: str, note: str, options: tuple[tuple[str, str], ...]
    ) -> None:
        row = self._chips[key] = ChipRow(self._ctx, words, note, f"settings.{key}", options)
        row.chosen.connect(lambda value: self.changed.emit(key, value))
        self._put(column, row)

    def _add_toggle(self, column: QVBoxLayout, key: str, words: str, note: str, on: str, off: str) -> None:
        row = ToggleRow(self._ctx, words, note, f"settings.{key}")
        self._toggles[key] = (row, on, off)
        row.changed.connect(lambda yes: self.changed.emit(key, on if yes else off))
        self._put(column, row)

    def _add_button(self, column: QVBoxLayout, words: str, note: str, press: str, ident: str) -> Button:
        row, beside = QWidget(), QWidget()
        inner = Wrap(row, 12, 8, far=True)
        inner.setContentsMargins(24, 12, 24, 12)
        said = QVBoxLayout(beside)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(2)
        said.addWidget(TextLabel(self._ctx, words, "body", weight=500))
        if note:
            said.addWidget(TextLabel(self._ctx, note, "secondary", "muted"))
        inner.addWidget(beside)
        button = Button(self._ctx, press, ident)
        button.setAccessibleDescription(words)
        inner.addWidget(button)
        self._put(column, row)
        return button

    def _put(self, column: QVBoxLayout, row: QWidget) -> None:
        if column.count():
            column.addWidget(Line(self._ctx))
        column.addWidget(row)

    def _make_look(self) -> None:
        column = self._section(tr("Look"))
        self._add_chips(column, "theme", tr("Colours"), "", themes())
        self._add_chips(column, "text_size", tr("Text size"), "", sizes())
        self._add_toggle(column, "motion", tr("Less movement"), tr("Nothing slides or fades."), "reduced", "system")

    def _make_words(self) -> None:
        column = self._section(tr("Words that suit you"))
        note = tr("Tips and notes use these words. This is not your age and is not sent.")
        self._add_chips(column, "band", tr("Tips and notes"), note, bands())

        note = tr(
            "Once a day Robin gets one signed file. It does not say who you are or what you read. "
            "Who gives it out can see your net address, as all web sites can."
        )
        self._add_toggle(column, "new_tips", tr("Get new tips"), note, "yes", "no")
        self.tips = TipsRow(self._ctx)
        column.addWidget(self.tips)

    def _make_notices(self) -> None:
        column = self._section(tr("Notes about messages"))
        note = tr(
            "Robin looks at words on this computer only. With fewer, you see notes on threats, odd links and codes."
        )
        options = (("all", tr("All notes")), ("few", tr("Fewer notes")))
        self._add_chips(column, "notices", tr("Which notes"), note, options)
        words, note = tr("Ask me before hard words go out"), tr("You can still send them. It is only a short stop.")
        self._add_toggle(column, "harsh_words", words, note, "yes", "no")
        note = tr("Robin asks you before one of these goes to someone new.")
        button = self._add_button(column, tr("My private words"), note, tr("See or change"), "settings.private_words")
        button.clicked.connect(self.private_words_wanted)

    def _make_privacy(self) -> None:
        column = self._section(tr("New people"))
        note = tr("With no one new, requests are put away by themselves. You find them at the end of People.")
        self._add_chips(column, "who_can_write", tr("Who can write to me"), note, writers())
        note = tr("Someone is new at first. That ends when you say you know them, or after a week with lots of chat.")
        ways = (("off", tr("Off")), ("ask", tr("Ask me first")))
        self._add_chips(column, "links_from_new", tr("Links from new people"), note, ways)
        blocked = self._add_button(column, tr("People I blocked"), "", tr("See or unblock"), "settings.block_list")
        blocked.setAccessibleName(tr("See or unblock the people I blocked"))
        blocked.clicked.connect(self.block_list_wanted)
        column = self._section(tr("What others can see"))
        receipts = (("off", tr("Nobody")), ("contacts", tr("My people")), ("on", tr("Everybody")))
        note = tr("New people never see it until you accept them.")
        self._add_chips(column, "read_receipts", tr("Who sees that I have read a message"), note, receipts)
        words = tr("My people see when I am writing")
        self._add_toggle(column, "typing", words, "", "on", "off")
        shown = (("on", tr("Name and words")), ("private", tr("Only that something came")), ("off", tr("Nothing")))
        self._add_chips(column, "notifications", tr("When a message comes, show"), "", shown)

    def _make_lock(self) -> None:
        column = self._section(tr("Lock"))
        self.lock = LockRow(self._ctx)
        column.addWidget(self.lock)
        first = column.count()
        after = (
            ("off", tr("Never")),
            ("1", tr("After 1 minute")),
            ("5", tr("After 5 minutes")),
            ("15", tr("After 15 minutes")),
        )
        self._add_chips(column, "lock_after", tr("Lock by itself when I do not use Robin"), "", after)
        self._add_toggle(column, "lock_at_start", tr("Ask for the PIN when Robin opens"), "", "yes", "no")
        found = [column.itemAt(number) for number in range(first, column.count())]
        widgets = [one.widget() for one in found if one is not None]
        self.lock_more = tuple(one for one in widgets if one is not None)

    def _make_writing(self) -> None:
        column = self._section(tr("Writing"))
        words, note = (
            tr("Enter sends the message"),
            tr("Shift and Enter makes a new line. When off, Ctrl and Enter sends."),
        )
        self._add_toggle(column, "enter_sends", words, note, "yes", "no")
        button = self._add_button(column, tr("All keys"), "", tr("List of keys"), "settings.keys")
        button.clicked.connect(self.keys_wanted)

    def _make_report(self) -> None:
        column = self._section(tr("Who gets my reports"))
        inside = QVBoxLayout()
        inside.setContentsMargins(24, 16, 24, 16)
        inside.setSpacing(8)
        self._receiver = TextLabel(self._ctx, tr("Looking this up."), "body")
        self._receiver_note = TextLabel(self._ctx, "", "secondary", weight=600)
        self._receiver_note.hide()
        inside.addWidget(self._receiver)
        inside.addWidget(self._receiver_note)
        column.addLayout(inside)

    def _make_about(self) -> None:
        words = tr("Robin {version}. Free software under the GPL, version 3 or later.").format(version=__version__)
        label = TextLabel(self._ctx, words, "secondary", "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(label)
