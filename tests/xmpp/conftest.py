"""A real Prosody for the tests of the XMPP door; they fail, not skip, where it is missing."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from messenger.demo.prosody import Prosody

sys.path.append(str(Path(__file__).parent.parent / "stream"))  # its scripted server


@pytest.fixture(scope="session")
def memory_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Path]]:
    """Folders in memory where there is such a place: Prosody's SQLite waits for the disk four times a message."""
    shared = Path("/dev/shm")
    base = str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else str(tmp_path_factory.mktemp("prosody"))
    with tempfile.TemporaryDirectory(prefix="robin-", dir=base) as folder:
        yield lambda: Path(tempfile.mkdtemp(dir=folder))


@pytest.fixture(scope="session")
def server(memory_folder: Callable[[], Path]) -> Iterator[Prosody]:
    """One server for all tests of this process; each test makes its own accounts."""
    with Prosody(memory_folder()) as running:
        yield running
