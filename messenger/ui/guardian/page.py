"""The guardian's page, behind the PIN: who waits for a yes, the list, the rules, and the end of young-person mode.

It shows names and addresses, and nothing else (decision 33). After five minutes without use it asks for the PIN again.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from messenger.domain.account import Account
from messenger.domain.errors import RobinError
from messenger.domain.events import GuardianChanged, RequestsChanged
from messenger.domain.guardian import GuardianPerson, GuardianState, Standing
from messenger.domain.lock import LONGEST, LockAnswer
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.guardian.begin import Rules
from messenger.ui.guardian.people import People, PersonRow
from messenger.ui.guardian.words import called
from messenger.ui.leaf import Leaf
from messenger.ui.lock.screen import wait_words
from messenger.ui.report.pages import Heading
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import FILLED, LINK, Button, ReportButton
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel

if TYPE_CHECKING:
    from messenger.services.hub import Hub

_REST_MS = 5 * 60 * 1000
_HERE = Qt.FocusReason.OtherFocusReason
Found = tuple[GuardianState, tuple[GuardianPerson, ...], tuple[GuardianPerson, ...]]


class Door(QWidget):
    """The PIN before the page."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(TextLabel(ctx, tr("This page is for the grown-up who has the PIN."), "body"))
        self.pin = Field(ctx, tr("PIN of the grown-up"), "guardian.pin", secret=True)
        self.pin.edit.setMaxLength(LONGEST)
        column.addWidget(self.pin)
        row = QWidget()
        wrap = Wrap(row, 16, 8)
        self.open = Button(ctx, tr("Open"), "guardian.open", FILLED, height=44)
        forgot = Button(ctx, tr("I forgot the PIN"), "guardian.forgot", LINK, height=44)
        wrap.addWidget(self.open)
        wrap.addWidget(forgot)
        column.addWidget(row)
        self.lost = TextLabel(
            ctx,
            tr(
                "No one can bring a PIN back, and there is no other way in. The one who owns this computer can start "
                "Robin anew. Then the chats that are kept here are gone. Reports that wait are still sent."
            ),
            "body",
        )
        self.lost.hide()
        column.addWidget(self.lost)
        column.addStretch(1)
        forgot.clicked.connect(self._tell)

    def fault(self, words: str) -> None:
        """Say what is wrong with the PIN, or '' for nothing."""
        self.pin.set_error(words)
        if words:
            self.pin.edit.selectAll()
            self.pin.edit.setFocus(_HERE)
            a11y.announce(self, words, True)

    def _tell(self) -> None:
        self.lost.show()
        a11y.announce(self, self.lost.text())


