"""Learns the leanings of assets/phrases/<language>.json from the corpus: run it after the corpus or the patterns changed.

    python tests/long/weigh_phrases.py en            # writes the weights into the file; about a minute

A logistic regression over the words and pairs of words of leanings.py, for each rule by itself: the rule's own asks against
its own hard lines and, counted less, the lines of the other rules. Deterministic, and needs nothing but Python. The part
"fresh" of the corpus is never read: it is what the rules are measured on.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from messenger.safety import leanings, phrases, words  # noqa: E402

CORPUS = ROOT / "tests" / "safety" / "corpus"
PARTS = ("dev", "held", "own")
RULES = ("R8", "R9", "R10", "R11", "R12", "R13", "R14", "R20")
ROUNDS, PULL, OTHERS, ASKS = 60, 6.0, 0.3, 2.7
LEAST = 2
SHIFT = 0.0
Line = tuple[frozenset[str], bool, float]
"""The pieces of a line, whether it is an ask, and how much it counts."""


def corpus(lang: str) -> dict[str, dict[str, list[str]]]:
    """The lines of each rule that may be learned from, by yes and no."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted((CORPUS / lang).glob("*.json")):
        data = json.loads(path.read_text("utf-8"))
        parts = [data[part] for part in PARTS if part in data]
        found[data["rule"]] = {
            kind: [line for part in parts for line in part[kind] if isinstance(line, str)] for kind in ("yes", "no")
        }
    return found


def pieces(known: phrases.Phrases, line: str) -> frozenset[str]:
    """The words and pairs of words of a line."""
    text = words.read(line)
    return frozenset(piece for _place, piece in leanings.pieces(known.line(text).forms, text))


def lines(rule: str, pieced: Mapping[str, Mapping[str, Sequence[frozenset[str]]]]) -> list[Line]:
    """The lines of a rule and, counted less, those of the rules of the same way."""
    own = [(one, kind == "yes", 1.0) for kind in ("yes", "no") for one in pieced[rule][kind]]
    if rule != "R20":
        own += [
            (one, False, OTHERS)
            for other in RULES
            if other not in (rule, "R20") and other in pieced
            for kind in ("yes", "no")
            for one in pieced[other][kind]
        ]
    asks = sum(weight for _one, ask, weight in own if ask)
    rest = sum(weight for _one, ask, weight in own if not ask)
    return [(one, ask, weight * (ASKS * rest / asks if ask else 1.0)) for one, ask, weight in own]


def learn(samples: Sequence[Line]) -> dict[str, float]:
    """The weight of each piece; '' is where to start from. Whole steps, each with a pace of its own (RPROP)."""
    seen = Counter(piece for one, _ask, _weight in samples for piece in one)
    kept = sorted(piece for piece, count in seen.items() if count >= LEAST)
    number = {piece: at for at, piece in enumerate(kept, 1)}
    rows = [
        ([0, *sorted(number[piece] for piece in one if piece in number)], ask, weight) for one, ask, weight in samples
    ]
    weights, paces, before = [0.0] * (len(kept) + 1), [0.1] * (len(kept) + 1), [0.0] * (len(kept) + 1)
    for _round in range(ROUNDS):
        slopes = [-PULL * one for one in weights]
        slopes[0] = 0.0
        for row, ask, weight in rows:
            lean = sum([weights[at] for at in row])
            wrong = weight * ((1.0 if ask else 0.0) - 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, lean)))))
            for at in row:
                slopes[at] += wrong
        for at, slope in enumerate(slopes):
            turn = slope * before[at]
            paces[at] = min(0.5, paces[at] * 1.2) if turn > 0 else max(1e-4, paces[at] * 0.5) if turn < 0 else paces[at]
            weights[at] += math.copysign(paces[at], slope) if slope else 0.0
            before[at] = slope
    return dict(zip(["", *kept], weights, strict=True))


def written(weights: Mapping[str, float], shift: float = 0.0) -> dict[str, Any]:
    """The weights as the data file has them, in tenths, those that count for nothing left out."""
    by_weight: dict[int, list[str]] = {}
    for piece, weight in weights.items():
        tenths = round(weight * leanings.TENTHS)
        if piece and tenths:
            by_weight.setdefault(tenths, []).append(piece)
    return {
        "start": round((weights[""] + shift) * leanings.TENTHS),
        "leanings": [{"weight": one, "words": sorted(by_weight[one])} for one in sorted(by_weight, reverse=True)],
    }


def main(lang: str) -> int:
    """Write the weights of every rule into the language's file."""
    path = ROOT / "assets" / "phrases" / f"{lang}.json"
    data = json.loads(path.read_text("utf-8"))
    known = phrases.load(path.read_bytes(), path.name)
    pieced = {
        rule: {kind: [pieces(known, line) for line in lines] for kind, lines in kinds.items()}
        for rule, kinds in corpus(lang).items()
    }
    for rule in data["rules"]:
        if rule["id"] in RULES and rule["id"] in pieced:
            rule.update(written(learn(lines(rule["id"], pieced)), SHIFT))
            print(f"{rule['id']}: {sum(len(one['words']) for one in rule['leanings'])} words and pairs")
    path.write_text(laid_out(data), "utf-8")
    return 0


def laid_out(data: Mapping[str, Any]) -> str:
    """The file as text: each pattern, set and group of weights on a line of its own."""
    tops = [f'  "{key}": {_one(data[key])}' for key in data if not isinstance(data[key], list)]
    for key in ("spellings", "sets"):
        tops.append(f'  "{key}": {_list([_one(one) for one in data.get(key, [])], 2)}')
    if "words" in data:
        groups = [_list([f'"{key}": {_one(value)}' for key, value in one.items()], 4, "{}") for one in data["words"]]
        tops.append(f'  "words": {_list(groups, 2)}')
    for key in ("readings", "rules"):
        tops.append(f'  "{key}": {_list([_parts(one) for one in data.get(key, [])], 2)}')
    return "{\n" + ",\n".join(tops) + "\n}\n"


def _one(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _list(lines: Sequence[str], indent: int, marks: str = "[]") -> str:
    space = " " * indent
    inside = ",\n".join(f"{space}  {line}" for line in lines)
    return f"{marks[0]}\n{inside}\n{space}{marks[1]}" if lines else marks


def _parts(one: Mapping[str, Any]) -> str:
    """A reading or a rule."""
    found = []
    for key, value in one.items():
        if key == "cues":
            lines = [_cue(cue) for cue in value]
        elif isinstance(value, list):
            lines = [_one(line) for line in value]
        else:
            found.append(f'      "{key}": {_one(value)}')
            continue
        found.append(f'      "{key}": {_list(lines, 6)}')
    return "{\n" + ",\n".join(found) + "\n    }"


def _cue(cue: Mapping[str, Any]) -> str:
    head = [f'"{key}": {_one(value)}' for key, value in cue.items() if key != "any"]
    body = [f'"any": {_list([_one(line) for line in cue["any"]], 8)}'] if "any" in cue else []
    return "{" + ", ".join(head + body) + "}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "en"))
