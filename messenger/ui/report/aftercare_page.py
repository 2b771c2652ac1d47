"""The page after the case number: four choices of equal weight, none of them chosen, and what the other side sees of each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGroupBox, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.report import AftercareDeed
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.aftercare import AftercarePresenter, AftercareState, Extra
from messenger.ui.report.pages import Page
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture
from messenger.ui.widgets.radios import RadioRow
from messenger.ui.widgets.rows import CheckRow


class AftercarePage(Page):
    """Draws an `AftercareState`. Its controls stay over a refresh while the same things can be chosen."""

    moved = Signal()

    def __init__(self, ctx: ThemeContext, presenter: AftercarePresenter) -> None:
        super().__init__(ctx, "", tr("It is your choice. Nothing is done until you press the button."))
        self._presenter = presenter
        self.state = AftercareState()
        self._rows: dict[AftercareDeed, RadioRow] = {}
        self._extras: dict[str, CheckRow] = {}
        self._said = QVBoxLayout()
        self._said.setSpacing(8)
        self._choices = QVBoxLayout()
        self.column.addSpacing(16)
        self.column.addLayout(self._said)
        self.column.addLayout(self._choices)
        self._more = QVBoxLayout()
        self._more.setSpacing(8)
        self.column.addSpacing(20)
        self.column.addLayout(self._more)
        self.column.addStretch(1)
        self.errors.chosen.connect(lambda _: self._first())

    def show_aftercare(self, state: AftercareState) -> None:
        """See `AftercareView`."""
        old, self.state = self.state, state
        title = tr("What about {name} now?").format(name=state.name)
        if title != self.title.text():
            self.title.set_words(title)
        if old.ways != state.ways or not self._rows:
            self._build_ways(state)
        self._tick(state.chosen)
        if (old.done, old.trouble) != (state.done, state.trouble):
            self._build_said(state)
        self._show_extra("tell", state.tell)
        self._show_extra("room", state.room)
        self._show_extra("staff", state.staff)
        if state.missing != old.missing:
            self.show_errors([("ways", state.missing)] if state.missing else ())
        if state.done != old.done:
            self.settle()
        self.moved.emit()

    def _build_ways(self, state: AftercareState) -> None:
        _empty(self._choices)
        self._rows = {}
        box = QGroupBox()
        box.setFlat(True)
        box.setStyleSheet("QGroupBox{border:0;margin:0;padding:0}")
        a11y.name(box, "aftercare.ways", tr("What about {name} now?").format(name=state.name))
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        self._group = QButtonGroup(box)
        for way in state.ways:
            row = RadioRow(self.ctx, way.words, f"aftercare.{way.deed.value}", way.note)
            row.clicked.connect(lambda _=False, deed=way.deed: self._presenter.choose(deed))
            self._group.addButton(row)
            self._rows[way.deed] = row
            column.addWidget(row)
        self._choices.addWidget(box)

    def _tick(self, chosen: AftercareDeed | None) -> None:
        self._group.setExclusive(False)
        for deed, row in self._rows.items():
            row.setChecked(deed is chosen)
        self._group.setExclusive(True)

    def _build_said(self, state: AftercareState) -> None:
        """What was done, each with a tick; what was not, in plain words."""
        _empty(self._said)
        for number, words in enumerate((*state.done, *((state.trouble,) if state.trouble else ()))):
            bad = number >= len(state.done)
            card = Card(self.ctx, "sunken", "", 0, 10, 12)
            row = QHBoxLayout()
            row.setSpacing(12)
            picture = Picture(self.ctx, "circle-alert" if bad else "check", "text" if bad else "ok")
            row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(TextLabel(self.ctx, words, "body", weight=600), 1)
            card.column.addLayout(row)
            a11y.name(card, f"aftercare.said.{number}", words)
            self._said.addWidget(card)

    def _show_extra(self, ident: str, extra: Extra | None) -> None:
        row = self._extras.get(ident)
        if extra is None:
            if row is not None:
                row.hide()
            return
        if row is None:
            row = CheckRow(self.ctx, extra.words, f"aftercare.{ident}", extra.note)
            presenter = self._presenter
            sets = {"tell": presenter.set_tell, "room": presenter.set_room, "staff": presenter.set_staff}
            row.clicked.connect(sets[ident])
            self._extras[ident] = row
            self._more.addWidget(row)
        row.setChecked(extra.on)
        if row.isHidden() or not row.isVisible():
            self.bring(row)
        row.show()

    def _first(self) -> None:
        row = next(iter(self._rows.values()), None)
        if row is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget: QWidget | None = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
