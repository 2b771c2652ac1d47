"""A real desk on a free port of this computer, for each module; its clock can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_case import Https, ReporterApp
from desk_clock import Time, endpoint_of

from messenger.desk.server import Desk, Options
from messenger.domain.report import EndpointProfile


@pytest.fixture(scope="module")
def clock() -> Time:
    return Time()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, clock: Time) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    made = Desk.create(folder, "a long passphrase", "Harbour Child Safety Desk", "gb", options=Options(clock=clock))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def endpoint(desk: Desk) -> EndpointProfile:
    return endpoint_of(desk)


@pytest.fixture(scope="module")
def https(endpoint: EndpointProfile) -> Https:
    return Https(endpoint)


@pytest.fixture
def app(endpoint: EndpointProfile) -> ReporterApp:
    return ReporterApp(endpoint)
