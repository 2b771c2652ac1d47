"""``robin demo``: a real server, a real desk and a cast around the real window; with --headless, without a person."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from messenger import __version__
from messenger.app import logging, paths
from messenger.app.window import Application, application
from messenger.demo.browser import BrowserFailed
from messenger.demo.cast import BAD, FRIEND, NEW
from messenger.demo.drive import Drive, Outcome
from messenger.demo.person import StepFailed
from messenger.demo.world import Credentials, World
from messenger.domain.errors import RobinError
from messenger.evidence import verify
from messenger.evidence.canonical import digest, unb64u
from messenger.i18n import tr, trd
from messenger.services.hub import Hub

_PACE = 1.2
"""Seconds that the cast takes to write a line when somebody watches."""


class _Stage:
    """The running program as the demonstration sees it."""

    def __init__(self, robin: Application) -> None:
        self._robin = robin
        self.ctx = robin.ctx
        self.window: QWidget = robin.window

    def report_windows(self) -> list[QWidget]:
        return self._robin.report_windows()

    def show(self) -> None:
        self._robin.show()


def run(options: argparse.Namespace) -> int:
    """Run the demonstration; returns the exit code, not 0 when a step did not really happen."""
    began = time.monotonic()
    if options.headless and not os.environ.get("QT_QPA_PLATFORM") and not os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out = Path(options.out or "robin-demo").resolve()
    if options.headless:
        out.mkdir(parents=True, exist_ok=True)
    # Short, because the key store's socket lives below it (UNIX socket paths hold 108 bytes).
    folder = Path(tempfile.mkdtemp(prefix="robin-"))
    logging.begin(None, debug=options.debug)
    own_keys = options.headless or not os.environ.get("DBUS_SESSION_BUS_ADDRESS")
    world = World(folder, 0.15 if options.headless else _PACE, own_keys)
    try:
        me = world.start()
        os.environ.update(world.environment)
        return _headless(world, me, out, began) if options.headless else _watched(world, me)
    except RobinError as error:
        print(f"robin demo: {trd(error.sentence)} {trd(error.advice)}", file=sys.stderr)  # noqa: T201
        return 1
    finally:
        world.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _open(world: World, me: Credentials, headless: bool) -> Application:
    profile = paths.find(str(world.folder / "profile"))
    profile.make()
    shutil.copyfile(world.desk.profile_path, profile.endpoints / "demonstration.json")
    if headless:
        # A file dialog of the desktop would not hear the events that are sent to this process.
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    robin = Application(application(["robin"]), profile)
    robin.start()

    async def enter(hub: Hub) -> None:
        await hub.settings.set("country", "gb")
        await hub.settings.set("theme", "light" if headless else "system")
        account = await hub.accounts.sign_in(me.jid, me.password, True, me.server)
        await hub.accounts.set_nick(account.jid, "Sam")

    robin.engine.call(enter)
    return robin


def _watched(world: World, me: Credentials) -> int:
    print(tr("The desk's pages: {address}").format(address=f"{world.desk.profile()['base']}/desk"))  # noqa: T201
    print(tr("Officer: {name}, password: {password}").format(name=me.officer, password=me.officer_password))  # noqa: T201
    robin = _open(world, me, headless=False)
    for number, part in enumerate((FRIEND, BAD, NEW)):
        QTimer.singleShot(2500 + 4000 * number, lambda user=part.user: world.play(user))
    return robin.run()


def _headless(world: World, me: Credentials, out: Path, began: float) -> int:
    for old in [*out.glob("*.png"), out / "result.json"]:
        old.unlink(missing_ok=True)
    robin = _open(world, me, headless=True)
    drive = Drive(_Stage(robin), world, me, out)
    result: dict[str, Any] = {"versions": _versions(), "ok": False}
    try:
        outcome = drive.run()
        result |= _checked(out, outcome)
    except (StepFailed, BrowserFailed) as failure:
        result["failed_step"] = str(failure)
        print(f"robin demo: this step did not happen: {failure}", file=sys.stderr)  # noqa: T201
        for window in [robin.window, *robin.report_windows()]:
            window.grab().save(str(out / f"failed-{window.objectName() or 'report'}.png"))
    finally:
        robin.close()
    result |= {"durations_ms": drive.person.durations, "pictures": drive.person.pictures, "seconds": round(time.monotonic() - began, 1)}
    (out / "result.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps({key: result.get(key) for key in ("ok", "case_number", "package", "seconds")}))  # noqa: T201
    return 0 if result["ok"] else 1


def _checked(out: Path, outcome: Outcome) -> dict[str, Any]:
    """Check the package with the independent verifier, and that it is refused when a byte is changed."""
    package = (out / outcome.package).read_bytes()
    accepted = _accepted(package)
    middle = len(package) // 2
    refused = not _accepted(package[:middle] + bytes([package[middle] ^ 1]) + package[middle + 1 :])
    report = unb64u(json.loads(package)["report"].split(".")[1])
    return {
        "ok": accepted and refused,
        "case_number": outcome.case_number,
        "package": outcome.package,
        "digest": digest(report),
        "messages": outcome.messages,
        "noticed_by_reported_party": outcome.noticed,
        "advice": outcome.advice,
        "verified": accepted,
        "refused_after_one_byte_changed": refused,
    }


def _accepted(package: bytes) -> bool:
    try:
        return all(one.result != verify.REFUSED for one in verify.verify(package))
    except verify.Unreadable:
        return False


def _versions() -> dict[str, str]:
    return {
        "robin": __version__,
        "python": platform.python_version(),
        "qt": qVersion(),
        "pyside6": version("pyside6-essentials"),
        "slixmpp": version("slixmpp"),
        "cryptography": version("cryptography"),
        "platform": QGuiApplication.platformName(),
    }
