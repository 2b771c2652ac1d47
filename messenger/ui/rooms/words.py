"""What the window says about groups: always in our own words, from codes and counts, never from anybody's text."""

from __future__ import annotations

from messenger.domain.errors import RobinError
from messenger.domain.room import RoomEnd, RoomNow, RoomPerson, RoomState
from messenger.i18n import ntr, tr, trd
from messenger.ui.plain import isolate, visible

_CAN_RETURN = {RoomEnd.LEFT, RoomEnd.KICKED, RoomEnd.MEMBERS_ONLY}
_COMES_BACK = {RoomEnd.NONE, RoomEnd.LOST, RoomEnd.SHUT_DOWN}


def failure(error: RobinError) -> str:
    """A failure of the world in one line."""
    return f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields)


def head(now: RoomNow) -> str:
    """The second line of a group's head."""
    if now.state is RoomState.INSIDE:
        return ntr("{n} person", "{n} people", len(now.occupants)) if now.occupants else tr("Group")
    if now.state is RoomState.JOINING or now.end in _COMES_BACK:
        return tr("Not there yet")
    return tr("You are not in this group now")


def outside(now: RoomNow, online: bool) -> tuple[str, str]:
    """What stands in the composer's place, and the words of its button; two times '' while inside."""
    if now.state is RoomState.INSIDE and now.me.role == "visitor":
        return tr("You can only read in this group."), ""
    if now.state is not RoomState.OUTSIDE or now.end in _COMES_BACK or (not online and now.end in _CAN_RETURN):
        return "", ""  # what is written waits until the group is there again
    words = {
        RoomEnd.LEFT: tr("You left this group."),
        RoomEnd.KICKED: tr("The group put you out. You can ask the people who run it why."),
        RoomEnd.BANNED: tr("The group does not let you in any more."),
        RoomEnd.MEMBERS_ONLY: tr("The group is only for its members now."),
        RoomEnd.DESTROYED: tr("This group was closed. What was said stays here."),
    }
    return words[now.end], tr("Join again") if now.end in _CAN_RETURN else ""


def place(person: RoomPerson) -> str:
    """What somebody is in the group, in a few words."""
    one = person.occupant
    if person.me:
        return tr("You")
    if one.affiliation == "owner":
        return tr("Runs the group")
    if one.affiliation == "admin" or one.role == "moderator":
        return tr("Helps to run the group")
    return tr("Can only read") if one.role == "visitor" else ""


def alike(person: RoomPerson) -> str:
    """The mark of a name that can be taken for another one, or ''."""
    if not person.looks_like:
        return ""
    if person.looks_like == person.occupant.nick:
        return tr("Somebody else had this name too.")
    name = isolate(visible(person.looks_like))
    if person.looks_like.isascii() and person.occupant.nick.isascii():
        return tr("This name looks like {name}.").format(name=name)
    return tr("There is another {name} here.").format(name=name)
