"""The request card: who wants to write for the first time, in facts only, with four answers of equal weight (decision 37)."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.guardian import Standing
from messenger.domain.notice import FirstContact, Notice
from messenger.domain.tip import Tip
from messenger.i18n import ntr, tr
from messenger.ui import a11y
from messenger.ui.guardian.held import ask_button
from messenger.ui.guardian.words import standing_words
from messenger.ui.plain import isolate, message_text, shorten, visible
from messenger.ui.report.pages import Heading
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import LINK, REPORT, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Avatar, AvatarPainter, Picture

_TWO = 400  # px at 100 %: from here on two answers stand beside each other
_SMALL = 300  # px at 100 %: below it the picture gives its room to the words
_LONGEST = 300
_MOST = 100
Fact = tuple[str, str, str]
"""(icon, words, role)"""


def looks_like(known: str) -> str:
    """The warning about an address that looks like a known one."""
    return tr("This address looks like {name}, but it is not the same.").format(name=isolate(visible(known)))


def facts(card: FirstContact) -> list[Fact]:
    """What is known of somebody, and what is not known."""
    made: list[Fact] = [("at-sign", visible(card.counterpart), "text"), ("users", _groups(card), "text")]
    if card.resembles:
        made.append(("circle-alert", looks_like(card.resembles), "text"))
    else:
        made.append(("user-search", tr("Looks like nobody you know."), "text"))
    if card.maybe_blocked:
        made.append(
            ("circle-alert", tr("This may be someone you blocked. The name or the picture is like theirs."), "text")
        )
    made.append(("globe", tr("The country is not known."), "text"))
    if card.asks:
        made.append(("eye", tr("They ask to see when you are online."), "text"))
    if card.held:
        made.append(("lock", standing_words(card.guardian), "text"))
    return made


def _groups(card: FirstContact) -> str:
    if card.groups:
        names = ", ".join(isolate(visible(one, 60)) for one in card.groups[:3])
        if len(card.groups) > 3:
            names += " " + ntr("and {n} more", "and {n} more", len(card.groups) - 3)
        return tr("Not in your people. Also in: {groups}.").format(groups=names)
    if card.groups_known:
        return tr("Not in your people. No groups in common.")
    return tr("Not in your people. Groups in common are not known.")


def how_many(count: int) -> str:
    """How many messages came."""
    if count >= _MOST:
        return tr("{n} messages or more").format(n=_MOST)
    return ntr("{n} message", "{n} messages", count)


def fact_row(ctx: ThemeContext, icon: str, words: str, role: str = "text", style: str = "body") -> QHBoxLayout:
    """An icon and words that break."""
    row = QHBoxLayout()
    row.setSpacing(12)
    mark = "notice-icon" if icon in {"circle-alert", "lightbulb"} else "muted"
    row.addWidget(Picture(ctx, icon, mark, 18), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(TextLabel(ctx, words, style, role), 1)
    return row


class _Slim(QWidget):
    """Asks for no width: a long address breaks, and does not push the card wider than the window."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())


class Bubble(Card):
    """Somebody's words as plain text: nothing in them can be pressed."""

    def __init__(self, ctx: ThemeContext, words: str) -> None:
        super().__init__(ctx, "sunken", "line", radius=14, padding=0)
        self.column.setContentsMargins(12, 6, 12, 6)
        self.words = TextLabel(ctx, words, "body")
        self.column.addWidget(self.words)


