"""The headless demonstration in the wizard: answers the questions, chooses messages, writes and checks, page by page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit, QWidget

from messenger.demo.cast import BAD
from messenger.demo.person import Person

OWN_WORDS = "They keep asking about my school and want to meet. It feels odd."


class Filling:
    """Fills in a report. `both` pictures a window light and dark, `go_on` presses Continue and waits for the next page."""

    def __init__(self, person: Person, both: Callable[[QWidget, str], None], go_on: Callable[[QWidget], None]) -> None:
        self._person, self._both, self._go_on = person, both, go_on

    def run(self, report: QWidget) -> None:
        """From the first question to the check page. Raises `StepFailed`."""
        self.questions(report)
        self.messages(report)
        self.words_and_details(report)

    def questions(self, report: QWidget) -> None:
        """From safe to who did it."""
        person = self._person
        person.click("safe.no", report)
        person.pause(150)
        self._both(report, "report-danger")
        person.click("safe.yes", report)
        person.pause(100)
        self._both(report, "report-safe")
        self._go_on(report)
        for name in ("role.self", "age.18_over"):
            person.click(name, report)
        self._both(report, "report-who")
        self._go_on(report)
        for name in ("what.grooming", "what.meeting"):
            person.click(name, report)
        self._both(report, "report-what")
        self._go_on(report)
        for name in ("m1.some_day", "g1.yes", "g3.address", "g3.school"):
            if person.seek(name, QAbstractButton, report) is not None:
                person.click(name, report)
        self._both(report, "report-follow-ups")
        while person.seek("counterpart", QWidget, report) is None and person.seek("known.no", QWidget, report) is None:
            self._go_on(report)
        self._both(report, "report-who-did-it")
        self._go_on(report)

    def messages(self, report: QWidget) -> None:
        """Choose four messages."""
        person = self._person
        lines = person.find("messages.list", QAbstractItemView, report)
        for text in (BAD.opening[1], BAD.answers[0], BAD.answers[1], BAD.answers[2]):
            index = person.row(lines, text, "a message to choose")
            person.click_row(lines, index, QPoint(22, 20))
        self._both(report, "report-messages")
        self._go_on(report)

    def words_and_details(self, report: QWidget) -> None:
        """Own words, details, the check page and the preview; back at the check page."""
        person = self._person
        words = person.find("own_words.text", QPlainTextEdit, report)
        person.press(words)
        person.type(words, OWN_WORDS)
        self._both(report, "report-own-words")
        self._go_on(report)
        name = person.find("name.text", QLineEdit, report)
        person.press(name)
        person.type(name, "Sam")
        person.click("contact.here", report)
        self._both(report, "report-details")
        self._go_on(report)
        keep = person.find("check.keep", QAbstractButton, report)
        person.press(keep)
        self._both(report, "report-check")
        person.click("check.preview", report)
        person.find("preview.text", QWidget, report)
        person.pause(300)
        self._both(report, "report-preview")
        person.click("wizard.back", report)
        person.find("check.keep", QAbstractButton, report)
