"""A link in a chat was pressed: links of people who are new are off, and it is said why; others are asked about first."""

from __future__ import annotations

from collections.abc import Callable

from messenger.domain.conversation import ChatSummary
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.conversation.links import host, open_after_asking, safe
from messenger.ui.conversation.view import ConversationPane


def press(
    engine: Engine, view: ConversationPane, chat: ChatSummary | None, url: str, opened: Callable[[], None] | None = None
) -> None:
    """Open the link after asking, or say that links are off here. `opened` is called when it was opened."""
    if chat is None or not safe(url):
        return

    def got(on: bool) -> None:
        if on:
            open_after_asking(view.ctx, view.window(), url, opened)
        else:
            _say_off(engine, view, chat, url)

    engine.call(lambda hub: hub.first_contact.links(chat.conversation), got, lambda _: got(False))


def _say_off(engine: Engine, view: ConversationPane, chat: ChatSummary, url: str) -> None:
    """In a group, and for people who were not accepted, there is nothing to say yes to here."""
    from messenger.ui.widgets.ask import Question

    def known() -> None:
        engine.call(lambda hub: hub.notices.set_known(chat.conversation, True))

    title = tr("Links from new people are off")
    words = tr("The link was not opened. It leads to the place below. You can change this in Safety, under My settings.")
    if chat.known and not chat.is_room and not chat.blocked:
        words = tr("The link was not opened. It leads to the place below. Do you know who sent it?")
        Question(
            view.ctx, view.window(), title, words, tr("I know them"), known, tr("Leave it off"), filled=False, detail=host(url)
        ).open()
    else:
        Question(
            view.ctx, view.window(), title, words, tr("Leave it off"), lambda: None, tr("Close"), filled=False, detail=host(url)
        ).open()
