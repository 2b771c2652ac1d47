"""A report that goes by hand: the words to copy, the locked file, and the receipt file that comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from messenger.domain.errors import CannotWrite, FormatRefused, NoSuchReport, ReceiptNotRight
from messenger.domain.report import OutboxState
from messenger.ui.report.state import Sending
from messenger.ui.theme.context import ThemeContext
from tests.ui.report.conftest import Hands
from tests.ui.report.stand_ins import CONTEXT, answered, waiting
from tests.ui.report.words import cut
from tests.ui.safety.test_safety_tab import Tab
from tests.ui.walk import faults

MAIL, STICK = "mailto:desk@harbour.example", "folder:///stick"


def made(hands, base=MAIL):
    """The window after the locked file was made."""
    hands.hub.reporting.profile = replace(hands.hub.reporting.profile, base=base)
    hands.hub.outbox.way = replace(hands.hub.outbox.way, base=base)
    window = hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.change(state=OutboxState.HANDED)
    hands.qtbot.waitUntil(lambda: window.sending.state.handing is not None)
    hands.settle()
    return window


def words_of(window):
    return [one.text() for one in window.page.findChildren(QLabel) if one.isVisible()]


def dialog(window):
    found = window.findChildren(QFileDialog)
    assert len(found) == 1
    return found[0]


def test_an_email_has_its_words_to_copy_and_the_file_to_save(hands):
    window = made(hands)
    hands.click("send.handing.address")
    assert QApplication.clipboard().text() == "desk@harbour.example"
    hands.click("send.handing.words")
    assert "Only your desk can open it." in QApplication.clipboard().text()
    hands.click("send.save_file")
    box = dialog(window)
    assert box.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    box.fileSelected.emit("/tmp/robin.zip")
    box.close()
    hands.settle()
    assert hands.hub.handed.saved == [("r1", "/tmp/robin.zip")]
    assert "The locked file is saved. No one has it until you hand it over." in words_of(window)
    assert window.sending.state.kind is Sending.HANDED
    assert faults(window) == []


def test_nothing_is_said_twice(hands):
    said = words_of(made(hands))
    assert len(said) == len(set(said))
    assert sum("Robin sends nothing." in one for one in said) == 1


def test_a_folder_has_its_place_and_no_words_of_a_mail(hands):
    made(hands, STICK)
    assert hands.there("send.handing.place")
    assert not hands.there("send.handing.words")
    assert hands.there("send.save_file")


def test_the_right_receipt_makes_it_sent(hands):
    window = made(hands)
    hands.hub.handed.taken["/tmp/receipt.json"] = "r1"
    hands.click("send.receipt")
    box = dialog(window)
    assert box.fileMode() is QFileDialog.FileMode.ExistingFile
    box.fileSelected.emit("/tmp/receipt.json")
    box.close()
    hands.settle()
    assert "This is the right receipt. They have your report." in words_of(window)
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: window.sending.state.kind is Sending.SENT)
    hands.settle()
    assert hands.title() == "Your report is sent"
    assert not hands.there("send.receipt")


@pytest.mark.parametrize("error", [FormatRefused("size"), ReceiptNotRight(), NoSuchReport()])
def test_a_wrong_file_is_said_plainly_and_changes_nothing(hands, error):
    window = made(hands)
    hands.hub.handed.fail = error
    window.sending.take_receipt("/tmp/other.json")
    hands.settle()
    assert f"{error.sentence} {error.advice}" in words_of(window)
    assert window.sending.state.kind is Sending.HANDED
    assert hands.there("send.receipt")


@pytest.mark.parametrize("error", [CannotWrite(), KeyError("report")])
def test_a_file_that_could_not_be_saved_is_said(hands, error):
    window = made(hands)
    hands.hub.handed.fail = error
    window.sending.save_file("/nowhere/x.zip")
    hands.settle()
    assert not any("is saved. No one" in one for one in words_of(window))
    assert window.sending.state.note


@pytest.mark.parametrize(("scale", "width"), [(100, 720), (100, 360), (200, 720)])
def test_no_words_are_cut(qapp, qtbot, scale, width):
    hands = Hands(qtbot, ThemeContext(qapp, "light", scale))
    hands.hub.reporting.profile = replace(hands.hub.reporting.profile, base=MAIL)
    window = hands.open(CONTEXT, width=width)
    window.sending.send(window.presenter._draft, False, True, window._way)
    hands.settle()
    hands.hub.outbox.change(state=OutboxState.HANDED)
    qtbot.waitUntil(lambda: window.sending.state.handing is not None)
    qtbot.waitUntil(lambda: cut(window) == [], timeout=30000)
    window.close()


# -- My reports


@pytest.fixture
def tab(qtbot, ctx):
    one = Tab(qtbot, ctx)
    one.hub.outbox.kept = {
        "r1": answered(), "r2": replace(waiting(), state=OutboxState.HANDED), "r3": replace(waiting(), id="r3"),
    }  # fmt: skip
    one.open()
    yield one
    one.page.close()


def note(tab, report):
    return tab.page.cases._cases[report]._note


def test_my_reports_offer_the_file_and_the_receipt_where_nothing_is_sent(tab):
    found = {one.objectName() for one in tab.page.findChildren(object) if hasattr(one, "objectName")}
    assert {"case.r2.save_file", "case.r2.receipt", "case.r3.carry", "case.r3.receipt"} <= found
    assert not {"case.r1.receipt", "case.r1.save_file", "case.r2.carry", "case.r3.save_file"} & found
    tab.page.cases.wanted.emit("r2", "save_file", None)
    box = dialog(tab.page)
    box.fileSelected.emit("/stick/robin.zip")
    box.close()
    tab.settle()
    assert tab.hub.handed.saved == [("r2", "/stick/robin.zip")]
    assert "No one has it until you hand it over." in note(tab, "r2")


def test_my_reports_say_whose_receipt_it_is(tab):
    tab.hub.handed.taken = {"/a": "r2", "/b": "r3"}
    tab.page.cases.wanted.emit("r2", "receipt", None)
    box = dialog(tab.page)
    box.fileSelected.emit("/a")
    box.close()
    tab.settle()
    assert note(tab, "r2") == "This is the right receipt. They have your report."
    tab.page.reports.do("r2", "receipt", "/b")
    tab.settle()
    assert note(tab, "r2") == "This receipt is for your other report. They have that one."
    tab.hub.handed.fail = ReceiptNotRight()
    tab.page.reports.do("r2", "receipt", "/b")
    tab.settle()
    assert note(tab, "r2").startswith(ReceiptNotRight.sentence)
