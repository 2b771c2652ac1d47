"""Asks the rules before a message goes out, and shows the pause when they find something. A failure never holds a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer

from messenger.domain.conversation import ChatSummary
from messenger.domain.notice import Pause
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.conversation.deeds import Before
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.plain import isolate, visible

if TYPE_CHECKING:
    from messenger.ui.notices.pause import PauseBar

_PATIENCE_MS = 3_000
"""Without an answer of the rules in this time, a message goes as if they had found nothing."""
_HERE = Qt.FocusReason.OtherFocusReason


class Open(Protocol):
    """Who knows the chat that is open."""

    chat: ChatSummary | None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message that is looked at or that a pause is about. `keep` keeps its words for later, unsent."""

    chat: ChatSummary
    text: str
    send: Callable[[], None]
    keep: Callable[[], None]


class BeforeSend(QObject, Before):
    """Belongs to a chat's deeds. The bar is made when it is first needed."""

    def __init__(self, engine: Engine, view: ConversationPane, owner: Open) -> None:
        QObject.__init__(self, view)
        self._engine, self._view, self._owner = engine, view, owner
        self.patience_ms = _PATIENCE_MS
        self._asked: list[_Waiting] = []
        self._held: tuple[_Waiting, Pause] | None = None
        self._bar: PauseBar | None = None
        view.composer.writer.textChanged.connect(self._edited)
        view.list.choosing_changed.connect(lambda _: self.close())
        view.composer.left.connect(self.close)

    def look(self, chat: ChatSummary, text: str, send: Callable[[], None], keep: Callable[[], None]) -> None:
        """Call `send` when nothing is found; else ask. The same words once more lead the keyboard to the question.

        `keep` is called when there is something to ask: until the person has answered, the words are a draft.
        """
        if self._held is not None and self._is(self._held[0], chat, text):
            self._lead()
            return
        if any(self._is(one, chat, text) for one in self._asked):
            return
        self.put_away()
        mine = _Waiting(chat, text, send, keep)
        self._asked.append(mine)

        def answered(pause: Pause | None) -> None:
            if mine not in self._asked:
                return
            self._asked.remove(mine)
            if pause is None:
                mine.send()
            else:
                self._ask(mine, pause)

        self._engine.call(
            lambda hub: hub.notices.before_send(chat.conversation, text), answered, lambda _: answered(None)
        )
        QTimer.singleShot(self.patience_ms, self, lambda: answered(None))

    def close(self) -> None:
        """Take the question away; nothing is sent. A message that is still looked at goes on."""
        self.put_away()

    def put_away(self) -> None:
        """The chat goes from the screen, and the question with it."""
        self._held = None
        area = self._view.pause_area
        if not area.isHidden():
            inside = area.focusWidget()
            if inside is not None and inside.hasFocus():
                self._view.composer.writer.setFocus(_HERE)
            area.hide()

    def pause(self) -> Pause | None:
        """The question that is open."""
        return self._held[1] if self._held is not None else None

    def bar(self) -> PauseBar:
        """The bar, made now if it was not needed before."""
        if self._bar is None:
            from messenger.ui.notices.holder import Holder
            from messenger.ui.notices.pause import PauseBar

            self._bar = PauseBar(self._view.ctx)
            self._bar.pressed.connect(self._pressed)
            self._view.pauses.addWidget(Holder(self._bar, self._view, self._view.notice_area, "pause.holder"))
        return self._bar

    def _ask(self, waiting: _Waiting, pause: Pause) -> None:
        written = self._view.composer.text().strip()
        here = self._owner.chat is not None and self._owner.chat.conversation == waiting.chat.conversation
        if not (here and written) or written == waiting.text:
            waiting.keep()  # what was written on since is a newer draft
        if not here:
            return
        if written == waiting.text and not self._view.composer.isHidden():
            self._show(waiting, pause)
        elif written:
            self._view.composer.note(tr("You wrote on. Send it once more."))

    def _show(self, waiting: _Waiting, pause: Pause) -> None:
        from messenger.ui.notices.holder import chain

        bar = self.bar()
        self._held = waiting, pause
        bar.show_pause(pause, rest_words(waiting.chat) if pause.can_rest else "")
        self._view.pause_area.show()
        self._view.pause_area.first = bar.first()
        chain(self._view.list, bar.stops(), self._view.composer.writer)
        a11y.announce(bar, tr("Before you send: {sentence}").format(sentence=f"{pause.text} {pause.why}"))

    def _lead(self) -> None:
        self.bar().first().setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _pressed(self, id: str) -> None:
        if self._held is None:
            return
        waiting, pause = self._held
        if id != "cancel" and self.bar().rest.isChecked() and pause.can_rest:  # Escape changes nothing
            conversation, rule = waiting.chat.conversation, pause.rule
            self._engine.call(lambda hub: hub.notices.rest(conversation, rule))
        self._engine.call(lambda hub: hub.notices.answer(pause.id, id), None, lambda _: None)
        self._view.composer.writer.setFocus(_HERE)
        self.close()
        if id in {"send", "send_anyway"}:
            waiting.send()
        elif id == "take_out":
            self._view.composer.rewrite(pause.without)

    def _edited(self) -> None:
        """Other words now: the question was about the old ones."""
        if self._held is not None and self._view.composer.text().strip() != self._held[0].text:
            self.close()

    @staticmethod
    def _is(waiting: _Waiting, chat: ChatSummary, text: str) -> bool:
        return waiting.chat.conversation == chat.conversation and waiting.text == text


def rest_words(chat: ChatSummary) -> str:
    """What stands beside the box that lets a question rest for this chat."""
    name = visible(chat.title)
    if chat.is_room:
        return tr("Do not ask in {name} again").format(name=isolate(name))
    return tr("Do not ask for {name} again").format(name=isolate(name.split(" ")[0]))
