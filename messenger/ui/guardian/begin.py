"""How young-person mode begins: what it does and does not do, who stays, the rules, and a PIN typed twice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.errors import RobinError
from messenger.domain.guardian import GuardianPerson, GuardianRules
from messenger.domain.lock import LONGEST, SHORTEST
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.border import Cancel, Engine
from messenger.ui.guardian.words import address
from messenger.ui.leaf import Leaf
from messenger.ui.plain import visible
from messenger.ui.report.pages import Heading
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import FILLED, Button
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture
from messenger.ui.widgets.rows import CheckRow


def point(ctx: ThemeContext, icon: str, words: str) -> QHBoxLayout:
    """A line with an icon."""
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(Picture(ctx, icon, "muted", 18), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(TextLabel(ctx, words, "body"), 1)
    return row


class Rules(QWidget):
    """The rules that a guardian may choose."""

    def __init__(self, ctx: ThemeContext, ident: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        note = tr("To write to someone new, a yes is needed at all times.")
        column.addWidget(TextLabel(ctx, note, "secondary", "muted"))
        self.groups = CheckRow(ctx, tr("To join a group, a yes is needed too"), f"{ident}.groups")
        note = tr("Who can write, links from new people, who sees that I read, and hard words.")
        self.settings = CheckRow(ctx, tr("To make these less safe, your PIN is needed"), f"{ident}.settings", note)
        column.addWidget(self.groups)
        column.addWidget(self.settings)

    def value(self) -> GuardianRules:
        """What is chosen."""
        return GuardianRules(self.groups.isChecked(), self.settings.isChecked())

    def show_rules(self, rules: GuardianRules) -> None:
        """Show what holds."""
        self.groups.setChecked(rules.groups)
        self.settings.setChecked(rules.settings)


class BeginWindow(Leaf):
    """Begins the mode. Close, or Escape, begins nothing."""

    def __init__(self, ctx: ThemeContext, engine: Engine, parent: QWidget) -> None:
        super().__init__(ctx, parent, tr("Young-person mode"), "guardian.begin")
        self._engine = engine
        first = self._title(tr("Set it up side by side"))
        self._make_points()
        self._title(tr("Who stays"))
        stays = tr("These people stay. They can write, and can be written to. You can take them off later.")
        self.body.addWidget(TextLabel(ctx, stays, "body"))
        self._people = QVBoxLayout()
        self.body.addLayout(self._people)
        self._title(tr("What needs a yes"))
        self.rules = Rules(ctx, "guardian.rules")
        self.rules.show_rules(GuardianRules())
        self.body.addWidget(self.rules)
        self._title(tr("A PIN for the grown-up"))
        words = tr("No one can bring a PIN back. If it is lost, Robin has to start anew. Then the chats here are gone.")
        self.body.addWidget(TextLabel(ctx, words, "body"))
        self.new = Field(ctx, tr("New PIN"), "guardian.new", tr("4 to 12 numbers or letters."), secret=True)
        self.again = Field(ctx, tr("New PIN once more"), "guardian.again", secret=True)
        for field in (self.new, self.again):
            field.edit.setMaxLength(LONGEST)
            field.edit.returnPressed.connect(self._go)
            self.body.addWidget(field)
        self.body.addStretch(1)
        self.go = Button(ctx, tr("Turn it on"), "guardian.go", FILLED, height=44)
        self.go.clicked.connect(self._go)
        self.foot.addWidget(self.go)
        self.setTabOrder(self.go, self.close_button)
        self.ready(first)
        self._begins: Cancel = lambda: None
        self._end = engine.call(lambda hub: hub.guardian.accepted(), self._show_people, lambda _: self._show_people(()))
        self.finished.connect(self._closed)

    def _title(self, words: str) -> Heading:
        made = Heading(self._ctx, words, "section", f"guardian.title.{self.body.count()}")
        self.body.addWidget(made)
        return made

    def _make_points(self) -> None:
        for icon, words in (
            ("users", tr("Do this with the young person. Robin tells them that it is on, and what you can see.")),
            ("user-check", tr("You pick a PIN. Someone new can write only when you say yes and they say yes.")),
            ("eye", tr("You see names: who wants to write, and who is on the list.")),
            ("eye-off", tr("You do not see what is said, reports, notes, tips or calls for help.")),
            ("shield", tr("They can still report, block, say not now, hide Robin and find the help numbers.")),
            ("info", tr("It works in this Robin only. Other apps, and groups they are in, go on as before.")),
            ("info", tr("Someone who can change this computer may get past it.")),
        ):
            self.body.addLayout(point(self._ctx, icon, words))

    def _show_people(self, people: Sequence[GuardianPerson]) -> None:
        if not people:
            self._people.addWidget(TextLabel(self._ctx, tr("No one is on the list yet."), "body", "muted"))
            return
        card = Card(self._ctx, padding=0)
        card.column.setSpacing(0)
        a11y.name(card, "guardian.stay", tr("Who stays"))
        for number, one in enumerate(people):
            if number:
                card.column.addWidget(Line(self._ctx))
            card.column.addWidget(who(self._ctx, one))
        self._people.addWidget(card)

    def _go(self) -> None:
        if not self.go.isEnabled():
            return  # Enter once more while it begins
        pin = self.new.text()
        self.new.set_error("")
        self.again.set_error("")
        if not (SHORTEST <= len(pin) <= LONGEST and pin.isalnum()):
            self._fault(self.new, tr("Use 4 to 12 numbers or letters."))
        elif self.again.text() != pin:
            self._fault(self.again, tr("This is not the same. Type it once more."))
        else:
            rules = self.rules.value()
            self.go.setEnabled(False)
            self._begins = self._engine.call(
                lambda hub: hub.guardian.begin(pin, rules), lambda _none: self.accept(), self._failed
            )

    def _failed(self, error: RobinError) -> None:
        self.go.setEnabled(True)
        self._fault(self.new, f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))

    def _fault(self, field: Field, words: str) -> None:
        field.set_error(words)
        field.edit.selectAll()
        field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.area.ensureWidgetVisible(field, 0, 24)
        a11y.announce(self, words, True)

    def _closed(self, _result: int) -> None:
        self._end()
        self._begins()
        for field in (self.new, self.again):
            field.forget()  # a PIN does not stay in memory longer than it has to


def who(ctx: ThemeContext, one: GuardianPerson) -> QWidget:
    """A name and its address."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(16, 8, 16, 8)
    column.setSpacing(0)
    column.addWidget(TextLabel(ctx, visible(one.name, 80), "body", weight=500))
    column.addWidget(TextLabel(ctx, address(one), "secondary", "muted"))
    return made
