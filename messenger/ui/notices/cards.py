"""The quiet cards behind a notice: how to meet safely, and what to know of money. Each line names who says so."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.notice import NoticeCard
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.leaf import Leaf
from messenger.ui.report.wrap import shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import Button, IconButton
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

_KINDS = {"meet_safely": ("meet", "map-pin"), "money_safely": ("money", "coins")}


class CardDialog(Leaf):
    """Shows a card. `source` asks the window to open a page, which asks the person first."""

    source = Signal(str)
    numbers = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget, card: NoticeCard, icon: str) -> None:
        super().__init__(ctx, parent, card.title, "notice.card")
        self.body.addWidget(self._lines(card, icon), 1)
        helpers = Button(ctx, tr("Who can help now?"), "notice.card.numbers", height=44)
        shrinkable(helpers)
        helpers.clicked.connect(self.accept)
        helpers.clicked.connect(self.numbers)
        self.foot.addWidget(helpers)
        self.ready(self.close_button)
        self.fit()

    def _lines(self, card: NoticeCard, icon: str) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for number, line in enumerate(card.lines):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Picture(self._ctx, icon, "notice-icon"), 0, Qt.AlignmentFlag.AlignTop)
            said = QVBoxLayout()
            said.setSpacing(0)
            said.addWidget(TextLabel(self._ctx, line.text, "message"))
            words = tr("Based on facts from {source}").format(source=line.source)
            foot = QHBoxLayout()
            foot.addWidget(TextLabel(self._ctx, words, "meta", "muted"), 1)
            if line.source_url:
                name = tr("Open the page of {source}, line {n}").format(source=line.source, n=number + 1)
                page = IconButton(self._ctx, "external-link", name, f"notice.card.source.{number}", 28, 16)
                page.clicked.connect(lambda _=False, to=line.source_url: self.source.emit(to))
                foot.addWidget(page)
            said.addLayout(foot)
            row.addLayout(said, 1)
            column.addLayout(row)
        column.addStretch(1)
        return inside


def open_card(
    ctx: ThemeContext,
    engine: Engine,
    parent: QWidget,
    deed: str,
    numbers: Callable[[], None],
    report: Callable[[], None],
) -> None:
    """Ask for the card of an action and show it. `numbers` and `report` are what its buttons do."""
    kind, icon = _KINDS[deed]

    def got(card: NoticeCard) -> None:
        from messenger.ui.conversation.links import open_after_asking

        if any(one.isVisible() for one in parent.findChildren(CardDialog)):
            return  # pressed twice
        dialog = CardDialog(ctx, parent, card, icon)
        dialog.source.connect(lambda url: open_after_asking(ctx, dialog, url))
        dialog.numbers.connect(numbers)
        dialog.report.connect(report)
        dialog.open()

    engine.call(lambda hub: hub.notices.card(kind), got)
