"""What was put away, a person's request or a group's: who it was, and a way to look again. Their words are not shown."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.notice import FirstContact
from messenger.domain.room import RoomInvitation
from messenger.i18n import tr
from messenger.ui.conversation.request import how_many
from messenger.ui.plain import visible
from messenger.ui.rooms.invitation import group_name
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import ElidedLabel
from messenger.ui.widgets.pictures import Avatar, AvatarPainter


class PutAwayRow(QWidget):
    """Emits what was put away when the person wants to look at it again."""

    wanted = Signal(object)

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, one: FirstContact | RoomInvitation) -> None:
        super().__init__()
        group = isinstance(one, RoomInvitation)
        address = one.room if isinstance(one, RoomInvitation) else one.counterpart
        name = group_name(one) if isinstance(one, RoomInvitation) else visible(one.name)
        second = visible(address)
        if isinstance(one, FirstContact) and one.count:
            second = f"{how_many(one.count)}  \u00b7  {second}"
        self._ctx = ctx
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(16, 10, 12, 10)
        self._row.setSpacing(8)
        who = QHBoxLayout()
        who.setSpacing(12)
        self._row.addLayout(who, 1)
        avatar = Avatar(ctx, avatars, 44, "raised")
        avatar.set_person(address, name, None, None, "users" if group else "user")
        who.addWidget(avatar)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(ctx, name, "body", weight=500))
        words.addWidget(ElidedLabel(ctx, second, "secondary", "muted"))
        who.addLayout(words, 1)
        look = Button(ctx, tr("Look"), f"away.look.{address}", height=44)
        look.setAccessibleName(tr("Look at the request of {name}").format(name=visible(address)))
        look.clicked.connect(lambda: self.wanted.emit(one))
        self._row.addWidget(look)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._row.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self._ctx.px(400)
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
