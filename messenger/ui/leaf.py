"""A small window over another: a head with its title and Report abuse, a body, and Close at the foot. Escape closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.page import PageHeader
from messenger.ui.widgets.ring import FocusRing


class Leaf(QDialog):
    """`body` is the column to fill, `foot` the row that Close stands in. Call `ready` when it is filled."""

    report = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget, title: str, ident: str) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.setObjectName(ident)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        header = PageHeader(ctx, title, ident)
        header.report.connect(self._report)
        outer.addWidget(header)
        ground = self._ground = Surface(ctx, "canvas")
        self.body = QVBoxLayout(ground)
        self.body.setContentsMargins(24, 20, 24, 20)
        self.body.setSpacing(12)
        self.area = QScrollArea()
        a11y.name(self.area, f"{ident}.scroll", title)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(ground)
        outer.addWidget(self.area, 1)
        foot = Surface(ctx, "window", "t")
        self.foot = Wrap(foot, 8, 8)
        self.foot.setContentsMargins(24, 12, 16, 12)
        self.close_button = Button(ctx, tr("Close"), f"{ident}.close", height=44)
        self.close_button.clicked.connect(self.accept)
        self.foot.addWidget(self.close_button)
        outer.addWidget(foot)
        self._around = (header, foot)
        room = parent.window()
        self.resize(min(ctx.px(600), max(340, room.width() - 16)), min(ctx.px(620), max(360, room.height() - 32)))
        self.finished.connect(self.deleteLater)

    def ready(self, first: QWidget) -> None:
        """The body is filled; the keyboard begins at `first`."""
        self._ring = FocusRing(self._ctx, self)
        first.setFocus()

    def fit(self) -> None:
        """Be no higher than what is in it."""
        ground = self._ground
        inside = ground.heightForWidth(self.width()) if ground.hasHeightForWidth() else ground.sizeHint().height()
        around = sum(max(one.sizeHint().height(), one.minimumHeight()) for one in self._around)
        self.resize(self.width(), min(self.height(), inside + around))

    def _report(self) -> None:
        self.accept()
        self.report.emit()
