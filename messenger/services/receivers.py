"""Who receives reports: endpoint profiles of the command line, the settings, the profile's folder and the package."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.domain.report import EndpointProfile
from messenger.safety import profiles

log = logging.getLogger(__name__)
_FOLDER = "endpoints"
_LARGEST = 256 * 1024


async def no_setting() -> str:
    """Where nothing is chosen in the settings."""
    return ""


class Receivers:
    """Reads profiles anew each time, so that a desk that moved is found. Files of a person are always `hand_set`.

    `setting` gives the chosen profile: the path of a file, the id of a profile, or ''.
    """

    def __init__(
        self,
        folder: Path | None = None,
        command_line: Path | None = None,
        setting: Callable[[], Awaitable[str]] = no_setting,
    ) -> None:
        self._folder = folder
        self._command_line = command_line
        self._setting = setting

    async def choose(self, country: str) -> EndpointProfile | None:
        """Who gets a report from this country: the one named by hand, else the country's, else the first; or None.

        Raises `AssetRefused` when the one that was named by hand, or every one there is, cannot be read.
        """
        setting = await self._setting()
        return await asyncio.to_thread(self._choose, country, setting)

    async def current(self, sealed_for: EndpointProfile) -> EndpointProfile:
        """Where to find now the desk that a report was sealed for: the same id and a key in common, at its newest address.

        The keys stay those that the report was sealed to.
        """
        setting = await self._setting()
        for known in await asyncio.to_thread(self._known, setting):
            shared = {key["x"] for key in known.keys} & {key["x"] for key in sealed_for.keys}
            if known.id == sealed_for.id and shared:
                return replace(sealed_for, base=known.base, ca_file=known.ca_file)
        return sealed_for

    def _choose(self, country: str, setting: str) -> EndpointProfile | None:
        if self._command_line is not None:
            return _read(self._command_line)
        if setting and _is_path(setting):
            return _read(Path(setting).expanduser())
        refused: list[AssetRefused] = []
        found = self._listed(refused)
        named = [one for one in found if one.id == setting] if setting else []
        best = named or [one for one in found if one.country == country] or found
        if not best and refused:
            raise refused[0]
        return best[0] if best else None

    def _known(self, setting: str) -> list[EndpointProfile]:
        found: list[EndpointProfile] = []
        by_hand = [self._command_line, Path(setting).expanduser() if setting and _is_path(setting) else None]
        for path in by_hand:
            try:
                if path is not None:
                    found.append(_read(path))
            except AssetRefused:
                log.info("an endpoint profile cannot be read")
        return found + self._listed([])

    def _listed(self, refused: list[AssetRefused]) -> list[EndpointProfile]:
        found: list[EndpointProfile] = []
        for path in sorted(self._folder.glob("*.json")) if self._folder is not None else ():
            try:
                found.append(_read(path))
            except AssetRefused as error:
                refused.append(error)
        try:
            names = resources.names(_FOLDER)
        except FileNotFoundError:
            names = []
        return found + [profiles.load(resources.read(name), name) for name in names]


def _is_path(setting: str) -> bool:
    return "/" in setting


def _read(path: Path) -> EndpointProfile:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST)
    except OSError:
        raise AssetRefused(path.name, "file", "cannot be read") from None
    return profiles.load(data, path.name, hand_set=True)
