"""Who receives reports: endpoint profiles of the command line, the settings, the profile's folder, the signed directory
and the package. The order is: what a person named by hand, the directory's route, a profile of the folder for the country,
a desk of the directory for the country, any profile of the folder.

A desk that is closed and names another hands an urgent report over to it; `Routed` says so, and so is the person told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.domain.report import EndpointProfile
from messenger.safety import hours, jurisdictions, profiles
from messenger.safety.directory import CARD, NOBODY, Desks
from messenger.services.directory import ROOTS

log = logging.getLogger(__name__)
_FOLDER = "endpoints"
_LARGEST = 256 * 1024
URGENT = frozenset({"now", "today"})
"""Tiers that do not wait until a desk opens."""


@dataclass(frozen=True, slots=True)
class Routed:
    """Who gets a report. `closed` is the name of the desk that it would go to, were it open; '' when nobody is closed."""

    profile: EndpointProfile
    closed: str = ""


async def no_setting() -> str:
    """Where nothing is chosen in the settings."""
    return ""


async def no_desks() -> Desks:
    """Where there is no directory."""
    return NOBODY


def utc_now() -> datetime:
    """The time, for opening hours."""
    return datetime.now(UTC)


class Receivers:
    """Reads profiles anew each time, so that a desk that moved is found. Files of a person are always `hand_set`.

    `setting` gives the chosen profile: the path of a file, the id of a profile or desk, or ''. `desks` are those of the
    signed directory.
    """

    def __init__(
        self,
        folder: Path | None = None,
        command_line: Path | None = None,
        setting: Callable[[], Awaitable[str]] = no_setting,
        desks: Callable[[], Awaitable[Desks]] = no_desks,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._folder = folder
        self._command_line = command_line
        self._setting = setting
        self._desks = desks
        self._now = now

    async def choose(self, country: str, category: str = "", tier: str = "") -> EndpointProfile | None:
        """Who gets a report from this country, of this category and tier: see the module. None where there is nobody.

        Raises `AssetRefused` when the one that was named by hand, or every one there is, cannot be read.
        """
        routed = await self.route(country, category, tier)
        return routed.profile if routed is not None else None

    async def route(self, country: str, category: str = "", tier: str = "") -> Routed | None:
        """As `choose`, with the name of the desk that is closed when the report goes to another one because of that."""
        setting, desks = await self._setting(), await self._desks()
        return await asyncio.to_thread(self._route, country, category, tier, setting, desks)

    async def current(self, sealed_for: EndpointProfile) -> EndpointProfile:
        """Where to find now the desk that a report was sealed for: the same id and a key in common, at its newest address.

        The keys stay those that the report was sealed to.
        """
        setting, desks = await self._setting(), await self._desks()
        for known in await asyncio.to_thread(self._known, setting, desks):
            shared = {key["x"] for key in known.keys} & {key["x"] for key in sealed_for.keys}
            if known.id == sealed_for.id and shared:
                return replace(
                    sealed_for,
                    base=known.base,
                    ca_file=known.ca_file,
                    pins=known.pins,
                    jid=known.jid,
                    auth=known.auth,
                    forward_jid=known.forward_jid,
                )
        return sealed_for

    async def addresses(self) -> frozenset[str]:
        """The XMPP addresses of every desk that is known here."""
        setting, desks = await self._setting(), await self._desks()
        return frozenset(one.jid for one in await asyncio.to_thread(self._known, setting, desks) if one.jid)

    def _route(self, country: str, category: str, tier: str, setting: str, desks: Desks) -> Routed | None:
        first = self._first(country, category, tier, setting, desks)
        if first is None or tier not in URGENT or not first.out_of_hours:
            return Routed(first) if first is not None else None
        return self._open_one(first, setting, desks)

    def _first(self, country: str, category: str, tier: str, setting: str, desks: Desks) -> EndpointProfile | None:
        if self._command_line is not None:
            return _read(self._command_line)
        if setting and _is_path(setting):
            return _read(Path(setting).expanduser())
        refused: list[AssetRefused] = []
        found = self._listed(refused)
        named = [one for one in (*found, *desks.desks) if one.id == setting] if setting else []
        if named:
            return named[0]
        routed = desks.route(_places(country, desks), category, tier)
        if routed is not None:
            return None if routed == CARD else desks.find(routed)
        near = [one for one in (*found, *desks.desks) if one.country == country]
        best = near or found
        if not best and refused:
            raise refused[0]
        return best[0] if best else None

    def _open_one(self, first: EndpointProfile, setting: str, desks: Desks) -> Routed:
        """The first desk on the chain of those who stand in for each other that is open now; the first when none is."""
        known = self._known(setting, desks)
        now, seen, desk = self._now(), {first.id}, first
        while _closed(desk, now):
            after = next((one for one in known if one.id == desk.out_of_hours), None)
            if after is None or after.id in seen:
                return Routed(first)
            seen.add(after.id)
            desk = after
        return Routed(desk, first.name if desk is not first else "")

    def _known(self, setting: str, desks: Desks) -> list[EndpointProfile]:
        found: list[EndpointProfile] = []
        by_hand = [self._command_line, Path(setting).expanduser() if setting and _is_path(setting) else None]
        for path in by_hand:
            try:
                if path is not None:
                    found.append(_read(path))
            except AssetRefused:
                log.info("an endpoint profile cannot be read")
        return [*found, *self._listed([]), *desks.desks]

    def _listed(self, refused: list[AssetRefused]) -> list[EndpointProfile]:
        found: list[EndpointProfile] = []
        for path in sorted(self._folder.glob("*.json")) if self._folder is not None else ():
            try:
                found.append(_read(path))
            except AssetRefused as error:
                refused.append(error)
        try:
            names = [one for one in resources.names(_FOLDER) if one != ROOTS]
        except FileNotFoundError:
            names = []
        return found + [profiles.load(resources.read(name), name) for name in names]


def _closed(desk: EndpointProfile, now: datetime) -> bool:
    open_hours = hours.read(desk.hours)
    return open_hours is not None and not open_hours.open_at(now)


def _places(country: str, desks: Desks) -> Sequence[str]:
    """The country, then the union or "elsewhere" whose card it has."""
    if not desks.routes:
        return ()
    files = ((name, resources.read(name)) for name in resources.names("jurisdictions"))
    countries = jurisdictions.readable(files)
    return tuple(dict.fromkeys((country, countries.find(country).code)))


def _is_path(setting: str) -> bool:
    return "/" in setting


def _read(path: Path) -> EndpointProfile:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST)
    except OSError:
        raise AssetRefused(path.name, "file", "cannot be read") from None
    return profiles.load(data, path.name, hand_set=True)
