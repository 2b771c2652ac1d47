"""The editor of private words: words that Robin asks about before they go to someone new. They stay on this computer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.leaf import Leaf
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, EmptyState, Line
from messenger.ui.widgets.buttons import FILLED, Button, IconButton
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

MOST, SHORTEST, LONGEST = 40, 2, 60


def fault(word: str, have: tuple[str, ...]) -> str:
    """What is wrong with a new word, in words; '' when it can be added."""
    if len(word) < SHORTEST:
        return tr("Write a word of two letters or more.")
    if len(word) > LONGEST:
        return tr("That is too long. Sixty letters is the most.")
    if word.casefold() in {one.casefold() for one in have}:
        return tr("That word is in the list.")
    if len(have) >= MOST:
        return tr("The list is full. Take a word out first.")
    return ""


class PrivateWords(Leaf):
    """Each change holds at once."""

    def __init__(self, ctx: ThemeContext, engine: Engine, parent: QWidget) -> None:
        super().__init__(ctx, parent, tr("My private words"), "private")
        self._engine = engine
        self._words: tuple[str, ...] = ()
        self._known = False  # before the list is there, a new word would take its place
        told = tr("Your street, your school, a name at home. Robin asks you before one of them goes to someone new.")
        self.body.addWidget(TextLabel(ctx, told, "body"))
        lock = QHBoxLayout()
        lock.setSpacing(8)
        lock.addWidget(Picture(ctx, "lock", "muted", 16), 0, Qt.AlignmentFlag.AlignTop)
        lock.addWidget(
            TextLabel(ctx, tr("They stay locked on this computer and are sent to no one."), "secondary", "muted"), 1
        )
        self.body.addLayout(lock)
        self.field = Field(ctx, tr("A new word"), "private.word")
        self.field.edit.setMaxLength(2 * LONGEST)
        self.field.edit.returnPressed.connect(self.add)
        self.body.addWidget(self.field)
        self.add_button = Button(ctx, tr("Add the word"), "private.add", FILLED, "plus", height=44)
        self.add_button.clicked.connect(self.add)
        self.body.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._list = QVBoxLayout()
        words = tr("Add the words that tell who you are or where you live.")
        self.empty = EmptyState(ctx, "lock", tr("No words yet"), words, ident="private.empty")
        self.body.addLayout(self._list)
        self.body.addWidget(self.empty, 1)
        self.body.addStretch(1)
        self.empty.hide()
        self.ready(self.field.edit)
        self._ends = [engine.call(lambda hub: hub.notices.private_words(), self._got)]
        self.finished.connect(lambda _: [end() for end in self._ends])

    def words(self) -> tuple[str, ...]:
        """The words as they are kept."""
        return self._words

    def add(self) -> None:
        """Take the word in the field into the list, or say what is wrong with it."""
        if not self._known:
            return
        word = " ".join(self.field.text().split())
        wrong = fault(word, self._words)
        self.field.set_error(wrong)
        if wrong:
            a11y.announce(self.field, wrong, now=True)
        else:
            self._keep((*self._words, word))
            self.field.set_text("")
            a11y.announce(self.field, tr("Added: {word}").format(word=visible(word)))
        self.field.edit.setFocus()

    def remove(self, word: str) -> None:
        """Take a word out."""
        self._keep(tuple(one for one in self._words if one != word))
        self.field.edit.setFocus()
        a11y.announce(self.field, tr("Taken out: {word}").format(word=visible(word)))

    def _got(self, words: tuple[str, ...]) -> None:
        self._known = True
        self.show_words(words)

    def show_words(self, words: tuple[str, ...]) -> None:
        """Show what is kept."""
        self._words = tuple(words)
        while self._list.count():
            item = self._list.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        if self._words:
            card = Card(self._ctx, padding=0)
            a11y.name(card, "private.list", tr("My private words"))
            card.column.setSpacing(0)
            for number, word in enumerate(self._words):
                if number:
                    card.column.addWidget(Line(self._ctx))
                card.column.addWidget(self._row(number, word))
            self._list.addWidget(card)
        self.empty.setVisible(not self._words)

    def _row(self, number: int, word: str) -> QWidget:
        row = QWidget()
        inner = QHBoxLayout(row)
        inner.setContentsMargins(16, 4, 8, 4)
        inner.addWidget(TextLabel(self._ctx, visible(word), "body"), 1)
        name = tr("Take out: {word}").format(word=visible(word))
        out = IconButton(self._ctx, "trash-2", name, f"private.out.{number}", size=44)
        out.clicked.connect(lambda: self.remove(word))
        inner.addWidget(out)
        return row

    def _keep(self, words: tuple[str, ...]) -> None:
        before = self._words
        self.show_words(words)
        self._ends.append(
            self._engine.call(lambda hub: hub.notices.set_private_words(words), None, lambda _: self.show_words(before))
        )
