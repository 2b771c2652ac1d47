"""The wizard over the whole real hub and a real desk that is reached by hand: made, carried there, and the receipt brought back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from messenger.app.bootstrap import Bootstrap, Start
from messenger.app.engine import Engine
from messenger.app.paths import find
from messenger.desk import carried
from messenger.desk.server import Desk
from messenger.domain.errors import FormatRefused, ReceiptNotRight
from messenger.domain.receipt import IdentityLevel, Receipt
from messenger.domain.report import ReportContext
from messenger.evidence.keys import SigningKey
from messenger.evidence.receipt import make_receipt
from messenger.safety import profiles
from messenger.ui.report.check_page import CheckPage
from messenger.ui.report.state import Sending
from messenger.ui.safety.page import SafetyPage
from tests.ui.report.conftest import Hands
from tests.ui.report.test_wizard_real import Real

PASSPHRASE = "a long passphrase"


class WholeHub(Real):
    """Hands over the program's own hub, signed out, with a desk for files of people."""

    def __init__(self, qtbot, ctx, folder: Path) -> None:
        self.qtbot, self.ctx, self.window, self.ids = qtbot, ctx, None, []
        self.stick = folder / "stick"
        self.stick.mkdir()
        self.desk_folder = folder / "desk"
        desk = Desk.create(self.desk_folder, PASSPHRASE, "Harbour desk", "gb", port=1)
        made = profiles.load(desk.profile_path.read_bytes(), "endpoint.json")
        endpoint = folder / "desk.json"
        profile = replace(made, base=f"folder://{self.stick}", ca_file="", auth=(), jid="")
        endpoint.write_bytes(profiles.dump(profile))
        self._bootstrap = Bootstrap(Start(find(str(folder / "profile")), True, endpoint, PASSPHRASE))
        self.hub = None
        find(str(folder / "profile")).make()
        self.engine = Engine(self._build, self._bootstrap.close)
        self.engine.start()
        qtbot.waitUntil(lambda: self.hub is not None, timeout=30000)
        self._calls()

    async def _build(self):
        self.hub = await self._bootstrap.build()
        return self.hub

    def said(self) -> str:
        return " ".join(one.text() for one in self.window.page.findChildren(QLabel) if one.isVisible())

    def choose(self, ident: str, path: Path) -> None:
        """Press, and choose this path in the dialog that opens."""
        self.click(ident)
        [dialog] = self.window.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(path))
        dialog.close()
        self.settle()


@pytest.fixture
def whole(qtbot, ctx, tmp_path):
    one = WholeHub(qtbot, ctx, tmp_path)
    yield one
    if one.window is not None:
        one.window.close()
    one.engine.close()


def to_check(one: Hands) -> None:
    presenter = one.open(ReportContext()).presenter
    for question, option in (("safe", "yes"), ("role", "self"), ("age", "18_over"), ("what", "bullying"), ("country", "gb")):
        presenter.tick(question, option, True)
    presenter.write("name", "Sam")
    presenter.tick("contact", "here", True)
    presenter.change("check")
    one.settle()


def test_made_carried_and_the_receipt_brought_back(whole, tmp_path):
    to_check(whole)
    assert isinstance(whole.window.page, CheckPage)
    box = whole.find("check.receiver").accessibleName()
    assert box.startswith("This makes a file for ")
    assert "Harbour desk" in box
    assert "Harbour desk" in whole.window.footer.receiver.text(), "a receiver that was set by hand"
    assert whole.there("check.others")
    whole.next()
    sending = whole.window.sending
    whole.qtbot.waitUntil(lambda: sending.state.handing is not None, timeout=20000)
    assert sending.state.kind is Sending.HANDED

    bag, wrong = tmp_path / "mine.zip", tmp_path / "wrong.txt"
    whole.choose("send.save_file", bag)
    assert "The locked file is saved." in whole.said()
    assert len(list(whole.stick.glob("*.zip"))) == 1, "the one that Robin put there"
    wrong.write_text("hello")
    whole.choose("send.receipt", wrong)
    assert FormatRefused.sentence in whole.said()
    wrong.write_text(stranger(sending.report))
    whole.choose("send.receipt", wrong)
    assert ReceiptNotRight.sentence in whole.said()
    assert sending.state.kind is Sending.HANDED

    receipt = asyncio.run(carried.take(whole.desk_folder, PASSPHRASE, bag))
    whole.choose("send.receipt", receipt)
    whole.qtbot.waitUntil(lambda: sending.state.kind is Sending.SENT, timeout=20000)
    whole.settle()
    assert whole.title() == "Your report is sent"
    case = whole.find("send.case").text()

    page = SafetyPage(whole.ctx, whole.engine)
    whole.qtbot.addWidget(page)
    page.show()
    whole.qtbot.waitUntil(lambda: bool(page.cases._cases), timeout=20000)
    shown = next(iter(page.cases._cases.values())).case
    assert shown.title == case
    assert (shown.handed, shown.carry) == (False, False)
    assert (shown.reader, shown.country) == ("18_over", "gb")
    page.close()


def stranger(report: str) -> str:
    """A receipt for this report that another desk signed."""
    at = "2026-11-24T09:00:05.000Z"
    return make_receipt(
        SigningKey.generate(), Receipt(report, "0" * 64, "AAAA-BBBB", at, "", IdentityLevel.UNVERIFIED, at, "")
    )
