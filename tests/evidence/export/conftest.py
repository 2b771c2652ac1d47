"""What the tests of exports share."""

from __future__ import annotations

import export_case as case
import pytest

from messenger.evidence.export.dossier import Dossier
from messenger.evidence.schema import Schemas


@pytest.fixture(scope="session")
def hostile(schemas: Schemas) -> Dossier:
    """A report that every form takes, to be filled with hostile words."""
    return case.dossier(schemas)
