"""The border as the window sees it: ask by `call`, hear by `on`. Implemented by app/engine.py.

Everything given back arrives on the GUI thread. A presenter never touches a service outside `call`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from messenger.domain.errors import RobinError
from messenger.domain.events import Event

if TYPE_CHECKING:
    # The engine's thread imports the services; the first window must not wait for them.
    from messenger.services.hub import Hub

T = TypeVar("T")
E = TypeVar("E", bound=Event)
Cancel = Callable[[], None]


class Engine(Protocol):
    """The engine's GUI side."""

    def call(
        self,
        ask: Callable[[Hub], Coroutine[Any, Any, T]],
        done: Callable[[T], None] | None = None,
        failed: Callable[[RobinError], None] | None = None,
    ) -> Cancel:
        """Run ``ask(hub)`` on the engine's loop; `done` or `failed` is called on the GUI thread, never both.

        The returned call forgets the answer (for a widget that goes away). Without `failed` a failure of the world
        becomes a `TaskFailed` event; a mistake of ours always does.
        """

    def on(self, kind: type[E], handler: Callable[[E], None]) -> Cancel:
        """Call `handler` on the GUI thread for each event of this class, in order; returns the call that ends it."""
