"""The main window: layout, rooms and keys. Rooms that are not open yet are not even imported."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from messenger.domain.conversation import ChatSummary
from messenger.domain.events import SettingsChanged
from messenger.domain.report import ReportContext
from messenger.ui.accounts.session import Session
from messenger.ui.border import Engine
from messenger.ui.chats.presenter import ChatsPresenter
from messenger.ui.conversation.presenter import ConversationPresenter
from messenger.ui.frame import Frame
from messenger.ui.notices.presenter import NoticePresenter
from messenger.ui.rail.view import CHATS, PEOPLE, SAFETY, SETTINGS
from messenger.ui.requests.presenter import FirstContacts
from messenger.ui.rooms.doors import RoomDoors
from messenger.ui.theme.context import ThemeContext
from messenger.ui.theme.tokens import CHOICES
from messenger.ui.trouble import Troubles
from messenger.ui.widgets.ring import FocusRing

_NARROW, _MEDIUM, _LIST, _LIST_MEDIUM = 700, 900, 320, 272
OpenReport = Callable[[ReportContext], None]
MakePage = Callable[[], QWidget]


class MainWindow(Frame):
    """Built by bootstrap before the engine is ready; everything it asks waits for the engine.

    `open_report` opens the wizard from anywhere, signed out and offline too. `make_safety` builds the Safety room
    when it is first opened; if that page has a `report` signal, it is connected.
    """

    closing = Signal()

    def __init__(
        self, ctx: ThemeContext, engine: Engine, open_report: OpenReport, make_safety: MakePage | None = None
    ) -> None:
        super().__init__(ctx)
        self._engine, self._open_report, self._make_safety = engine, open_report, make_safety
        self.session = Session(engine, self.account_header, self.connection)
        self.troubles = Troubles(engine, self.trouble)
        self.chats_presenter = ChatsPresenter(ctx, engine, self.chats, self._chat_model, self._results)
        self.conversation_presenter = ConversationPresenter(engine, self.conversation, self.messages)
        self.rooms = RoomDoors(ctx, engine, self, self.open_conversation, self._add_person)
        self.rooms.follow(self.conversation, self.conversation_presenter, self.avatars)
        self.notices = NoticePresenter(engine, self.conversation, self.conversation_presenter)
        self.first = FirstContacts(engine, self.conversation, self.conversation_presenter, self.avatars)
        self._connect()
        self._connect_keys()
        self.resize(1180, 760)
        self.setMinimumSize(360, 480)
        self._fit()
        self.ring = FocusRing(ctx, self)
        self.rail.set_room(CHATS)

    def start(self) -> None:
        """Ask for settings, account and tip. Called once after `show`."""
        self._engine.call(lambda hub: hub.settings.all(), self._apply_settings)
        self.session.load()
        self.chats_presenter.load_tip()
        self.chats.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def report(self, context: ReportContext | None = None) -> None:
        """Open Report abuse: for what is open, or for anything."""
        if context is None:
            jid = self.session.account.jid if self.session.account is not None else ""
            context = ReportContext(account=jid)
        self._open_report(context)

    def open_conversation(self, conversation: int, message: int | None = None) -> None:
        """Show a chat, from wherever the window is."""
        self.show_room(CHATS)
        self._step_two = True
        self.conversation_presenter.open(conversation, message)
        self._fit()
        self._land(self._rooms[CHATS])

    def open_chat_with(self, address: str) -> None:
        """Show the chat with an address."""
        self.show_room(CHATS)
        self.chats_presenter.start_chat(address)

    def show_room(self, room: str) -> None:
        """Chats, People, Safety or Settings."""
        page = self._page(room)
        if page is None:
            return
        inside, self._room = self._inside(), room
        self._stack.setCurrentWidget(page)
        self.rail.set_room(room)
        if inside:
            self._land(page)

    def put_reports_away(self) -> None:
        """Hide this was used: My reports would tell beside the notes what was hidden."""
        if self._room == SAFETY:
            self.show_room(CHATS)

    def _add_person(self) -> None:
        self.show_room(PEOPLE)
        start = getattr(self._rooms[PEOPLE], "start_adding", None)
        if start is not None:
            start()

    def sign_in(self) -> None:
        """Open the account dialog."""
        from messenger.ui.accounts.view import AccountDialog

        dialog = AccountDialog(self._ctx, self._engine, self.report, self)
        dialog.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.conversation.composer.flush()
        kept = base64.b64encode(self.saveGeometry().data()).decode()
        self._engine.call(lambda hub: hub.settings.set("window_geometry", kept))
        self.closing.emit()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and hasattr(self, "ring"):
            active = self.isActiveWindow()
            self._engine.call(lambda hub: hub.accounts.set_active(active))
            if active:
                self.conversation_presenter.look_again()

    def _connect(self) -> None:
        chats, conversation = self.chats_presenter, self.conversation_presenter
        self.rail.chosen.connect(self.show_room)
        self.rail.report.connect(lambda: self.report())
        self.session.account_changed.connect(self._account_changed)
        self.session.sign_in_wanted.connect(self.sign_in)
        self.account_header.new_chat_wanted.connect(lambda: self.rooms.pop_up(self.account_header))
        chats.open_wanted.connect(self.open_conversation)
        _follow_requests(self, self.first)
        chats.add_wanted.connect(self._add_person)
        chats.sign_in_wanted.connect(self.sign_in)
        chats.safety_wanted.connect(lambda _: self.show_room(SAFETY))
        chats.report_wanted.connect(self.report)
        chats.unread_changed.connect(self.rail.set_unread)
        chats.requests_changed.connect(self.rail.set_requests)
        conversation.opened.connect(self._opened)
        conversation.report_wanted.connect(self.report)
        conversation.search_wanted.connect(self._search_in)
        self.notices.helplines_wanted.connect(lambda: _show_helplines(self, self._rooms))
        self.conversation.header.back.connect(self._back)
        self._engine.on(SettingsChanged, self._settings_changed)

    def _connect_keys(self) -> None:
        keys = self.actions_
        keys.report_abuse.triggered.connect(self._report_by_key)
        keys.search.triggered.connect(lambda: self._search_in(None))
        keys.new_chat.triggered.connect(lambda: self._search_in(None))
        keys.next_chat.triggered.connect(lambda: self.chats_presenter.step(1))
        keys.previous_chat.triggered.connect(lambda: self.chats_presenter.step(-1))
        keys.next_pane.triggered.connect(lambda: self._step_pane(1))
        keys.previous_pane.triggered.connect(lambda: self._step_pane(-1))
        for action, room in (
            (keys.chats, CHATS),
            (keys.people, PEOPLE),
            (keys.safety, SAFETY),
            (keys.settings, SETTINGS),
        ):
            action.triggered.connect(lambda _=False, to=room: self.show_room(to))
        keys.jump_to_end.triggered.connect(self.conversation_presenter.to_end)
        keys.shortcuts.triggered.connect(self._show_keys)
        keys.quit.triggered.connect(self.close)
        self.chats.search.installEventFilter(self)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        escape = event.type() == QEvent.Type.KeyPress and getattr(event, "key", int)() == Qt.Key.Key_Escape
        if watched is self.chats.search and escape:
            self.chats_presenter.end_search()
            if self.conversation.shows_chat():
                self.conversation.composer.writer.setFocus()
            return True
        down = event.type() == QEvent.Type.KeyPress and getattr(event, "key", int)() == Qt.Key.Key_Down
        if watched is self.chats.search and down:
            part = self.chats.part()
            if part is not None:
                part.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return False

    def _page(self, room: str) -> QWidget | None:
        page = self._rooms.get(room)
        if page is None:
            page = self._make_page(room)
            if page is not None:
                self._rooms[room] = page
                self._stack.addWidget(page)
                self.ring.raise_()
        return page

    def _make_page(self, room: str) -> QWidget | None:
        if room == PEOPLE:
            from messenger.ui.people.presenter import PeoplePresenter
            from messenger.ui.people.view import PeoplePage

            people = PeoplePage(self._ctx, self.avatars)
            self.people_presenter = PeoplePresenter(self._ctx, self._engine, people)
            self.people_presenter.open_wanted.connect(self.open_conversation)
            self.people_presenter.report_wanted.connect(self.report)
            self.people_presenter.look_wanted.connect(self.first.look)
            people.header.report.connect(lambda: self.report())
            people.group_wanted.connect(self.rooms.open_dialog)
            self.people_presenter.set_account(self.session.account.jid if self.session.account else "")
            return people
        if room == SETTINGS:
            from messenger.ui.settings.presenter import make_settings

            self.settings_presenter = make_settings(self._ctx, self._engine, lambda: self.report(), self._show_keys)
            return self.settings_presenter.view
        if self._make_safety is None:
            return None
        safety = self._make_safety()
        heard = getattr(safety, "report", None)
        if heard is not None and hasattr(heard, "connect"):
            heard.connect(lambda: self.report())
        return safety

    def _account_changed(self, jid: str) -> None:
        self.conversation_presenter.leave()
        self.chats_presenter.set_account(jid)
        self.rooms.set_account(jid)
        if PEOPLE in self._rooms:
            self.people_presenter.set_account(jid)

    def _opened(self, chat: ChatSummary) -> None:
        self.chats_presenter.set_open(chat.conversation)
        self.conversation.composer.writer.setFocus()

    def _search_in(self, chat: ChatSummary | None) -> None:
        self.show_room(CHATS)
        self._step_two = False
        self._fit()
        self.chats_presenter.start_search(chat)

    def _back(self) -> None:
        self._step_two = False
        self._fit()
        self.chats.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _report_by_key(self) -> None:
        in_chat = self.conversation.shows_chat()
        here = self.conversation_presenter.context() if in_chat else self.first.context()
        self.report(here if self._room == CHATS else None)

    def _show_keys(self) -> None:
        from messenger.ui.settings.keys import KeysDialog

        KeysDialog(self._ctx, self.actions_.keys(), self).show()

    def _apply_settings(self, values: Mapping[str, str]) -> None:
        theme, size = values.get("theme", "system"), values.get("text_size", "100")
        if theme in CHOICES:
            self._ctx.set_choice(theme)
        if size.isdigit() and int(size) != self._ctx.scale:
            self._ctx.set_scale(int(size))
        self._ctx.reduce_motion = values.get("motion") == "reduced"
        self.conversation.composer.writer.enter_sends = values.get("enter_sends", "yes") == "yes"
        geometry = values.get("window_geometry", "")
        if geometry and not self.property("placed"):
            self.setProperty("placed", True)
            self.restoreGeometry(QByteArray(base64.b64decode(geometry)))
        self._fit()

    def _settings_changed(self, event: SettingsChanged) -> None:
        if {"theme", "text_size", "motion", "enter_sends"} & set(event.keys):
            self.setProperty("placed", True)
            self._engine.call(lambda hub: hub.settings.all(), self._apply_settings)


def _follow_requests(window: MainWindow, first: FirstContacts) -> None:
    """The card of somebody new, in the place of a chat."""

    def shown(on: bool) -> None:
        window.chats.requests.set_open(on)
        if on:
            window.show_room(CHATS)
            window.chats_presenter.set_open(None)
        if on or window.room != CHATS:
            window._step_two = on  # in a narrow window the list comes first when one goes back to the chats
            window._fit()

    window.chats_presenter.requests_wanted.connect(
        lambda: first.open_waiting(window.session.account.jid if window.session.account is not None else "")
    )
    first.shown.connect(shown)
    first.closed.connect(window._back)
    first.report_wanted.connect(window.report)


def _show_helplines(window: MainWindow, rooms: Mapping[str, QWidget]) -> None:
    window.show_room(SAFETY)
    lead = getattr(rooms.get(SAFETY), "show_helplines", None)
    if lead is not None:
        lead()
