"""The step after the receipt decided: the chat as it is, muted, blocked, or blocked and left. Nothing is done by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from messenger.domain.report import Aftercare, AftercareDeed
from messenger.i18n import tr
from messenger.ui.plain import isolate, visible
from messenger.ui.report.helpdesk import plain_words

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.border import Engine

_BLOCKS = (AftercareDeed.BLOCK, AftercareDeed.BLOCK_AND_LEAVE)


@dataclass(frozen=True, slots=True)
class Way:
    """One of the choices, of equal weight: what it is called and what the other side sees of it."""

    deed: AftercareDeed
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class Extra:
    """A further choice with its reason; `on` is how its box stands."""

    words: str
    note: str
    on: bool


@dataclass(frozen=True, slots=True)
class AftercareState:
    """What the page shows. `done` are sentences about what was done, `trouble` about what was not; `chosen` None at first."""

    name: str = ""
    ways: tuple[Way, ...] = ()
    chosen: AftercareDeed | None = None
    tell: Extra | None = None
    room: Extra | None = None
    staff: Extra | None = None
    done: tuple[str, ...] = ()
    trouble: str = ""
    missing: str = ""
    busy: bool = False


class AftercareView(Protocol):
    """What draws the step."""

    def show_aftercare(self, state: AftercareState) -> None:
        """Draw this."""


class AftercarePresenter:
    """One report's step. `announce` says a sentence to a screen reader."""

    def __init__(self, engine: Engine, announce: Callable[[str, bool], None]) -> None:
        self._engine, self._announce = engine, announce
        self._view: AftercareView | None = None
        self._report = ""
        self._options = Aftercare("")
        self._tell = self._room = self._staff = False
        self.state = AftercareState()

    def attach(self, view: AftercareView) -> None:
        """The page that draws."""
        self._view = view

    @property
    def over(self) -> bool:
        """Whether there is nothing to choose, or something was done and nothing else is chosen."""
        state = self.state
        if state.chosen is not None or any(one is not None and one.on for one in (state.room, state.staff)):
            return False
        return bool(state.done) or not state.ways

    def learn(self, report_id: str, known: Callable[[bool], None]) -> None:
        """Ask what can be done; `known` hears whether there is anybody to act on."""
        self._report = report_id

        def got(options: Aftercare) -> None:
            self._options, self._tell = options, options.tell_server_default
            self._room = self._staff = False
            self.state = self._drawn(AftercareState(done=earlier_words(options)))
            known(bool(options.counterpart))

        self._engine.call(lambda hub: hub.aftercare.options(report_id), got, lambda _error: known(False))

    def show(self) -> None:
        """Draw the step as it stands."""
        if self._view is not None:
            self._view.show_aftercare(self.state)

    def close(self) -> None:
        """The window goes away."""
        self._view = None

    def choose(self, deed: AftercareDeed) -> None:
        """One of the ways was chosen; nothing is done yet."""
        self._show(replace(self.state, chosen=deed, missing=""))

    def set_tell(self, on: bool) -> None:
        """Whether the own server is told, too."""
        self._tell = on
        self._show(self.state)

    def set_room(self, on: bool) -> None:
        """Whether the desk may read the room by itself."""
        self._room = on
        self._show(self.state)

    def set_staff(self, on: bool) -> None:
        """Whether the people who run the room are told."""
        self._staff = on
        self._show(self.state)

    def go(self) -> None:
        """Do what was chosen, once, and say how it went."""
        chosen = self.state.chosen
        if self.state.busy:
            return
        room = self._room and self.state.room is not None
        staff = self._staff and self.state.staff is not None
        if chosen is None and not room and not staff:
            self._show(replace(self.state, missing=tr("Choose one. You can let the chat stay as it is.")))
            return
        tell = self._tell and self.state.tell is not None and chosen in _BLOCKS
        self._show(replace(self.state, busy=True, trouble="", missing=""))
        if not staff:
            self._deed((), "", chosen, tell, room)
            return
        # First of all: who has left the room may not be heard there any more. It never stands in the way of the rest.
        report = self._report
        self._engine.call(
            lambda hub: hub.aftercare.tell_room(report),
            lambda _none: self._deed((tr("The people who run the room were told."),), "", chosen, tell, room),
            lambda error: self._deed(
                (),
                tr("The people who run the room were not told. {why}").format(why=plain_words(error)),
                chosen,
                tell,
                room,
            ),
        )

    def _deed(self, done: tuple[str, ...], trouble: str, chosen: AftercareDeed | None, tell: bool, room: bool) -> None:
        """The chosen way, after what went before it."""
        if chosen is None:
            self._end(done, trouble, room)
            return
        report = self._report
        self._engine.call(
            lambda hub: _do(hub, report, chosen, tell),
            lambda _none: self._did((*done, _did_words(chosen, self._options)), trouble, tell, room),
            lambda error: self._end(
                done, f"{trouble} {tr('That did not work. {why}').format(why=plain_words(error))}", room
            ),
        )

    def _did(self, words: tuple[str, ...], trouble: str, told: bool, room: bool) -> None:
        if not told:
            self._end(words, trouble, room)
            return

        # A server may block and take no report with it: only what was done is said.
        def got(options: Aftercare) -> None:
            said = (
                tr("Your chat server was told, too.") if options.told_server else tr("Your chat server was not told.")
            )
            self._end((*words, said), trouble, room)

        report = self._report
        self._engine.call(
            lambda hub: hub.aftercare.options(report), got, lambda _error: self._end(words, trouble, room)
        )

    def _end(self, done: tuple[str, ...], trouble: str, room: bool) -> None:
        """The deed is over; then the room, which is a choice of its own."""
        if not room:
            self._again(done, trouble)
            return
        report = self._report
        self._engine.call(
            lambda hub: hub.aftercare.allow_room(report),
            lambda _none: self._again((*done, tr("The desk may read the room now.")), trouble),
            lambda error: self._again(
                done, " ".join((trouble, tr("The desk cannot read the room yet. {why}").format(why=plain_words(error))))
            ),
        )

    def _again(self, done: tuple[str, ...], trouble: str) -> None:
        """Show what was done and what is left to choose."""
        said = " ".join((*done, trouble)).strip()
        fresh = AftercareState(done=(*self.state.done, *done), trouble=trouble.strip())

        def got(options: Aftercare) -> None:
            self._options = options
            self._room = self._staff = False
            self._show(fresh)

        self._engine.call(lambda hub: hub.aftercare.options(self._report), got, lambda _error: self._show(fresh))
        self._announce(said, bool(trouble))

    def _show(self, state: AftercareState) -> None:
        self.state = self._drawn(state)
        self.show()

    def _drawn(self, state: AftercareState) -> AftercareState:
        """The state with words and boxes for the options as they are."""
        options, name = self._options, isolate(visible(self._options.counterpart.partition("@")[0]))
        blocks = state.chosen in _BLOCKS
        tell = room = staff = None
        if options.can_tell_server and not options.told_server and blocks:
            tell = Extra(
                tr("Tell your chat server, too"),
                tr("{server} gets your case number and which words it is about. It can stop people who do harm. "
                   "It may tell their server, and they may find out.").format(server=isolate(options.own_server)),
                self._tell,
            )  # fmt: skip
        if options.public_room and not options.read_room:
            room = Extra(
                tr("Let the desk read this room"),
                tr("The room is open to all. The desk can then see for itself what was said there. "
                   "Those who run the room may see that the desk reads it."),
                self._room,
            )  # fmt: skip
        if options.can_tell_room and not options.told_room:
            staff = Extra(
                tr("Tell the people who run this room"),
                tr("They see who it is about, your case number, and that it comes from you. They can put someone out. "
                   "They may tell others."),
                self._staff,
            )  # fmt: skip
        return replace(state, name=name, ways=_ways(options, name), tell=tell, room=room, staff=staff)


