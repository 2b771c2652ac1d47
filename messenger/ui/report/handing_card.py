"""How a report that was made is handed over: the locked file, and for an e-mail its address and words to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from messenger.i18n import tr
from messenger.safety.handing import EMAIL, HandedWay
from messenger.ui import a11y
from messenger.ui.plain import visible
from messenger.ui.report.wrap import shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel


def handing_card(ctx: ThemeContext, ident: str, way: HandedWay, lead: bool = True) -> Card:
    """What to do now (`lead`), and the things that it takes."""
    card = Card(ctx, "sunken", "", 0, 10, 16)
    if lead:
        card.column.addWidget(TextLabel(ctx, way.next, "body", weight=600))
    card.column.addWidget(TextLabel(ctx, tr("The locked file: {name}").format(name=way.file), "secondary", "muted"))
    if way.kind == EMAIL:
        _copy(ctx, card, ident, "address", visible(way.place), tr("Copy the address"))
        _copy(ctx, card, ident, "subject", way.subject, tr("Copy the first line"))
        _copy(ctx, card, ident, "words", way.words, tr("Copy the words"))
    else:
        _copy(ctx, card, ident, "place", visible(way.place, 400), tr("Copy the place"))
    a11y.name(card, ident, way.next)
    return card


def _copy(ctx: ThemeContext, card: Card, ident: str, part: str, words: str, button: str) -> None:
    card.column.addWidget(TextLabel(ctx, words, "body"))
    copy = Button(ctx, button, f"{ident}.{part}", LINK, icon="copy", height=44)
    copy.set_padding(0, left=True)
    shrinkable(copy)

    def put() -> None:
        QGuiApplication.clipboard().setText(words)
        a11y.announce(copy, tr("Copied"))
        copy.set_words(tr("Copied"), tr("{what}: copied").format(what=button))

    copy.clicked.connect(put)
    card.column.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)
