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
MISMATCH = "This is not the same. Type it once more."
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
    assert reader.until(lambda: reader.tops() == ["frame Robin"])
    reader.press("push button", "Report abuse")
    reader.find("push button", "Start")
    assert "frame You did the right thing - Report abuse" in reader.tops()
    picture("report")
    reader.press("push button", "Hide this")
    reader.find("text", "Note")
    reader.gone("push button", "Start")
    picture("hidden")
    assert reader.until(lambda: reader.tops() == ["frame Notes"]), "nothing of Robin shows beside the notes"
    said = reader.words().replace("application | robin-messenger", "").lower()
    assert not any(word in said for word in ("robin", "report", *CHATS)), said


def test_a5_a_new_person_is_put_away(stage: Stage, reader: Reader, picture: Picture) -> None:
    begin(stage, reader)
    reader.press("push button", "Requests", starts=True)
    for name in CARD:
        reader.find("push button", name)
    words = reader.words()
    for fact in (
        "mike_2010@chat.example",
        "The country is not known",
        "They cannot see that you read this",
        "3 messages",
    ):
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
        reader.write("", name, "2580")
    picture("pin")
    reader.press("push button", "Set this PIN")
    reader.gone("push button", "Set this PIN")
    reader.press("push button", "Lock now")
    reader.find("push button", "Open Robin")
    picture("locked")
    assert reader.until(lambda: reader.tops() == ["frame Robin"])
    assert not any(word in reader.words().lower() for word in CHATS), "nothing of the chats can be read"
    reader.press("push button", "Report abuse")
    assert reader.until(lambda: "999" in reader.words()), "the numbers are there while it is locked"
    reader.write("", "PIN", "1111")
    reader.press("push button", "Open Robin")
    assert reader.until(lambda: "not the PIN" in reader.words())
    reader.write("", "PIN", "2580")
    reader.press("push button", "Open Robin")
    reader.gone("push button", "Open Robin")
    picture("opened")


@pytest.mark.parametrize("kinds", [("state-changed:showing",), ("announcement", "state-changed:showing")])
def test_a6_what_is_wrong_is_said_once_to_an_old_reader_and_to_a_new_one(
    stage: Stage, reader: Reader, kinds: tuple[str, ...]
) -> None:
    for kind in kinds:
        reader.listen(kind)
    begin(stage, reader)
    reader.press("radio button", "Settings")
    reader.press("push button", "Set a PIN")
    for again in (1, 2):
        reader.write("", "New PIN", f"258{again}")
        reader.write("", "New PIN once more", "0000")
        reader.press("push button", "Set this PIN")
        assert reader.hear(MISMATCH, times=again), reader.said
    assert reader.said.count(MISMATCH) == 2, "not by both ways"


def test_a5_a_practice_report_goes_to_its_end(stage: Stage, reader: Reader, picture: Picture) -> None:
    begin(stage, reader)
    reader.press("radio button", "Safety")
    reader.press("push button", "Practise a report")
    reader.find("push button", "Start")
    assert "Practice. Nothing is sent." in reader.words()
    picture("practice")
    reader.press("push button", "Start")
    for _page in range(12):
        end = reader.until(lambda: next((one for one in ("Practise sending", "Continue") if shows(reader, one)), ""))
        before = reader.tops()
        reader.press("push button", end)
        if end == "Practise sending":
            break
        assert reader.until(lambda before=before: reader.tops() != before), "the next page"
    reader.find("push button", "Do it again")
    said = reader.words()
    assert "Nothing was sent" in said
    assert "Saved" not in said
    picture("practice-end")
    reader.press("push button", "Done")
    reader.gone("push button", "Do it again")


def shows(reader: Reader, name: str) -> bool:
    return any(role == "push button" and its == name for _node, role, its in reader.walk())
