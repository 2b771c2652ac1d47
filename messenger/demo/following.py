"""The headless demonstration after the advice: a question answered, later evidence, and the report taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from messenger.demo import officer
from messenger.demo.cast import BAD
from messenger.demo.person import Person, StepFailed
from messenger.i18n import tr
from messenger.ui.safety.follow_window import AddWindow, FollowWindow, TakeBackWindow

LATER = "They wrote to me again today, on a new day."
Look = Callable[[str], str]
"""Lets the officer open the case, with pictures of this name; the words of the page."""
Both = Callable[[QWidget, str], None]


class Following:
    """Plays the reporter in My reports. `both` pictures a window light and dark, `look` is the officer's visit."""

    def __init__(self, person: Person, window: QWidget, both: Both, look: Look) -> None:
        self._person, self._window, self._both, self._look = person, window, both, look

    def run(self, report: str) -> None:
        """The whole way, for the report with this id. Raises `StepFailed`."""
        self._answer(report)
        self._add(report)
        page = self._look("desk-case-later")
        for what, words in (
            ("the answer at the desk", officer.CHOICES[0]),
            ("the added words at the desk", LATER),
            ("the level at the desk", "robin.example"),
            ("marks of the archive at the desk", "A2"),
        ):
            if words not in page:
                raise StepFailed(what)
        self._take_back(report)
        self._look("desk-case-taken-back")

    def _answer(self, report: str) -> None:
        person, window = self._person, self._window
        person.wait("the desk's question", lambda: self._named(QWidget, f"case.{report}.", ".form.see") is not None, 60)
        form = self._found(QAbstractButton, f"case.{report}.", ".form.see").objectName().removesuffix(".see")
        choice = next(
            one for one in person.widgets(QAbstractButton, window)
            if one.objectName().startswith(form) and officer.CHOICES[0] in one.accessibleName()
        )  # fmt: skip
        self._show(choice)
        person.press(choice)
        for part, words in (("day", "28"), ("year", "2026")):
            field = self._found(QLineEdit, form, f".{part}")
            self._show(field)
            person.press(field)
            person.type(field, words)
        month = self._found(QWidget, form, ".month")
        person.press(month)
        person.pause(200)
        popup = QApplication.activePopupWidget() or month
        for _ in range(11):
            person.key(popup, Qt.Key.Key_Down)
        person.key(popup, Qt.Key.Key_Return)
        self._both(window, "question-arrived")
        self._press(f"{form}.see")
        person.pause(200)
        self._both(window, "question-preview")
        self._press(f"{form}.send")
        person.wait("the answer is kept", lambda: person.seek(tr("You answered:"), QLabel, window) is not None, 40)
        person.pause(300)
        self._both(window, "question-answered")

    def _add(self, report: str) -> None:
        person = self._person
        self._press(f"case.{report}.add")
        adding = person.find_kind(AddWindow, "the window to add more")
        lines = person.find("messages.list", QAbstractItemView, adding)
        person.click_row(lines, person.row(lines, BAD.opening[0], "a message to add"), QPoint(22, 20))
        person.pause(200)
        self._both(adding, "add-messages")
        person.click("wizard.continue", adding)
        area = person.find("add.words", QPlainTextEdit, adding)
        person.press(area)
        person.type(area, LATER)
        self._both(adding, "add-words")
        person.click("wizard.continue", adding)
        self._ended(adding, "add-saved")
        sent = person.wait("what was added is at the desk", lambda: self._added(report), 40)
        person.measure("added to received", sent)
        self._both(self._window, "added")

    def _take_back(self, report: str) -> None:
        person = self._person
        self._press(f"case.{report}.take_back")
        back = person.find_kind(TakeBackWindow, "the window to take it back")
        person.click("take_back.changed_mind", back)
        self._both(back, "take-back-reason")
        person.click("wizard.continue", back)
        person.pause(200)
        self._both(back, "take-back-sure")
        person.click("wizard.continue", back)
        self._ended(back, "take-back-said")
        self._both(self._window, "taken-back")

    def _ended(self, window: FollowWindow, picture: str) -> None:
        person = self._person
        person.wait("its last page", lambda: person.seek(tr("Done"), QAbstractButton, window) is not None, 40)
        self._both(window, picture)
        person.click("wizard.continue", window)
        kind = type(window)
        person.wait("the window is closed", lambda: next(person.widgets(kind), None) is None)

    def _added(self, report: str) -> bool:
        card = self._named(QWidget, f"case.{report}.added.", "")
        return card is not None and tr("They have it.") in card.accessibleName()

    def _press(self, name: str) -> None:
        button = self._person.find(name, QAbstractButton, self._window)
        self._show(button)
        self._person.press(button)

    def _show(self, widget: QWidget) -> None:
        """Scroll to a control of My reports."""
        above = widget.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(widget)
            above = above.parentWidget()
        self._person.pause(60)

    def _named(self, kind: type[QWidget], start: str, end: str) -> QWidget | None:
        return next(
            (one for one in self._person.widgets(kind, self._window)
             if one.objectName().startswith(start) and one.objectName().endswith(end)), None,
        )  # fmt: skip

    def _found(self, kind: type[QWidget], start: str, end: str) -> QWidget:
        found = self._named(kind, start, end)
        if found is None:
            raise StepFailed(f"find {end}")
        return found
