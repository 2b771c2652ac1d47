"""Writes pictures of the notices in the window, to look at: ``python -m tests.ui.notices.pictures DIR``."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.domain.notice import CardLine, NoticeCard
from messenger.ui.main_window import MainWindow
from messenger.ui.theme.context import ThemeContext
from tests.ui.notices.samples import a_pause, incoming, seen_rows
from tests.ui.stand_ins import everyday

LOOKS = (
    ("light", 100, 1180, 760), ("dark", 100, 1180, 760), ("cream", 100, 1180, 760), ("contrast", 100, 1180, 760),
    ("light", 200, 1180, 900), ("light", 100, 360, 640), ("dark", 200, 480, 900), ("light", 200, 360, 480),
)  # fmt: skip


def _grab(window, target: Path, name: str) -> None:
    QTest.qWait(160)
    window.grab().save(str(target / f"{name}.png"))


def _window(app: QApplication, look) -> tuple[MainWindow, object]:
    theme, scale, _wide, _tall = look
    engine = everyday()
    engine.hub.settings.values |= {"theme": theme, "text_size": str(scale)}
    engine.hub.conversations.add(1, "what is your phone number? it is easier to text", "2026-11-24T16:14:00+00:00")
    return MainWindow(ThemeContext(app, theme, scale), engine, lambda _: None), engine


def _one(app: QApplication, target: Path, look) -> None:
    name = f"{look[0]}-{look[1]}-{look[2]}"
    window, engine = _window(app, look)
    hub = engine.hub
    hub.notices.waiting[1] = [incoming("R8", 7)]
    window.show()
    window.resize(look[2], look[3])
    window.start()
    QTest.qWait(150)
    window.open_conversation(1)
    _grab(window, target, f"bar-{name}")
    window.notices.bar().why.click()
    _grab(window, target, f"why-{name}")
    hub.notices.rests = True
    window.notices.bar().why_panel.no.click()
    _grab(window, target, f"rests-{name}")
    window.notices.close()
    hub.contacts.people.append(replace(hub.contacts.people[0], jid="ann@school.example"))
    hub.notices.waiting[1] = [incoming("R16", 8)]
    window.notices.load()
    QTest.qWait(50)
    window.notices.bar().button("show_both").click()
    _grab(window, target, f"both-{name}")
    window.notices.close()
    hub.notices.waiting[1] = [incoming("R14", 9)]
    window.notices.load()
    _grab(window, target, f"threat-{name}")
    window.notices.close()
    text = "my number is 020 7946 0018, ring me"
    hub.notices.pauses[text] = a_pause("R1", text, "020 7946 0018")
    window.conversation.composer.writer.setPlainText(text)
    window.conversation.composer.send.click()
    _grab(window, target, f"pause-{name}")
    window.conversation.composer.send.click()
    _grab(window, target, f"pause-focus-{name}")
    window.conversation_presenter.deeds.before.close()
    _windows(window, engine, target, name)
    if look[2] > 700:
        window.show_room("settings")
        QTest.qWait(60)
        page = window.settings_presenter.view
        bar = page.scroll_area.verticalScrollBar()
        bar.setValue(min(bar.maximum(), page._toggles["harsh_words"][0].y() // 1 + 500))
        _grab(window, target, f"settings-{name}")
    window.close()


def _windows(window, engine, target: Path, name: str) -> None:
    from messenger.ui.notices.cards import open_card
    from messenger.ui.notices.doors import open_private_words, open_seen

    hub, app = engine.hub, QApplication.instance()

    def grab(what: str) -> None:
        QTest.qWait(120)
        dialog = app.activeModalWidget()
        _grab(dialog, target, f"{what}-{name}")
        dialog.close()
        QTest.qWait(30)

    open_seen(window._ctx, engine, window, lambda: None)
    grab("seen-empty")
    hub.notices.rows = seen_rows()
    open_seen(window._ctx, engine, window, lambda: None)
    grab("seen")
    open_private_words(window._ctx, engine, window, lambda: None)
    grab("private-empty")
    hub.notices.kept_words = ("Hill Road", "Green Lane School", "Swim team North", "Biscuit")
    open_private_words(window._ctx, engine, window, lambda: None)
    QTest.qWait(50)
    app.activeModalWidget().add_button.click()
    grab("private")
    lines = (
        "Do not go alone to meet someone you only know from a chat.",
        "Take a grown-up with you. Someone safe will not mind.",
        "Meet where a lot of people are, by day.",
    )
    made = tuple(CardLine(one, "Childnet", "https://www.childnet.com", "2026-11-24") for one in lines)
    hub.notices.cards["meet"] = NoticeCard("meet", "How to meet safely", made)
    open_card(window._ctx, engine, window, "meet_safely", lambda: None, lambda: None)
    grab("card")
    from messenger.ui.conversation.links import open_after_asking

    open_after_asking(window._ctx, window, "https://login.paypal.com.account-check.example.net/pay")
    grab("link")


def main(folder: str) -> None:
    """Write all pictures."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for look in LOOKS:
        _one(app, target, look)


if __name__ == "__main__":
    main(sys.argv[1])
