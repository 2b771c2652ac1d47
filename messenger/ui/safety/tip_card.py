"""The tip and its topics. It never changes by itself."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.tip import Tip
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.plain import isolate, visible
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.safety.speech import Speech
from messenger.ui.safety.tips import Topic
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import FILLED, LINK, REPORT, Button, IconButton
from messenger.ui.widgets.choices import Chip
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture


class TipCard(Card):
    """Draws a `Tip`. `deeds` are the actions that the window can do; in place of another, the numbers are offered.

    `deed` asks for an action, `source` for a web page: the tip's source, or the page that its button names.
    """

    next = Signal()
    previous = Signal()
    pinned = Signal(bool)
    useful = Signal(bool)
    deed = Signal(str)
    source = Signal(str)

    def __init__(self, ctx: ThemeContext, deeds: Collection[str]) -> None:
        super().__init__(ctx, "raised", "line", 1, 12, 24)
        self._deeds, self._tip = deeds, Tip("", "", "", "", "", "", "", "", 0, 0)
        self.setMinimumHeight(240)
        a11y.name(self, "tip", tr("Tip"))
        head, counted = QWidget(), QWidget()
        top = QHBoxLayout(counted)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(8)
        top.addWidget(Picture(ctx, "lightbulb", "notice-icon"))
        self.count = TextLabel(ctx, "", "secondary", "muted", weight=600, tabular=True)
        self.count.setWordWrap(False)
        top.addWidget(self.count, 1)
        self.speech = Speech(self)
        self.aloud = Button(ctx, tr("Read aloud"), "tip.aloud", LINK, icon="volume-2", height=44)
        self.aloud.setVisible(Speech.is_here())
        self.aloud.clicked.connect(self._read_aloud)
        self.speech.changed.connect(lambda on: self.aloud.set_words(tr("Stop") if on else tr("Read aloud")))
        self.speech.failed.connect(lambda: self._no_voice(True))
        above = Wrap(head, 16, 4, far=True)
        above.addWidget(counted)
        above.addWidget(self.aloud)
        self.voiceless = TextLabel(ctx, tr("This computer has no voice that Robin can use."), "secondary", "muted")
        self.voiceless.hide()
        self.title = TextLabel(ctx, "", "card-title")
        self.body = TextLabel(ctx, "", "name", weight=400)
        self.act = Button(ctx, tr("Tip"), "tip.deed", FILLED)
        shrinkable(self.act)
        self.act.clicked.connect(self._act)
        back = IconButton(ctx, "chevron-left", tr("Tip before"), "tip.previous", framed=True)
        on = IconButton(ctx, "chevron-right", tr("Next tip"), "tip.next", framed=True)
        self.pin = IconButton(ctx, "pin", tr("Keep this tip"), "tip.pin", framed=True)
        back.clicked.connect(self.previous)
        on.clicked.connect(self.next)
        self.pin.clicked.connect(lambda: self.pinned.emit(not self._tip.pinned))
        arrows = QWidget()
        row = QHBoxLayout(arrows)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for one in (back, on, self.pin):
            row.addWidget(one)
        ways = QWidget()
        wrap = Wrap(ways, 16, 8, far=True)
        wrap.addWidget(self.act)
        wrap.addWidget(arrows)
        self.column.addWidget(head)
        self.column.addWidget(self.voiceless)
        self.column.addWidget(self.title)
        self.column.addWidget(self.body)
        self.column.addStretch(1)
        self.column.addWidget(ways)
        self.column.addSpacing(8)
        self.column.addWidget(Line(ctx))
        self.column.addWidget(self._foot(ctx))

    def _foot(self, ctx: ThemeContext) -> QWidget:
        """Useful or not, and where the facts come from."""
        asked = QWidget()
        row = Wrap(asked, 16, 0)
        row.addWidget(TextLabel(ctx, tr("Is this useful?"), "secondary", "muted"))
        self.yes = Button(ctx, tr("Yes"), "tip.useful.yes", LINK, height=28)
        self.no = Button(ctx, tr("No"), "tip.useful.no", LINK, height=28)
        for button, answer in ((self.yes, True), (self.no, False)):
            button.clicked.connect(lambda _=False, yes=answer: self.useful.emit(yes))
            row.addWidget(button)
        self.origin = Button(ctx, tr("Source"), "tip.source", LINK, height=28)
        self.origin.set_role("muted")
        self.origin.set_padding(0, left=True)
        shrinkable(self.origin)
        self.origin.clicked.connect(lambda: self.source.emit(self._tip.source_url))
        self.checked = TextLabel(ctx, tr("Not yet checked by a child safety body."), "meta", "muted")
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        both = QWidget()
        wrap = Wrap(both, 16, 0, far=True)
        wrap.addWidget(asked)
        wrap.addWidget(self.origin)
        column.addWidget(both)
        column.addWidget(self.checked)
        return ground

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.speech.stop()

    def _read_aloud(self) -> None:
        self.speech.toggle(f"{self.title.text()}. {self.body.text()}")

    def _no_voice(self, said: bool) -> None:
        """A calm line in place of a voice that does not come."""
        self.voiceless.setVisible(said)
        if said:
            a11y.announce(self.aloud, self.voiceless.text())

    def _act(self) -> None:
        """Do what the tip says: a page, a deed of the window, or the numbers."""
        if self._tip.action_url:
            self.source.emit(self._tip.action_url)
        else:
            self.deed.emit(self._tip.action if self._tip.action in self._deeds else "helplines")

    def show_tip(self, tip: Tip) -> None:
        """Another tip, or the same with another mark."""
        changed = tip.id != self._tip.id and bool(self._tip.id)
        if changed:
            self.speech.stop()
            self._no_voice(False)
        self._tip = tip
        self.count.setText(tr("Tip {n} of {all}").format(n=tip.number, all=tip.count))
        self.title.setText(trd(tip.title))
        self.body.setText(trd(tip.body))
        can = bool(tip.action_url) or tip.action in self._deeds
        self.act.set_words(trd(tip.action_label) if can else tr("Who can I talk to?"))
        # Report abuse looks the same wherever it stands.
        report = tip.action == "report"
        self.act.set_kind(REPORT if report else FILLED)
        self.act.set_icon("octagon-alert" if report else "")
        self.act.set_trailing("external-link" if tip.action_url else "")
        self.pin.set_icon(
            "pin-off" if tip.pinned else "pin", tr("Let this tip go") if tip.pinned else tr("Keep this tip")
        )
        for button, answer, words in ((self.yes, True, tr("Yes")), (self.no, False, tr("No"))):
            mine = tip.useful is answer
            button.set_icon("check" if mine else "")
            button.set_words(
                words,
                tr("{answer}, this is useful").format(answer=words)
                if answer
                else tr("{answer}, this is not useful").format(answer=words),
            )
        self.origin.set_words(tr("Based on facts from {source}").format(source=tip.source))
        self.origin.setVisible(bool(tip.source))
        who = visible(tip.reviewer, 120)
        self.checked.setText(
            tr("Checked by {who}.").format(who=isolate(who)) if who else tr("Not yet checked by a child safety body.")
        )
        self.setAccessibleDescription(f"{self.title.text()}. {self.body.text()}")
        if changed:
            a11y.announce(self, f"{self.title.text()}. {self.body.text()}")


class TopicChips(QWidget):
    """One chip a topic. A chosen one shows its tips; pressed again, the day's tip comes back."""

    chosen = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        self._ctx, self._showing = ctx, False
        self._chips: dict[str, Chip] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(TextLabel(ctx, tr("Topics"), "section"))
        self._ground = QWidget()
        self._wrap = Wrap(self._ground, 8, 8)
        column.addWidget(self._ground)
        a11y.name(self._ground, "topics", tr("Topics"))

    def show_topics(self, topics: tuple[Topic, ...], chosen: str) -> None:
        """These topics, one of them chosen or none."""
        for id, title, icon in topics:
            if id not in self._chips:
                chip = Chip(self._ctx, trd(title), f"topic.{id}", icon, checkable=True)
                chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                # Not clicked: a screen reader or a switch turns it over without a click.
                chip.toggled.connect(lambda _on, topic=id: None if self._showing else self.chosen.emit(topic))
                self._chips[id] = chip
                self._wrap.addWidget(chip)
        self._showing = True
        for id, chip in self._chips.items():
            chip.setChecked(id == chosen)
        self._showing = False
