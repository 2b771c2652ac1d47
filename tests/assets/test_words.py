"""The gates over words: school grade, length and tone (access-and-language.md L9, decisions.md 17)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import reading

from messenger import resources
from messenger.questionnaire import tree
from messenger.safety import deck, jurisdictions, notices, ways

PACKAGE = Path(tree.__file__).resolve().parent.parent
WIZARD_GRADE = 4.0
WIZARD_WORDS = 15
TIP_GRADES = {"S": 3.0, "T": 5.0, "A": 8.0, "C": 8.0}
UI_FOLDERS = (
    *("ui/report", "ui/safety", "ui/settings/tips.py", "ui/notices", "ui/requests", "ui/lock", "ui/welcome", "ui/guardian"),
    *("app/practice.py", "app/practising.py", "services/practice.py"),
)
"""Where a child reads: the wizard, the Safety room, notices, cards of new people, lock, first run and practice, young-person
mode. A folder that is not there yet is held to the gate from the day it comes."""


def _questions() -> list[tuple[str, str]]:
    return [
        (f"{name}:{id}", words)
        for name in resources.names("questions")
        for id, words in tree.load(resources.read(name), name).words()
    ]


def _countries() -> list[tuple[str, str]]:
    return [
        (f"{name}:{id}", words)
        for name in resources.names("jurisdictions")
        for id, words in jurisdictions.load(resources.read(name), name).words()
    ]


def _tips() -> list[tuple[str, str, str]]:
    return [
        (tip.id, band.value, words)
        for name in resources.names("tips")
        for tip in deck.load(resources.read(name), name).tips
        for band, both in tip.words.items()
        for words in (both.title, both.body)
    ]


def _labels() -> list[tuple[str, str]]:
    found = []
    for name in resources.names("tips"):
        book = deck.load(resources.read(name), name)
        found += [(tip.id, tip.action_label) for tip in book.tips] + [(topic.id, topic.title) for topic in book.topics]
    return sorted(set(found))


def _notices() -> list[tuple[str, str]]:
    return [
        (f"{name}:{id}", words)
        for name in resources.names("notices")
        for id, words in (ways if "/ways-" in name else notices).load(resources.read(name), name).words()
    ]


def _modules(place: Path) -> list[Path]:
    if place.suffix == ".py":
        return [place] if place.exists() else []
    return sorted(place.rglob("*.py"))


def _interface() -> Iterator[tuple[str, str]]:
    """Every literal of tr, ntr and trc in the wizard's and the Safety tab's code."""
    for folder in UI_FOLDERS:
        for path in _modules(PACKAGE / folder):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                places = {"tr": (0,), "ntr": (0, 1), "trc": (1,)}.get(name, ())
                for place in places:
                    if place < len(node.args) and isinstance(node.args[place], ast.Constant):
                        words = node.args[place].value  # type: ignore[attr-defined]
                        if isinstance(words, str):
                            yield f"{path.relative_to(PACKAGE)}:{node.lineno}", words


def _hard(words: str, most: float = WIZARD_GRADE) -> str:
    """What is wrong with words for everybody, or ''."""
    wrong = []
    if (found := reading.hardest(words)) > most:
        wrong.append(f"grade {found:.1f}")
    if (count := reading.longest(words)) > WIZARD_WORDS:
        wrong.append(f"{count} words in a sentence")
    return "; ".join([*wrong, *reading.tone(words)])


def _report(found: list[tuple[str, str]]) -> list[str]:
    return [f"{where}: {words!r}: {wrong}" for where, words in found if (wrong := _hard(words))]


def test_the_wizards_words_are_for_a_ten_year_old() -> None:
    assert _report(_questions()) == []


def test_the_cards_of_the_countries_are_for_a_ten_year_old() -> None:
    assert _report(_countries()) == []


def test_the_notices_are_for_a_ten_year_old() -> None:
    assert len(_notices()) >= 60
    assert _report(_notices()) == []


def test_the_labels_of_the_tips_are_for_a_ten_year_old() -> None:
    assert _report(_labels()) == []


def test_the_words_of_the_wizard_and_the_safety_tab_are_for_a_ten_year_old() -> None:
    assert _report(list(_interface())) == []


def test_tips_fit_their_bands() -> None:
    wrong = [
        f"{id} {band}: {words!r}: grade {found:.1f}"
        for id, band, words in _tips()
        if (found := reading.grade(words)) > TIP_GRADES[band]
    ]
    assert wrong == []


def test_tips_have_a_kind_tone() -> None:
    assert [(id, band, words, found) for id, band, words in _tips() if (found := reading.tone(words))] == []


def test_no_tip_is_a_copy_of_another_bands_title_alone() -> None:
    bodies = [words for _id, _band, words in _tips()]
    assert len(bodies) > 200


# -- the measure itself


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("cat", 1), ("open", 2), ("someone", 2), ("private", 2), ("message", 2), ("messages", 3), ("emergency", 4),
        ("asked", 1), ("wanted", 2), ("safe", 1), ("sites", 1), ("little", 2), ("agree", 2), ("Childline", 1), ("999", 1),
        ("{name}", 1), ("grown-up", 2), ("don't", 1), ("responsibility", 6), ("places", 2), ("sometimes", 2),
    ],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert reading.syllables(word) == count


def test_a_good_sentence_passes_and_a_bad_one_does_not() -> None:
    assert reading.grade("You are not in trouble. You can stop at any time.") < 3
    assert (
        reading.grade(
            "Confidentiality considerations necessitate comprehensive identification of participating individuals."
        )
        > 20
    )


def test_one_hard_sentence_is_not_hidden_among_easy_ones() -> None:
    text = "You can go. It is fine. Organisational responsibilities necessitate comprehensive documentation. We help."
    assert reading.hardest(text) > 15
    assert _hard(text)


def test_a_short_label_is_measured_with_mercy_but_is_measured() -> None:
    assert reading.grade("Country") < 4
    assert reading.grade("Telecommunications") > 8


def test_a_long_sentence_is_seen() -> None:
    assert "18 words" in _hard("We go to the big red bus and sit on the top deck with a cup of tea.")


@pytest.mark.parametrize(
    "words",
    [
        "You should have told us.", "Stranger danger", "the victims", "A predator", "It is just a form.", "Simply click.",
        "Well done!", "DO NOT PAY", "9 in 10 children", "nearly 90 % would", "Most young people do this.",
    ],
)  # fmt: skip
def test_the_tone_gate_hears_blame_haste_and_crowds(words: str) -> None:
    assert reading.tone(words)


@pytest.mark.parametrize(
    "words", ["You did the right thing.", "Call 999 now.", "CEOP and the IWF help.", "A fair and justified answer."]
)
def test_the_tone_gate_lets_kind_words_pass(words: str) -> None:
    assert reading.tone(words) == []
