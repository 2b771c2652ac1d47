"""The reporting endpoints door: one module a kind, found by looking in this folder.

A module is a kind when its name has no underscore in front. It exports ``KIND``, the scheme of the addresses that it
serves (such as ``"https"``), and ``make(clock) -> ports.Endpoint``. One that sends over the person's own XMPP accounts
exports ``make_on(clock, line)`` too.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

from messenger.endpoints._static import fetch
from messenger.services.ports import Clock, Endpoint, PackageLine

__all__ = ["fetch", "kinds", "make_all"]

Make = Callable[[Clock], Endpoint]


def kinds() -> Mapping[str, Make]:
    """Every kind in this folder: scheme -> how to make its endpoint."""
    return {loaded.KIND: loaded.make for loaded in _modules()}


def make_all(clock: Clock, line: PackageLine | None = None) -> dict[str, Endpoint]:
    """One endpoint of every kind, by the scheme of the addresses that it serves. `line` leads over the person's accounts."""
    made: dict[str, Endpoint] = {}
    for loaded in _modules():
        over_line = getattr(loaded, "make_on", None)
        made[loaded.KIND] = over_line(clock, line) if line is not None and over_line is not None else loaded.make(clock)
    return made


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            yield importlib.import_module(f"{__name__}.{module.name}")
