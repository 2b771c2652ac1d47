"""Decides what the notice bar of the open chat shows and what its buttons do. Nothing of it is sent anywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from messenger.domain.conversation import ChatSummary
from messenger.domain.events import NoticeRaised
from messenger.domain.notice import Notice
from messenger.domain.report import ReportContext
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.notices.before import BeforeSend
from messenger.ui.plain import isolate, visible

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.conversation.presenter import ConversationPresenter
    from messenger.ui.conversation.view import ConversationPane
    from messenger.ui.notices.bar import NoticeBar

_HERE = Qt.FocusReason.OtherFocusReason
_REPORTS = frozenset(("report", "block_and_report", "add_to_report"))
_KEPT = frozenset(("show_both", "meet_safely", "money_safely", "who_can_help", "ways_out", "copy"))
"""After these the note stays in sight: they show something, and there may be more to do."""


class NoticePresenter(QObject):
    """Follows the open chat. `helplines_wanted` opens the Safety room at its numbers."""

    helplines_wanted = Signal()

    def __init__(self, engine: Engine, view: ConversationPane, chats: ConversationPresenter) -> None:
        super().__init__(view)
        self._engine, self._view, self._chats = engine, view, chats
        self._bar: NoticeBar | None = None
        self._chat: ChatSummary | None = None
        self._notice: Notice | None = None
        self._staying = False
        chats.deeds.before = BeforeSend(engine, view, chats)
        view.header.wanted.connect(self._mark)
        chats.opened.connect(self._opened)
        chats.left.connect(lambda: self._opened(None))
        engine.on(NoticeRaised, self._raised)

    def shown(self) -> Notice | None:
        """The notice that is in sight."""
        return self._notice

    def bar(self) -> NoticeBar:
        """The bar, made when it is first needed."""
        if self._bar is None:
            from messenger.ui.notices.bar import NoticeBar
            from messenger.ui.notices.holder import Holder

            bar = self._bar = NoticeBar(self._view.ctx)
            bar.pressed.connect(self.do)
            bar.closed.connect(self.close)
            bar.way.connect(self._take_way)
            bar.useful.connect(self._useful)
            bar.left.connect(lambda: self._view.composer.writer.setFocus(_HERE))
            self._view.notices.addWidget(Holder(bar, self._view, self._view.pause_area, "notice.holder"))
        return self._bar

    def load(self) -> None:
        """Ask which notice is to be shown."""
        chat = self._chat
        if chat is None:
            return

        def got(notice: Notice | None) -> None:
            if self._here(chat):
                self._got(notice)

        self._engine.call(lambda hub: hub.notices.current(chat.conversation), got, lambda _: None)

    def do(self, deed: str) -> None:
        """A button was pressed."""
        notice, chat = self._notice, self._chat
        if notice is None or chat is None:
            return
        if not self._here(chat):
            # Another chat is on its way, and this one is still in sight: a report is never off, all else is over.
            if deed in _REPORTS:
                self._chats.report(_context(chat, notice))
            return
        deeds: dict[str, Callable[[Notice], None]] = {
            "report": self._report, "block_and_report": self._report, "add_to_report": self._report,
            "block": self._block, "open": self._open, "copy": self._copy, "show_both": self._show_both,
            "meet_safely": partial(self._card, deed), "money_safely": partial(self._card, deed), "mute_day": self._muted,
            "who_can_help": lambda _: self.helplines_wanted.emit(),
        }  # fmt: skip
        if deed not in {"block", "open"}:  # these two are asked once more, and only a yes is an answer
            self._answer(notice, deed)
        if deed in deeds:
            deeds[deed](notice)

    def close(self) -> None:
        """The x: put the note away."""
        if self._notice is not None:
            self._answer(self._notice, "dismiss")

    def _opened(self, chat: ChatSummary | None) -> None:
        self._hide()
        self._chat = chat
        self.load()
        self._load_known()

    def _raised(self, event: NoticeRaised) -> None:
        if self._chat is not None and event.conversation == self._chat.conversation:
            self.load()

    def _here(self, chat: ChatSummary) -> bool:
        """Whether this chat is still the open one. Before another one is there, or behind a card, none is."""
        now = self._chats.chat
        return now is not None and now.conversation == chat.conversation

    def _load_known(self) -> None:
        chat = self._chat
        if chat is None or chat.is_room:
            return

        def got(known: bool) -> None:
            if self._chat is not None and self._chat.conversation == chat.conversation:
                self._view.header.set_marked(known)

        self._engine.call(lambda hub: hub.notices.known(chat.conversation), got, lambda _: None)

    def _mark(self, deed: str) -> None:
        """ "I know them" in the chat's menu: said in words first, because Robin asks less after it."""
        from messenger.ui.notices.known import ask_known

        chat = self._chat
        if chat is None or deed not in {"known", "unknown"}:
            return

        def keep() -> None:
            yes, conversation = deed == "known", chat.conversation
            self._engine.call(
                lambda hub: hub.notices.set_known(conversation, yes), lambda _: self._load_known(), lambda _: None
            )

        if deed == "known":
            ask_known(self._view.ctx, self._view.window(), chat.title, keep)
        else:
            keep()

    def _got(self, notice: Notice | None) -> None:
        mine = self._notice
        if mine is not None and notice is not None and notice.id == mine.id:
            return
        if self._staying and (notice is None or not notice.urgent):
            return  # it is being read; the next one comes when this one is put away
        if notice is None:
            self._hide()
        else:
            self._show(notice)

    def _show(self, notice: Notice) -> None:
        from messenger.safety import weblinks
        from messenger.ui.conversation.links import link_reason
        from messenger.ui.notices.holder import chain

        bar, chat = self.bar(), self._chat
        self._notice, self._staying = notice, False
        bar.set_ways(())
        inside = _has_focus(bar)
        odd = weblinks.judge(link_of(notice)) if notice.link else None
        # In a group nobody can be blocked by the address of the group.
        hidden = ("block",) if chat is not None and chat.is_room else ()
        bar.show_notice(notice, link_reason(odd[1]) if odd else "", hidden)
        if any(one.id == "ways_out" for one in notice.buttons):
            self._ask_ways(notice)
        self._view.notice_area.show()
        self._view.notice_area.first = bar.first()
        chain(self._view.header.report, bar.stops(), self._view.list)
        if inside:
            bar.first().setFocus(_HERE)
        a11y.announce(bar, tr("Note from Robin: {sentence}").format(sentence=notice.text), now=notice.urgent)

    def _hide(self) -> None:
        self._notice, self._staying = None, False
        area = self._view.notice_area
        if area.isHidden():
            return
        if self._bar is not None and _has_focus(self._bar):
            there = self._view.composer if self._view.composer.isVisible() else None
            (there.writer if there is not None else self._view.list).setFocus(_HERE)
        area.hide()

    def _answer(self, notice: Notice, action: str) -> None:
        """Keep what was pressed; then the next note comes, if there is one."""
        if action in _KEPT:
            self._staying = True
        else:
            self._hide()
        self._engine.call(lambda hub: hub.notices.answer(notice.id, action), lambda _: self.load(), lambda _: None)

    def _ask_ways(self, notice: Notice) -> None:
        def got(ways: tuple[str, ...]) -> None:
            if self._notice is notice:
                self.bar().set_ways(ways)

        self._engine.call(lambda hub: hub.notices.ways(notice.rule), got, lambda _: None)

    def _take_way(self, sentence: str) -> None:
        """A sentence goes into the composer; the person sends it, or not."""
        if self._notice is not None:
            self._answer(self._notice, "ways_out")
        self._view.composer.add(sentence)
        self._view.composer.writer.setFocus(_HERE)

    def _useful(self, yes: bool) -> None:
        notice = self._notice
        if notice is None:
            return
        self._staying = True

        def kept(resting: bool) -> None:
            if self._notice is notice:
                bar = self.bar()
                if _has_focus(bar):
                    bar.why.setFocus(_HERE)
                bar.why_panel.thank(bool(resting))

        self._engine.call(lambda hub: hub.notices.useful(notice.id, yes), kept, lambda _: None)

    # -- what the buttons do

    def _report(self, notice: Notice) -> None:
        """Report first; the block step is offered after the receipt (decision 9)."""
        if notice.message is None:
            self._chats.deeds.do_chat("report")
        else:
            self._chats.deeds.do("report", notice.message)

    def _block(self, notice: Notice) -> None:
        self._chats.deeds.ask_block(lambda: self._answer(notice, "block"))

    def _open(self, notice: Notice) -> None:
        from messenger.ui.conversation.links import safe
        from messenger.ui.conversation.new_links import press

        link = link_of(notice)
        if not safe(link):
            self._view.composer.note(tr("Robin can not open this link."))
            return
        press(self._engine, self._view, self._chat, link, lambda: self._answer(notice, "open"))

    def _copy(self, notice: Notice) -> None:
        QGuiApplication.clipboard().setText(notice.link)
        _say(self._view, tr("The link is copied. It was not opened."))

    def _muted(self, _notice: Notice) -> None:
        _say(self._view, tr("This chat is quiet for a day."))

    def _card(self, deed: str, notice: Notice) -> None:
        from messenger.ui.notices.cards import open_card

        view, report = self._view, partial(_report_card, self, notice, self._chat)
        open_card(view.ctx, self._engine, view.window(), deed, self.helplines_wanted.emit, report)

    def _show_both(self, notice: Notice) -> None:
        chat = self._chat
        if chat is None:
            return
        bar = self.bar()
        bar.open_why()

        def got(known: tuple[tuple[str, str], ...]) -> None:
            if self._notice is not notice:
                return
            here = tr("Who writes here")
            pairs = [(tr("{name}, in your people").format(name=isolate(visible(name))), one) for name, one in known]
            bar.why_panel.show_addresses([*pairs, (here, chat.counterpart)])

        self._engine.call(partial(_alike, chat=chat), got, lambda _: None)


