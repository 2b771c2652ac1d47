"""The reporting endpoints door: one module a kind, found by looking in this folder.

A module is a kind when its name has no underscore in front. It exports ``KIND``, the scheme of the addresses that it
serves (such as ``"https"``), and ``make(clock) -> ports.Endpoint``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping

from messenger.services.ports import Clock, Endpoint

Make = Callable[[Clock], Endpoint]


def kinds() -> Mapping[str, Make]:
    """Every kind in this folder: scheme -> how to make its endpoint."""
    found: dict[str, Make] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"{__name__}.{module.name}")
            found[loaded.KIND] = loaded.make
    return found


def make_all(clock: Clock) -> dict[str, Endpoint]:
    """One endpoint of every kind, by the scheme of the addresses that it serves."""
    return {kind: make(clock) for kind, make in kinds().items()}