class Inside(QWidget):
    """What stands behind the PIN."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        told = tr("You see names here. What is said, reports, notes and calls for help are not shown to you.")
        column.addWidget(TextLabel(ctx, told, "body"))
        self.note = TextLabel(ctx, "", "body", weight=600)
        self.note.hide()
        column.addWidget(self.note)
        self.first = Heading(ctx, tr("Who waits for a yes"), "section", "guardian.waiting.title")
        column.addWidget(self.first)
        yes = tr("When you say yes, the young person still chooses. When you say no, the other one is not told.")
        column.addWidget(TextLabel(ctx, yes, "secondary", "muted"))
        self.waiting = People(ctx, "guardian.waiting", tr("Who waits for a yes"), tr("No one waits."))
        column.addLayout(self.waiting)
        self.list_title = Heading(ctx, tr("Your list"), "section", "guardian.list.title")
        column.addWidget(self.list_title)
        off = tr("No words go to someone you take off. What they write still comes in, until they are blocked.")
        column.addWidget(TextLabel(ctx, off, "secondary", "muted"))
        self.listed = People(ctx, "guardian.list", tr("Your list"), tr("No one is on the list yet."))
        column.addLayout(self.listed)
        self.address = Field(ctx, tr("Put someone on the list"), "guardian.address", tr("Like ann@example.org."))
        column.addWidget(self.address)
        row = QWidget()
        wrap = Wrap(row, 12, 8)
        self.add = Button(ctx, tr("Put on the list"), "guardian.add", height=44)
        wrap.addWidget(self.add)
        column.addWidget(row)
        column.addWidget(Heading(ctx, tr("What needs a yes"), "section", "guardian.rules.title"))
        self.rules = Rules(ctx, "guardian.rules")
        column.addWidget(self.rules)
        column.addWidget(Heading(ctx, tr("End it"), "section", "guardian.end.title"))
        ends = tr("Then the list is gone, and the young person says yes alone.")
        column.addWidget(TextLabel(ctx, ends, "secondary", "muted"))
        row = QWidget()
        wrap = Wrap(row, 12, 8)
        self.end = Button(ctx, tr("End young-person mode"), "guardian.end", height=44)
        shrinkable(self.end)
        wrap.addWidget(self.end)
        column.addWidget(row)
        column.addStretch(1)

    def say(self, words: str) -> None:
        """What came of a deed, or ''."""
        self.note.setText(words)
        self.note.setVisible(bool(words))
        if words:
            a11y.announce(self, words)


class GuardianWindow(Leaf):
    """First the door, then the page. The PIN is kept while the page is open and forgotten with it."""

    def __init__(self, ctx: ThemeContext, engine: Engine, parent: QWidget) -> None:
        super().__init__(ctx, parent, tr("Page for grown-ups"), "guardian")
        self._engine, self._pin, self._account = engine, "", ""
        self._asking = False  # each try counts: Enter that is held must not be several
        self._stack = QStackedWidget()
        self.door = Door(ctx)
        self.inside: Inside | None = None
        self._stack.addWidget(self.door)
        self.body.addWidget(self._stack, 1)
        self.door.open.clicked.connect(self._try)
        self.door.pin.edit.returnPressed.connect(self._try)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.close_door)
        self.ready(self.door.pin.edit)
        self._ends = [
            engine.on(GuardianChanged, lambda _event: self._load()),
            engine.on(RequestsChanged, lambda _event: self._load()),
            engine.call(lambda hub: hub.accounts.active(), self._got_account, lambda _: None),
        ]
        self.finished.connect(self._closed)

    def close_door(self) -> None:
        """Ask for the PIN again; nothing of the page stays."""
        self._pin = ""
        self._rest.stop()
        if self.inside is not None:
            self._stack.removeWidget(self.inside)
            self.inside.hide()
            self.inside.deleteLater()
            self.inside = None
        self.door.pin.forget()
        self.door.fault("")
        self._stack.setCurrentWidget(self.door)
        self.door.pin.edit.setFocus(_HERE)

    def _got_account(self, account: Account | None) -> None:
        self._account = account.jid if account is not None else ""

    # -- the door

    def _try(self) -> None:
        if self._asking:
            return
        pin = self.door.pin.text()
        self.door.fault("")
        if not pin:
            self.door.fault(tr("Type the PIN."))
            return

        def got(answer: LockAnswer) -> None:
            self._asking = False
            if answer.ok:
                self._pin = pin
                self._enter()
            elif answer.wait_seconds:
                self.door.fault(wait_words(answer.wait_seconds))
            else:
                self.door.fault(tr("That is not the PIN. Try again."))

        def failed(error: RobinError) -> None:
            self._asking = False
            self.door.fault(f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))

        self._asking = True
        self._ends.append(self._engine.call(lambda hub: hub.guardian.check(pin), got, failed))

    def _enter(self) -> None:
        self.door.pin.forget()
        inside = self.inside = Inside(self._ctx)
        self._stack.addWidget(inside)
        self._stack.setCurrentWidget(inside)
        inside.add.clicked.connect(self._add)
        inside.address.edit.returnPressed.connect(self._add)
        inside.end.clicked.connect(self._ask_end)
        for box in (inside.rules.groups, inside.rules.settings):
            box.clicked.connect(self._change_rules)
        inside.first.setFocus(_HERE)
        self._rest.start()
        self._load()

    # -- the page

    def _load(self) -> None:
        if self.inside is None:
            return

        async def ask(hub: Hub) -> Found:
            return await hub.guardian.state(), await hub.guardian.waiting(), await hub.guardian.people()

        self._ends.append(self._engine.call(ask, self._show))

    def _show(self, found: Found) -> None:
        inside = self.inside
        if inside is None:
            return
        state, waiting, people = found
        if not state.on:
            self.accept()
            return
        inside.rules.show_rules(state.rules)
        inside.waiting.show_rows([self._waiting_row(one) for one in waiting])
        inside.listed.show_rows([self._listed_row(one) for one in people])
        self._chain(inside)

    def _chain(self, inside: Inside) -> None:
        """Tab goes as the eye does, also over rows that came late."""
        rows = [one for part in (inside.waiting, inside.listed) for one in part.buttons()]
        rules = inside.rules
        report = self.findChildren(ReportButton)[:1]
        after = (inside.address.edit, inside.add, rules.groups, rules.settings, inside.end, self.close_button)
        for before, one in pairwise([*report, *rows, *after]):
            QWidget.setTabOrder(before, one)

    def _waiting_row(self, one: GuardianPerson) -> PersonRow:
        yes, no = partial(self._decide, one, True), partial(self._decide, one, False)
        full = _full(one)
        answers = (
            ("yes", tr("Yes"), tr("Say yes to {name}").format(name=full), yes),
            ("no", tr("No"), tr("Say no to {name}").format(name=full), no),
        )
        return PersonRow(self._ctx, one, answers)

    def _listed_row(self, one: GuardianPerson) -> PersonRow:
        full = _full(one)
        if one.standing is Standing.REFUSED:
            yes = partial(self._decide, one, True)
            return PersonRow(self._ctx, one, (("yes", tr("Yes"), tr("Say yes to {name}").format(name=full), yes),))
        off = partial(self._decide, one, False)
        name = tr("Take {name} off the list").format(name=full)
        return PersonRow(self._ctx, one, (("off", tr("Take off"), name, off),))

    def _decide(self, one: GuardianPerson, yes: bool) -> None:
        words = tr("You said yes to {name}.") if yes else tr("You said no to {name}.")
        place = self.inside.first if self.inside is not None and one.standing is not Standing.FREE else None
        if self.inside is not None:
            # The row goes away; the keyboard stays near it, where Enter presses nothing.
            (place or self.inside.list_title).setFocus(_HERE)
        self._do(
            lambda hub, pin: hub.guardian.decide(pin, one.account, one.jid, yes, one.group),
            words.format(name=called(one)),
        )

    def _add(self) -> None:
        inside = self.inside
        if inside is None:
            return
        text, account = inside.address.text().strip(), self._account
        inside.address.set_error("")
        if "@" not in text or not account:
            inside.address.set_error(tr("Write an address, like ann@example.org.") if account else tr("Sign in first."))
            inside.address.edit.setFocus(_HERE)
            return
        inside.address.set_text("")
        self._do(lambda hub, pin: hub.guardian.decide(pin, account, text, True), tr("This is on the list now."))

    def _change_rules(self) -> None:
        if self.inside is not None:
            rules = self.inside.rules.value()
            self._do(lambda hub, pin: hub.guardian.change_rules(pin, rules), tr("The rules are changed."))

    def _ask_end(self) -> None:
        from messenger.ui.widgets.ask import Question

        title, words = tr("End young-person mode?"), tr("The list is gone then. The people and chats stay.")

        def end() -> None:
            self._do(lambda hub, pin: hub.guardian.end(pin), "")

        Question(self._ctx, self, title, words, tr("End it"), end, tr("Keep it on"), filled=False).open()

    def _do(self, deed: Callable[[Hub, str], Coroutine[Any, Any, LockAnswer]], words: str) -> None:
        """Ask with the PIN of this moment: when the page is closed before it is looked at, an empty one would be a wrong try."""
        pin = self._pin
        if not pin:
            return  # the page rests meanwhile, behind a question
        self._rest.start()

        def done(answer: LockAnswer) -> None:
            if not answer.ok:
                self.close_door()  # somebody tried other PINs meanwhile, or there is another one
            elif self.inside is not None:
                self.inside.say(words)

        def failed(error: RobinError) -> None:
            if self.inside is not None:
                self.inside.say(f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))

        self._ends.append(self._engine.call(lambda hub: deed(hub, pin), done, failed))

    def _closed(self, _result: int) -> None:
        self._pin = ""
        self.door.pin.forget()
        for end in self._ends:
            end()


def _full(one: GuardianPerson) -> str:
    """Name and address: two people may have one name."""
    return called(one) if one.name == one.jid else f"{called(one)}, {one.jid}"
