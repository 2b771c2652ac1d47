"""What the tests of endpoints share: an authority, a trusted file of it, the schemas."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from messenger.evidence.schema import Schemas


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    return Schemas.packaged()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    place = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(place))
    return str(place)
