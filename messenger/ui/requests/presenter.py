"""Decides what stands in the Chats room for people and groups that are not accepted yet: their card instead of a chat.

While a card stands, the conversation presenter has no chat: nothing can be marked as read, typed or fetched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from messenger.domain.conversation import ChatSummary
from messenger.domain.errors import RobinError
from messenger.domain.events import ChatsChanged, ContactsChanged, GuardianChanged, MessagesStored, RequestsChanged
from messenger.domain.message import Occupant
from messenger.domain.notice import FirstContact, Notice
from messenger.domain.report import ReportContext
from messenger.domain.room import RoomInvitation
from messenger.domain.tip import Tip
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.conversation.presenter import ConversationPresenter
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.plain import visible
from messenger.ui.requests.answers import CardAnswers
from messenger.ui.widgets.pictures import AvatarPainter

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.conversation.request import AskCard, RequestCard
    from messenger.ui.requests.page import RequestHead, RequestPage
    from messenger.ui.rooms.invitation import InvitationCard
    from messenger.ui.theme.context import ThemeContext

Waiting = FirstContact | RoomInvitation
_HERE = Qt.FocusReason.OtherFocusReason


class FirstContacts(QObject):
    """Belongs to the main window. `shown` says whether a card stands, `closed` that one was answered or left."""

    shown = Signal(bool)
    closed = Signal()
    report_wanted = Signal(object)

    def __init__(
        self, engine: Engine, view: ConversationPane, chats: ConversationPresenter, avatars: AvatarPainter
    ) -> None:
        super().__init__(view)
        self._engine, self._view, self._chats, self._avatars = engine, view, chats, avatars
        self._page: RequestPage | None = None
        self._card: Waiting | None = None
        self._through: list[Waiting] = []
        self._account = ""
        self._narrow = False
        self._turn = object()  # another one with each chat that is opened or left: a card that comes late is not wanted
        self._answers = CardAnswers(engine, view, chats.open, self._leave, self._failed, chats.turn)
        view.narrowed.connect(self.set_narrow)
        chats.gate = self._gate
        chats.opened.connect(lambda _chat: self._end())
        chats.left.connect(self._end)
        engine.on(MessagesStored, self._stored)
        engine.on(ChatsChanged, lambda event: self._renew_any(event.account))
        engine.on(ContactsChanged, lambda event: self._renew_any(event.account))
        engine.on(RequestsChanged, lambda event: self._renew_any(event.account))
        engine.on(GuardianChanged, self._guardian_changed)

    def open_waiting(self, account: str) -> None:
        """Show who waits for an answer: the newest, with a way to the others."""
        self._account, turn = account, self._chats.turn()

        async def ask(hub: Hub) -> tuple[tuple[FirstContact, ...], tuple[RoomInvitation, ...]]:
            return await hub.first_contact.waiting(account), await hub.rooms.invitations(account)

        def got(found: tuple[tuple[FirstContact, ...], tuple[RoomInvitation, ...]]) -> None:
            self._through = [*found[0], *found[1]]
            if self._through and turn == self._chats.turn():  # no other chat was asked for since
                self._show_waiting(self._through[0])

        if account:
            self._engine.call(ask, got)

    def look(self, one: Waiting) -> None:
        """Show one request, as when it was put away and is looked at again."""
        self._through = []
        self._show_waiting(one)

    def context(self) -> ReportContext | None:
        """Where Report abuse was pressed while a card stands; None when there is none."""
        if isinstance(self._card, FirstContact):
            return ReportContext(self._card.account, self._card.conversation, (), self._card.counterpart)
        if isinstance(self._card, RoomInvitation):
            return invitation_context(self._card)
        return None

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window the way back to the list is in the head."""
        self._narrow = narrow
        if self._page is not None:
            self._page.head.set_narrow(narrow)

    def page(self) -> RequestPage:
        """The place of the cards, made when it is first needed."""
        if self._page is None:
            from messenger.ui.requests.page import RequestPage

            page = self._page = RequestPage(self._view.ctx, self._avatars)
            page.report.connect(lambda: self.report_wanted.emit(self.context()))
            page.left.connect(self._leave)
            page.stepped.connect(self._step)
            self._view.put_requests(page)
            page.head.set_narrow(self._narrow)
        return self._page

    def _gate(self, chat: ChatSummary, go: Callable[[], None]) -> None:
        """Before a chat is opened: somebody who was not accepted gets the card, and nothing else begins."""
        mine = self._turn = object()
        if chat.is_room or chat.known:
            go()
            return

        def got(card: FirstContact | None) -> None:
            if card is None:
                go()
            elif mine is self._turn:
                self._show(card)

        self._engine.call(
            lambda hub: hub.first_contact.card(chat.conversation),
            got,
            lambda _: self._chats.leave() if mine is self._turn else None,
        )

    def _show_waiting(self, one: Waiting) -> None:
        if isinstance(one, RoomInvitation):
            self._chats.leave()
            self._show(one)
        elif one.conversation:
            self._chats.open(one.conversation)
        else:
            # Somebody who only asked for presence has no chat yet.
            account, jid = one.account, one.counterpart
            self._engine.call(lambda hub: hub.conversations.open(account, jid), self._chats.open)

    def _show(self, one: Waiting) -> None:
        page = self.page()
        self._card, self._account = one, one.account
        card = _make(self._view.ctx, self._avatars, page.head, one)
        card.answered.connect(lambda deed, _key: self.answer(deed))
        card.setParent(page)
        page.show_card(card)
        at = self._place(one)
        page.show_place(at + 1, len(self._through) if at >= 0 else 0)
        self._view.show_requests(card.title)
        self.shown.emit(True)
        card.title.setFocus(_HERE)
        self._load_more(one, card)

    def _load_more(self, one: Waiting, card: RequestCard | InvitationCard) -> None:
        """A tip, and what the rules for threats and links saw."""
        page = self.page()

        def tipped(tips: tuple[Tip, ...]) -> None:
            if tips and page.card is card:
                card.show_tip(tips[0])

        trigger = "R17" if isinstance(one, FirstContact) else "group_invite"
        self._engine.call(lambda hub: hub.safety.about(trigger), tipped, lambda _: None)
        if isinstance(one, FirstContact):
            self._load_found(one.conversation)

    def _load_found(self, conversation: int) -> None:
        page = self.page()
        card = page.card

        def found(notices: tuple[Notice, ...]) -> None:
            show = getattr(card, "show_found", None)
            if page.card is card and show is not None:
                show(notices)

        self._engine.call(lambda hub: hub.notices.findings(conversation), found, lambda _: None)

    def _place(self, one: Waiting) -> int:
        return next((n for n, other in enumerate(self._through) if _same(one, other)), -1)

    def _step(self, by: int) -> None:
        at = self._place(self._card) + by if self._card is not None else -1
        if 0 <= at < len(self._through):
            self._show_waiting(self._through[at])

    def _end(self) -> None:
        """A chat stands there now, or nothing."""
        self._turn = object()
        if self._card is not None:
            self._card = None
            self.shown.emit(False)

    def _leave(self) -> None:
        """Away from the card without an answer: it goes on waiting."""
        self._chats.leave()
        self._end()
        self.closed.emit()

    # -- what changes while it stands

    def _stored(self, event: MessagesStored) -> None:
        chat = self._chats.chat
        if chat is None or chat.known or chat.is_room or chat.conversation != event.conversation:
            self._renew(event.conversation)
            return

        # The person began to write to a new address, and it wrote first: what they wrote stays as a draft.
        def got(card: FirstContact | None) -> None:
            if card is not None and self._chats.chat is not None and self._chats.chat.conversation == card.conversation:
                self._chats.leave()
                # In another room, or behind the lock, nothing comes up because somebody wrote: it waits in the list.
                if self._view.isVisible():
                    self._show(card)
                else:
                    self.shown.emit(False)

        self._engine.call(lambda hub: hub.first_contact.card(event.conversation), got, lambda _: None)

    def _renew_any(self, account: str) -> None:
        if isinstance(self._card, FirstContact) and account == self._card.account:
            self._renew(self._card.conversation)

    def _guardian_changed(self, _event: GuardianChanged) -> None:
        self._renew_any(self._account)
        one, page = self._card, self._page
        if isinstance(one, RoomInvitation) and page is not None:
            from messenger.ui.guardian.held import renew_invitation

            shown = page.card

            def show(now: RoomInvitation) -> None:
                if self._card is one and page.card is shown:
                    self._card = now
                    _show_invitation(shown, now)

            renew_invitation(self._engine, one, show)

    def _renew(self, conversation: int) -> None:
        one, page = self._card, self._page
        if not isinstance(one, FirstContact) or one.conversation != conversation or page is None:
            return

        def got(card: FirstContact | None) -> None:
            if not isinstance(self._card, FirstContact) or self._card.conversation != conversation:
                return
            if card is None:
                self._answered_elsewhere(conversation)
            elif card != self._card:
                before, self._card = self._card, card
                _show_card(page.card, card)
                if card.count > before.count:
                    a11y.announce(page, tr("One more message came."))
                if (card.count, card.words) != (before.count, before.words):
                    self._load_found(conversation)

        self._engine.call(lambda hub: hub.first_contact.card(conversation), got, lambda _: None)

    def _answered_elsewhere(self, conversation: int) -> None:
        # Accepted or blocked, here or on another device.
        def got(chat: ChatSummary) -> None:
            if isinstance(self._card, FirstContact) and self._card.conversation == conversation:
                if chat.known and not chat.blocked:
                    self._chats.open(conversation)
                else:
                    self._leave()

        self._engine.call(lambda hub: hub.conversations.summary(conversation), got, lambda _: self._leave())

    def answer(self, deed: str) -> None:
        """A button of the card was pressed."""
        one = self._card
        if one is None:
            return
        if deed == "report":
            # Report first; the block step comes after the receipt (decision 9).
            self.report_wanted.emit(self.context())
        else:
            self._answers.do(one, deed)

    def _failed(self, error: RobinError) -> None:
        if self._page is not None and self._page.card is not None:
            self._page.card.say(f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))


