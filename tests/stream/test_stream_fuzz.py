"""A sample of the stanza fuzz (L23, F19); the long form is tests/long/stanza_fuzz.py."""

from __future__ import annotations

import asyncio

import pytest
from stanza_fuzz import fuzz


@pytest.mark.parametrize("seed", [1, 2])
def test_l23_nothing_escapes_and_nothing_leaves(seed: int) -> None:
    findings = asyncio.run(fuzz(1000, seed))
    assert findings.escaped == {}
    assert findings.answers == []
    assert findings.stanzas > 500
    assert findings.stored > 20
    assert findings.said > 5
    assert sum(findings.drops.values()) > 20
    assert len(findings.drops) > 5
