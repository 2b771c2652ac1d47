"""Keeps stanza text, addresses and passwords out of the logs (security.md L20): the library may speak, its words may not."""

from __future__ import annotations

import logging

_LIBRARY = "slixmpp"

log = logging.getLogger(__name__)


class FixedWords(logging.Handler):
    """Takes the library's records and passes on that something happened: the level and nothing else."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            log.log(record.levelno, "the XMPP library spoke")


def hush() -> None:
    """Cut every logger of the library off from all handlers. Safe to call again."""
    library = logging.getLogger(_LIBRARY)
    library.propagate = False
    ours = [handler for handler in library.handlers if isinstance(handler, FixedWords)]
    library.handlers[:] = ours[:1] or [FixedWords()]  # whoever else attached a handler in the meantime is detached
