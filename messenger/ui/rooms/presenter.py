"""Decides what a group's chat shows beside its messages: who is there, why this account is outside, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from messenger.domain.account import ConnectionState
from messenger.domain.conversation import ChatSummary
from messenger.domain.errors import InvalidAddress, RobinError
from messenger.domain.events import ConnectionChanged, RoomChanged
from messenger.domain.evidence import Occupant
from messenger.domain.report import ReportContext
from messenger.domain.room import RoomNow, RoomPerson
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.plain import isolate, visible
from messenger.ui.rooms import words
from messenger.ui.rooms.people import RoomPeople
from messenger.ui.widgets.pictures import AvatarPainter


class RoomPresenter(QObject):
    """Follows the open chat; does nothing while it is no group."""

    report_wanted = Signal(object)

    def __init__(self, engine: Engine, view: ConversationPane, avatars: AvatarPainter) -> None:
        super().__init__(view)
        self._engine, self._view, self._avatars = engine, view, avatars
        self._chat: ChatSummary | None = None
        self._people: RoomPeople | None = None
        self._online = True
        view.header.wanted.connect(self.do)
        view.outside.again.connect(self._again)
        engine.on(RoomChanged, self._changed)
        engine.on(ConnectionChanged, self._connection)

    def show(self, chat: ChatSummary | None) -> None:
        """Another chat is open, or none."""
        if self._people is not None and (
            chat is None or self._chat is None or chat.conversation != self._chat.conversation
        ):
            self._people.accept()
        self._chat = chat if chat is not None and chat.is_room else None
        self._view.show_outside("")
        if self._chat is not None:
            self._load()

    def do(self, deed: str) -> None:
        """A deed of the head or its menu."""
        if self._chat is None:
            return
        if deed == "people":
            self._open_people()
        elif deed == "leave":
            self._ask_leave()

    def _changed(self, event: RoomChanged) -> None:
        if self._chat is not None and event.conversation == self._chat.conversation:
            self._load()

    def _connection(self, event: ConnectionChanged) -> None:
        if self._chat is not None and event.account == self._chat.account:
            self._online = event.state is ConnectionState.ONLINE
            self._load()

    def _load(self) -> None:
        chat = self._chat
        if chat is None:
            return

        def got(now: RoomNow) -> None:
            if self._chat is chat:
                self._view.header.show_room_words(words.head(now))
                self._view.show_outside(*words.outside(now, self._online))
                if self._people is not None:
                    self._people.show_subject(now.subject)

        self._engine.call(lambda hub: hub.rooms.now(chat.conversation), got)
        self._load_people()

    def _load_people(self) -> None:
        chat, panel = self._chat, self._people
        if chat is None or panel is None:
            return

        def got(people: tuple[RoomPerson, ...]) -> None:
            if self._people is panel:
                panel.show_people(people)

        self._engine.call(lambda hub: hub.rooms.people(chat.conversation), got)

    def _open_people(self) -> None:
        chat = self._chat
        if chat is None or self._people is not None:
            return
        panel = RoomPeople(self._view.ctx, self._avatars, chat.title, chat.counterpart, self._view.window())
        self._people = panel
        panel.report.connect(self._report)
        panel.invite.connect(self._invite)
        panel.finished.connect(self._people_closed)
        panel.show()
        self._load()

    def _people_closed(self, _result: int) -> None:
        self._people = None

    def _report(self, who: Occupant) -> None:
        chat = self._chat
        if chat is not None:
            self.report_wanted.emit(ReportContext(chat.account, chat.conversation, (), chat.counterpart, occupant=who))

    def _invite(self, address: str) -> None:
        chat, panel = self._chat, self._people
        if chat is None or panel is None:
            return

        def asked(_: None) -> None:
            if self._people is panel:
                panel.address.set_text("")
                panel.count.setText(tr("You asked {name}.").format(name=isolate(visible(address.strip()))))

        def failed(error: RobinError) -> None:
            if self._people is panel:
                wrong = isinstance(error, InvalidAddress)
                said = tr("Write an address, like ann@example.org.") if wrong else words.failure(error)
                panel.address.set_error(said)
                panel.address.edit.setFocus()

        panel.address.set_error("")
        self._engine.call(lambda hub: hub.rooms.invite(chat.conversation, address.strip()), asked, failed)

    def _again(self) -> None:
        chat = self._chat
        if chat is None:
            return

        def failed(error: RobinError) -> None:
            if self._chat is chat:
                self._view.show_outside(words.failure(error), tr("Join again"))

        self._engine.call(lambda hub: hub.rooms.join_again(chat.conversation), failed=failed)

    def _ask_leave(self) -> None:
        from messenger.ui.widgets.ask import Question

        chat = self._chat
        assert chat is not None

        def leave() -> None:
            self._engine.call(lambda hub: hub.rooms.leave(chat.conversation))

        title = tr("Leave {name}?").format(name=isolate(visible(chat.title)))
        said = tr("The people there see that you went. What was said stays on this computer.")
        Question(self._view.ctx, self._view.window(), title, said, tr("Leave"), leave, filled=False).open()
