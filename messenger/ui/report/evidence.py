"""Which messages go: the messages page decided, over a window of rows that follows the scroll bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from messenger.domain.errors import RobinError
from messenger.domain.report import Draft, EvidencePage, EvidenceRow
from messenger.i18n import ntr, tr, trd

if TYPE_CHECKING:
    from messenger.ui.border import Engine

PAGE = 100
KEPT = 240
"""Rows held at once: more are asked for when the list is scrolled to an end."""


class EvidenceView(Protocol):
    """What draws the rows."""

    def show_rows(self, rows: tuple[EvidenceRow, ...], keep: int | None) -> None:
        """Show these rows in this order; `keep` is the message whose place on the screen stays, None for the first."""

    def show_counts(self, words: str, total: int, all_chosen: bool) -> None:
        """The line over the list."""

    def show_trouble(self, words: str) -> None:
        """A plain sentence in place of the rows."""


class EvidencePresenter:
    """The rows, the ticks and the counts. `changed` is called with each new draft, which the wizard keeps."""

    def __init__(self, engine: Engine, changed: Callable[[Draft], None]) -> None:
        self._engine, self._changed = engine, changed
        self._view: EvidenceView | None = None
        self._draft: Draft | None = None
        self._rows: list[EvidenceRow] = []
        self._page: EvidencePage | None = None
        self._older = self._newer = False
        self._busy = False
        self._asked = 0
        self.newest_first = False

    def attach(self, view: EvidenceView) -> None:
        """The page that draws."""
        self._view = view

    def open(self, draft: Draft) -> None:
        """Show the chat of `draft`, near the first chosen message."""
        self._draft = draft
        near = min(draft.chosen) if draft.chosen and not self.newest_first else None
        self._ask(around=near, first=not self.newest_first)

    @property
    def left_out(self) -> tuple[int, ...]:
        """The lines that the person took out."""
        return self._draft.left_out if self._draft is not None else ()

    def counts(self) -> str:
        """What is chosen, in words, for the check page; '' when nothing is."""
        page = self._page
        if page is None or not page.chosen:
            return ""
        words = ntr("{n} chosen", "{n} chosen", page.chosen)
        if page.context:
            if page.chosen == 1:
                around = ntr("{n} next to it", "{n} next to it", page.context)
            else:
                around = ntr("{n} next to them", "{n} next to them", page.context)
            words = tr("{chosen}, {around}").format(chosen=words, around=around)
        return words

    def count(self, draft: Draft, done: Callable[[], None]) -> None:
        """Learn the counts without showing rows, then call `done`."""
        self._draft = draft
        if draft.snapshot is None:
            self._page = None
            done()
            return

        def keep(page: EvidencePage) -> None:
            self._page = page
            done()

        self._engine.call(lambda hub: hub.reporting.lines(draft, limit=1), keep, lambda _error: done())

    def toggle(self, message: int) -> None:
        """Tick or untick a message."""
        draft = self._draft
        if draft is None:
            return
        chosen = set(draft.chosen) ^ {message}
        left = set(draft.left_out) - {message}
        self._update(replace(draft, chosen=tuple(sorted(chosen)), left_out=tuple(sorted(left))))

    def leave_out(self, message: int) -> None:
        """Take a line next to a chosen one out, or let it go again. Nothing happens to a chosen line."""
        draft = self._draft
        if draft is None or message in draft.chosen:
            return
        left = set(draft.left_out) ^ {message}
        self._update(replace(draft, left_out=tuple(sorted(left))))

    def choose_all(self) -> None:
        """Tick the whole chat; a second time takes all ticks away."""
        draft = self._draft
        if draft is None:
            return
        if self._page is not None and self._page.chosen and self._page.chosen >= self._page.total:
            self._update(replace(draft, chosen=(), left_out=()))
            return
        self._engine.call(lambda hub: hub.reporting.choose_all(draft), self._chose_all, self._trouble)

    def set_newest_first(self, newest: bool) -> None:
        """Turn the order round."""
        if newest != self.newest_first:
            self.newest_first = newest
            self._ask(first=not newest)

    def near_top(self) -> None:
        """The list is scrolled to its first row: load what comes before."""
        self._more(older=not self.newest_first)

    def near_end(self) -> None:
        """The list is scrolled to its last row: load what comes after."""
        self._more(older=self.newest_first)

    def _more(self, older: bool) -> None:
        if self._busy or not self._rows or not (self._older if older else self._newer):
            return
        draft, edge = self._draft, (self._rows[0] if older else self._rows[-1]).message
        if draft is None:
            return
        self._busy = True
        if older:
            self._engine.call(
                lambda hub: hub.reporting.lines(draft, before=edge, limit=PAGE), self._got_older, self._trouble
            )
        else:
            self._engine.call(
                lambda hub: hub.reporting.lines(draft, after=edge, limit=PAGE), self._got_newer, self._trouble
            )

    def _ask(self, around: int | None = None, first: bool = True) -> None:
        draft = self._draft
        if draft is None:
            return
        if draft.snapshot is None:
            self._say(tr("There are no messages to choose from."))
            return
        self._busy = True
        if around is not None:
            self._engine.call(
                lambda hub: hub.reporting.lines(draft, around=around, limit=PAGE),
                lambda page: self._got(page, around),
                self._trouble,
            )
        else:
            self._engine.call(
                lambda hub: hub.reporting.lines(draft, limit=PAGE, newest_first=not first),
                lambda page: self._got(page, None),
                self._trouble,
            )

    def _update(self, draft: Draft) -> None:
        """Take a changed selection: show it at once, keep it, and ask for the true counts of the rows in sight."""
        self._draft = draft
        self._changed(draft)
        self._asked += 1
        asked = self._asked
        if not self._rows:
            return
        # Twice as many around the first row: that covers all rows in sight, whatever their order.
        edge, size = self._rows[0].message, 2 * len(self._rows)

        def got(page: EvidencePage) -> None:
            if asked == self._asked:
                self._again(page)

        self._engine.call(lambda hub: hub.reporting.lines(draft, around=edge, limit=size), got, self._trouble)

    def _chose_all(self, draft: Draft) -> None:
        self._update(draft)

    def _got(self, page: EvidencePage, near: int | None) -> None:
        self._busy = False
        self._page, self._rows = page, list(page.rows)
        self._older, self._newer = page.has_older, page.has_newer
        self._show(near)
        if not page.total:
            self._say(tr("There are no messages to choose from."))

    def _again(self, page: EvidencePage) -> None:
        self._page = page
        fresh = {one.message: one for one in page.rows}
        self._rows = [fresh.get(one.message, one) for one in self._rows]
        self._show(-1)

    def _got_older(self, page: EvidencePage) -> None:
        self._busy = False
        keep = self._rows[0].message if self._rows else None
        cut = len(self._rows) + len(page.rows) > KEPT
        self._rows = ([*page.rows, *self._rows])[:KEPT]
        self._page, self._older, self._newer = page, page.has_older, self._newer or cut
        self._show(keep)

    def _got_newer(self, page: EvidencePage) -> None:
        self._busy = False
        keep = self._rows[-1].message if self._rows else None
        cut = len(self._rows) + len(page.rows) > KEPT
        self._rows = ([*self._rows, *page.rows])[-KEPT:]
        self._page, self._newer, self._older = page, page.has_newer, self._older or cut
        self._show(keep)

    def _show(self, keep: int | None) -> None:
        if self._view is None or self._page is None:
            return
        rows = tuple(reversed(self._rows)) if self.newest_first else tuple(self._rows)
        self._view.show_rows(rows, keep)
        total = self._page.total
        self._view.show_counts(self.counts() or tr("None chosen"), total, bool(total) and self._page.chosen >= total)

    def _trouble(self, error: RobinError) -> None:
        self._busy = False
        self._say(f"{trd(error.sentence)} {trd(error.advice)}")

    def _say(self, words: str) -> None:
        if self._view is not None:
            self._view.show_trouble(words)
