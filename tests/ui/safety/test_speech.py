"""Read aloud: only with the extra, only when pressed, and it stops. The engine of Qt is played; its door is real."""

from __future__ import annotations

import importlib
import sys
from enum import Enum
from types import ModuleType
from typing import ClassVar

import pytest
from PySide6.QtCore import QObject, Signal

from messenger.ui.safety import speech as subject
from messenger.ui.theme.context import ThemeContext
from tests.ui.safety.test_safety_tab import Tab


class State(Enum):
    Ready = 0
    Speaking = 1
    Error = 3


class Voice(QObject):
    """What QTextToSpeech does, without a sound."""

    stateChanged = Signal(object)  # noqa: N815  # Qt's name
    State = State
    voices: ClassVar[list[str]] = ["one"]
    begins = State.Ready
    made: ClassVar[list[Voice]] = []

    def __init__(self, parent=None):
        super().__init__(parent)
        self.said, self.now = [], Voice.begins
        Voice.made.append(self)

    def setLocale(self, locale):
        self.locale = locale.name()

    def state(self):
        return self.now

    def availableVoices(self):
        return self.voices

    def say(self, words):
        self.said.append(words)
        self._turn(State.Speaking)

    def stop(self):
        self.said.append("")
        self._turn(State.Ready)

    def _turn(self, state):
        self.now = state
        self.stateChanged.emit(state)


@pytest.fixture
def voice(monkeypatch):
    module = ModuleType(subject.MODULE)
    module.QTextToSpeech = Voice
    module.__spec__ = importlib.machinery.ModuleSpec(subject.MODULE, None)
    monkeypatch.setitem(sys.modules, subject.MODULE, module)
    monkeypatch.setattr(Voice, "made", [])
    return Voice


@pytest.fixture
def tab(qtbot, qapp):
    return Tab(qtbot, ThemeContext(qapp, "light"))


def test_without_the_extra_there_is_no_button_and_nothing_is_loaded(tab, monkeypatch):
    monkeypatch.setattr(subject, "MODULE", "PySide6.QtNoSuchThing")
    page = tab.open()
    assert not page.tip.aloud.isVisible()


def test_a_press_reads_and_another_one_stops(tab, voice):
    page = tab.open()
    assert page.tip.aloud.isVisible()
    assert voice.made == []  # nothing is made before it is asked for
    page.tip.aloud.click()
    (engine,) = voice.made
    assert engine.said == [f"{page.tip.title.text()}. {page.tip.body.text()}"]
    assert page.tip.aloud.words() == "Stop"
    page.tip.aloud.click()
    assert engine.said[-1] == ""
    assert page.tip.aloud.words() == "Read aloud"


def test_it_ends_by_itself_and_begins_only_by_a_press(tab, voice):
    page = tab.open()
    page.tip.aloud.click()
    (engine,) = voice.made
    engine._turn(State.Ready)
    assert page.tip.aloud.words() == "Read aloud"
    tab.click("tip.next")
    assert len([one for one in engine.said if one]) == 1


def test_another_tip_and_another_room_end_it(tab, voice):
    page = tab.open()
    page.tip.aloud.click()
    (engine,) = voice.made
    tab.click("tip.next")
    assert engine.said[-1] == ""
    assert not page.tip.speech.speaking()
    page.tip.aloud.click()
    page.hide()
    assert not page.tip.speech.speaking()


@pytest.mark.parametrize(("voices", "begins"), [([], State.Ready), (["one"], State.Error)])
def test_a_computer_without_a_voice_says_so_calmly(tab, voice, monkeypatch, voices, begins):
    monkeypatch.setattr(Voice, "voices", voices)
    monkeypatch.setattr(Voice, "begins", begins)
    page = tab.open()
    assert not page.tip.voiceless.isVisible()
    page.tip.aloud.click()
    assert page.tip.voiceless.isVisible()
    assert page.tip.aloud.words() == "Read aloud"
    tab.click("tip.next")
    assert not page.tip.voiceless.isVisible()


def test_a_voice_that_fails_while_it_reads(tab, voice):
    page = tab.open()
    page.tip.aloud.click()
    voice.made[0]._turn(State.Error)
    assert page.tip.voiceless.isVisible()
    assert page.tip.aloud.words() == "Read aloud"


def test_a_module_that_cannot_be_loaded(tab, voice, monkeypatch):
    def broken(name):
        raise ImportError(name)

    monkeypatch.setattr(subject.importlib, "import_module", broken)
    page = tab.open()
    page.tip.aloud.click()
    assert page.tip.voiceless.isVisible()
