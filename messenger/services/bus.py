"""The bus: facts go up from services to whoever listens. Single thread (the engine's loop)."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from messenger.domain.events import Event

log = logging.getLogger(__name__)
E = TypeVar("E", bound=Event)


class Bus:
    """Hands each event to the handlers of its class and of `Event`, in order of subscription."""

    def __init__(self) -> None:
        self._handlers: dict[type[Event], list[Callable[[Event], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call `handler` for each event of this class; returns the call that ends it."""

        def handle(event: Event) -> None:
            assert isinstance(event, kind)
            handler(event)

        self._handlers[kind].append(handle)
        return lambda: self._handlers[kind].remove(handle) if handle in self._handlers[kind] else None

    def publish(self, event: Event) -> None:
        """Tell everybody. A handler that fails is logged and does not stop the others."""
        for kind in (type(event), Event):
            for handler in tuple(self._handlers.get(kind, ())):
                try:
                    handler(event)
                except Exception as error:  # noqa: BLE001 - door: bus handler
                    log.error("bus handler failed: %s for %s", type(error).__name__, type(event).__name__)
