"""``python -m messenger`` is ``robin``."""

from __future__ import annotations

import sys

from messenger.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
