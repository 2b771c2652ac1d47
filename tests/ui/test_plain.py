"""Peer text made fit to show (security.md S29, S35)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from messenger.ui.plain import has_hidden, isolate, message_text, shorten, visible

_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_s35_direction_controls_become_visible_marks():
    assert visible("ann\u202egpj.exe") == "ann\u27e8RLO\u27e9gpj.exe"
    for control in _CONTROLS:
        assert has_hidden(control)
        assert not has_hidden(visible(f"a{control}b"))
        assert not has_hidden(message_text(f"a{control}b"))


def test_names_are_one_short_line():
    assert visible("Ann\n\tLee\0") == "Ann Lee"
    assert len(visible("x" * 1_000_000)) <= 121


def test_ordinary_names_stay_as_they_are():
    for name in ("Ann Lee", "Zoë", "محمد", "小明", "👩‍👩‍👧 home"):
        assert visible(name) == name


def test_s29_piles_of_marks_are_thinned_and_words_kept():
    assert len(message_text("e" + "\u0301" * 500 + "!")) <= 6
    assert message_text("क्षि é ñ") == "क्षि é ñ"


def test_cut_between_letters_as_people_see_them():
    family = "👩‍👩‍👧"
    cut = shorten(family * 50, 11)
    assert cut.endswith("\u2026")
    assert cut[:-1] == family * (len(cut[:-1]) // len(family))


def test_a_name_in_a_sentence_is_kept_apart_only_when_it_must():
    assert isolate("ann") == "ann"
    assert isolate("محمد") == "\u2068محمد\u2069"


@given(st.text(max_size=300))
def test_no_text_can_hide_controls(text):
    assert not has_hidden(visible(text))
    assert not has_hidden(message_text(text))
    assert "\n" not in visible(text)


@given(st.text(max_size=200), st.integers(1, 60))
def test_shortening_never_grows(text, limit):
    assert len(shorten(text, limit)) <= max(len(text), limit + 65)
