"""The card of an invitation: facts only, who and which group and how many; answers of equal weight (decision 37)."""

from __future__ import annotations

from messenger.domain.guardian import Standing
from messenger.domain.room import RoomInvitation
from messenger.i18n import ntr, tr
from messenger.ui.conversation.request import AskCard, Bubble, Fact
from messenger.ui.guardian.words import standing_words
from messenger.ui.plain import isolate, message_text, shorten, visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import REPORT
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import AvatarPainter


class InvitationCard(AskCard):
    """Emits the answer (join, decline or report) and the room. Nothing was sent to anybody before."""

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, invitation: RoomInvitation) -> None:
        why = tr(
            "You see this because someone asks you into a group. Robin went in nowhere. Nobody there is told "
            "that you saw this."
        )
        room = invitation.room
        super().__init__(ctx, avatars, "invitation", room, tr("You are asked into a group"), why)
        self._avatar.set_person(room, visible(room), None, None, "users")
        name = group_name(invitation)
        self.title.setText(name)
        self.title.setAccessibleName(tr("Group {name}").format(name=name))
        if invitation.reason:
            said = TextLabel(ctx, tr("They wrote"), "body", weight=600)
            self._fill(self._words, [said, Bubble(ctx, shorten(message_text(invitation.reason), 300))])
        unseen = tr("If you join, all in the group see your name. If you do not, nobody is told.")
        self._aside("eye-off", unseen)
        leave = tr("Look who is in it. You can leave at any time.")
        self._aside("log-out", leave)
        self._end(
            visible(room),
            (
                ("join", tr("Join"), "quiet", ""),
                ("decline", tr("Not now"), "quiet", ""),
                ("report", tr("Report abuse"), REPORT, "octagon-alert"),
            ),
        )
        self.show_invitation(invitation)

    def show_invitation(self, invitation: RoomInvitation) -> None:
        """Show the facts as they are now; the answers keep the keyboard."""
        room = invitation.room
        known: list[Fact] = [("user", _who(invitation), "text"), ("at-sign", visible(room), "text")]
        known.append(("users", _people(invitation), "text"))
        held = invitation.guardian is not Standing.FREE
        if held:
            known.append(("lock", standing_words(invitation.guardian), "text"))
        self.title.setAccessibleDescription("; ".join(words for _icon, words, _role in known))
        self._show_facts(known, invitation.guardian, visible(room))
        self.answers.buttons[f"join.{room}"].setEnabled(not held)


def group_name(invitation: RoomInvitation) -> str:
    """What the group is called, fit to show."""
    return visible(invitation.name or invitation.room.partition("@")[0])


def _who(invitation: RoomInvitation) -> str:
    inviter = invitation.inviter
    if not inviter:
        return tr("Robin does not know who asks you.")
    room, _, nick = inviter.partition("/")
    if room == invitation.room and nick:
        return tr("Somebody called {name} in the group asks you.").format(name=isolate(visible(nick, 80)))
    return tr("{name} asks you.").format(name=isolate(visible(inviter)))


def _people(invitation: RoomInvitation) -> str:
    if invitation.people is None:
        return tr("How many people are there is not known.")
    return ntr("{n} person is there now.", "{n} people are there now.", invitation.people)
