"""The report, Hide this, first contact and the lock, done by a screen reader alone: no mouse, no key (A5, A8).

With ROBIN_PICTURES=DIR each step is also pictured there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.access.reader import Reader
from tests.access.stage import Stage

FILL = "tests.access.fill_profile"
CARD = ("I know them: accept", "Not now", "Block", "Block and report")
CHATS = ("mike", "hey", "are you on", "maths", "ann@", "sam@")
Picture = Callable[[str], None]


@pytest.fixture
def picture(stage: Stage) -> Picture:
    folder = os.environ.get("ROBIN_PICTURES", "")
    return lambda name: stage.picture(Path(folder) / f"{name}.png") if folder else None


def begin(stage: Stage, reader: Reader) -> None:
    """The program with a friend and a new person, signed in as far as the store knows."""
    folder = str(stage.folder / "p")
    stage.python(FILL, folder)
    stage.robin("--profile", folder, "--offline")
    reader.find("push button", "Requests", starts=True)


def test_a5_a_report_begins_and_is_hidden(stage: Stage, reader: Reader, picture: Picture) -> None:
    begin(stage, reader)
    assert reader.tops() == ["frame Robin"]
    reader.press("push button", "Report abuse")
    reader.find("push button", "Start")
    assert "frame You did the right thing - Report abuse" in reader.tops()
    picture("report")
    reader.press("push button", "Hide this")
    reader.find("text", "Note")
    reader.gone("push button", "Start")
    picture("hidden")
    assert reader.tops() == ["frame Notes"], "nothing of Robin shows beside the notes"
    said = reader.words().replace("application | robin-messenger", "").lower()
    assert not any(word in said for word in ("robin", "report", *CHATS)), said


def test_a5_a_new_person_is_put_away(stage: Stage, reader: Reader, picture: Picture) -> None:
    begin(stage, reader)
    reader.press("push button", "Requests", starts=True)
    for name in CARD:
        reader.find("push button", name)
    words = reader.words()
    for fact in ("mike_2010@chat.example", "The country is not known", "They cannot see that you read this", "3 messages"):
        assert fact in words, fact
    assert "text | Message" not in words, "there is nothing to write in before the yes"
    picture("request")
    reader.press("push button", "Not now")
    reader.gone("push button", "Not now")


def test_a5_a_new_person_is_accepted(stage: Stage, reader: Reader, picture: Picture) -> None:
    begin(stage, reader)
    reader.press("push button", "Requests", starts=True)
    reader.press("push button", "I know them: accept")
    reader.find("text", "Message")
    reader.gone("push button", "Block and report")
    picture("accepted")


def test_a5_s51_the_lock_is_set_closed_and_opened(stage: Stage, reader: Reader, picture: Picture) -> None:
    begin(stage, reader)
    reader.press("radio button", "Settings")
    reader.press("push button", "Set a PIN")
    for name in ("New PIN", "New PIN once more"):
        reader.write("password text", name, "2580")
    picture("pin")
    reader.press("push button", "Set this PIN")
    reader.gone("push button", "Set this PIN")
    reader.press("push button", "Lock now")
    reader.find("password text", "PIN")
    picture("locked")
    assert reader.tops() == ["frame Robin"]
    assert not any(word in reader.words().lower() for word in CHATS), "nothing of the chats can be read"
    reader.press("push button", "Report abuse")
    assert reader.until(lambda: "999" in reader.words()), "the numbers are there while it is locked"
    reader.write("password text", "PIN", "1111")
    reader.press("push button", "Open Robin")
    assert reader.until(lambda: "not the PIN" in reader.words())
    reader.write("password text", "PIN", "2580")
    reader.press("push button", "Open Robin")
    reader.gone("password text", "PIN")
    picture("opened")
