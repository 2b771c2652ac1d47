"""A stage and a screen reader for each module of these tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.access.reader import Reader
from tests.access.stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    # Short, because sockets live below it (UNIX socket paths hold 108 bytes).
    folder = Path(tempfile.mkdtemp(prefix="ra"))
    one = Stage(folder)
    try:
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def reader(stage: Stage) -> Iterator[Reader]:
    one = stage.start()
    try:
        yield one
    finally:
        one.close()
