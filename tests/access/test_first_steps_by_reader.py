"""The first start of the program, by a screen reader alone: the four screens, and the rooms of the rail."""

from __future__ import annotations

from tests.access.reader import Reader
from tests.access.stage import Stage


def test_the_first_start_is_gone_through_and_does_not_come_back(stage: Stage, reader: Reader) -> None:
    folder = str(stage.folder / "p")
    program = stage.robin("--profile", folder, "--offline")
    reader.press("radio button", "Short and simple")
    reader.press("push button", "Next")
    reader.find("push button", "I have an address")
    reader.press("push button", "Later")
    reader.write("", "A grown-up I can tell", "Aunt May")
    reader.press("push button", "Next")
    reader.find("push button", "Practise now")
    assert reader.until(lambda: "Try it now: nothing is sent." in reader.words())
    reader.press("push button", "Practise now")
    assert reader.until(lambda: "Practice" in reader.words())
    reader.press("push button", "Done")
    reader.gone("push button", "Done")
    program.terminate()
    program.wait(20)
    stage.robin("--profile", folder, "--offline")
    reader.press("radio button", "Settings")
    reader.find("radio button", "Short and simple")
    chosen = reader.find("radio button", "Short and simple")
    assert reader.until(lambda: reader.has(chosen, "checked"))
    assert "Step 1 of 4" not in reader.words()
