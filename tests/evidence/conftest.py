"""What the tests of evidence share."""

from __future__ import annotations

import evidence_case as case
import pytest

from messenger.evidence.report import Prepared
from messenger.evidence.schema import Schemas


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    return Schemas.packaged()


@pytest.fixture(scope="session")
def prepared(schemas: Schemas) -> Prepared:
    return case.prepared(schemas)


@pytest.fixture(scope="session")
def copy(prepared: Prepared) -> bytes:
    return case.copy_of(prepared)
