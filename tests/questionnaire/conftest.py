"""The real questionnaire, as an object and as changeable JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from messenger import resources
from messenger.questionnaire import tree
from messenger.questionnaire.form import Questionnaire

FILE = "questions/abuse.json"


@cache
def _form() -> Questionnaire:
    return tree.load(resources.read(FILE), FILE)


@pytest.fixture
def form() -> Questionnaire:
    return _form()


@pytest.fixture
def changed() -> Callable[[Callable[[dict[str, Any]], None]], Questionnaire]:
    """Loads the real file after a change."""

    def load(change: Callable[[dict[str, Any]], None]) -> Questionnaire:
        value = json.loads(resources.read(FILE))
        change(value)
        return tree.load(json.dumps(value).encode(), "changed.json")

    return load
