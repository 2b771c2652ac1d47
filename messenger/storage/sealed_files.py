"""Sealed reports on disk, beside the store: each file says by itself what it is, so that losing the store loses none.

Names are made here from the report's id, never from anything that came over a wire. All calls block: make them off the
loop.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from messenger.domain.errors import EvidenceRefused, StoreFull

SUFFIX = ".robin"
MAX_BYTES = 24 * 1024 * 1024
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_PART = ".part"


class SealedFiles:
    """The folder ``outbox`` of a profile (mode 0700, files 0600)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, report_id: str, data: bytes) -> None:
        """Put a file there so that it survives a loss of power: new file, fsync, rename, fsync of the folder.

        Raises `StoreFull` when any step fails; then nothing of this name is there that was not there before, or, where
        the disk would not even say so, a whole file. A sync that failed is never tried again on the same descriptor:
        after an error the kernel may call lost pages clean (F6).
        """
        target = self._path(report_id)
        part = self._folder / f".{report_id}.{secrets.token_hex(8)}{_PART}"
        try:
            self._make_folder()
            _write(part, data)
            os.rename(part, target)
        except OSError:
            _remove(part)
            raise StoreFull from None
        try:
            _sync_folder(self._folder)
        except OSError:
            _remove(target)
            raise StoreFull from None

    def load(self, report_id: str) -> bytes | None:
        """The file's bytes, or None when there is none. Raises `EvidenceRefused` for one that cannot be read or is no file."""
        try:
            fd = os.open(self._path(report_id), os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        except OSError:
            raise EvidenceRefused("file") from None
        try:
            with os.fdopen(fd, "rb", closefd=False) as file:
                data = file.read(MAX_BYTES + 1)
        except OSError:
            raise EvidenceRefused("file") from None
        finally:
            os.close(fd)
        if len(data) > MAX_BYTES:
            raise EvidenceRefused("size")
        return data

    def remove(self, report_id: str) -> None:
        """Take a file away, for good; nothing happens when it is not there."""
        if _remove(self._path(report_id)):
            try:
                _sync_folder(self._folder)
            except OSError:
                # It comes back at worst, is sent again, and the desk gives the same receipt again.
                return

    def every(self) -> tuple[str, ...]:
        """The report ids of all files, oldest first. Parts that a crash left behind are taken away."""
        found: list[tuple[int, str]] = []
        try:
            entries = list(os.scandir(self._folder))
        except OSError:
            return ()
        for entry in entries:
            name = entry.name
            if name.startswith(".") and name.endswith(_PART):
                _remove(self._folder / name)
                continue
            id = name.removesuffix(SUFFIX)
            if name != id and _ID.fullmatch(id) and entry.is_file(follow_symlinks=False):
                found.append((entry.stat(follow_symlinks=False).st_mtime_ns, id))
        return tuple(report_id for _at, report_id in sorted(found))

    def _path(self, report_id: str) -> Path:
        if not _ID.fullmatch(report_id):
            raise ValueError("not a report id")
        return self._folder / f"{report_id}{SUFFIX}"

    def _make_folder(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_folder(self._folder.parent)
        os.chmod(self._folder, 0o700)


def write_new(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 that must not exist yet, and sync it. Raises `OSError`, `FileExistsError` among them."""
    try:
        _write(path, data)
    except FileExistsError:
        raise
    except OSError:
        _remove(path)
        raise


def _write(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(fd, 0o600)
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    finally:
        os.close(fd)


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _remove(path: Path) -> bool:
    try:
        os.unlink(path)
    except OSError:
        return False
    return True
