"""Questions of the desk inside a letter: each may be skipped, what goes is shown first, and it is sent once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from messenger.domain.receipt import FormAnswer, FormQuestion
from messenger.i18n import tr
from messenger.questionnaire.form import QuestionKind
from messenger.ui import a11y
from messenger.ui.plain import message_text
from messenger.ui.report.asks import AskBox, make_ask
from messenger.ui.report.pick import Pick
from messenger.ui.report.state import Ask, Choice
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.fields import LineEdit
from messenger.ui.widgets.labels import TextLabel

LONGEST = 1000
"""Characters of a typed answer."""
SKIP = ""
"""The choice of one who does not want to say."""
_KINDS = {"one": QuestionKind.ONE, "many": QuestionKind.MANY}
_HERE = Qt.FocusReason.OtherFocusReason


class DateAsk(AskBox):
    """A day: three small fields, so that no calendar has to be worked. `value` is '', an ISO date, or None for half a date."""

    def __init__(self, ctx: ThemeContext, ask: Ask) -> None:
        super().__init__(ctx, ask)
        locale = QLocale()
        row = QWidget()
        wrap = Wrap(row, 8, 8)
        self._day = LineEdit(ctx, tr("Day"), f"{ask.id}.day")
        self._day.setPlaceholderText(tr("Day"))
        self._day.setMaxLength(2)
        self._month = Pick(ctx, tr("Month"), f"{ask.id}.month", height=44)
        self._month.set_choices([(str(n), locale.standaloneMonthName(n)) for n in range(1, 13)])
        self._year = LineEdit(ctx, tr("Year"), f"{ask.id}.year")
        self._year.setPlaceholderText(tr("Year"))
        self._year.setMaxLength(4)
        for field, wide in ((self._day, 72), (self._year, 88)):
            field.setFixedWidth(ctx.px(wide))
        for one in (self._day, self._month, self._year):
            wrap.addWidget(one)
        self.column.addWidget(row)

    def value(self) -> str | None:
        """The day as an ISO date."""
        day, month, year = self._day.text().strip(), self._month.value, self._year.text().strip()
        if not (day or month or year):
            return ""
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            return None

    def first(self) -> QWidget:
        return self._day


class FormCard(QWidget):
    """Asks, shows what goes, then says so once. `sent` carries the answers; those that were skipped are not among them."""

    sent = Signal(object)

    def __init__(self, ctx: ThemeContext, ident: str, form: Sequence[FormQuestion]) -> None:
        super().__init__()
        self._ctx, self._ident, self.form = ctx, ident, tuple(form)
        self._picked: dict[str, set[str]] = {}
        self._typed: dict[str, str] = {}
        self._boxes: dict[str, AskBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(16)
        self._questions = QWidget()
        asks = QVBoxLayout(self._questions)
        asks.setContentsMargins(0, 0, 0, 0)
        asks.setSpacing(16)
        asks.addWidget(TextLabel(ctx, tr("You can skip each one."), "secondary", "muted"))
        for one in self.form:
            box = self._boxes[one.id] = self._ask(one)
            asks.addWidget(box)
        self._fault = TextLabel(ctx, "", "body", weight=600)
        self._fault.hide()
        asks.addWidget(self._fault)
        see = Button(ctx, tr("See what goes"), f"{ident}.see", height=44)
        see.clicked.connect(self._see)
        asks.addWidget(see, 0, Qt.AlignmentFlag.AlignLeft)
        self._preview = QWidget()
        self._preview.hide()
        self._lines = QVBoxLayout(self._preview)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(8)
        column.addWidget(self._questions)
        column.addWidget(self._preview)

    def _ask(self, one: FormQuestion) -> AskBox:
        kind = _KINDS.get(one.kind, QuestionKind.TEXT)
        choices = [Choice(option.id, message_text(option.text), "", False) for option in one.options]
        if kind is QuestionKind.ONE:
            choices.append(Choice(SKIP, tr("I do not want to say"), "", False))
        ask = Ask(
            f"{self._ident}.{one.id}",
            kind,
            message_text(one.text),
            "",
            tuple(choices),
            "",
            "",
            False,
            False,
            LONGEST,
            False,
        )
        if one.kind == "date":
            return DateAsk(self._ctx, ask)
        box = make_ask(self._ctx, ask, False)
        box.arrange(True)
        box.ticked.connect(lambda _ask, choice, on, q=one: self._tick(q, choice, on))
        box.wrote.connect(lambda _ask, words, q=one: self._typed.__setitem__(q.id, words))
        return box

    def _tick(self, one: FormQuestion, choice: str, on: bool) -> None:
        kept = self._picked.setdefault(one.id, set())
        if one.kind == "one":
            kept.clear()
        kept.discard(choice)
        if on and choice != SKIP:
            kept.add(choice)

    def answers(self) -> tuple[FormAnswer, ...]:
        """What was answered, in the words that are shown. Raises `ValueError` with a question's id for half a date."""
        return tuple(found for one in self.form if (found := self._answer(one)) is not None)

    def _answer(self, one: FormQuestion) -> FormAnswer | None:
        asked, box = message_text(one.text), self._boxes[one.id]
        if one.options:
            chosen = [option for option in one.options if option.id in self._picked.get(one.id, ())]
            shown = "; ".join(message_text(option.text) for option in chosen)
            return FormAnswer(one.id, tuple(option.id for option in chosen), asked, shown) if chosen else None
        if isinstance(box, DateAsk):
            day = box.value()
            if day is None:
                raise ValueError(one.id)
            if not day:
                return None
            found = date.fromisoformat(day)
            shown = QLocale().toString(QDate(found.year, found.month, found.day), "d MMMM yyyy")
            return FormAnswer(one.id, (day,), asked, shown)
        words = self._typed.get(one.id, "").strip()[:LONGEST]
        return FormAnswer(one.id, (words,), asked, words) if words else None

    def _see(self) -> None:
        """Show what goes, or what is still amiss."""
        try:
            answers = self.answers()
        except ValueError as half:
            self._say(tr("Give a day, a month and a year, or leave all three empty."))
            self._boxes[str(half)].first().setFocus(_HERE)
            return
        if not answers:
            self._say(tr("Answer one first, or leave this for later."))
            return
        self._say("")
        self._show_preview(answers)

    def _say(self, words: str) -> None:
        self._fault.setText(words)
        self._fault.setVisible(bool(words))
        if words:
            a11y.announce(self, words, now=True)

    def _show_preview(self, answers: tuple[FormAnswer, ...]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self._lines.addWidget(TextLabel(self._ctx, tr("This goes to them:"), "body", weight=600))
        for number, one in enumerate(said_lines(self._ctx, [(a.text_shown, a.answer_shown) for a in answers])):
            a11y.name(one, f"{self._ident}.goes.{number}", one.accessibleName())
            self._lines.addWidget(one)
        row = QWidget()
        wrap = Wrap(row, 12, 8)
        send = Button(self._ctx, tr("Send my answers"), f"{self._ident}.send", icon="send", height=44)
        send.clicked.connect(lambda: self.sent.emit(answers))
        change = Button(self._ctx, tr("Change"), f"{self._ident}.change", LINK, height=44)
        change.setAccessibleName(tr("Change my answers"))
        change.clicked.connect(self._change)
        wrap.addWidget(send)
        wrap.addWidget(change)
        self._lines.addWidget(row)
        self._preview.show()
        send.setFocus(_HERE)  # before the button that has it is hidden: Qt would hand it on and the page would jump
        self._questions.hide()

    def _change(self) -> None:
        self._questions.show()
        self._boxes[self.form[0].id].first().setFocus(_HERE)
        self._preview.hide()


def said_lines(ctx: ThemeContext, pairs: Sequence[tuple[str, str]]) -> list[QWidget]:
    """Questions with their answers, to read."""
    made: list[QWidget] = []
    for question, answer in pairs:
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(TextLabel(ctx, question, "secondary", "muted"))
        column.addWidget(TextLabel(ctx, answer, "body", weight=500))
        ground.setAccessibleName(tr("{question}: {answer}").format(question=question, answer=answer))
        made.append(ground)
    return made
