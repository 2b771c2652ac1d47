"""A report that goes by hand, as the windows ask for it: the locked file to save, and the receipt file that comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from messenger.domain.errors import NotKept, RobinError
from messenger.i18n import tr
from messenger.ui.report.helpdesk import plain_words

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.border import Engine

Say = Callable[[str], None]


def save_file(engine: Engine, report: str, path: str, say: Say) -> None:
    """Write the locked file to a place that the person named; `say` hears how it went."""

    async def ask(hub: Hub) -> None:
        try:
            await hub.handed.save_file(report, path)
        except KeyError:
            raise NotKept from None

    words = tr("The locked file is saved. No one has it until you hand it over.")
    engine.call(ask, lambda _none: say(words), lambda error: say(plain_words(error)))


def take_receipt(engine: Engine, report: str, path: str, say: Say) -> None:
    """Read a receipt file that the person named; `say` hears whether it is the right one, in plain words."""

    def took(found: str) -> None:
        if found == report:
            say(tr("This is the right receipt. They have your report."))
        else:
            say(tr("This receipt is for your other report. They have that one."))

    def failed(error: RobinError) -> None:
        say(plain_words(error))

    engine.call(lambda hub: hub.handed.take_receipt_file(path), took, failed)


def ask_place(parent: QWidget, title: str, name: str, then: Callable[[str], None]) -> None:
    """Where a file goes. Returns at once; `then` gets the path when one is chosen."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    _open(dialog, then)


def ask_receipt(parent: QWidget, then: Callable[[str], None]) -> None:
    """Which file is the receipt. Returns at once; `then` gets the path when one is chosen."""
    dialog = QFileDialog(parent, tr("Choose the receipt file"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _open(dialog, then)


def _open(dialog: QFileDialog, then: Callable[[str], None]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(then)
    dialog.open()
