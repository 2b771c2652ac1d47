"""The frame of the main window: its parts, how they lie at each width, and how the keyboard goes round them."""

from __future__ import annotations

from PySide6.QtCore import QChildEvent, Qt
from PySide6.QtWidgets import QApplication, QBoxLayout, QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui.accounts.header import AccountHeader
from messenger.ui.actions import Actions
from messenger.ui.chats.model import ChatListModel
from messenger.ui.chats.results import ResultsModel
from messenger.ui.chats.view import ChatsPane
from messenger.ui.conversation.model import MessageModel
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.rail.view import CHATS, RailBar
from messenger.ui.theme.context import ThemeContext
from messenger.ui.trouble import TroubleBar
from messenger.ui.widgets.blocks import ConnectionBar
from messenger.ui.widgets.buttons import ReportButton
from messenger.ui.widgets.pictures import AvatarPainter

_SLIM, _NARROW, _MEDIUM, _LIST, _LIST_MEDIUM = 480, 700, 900, 320, 272


class Frame(QWidget):
    """Rail, list column and conversation. Knows no service."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._rooms: dict[str, QWidget] = {}
        self._room = CHATS
        self._step_two = False
        self.setObjectName("main")
        self.setWindowTitle(tr("Robin"))
        self.actions_ = Actions(self)
        self.rail = RailBar(ctx)
        self.avatars = AvatarPainter(ctx)
        self.account_header = AccountHeader(ctx, self.avatars)
        self._chat_model, self._results = ChatListModel(), ResultsModel()
        self.chats = ChatsPane(ctx, self.avatars, self.account_header, self._chat_model, self._results)
        self.messages = MessageModel()
        self.conversation = ConversationPane(ctx, self.avatars, self.messages)
        self.connection = ConnectionBar(ctx)
        self.trouble = TroubleBar(ctx)
        self._lay_out()

    @property
    def room(self) -> str:
        """The room that is open."""
        return self._room

    def _lay_out(self) -> None:
        row = self._outer = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        self._stack = QStackedWidget()
        page = self._rooms[CHATS] = QWidget()
        inner = QHBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.chats)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.connection)
        column.addWidget(self.conversation, 1)
        self._side = side
        inner.addWidget(side, 1)
        self._stack.addWidget(page)
        rooms = self.tops = QVBoxLayout()
        rooms.setSpacing(0)
        rooms.addWidget(self.trouble)
        rooms.addWidget(self._stack, 1)
        row.addLayout(rooms, 1)

    def _fit(self) -> None:
        """Two columns, a slim list, or one column at a time; then, slimmer still, the rail along the foot."""
        slim, ways = self.width() < self._ctx.px(_SLIM), QBoxLayout.Direction
        self._outer.setDirection(ways.BottomToTop if slim else ways.LeftToRight)
        self.rail.lie_across(slim)
        narrow = self.width() < self._ctx.px(_NARROW)
        chat_open = self._step_two
        self.chats.setVisible(not narrow or not chat_open)
        self._side.setVisible(not narrow or chat_open)
        self.conversation.set_narrow(narrow)
        if narrow:
            self.chats.setMinimumWidth(0)
            self.chats.setMaximumWidth(16_777_215)
        else:
            wide = _LIST if self.width() >= self._ctx.px(_MEDIUM) else _LIST_MEDIUM
            self.chats.setFixedWidth(self._ctx.px(wide))

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        # A dialog in front keeps the window's own keys from being heard; Report abuse is heard everywhere.
        child = event.child() if event.polished() else None
        if isinstance(child, QDialog):
            child.addAction(self.actions_.report_abuse)

    def _inside(self) -> bool:
        """Whether the keyboard is in a room, or nowhere: then it moves along when another room opens."""
        focus = self.focusWidget()
        return focus is None or self._stack.isAncestorOf(focus)

    def _land(self, page: QWidget) -> None:
        """The keyboard in a room that opened: where one goes on, and never on Report abuse, which Enter would press."""
        if page is self._rooms[CHATS]:
            target = (self.conversation.landing() if self._side.isVisible() else None) or self.chats.list
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            _focus_first(page)

    def _step_pane(self, by: int) -> None:
        panes = [
            self.rail,
            self.chats,
            self.conversation.request_area,
            self.conversation.header,
            self.conversation.notice_area,
            self.conversation.list,
            self.conversation.pause_area,
            self.conversation.composer,
        ]
        page = self._stack.currentWidget()
        if self._room != CHATS and page is not None:
            panes = [self.rail, page]
        shown = [pane for pane in panes if pane.isVisible()]
        focus = QApplication.focusWidget()
        at = next(
            (n for n, pane in enumerate(shown) if pane is focus or (focus is not None and pane.isAncestorOf(focus))),
            -by,
        )
        _focus_first(shown[(at + by) % len(shown)])


def _focus_first(pane: QWidget) -> None:
    """Put the focus on a pane's first control; Tab or F8 lead to Report abuse."""
    reason = Qt.FocusReason.ShortcutFocusReason
    first = getattr(pane, "first", None)
    if isinstance(first, QWidget) and first.isVisible():
        first.setFocus(reason)
        return
    if pane.focusPolicy() & Qt.FocusPolicy.TabFocus:
        pane.setFocus(reason)
        return
    for one in pane.findChildren(QWidget):
        if isinstance(one, ReportButton):
            continue
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            one.setFocus(reason)
            return