class Answers(QWidget):
    """Buttons of equal weight, two in a row or one; none of them is pressed by Enter unasked."""

    pressed = Signal(str)

    def __init__(
        self, ctx: ThemeContext, ident: str, about: str, answers: tuple[tuple[str, str, str, str], ...]
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self.buttons: dict[str, Button] = {}
        for deed, words, kind, icon in answers:
            button = Button(ctx, words, f"{ident}.{deed}", kind, icon, height=44)
            button.setAccessibleDescription(about)
            button.clicked.connect(lambda _=False, what=deed: self.pressed.emit(what))
            self.buttons[deed] = button
        self._place(2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(1 if self.width() < self._ctx.px(_TWO - 48) else 2)

    def minimumSizeHint(self) -> QSize:
        # Without this the two columns would keep the page from becoming narrow enough for one.
        return QSize(0, super().minimumSizeHint().height())

    def _place(self, columns: int) -> None:
        for number, button in enumerate(self.buttons.values()):
            self._grid.addWidget(button, number // columns, number % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)


class AskCard(Card):
    """What the cards of a person and of a group have in common: head, facts, words, answers, "Why do I see this?", a tip."""

    answered = Signal(str, str)

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, ident: str, key: str, kind: str, why: str) -> None:
        super().__init__(ctx)
        self._ctx, self._ident, self._key = ctx, ident, key
        head = QHBoxLayout()
        head.setSpacing(16)
        self._avatar = Avatar(ctx, avatars, 56, "raised")
        head.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        block = _Slim()
        wrap = Wrap(block, 16, 4, far=True)
        names = QWidget()
        lines = QVBoxLayout(names)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(TextLabel(ctx, kind, "secondary", "muted"))
        self.title = Heading(ctx, "", "card-title", f"{ident}.title.{key}")
        lines.addWidget(self.title)
        wrap.addWidget(names)
        self.why = Button(ctx, tr("Why do I see this?"), f"{ident}.why.{key}", LINK, height=44)
        shrinkable(self.why)
        self.why.clicked.connect(self._turn)
        wrap.addWidget(self.why)
        head.addWidget(block, 1)
        self.column.addLayout(head)
        self._reason = TextLabel(ctx, why, "body", "muted")
        self._reason.hide()
        self.column.addWidget(self._reason)
        self._facts = self._host()
        self._ask: Button | None = None
        self.column.addWidget(Line(ctx))
        self._words = self._host()

    def show_why(self) -> bool:
        """Whether the reason is in sight."""
        return not self._reason.isHidden()

    def show_tip(self, tip: Tip) -> None:
        """A tip below the answers, until there is another one."""
        self._fill(self._tip, [fact_row(self._ctx, "lightbulb", f"{tip.title}. {tip.body}", "muted", "secondary")])

    def say(self, words: str) -> None:
        """What went wrong, beside the answers."""
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self._ctx.px(_SMALL)
        self._avatar.setVisible(not narrow)
        side = 16 if narrow else 24
        self.column.setContentsMargins(side, side, side, side)

    def _end(self, about: str, answers: tuple[tuple[str, str, str, str], ...]) -> None:
        self._note = TextLabel(self._ctx, "", "body", weight=600)
        self._note.hide()
        self.column.addWidget(self._note)
        self.column.addSpacing(4)
        named = tuple((f"{deed}.{self._key}", words, kind, icon) for deed, words, kind, icon in answers)
        self.answers = Answers(self._ctx, self._ident, about, named)
        self.answers.pressed.connect(lambda what: self.answered.emit(what.partition(".")[0], self._key))
        self.column.addWidget(self.answers)
        self._tip = self._host()

    def _host(self) -> QVBoxLayout:
        host = _Slim()
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(8)
        self.column.addWidget(host)
        return column

    def _show_facts(self, known: list[Fact], standing: Standing, about: str) -> None:
        """The facts, and while a grown-up's yes is needed a way to ask for it. The keyboard stays on the card."""
        had = self._ask is not None and self._ask.hasFocus()
        rows: list[QHBoxLayout | QWidget] = [fact_row(self._ctx, *one) for one in known]
        ident = f"{self._ident}.ask.{self._key}"
        self._ask = ask_button(self._ctx, standing, ident, about, lambda: self.answered.emit("ask", self._key))
        self._fill(self._facts, rows if self._ask is None else [*rows, self._ask])
        if had:
            self.title.setFocus(Qt.FocusReason.OtherFocusReason)
            a11y.announce(self, standing_words(standing))

    def _aside(self, icon: str, words: str) -> None:
        """A muted line of its own."""
        self._fill(self._host(), [fact_row(self._ctx, icon, words, "muted", "secondary")])

    def _fill(self, column: QVBoxLayout, rows: list[QHBoxLayout | QWidget]) -> None:
        """Put rows in the place of those that were there."""
        while column.count():
            item = column.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        for row in rows:
            if isinstance(row, QHBoxLayout):
                row.setContentsMargins(0, 0, 0, 0)
                ground = _Slim()
                ground.setLayout(row)
                column.addWidget(ground)
            else:
                column.addWidget(row, 0, Qt.AlignmentFlag.AlignLeft)

    def _turn(self) -> None:
        self._reason.setVisible(self._reason.isHidden())
        self.why.set_words(tr("Close") if self.show_why() else tr("Why do I see this?"))


class RequestCard(AskCard):
    """Somebody who is not known. Nothing was sent to them, and nothing is while the card stands."""

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, card: FirstContact) -> None:
        why = tr(
            "You see this because someone new wrote to you. Links and pictures are off. They are told nothing "
            "until you say yes. If you press Not now or Block, they are not told."
        )
        super().__init__(ctx, avatars, "request", card.counterpart, tr("New person"), why)
        shown = visible(card.counterpart)
        self._avatar.set_person(card.counterpart, shown, None, None, "user")
        self.title.setText(visible(card.name))
        self._found: tuple[Notice, ...] = ()
        unseen = tr("They cannot see that you read this. You do not have to answer.")
        self._aside("eye-off", unseen)
        self._end(
            shown,
            (
                ("accept", tr("I know them: accept"), "quiet", ""),
                ("decline", tr("Not now"), "quiet", ""),
                ("block", tr("Block"), "quiet", "ban"),
                ("report", tr("Block and report"), REPORT, "octagon-alert"),
            ),
        )
        self.show_card(card)

    def show_card(self, card: FirstContact) -> None:
        """Show the facts as they are now; the answers keep the keyboard."""
        self.card = card
        self._show_facts(facts(card), card.guardian, visible(card.counterpart))
        self.answers.buttons[f"accept.{card.counterpart}"].setEnabled(not card.held)
        self._show_words()
        self.title.setAccessibleName(tr("New person: {name}").format(name=visible(card.name)))
        said = [words for _icon, words, _role in facts(card)]
        if card.count:
            said += [how_many(card.count), *(shorten(message_text(one), _LONGEST) for one in card.words)]
        self.title.setAccessibleDescription("; ".join(said))

    def show_found(self, found: tuple[Notice, ...]) -> None:
        """What the rules for threats and risky links saw in the messages."""
        self._found = found
        self._show_words()

    def _show_words(self) -> None:
        card = self.card
        rows: list[QHBoxLayout | QWidget] = []
        if card.count:
            top = QWidget()
            wrap = Wrap(top, 16, 2, far=True)
            wrap.addWidget(TextLabel(self._ctx, how_many(card.count), "body", weight=600))
            wrap.addWidget(TextLabel(self._ctx, tr("links and pictures are off"), "secondary", "muted"))
            line = QHBoxLayout()
            line.addWidget(top, 1)
            rows.append(line)
        if card.count > len(card.words) > 0:
            more = ntr("and {n} older one", "and {n} older ones", card.count - len(card.words))
            rows.append(TextLabel(self._ctx, more, "secondary", "muted"))
        rows += [Bubble(self._ctx, shorten(message_text(one), _LONGEST)) for one in card.words]
        if card.count and not card.words:
            rows.append(TextLabel(self._ctx, tr("There are no words to show."), "secondary", "muted"))
        rows += [fact_row(self._ctx, "circle-alert", one.text) for one in self._found]
        self._fill(self._words, rows)
