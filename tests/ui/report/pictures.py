"""Writes a picture of every wizard page to look at: ``python -m tests.ui.report.pictures DIR [theme] [scale] [width]``."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from messenger.domain.report import AddendumSummary, OutboxState, ReportContext, ReportSummary
from messenger.ui.report.window import ReportWindow
from messenger.ui.safety.page import SafetyPage
from messenger.ui.theme.context import ThemeContext
from tests.ui.report.stand_ins import CONTEXT, make_hub, waiting
from tests.ui.safety.test_ui_following import asking


def settle(engine, window, milliseconds=60) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Album:
    def __init__(self, app, folder: Path, theme: str, scale: int, width: int) -> None:
        self.ctx = ThemeContext(app, theme, scale)
        self.folder, self.mark = folder, f"{theme}-{scale}-{width}"
        self.engine, self.hub = make_hub()
        self.width = width
        self.window = self.open(CONTEXT)

    def open(self, context) -> ReportWindow:
        window = ReportWindow(self.ctx, self.engine)
        window.resize(self.width, 640)
        window.begin(context)
        window.show()
        window.activateWindow()
        settle(self.engine, window)
        return window

    def take(self, name: str) -> None:
        settle(self.engine, self.window)
        self.window.grab().save(str(self.folder / f"{name}-{self.mark}.png"))

    def press(self, ident: str) -> None:
        found = self.window.findChild(QWidget, ident)
        assert found is not None, ident
        found.click()
        settle(self.engine, self.window)

    def on(self) -> None:
        self.window.footer.next.click()
        settle(self.engine, self.window)

    def write(self, ident: str, words: str) -> None:
        self.window.presenter.write(ident, words)
        settle(self.engine, self.window, 20)

    def all(self) -> None:
        self.take("00-start")
        self.on()
        self.on()
        self.take("01-error")
        self.press("safe.no")
        self.take("01-danger")
        self.press("safe.yes")
        self.take("01-safe")
        self.on()
        self.press("role.self")
        self.press("age.13_15")
        self.take("02-who")
        self.on()
        self.press("what.grooming")
        self.take("03-what")
        self.press("what.blackmail")
        self.take("03-what-card")
        self.press("what.blackmail")
        self.on()
        self.take("04-follow-ups")
        self.press("m1.today")
        self.take("04-meet-soon")
        self.press("m1.no")
        self.on()
        self.take("05-people")
        self.on()
        self.take("06-messages")
        self.window.footer.extra_button.click()
        self.take("06-preview")
        self.window.footer.next.click()
        settle(self.engine, self.window)
        self.on()
        self.write("own_words", "He keeps asking about my school. It feels odd.")
        self.window.presenter.show_again()
        self.take("07-words")
        self.on()
        self.on()
        self.take("08-details-error")
        self.write("name", "Sam")
        self.press("contact.here")
        self.press("safe_when.after_school")
        self.window.presenter.tick("country", "gb", True)
        self.window.presenter.show_again()
        self.take("08-details")
        self.on()
        self.take("09-check")
        self.on()
        self.take("10-sending")
        self.hub.outbox.offline()
        self.take("10-waiting")
        self.hub.outbox.change(state=OutboxState.NEEDS_ATTENTION, problem="The people who get reports could not take this one.")
        self.take("10-attention")
        self.hub.outbox.accept()
        self.take("11-sent")
        self.press("send.talk")
        self.take("12-numbers")
        self.on()
        self.on()
        self.take("14-step")
        self.on()
        self.take("14-step-error")
        self.hub.aftercare.now = replace(self.hub.aftercare.now, public_room=True)
        self.press("aftercare.block")
        self.take("14-step-block")
        self.on()
        self.take("14-step-done")
        self.window.close()
        self.window = self.open(ReportContext())
        self.on()
        self.take("13-chats")
        self.window.close()
        self.handed()

    def handed(self) -> None:
        """A desk that gets a file from the person's own hand."""
        self.hub.reporting.profile = replace(self.hub.reporting.profile, base="folder:///stick")
        self.window = self.open(CONTEXT)
        talk = self.window.presenter._talk
        self.window.presenter._talk = talk.go_to("check") if hasattr(talk, "go_to") else talk
        self.window.presenter.show_again()
        self.take("15-check-file")
        fresh = ReportSummary("r1", "", "Harbour Child Safety Desk", OutboxState.SENDING, "2026-11-24T08:05:00Z")
        self.hub.outbox.kept["r1"] = fresh
        draft = self.window.presenter._draft
        self.window.send(draft, False, True)
        settle(self.engine, self.window)
        self.hub.outbox.change(state=OutboxState.HANDED)
        self.take("15-handed")
        self.window.close()


def safety(ctx, folder: Path, mark: str, width: int) -> None:
    """The Safety tab with a report that has advice, one that waits and a draft."""
    engine, hub = make_hub()
    hub.reporting.kept["d1"] = asyncio.run(hub.reporting.begin(CONTEXT))[0]
    more = (AddendumSummary("a", "2026-11-24T10:40:00Z", "2026-11-24T10:41:00Z", "It came this morning.", 2),)
    hub.outbox.kept = {"r1": asking(can_prove=True, can_code=True, overdue=True, addenda=more), "r2": waiting()}
    view = SafetyPage(ctx, engine)
    view.resize(width, 760)
    view.show()
    settle(engine, view, 400)
    view.grab().save(str(folder / f"20-safety-{mark}.png"))
    view.findChild(QWidget, "case.r1.write").click()
    view.findChild(QWidget, "case.r1.code").click()
    view.findChild(QWidget, "topic.meeting").click()
    settle(engine, view, 400)
    view.resize(width, 1500)
    settle(engine, view, 400)
    view.grab().save(str(folder / f"21-safety-open-{mark}.png"))
    view.findChild(QWidget, "case.r1.who.code").click()
    view.findChild(QWidget, "case.r1.2.form.q1.n").click()
    view.findChild(QWidget, "case.r1.2.form.q2.g").click()
    view.findChild(QWidget, "case.r1.2.form.see").click()
    settle(engine, view, 400)
    view.resize(width, 2200)
    settle(engine, view, 400)
    view.grab().save(str(folder / f"22-safety-preview-{mark}.png"))
    for step in ("add", "take_back"):
        view.cases.wanted.emit("r1", step, None)
        window = view._steps.windows[step, "r1"]
        window.resize(720, 640)
        settle(engine, window, 200)
        window.grab().save(str(folder / f"23-{step}-1-{mark}.png"))
        if step == "take_back":
            window.findChild(QWidget, "take_back.unsafe").click()
        for number in (2, 3):
            window.footer.next.click()
            settle(engine, window, 200)
            window.grab().save(str(folder / f"23-{step}-{number}-{mark}.png"))
        window.close()


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    theme = sys.argv[2] if len(sys.argv) > 2 else "light"
    scale = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    width = int(sys.argv[4]) if len(sys.argv) > 4 else 720
    album = Album(app, folder, theme, scale, width)
    album.all()
    safety(album.ctx, folder, album.mark, 1092 if width == 720 else width)


if __name__ == "__main__":
    main()
