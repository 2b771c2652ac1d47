"""Which messages should we send? The list with its counts and order, over the evidence presenter."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from messenger.domain.report import EvidenceRow
from messenger.i18n import ntr, tr
from messenger.ui import a11y
from messenger.ui.report.evidence import EvidencePresenter
from messenger.ui.report.lines_model import CONTEXT, LinesModel
from messenger.ui.report.lines_view import LinesView
from messenger.ui.report.pages import Page
from messenger.ui.report.pick import Pick
from messenger.ui.report.state import PageState
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel

_OLDEST, _NEWEST = "oldest", "newest"


class MessagesPage(Page):
    """Draws the rows (`EvidenceView`)."""

    def __init__(self, ctx: ThemeContext, state: PageState, presenter: EvidencePresenter) -> None:
        super().__init__(ctx, state.title, state.help)
        self._presenter = presenter
        self._model = LinesModel(self)
        self.list = LinesView(ctx, self._model)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.counts = TextLabel(ctx, "", "body", weight=600)
        self.all = Button(ctx, tr("Choose the whole chat"), "messages.all", LINK, height=44)
        self.order = Pick(ctx, tr("Order"), "messages.order", height=40)
        self.order.set_choices([(_OLDEST, tr("Oldest first")), (_NEWEST, tr("Newest first"))], _OLDEST)
        self.hint = TextLabel(ctx, tr("Press “goes too” to leave a line out."), "secondary", "muted")
        keeps_its_place = self.hint.sizePolicy()
        keeps_its_place.setRetainSizeWhenHidden(True)  # a tick does not move the list
        self.hint.setSizePolicy(keeps_its_place)
        self.trouble = TextLabel(ctx, "", "message")
        self.trouble.hide()
        top = QWidget()
        wrap = Wrap(top, 16, 4, far=True)
        ways = QWidget()
        pair = Wrap(ways, 16, 4)
        pair.addWidget(self.all)
        pair.addWidget(self.order)
        wrap.addWidget(self.counts)
        wrap.addWidget(ways)
        self.column.addSpacing(12)
        self.column.addWidget(top)
        self.column.addSpacing(8)
        self.column.addWidget(self.trouble)
        self.column.addWidget(self.list, 1)
        self.column.addSpacing(8)
        self.column.addWidget(self.hint)
        self.all.clicked.connect(presenter.choose_all)
        self.order.picked.connect(lambda choice: presenter.set_newest_first(choice == _NEWEST))
        self.list.toggled.connect(presenter.toggle)
        self.list.left.connect(presenter.leave_out)
        self.list.at_top.connect(presenter.near_top)
        self.list.at_end.connect(presenter.near_end)
        presenter.attach(self)

    def renew(self, state: PageState) -> None:
        """Another title or help."""
        self.set_words(state.title, state.help)

    def show_rows(self, rows: tuple[EvidenceRow, ...], keep: int | None) -> None:
        """See `EvidenceView`. With `keep` -1 only the ticks changed."""
        self.trouble.hide()
        self.list.show()
        bar = self.list.verticalScrollBar()
        place = bar.value()
        before = self._top_of(keep)
        current = self.list.row(self.list.currentIndex())
        self._model.show(rows, self._presenter.left_out)
        self.hint.setVisible(bool(self._presenter.left_out) or any(row.goes == CONTEXT for row in rows))
        self.list.doItemsLayout()
        if current is not None and (row := self._model.row_of(current.message)) >= 0:
            self.list.setCurrentIndex(self._model.index(row))
        if keep == -1:
            bar.setValue(place)
        elif keep is None:
            bar.setValue(0)
        elif (row := self._model.row_of(keep)) >= 0:
            if before is None:
                self.list.scrollTo(self._model.index(row), LinesView.ScrollHint.PositionAtCenter)
            else:
                bar.setValue(bar.value() + self.list.visualRect(self._model.index(row)).top() - before)

    def _top_of(self, message: int | None) -> int | None:
        row = -1 if message is None or message < 0 else self._model.row_of(message)
        return self.list.visualRect(self._model.index(row)).top() if row >= 0 else None

    def show_counts(self, words: str, total: int, all_chosen: bool) -> None:
        """See `EvidenceView`."""
        if words != self.counts.text():
            self.counts.setText(words)
            a11y.announce(self.counts, words)
        self.all.setVisible(total > 0)
        self.all.set_words(
            tr("Take all ticks away")
            if all_chosen
            else ntr("Choose the whole chat ({n})", "Choose the whole chat ({n})", total)
        )

    def show_trouble(self, words: str) -> None:
        """See `EvidenceView`."""
        self.trouble.setText(words)
        self.trouble.show()
        self.list.hide()
        self.hint.hide()

    def settle(self) -> None:
        super().settle()
        self.order.set_value(_NEWEST if self._presenter.newest_first else _OLDEST)
        self.list.verticalScrollBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
