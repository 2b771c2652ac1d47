"""The help card says where a number is from, when it was looked at and by whom; an old one asks to be checked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel

from messenger.domain.jurisdiction import HelpLine
from messenger.ui.report.helprow import HelpRow, origin_words
from messenger.ui.theme.context import ThemeContext
from tests.ui.safety.test_safety_tab import Tab

LINE = HelpLine(
    "childline", "helpline", "Childline", "Free.", "0800 1111", "", "https://www.childline.org.uk/a", "2026-11-01"
)


def words(widget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel)]


def plain(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


def test_a_number_that_nobody_checked_and_one_that_a_person_checked():
    assert plain(origin_words(LINE)) == "Seen on 1 Nov 2026, childline.org.uk"
    assert plain(origin_words(replace(LINE, by_person=True))) == "Checked on 1 Nov 2026, childline.org.uk"


@pytest.mark.parametrize("stale", [False, True])
def test_an_old_number_says_so(qtbot, qapp, stale):
    row = HelpRow(ThemeContext(qapp, "light"), replace(LINE, stale=stale), "help.childline")
    qtbot.addWidget(row)
    assert ("This may be old. Check this number." in words(row)) is stale
    assert not any("1 Nov 2026" in one for one in words(row))  # the wizard's rows stay short


def test_every_row_of_the_safety_room_is_dated(qtbot, qapp):
    tab = Tab(qtbot, ThemeContext(qapp, "light"))
    page = tab.open()
    rows = page.help.findChildren(HelpRow)
    assert len(rows) >= 4
    for row in rows:
        assert any("2026" in one for one in words(row))
    assert "A person has not checked all of these yet." in words(page.help)
