"""Bad input at the start: each gives one plain sentence, on the terminal or in the window, and never a trace-back."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from messenger.app import logging as app_logging
from messenger.app.bootstrap import Bootstrap, Start
from messenger.app.paths import Profile
from messenger.domain.errors import AssetRefused, NoPlace, RobinError, StoreDamaged
from messenger.domain.events import TaskFailed

WORDS = "four quiet words"


def profile(folder: Path) -> Profile:
    return Profile(folder, folder / "state", f"test:{folder}")


def robin(*arguments: str, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"ROBIN_PASSPHRASE": WORDS, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "messenger", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False, umask=umask)


async def failures(folder: Path, endpoint: Path | None = None) -> list[RobinError | None]:
    """What is told to a listener that comes when `build` is done, as the window's engine does."""
    told: list[RobinError | None] = []
    bootstrap = Bootstrap(Start(profile(folder), True, endpoint, WORDS))
    hub = await bootstrap.build()
    hub.bus.subscribe(TaskFailed, lambda event: told.append(event.error))
    try:
        for _ in range(200):
            await asyncio.sleep(0.005)
    finally:
        await bootstrap.close(hub)
    return told


def test_a_damaged_store_is_told_to_the_window(tmp_path: Path) -> None:
    assert asyncio.run(failures(tmp_path)) == []
    store = tmp_path / "robin.db"
    store.write_bytes(os.urandom(store.stat().st_size))
    assert [type(one) for one in asyncio.run(failures(tmp_path))] == [StoreDamaged]
    assert asyncio.run(failures(tmp_path)) == [], "said once"


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"id": "x"}', b"\xff\xfe", b"{" * 100_000])
def test_a_wrong_endpoint_file_is_told_to_the_window_at_the_start(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "desk.json"
    if content is not None:
        file.write_bytes(content)
    (error,) = asyncio.run(failures(tmp_path / "profile", file))
    assert isinstance(error, AssetRefused)
    assert error.fields["file"] == "desk.json"


def test_a_profile_that_cannot_be_there_is_no_place(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    for folder in (file, file / "below"):
        with pytest.raises(NoPlace):
            profile(folder).make()


def test_a_log_that_cannot_be_written_keeps_nobody_from_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import logging

    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    level, hook = root.level, sys.excepthook
    try:
        app_logging.begin(tmp_path)  # a folder
        assert [type(one) for one in root.handlers] == [logging.NullHandler]
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        sys.excepthook = hook


def test_the_terminal_gets_one_sentence_and_an_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", "utf-8")
    done = robin("--profile", str(file), "outbox")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "robin: Robin cannot keep its files in this folder. Choose a folder that belongs to you.\n"
    done = robin("--profile", str(tmp_path / "p"), "--endpoint", "/nonexistent", "outbox")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "robin: The file nonexistent is wrong at file: cannot be read. Mend the file or take it away.\n"
    done = robin("--profile", str(tmp_path / "p"), "outbox")
    assert (done.returncode, done.stdout, done.stderr) == (0, "No report is waiting.\n", "")


def test_s47_nothing_that_a_command_writes_is_for_others(tmp_path: Path) -> None:
    assert robin("--profile", str(tmp_path / "p"), "outbox", umask=0).returncode == 0
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "p").rglob("*")}
    assert len(modes) > 5
    assert {path.name: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}
