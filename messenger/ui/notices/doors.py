"""The ways to what belongs to notices and is opened by a press: the list of seen ones, and the private words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from messenger.ui.border import Engine
from messenger.ui.theme.context import ThemeContext


def open_seen(ctx: ThemeContext, engine: Engine, parent: QWidget, report: Callable[[], None]) -> None:
    """The notices that were shown. Only who sits at this computer can see them."""
    from messenger.ui.notices.history import NoticeHistory

    history = NoticeHistory(ctx, engine, parent)
    history.report.connect(report)
    history.open()


def open_private_words(ctx: ThemeContext, engine: Engine, parent: QWidget, report: Callable[[], None]) -> None:
    """The words that Robin asks about before they go out."""
    from messenger.ui.notices.private import PrivateWords

    editor = PrivateWords(ctx, engine, parent)
    editor.report.connect(report)
    editor.open()
