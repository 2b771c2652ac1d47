"""Who gets a report, in words: nothing is said of a desk that is not so."""

from __future__ import annotations

from messenger.ui.report.state import Receiver
from messenger.ui.report.ways import where_words


def test_a_desk_for_a_try_has_no_trained_person() -> None:
    tried = where_words(Receiver("Test desk", "", practice="This desk is for a try. No one comes to help from here."), "")[1]
    assert "trained person" not in tried
    assert "trained person" in where_words(Receiver("Real desk", ""), "")[1]
