"""A page with every shared control, for tests and to look at: ``python -m tests.ui.gallery DIR`` writes a picture a theme."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.account import Show
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets import blocks, buttons, choices, fields, labels, pictures, radios
from messenger.ui.widgets.ring import FocusRing


def gallery(ctx: ThemeContext) -> QWidget:
    """Every control once or more."""
    page = blocks.Surface(ctx, "canvas")
    columns = QHBoxLayout(page)
    columns.setContentsMargins(24, 24, 24, 24)
    columns.setSpacing(24)
    columns.addLayout(_left(ctx), 1)
    columns.addLayout(_right(ctx), 1)
    page.ring = FocusRing(ctx, page)
    page.resize(1100, 1080)
    return page


def _left(ctx: ThemeContext) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(12)
    column.addWidget(labels.TextLabel(ctx, "What is happening?", "page-title"))
    column.addWidget(labels.TextLabel(ctx, "Choose all that fit. It is fine to be not sure.", "message", "muted"))
    grid = QGridLayout()
    grid.setSpacing(12)
    words = ("Someone older or new is too friendly, or wants secrets", "Someone wants to meet me", "Something else")
    for number, (text, icon) in enumerate(zip(words, ("lock", "map-pin", "circle-question-mark"), strict=True)):
        tile = choices.Tile(ctx, text, icon, f"tile.{number}")
        tile.setChecked(number == 0)
        grid.addWidget(tile, 0, number)
    column.addLayout(grid)
    row = QHBoxLayout()
    row.setSpacing(12)
    radio = [radios.RadioRow(ctx, text, f"radio.{text}") for text in ("Yes, I am safe", "No", "I am not sure")]
    for one in radio:
        row.addWidget(one)
    radio[1].setChecked(True)
    column.addLayout(row)
    card = radios.RadioCard(ctx, "I have an address", "Sign in with it here.", "at-sign", "card.address")
    card.body_layout.addWidget(fields.Field(ctx, "Address", "field.address"))
    secret = fields.Field(ctx, "Password", "field.password", "It stays in the key store.", secret=True)
    secret.set_text("correct horse")
    card.body_layout.addWidget(secret)
    card.radio.setChecked(True)
    other = radios.RadioCard(
        ctx, "Find a provider", "See country, price and who to tell about abuse.", "compass", "card.provider"
    )
    page_group = radios.group(card, [card.radio, other.radio])
    assert page_group.checkedButton() is card.radio
    column.addWidget(card)
    column.addWidget(other)
    row = QHBoxLayout()
    row.setSpacing(16)
    row.addWidget(buttons.Button(ctx, "Continue", "continue", buttons.FILLED, height=44))
    row.addWidget(buttons.Button(ctx, "Save and come back later", "later", buttons.LINK))
    row.addStretch(1)
    row.addWidget(buttons.Button(ctx, "Hide this", "hide", buttons.QUIET, "eye-off", hint="Shift \u00d73", height=44))
    column.addLayout(row)
    row = QHBoxLayout()
    row.addWidget(blocks.ProgressBars(ctx, 9, "progress", "Question 3 of 9"))
    row.itemAt(0).widget().setValue(3)
    row.addWidget(labels.TextLabel(ctx, "Question 3 of 9", "secondary", "muted"))
    row.addWidget(buttons.Button(ctx, "I called", "called", buttons.DANGER, "phone", height=44))
    off = buttons.Button(ctx, "Not now", "off")
    off.setEnabled(False)
    row.addWidget(off)
    column.addLayout(row)
    column.addStretch(1)
    return column


def _right(ctx: ThemeContext) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(12)
    row = QHBoxLayout()
    rail = QWidget()
    QVBoxLayout(rail).addWidget(buttons.ReportButton(ctx, "report.rail", rail=True))
    row.addWidget(rail)
    row.addWidget(buttons.ReportButton(ctx))
    row.addWidget(buttons.IconButton(ctx, "search", "Search", "search"))
    row.addWidget(buttons.IconButton(ctx, "pin", "Pin", "pin", framed=True))
    row.addWidget(choices.Toggle(ctx, "Read receipts", "toggle.off"))
    on = choices.Toggle(ctx, "Typing", "toggle.on")
    on.setChecked(True)
    row.addWidget(on)
    badge = blocks.Badge(ctx)
    badge.set_number(12)
    row.addWidget(badge)
    row.addStretch(1)
    column.addLayout(row)
    row = QHBoxLayout()
    painter = pictures.AvatarPainter(ctx)
    people = (
        ("ann", Show.ONLINE),
        ("dad", Show.AWAY),
        ("leo park", Show.DND),
        ("maya", Show.OFFLINE),
        ("gran b", None),
        ("9", Show.XA),
    )
    for name, show in people:
        avatar = pictures.Avatar(ctx, painter, 44, "canvas")
        avatar.set_person(f"{name}@example.org", name, None, show)
        row.addWidget(avatar)
    row.addStretch(1)
    column.addLayout(row)
    row = QHBoxLayout()
    row.addWidget(choices.Chip(ctx, "Private things", "chip.private", "lock"))
    row.addWidget(choices.Chip(ctx, "Money", "chip.money", "coins", checkable=True))
    row.itemAt(1).widget().setChecked(True)
    row.addStretch(1)
    column.addLayout(row)
    column.addWidget(choices.CheckBox(ctx, "Keep the messages. Do not answer.", "check.keep"))
    keep = choices.CheckBox(
        ctx, "Show this page to a grown-up, with words so long that they go over to a second line here.", "check.show"
    )
    keep.setChecked(True)
    column.addWidget(keep)
    field = fields.Field(ctx, "Name", "field.name")
    field.set_error("Write a name that people call you.")
    column.addWidget(field)
    area = fields.TextArea(ctx, "In my words", "field.words", 3)
    area.setPlainText("He keeps asking about my school.\nIt feels odd.")
    column.addWidget(area)
    summary = blocks.ErrorSummary(ctx)
    summary.show_errors([("field.name", "Write a name that people call you.")])
    column.addWidget(summary)
    bar = blocks.ConnectionBar(ctx)
    bar.say("You are offline. Your messages wait here.", "Try now")
    column.addWidget(bar)
    box = blocks.Card(ctx, "sunken", "", padding=16)
    goes = labels.TextLabel(
        ctx, "Goes to: Harbour Child Safety Desk, United Kingdom. A trained person there reads it and sees your name."
    )
    goes.set_emphasis(50, "muted")
    box.column.addWidget(goes)
    column.addWidget(box)
    column.addWidget(labels.ElidedLabel(ctx, "A very long name that has no room at all " * 4, "name"))
    empty = blocks.EmptyState(
        ctx, "message-circle", "No chats yet", "Add someone you know to start.", "Add a person", "empty.chats"
    )
    column.addWidget(empty, 1)
    return column


def main(folder: str) -> None:
    """Write a picture for each theme and one at 200 %."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for choice, scale in (("light", 100), ("dark", 100), ("cream", 100), ("contrast", 100), ("light", 200)):
        ctx = ThemeContext(app, choice, scale)
        page = gallery(ctx)
        if scale > 100:
            page.resize(page.sizeHint().expandedTo(page.size()))
        page.show()
        focus = page.findChild(QWidget, "radio.No")
        focus.setFocus(Qt.FocusReason.TabFocusReason)
        app.processEvents()
        page.grab().save(str(target / f"gallery-{choice}-{scale}.png"))
        page.close()


if __name__ == "__main__":
    main(sys.argv[1])
