"""Where Robin keeps its files: XDG folders, or one folder with --profile. Private modes whatever the umask."""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from messenger.domain.errors import NoPlace, StoreFull

_NAME = "robin-messenger"
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class Profile:
    """The folders of one profile. `name` distinguishes its secrets in the keyring."""

    data: Path
    state: Path
    name: str

    @property
    def database(self) -> Path:
        return self.data / "robin.db"

    @property
    def outbox(self) -> Path:
        return self.data / "outbox"

    @property
    def endpoints(self) -> Path:
        """Where hand-set endpoint profiles and that of the demonstration lie."""
        return self.data / "endpoints"

    @property
    def roots(self) -> Path:
        """Who may sign a directory of desks, as a person of this computer says: hand-set."""
        return self.data / "roots.json"

    @property
    def tip_keys(self) -> Path:
        """Who may sign newer tips, as a person of this computer says."""
        return self.data / "tip-keys.json"

    @property
    def log(self) -> Path:
        return self.state / "robin.log"

    @property
    def locked_mark(self) -> Path:
        """There while Robin begins locked: the lock screen can come first, before the store is open."""
        return self.state / "locked"

    def mark_locked(self, locked: bool) -> None:
        """Leave a mark that the next start begins locked, or take it away. It holds nothing; without it the store says so."""
        with contextlib.suppress(OSError):
            if locked:
                self.locked_mark.touch(mode=0o600)
            else:
                self.locked_mark.unlink(missing_ok=True)

    def make(self) -> None:
        """Make the folders, readable by their owner only. Raises `NoPlace`."""
        try:
            for folder in (self.data, self.state, self.outbox, self.endpoints):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.chmod(folder, 0o700)
        except OSError as error:
            raise (StoreFull if error.errno in _FULL else NoPlace) from None


def find(profile: str | None) -> Profile:
    """The profile in `profile` (a folder), or the user's own."""
    if profile:
        folder = Path(profile).expanduser().resolve()
        return Profile(folder, folder / "state", f"profile:{folder}")
    data = Path(platformdirs.user_data_dir(_NAME, appauthor=False))
    return Profile(data, Path(platformdirs.user_state_dir(_NAME, appauthor=False)), "default")
