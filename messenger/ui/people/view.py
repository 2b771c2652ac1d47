"""The People page: who waits for an answer, adding somebody, and the people that are accepted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from messenger.domain.contact import Contact, Subscription
from messenger.domain.notice import FirstContact
from messenger.domain.room import RoomInvitation
from messenger.i18n import tr
from messenger.ui.conversation.request import RequestCard
from messenger.ui.people.away import PutAwayRow
from messenger.ui.plain import visible
from messenger.ui.report.wrap import shrinkable
from messenger.ui.rooms.invitation import InvitationCard
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, EmptyState, Line
from messenger.ui.widgets.buttons import Button, IconButton
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import ElidedLabel, TextLabel
from messenger.ui.widgets.page import Page
from messenger.ui.widgets.pictures import Avatar, AvatarPainter, presence_words


class PersonRow(QWidget):
    """A person in the list: chat by pressing, more in the menu."""

    wanted = Signal(str, str)

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, person: Contact) -> None:
        super().__init__()
        self._ctx, self._person = ctx, person
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(16, 10, 12, 10)
        self._row.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(12)
        self._row.addLayout(row, 1)
        avatar = Avatar(ctx, avatars, 44, "raised")
        name = visible(person.name or person.jid)
        avatar.set_person(person.jid, name, person.avatar, person.presence.show if person.known else None)
        row.addWidget(avatar)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(ctx, name, "body", weight=500))
        words.addWidget(ElidedLabel(ctx, _second_line(person), "secondary", "muted"))
        row.addLayout(words, 1)
        chat = Button(ctx, tr("Write"), f"person.write.{person.jid}", icon="message-circle")
        chat.setAccessibleName(tr("Write to {name}").format(name=name))
        chat.clicked.connect(lambda: self.wanted.emit("write", person.jid))
        deeds = QHBoxLayout()
        deeds.setSpacing(12)
        deeds.addStretch(1)
        deeds.addWidget(chat)
        self._row.addLayout(deeds)
        self.more = IconButton(ctx, "ellipsis", tr("More about {name}").format(name=name), f"person.more.{person.jid}")
        self.more.clicked.connect(lambda: self.menu().popup(self.more.mapToGlobal(QPoint(0, self.more.height()))))
        deeds.addWidget(self.more)

    def minimumSizeHint(self) -> QSize:
        # Without this the row that is laid out sideways would keep its page from becoming narrow.
        return QSize(0, self._row.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        _turn(self._row, self.width() < self._ctx.px(400))

    def menu(self) -> QMenu:
        """What can be done."""
        menu = QMenu(self)
        menu.setAccessibleName(visible(self._person.name or self._person.jid))
        blocked = self._person.blocked
        for deed, words, icon in (
            ("unblock", tr("Unblock"), "circle-check") if blocked else ("block", tr("Block"), "ban"),
            ("remove", tr("Take out of my people"), "user-x"),
        ):
            action = menu.addAction(self._ctx.icon(icon, "muted"), words)
            action.triggered.connect(lambda _=False, what=deed: self.wanted.emit(what, self._person.jid))
        menu.addSeparator()
        report = menu.addAction(self._ctx.icon("octagon-alert", "report-text"), tr("Report abuse"))
        report.triggered.connect(lambda: self.wanted.emit("report", self._person.jid))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu


class PeoplePage(Page):
    """Draws and emits; the presenter decides."""

    add_wanted = Signal(str)
    request_answered = Signal(str, str)
    person_wanted = Signal(str, str)
    invitation_answered = Signal(str, str)
    group_wanted = Signal()
    away_wanted = Signal(object)

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter) -> None:
        super().__init__(ctx, tr("People"), "people")
        self._avatars = avatars
        self.note = TextLabel(ctx, "", "body", weight=600)
        self.note.hide()
        self.column.addWidget(self.note)
        self._requests = self._block(tr("Requests"))
        self._invitations = self._block(tr("Groups that ask you in"))
        self._make_add()
        self._people = self._block(tr("My people"))
        self.empty = EmptyState(
            ctx, "users", tr("Nobody here yet"), tr("Add someone you know. They have to say yes."), ident="people.empty"
        )
        self.column.addWidget(self.empty)
        self._away = self._block(tr("Put away"))
        self.column.addStretch(1)

    def show_requests(self, requests: Sequence[FirstContact]) -> None:
        """Show who waits."""
        host, column = self._requests
        _clear(column)
        host.setVisible(bool(requests))
        for request in requests:
            card = RequestCard(self._ctx, self._avatars, request)
            card.answered.connect(self.request_answered)
            column.addWidget(card)

    def show_put_away(self, away: Sequence[FirstContact | RoomInvitation]) -> None:
        """Show which requests were put away: small, without their words."""
        host, column = self._away
        _clear(column)
        host.setVisible(bool(away))
        if not away:
            return
        card = Card(self._ctx, padding=0)
        card.column.setSpacing(0)
        for number, one in enumerate(away):
            if number:
                card.column.addWidget(Line(self._ctx))
            row = PutAwayRow(self._ctx, self._avatars, one)
            row.wanted.connect(self.away_wanted)
            card.column.addWidget(row)
        column.addWidget(card)

    def show_invitations(self, invitations: Sequence[RoomInvitation]) -> None:
        """Show which groups this account is asked into."""
        host, column = self._invitations
        _clear(column)
        host.setVisible(bool(invitations))
        for invitation in invitations:
            card = InvitationCard(self._ctx, self._avatars, invitation)
            card.answered.connect(self.invitation_answered)
            column.addWidget(card)

    def show_people(self, people: Sequence[Contact]) -> None:
        """Show the accepted people."""
        host, column = self._people
        _clear(column)
        host.setVisible(bool(people))
        self.empty.setVisible(not people)
        if not people:
            return
        card = Card(self._ctx, padding=0)
        card.column.setSpacing(0)
        for number, person in enumerate(people):
            if number:
                card.column.addWidget(Line(self._ctx))
            row = PersonRow(self._ctx, self._avatars, person)
            row.wanted.connect(self.person_wanted)
            card.column.addWidget(row)
        column.addWidget(card)

    def start_adding(self) -> None:
        """Put the focus where an address is written."""
        self.address.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, words: str) -> None:
        """A sentence about what happened, or nothing."""
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _block(self, title: str) -> tuple[QWidget, QVBoxLayout]:
        host = QWidget()
        outer = QVBoxLayout(host)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        outer.addWidget(TextLabel(self._ctx, title, "section"))
        inner = QVBoxLayout()
        inner.setSpacing(12)
        outer.addLayout(inner)
        host.hide()
        self.column.addWidget(host)
        return host, inner

    def _make_add(self) -> None:
        self.column.addWidget(TextLabel(self._ctx, tr("Add a person"), "section"))
        card = Card(self._ctx, padding=16)
        self._add_row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(12)
        self.address = Field(self._ctx, tr("Their address"), "people.address", tr("It looks like ann@example.org"))
        row.addWidget(self.address, 1)
        add = Button(self._ctx, tr("Ask to chat"), "people.add", height=44)
        side = self._add_side = QVBoxLayout()
        self._drop = QSpacerItem(0, 0)
        side.addItem(self._drop)
        side.addWidget(add)
        side.addStretch(1)
        row.addLayout(side)
        card.column.addLayout(row)
        self.column.addWidget(card)
        group = Button(self._ctx, tr("Join or make a group"), "people.group", icon="users", height=44)
        group.clicked.connect(self.group_wanted)
        shrinkable(group)
        shrinkable(add)
        self.column.addWidget(group)
        add.clicked.connect(lambda: self.add_wanted.emit(self.address.text()))
        self.address.edit.returnPressed.connect(lambda: self.add_wanted.emit(self.address.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _renew(self) -> None:
        super()._renew()
        if hasattr(self, "_add_row"):
            self._fit()

    def _fit(self) -> None:
        """The button stands beside the field, at its height, or below it."""
        narrow = self.width() < self._ctx.px(480)
        _turn(self._add_row, narrow)
        self._drop.changeSize(0, 0 if narrow else self._ctx.line("secondary") + 4)
        self._add_side.invalidate()


def _second_line(person: Contact) -> str:
    if person.blocked:
        return tr("Blocked")
    address = visible(person.jid)
    if person.subscription in {Subscription.NONE, Subscription.FROM}:
        return tr("Has not said yes yet") + f"  \u00b7  {address}"
    words = visible(person.presence.status, 80) or presence_words(person.presence.show)
    return f"{words}  \u00b7  {address}"


def _turn(row: QBoxLayout, narrow: bool) -> None:
    """Side by side, or one below the other where there is no room."""
    row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


def _clear(column: QVBoxLayout) -> None:
    while column.count():
        item = column.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
