"""Decides what a chat shows: pages, live messages, drafts, replies, reading marks, and what each deed does."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from messenger.domain.conversation import ChatSummary
from messenger.domain.errors import GuardianNeeded, RobinError
from messenger.domain.events import ChatsChanged, MessagesChanged, MessagesStored, TypingChanged
from messenger.domain.message import Direction, MessagePage, MessageView
from messenger.domain.report import ReportContext
from messenger.i18n import tr, trd
from messenger.ui.border import Engine
from messenger.ui.conversation.deeds import Deeds, short_name
from messenger.ui.conversation.model import MessageModel
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.plain import isolate

PAGE = 60
_GATHER_MS = 25
_BURST = 120  # more new messages than this at once: the newest page is asked for instead


class Writing(QObject):
    """What of a chat has to do with the composer: unsent words, "is writing", and failures said beside it."""

    left = Signal()

    def __init__(self, engine: Engine, view: ConversationPane) -> None:
        super().__init__(view)
        self._engine, self._view = engine, view
        self.chat: ChatSummary | None = None
        self.deeds: Deeds

    def keep_draft(self, text: str) -> None:
        """Unsent words changed."""
        if self.chat is not None and not self.deeds.is_changing():
            conversation = self.chat.conversation
            self._engine.call(lambda hub: hub.conversations.set_draft(conversation, text))

    def tell_typing(self, typing: bool) -> None:
        """The person writes, or stopped."""
        if self.chat is not None:
            conversation = self.chat.conversation
            self._engine.call(lambda hub: hub.conversations.set_typing(conversation, typing))

    def _typing(self, event: TypingChanged) -> None:
        if self.chat is not None and event.conversation == self.chat.conversation:
            self._view.typing.say(writing_words(self.chat) if event.typing else "")

    def failed(self, error: RobinError) -> None:
        """Say a failure of the world in the composer's line."""
        self._view.composer.note(f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))
        if isinstance(error, GuardianNeeded):
            from messenger.ui.guardian.held import offer

            offer(self._view.ctx, self._engine, self._view, error)