async def _do(hub: Hub, report: str, deed: AftercareDeed, tell: bool) -> None:
    if deed is AftercareDeed.MUTE:
        await hub.aftercare.mute(report)
    elif deed is AftercareDeed.BLOCK:
        await hub.aftercare.block(report, tell_server=tell)
    elif deed is AftercareDeed.BLOCK_AND_LEAVE:
        await hub.aftercare.block_and_leave(report, tell_server=tell)
    else:
        await hub.aftercare.keep(report)


def _ways(options: Aftercare, name: str) -> tuple[Way, ...]:
    keep = Way(
        AftercareDeed.KEEP,
        tr("Let the chat stay as it is"),
        tr("They see no change. The officer may want to see it as it is."),
    )
    mute = Way(
        AftercareDeed.MUTE,
        tr("Mute {name}").format(name=name),
        tr("They see no change. Their words still come, but with no sound."),
    )
    block = Way(
        AftercareDeed.BLOCK,
        tr("Block {name}").format(name=name),
        tr("They cannot write to you. They may see that you are gone. They are not told why."),
    )
    leave_words, leave_note = tr("Block {name} and leave").format(name=name), ""
    if options.is_room:
        # The name is the room's; and what is said in a room comes from the room, whoever is blocked.
        block = Way(
            AftercareDeed.BLOCK,
            tr("Block this person"),
            tr("They cannot write to you alone. In the room you still see their words. "
               "They may see that you are gone. They are not told why."),
        )  # fmt: skip
        leave_words = tr("Block this person and leave")
        leave_note = tr("You leave the room as well. All who are in it can see that you left.")
    elif options.in_roster:
        leave_note = tr("They are taken off your people as well. They can see that, too.")
    leave = Way(AftercareDeed.BLOCK_AND_LEAVE, leave_words, leave_note)
    can = (
        keep,
        mute,
        *((block,) if options.can_block else ()),
        *((leave,) if options.can_block and leave_note else ()),
    )
    over = set(options.done) - {AftercareDeed.KEEP}
    if over:
        over.add(AftercareDeed.KEEP)  # the chat is no longer as it was
    if {AftercareDeed.BLOCK, AftercareDeed.BLOCK_AND_LEAVE} & over:
        over |= {AftercareDeed.BLOCK, AftercareDeed.MUTE}
    return tuple(one for one in can if one.deed not in over)


def _did_words(deed: AftercareDeed, options: Aftercare) -> str:
    if deed is AftercareDeed.KEEP:
        return tr("The chat stays as it is. You find this step in Safety, under My reports.")
    if deed is AftercareDeed.MUTE:
        return tr("Muted. Their words still come, with no sound.")
    if deed is AftercareDeed.BLOCK:
        if options.is_room:
            return tr("Blocked. They cannot write to you alone now.")
        return tr("Blocked. They cannot write to you now.")
    return tr("Blocked. You have left the room.") if options.is_room else tr("Blocked, and taken off your people.")


def earlier_words(options: Aftercare) -> tuple[str, ...]:
    """What was done about this person before, in words."""
    order = (AftercareDeed.MUTE, AftercareDeed.BLOCK, AftercareDeed.BLOCK_AND_LEAVE)
    said = [_did_words(one, options) for one in order if one in options.done]
    if options.told_server:
        said.append(tr("Your chat server was told, too."))
    if options.told_room:
        said.append(tr("The people who run the room were told."))
    if options.read_room:
        said.append(tr("The desk may read the room now."))
    return tuple(said)
