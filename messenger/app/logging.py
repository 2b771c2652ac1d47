"""Logs hold fixed words, numbers and class names only: no body, name, contact, password or address.

Our own modules pass the gate of tests/test_house.py. Of other libraries nothing below CRITICAL is kept, since their
lines hold stanzas, hosts and addresses (security.md L20).
"""

from __future__ import annotations

import faulthandler
import logging
import logging.handlers
import os
import sys
from pathlib import Path
from types import TracebackType

log = logging.getLogger(__name__)
_MAX_BYTES = 512 * 1024


class OwnLinesOnly(logging.Filter):
    """Keeps the lines of `messenger`, without trace-backs (their text may hold values)."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return record.name.startswith("messenger")


def begin(path: Path | None, *, debug: bool = False) -> None:
    """Log to `path` (0600, rotated), and to standard error in debug mode. Installs the last-resort hooks.

    A log that cannot be written is left out: it must not keep anybody from reporting.
    """
    root = logging.getLogger()
    for handler in tuple(root.handlers):
        root.removeHandler(handler)
    handlers: list[logging.Handler] = []
    if path is not None:
        old = os.umask(0o077)
        try:
            handlers.append(logging.handlers.RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=2, delay=False))
            os.chmod(path, 0o600)
        except OSError:
            pass
        finally:
            os.umask(old)
    if debug:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.addFilter(OwnLinesOnly())
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        root.addHandler(handler)
    if not handlers:
        root.addHandler(logging.NullHandler())
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    sys.excepthook = _last_resort
    faulthandler.enable()


def _last_resort(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Our own mistake in a slot or at the top: places and class names, never values."""
    where: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        where.append(f"{Path(code.co_filename).name}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    log.critical("mistake %s at %s", kind.__name__, " > ".join(where[-8:]))
    if not issubclass(kind, KeyboardInterrupt):
        print(f"robin: a mistake of ours: {kind.__name__} at {where[-1] if where else '?'}", file=sys.stderr)  # noqa: T201