def _report_card(one: NoticePresenter, notice: Notice, chat: ChatSummary | None) -> None:
    """Report abuse in a card: about what it was opened for, also when another note is there by then, or none."""
    if one.shown() is notice:
        one.do("block_and_report")
    elif chat is not None:
        one._chats.report(_context(chat, notice))


def _context(chat: ChatSummary, notice: Notice) -> ReportContext:
    messages = () if notice.message is None else (notice.message,)
    return ReportContext(chat.account, chat.conversation, messages, chat.counterpart)


def _say(view: ConversationPane, words: str) -> None:
    view.composer.note(words)
    a11y.announce(view, words)


def link_of(notice: Notice) -> str:
    """The link of R15 as an address: people also write it without its scheme, or with one that is broken on purpose."""
    scheme, found, rest = notice.link.partition("://")
    if not found:
        return f"http://{notice.link}"
    return f"{scheme.casefold().replace('hxxp', 'http')}://{rest}"


async def _alike(hub: Hub, chat: ChatSummary) -> tuple[tuple[str, str], ...]:
    """(name, address) of the people whose name the other side's name looks like."""
    from messenger.safety.people import Known, other_name

    people = await hub.contacts.contacts(chat.account)
    return tuple(
        (one.name, one.jid)
        for one in people
        if one.jid != chat.counterpart and other_name(chat.counterpart, chat.title, [Known(one.jid, one.name)])
    )


def _has_focus(bar: NoticeBar) -> bool:
    focus = bar.focusWidget()
    return focus is not None and focus.hasFocus()
