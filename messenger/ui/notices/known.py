"""What "I know them" means, said before it is ticked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from messenger.i18n import tr
from messenger.ui.plain import isolate, visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.ask import Question


def ask_known(ctx: ThemeContext, parent: QWidget, title: str, keep: Callable[[], None]) -> Question:
    """Ask whether the person knows whom they write with; `keep` is called on yes."""
    name = isolate(visible(title).split(" ")[0])
    words = tr(
        "Say yes if you know them in real life. Robin then asks you less. It still tells you of threats and odd links."
    )
    question = Question(
        ctx, parent, tr("Do you know {name}?").format(name=name), words, tr("Yes, I know them"), keep, filled=False
    )
    question.open()
    return question
