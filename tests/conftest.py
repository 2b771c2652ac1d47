"""Settings for every test: offscreen Qt unless a display is asked for, and profiles of hypothesis."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

# A desktop's screen is never used by accident: tests that want Xvfb start it themselves.
if os.environ.get("ROBIN_TEST_DISPLAY") is None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

# Shared two-core machines stall now and then: hypothesis must not call that a failure.
settings.register_profile(
    "ci", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], derandomize=True, print_blob=True
)
settings.register_profile("long", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
# The same goes for waiting: what comes is not waited for longer, what comes late on a busy machine is no failure.
for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed, QtBot.waitActive):
    _wait.__kwdefaults__["timeout"] = 30_000
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_make_parametrize_id(val: Any) -> str | None:
    """Names that are the same in every worker of pytest-xdist: a set has no order, a function has an address."""
    if isinstance(val, set | frozenset):
        return "+".join(sorted(map(str, val))) or "none"
    return getattr(val, "__name__", None) if callable(val) else None
