"""Decides what the list column shows: the chats of the account, a search, requests, and the tip of the day."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QMenu

from messenger.domain.conversation import ChatSummary
from messenger.domain.errors import InvalidAddress, RobinError
from messenger.domain.events import ChatsChanged, ContactsChanged, RequestsChanged, TypingChanged
from messenger.domain.jid import Jid
from messenger.domain.message import SearchHit
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.chats.menu import chat_menu
from messenger.ui.chats.model import ChatListModel
from messenger.ui.chats.results import Found, ResultsModel
from messenger.ui.chats.view import ChatsPane
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext

_RELOAD_MS, _SEARCH_MS = 40, 90
_PAGE = 50


class ChatsPresenter(QObject):
    """Emits `open_wanted(conversation, message or None)` and never opens a chat itself."""

    open_wanted = Signal(int, object)
    requests_wanted = Signal()
    add_wanted = Signal()
    sign_in_wanted = Signal()
    safety_wanted = Signal(str)
    report_wanted = Signal(object)
    unread_changed = Signal(int)
    requests_changed = Signal(int)

    def __init__(
        self, ctx: ThemeContext, engine: Engine, view: ChatsPane, chats: ChatListModel, results: ResultsModel
    ) -> None:
        super().__init__(view)
        self._ctx, self._engine, self._view = ctx, engine, view
        self._chats, self._results = chats, results
        self._account = ""
        self._open: int | None = None
        self._scope: ChatSummary | None = None
        self._round = 0
        self._more = True
        self._loaded = False
        self._reload = _timer(self, _RELOAD_MS, self._load)
        self._search = _timer(self, _SEARCH_MS, self._find)
        self._connect()

    def _connect(self) -> None:
        view = self._view
        view.list.chosen.connect(self._row_chosen)
        view.list.menu_wanted.connect(self._menu)
        view.results.chosen.connect(self._found_chosen)
        view.search.textEdited.connect(lambda _: self._search.start())
        view.search.returnPressed.connect(self._enter)
        view.clear.clicked.connect(self._leave_search)
        view.requests.clicked.connect(self.requests_wanted)
        view.empty.pressed.connect(self.add_wanted)
        view.signed_out.pressed.connect(self.sign_in_wanted)
        view.tip.pressed.connect(self.safety_wanted)
        view.results.verticalScrollBar().valueChanged.connect(self._results_scrolled)
        self._engine.on(ChatsChanged, self._changed)
        self._engine.on(ContactsChanged, self._changed)
        self._engine.on(RequestsChanged, self._requests)
        self._engine.on(TypingChanged, lambda _: self._reload.start())

    def set_account(self, account: str) -> None:
        """Show another account's chats; '' is signed out."""
        self._account = account
        self._loaded = False
        self.end_search()
        if not account:
            self._chats.show_chats(())
            self._show_part()
            self._set_requests(0)
            return
        self._load()
        self._engine.call(lambda hub: hub.contacts.count(account), self._set_requests)

    def load_tip(self) -> None:
        """Ask for today's tip, once."""
        self._engine.call(lambda hub: hub.safety.tip(), self._view.tip.show_tip)

    def set_open(self, conversation: int | None) -> None:
        """Mark the chat that is open."""
        self._open = conversation
        self._select()

    def step(self, by: int) -> None:
        """The chat below or above the open one."""
        chats = self._chats.chats()
        if not chats:
            return
        at = self._chats.row_of(self._open) if self._open is not None else None
        to = 0 if at is None else max(0, min(len(chats) - 1, at + by))
        self.open_wanted.emit(chats[to].conversation, None)

    def start_search(self, scope: ChatSummary | None = None) -> None:
        """Go to the search field; with `scope`, search in one chat."""
        self._scope = scope
        words = tr("Search in {name}").format(name=visible(scope.title)) if scope else tr("Search or start a chat")
        _name(self._view.search, words)
        self._view.search.setFocus()
        self._view.search.selectAll()
        if self._view.search.text():
            self._find()

    def _leave_search(self) -> None:
        self._view.search.setFocus()
        self.end_search()

    def end_search(self) -> bool:
        """Leave the search; False when there was none."""
        was = bool(self._view.search.text()) or self._scope is not None
        self._search.stop()
        self._round += 1
        self._scope = None
        self._view.search.clear()
        _name(self._view.search, tr("Search or start a chat"))
        self._show_part()
        return was

    def _changed(self, event: ChatsChanged | ContactsChanged) -> None:
        if event.account == self._account and not self._reload.isActive():
            self._reload.start()

    def _requests(self, event: RequestsChanged) -> None:
        if event.account == self._account:
            self._set_requests(event.count)

    def _set_requests(self, count: int) -> None:
        self._view.set_requests(count)
        self.requests_changed.emit(count)

    def _load(self) -> None:
        account = self._account
        if not account:
            return

        def got(chats: tuple[ChatSummary, ...]) -> None:
            if account == self._account:
                self._loaded = True
                self._chats.show_chats(chats)
                self._select()
                self._show_part()
                self.unread_changed.emit(sum(chat.unread for chat in chats if not chat.muted))

        self._engine.call(lambda hub: hub.conversations.chats(account), got)

    def _show_part(self) -> None:
        view = self._view
        if self._view.search.text().strip():
            view.show_part(view.results if self._results.rowCount() else view.none)
        elif not self._account:
            view.show_part(view.signed_out)
        elif self._loaded and not self._chats.rowCount():
            view.show_part(view.empty)
        else:
            view.show_part(view.list)

    def _select(self) -> None:
        row = self._chats.row_of(self._open) if self._open is not None else None
        if row is None:
            self._view.list.clearSelection()
        else:
            self._view.list.setCurrentIndex(self._chats.index(row, 0))

    def _row_chosen(self, row: int) -> None:
        chats = self._chats.chats()
        if row < len(chats):
            self.open_wanted.emit(chats[row].conversation, None)

    def _find(self) -> None:
        query = self._view.search.text().strip()
        self._round += 1
        mine, account, scope = self._round, self._account, self._scope
        if not query or not account:
            self._results.show_rows(())
            self._show_part()
            return
        rows = self._by_name(query) if scope is None else []
        conversation = scope.conversation if scope is not None else None

        def got(hits: tuple[SearchHit, ...]) -> None:
            if mine == self._round:
                self._more = len(hits) == _PAGE
                self._results.show_rows([*rows, *_hit_rows(hits)])
                self._show_part()

        self._engine.call(
            lambda hub: hub.conversations.search(account, query, limit=_PAGE, conversation=conversation), got
        )

    def _results_scrolled(self, value: int) -> None:
        """More hits when the end is near."""
        bar, hits = self._view.results.verticalScrollBar(), self._results.hits()
        if not self._more or not hits or bar.maximum() == 0 or value < bar.maximum() - 100:
            return
        self._more = False
        mine, account, query = self._round, self._account, self._view.search.text().strip()
        conversation = self._scope.conversation if self._scope is not None else None
        before = hits[-1].message

        def got(new: tuple[SearchHit, ...]) -> None:
            if mine == self._round:
                self._more = len(new) == _PAGE
                rows = self._by_name(query) if conversation is None else []
                self._results.show_rows([*rows, *_hit_rows((*hits, *new))])
                bar.setValue(value)

        self._engine.call(lambda hub: hub.conversations.search(account, query, before, _PAGE, conversation), got)

    def _by_name(self, query: str) -> list[Found]:
        folded = query.casefold()
        names = [
            chat
            for chat in self._chats.chats()
            if folded in chat.title.casefold() or folded in chat.counterpart.casefold()
        ]
        rows = [Found("heading", tr("Chats"))] if names else []
        rows.extend(Found("chat", chat=chat) for chat in names[:20])
        address = _address(query)
        if address and all(chat.counterpart != address for chat in names):
            note = tr("Start a chat with this address")
            rows.append(Found("start", visible(address), note, address=address))
        return rows

    def _enter(self) -> None:
        if self._search.isActive():
            self._search.stop()
            self._find()
        first = self._results.first()
        if first is not None and self._view.search.text().strip():
            self._found_chosen(first)

    def _found_chosen(self, row: int) -> None:
        found = self._results.index(row, 0).data(ResultsModel.FOUND)
        if found is None:
            return
        if found.hit is not None:
            self.open_wanted.emit(found.hit.conversation, found.hit.message)
        elif found.chat is not None:
            self.end_search()
            self.open_wanted.emit(found.chat.conversation, None)
        elif found.address:
            self.end_search()
            self.start_chat(found.address)

    def start_chat(self, address: str) -> None:
        """Open the chat with an address, made when new."""
        account = self._account

        def opened(conversation: int) -> None:
            self._load()
            self.open_wanted.emit(conversation, None)

        def failed(_: RobinError) -> None:
            self._view.show_part(self._view.none)

        self._engine.call(lambda hub: hub.conversations.open(account, address), opened, failed)

    def _menu(self, row: int, at: QPoint) -> None:
        chats = self._chats.chats()
        if row < len(chats):
            self.menu(chats[row]).popup(at)

    def menu(self, chat: ChatSummary) -> QMenu:
        """The menu of a chat row."""
        return chat_menu(self._ctx, self._engine, self._view, chat, self.report_wanted.emit)


def _timer(owner: QObject, milliseconds: int, then: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(then)
    return timer


def _hit_rows(hits: tuple[SearchHit, ...]) -> list[Found]:
    return [Found("heading", tr("Messages")), *(Found("message", hit=hit) for hit in hits)] if hits else []


def _address(query: str) -> str:
    if "@" not in query:
        return ""
    try:
        jid = Jid.parse(query)
    except InvalidAddress:
        return ""
    return jid.bare if jid.local else ""


def _name(search: QLineEdit, words: str) -> None:
    search.setPlaceholderText(words)
    search.setAccessibleName(words)
