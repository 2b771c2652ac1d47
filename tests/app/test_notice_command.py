"""``robin notice --explain``: what a rule sees is printed with its words, and the end says whether it fires."""

from __future__ import annotations

import json

import pytest

from messenger.app.cli import main


@pytest.fixture(autouse=True)
def quiet_log(monkeypatch: pytest.MonkeyPatch) -> None:
    # The log belongs to a process of its own.
    monkeypatch.setattr("messenger.app.logging.begin", lambda *_arguments, **_options: None)


def test_a_rule_that_fires_prints_what_it_saw(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notice", "--explain", "r7", "look (imgur.com/abc12)!"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "R7 sees: imgur.com/abc12",
        "A picture can be copied and kept.",
        "You do not know this person yet. You cannot take a picture back.",
    ]
    assert main(["notice", "--explain", "R7", "https://x.example/CAT.JPG", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rule": "R7", "fires": True, "seen": "https://x.example/CAT.JPG"}


def test_a_rule_that_does_not_fire_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notice", "--explain", "R7", "save it as .png"]) == 1
    assert "R7 sees nothing here." in capsys.readouterr().out
    assert main(["notice", "--explain", "R16", "imgur.com/abc12"]) == 2
    assert "R16" in capsys.readouterr().err
