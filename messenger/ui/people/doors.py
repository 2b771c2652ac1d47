"""The way to the people I blocked, from where a tip, the Safety room or the settings lead."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from messenger.ui.border import Engine
from messenger.ui.theme.context import ThemeContext


def open_block_list(ctx: ThemeContext, engine: Engine, parent: QWidget, report: Callable[[], None]) -> None:
    """The people that were blocked. `report` opens Report abuse."""
    from messenger.ui.people.blocked import BlockList

    made = BlockList(ctx, engine, parent)
    made.report.connect(report)
    made.open()
