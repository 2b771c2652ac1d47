"""The wizard for everybody: names, tab order as the eye goes, large text, narrow windows, plain words."""

from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from messenger.ui.theme.context import ThemeContext
from tests import reading
from tests.ui.report.conftest import Hands
from tests.ui.report.words import cut
from tests.ui.walk import act, faults, nodes, write

UI = Path(__file__).resolve().parents[3] / "messenger" / "ui"
PLACES = ("safe", "who", "what", "more", "people", "messages", "words", "details", "check")


def go(hands, place):
    talk = hands.window.presenter._talk
    hands.window.presenter._talk = talk.go_to(place) if place != "check" else talk.go_to("safe").back()
    hands.window.presenter.show_again()
    hands.settle()


def ready(hands):
    hands.open()
    hands.window.presenter.tick("what", "grooming", True)
    hands.window.presenter.tick("safe", "no", True)
    hands.settle()


@pytest.mark.parametrize("place", PLACES)
def test_every_focusable_control_has_a_name(hands, place):
    ready(hands)
    go(hands, place)
    assert len(list(nodes(hands.window))) > 8
    assert faults(hands.window) == []


@pytest.mark.parametrize("state", ["accept", "offline"])
def test_the_last_page_has_names(hands, state):
    hands.open()
    hands.to_check()
    hands.next()
    getattr(hands.hub.outbox, state)()
    hands.qtbot.waitUntil(lambda: hands.there("send.talk") or hands.there("send.again"))
    assert faults(hands.window) == []


def stops(window):
    """The controls that Tab reaches, from the first round the ring."""
    found, seen = [], set()
    one = window
    while True:
        one = one.nextInFocusChain()
        if one is window or id(one) in seen:
            return found
        seen.add(id(one))
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            found.append(one)


@pytest.mark.parametrize("place", PLACES)
def test_tab_order_is_the_order_of_the_eye(hands, place):
    ready(hands)
    go(hands, place)
    window = hands.window

    def at(one):
        return one.mapTo(window, one.rect().center())

    order = [one for one in stops(window) if not window.header.isAncestorOf(one)]
    body = [one for one in order if not window.footer.isAncestorOf(one)]
    foot = [one for one in order if window.footer.isAncestorOf(one)]
    assert body + foot == order, "the page comes before the footer"
    for group in (body, foot):
        for before, after in pairwise(group):
            same_row = abs(at(before).y() - at(after).y()) < 16
            assert at(after).x() > at(before).x() if same_row else at(after).y() > at(before).y(), (
                before.objectName(),
                after.objectName(),
            )


@pytest.mark.parametrize(("scale", "width"), [(100, 720), (100, 320), (200, 720), (200, 320), (300, 720), (300, 480)])
def test_no_words_are_cut(qapp, qtbot, scale, width):
    hands = Hands(qtbot, ThemeContext(qapp, "light", scale))
    hands.open(width=width)
    qtbot.waitUntil(lambda: cut(hands.window) == [])
    hands.window.presenter.tick("what", "grooming", True)
    hands.window.presenter.tick("safe", "no", True)
    for place in PLACES:
        go(hands, place)
        hands.window.presenter.go_on()
        hands.settle()
        go(hands, place)
        try:
            qtbot.waitUntil(lambda: cut(hands.window) == [], timeout=30000)
        except qtbot.TimeoutError:
            assert cut(hands.window) == [], place
    hands.window.close()


def test_no_other_window_flashes_up(hands):
    shown = []

    class Watch(QWidget):
        def eventFilter(self, watched, event):
            if event.type() == event.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(watched)
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    try:
        hands.open()
        hands.to_check()
        hands.next()
        hands.hub.outbox.accept()
        hands.settle()
    finally:
        QApplication.instance().removeEventFilter(watch)
    assert [one for one in shown if one is not hands.window] == []


def literals():
    for folder in ("report", "safety"):
        for path in sorted((UI / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"tr", "ntr"}:
                    for one in node.args:
                        if isinstance(one, ast.Constant) and isinstance(one.value, str):
                            yield f"{path.name}:{node.lineno}", one.value


def test_l9_the_words_are_easy_and_kind():
    found = list(literals())
    assert len(found) > 100
    hard = [(where, words, round(reading.grade(words), 1)) for where, words in found if reading.grade(words) > 4]
    assert hard == []
    assert [(where, words) for where, words in found if reading.longest(words) > 15] == []
    assert [(where, words, reading.tone(words)) for where, words in found if reading.tone(words)] == []


def test_what_a_screen_reader_ticks_and_writes_is_an_answer(hands):
    """Its own actions, as a switch or a voice does them: no click and no key (AT-SPI Action and EditableText)."""
    hands.open()
    hands.next()
    act(hands.find("safe.yes"))
    hands.settle()
    assert "yes" in str(hands.hub.reporting.kept["d1"].interview)
    hands.next()
    hands.click("role.self")
    hands.click("age.13_15")
    hands.next()
    hands.click("what.unsure")
    hands.next()
    while hands.title() != "How can we reach you?":
        hands.next()
    write(hands.find("name.text"), "Kestrel")
    QTest.qWait(500)
    assert "Kestrel" in str(hands.hub.reporting.kept["d1"].interview)
