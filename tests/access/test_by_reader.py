"""The report, Hide this and what follows, done by a screen reader alone: no mouse, no key (A5, A8)."""

from __future__ import annotations

from tests.access.reader import Reader
from tests.access.stage import Stage


def test_a5_a_report_begins_and_is_hidden_by_the_reader_alone(stage: Stage, reader: Reader) -> None:
    program = stage.robin("--profile", str(stage.folder / "p"), "--offline")
    reader.find("push button", "Report abuse")
    assert reader.tops() == ["frame Robin"]
    reader.press("push button", "Report abuse")
    reader.find("push button", "Start")
    assert "frame You did the right thing - Report abuse" in reader.tops()
    reader.press("push button", "Hide this")
    reader.find("text", "Note")
    reader.gone("push button", "Start")
    assert "frame Notes" in reader.tops()
    assert program.poll() is None