def _make(ctx: ThemeContext, avatars: AvatarPainter, head: RequestHead, one: Waiting) -> RequestCard | InvitationCard:
    """The card of a request, and its head."""
    address = visible(one.counterpart if isinstance(one, FirstContact) else one.room)
    if isinstance(one, FirstContact):
        from messenger.ui.conversation.request import RequestCard

        said = tr("Wants to write to you") if one.count else tr("Asks to see when you are online")
        head.show_who(one.counterpart, visible(one.name), f"{said}  \u00b7  {address}", "user")
        return RequestCard(ctx, avatars, one)
    from messenger.ui.rooms.invitation import InvitationCard, group_name

    said = tr("You are asked into a group")
    head.show_who(one.room, group_name(one), f"{said}  \u00b7  {address}", "users")
    return InvitationCard(ctx, avatars, one)


def invitation_context(one: RoomInvitation) -> ReportContext:
    """Report abuse at an invitation. In a mediated one the inviter may be known by their place in the group only."""
    place, _, nick = one.inviter.partition("/")
    who = Occupant(nick) if place == one.room and nick else None
    return ReportContext(one.account, None, (), place or one.room, occupant=who)


def _show_card(shown: AskCard | None, card: FirstContact) -> None:
    show = getattr(shown, "show_card", None)
    if show is not None:
        show(card)


def _show_invitation(shown: AskCard | None, invitation: RoomInvitation) -> None:
    show = getattr(shown, "show_invitation", None)
    if show is not None:
        show(invitation)


def _same(one: Waiting, other: Waiting) -> bool:
    if isinstance(one, FirstContact) and isinstance(other, FirstContact):
        return one.counterpart == other.counterpart
    return isinstance(one, RoomInvitation) and isinstance(other, RoomInvitation) and one.room == other.room
