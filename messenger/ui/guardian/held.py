"""What is held until a grown-up says yes: said on the card of a request, and offered to ask for where it was met."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from messenger.domain.errors import GuardianNeeded, RobinError
from messenger.domain.guardian import Standing
from messenger.domain.room import RoomInvitation
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.guardian.words import standing_words
from messenger.ui.plain import visible
from messenger.ui.report.wrap import shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import Button


def ask_button(ctx: ThemeContext, standing: Standing, ident: str, about: str, ask: Callable[[], None]) -> Button | None:
    """The way to ask for a yes; None where nothing is held or it was asked for."""
    if standing not in (Standing.HELD, Standing.REFUSED):
        return None
    words = tr("Ask for a yes") if standing is Standing.HELD else tr("Ask once more")
    button = Button(ctx, words, ident, icon="hand", height=44)
    button.setAccessibleDescription(about)
    shrinkable(button)
    button.clicked.connect(ask)
    return button


def offer(ctx: ThemeContext, engine: Engine, parent: QWidget, error: RobinError) -> None:
    """Where a grown-up's yes is needed first, ask whether to ask for it. Any other failure is not our affair."""
    if not isinstance(error, GuardianNeeded) or not error.fields.get("jid"):
        return
    from messenger.ui.widgets.ask import Question

    account, jid, group = str(error.fields["account"]), str(error.fields["jid"]), bool(error.fields["group"])

    def asked(_: None) -> None:
        a11y.announce(parent, standing_words(Standing.ASKED))

    def ask() -> None:
        engine.call(lambda hub: hub.guardian.ask(account, jid, group), asked)

    title = tr("Ask for a yes?")
    words = tr("A grown-up has to say yes first. If you ask, they see this name. They do not see what you wrote.")
    yes, no = tr("Ask for a yes"), tr("Not now")
    Question(ctx, parent.window(), title, words, yes, ask, no, filled=False, detail=visible(jid)).open()


def renew_invitation(engine: Engine, one: RoomInvitation, show: Callable[[RoomInvitation], None]) -> None:
    """Ask how it stands with an invitation now; `show` is called when something is new and it still waits."""

    def got(found: tuple[RoomInvitation, ...]) -> None:
        now = next((other for other in found if other.room == one.room), None)
        if now is not None and now != one:
            show(now)

    engine.call(lambda hub: hub.rooms.invitations(one.account), got, lambda _: None)
