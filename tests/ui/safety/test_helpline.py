"""The windows that follow a report name the helpline that its wizard named."""

from __future__ import annotations

from dataclasses import replace

import pytest

from messenger.safety.jurisdictions import GENERAL
from messenger.ui.theme.context import ThemeContext
from tests.ui.report.stand_ins import TODAY, Safety
from tests.ui.safety.test_ui_following import Desk, asking


@pytest.fixture
def ctx(qapp):
    return ThemeContext(qapp, "light")


@pytest.fixture
def follow(qtbot, ctx):
    made = Desk(qtbot, ctx)
    yield made
    made.close()


def named(follow, step="add", **fields):
    """The window's line, with the number that stands in it."""
    follow.hub.outbox.kept = {"r1": replace(asking(), **fields)}
    follow.open()
    follow.settle()
    follow.page.cases.wanted.emit("r1", step, None)
    follow.settle()
    return follow.window(step).footer.talk.words()


@pytest.mark.parametrize("step", ["add", "take_back", "step"])
def test_an_adult_is_not_sent_to_a_childs_line(follow, step):
    words = named(follow, step, reader="18_over", country="gb")
    assert "Childline" not in words
    assert "Samaritans" in words


def test_a_child_has_a_childs_line_of_the_country_that_was_given(follow):
    line = follow.hub.safety.all.helpline("nz", "13_15", TODAY)
    words = named(follow, reader="13_15", country="nz")
    assert line.name in words
    assert line.number in words


def test_where_nothing_is_known_it_is_a_line_for_everyone(follow):
    assert "Samaritans" in named(follow)


def test_another_country_keeps_the_reader(follow):
    named(follow, reader="18_over", country="gb")
    window = follow.window("add")
    window.numbers.country.emit("us")
    follow.settle()
    assert window._help.numbers.talk == follow.hub.safety.all.helpline("us", "18_over", TODAY)


def test_every_country_has_a_line_for_any_age():
    countries = Safety().all
    for code in countries.codes:
        line = countries.helpline(code, GENERAL, TODAY)
        ages = countries.find(code).body(line.id).ages
        everyone = [one for one in countries.find(code).bodies if one.kind == "helpline" and set(one.ages) == {"child", "adult"}]
        assert set(ages) == {"child", "adult"} if everyone else "child" in ages
