"""How well the rules about words do on the "held" half of the corpus, whose lines were not read while the rules were written.

The goal (issue 4, tips-and-notices.md a.4) is recall of 0.80 and at most 0.05 of the hard lines without an ask. R9 and R12
reach it on the English corpus. The others miss it, and the floors below are what they reach, not what is wanted: R8 (0.79),
R11 (0.78), R13 (0.77) and R14 (0.67; a threat is often said without a word of threat) see too few asks; R8 (0.053), R10
(0.057) and R14 (0.074) fire on too many hard lines. The figures, never the lines, were looked at about a dozen times while
the rules were written, so new lines may do a little worse. A floor is a little under the figure reached, so that a rule
cannot get worse unseen; raise it when a rule gets better. No line of "held" is printed here, on purpose.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from messenger import resources
from messenger.domain.notice import Surroundings, Way
from messenger.safety import phrases
from messenger.safety.rules import INCOMING, Rules

CORPUS = Path(__file__).parent / "corpus" / "en"
FLOORS = {
    "R1": (0.82, 0.02),
    "R2": (0.77, 0.04),
    "R3": (0.86, 0.03),
    "R4": (0.72, 0.05),
    "R5": (0.95, 0.03),
    "R6": (0.80, 0.03),
    "R15": (0.90, 0.03),
    "R20": (0.77, 0.05),
    "R8": (0.77, 0.065),
    "R9": (0.77, 0.06),
    "R10": (0.79, 0.065),
    "R11": (0.75, 0.05),
    "R12": (0.79, 0.06),
    "R13": (0.74, 0.045),
    "R14": (0.64, 0.085),
}
"""Least recall and most false alarms."""


@cache
def rules() -> Rules:
    return Rules(phrases.load(resources.read("phrases/en.json"), "phrases/en.json"))


def fires(rule: str, line: str | dict[str, Any]) -> bool:
    """Whether a rule sees something in a line; a line of R5 comes with its private words."""
    text, private = (line, ()) if isinstance(line, str) else (line["text"], tuple(line["words"]))
    way = Way.IN if rule in INCOMING else Way.OUT
    around = Surroundings(way, country="gb", code_asked=True, harsh_words=True, private_words=private)
    return rules().explain(rule, text, around) is not None


def share(rule: str, lines: list[str | dict[str, Any]]) -> float:
    """The part of the lines on which the rule fires."""
    return sum(fires(rule, line) for line in lines) / len(lines)


@pytest.mark.parametrize("rule", FLOORS)
def test_a_rule_does_not_get_worse_on_lines_it_was_not_written_from(rule: str) -> None:
    held = json.loads((CORPUS / f"{rule}.json").read_text("utf-8"))["held"]
    recall, alarms = share(rule, held["yes"]), share(rule, held["no"])
    least, most = FLOORS[rule]
    print(
        f"{rule}: recall {recall:.2f} of {len(held['yes'])} asks, false alarms {alarms:.3f} of {len(held['no'])} lines"
    )
    assert recall >= least
    assert alarms <= most
