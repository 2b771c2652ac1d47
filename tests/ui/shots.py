"""Writes pictures of the main window in every theme, to look at: ``python -m tests.ui.shots DIR``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.domain.account import ConnectionState
from messenger.domain.errors import WrongPassword
from messenger.domain.events import ConnectionChanged, TypingChanged
from messenger.domain.report import ReportContext
from messenger.ui.main_window import MainWindow
from messenger.ui.theme.context import ThemeContext
from tests.ui.stand_ins import ME, everyday, make_engine


def _ignore(context: ReportContext) -> None:
    """No wizard here."""


def _grab(window, target: Path, name: str) -> None:
    QTest.qWait(220)
    window.grab().save(str(target / f"{name}.png"))


def _themes(app: QApplication, target: Path) -> None:
    for choice, scale in (
        ("light", 100),
        ("dark", 100),
        ("cream", 100),
        ("contrast", 100),
        ("light", 150),
        ("light", 200),
    ):
        engine = everyday()
        engine.hub.settings.values |= {"theme": choice, "text_size": str(scale)}
        window = MainWindow(ThemeContext(app, choice, scale), engine, _ignore)
        window.show()
        window.start()
        QTest.qWait(150)
        window.open_conversation(1)
        QTest.qWait(150)
        engine.tell(TypingChanged(1, True))
        _grab(window, target, f"main-{choice}-{scale}")
        if scale == 100 and choice in {"light", "dark"}:
            _rooms(window, engine, target, choice)
        window.close()


def _rooms(window: MainWindow, engine, target: Path, choice: str) -> None:
    for room in ("people", "settings"):
        window.show_room(room)
        _grab(window, target, f"{room}-{choice}")
    window.show_room("chats")
    window.chats.search.setText("maths")
    window.chats.search.textEdited.emit("maths")
    QTest.qWait(200)
    _grab(window, target, f"search-{choice}")
    window.chats_presenter.end_search()
    window.conversation.list.start_choosing(2)
    window.messages.choose(3)
    _grab(window, target, f"choose-{choice}")
    window.conversation.list.stop_choosing()
    engine.tell(ConnectionChanged(ME, ConnectionState.FAILED, WrongPassword()))
    window.conversation.composer.writer.setPlainText("one\ntwo lines that are\nthree")
    _grab(window, target, f"failed-{choice}")
    window.resize(480, 760)
    _grab(window, target, f"narrow-chat-{choice}")
    window._back()
    _grab(window, target, f"narrow-list-{choice}")


def _empty(app: QApplication, target: Path) -> None:
    engine = make_engine()
    window = MainWindow(ThemeContext(app, "light"), engine, _ignore)
    window.show()
    window.start()
    _grab(window, target, "signed-out-light")
    for choice in ("light", "dark"):
        window._ctx.set_choice(choice)
        window.sign_in()
        QTest.qWait(100)
        dialog = app.activeModalWidget()
        if dialog is not None:
            dialog.sign_in_card.radio.setChecked(True)
            dialog.address.set_text("sam@example")
            dialog.go.click()
            _grab(dialog, target, f"signin-{choice}")
            dialog.close()
    window.close()


def main(folder: str) -> None:
    """Write all pictures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    _themes(app, target)
    _empty(app, target)


if __name__ == "__main__":
    main(sys.argv[1])
