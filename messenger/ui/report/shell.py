"""The wizard's window without its decisions: frame, stack of pages, titles, keys, hiding and closing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui.report.frame import Footer, Header
from messenger.ui.report.hiding import Notes, ShiftWatch
from messenger.ui.report.pages import Page, chain, tab_stops
from messenger.ui.report.small_pages import NumbersPage, OpeningPage, PreviewPage
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.ring import FocusRing

_LEAST_BODY = 200
"""A page keeps at least so many px, else the footer scrolls with it."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Shell(QWidget):
    """Deletes itself when it is closed. `hidden` says that Hide this was used."""

    hidden = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(320, 400)
        self.resize(720, 640)
        self._ctx = ctx
        self.notes: Notes | None = None
        self._from: Page | None = None
        self.header, self.footer = Header(ctx), Footer(ctx)
        self.stack = QStackedWidget()
        self.opening, self.preview, self.numbers = OpeningPage(ctx), PreviewPage(ctx), NumbersPage(ctx)
        self._lasting: tuple[Page, ...] = (self.opening, self.preview, self.numbers)
        for page in self._lasting:
            self.stack.addWidget(page)
        ground = Surface(ctx, "window")
        inner = QVBoxLayout(ground)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.stack)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(ground, 1)
        column.addWidget(self.footer)
        self._column = column
        self._above: list[QWidget] = [self.header]
        ctx.changed.connect(self.seat_footer)
        self.header.hide_all.connect(self.hide_this)
        self._watch = ShiftWatch(self)
        self._watch.pressed.connect(self.hide_this)
        self._ring = FocusRing(ctx, self)
        self.name_window("")

    @property
    def page(self) -> Page | None:
        """The page in sight."""
        found = self.stack.currentWidget()
        return found if isinstance(found, Page) else None

    @property
    def aside(self) -> bool:
        """Whether a page beside the way is in sight."""
        return self.page in (self.preview, self.numbers)

    def go(self, page: Page, title: str) -> None:
        """Show a page of the way; the one before is let go, because it is drawn anew from the answers."""
        old = self.page
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        self.name_window(title)
        self.seat_footer()
        if old is not None and old is not page and old not in self._lasting:
            self.stack.removeWidget(old)
            old.deleteLater()
        self.footer.next.show()
        if self.isVisible():
            page.settle()

    def go_aside(self, page: Page) -> None:
        """Show a page beside the way; Back and the button return to where it was opened."""
        if not self.aside:
            self._from = self.page
        self.stack.setCurrentWidget(page)
        self.name_window(page.title.text())
        self.header.show_place(0, 0, True)
        self.footer.show_actions(tr("Go back to my report"), talk=False)
        self.footer.next.show()
        self.seat_footer()
        page.settle()

    def seat_footer(self) -> None:
        """The footer below the page; with large text or in a small window at the end of the page, so that both can be read."""
        page, wide = self.page, max(1, self.width())
        taken = sum(one.heightForWidth(wide) for one in (*self._above, self.footer))
        left = self.height() - taken
        home: QVBoxLayout = self._column
        if page is not None and left < max(_LEAST_BODY, self.height() * 0.45):
            home = page.foot
        if home.indexOf(self.footer) < 0:
            home.addWidget(self.footer)
            self.footer.show()
        self._chain()

    def put_on_top(self, widget: QWidget) -> None:
        """A line over the head of every page."""
        self._column.insertWidget(0, widget)
        self._above.insert(0, widget)
        self.seat_footer()

    def _chain(self) -> None:
        """Tab goes as the eye does: head, page, foot."""
        page = self.page
        if page is not None:
            inside = [one for one in page.stops() if not self.footer.isAncestorOf(one)]
            above = [stop for one in self._above for stop in tab_stops(one)]
            chain([*above, *inside, *tab_stops(self.footer)])

    def focusNextPrevChild(self, next: bool) -> bool:
        self._chain()  # also over what came to the page since
        return super().focusNextPrevChild(next)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.seat_footer()

    def come_back(self) -> None:
        """Return from a page beside the way."""

    def hide_this(self) -> None:
        """Be gone at once: plain notes take this place and the draft is kept."""
        self.notes = Notes(self)
        self.notes.show()
        self.hide()
        self.hidden.emit()
        self.close()

    def name_window(self, page: str, wrong: bool = False) -> None:
        """The window's title: the page's, with "Error: " before it when something is missing."""
        words = tr("{page} - Report abuse").format(page=page) if page else tr("Report abuse")
        self.setWindowTitle(tr("Error: {title}").format(title=words) if wrong else words)

    def after(self, milliseconds: int, then: Callable[[], None]) -> Callable[[], None]:
        """Call `then` later; returns the call that takes it back."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(then)
        timer.timeout.connect(timer.deleteLater)
        timer.start(milliseconds)
        return timer.stop

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch.start()
        if self.page is not None:
            self.page.settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and not isinstance(self.focusWidget(), QPushButton):
            self.footer.next.click()
        elif event.key() == Qt.Key.Key_Escape and self.aside:
            self.come_back()
        else:
            super().keyPressEvent(event)
