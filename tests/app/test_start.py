"""Start-up imports only what the first screen needs."""

from __future__ import annotations

import subprocess
import sys

LATER = (
    "messenger.services.hub",
    "messenger.storage",
    "messenger.evidence",
    "messenger.ui.report",
    "messenger.ui.safety",
    "messenger.desk",
    "slixmpp",
    "aiohttp",
    "sqlcipher3",
    "keyring",
    "jsonschema",
    "PySide6.QtNetwork",
)


def test_the_window_imports_no_service_and_no_other_door() -> None:
    script = f"import sys, messenger.app.window; print([name for name in {LATER!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_store_opens_without_what_only_a_call_to_a_desk_needs() -> None:
    script = (
        "import sys, messenger.app.bootstrap\n"
        "from messenger.endpoints import make_all\n"
        "from messenger.services.clock import SystemClock\n"
        "make_all(SystemClock())\n"
        "print('aiohttp' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
