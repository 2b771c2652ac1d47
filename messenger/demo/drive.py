"""The headless demonstration: a person without hands goes the whole way, from a chat to the officer's advice.

Each step waits for what really happened and raises `StepFailed` when it did not. Every page is pictured light and dark.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from messenger.demo import officer
from messenger.demo.cast import BAD, FRIEND
from messenger.demo.filling import Filling
from messenger.demo.following import Following
from messenger.demo.moments import Moments
from messenger.demo.person import Person, StepFailed
from messenger.demo.world import Credentials, World
from messenger.i18n import tr
from messenger.ui.safety.case_view import CaseView
from messenger.ui.theme.context import ThemeContext

FRIEND_LINES = ("yes! i can stay till 5", "do i need to bring anything?")
BAD_LINES = ("why do you want to know", "no thank you", "please stop asking")
COPY = "report.robin.json"


class Stage(Protocol):
    """What the demonstration needs of the running program."""

    ctx: ThemeContext
    window: QWidget

    def report_windows(self) -> list[QWidget]:
        """The open reports."""

    def show(self) -> None:
        """What starting Robin again does to the one that runs."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it, for result.json."""

    case_number: str
    package: str
    advice: str
    messages: dict[str, int]
    noticed: int


class Drive:
    """Plays the person at the window. `officer_work` starts the officer's part and gives its future."""

    def __init__(self, stage: Stage, world: World, me: Credentials, out: Path) -> None:
        self._stage, self._world, self._me, self._out = stage, world, me, out
        self.person = Person(out)
        self._noticed = 0

    def run(self) -> Outcome:
        """The whole way. Raises `StepFailed`."""
        self._online()
        self._chat(FRIEND.user, FRIEND.name, FRIEND_LINES, FRIEND.answers[1])
        self._both(self._stage.window, "chat-with-a-friend")
        self._chat(BAD.user, BAD.name, BAD_LINES, BAD.answers[-1])
        self._both(self._stage.window, "chat-that-goes-wrong")
        moments = Moments(self.person, self._stage.window, self._both, self._world, self._stage.show)
        moments.in_chat()
        self._search()
        report = self._open_report()
        Filling(self.person, self._both, self._go_on).run(report)
        case = self._send(report)
        self._my_reports(case)
        advice = self._officer(case)
        window = self._stage.window
        Following(self.person, window, self._both, lambda picture: self._visit(case, picture)).run(self._report_id())
        moments.somebody_new()
        moments.hide()
        moments.lock()
        counts = {
            part.user: self._world.actor(part.user).said + self._world.actor(part.user).heard for part in (FRIEND, BAD)
        }
        return Outcome(case, COPY, advice, counts, self._noticed)

    # -- pictures

    def _both(self, window: QWidget, name: str) -> None:
        for theme in ("light", "dark"):
            self._stage.ctx.set_choice(theme)
            self.person.shot(window, f"{name}-{theme}")
        self._stage.ctx.set_choice("light")
        self.person.pause(30)

    # -- chatting

    def _online(self) -> None:
        took = self.person.wait("be online", lambda: _shows(self._stage.window, tr("Online")))
        self.person.measure("online", took)

    def _chat(self, user: str, name: str, lines: tuple[str, ...], last: str) -> None:
        person, window = self.person, self._stage.window
        self._world.play(user)
        chats = person.find("chats.list", QAbstractItemView, window)
        person.click_row(chats, person.row(chats, name, "their chat in the list"))
        person.wait("their chat is open", lambda: _shows(window, self._world.jid(user)))
        messages = person.find("conversation.messages", QAbstractItemView, window)
        actor = self._world.actor(user)
        person.row(messages, actor.part.opening[-1], "what they said first")
        for number, line in enumerate(lines):
            writer = person.find("composer.text", QPlainTextEdit, window)
            person.press(writer)
            person.type(writer, line)
            if number % 2:
                person.click("composer.send", window)
            else:
                person.key(writer, Qt.Key.Key_Return)
            person.row(messages, line, "my message in the chat")
            took = person.wait("the other side got it", lambda n=number: actor.heard > n)  # type: ignore[misc]
            person.measure(f"{user} heard line {number + 1}", took)
            answer = actor.part.answers[number]
            person.row(messages, answer.partition(" http")[0], "the answer in the chat")
        person.row(messages, last.partition(" http")[0], "the last answer")
        person.wait("a mark that it was read", lambda: "ead" in self._last_state(messages, lines[-1]))
        person.pause(400)

    def _search(self) -> None:
        person, window = self.person, self._stage.window
        search = person.find("chats.search", QLineEdit, window)
        person.press(search)
        person.type(search, "worksheet")
        results = person.find("chats.results", QAbstractItemView, window)
        hit = person.row(results, "worksheet", "the message found by search")
        self._both(window, "search")
        person.click_row(results, hit)
        messages = person.find("conversation.messages", QAbstractItemView, window)
        person.row(messages, "worksheet", "the chat at the place of the hit")
        person.key(search, Qt.Key.Key_Escape)
        chats = person.find("chats.list", QAbstractItemView, window)
        person.click_row(chats, person.row(chats, BAD.name, "the chat to report"))
        person.wait("the chat to report is open", lambda: _shows(window, self._world.jid(BAD.user)))
        person.row(messages, BAD.answers[-1], "the chat to report, open")

    # -- the report

    def _open_report(self) -> QWidget:
        person = self.person
        actor = self._world.actor(BAD.user)
        person.pause(600)
        self._before = actor.noticed
        person.click("chat.report", self._stage.window)
        took = person.wait("the wizard's first page", lambda: self._page() is not None)
        person.measure("report click to first page", took)
        report = self._page()
        if report is None:
            raise StepFailed("the wizard's first page")
        self._both(report, "report-start")
        self._go_on(report)
        return report

    def _send(self, report: QWidget) -> str:
        person = self.person
        person.click("wizard.continue", report)
        took = person.wait("a verified receipt", lambda: person.seek("send.case", QWidget, report) is not None)
        person.measure("send to verified receipt", took)
        number = person.find("send.case", QWidget, report)
        self._noticed = self._world.actor(BAD.user).noticed - self._before
        if self._noticed:
            raise StepFailed("quiet: the reported party noticed something")
        case = getattr(number, "text", str)()
        self._both(report, "report-sent")
        self._save_copy(report)
        person.click("wizard.continue", report)
        person.click("aftercare.keep", report)
        self._both(report, "report-after")
        person.click("wizard.continue", report)
        person.wait("the choice is kept", lambda: person.seek(tr("Done"), QAbstractButton, report) is not None)
        person.click("wizard.continue", report)
        person.wait("the report window is closed", lambda: not self._stage.report_windows())
        return str(case)

    def _save_copy(self, report: QWidget) -> None:
        person = self.person
        target = self._out / COPY
        target.unlink(missing_ok=True)
        person.click("send.save", report)
        dialog = person.find_kind(QFileDialog, "the dialog to save a copy")
        field = person.find("fileNameEdit", QLineEdit, dialog)
        field.selectAll()
        person.type(field, str(target))
        person.key(field, Qt.Key.Key_Return)
        person.wait("the copy is on disk", lambda: target.exists() and target.stat().st_size > 0)

    # -- afterwards

    def _my_reports(self, case: str) -> None:
        person, window = self.person, self._stage.window
        person.click("rail.safety", window)
        person.wait("the case under My reports", lambda: _shows(window, case))
        person.pause(300)
        self._both(window, "safety-my-reports")

    def _officer(self, case: str) -> str:
        person, window = self.person, self._stage.window
        folder = self._world.folder / "officer"
        folder.mkdir(exist_ok=True)
        base = str(self._world.desk.profile()["base"])
        work = officer.answer(folder, base, self._me.officer, self._me.officer_password, case, self._picture)
        future: Future[int] = self._world.do(work)
        person.measure("officer's part", person.wait("the officer's answer", future.done, 120))
        if future.result() < 1:
            raise StepFailed("the officer saw no message")
        took = person.wait("the advice", lambda: _shows(window, officer.ADVICE), 60)
        person.measure("advice sent to advice shown", took)
        person.pause(300)
        # Taller, so that the whole letter is in the picture.
        window.resize(window.width(), 1040)
        person.pause(300)
        self._both(window, "advice-arrived")
        return officer.ADVICE

    def _visit(self, case: str, picture: str) -> str:
        """The officer opens the case again."""
        person, folder = self.person, self._world.folder / "officer"
        base = str(self._world.desk.profile()["base"])
        work = officer.look(folder, base, self._me.officer, self._me.officer_password, case, self._picture, picture)
        future: Future[str] = self._world.do(work)
        person.wait("the officer's visit", future.done, 60)
        return future.result()

    def _report_id(self) -> str:
        """The id of the one report under My reports."""
        views = self.person.widgets(CaseView, self._stage.window)
        return next(views).case.id

    def _picture(self, name: str) -> Path:
        path = self._out / f"{len(self.person.pictures) + 1:02d}-{name}.png"
        self.person.pictures.append(path.name)
        return path

    # -- small things

    def _go_on(self, report: QWidget) -> None:
        before = report.windowTitle()
        self.person.click("wizard.continue", report)
        self.person.wait("the next page", lambda: report.windowTitle() != before)
        self.person.pause(80)

    def _page(self) -> QWidget | None:
        windows = self._stage.report_windows()
        if windows and self.person.seek("wizard.continue", QAbstractButton, windows[-1]) is not None:
            return windows[-1]
        return None

    def _last_state(self, view: QAbstractItemView, line: str) -> str:
        index = self.person.row(view, line, "my last line")
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole) or "")


def _shows(window: QWidget, words: str) -> bool:
    for child in window.findChildren(QWidget):
        if child.isVisible():
            text: Callable[[], object] | None = getattr(child, "text", None)
            if words in child.accessibleName() or (callable(text) and words in str(text())):
                return True
    return False
