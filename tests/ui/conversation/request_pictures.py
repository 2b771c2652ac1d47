"""Writes pictures of the request card, to look at: ``python -m tests.ui.conversation.request_pictures DIR``."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.domain.notice import FirstContact
from messenger.domain.room import RoomInvitation
from messenger.ui.main_window import MainWindow
from messenger.ui.theme.context import ThemeContext
from tests.ui.stand_ins import ME, at, everyday

MIKE = "mike_2010@chat.example"
LOOKS = (("light", 100, 1180), ("dark", 100, 1180), ("contrast", 100, 1180), ("light", 200, 1180), ("light", 100, 360), ("dark", 200, 360))


def _window(app: QApplication, choice: str, scale: int, width: int) -> MainWindow:
    engine = everyday()
    engine.hub.settings.values |= {"theme": choice, "text_size": str(scale)}
    talk = engine.hub.conversations
    talk.rows.append(replace(talk.rows[0], conversation=30, counterpart=MIKE, title="mike_2010", known=False, pinned=False))
    for minute, words in enumerate(("hey", "are you on?", "add me on the other app, it is better")):
        talk.add(30, words, at(0, 10, minute))
    engine.hub.rooms.waiting.append(
        RoomInvitation(ME, "club@rooms.example", "ann@example.org", reason="come and join us", people=4, name="Book club")
    )
    engine.hub.first_contact.away.append(
        FirstContact(31, ME, "eve@games.example", "eve", "games.example", "", (), ("hi",), 2)
    )
    window = MainWindow(ThemeContext(app, choice, scale), engine, lambda _context: None)
    window.resize(width, 760)
    window.show()
    window.start()
    QTest.qWait(150)
    return window


def main(folder: str) -> None:
    """Write all pictures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for choice, scale, width in LOOKS:
        name = f"{choice}-{scale}-{width}"
        window = _window(app, choice, scale, width)
        window.first.open_waiting(ME)
        QTest.qWait(250)
        window.grab().save(str(target / f"request-{name}.png"))
        window.first.page().card._turn()
        area = window.first.page().area
        QTest.qWait(100)
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        QTest.qWait(50)
        window.grab().save(str(target / f"request-why-{name}.png"))
        window.first._step(1)
        QTest.qWait(200)
        window.grab().save(str(target / f"group-{name}.png"))
        window.show_room("people")
        QTest.qWait(200)
        window.grab().save(str(target / f"people-{name}.png"))
        page = window._rooms["people"]
        bar = page.scroll_area.verticalScrollBar()
        bar.setValue(bar.maximum())
        QTest.qWait(50)
        window.grab().save(str(target / f"people-end-{name}.png"))
        window.close()


if __name__ == "__main__":
    main(sys.argv[1])
