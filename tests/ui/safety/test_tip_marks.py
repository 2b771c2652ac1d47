"""A tip is kept or called useful, and the person goes on before it is stored: the mark lands on its own tip, and nothing jumps."""

from __future__ import annotations

from messenger.domain.tip import Tip
from messenger.ui.safety.tips import SafetyPresenter


def a_tip(id: str, **more) -> Tip:
    return Tip(id, id, "", "", "", "", "", "", 1, 1, **more)


class Slow:
    """An engine whose answers come when the test says so."""

    def __init__(self):
        self.asked = []

    def call(self, _ask, done=None, _failed=None):
        self.asked.append(done)
        return lambda: None

    def on(self, _kind, _handler):
        return lambda: None

    def answer(self, what):
        self.asked.pop(0)(what)


class Page:
    """Remembers the tips that it was given."""

    def __init__(self):
        self.tips = []

    def show_tip(self, tip):
        self.tips.append(tip)

    def show_topics(self, _topics, _chosen):
        pass


def begin():
    engine, page = Slow(), Page()
    tips = SafetyPresenter(engine)
    tips.attach(page)
    tips._got_tip(a_tip("deck"))
    return engine, page, tips


def test_under_a_topic_the_mark_lands_on_the_tip_that_was_pressed():
    engine, page, tips = begin()
    tips.choose_topic("meeting")
    engine.answer((a_tip("a"), a_tip("b"), a_tip("c")))
    tips.pin(True)
    tips.next()
    engine.answer(a_tip("deck"))
    assert page.tips[-1].id == "b", "it does not go back by itself"
    tips.previous()
    assert page.tips[-1].id == "a"
    assert page.tips[-1].pinned
    tips.next()
    tips.next()
    assert page.tips[-1].id == "c"


def test_a_topic_that_is_chosen_before_the_mark_is_stored():
    engine, page, tips = begin()
    tips.useful(True)
    tips.choose_topic("meeting")
    engine.answer(a_tip("deck", useful=True))
    engine.answer((a_tip("a"), a_tip("b")))
    assert page.tips[-1].id == "a"
