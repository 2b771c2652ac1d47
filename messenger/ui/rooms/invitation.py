"""The card of an invitation: facts only, who and which group and how many; three answers of equal weight (decision 37)."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout

from messenger.domain.room import RoomInvitation
from messenger.i18n import ntr, tr
from messenger.ui.plain import isolate, visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import REPORT, Button
from messenger.ui.widgets.labels import ElidedLabel, TextLabel
from messenger.ui.widgets.pictures import Avatar, AvatarPainter, Picture


class InvitationCard(Card):
    """Emits the answer (join, decline or report) and the room. Nothing was sent to anybody before."""

    answered = Signal(str, str)

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, invitation: RoomInvitation) -> None:
        super().__init__(ctx)
        self._ctx = ctx
        room = invitation.room
        head = QHBoxLayout()
        head.setSpacing(16)
        avatar = Avatar(ctx, avatars, 56, "raised")
        avatar.set_person(room, visible(room), None, None, "users")
        head.addWidget(avatar)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(TextLabel(ctx, tr("You are asked into a group"), "secondary", "muted"))
        names.addWidget(ElidedLabel(ctx, visible(invitation.name or room.partition("@")[0]), "card-title"))
        head.addLayout(names, 1)
        self.column.addLayout(head)
        self.column.addSpacing(8)
        for icon, line in (
            ("user", _who(invitation)),
            ("at-sign", visible(room)),
            ("users", _people(invitation)),
        ):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Picture(ctx, icon, "muted", 18), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(TextLabel(ctx, line, "body"), 1)
            self.column.addLayout(row)
        if invitation.reason:
            self.column.addWidget(Line(ctx))
            said = Card(ctx, "sunken", "line", padding=10)
            said.column.addWidget(TextLabel(ctx, visible(invitation.reason, 300), "body"))
            self.column.addWidget(said)
        words = tr("If you join, all in the group see your name. If you do not, nobody is told.")
        self.column.addWidget(TextLabel(ctx, words, "body", "muted"))
        self.column.addSpacing(4)
        self._answers = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._answers.setSpacing(12)
        for deed, text, kind, icon in (
            ("join", tr("Join"), "quiet", ""),
            ("decline", tr("Not now"), "quiet", ""),
            ("report", tr("Report abuse"), REPORT, "octagon-alert"),
        ):
            button = Button(ctx, text, f"invitation.{deed}.{room}", kind, icon, height=44)
            button.setAccessibleDescription(visible(room))
            button.clicked.connect(lambda _=False, what=deed: self.answered.emit(what, room))
            self._answers.addWidget(button, 1)
        self.column.addLayout(self._answers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self._ctx.px(480)
        self._answers.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)


def _who(invitation: RoomInvitation) -> str:
    inviter = invitation.inviter
    if not inviter:
        return tr("Robin does not know who asks you.")
    room, _, nick = inviter.partition("/")
    if room == invitation.room and nick:
        return tr("Somebody called {name} in the group asks you.").format(name=isolate(visible(nick, 80)))
    return tr("{name} asks you.").format(name=isolate(visible(inviter)))


def _people(invitation: RoomInvitation) -> str:
    if invitation.people is None:
        return tr("How many people are there is not known.")
    return ntr("{n} person is there now.", "{n} people are there now.", invitation.people)
