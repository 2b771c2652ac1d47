"""One Robin for one profile: a lock that the kernel lets go when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from messenger.domain.errors import SecondInstance, StoreFull


class InstanceLock:
    """Holds the lock file until `release`. Raises `SecondInstance` when another process holds it."""

    def __init__(self, path: Path) -> None:
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            os.fchmod(self._fd, 0o600)
        except OSError:
            raise StoreFull from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._fd)
            raise SecondInstance from None

    def release(self) -> None:
        """Let go. The file stays: taking it away would let two processes hold two locks of one name."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
