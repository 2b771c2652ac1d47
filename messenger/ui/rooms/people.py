"""The people of a group: who they are there, names that look alike, Report abuse for each, and asking somebody in."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from messenger.domain.room import RoomPerson
from messenger.i18n import ntr, tr
from messenger.ui import a11y
from messenger.ui.plain import isolate, visible
from messenger.ui.rooms import words
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Line, Surface
from messenger.ui.widgets.buttons import REPORT, Button
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import ElidedLabel, TextLabel
from messenger.ui.widgets.pictures import Avatar, AvatarPainter, Picture
from messenger.ui.widgets.ring import FocusRing

_MOST = 300  # rows; more people are counted only


class RoomPersonRow(QWidget):
    """One person of a group."""

    report = Signal(object)

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, room: str, person: RoomPerson, number: int) -> None:
        super().__init__()
        one = person.occupant
        name = visible(one.nick, 80)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(12)
        avatar = Avatar(ctx, avatars, 40)
        avatar.set_person(one.occupant_id or f"{room}/{one.nick}", name, None, None)
        row.addWidget(avatar)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(ElidedLabel(ctx, name, "body", weight=600))
        second = "  \u00b7  ".join(part for part in (words.place(person), visible(one.jid)) if part)
        if second:
            column.addWidget(ElidedLabel(ctx, second, "secondary", "muted"))
        mark = words.alike(person)
        if mark:
            line = QHBoxLayout()
            line.setSpacing(6)
            line.addWidget(Picture(ctx, "circle-alert", "notice-icon", 14), 0, Qt.AlignmentFlag.AlignVCenter)
            line.addWidget(TextLabel(ctx, mark, "secondary"), 1)
            column.addLayout(line)
        row.addLayout(column, 1)
        if not person.me:
            button = Button(ctx, tr("Report abuse"), f"room.report.{number}", REPORT, "octagon-alert", height=44)
            button.setAccessibleName(tr("Report abuse by {name}").format(name=isolate(name)))
            button.clicked.connect(lambda: self.report.emit(one))
            row.addWidget(button)


class RoomPeople(QDialog):
    """Draws and emits; `ui/rooms/presenter.py` decides."""

    report = Signal(object)
    invite = Signal(str)

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, title: str, room: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx, self._avatars, self._room = ctx, avatars, room
        name = tr("People in {name}").format(name=isolate(visible(title)))
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        ground = Surface(ctx, "window")
        outer.addWidget(ground)
        column = QVBoxLayout(ground)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(TextLabel(ctx, name, "card-title"))
        self.count = TextLabel(ctx, "", "secondary", "muted")
        column.addWidget(self.count)
        self.subject = TextLabel(ctx, "", "body")
        self.subject.hide()
        column.addWidget(self.subject)
        scroll = QScrollArea()
        a11y.name(scroll, "room.people.scroll", name)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = Surface(ctx, "window")
        self._rows = QVBoxLayout(inside)
        self._rows.setContentsMargins(0, 0, 12, 0)
        self._rows.setSpacing(0)
        self._rows.addStretch(1)
        scroll.setWidget(inside)
        column.addWidget(scroll, 1)
        column.addWidget(Line(ctx))
        self.address = Field(ctx, tr("Ask somebody in"), "room.invite", tr("Their address, like ann@example.org"))
        ask = Button(ctx, tr("Ask"), "room.invite.send", height=44)
        ask.clicked.connect(lambda: self.invite.emit(self.address.text()))
        self.address.edit.returnPressed.connect(lambda: self.invite.emit(self.address.text()))
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.address, 1)
        line.addWidget(ask, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(line)
        foot = QHBoxLayout()
        self.close_button = Button(ctx, tr("Close"), "room.people.close", height=44)
        self.close_button.clicked.connect(self.accept)
        foot.addWidget(self.close_button)
        foot.addStretch(1)
        column.addLayout(foot)
        self.resize(560, 620)
        self.setMinimumSize(340, 400)
        self._shown: tuple[RoomPerson, ...] = ()
        self._ring = FocusRing(ctx, self)
        self.finished.connect(self.deleteLater)
        self.close_button.setFocus()

    def show_subject(self, text: str) -> None:
        """What the people of the group wrote over its door, as plain text, and said to be theirs."""
        words = tr("Subject: {words}").format(words=isolate(visible(text, 300))) if text else ""
        self.subject.setText(words)
        self.subject.setVisible(bool(words))

    def show_people(self, people: Sequence[RoomPerson]) -> None:
        """Show who is there; nothing is drawn anew while nothing changed."""
        if tuple(people) == self._shown:
            return
        self._shown = tuple(people)
        self.count.setText(ntr("{n} person", "{n} people", len(people)))
        while self._rows.count() > 1:
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, person in enumerate(people[:_MOST]):
            row = RoomPersonRow(self._ctx, self._avatars, self._room, person, number)
            row.report.connect(self.report)
            self._rows.insertWidget(number, row)
