"""Sealed reports on disk: modes, flags, order of syncs, sizes, and names that are ours alone (F5, F6, F7, S33, S47)."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from messenger.domain.errors import EvidenceRefused, StoreFull
from messenger.evidence.package import MAX_PACKAGE_BYTES
from messenger.storage import sealed_files
from messenger.storage.sealed_files import MAX_BYTES, SealedFiles, write_new

ONE = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
TWO = "2b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What the operating system was asked, in order."""
    found: list[tuple[str, Any]] = []
    real_open, real_sync, real_rename = os.open, os.fsync, os.rename

    def opened(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        fd = real_open(path, flags, mode, **more)
        found.append(("open", (str(path), flags, mode)))
        return fd

    def synced(fd: int) -> None:
        found.append(("fsync", "folder" if stat.S_ISDIR(os.fstat(fd).st_mode) else "file"))
        real_sync(fd)

    def renamed(old: Any, new: Any) -> None:
        found.append(("rename", str(new)))
        real_rename(old, new)

    monkeypatch.setattr(sealed_files.os, "open", opened)
    monkeypatch.setattr(sealed_files.os, "fsync", synced)
    monkeypatch.setattr(sealed_files.os, "rename", renamed)
    return found


def test_f06_file_then_name_then_folder_are_on_disk(tmp_path: Path, calls: list[tuple[str, Any]]) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    SealedFiles(folder).save(ONE, b"sealed")
    steps = [(kind, what) for kind, what in calls if kind != "open"]
    assert steps == [("fsync", "file"), ("rename", str(folder / f"{ONE}.robin")), ("fsync", "folder")]


def test_files_are_made_new_and_never_through_a_link(tmp_path: Path, calls: list[tuple[str, Any]]) -> None:
    files = SealedFiles(tmp_path / "outbox")
    files.save(ONE, b"sealed")
    assert files.load(ONE) == b"sealed"
    path, flags, mode = next(what for kind, what in calls if kind == "open" and what[0].endswith(".part"))
    assert os.path.basename(path).startswith(f".{ONE}.")
    assert flags == os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    assert mode == 0o600
    _, flags, _ = next(what for kind, what in calls if kind == "open" and what[0].endswith(f"{ONE}.robin"))
    assert flags == os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    folders = [flags for kind, (name, flags, _) in ((k, w) for k, w in calls if k == "open") if os.path.isdir(name)]
    assert folders
    assert set(folders) == {os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC}


def test_s47_private_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        SealedFiles(tmp_path / "a" / "outbox").save(ONE, b"sealed")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a" / "outbox").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a" / "outbox" / f"{ONE}.robin").stat().st_mode) == 0o600


def test_s47_a_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    folder.chmod(0o755)
    SealedFiles(folder).save(ONE, b"sealed")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_made_meanwhile_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "outbox"
    folder.mkdir()
    answers = iter([False])  # not there when asked first, there when made
    monkeypatch.setattr(Path, "is_dir", lambda self: next(answers, True))
    SealedFiles(folder).save(ONE, b"sealed")
    assert SealedFiles(folder).load(ONE) == b"sealed"


def test_a_link_and_what_is_no_file_are_refused(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path)
    (tmp_path / "elsewhere").write_bytes(b"sealed")
    (tmp_path / f"{ONE}.robin").symlink_to(tmp_path / "elsewhere")
    (tmp_path / f"{TWO}.robin").mkdir()
    for id in (ONE, TWO):
        with pytest.raises(EvidenceRefused):
            files.load(id)
    assert files.every() == ()


def test_the_largest_file_is_that_of_a_package(tmp_path: Path) -> None:
    assert MAX_BYTES == MAX_PACKAGE_BYTES == 24 * 1024 * 1024
    files, path = SealedFiles(tmp_path), tmp_path / f"{ONE}.robin"
    path.touch()
    os.truncate(path, MAX_BYTES)
    assert len(files.load(ONE) or b"") == MAX_BYTES
    os.truncate(path, MAX_BYTES + 1)
    with pytest.raises(EvidenceRefused) as refused:
        files.load(ONE)
    assert refused.value.fields["what"] == "size"


def test_every_gives_ours_oldest_first_and_takes_parts_away(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path)
    files.save(TWO, b"2")
    files.save(ONE, b"1")
    os.utime(tmp_path / f"{TWO}.robin", (1, 1))
    (tmp_path / f".{ONE}.abc.part").write_bytes(b"half")
    (tmp_path / "notes.robin").write_bytes(b"not ours")
    (tmp_path / ONE).write_bytes(b"no suffix")
    assert files.every() == (TWO, ONE)
    assert not list(tmp_path.glob("*.part"))
    assert (tmp_path / "notes.robin").exists()
    assert SealedFiles(tmp_path / "none").every() == ()


def test_s33_only_our_own_names(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path)
    for name in ("../x", "", "1B9D6BCD-BBFD-4B2D-9B5D-AB8DFBBD4BED", f"{ONE}x", ".."):
        with pytest.raises(ValueError, match="report id"):
            files.save(name, b"x")


def test_removing_twice_is_nothing(tmp_path: Path) -> None:
    files = SealedFiles(tmp_path)
    files.save(ONE, b"sealed")
    files.remove(ONE)
    files.remove(ONE)
    assert files.load(ONE) is None


@pytest.mark.parametrize("step", ["open", "write", "fsync", "rename"])
def test_f05_a_step_that_fails_leaves_nothing(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = SealedFiles(tmp_path)

    def fails(*_: Any, **__: Any) -> int:
        raise OSError(28, "no space")

    with monkeypatch.context() as patched:
        patched.setattr(sealed_files.os, step, fails)
        with pytest.raises(StoreFull):
            files.save(ONE, b"sealed")
    assert files.load(ONE) is None
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "copy"
    write_new(path, b"first")
    with pytest.raises(FileExistsError):
        write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_removed_file_is_gone_for_good(tmp_path: Path, calls: list[tuple[str, Any]]) -> None:
    files = SealedFiles(tmp_path / "outbox")
    files.save(ONE, b"sealed")
    calls.clear()
    files.remove(ONE)
    assert [what for kind, what in calls if kind == "fsync"] == ["folder"]
    calls.clear()
    files.remove(ONE)  # nothing is there: nothing to make sure of
    assert [what for kind, what in calls if kind == "fsync"] == []
