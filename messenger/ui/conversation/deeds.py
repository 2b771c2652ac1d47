"""What a person does with messages and with a chat: send, reply, change, take back, copy, mute, block, report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from messenger.domain.conversation import ChatSummary
from messenger.domain.errors import RobinError
from messenger.domain.message import Direction, MessageView
from messenger.domain.report import ReportContext
from messenger.i18n import tr
from messenger.ui import times
from messenger.ui.border import Engine
from messenger.ui.conversation.held import HeldChanges
from messenger.ui.conversation.model import MessageModel
from messenger.ui.conversation.new_links import press
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.plain import isolate, visible

if TYPE_CHECKING:
    from messenger.services.hub import Hub

_PATIENCE_MS = 5_000
"""Without an answer in this time, what failed by a fault of ours can be sent once more."""


class Owner(Protocol):
    """The conversation presenter, as far as deeds need it."""

    chat: ChatSummary | None

    def context(self, messages: tuple[int, ...] = ()) -> ReportContext:
        """Where Report abuse was pressed."""

    def report(self, context: ReportContext) -> None:
        """Open the report."""

    def search(self) -> None:
        """Search in the chat."""

    def failed(self, error: RobinError) -> None:
        """Say a failure."""

    def leave(self) -> None:
        """Show no chat."""

    def open(self, conversation: int, message: int | None = None) -> None:
        """Show a chat."""


class Before:
    """What stands before a message goes out. This one asks nothing; the notices put theirs in its place."""

    def look(self, chat: ChatSummary, text: str, send: Callable[[], None], keep: Callable[[], None]) -> None:
        """Call `send`, now or when the person said so; `keep` keeps the words as a draft until then."""
        send()

    def close(self) -> None:
        """Something else is written now: a question that is open is over, and nothing is sent."""

    def put_away(self) -> None:
        """The chat goes from the screen."""


class Deeds(QObject):
    """Belongs to a conversation presenter, which knows the chat."""

    def __init__(self, engine: Engine, view: ConversationPane, model: MessageModel, owner: Owner) -> None:
        super().__init__(view)
        self._engine, self._view, self._model, self._owner = engine, view, model, owner
        self._reply: int | None = None
        self._change: int | None = None
        self._going: set[tuple[int, str, int | None]] = set()
        self._held = HeldChanges()
        self.before = Before()
        view.message_deed.connect(self.do)
        view.header.wanted.connect(self.do_chat)
        view.list.link_pressed.connect(lambda url: press(engine, view, owner.chat, url))
        view.composer.send_wanted.connect(self.send)
        view.composer.edit_last_wanted.connect(self._change_last)
        view.composer.left.connect(self.leave)
        view.choose_bar.done.connect(view.list.stop_choosing)
        view.choose_bar.copy.connect(self._copy_chosen)
        view.choose_bar.report.connect(self._report_chosen)

    def is_changing(self) -> bool:
        """Whether the composer holds an old message, whose words are no draft."""
        return self._change is not None

    def changing(self) -> int | None:
        """The number of the message that the composer changes, or None."""
        return self._change

    def leave(self) -> None:
        """Neither a reply nor a change any more."""
        if self._owner.chat is not None:
            self._held.drop(self._owner.chat.conversation)
        self._end()

    def _end(self) -> None:
        changing, self._reply, self._change = self._change, None, None
        self._view.composer.show_context(None)
        if changing is not None and self._owner.chat is not None:
            self._view.composer.load("", short_name(self._owner.chat))

    def put_away(self) -> None:
        """Another chat comes: nothing of this one stays at the composer. A change that was to go out is kept for later."""
        if self._owner.chat is not None:
            self._held.rewrite(self._owner.chat.conversation, self._change, self._view.composer.text().strip())
        self.before.put_away()
        self._end()

    def resume(self, chat: ChatSummary, draft: str) -> None:
        """The chat is there again with its draft: go on with a change that was kept, unless the person writes already."""
        held = self._held.get(chat.conversation)
        if held is None:
            return

        def got(messages: tuple[MessageView, ...]) -> None:
            here = self._owner.chat is not None and self._owner.chat.conversation == chat.conversation
            if not here or self.is_changing() or self._reply is not None or self._view.composer.text() != draft:
                return
            if not messages or messages[0].retracted:
                self._held.drop(chat.conversation)
                return
            self._start_change(messages[0])
            self._held.keep(chat.conversation, held.message, held.text)
            self._view.composer.rewrite(held.text)
            self._view.composer.note(tr("This change is not sent yet."))

        self._engine.call(lambda hub: hub.conversations.messages(chat.conversation, (held.message,)), got)

    def send(self, text: str) -> None:
        """Send, or put right, what was written, when the rules for what goes out have nothing to ask."""
        chat = self._owner.chat
        if chat is None:
            return
        change, reply = self._change, self._reply
        if (chat.conversation, text, change) in self._going:
            return  # Enter once more while it is being stored: the box still holds the words

        def keep() -> None:
            if change is None:
                self._engine.call(lambda hub: hub.conversations.set_draft(chat.conversation, text))
            elif self._owner.chat is None or self._owner.chat.conversation != chat.conversation or self._change == change:
                self._held.keep(chat.conversation, change, text)

        self.before.look(chat, text, lambda: self._send(chat, text, change, reply), keep)

    def _send(self, chat: ChatSummary, text: str, change: int | None, reply: int | None) -> None:
        """The box is emptied only when it is stored."""
        conversation = chat.conversation
        mine = (conversation, text, change)
        self._going.add(mine)
        self._held.drop(conversation)
        QTimer.singleShot(_PATIENCE_MS, self, lambda: self._going.discard(mine))

        def stored(_: object) -> None:
            self._going.discard(mine)
            if self._owner.chat is None or self._owner.chat.conversation != conversation:
                if change is None:
                    self._engine.call(lambda hub: _drop_draft(hub, conversation, text))
                return
            whole = self._view.composer.text().strip() == text
            if (self._change, self._reply) == (change, reply) and (whole or change is None):
                self.leave()
            if whole:
                self._view.composer.load("", short_name(chat))
            left = "" if self.is_changing() else self._view.composer.text()
            self._engine.call(lambda hub: hub.conversations.set_draft(conversation, left))

        def failed(error: RobinError) -> None:
            self._going.discard(mine)
            self._owner.failed(error)

        if change is not None:
            self._engine.call(lambda hub: hub.conversations.correct(change, text), stored, failed)
        else:
            self._engine.call(lambda hub: hub.conversations.send(conversation, text, reply), stored, failed)

    def do(self, deed: str, message: int) -> None:
        """A deed of a message's menu."""
        number = self._model.row_of(message)
        view = self._model.message(number) if number is not None else None
        if deed == "report":
            who = view.occupant if view is not None and view.direction is Direction.IN else None
            self._owner.report(replace(self._owner.context((message,)), occupant=who))
        elif deed == "choose":
            self._view.list.start_choosing(message)
        elif deed == "resend":
            self._engine.call(lambda hub: hub.conversations.resend(message), failed=self._owner.failed)
        elif deed == "retract":
            self._engine.call(lambda hub: hub.conversations.retract(message), failed=self._owner.failed)
        elif view is not None:
            {"reply": self._start_reply, "change": self._start_change, "copy": self._copy}[deed](view)

    def do_chat(self, deed: str) -> None:
        """A deed of the chat's menu or header."""
        chat = self._owner.chat
        if deed == "report":
            self._owner.report(self._owner.context())
        elif chat is None:
            return
        elif deed == "search":
            self._owner.search()
        elif deed in {"pin", "unpin"}:
            self._engine.call(lambda hub: hub.conversations.set_pinned(chat.conversation, deed == "pin"))
        elif deed in {"mute", "unmute"}:
            self._engine.call(lambda hub: hub.conversations.set_muted(chat.conversation, deed == "mute"))
        elif deed == "unblock":
            self._engine.call(
                lambda hub: hub.blocking.unblock(chat.account, chat.counterpart), failed=self._owner.failed
            )
        elif deed == "block":
            self.ask_block()
        elif deed == "erase":
            self._ask_erase()

    def _start_reply(self, view: MessageView) -> None:
        self._begin()
        self._change, self._reply = None, view.id
        self._view.composer.show_context(view)
        self._view.composer.writer.setFocus()

    def _start_change(self, view: MessageView) -> None:
        self._begin()
        self._reply, self._change = None, view.id
        if self._owner.chat is not None:
            self._view.composer.load(view.body, short_name(self._owner.chat))
        self._view.composer.show_context(view, change=True)
        self._view.composer.writer.setFocus()

    def _begin(self) -> None:
        """Something else is written from now on."""
        self.before.close()
        if self._owner.chat is not None:
            self._held.drop(self._owner.chat.conversation)

    def _change_last(self) -> None:
        for number in range(self._model.rowCount() - 1, -1, -1):
            view = self._model.message(number)
            if view.direction is Direction.OUT and not view.retracted:
                self._start_change(view)
                return

    def _copy(self, view: MessageView) -> None:
        QGuiApplication.clipboard().setText(view.body)

    def _copy_chosen(self) -> None:
        lines = []
        for view in self._model.chosen():
            who = tr("You") if view.direction is Direction.OUT else visible(view.sender_name)
            lines.append(f"[{times.long_words(view.at)}] {who}: {view.body}")
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._view.list.stop_choosing()

    def _report_chosen(self) -> None:
        context = self._owner.context(tuple(view.id for view in self._model.chosen()))
        self._view.list.stop_choosing()
        self._owner.report(context)

    def ask_block(self, done: Callable[[], None] | None = None) -> None:
        """Ask before blocking; `done` is called when the person said yes."""
        from messenger.ui.widgets.ask import Question

        chat = self._owner.chat
        assert chat is not None
        name = isolate(visible(chat.title).split(" ")[0])

        def block() -> None:
            self._engine.call(lambda hub: hub.blocking.block(chat.account, chat.counterpart), failed=self._owner.failed)
            if done is not None:
                done()

        words = tr("They can not write to you any more. They are not told. You can undo this later.")
        title = tr("Block {name}?").format(name=name)
        Question(self._view.ctx, self._view.window(), title, words, tr("Block"), block, filled=False).open()

    def _ask_erase(self) -> None:
        from messenger.ui.widgets.ask import Question

        chat = self._owner.chat
        assert chat is not None

        def erased(_: object) -> None:
            if self._owner.chat is not None and self._owner.chat.conversation == chat.conversation:
                self._owner.leave()
                self._owner.open(chat.conversation)

        def erase() -> None:
            self._engine.call(
                lambda hub: hub.conversations.delete_history(chat.conversation), erased, self._owner.failed
            )

        words = tr("This takes the messages off this computer. You can not send them in a report after that.")
        Question(
            self._view.ctx, self._view.window(), tr("Erase the messages here?"), words, tr("Erase"), erase, filled=False
        ).open()


async def _drop_draft(hub: Hub, conversation: int, sent: str) -> None:
    """The chat was left before its message was stored: what was kept of these words while they were written goes."""
    if sent.startswith((await hub.conversations.draft(conversation)).strip()):
        await hub.conversations.set_draft(conversation, "")


def short_name(chat: ChatSummary) -> str:
    """What stands in the composer: a person's first name, or a group's whole one."""
    name = visible(chat.title)
    return name if chat.is_room else name.split(" ")[0]
