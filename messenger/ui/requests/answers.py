"""What the answers of a request card do. Not now and Block send nothing to the other side; Block is asked about first."""

from __future__ import annotations

from collections.abc import Callable

from messenger.domain.errors import RobinError
from messenger.domain.notice import FirstContact
from messenger.domain.room import RoomInvitation
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.plain import isolate, visible


class CardAnswers:
    """`opened` takes the conversation that may be shown now, `left` is called when the card is done with."""

    def __init__(
        self,
        engine: Engine,
        view: ConversationPane,
        opened: Callable[[int], None],
        left: Callable[[], None],
        failed: Callable[[RobinError], None],
    ) -> None:
        self._engine, self._view = engine, view
        self._opened, self._left, self._failed = opened, left, failed

    def do(self, one: FirstContact | RoomInvitation, deed: str) -> None:
        """An answer other than a report."""
        if deed == "ask":
            group = isinstance(one, RoomInvitation)
            jid = one.room if isinstance(one, RoomInvitation) else one.counterpart
            self._engine.call(lambda hub: hub.guardian.ask(one.account, jid, group), failed=self._failed)
        elif isinstance(one, RoomInvitation):
            self._group(one, deed)
        elif deed == "accept":
            self._engine.call(lambda hub: hub.contacts.accept(one.account, one.counterpart), self._opened, self._failed)
        elif deed == "decline":
            self._engine.call(lambda hub: hub.contacts.decline(one.account, one.counterpart), self._done, self._failed)
        elif deed == "block":
            self._ask_block(one)

    def _group(self, one: RoomInvitation, deed: str) -> None:
        if deed == "join":
            self._engine.call(lambda hub: hub.rooms.accept(one.account, one.room), self._opened, self._failed)
        else:
            self._engine.call(lambda hub: hub.rooms.decline(one.account, one.room), self._done, self._failed)

    def _ask_block(self, one: FirstContact) -> None:
        from messenger.ui.widgets.ask import Question

        def block() -> None:
            self._engine.call(lambda hub: hub.blocking.block(one.account, one.counterpart), self._done, self._failed)

        title = tr("Block {name}?").format(name=isolate(visible(one.name)))
        words = tr("They can not write to you any more. They are not told. You can undo this later.")
        Question(self._view.ctx, self._view.window(), title, words, tr("Block"), block, filled=False).open()

    def _done(self, _: None) -> None:
        self._left()