class ConversationPresenter(Writing):
    """One chat at a time."""

    opened = Signal(object)
    search_wanted = Signal(object)
    report_wanted = Signal(object)

    def __init__(self, engine: Engine, view: ConversationPane, model: MessageModel) -> None:
        super().__init__(engine, view)
        self._model = model
        self._asking = False
        self._new: set[int] = set()
        self._unseen = self._marked = 0
        self._target: int | None = None
        self._round = 0
        self.gate: Callable[[ChatSummary, Callable[[], None]], None] = lambda _chat, go: go()
        self.deeds = Deeds(engine, view, model, self)
        self._gather = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._gather.timeout.connect(self._fetch_new)
        _wire(self, view)
        engine.on(MessagesStored, self._stored)
        engine.on(MessagesChanged, self._changed)
        engine.on(TypingChanged, self._typing)
        engine.on(ChatsChanged, self._chats_changed)

    def open(self, conversation: int, message: int | None = None) -> None:
        """Show a chat; with `message`, the place of that message."""
        if self.chat is not None and self.chat.conversation == conversation:
            if message is not None:
                self.jump(message)
            return
        self._put_away()
        self._round += 1
        mine = self._round
        self._target = message

        def got(chat: ChatSummary) -> None:
            if mine == self._round:
                self.gate(chat, lambda: self._begin(chat, mine) if mine == self._round else None)

        self._engine.call(lambda hub: hub.conversations.summary(conversation), got)

    def leave(self) -> None:
        """Keep what is written and show no chat."""
        self._put_away()
        self._round += 1
        self._model.clear()
        self._view.show_nothing()
        self.left.emit()

    def _put_away(self) -> None:
        """End with the chat; it stays on the screen until another one is there, so that nothing flashes."""
        if self.chat is None:
            return
        self._view.composer.flush()
        self._view.list.stop_choosing()
        self.deeds.put_away()
        self.chat = None
        self._gather.stop()
        self._new.clear()

    def jump(self, message: int) -> None:
        """Bring a message into sight, from the store when it is not in the window."""
        if self.chat is None:
            return
        if self._view.list.show_message(message):
            self._see_end()
            return
        conversation = self.chat.conversation
        self._ask_page(lambda page: self._shown_around(page, message), conversation, around=message)

    def to_end(self) -> None:
        """The newest message."""
        if self.chat is None:
            return
        if not self._model.has_newer:
            self._view.list.to_end()
            self._see_end()
            return
        self._ask_page(self._show_newest, self.chat.conversation)

    def turn(self) -> int:
        """Another number with each chat that is asked for or left: what was asked for before it is over."""
        return self._round

    def look_again(self) -> None:
        """The window became active: what is in sight counts as read."""
        self._see_end()

    def context(self, messages: tuple[int, ...] = ()) -> ReportContext:
        """Where Report abuse was pressed."""
        if self.chat is None:
            return ReportContext()
        return ReportContext(self.chat.account, self.chat.conversation, messages, self.chat.counterpart)

    def report(self, context: ReportContext) -> None:
        """Open the report."""
        self.report_wanted.emit(context)

    def search(self) -> None:
        """Search in this chat."""
        self.search_wanted.emit(self.chat)

    def refresh(self) -> None:
        """Ask for the head of the chat again."""
        if self.chat is None:
            return
        mine, conversation = self._round, self.chat.conversation

        def got(chat: ChatSummary) -> None:
            if mine == self._round:
                self.chat = chat
                self._view.show_chat(chat)

        self._engine.call(lambda hub: hub.conversations.summary(conversation), got)

    def _begin(self, chat: ChatSummary, mine: int) -> None:
        self.chat = chat
        self._unseen, self._marked, self._asking = 0, 0, False
        self._view.show_chat(chat)
        self._view.typing.say("")
        self._view.composer.load("", first_name(chat))
        self._view.composer.show_context(None)

        def drafted(text: str) -> None:
            if mine == self._round and not self._view.composer.text():
                self._view.composer.load(text, first_name(chat))
                self.deeds.resume(chat, text)

        self._engine.call(lambda hub: hub.conversations.draft(chat.conversation), drafted)
        target = self._target
        if target is not None:
            self._ask_page(lambda page: self._shown_around(page, target), chat.conversation, around=target)
        else:
            self._ask_page(self._show_newest, chat.conversation)
        self.opened.emit(chat)

    def _ask_page(self, then: Callable[[MessagePage], None], conversation: int, **where: int) -> None:
        mine = self._round
        self._asking = True

        def got(page: MessagePage) -> None:
            if mine == self._round:
                self._asking = False
                then(page)

        self._engine.call(lambda hub: hub.conversations.page(conversation, limit=PAGE, **where), got)

    def _show_newest(self, page: MessagePage) -> None:
        self._model.show_page(page)
        self._view.nothing.setVisible(not page.messages)
        if page.first_unread is not None and self._model.row_of(page.first_unread) is not None:
            self._view.list.show_message(page.first_unread, mark=False)
        else:
            self._view.list.to_end()
        self._see_end()

    def _shown_around(self, page: MessagePage, message: int) -> None:
        self._model.show_page(page)
        self._view.nothing.hide()
        self._view.list.show_message(message)

    def ask_older(self) -> None:
        """The page above."""
        first, _ = self._model.edges()
        if self.chat is not None and first is not None and not self._asking:
            self._ask_page(self._model.add_older, self.chat.conversation, before=first)

    def ask_newer(self) -> None:
        """The page below."""
        _, last = self._model.edges()
        if self.chat is not None and last is not None and not self._asking:
            conversation = self.chat.conversation
            self._ask_page(lambda page: self._model.add_newer(page.messages, page.has_newer), conversation, after=last)

    def _stored(self, event: MessagesStored) -> None:
        if self.chat is None or event.conversation != self.chat.conversation:
            return
        if event.live and event.incoming and not self._view.list.at_end():
            self._unseen += len(event.messages)
            self._view.jump.set_count(self._unseen)
        self._new.update(event.messages)
        if not self._gather.isActive():
            self._gather.start()

    def _fetch_new(self) -> None:
        if self.chat is None:
            return
        ids, self._new = sorted(self._new), set()
        conversation, mine = self.chat.conversation, self._round
        if self._model.has_newer:
            return
        if len(ids) > _BURST:
            if self._view.list.at_end():
                self._ask_page(self._show_newest, conversation)
            else:
                self._model.has_newer = True
            return

        def got(messages: tuple[MessageView, ...]) -> None:
            if mine == self._round:
                self._put(messages)

        self._engine.call(lambda hub: hub.conversations.messages(conversation, ids), got)

    def _put(self, messages: tuple[MessageView, ...]) -> None:
        if self.chat is None or not messages:
            return
        if not self._model.fits_below(messages):
            # The archive gave messages that belong further up.
            self._ask_page(self._show_newest, self.chat.conversation)
            return
        self._view.nothing.hide()
        self._model.add_newer(messages, False)
        if messages[-1].direction is Direction.OUT:
            self._view.list.to_end()
        self._see_end()

    def _changed(self, event: MessagesChanged) -> None:
        if self.chat is None or event.conversation != self.chat.conversation:
            return
        ids = [one for one in event.messages if self._model.row_of(one) is not None]
        if ids:
            conversation = self.chat.conversation
            self._engine.call(lambda hub: hub.conversations.messages(conversation, ids), self._model.replace)

    def _chats_changed(self, event: ChatsChanged) -> None:
        if self.chat is not None and (not event.conversations or self.chat.conversation in event.conversations):
            self.refresh()

    def reach_end(self, at_end: bool) -> None:
        """The end came into sight, or went out of it."""
        self._view.jump.setVisible(not at_end)
        if at_end:
            self._see_end()

    def _see_end(self) -> None:
        self._view.jump.setVisible(not self._view.list.at_end())
        if self.chat is None or not self._view.list.at_end() or not self._view.isVisible():
            return
        if QApplication.activeWindow() is not self._view.window():
            return
        self._unseen = 0
        self._view.jump.set_count(0)
        _, last = self._model.edges()
        if last is not None and last != self._marked:
            self._marked = last
            conversation = self.chat.conversation
            self._engine.call(lambda hub: hub.conversations.mark_read(conversation, last))


def _wire(one: ConversationPresenter, view: ConversationPane) -> None:
    view.list.older_wanted.connect(one.ask_older)
    view.list.newer_wanted.connect(one.ask_newer)
    view.list.at_end_changed.connect(one.reach_end)
    view.list.quote_pressed.connect(one.jump)
    view.jump.clicked.connect(one.to_end)
    view.composer.draft_changed.connect(one.keep_draft)
    view.composer.typing_changed.connect(one.tell_typing)


def writing_words(chat: ChatSummary) -> str:
    """ "Ann is writing": the first name only, as people say it."""
    return tr("{name} is writing").format(name=first_name(chat))


def first_name(chat: ChatSummary) -> str:
    """The first word of a title, kept from reordering the sentence that it goes into."""
    return isolate(short_name(chat))
