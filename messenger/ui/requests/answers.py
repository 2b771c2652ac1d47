"""What the answers of a request card do. Not now and Block send nothing to the other side; Block is asked about first."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QTimer

from messenger.domain.errors import RobinError
from messenger.domain.notice import FirstContact
from messenger.domain.room import RoomInvitation
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.plain import isolate, visible

if TYPE_CHECKING:
    from messenger.services.hub import Hub

T = TypeVar("T")
_PATIENCE_MS = 5_000
"""Without an answer in this time, such as after a fault of ours, a button can be pressed once more."""


class CardAnswers:
    """`opened` takes the conversation that may be shown now, `left` is called when the card is done with.

    `turn` is another number once another chat was asked for: an answer that comes after that changes nothing in sight, so
    that nobody is taken out of the chat in which they write. The same answer pressed again waits for the first.
    """

    def __init__(
        self,
        engine: Engine,
        view: ConversationPane,
        opened: Callable[[int], None],
        left: Callable[[], None],
        failed: Callable[[RobinError], None],
        turn: Callable[[], int],
    ) -> None:
        self._engine, self._view = engine, view
        self._opened, self._left, self._failed, self._turn = opened, left, failed, turn
        self._going: set[tuple[str, str]] = set()

    def do(self, one: FirstContact | RoomInvitation, deed: str) -> None:
        """An answer other than a report."""
        if deed == "ask":
            group = isinstance(one, RoomInvitation)
            jid = one.room if isinstance(one, RoomInvitation) else one.counterpart
            self._engine.call(lambda hub: hub.guardian.ask(one.account, jid, group), failed=self._failed)
        elif isinstance(one, RoomInvitation):
            self._group(one, deed)
        elif deed == "accept":
            self._ask(
                one.counterpart, deed, lambda hub: hub.contacts.accept(one.account, one.counterpart), self._opened
            )
        elif deed == "decline":
            self._ask(one.counterpart, deed, lambda hub: hub.contacts.decline(one.account, one.counterpart), self._done)
        elif deed == "block":
            self._ask_block(one)

    def _group(self, one: RoomInvitation, deed: str) -> None:
        if deed == "join":
            self._ask(one.room, deed, lambda hub: hub.rooms.accept(one.account, one.room), self._opened)
        else:
            self._ask(one.room, deed, lambda hub: hub.rooms.decline(one.account, one.room), self._done)

    def _ask_block(self, one: FirstContact) -> None:
        from messenger.ui.widgets.ask import Question

        def block() -> None:
            self._ask(
                one.counterpart, "block", lambda hub: hub.blocking.block(one.account, one.counterpart), self._done
            )

        title = tr("Block {name}?").format(name=isolate(visible(one.name)))
        words = tr("They can not write to you any more. They are not told. You can undo this later.")
        Question(self._view.ctx, self._view.window(), title, words, tr("Block"), block, filled=False).open()

    def _ask(
        self, key: str, deed: str, ask: Callable[[Hub], Coroutine[Any, Any, T]], then: Callable[[T], None]
    ) -> None:
        mine, turn = (key, deed), self._turn()
        if mine in self._going:
            return
        self._going.add(mine)
        QTimer.singleShot(_PATIENCE_MS, self._view, lambda: self._going.discard(mine))

        def done(answer: T) -> None:
            self._going.discard(mine)
            if turn == self._turn():
                then(answer)

        def failed(error: RobinError) -> None:
            self._going.discard(mine)
            if turn == self._turn():
                self._failed(error)

        self._engine.call(ask, done, failed)

    def _done(self, _: None) -> None:
        self._left()
