"""What the tests of the program share: commands as they are typed, and the whole program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from messenger.app.cli import main


@pytest.fixture
def robin(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs ``robin`` on the test's profile; (exit code, what it said, what it complained of). Passphrases are set."""
    monkeypatch.setenv("ROBIN_DESK_PASSPHRASE", "a long passphrase")
    monkeypatch.setenv("ROBIN_PASSPHRASE", "another passphrase")
    # The log belongs to a process of its own.
    monkeypatch.setattr("messenger.app.logging.begin", lambda *_arguments, **_options: None)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main(["--profile", str(tmp_path / "profile"), *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def start(qapp, tmp_path, monkeypatch, qtbot) -> Any:
    """Starts the whole program: see `tests.app.running.Start`."""
    from tests.app.running import Start  # not for the commands: it brings the window

    one = Start(qapp, tmp_path, monkeypatch, qtbot)
    yield one
    one.end_all()
