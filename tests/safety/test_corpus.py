"""The hand-written corpus for the just-in-time rules is well formed.

One file a rule in tests/safety/corpus/<language>/<rule>.json:

    {"rule": "R8", "dev": {"yes": [...], "no": [...]},
                   "own": {"yes": [...], "no": [...]},
                   "fresh": {"yes": [...], "no": [...]}}

A line is the text of one message. R5 looks for the reader's own private words,
so there a line is {"text": "...", "words": ["...", ...]}.

"dev" are lines of writers who saw no rule; the rules were written and weighed
from them. "own" are lines of the rules' writer, and may be missing. "fresh" are
lines of writers who saw no rule that no rule was written from: they are for
measuring only (test_corpus_figures.py), and nobody reads them to change a rule.
These tests look at the shape of the files, never at what a rule answers.
"""

import json
import re
import unicodedata
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"
FILES = sorted(CORPUS.glob("*/*.json"))
EN_ASKS = {"R8", "R9", "R10", "R11", "R12", "R13", "R14"}
PARTS = ("dev", "own", "fresh")
LEAST = {"dev": {"yes": 25, "no": 75}, "fresh": {"yes": 40, "no": 120}}
KINDS = ("yes", "no")
LONGEST = 300
WITH_WORDS = {"R5"}


def _once(pairs):
    """Refuse a JSON object that has one key twice (json keeps the last)."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a key is there twice: {names}"
    return dict(pairs)


def _load(path):
    return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)


def _same(line):
    """Lines that differ only in case, spaces or closing marks are one line."""
    if isinstance(line, dict):
        return (_same(line["text"]), *sorted(map(_same, line["words"])))
    line = unicodedata.normalize("NFKC", line).casefold()
    line = " ".join(line.split())
    return re.sub(r"[\s.!?,;:]+$", "", line) or line


def _lines(data):
    for part in PARTS:
        for kind in KINDS:
            for line in data.get(part, {}).get(kind, []):
                yield part, kind, line


def _ids(path):
    return f"{path.parent.name}/{path.stem}"


def test_the_ask_rules_are_all_there():
    there = {path.stem for path in (CORPUS / "en").glob("*.json")}
    assert not EN_ASKS - there


@pytest.mark.parametrize("path", FILES, ids=_ids)
def test_shape(path):
    data = _load(path)
    assert {"rule", "dev"} <= set(data) <= {"rule", *PARTS}
    assert data["rule"] == path.stem
    assert re.fullmatch(r"R[1-9][0-9]?", data["rule"])
    for part in set(data) - {"rule"}:
        assert set(data[part]) == set(KINDS)
        for kind in KINDS:
            assert isinstance(data[part][kind], list)


@pytest.mark.parametrize("path", FILES, ids=_ids)
def test_counts(path):
    data = _load(path)
    for part in set(data) & set(LEAST):
        for kind, least in LEAST[part].items():
            assert len(data[part][kind]) >= least, (part, kind)


@pytest.mark.parametrize("path", FILES, ids=_ids)
def test_every_line_is_one_message(path):
    for part, kind, line in _lines(_load(path)):
        where = (part, kind, line)
        if path.stem in WITH_WORDS:
            assert set(line) == {"text", "words"}, where
            assert line["words"], where
            assert all(isinstance(word, str) and word.strip() for word in line["words"]), where
            line = line["text"]
        assert isinstance(line, str), where
        assert line, where
        assert line == line.strip(), where
        assert len(line) <= LONGEST, where
        assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in line), where


@pytest.mark.parametrize("path", FILES, ids=_ids)
def test_no_line_twice_in_a_file(path):
    seen = {}
    for part, kind, line in _lines(_load(path)):
        same = _same(line)
        assert same not in seen, f"{line!r} is in {seen[same]} and in {(part, kind)}"
        seen[same] = (part, kind)


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in FILES}), ids=lambda f: f.name
)
def test_no_yes_line_under_two_rules(folder):
    seen = {}
    for path in sorted(folder.glob("*.json")):
        for _, kind, line in _lines(_load(path)):
            if kind != "yes":
                continue
            same = _same(line)
            assert same not in seen, f"{line!r} is in {seen[same]} and {path.stem}"
            seen[same] = path.stem
