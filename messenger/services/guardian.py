"""Young-person mode: new people and groups need a guardian's yes, and safety settings may only get stricter.

The guardian never sees messages, reports, helpline use or notices (decision 33). Nothing here limits Report abuse, My
reports, numbers, tips, practice, Hide this, the lock, Not now or Block.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from messenger.domain import jid as addresses
from messenger.domain.errors import GuardianNeeded, SettingHeld
from messenger.domain.events import GuardianChanged
from messenger.domain.guardian import GuardianPerson, GuardianRules, GuardianState, Standing, looser
from messenger.domain.lock import LockAnswer
from messenger.services.bus import Bus
from messenger.services.pins import Tries, hashed
from messenger.services.ports import Clock
from messenger.storage import guardian as store
from messenger.storage.database import Database


async def _nobody() -> frozenset[str]:
    return frozenset()


class GuardianService:
    """The mode, its PIN and its list. `always`: addresses that are never held, such as the desk's."""

    def __init__(self, database: Database, bus: Bus, clock: Clock) -> None:
        self._database, self._bus, self._clock = database, bus, clock
        self._tries = Tries(database, clock, store.get, store.count)
        self.always: Callable[[], Awaitable[frozenset[str]]] = _nobody

    # -- what anybody may know

    async def on(self) -> bool:
        """Whether the mode is on."""
        return await self._database.run(store.get) is not None

    async def state(self) -> GuardianState:
        """How the mode stands."""
        row = await self._database.run(store.get)
        if row is None:
            return GuardianState()
        return GuardianState(True, row.rules, len(await self.waiting()), row.told)

    async def standing(self, account: str, jid: str, group: bool = False) -> Standing:
        """How it stands with a guardian's yes for a bare address."""
        found = await self._database.run(store.standing, account, jid, group)
        return Standing.FREE if found is not Standing.FREE and jid in await self.always() else found

    async def allows(self, account: str, jid: str) -> bool:
        """Whether this person may be accepted, added and written to. Always true while the mode is off."""
        return await self.standing(account, addresses.bare(jid)) is Standing.FREE

    async def allows_group(self, account: str, room: str) -> bool:
        """Whether this group may be gone into."""
        return await self.standing(account, room, group=True) is Standing.FREE

    async def accepted(self) -> tuple[GuardianPerson, ...]:
        """Who would stay on the list if the mode began now."""
        return await self._without_always(await self._database.run(store.accepted))

    async def waiting(self) -> tuple[GuardianPerson, ...]:
        """Who waits for a yes: those whom the young person asked for first. Addresses and names, nothing else."""
        return await self._without_always(await self._database.run(store.waiting))

    async def people(self) -> tuple[GuardianPerson, ...]:
        """Whom the guardian said yes or no to."""
        return await self._without_always(await self._database.run(store.decided))

    # -- what the young person does

    async def ask(self, account: str, jid: str, group: bool = False) -> None:
        """Ask for a yes. Nothing is sent: the guardian sees it on this computer. Raises `InvalidAddress`."""
        address = addresses.bare(jid)
        if await self.standing(account, address, group) in (Standing.HELD, Standing.REFUSED):
            await self._database.write(store.put, account, address, "waits", group, self._clock.now())
            self._changed()

    async def withdraw(self, account: str, jid: str) -> None:
        """It was answered with Not now: it is asked for no more."""
        if await self._database.write(store.withdraw, account, jid):
            self._changed()

    async def told(self) -> None:
        """The young person has seen that the mode began."""
        await self._database.write(store.set_told)
        self._changed()

    # -- what the guardian does

    async def begin(self, pin: str, rules: GuardianRules) -> None:
        """Begin. Everybody who is accepted now stays. Raises `ValueError` for what is no PIN, or when it is on already."""
        if await self.on() or not await self._database.write(store.begin, await hashed(pin), rules, self._clock.now()):
            raise ValueError("young-person mode is on")
        self._tries.forget()
        self._changed()

    async def check(self, pin: str) -> LockAnswer:
        """Whether this is the guardian's PIN. After five wrong tries one waits, also over a new start."""
        return await self._tries.check(pin)

    async def end(self, pin: str) -> LockAnswer:
        """End the mode, knowing the PIN. Who waited waits for the young person alone then."""
        answer = await self._tries.check(pin)
        if answer.ok:
            await self._database.write(store.end)
            self._tries.forget()
            self._changed()
        return answer

    async def change_rules(self, pin: str, rules: GuardianRules) -> LockAnswer:
        """Set other rules, knowing the PIN."""
        answer = await self._tries.check(pin)
        if answer.ok:
            await self._database.write(store.set_rules, rules)
            self._changed()
        return answer

    async def decide(self, pin: str, account: str, jid: str, yes: bool, group: bool = False) -> LockAnswer:
        """Say yes or no to an address, knowing the PIN; also to one that nobody asked for. Raises `InvalidAddress`.

        A yes accepts nobody: that stays the young person's own choice. A no blocks nobody and tells nobody.
        """
        address = addresses.bare(jid)
        answer = await self._tries.check(pin)
        if answer.ok and await self.on():
            state = "yes" if yes else "no"
            await self._database.write(store.put, account, address, state, group, self._clock.now())
            self._changed()
        return answer

    # -- what the other services ask before they do something

    async def need(self, account: str, jid: str, group: bool = False) -> None:
        """Raises `GuardianNeeded` while this bare address is held."""
        if await self.standing(account, jid, group) is not Standing.FREE:
            raise GuardianNeeded(account, jid, group)

    async def need_chat(self, conversation: int) -> None:
        """The same for the other side of a chat. Raises `GuardianNeeded` or `KeyError`."""
        account, jid, group, how = await self._database.run(store.chat_standing, conversation)
        if how is not Standing.FREE and jid not in await self.always():
            raise GuardianNeeded(account, jid, group)

    async def own_group(self, account: str, room: str) -> None:
        """A closed group that the young person made goes on the list, so that they can come back into it."""
        if await self.on():
            await self._database.write(store.put, account, room, "yes", True, self._clock.now())

    async def need_setting(self, key: str, before: str, after: str) -> None:
        """Raises `SettingHeld` while the mode holds this setting and the change makes it less strict."""
        if looser(key, before, after):
            row = await self._database.run(store.get)
            if row is not None and row.rules.settings:
                raise SettingHeld

    async def _without_always(self, people: tuple[GuardianPerson, ...]) -> tuple[GuardianPerson, ...]:
        always = await self.always()
        return tuple(one for one in people if one.jid not in always)

    def _changed(self) -> None:
        self._bus.publish(GuardianChanged())
