"""Writes pictures of the first steps, to look at: ``python -m tests.ui.welcome.pictures DIR``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.ui.theme.context import ThemeContext
from tests.ui.welcome.first_case import First

LOOKS = (
    ("light", 100, 960, 720), ("dark", 100, 960, 720), ("contrast", 100, 960, 720), ("light", 200, 1180, 900),
    ("light", 100, 360, 640), ("dark", 200, 360, 640),
)  # fmt: skip


def _one(app: QApplication, target: Path, look) -> None:
    theme, scale, wide, tall = look
    with tempfile.TemporaryDirectory() as folder:
        first = First(app, ThemeContext(app, theme, scale), Path(folder))
        for _ in range(200):
            QTest.qWait(20)
            if first.welcome is not None:
                break
        first.run(first.world.services.settings.set("theme", theme))
        first.run(first.world.services.settings.set("text_size", str(scale)))
        for _ in range(200):
            QTest.qWait(20)
            if first.window._ctx.scale == scale and first.window._ctx.choice == theme:
                break
        first.window.resize(1200, 950)
        first.welcome.resize(wide, tall)
        for at in range(4):
            first.welcome.go_to(at)
            QTest.qWait(250)
            first.welcome.grab().save(str(target / f"{at + 1}-{theme}-{scale}-{wide}.png"))
        first.welcome.account.show_account("sam@example.org")
        first.welcome.go_to(1)
        QTest.qWait(150)
        first.welcome.grab().save(str(target / f"2in-{theme}-{scale}-{wide}.png"))
        first.close()
        QTest.qWait(10)


def main(folder: str) -> int:
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    app = QApplication(["robin"])
    for look in LOOKS:
        _one(app, target, look)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(sys.argv[1]))
