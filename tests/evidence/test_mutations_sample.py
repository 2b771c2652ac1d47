"""A sample of tests/long/package_mutations.py for every run."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def test_evidence_tampered_a_thousand_changes_are_refused() -> None:
    path = Path(__file__).resolve().parents[1] / "long" / "package_mutations.py"
    spec = importlib.util.spec_from_file_location("package_mutations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["package_mutations"] = module
    spec.loader.exec_module(module)
    outcome = module.run(1000, 0)
    assert outcome.accepted == ()
    assert outcome.unexpected == ()
    assert outcome.mutations > 800
    assert {kind.split(",")[0] for kind, _count in outcome.kinds} == {"copy", "package", "package's parts", "letter"}
    assert {"copy, drop, new check", "copy, reorder, new check", "copy, swap, new check"} <= dict(outcome.kinds).keys()
