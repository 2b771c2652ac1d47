"""Decides what the People page does: answers requests, adds, blocks and removes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from messenger.domain.errors import InvalidAddress, RobinError
from messenger.domain.events import ContactsChanged, GuardianChanged, RequestsChanged
from messenger.domain.jid import Jid
from messenger.domain.notice import FirstContact
from messenger.domain.report import ReportContext
from messenger.domain.room import RoomInvitation
from messenger.i18n import tr, trd
from messenger.ui.border import Engine
from messenger.ui.conversation.request import looks_like
from messenger.ui.guardian.held import offer
from messenger.ui.people.view import PeoplePage
from messenger.ui.plain import isolate, visible
from messenger.ui.requests.presenter import invitation_context
from messenger.ui.theme.context import ThemeContext

if TYPE_CHECKING:
    from messenger.services.hub import Hub


T = TypeVar("T")


class PeoplePresenter(QObject):
    """Emits `open_wanted(conversation)` when a chat shall be shown, `look_wanted` for a request that was put away."""

    open_wanted = Signal(int)
    report_wanted = Signal(object)
    look_wanted = Signal(object)

    def __init__(self, ctx: ThemeContext, engine: Engine, view: PeoplePage) -> None:
        super().__init__(view)
        self._ctx, self._engine, self._view = ctx, engine, view
        self._account = ""
        self._invitations: tuple[RoomInvitation, ...] = ()
        view.add_wanted.connect(self.add)
        view.request_answered.connect(self.answer)
        view.person_wanted.connect(self.do)
        view.invitation_answered.connect(self.answer_invitation)
        view.away_wanted.connect(self.look_wanted)
        engine.on(ContactsChanged, lambda event: self.load() if event.account == self._account else None)
        engine.on(RequestsChanged, lambda event: self.load() if event.account == self._account else None)
        engine.on(GuardianChanged, lambda _event: self.load() if self._account else None)

    def set_account(self, account: str) -> None:
        """Show another account's people; '' is signed out."""
        self._account = account
        self._view.say("")
        if account:
            self.load()
        else:
            self._view.show_requests(())
            self._view.show_put_away(())
            self._view.show_invitations(())
            self._view.show_people(())

    def load(self) -> None:
        """Ask for people and requests."""
        account, view = self._account, self._view

        async def away(hub: Hub) -> tuple[FirstContact | RoomInvitation, ...]:
            return *await hub.first_contact.put_away(account), *await hub.rooms.put_away(account)

        def invitations(found: tuple[RoomInvitation, ...]) -> None:
            self._invitations = found
            view.show_invitations(found)

        def still(show: Callable[[tuple[T, ...]], None]) -> Callable[[tuple[T, ...]], None]:
            return lambda found: show(found) if account == self._account else None

        if account:
            self._engine.call(lambda hub: hub.rooms.invitations(account), still(invitations))
            self._engine.call(lambda hub: hub.contacts.contacts(account), still(view.show_people))
            self._engine.call(lambda hub: hub.first_contact.waiting(account), still(view.show_requests))
            self._engine.call(away, still(view.show_put_away))

    def add(self, text: str) -> None:
        """Ask somebody."""
        self._view.say("")
        try:
            jid = Jid.parse(text)
            if not jid.local:
                raise InvalidAddress
        except InvalidAddress:
            self._view.address.set_error(tr("Write an address, like ann@example.org."))
            self._view.address.edit.setFocus()
            return
        if not self._account:
            self._view.address.set_error(tr("Sign in first."))
            return
        self._view.address.set_error("")
        account, address = self._account, jid.bare

        def asked(_: None) -> None:
            self._view.address.set_text("")
            self._view.say(tr("You asked {name}. Now they have to say yes.").format(name=isolate(visible(address))))
            self.load()

        def add() -> None:
            self._engine.call(lambda hub: hub.contacts.add(account, address), asked, self._add_failed)

        def checked(known: str) -> None:
            if known:
                self._ask_add(address, known, add)
            else:
                add()

        self._engine.call(lambda hub: hub.contacts.resembles(account, address), checked, self._add_failed)

    def answer(self, deed: str, jid: str) -> None:
        """A request card was answered."""
        account = self._account
        if deed == "accept":
            self._engine.call(lambda hub: hub.contacts.accept(account, jid), self._accepted, self._failed)
        elif deed == "decline":
            self._engine.call(lambda hub: hub.contacts.decline(account, jid), self._reload, self._failed)
        elif deed == "block":
            self._ask_block(jid)
        elif deed == "ask":
            self._engine.call(lambda hub: hub.guardian.ask(account, jid), failed=self._failed)
        else:
            self._report(jid)

    def answer_invitation(self, deed: str, room: str) -> None:
        """The card of an invitation was answered."""
        account = self._account
        if deed == "join":
            self._engine.call(lambda hub: hub.rooms.accept(account, room), self._accepted, self._failed)
        elif deed == "decline":
            self._engine.call(lambda hub: hub.rooms.decline(account, room), self._reload, self._failed)
        elif deed == "ask":
            self._engine.call(lambda hub: hub.guardian.ask(account, room, True), failed=self._failed)
        else:
            one = next((one for one in self._invitations if one.room == room), RoomInvitation(account, room, ""))
            self.report_wanted.emit(invitation_context(one))

    def do(self, deed: str, jid: str) -> None:
        """A deed of a person's row."""
        account = self._account
        if deed == "write":
            self._engine.call(lambda hub: hub.conversations.open(account, jid), self.open_wanted.emit, self._failed)
        elif deed == "report":
            self._report(jid)
        elif deed == "unblock":
            self._engine.call(lambda hub: hub.blocking.unblock(account, jid), self._reload, self._failed)
        elif deed == "block":
            self._ask_block(jid)
        elif deed == "remove":
            self._ask_remove(jid)

    def _report(self, jid: str) -> None:
        """Report first; the block step comes after it (decision 9)."""
        account = self._account

        def found(conversation: int) -> None:
            self.report_wanted.emit(ReportContext(account, conversation, (), jid))

        def failed(_: RobinError) -> None:
            self.report_wanted.emit(ReportContext(account, None, (), jid))

        self._engine.call(lambda hub: hub.conversations.open(account, jid), found, failed)

    def _ask_block(self, jid: str) -> None:
        from messenger.ui.widgets.ask import Question

        account = self._account

        def block() -> None:
            self._engine.call(lambda hub: hub.blocking.block(account, jid), self._reload, self._failed)

        title = tr("Block {name}?").format(name=isolate(visible(jid)))
        words = tr("They can not write to you any more. They are not told. You can undo this later.")
        Question(self._ctx, self._view.window(), title, words, tr("Block"), block, filled=False).open()

    def _ask_add(self, address: str, known: str, add: Callable[[], None]) -> None:
        from messenger.ui.widgets.ask import Question

        words = looks_like(known)
        yes = tr("Ask to chat")
        title = tr("Is this the right address?")
        Question(self._ctx, self._view.window(), title, words, yes, add, filled=False, detail=visible(address)).open()

    def _ask_remove(self, jid: str) -> None:
        from messenger.ui.widgets.ask import Question

        account = self._account

        def remove() -> None:
            self._engine.call(lambda hub: hub.contacts.remove(account, jid), self._reload, self._failed)

        title = tr("Take {name} out of your people?").format(name=isolate(visible(jid)))
        words = tr("You do not see each other's status any more. The chat stays on this computer.")
        Question(self._ctx, self._view.window(), title, words, tr("Take out"), remove, filled=False).open()

    def _accepted(self, conversation: int) -> None:
        self.load()
        self.open_wanted.emit(conversation)

    def _reload(self, _: None) -> None:
        self._view.say("")
        self.load()

    def _add_failed(self, error: RobinError) -> None:
        self._view.address.set_error(_words(error))
        offer(self._ctx, self._engine, self._view, error)

    def _failed(self, error: RobinError) -> None:
        self._view.say(_words(error))


def _words(error: RobinError) -> str:
    return f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields)
