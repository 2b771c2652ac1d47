"""Learns the leanings of assets/phrases/<language>.json from the corpus: run it after the corpus or the patterns changed.

    python tests/long/weigh_phrases.py en            # writes the weights into the file; some minutes

A logistic regression over the words and pairs of words of leanings.py, for each rule by itself: the rule's own asks against
its own hard lines and, counted less, the lines of the other rules. Where a rule starts from is set so that, learned from four
fifths of the lines and tried on the last fifth, the share FALSE of its hard lines fires. Deterministic, and needs nothing but
Python. The part "fresh" of the corpus is never read: it is what the rules are measured on.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from messenger.safety import leanings, phrases, words  # noqa: E402

CORPUS = ROOT / "tests" / "safety" / "corpus"
PLAIN_LINES = ROOT / "tests" / "safety" / "plain"
PARTS = ("dev", "own")
RULES = ("R8", "R9", "R10", "R11", "R12", "R13", "R14", "R20")
FOLDS = 5
FALSE, FALSE_OF = 0.045, {"R8": 0.035, "R9": 0.04, "R10": 0.045, "R12": 0.04, "R14": 0.04, "R20": 0.04}
"""The share of hard lines that may fire when tried; the own lines are harder than most: on lines of others half of it fires."""
ROUNDS, PULL, OTHERS, ASKS = 60, 6.0, 0.3, 2.7
LEAST, SMALLEST, PLAIN = 2, 2, 4.0
PLAIN_TALK, PLAIN_FALSE = "plain", 0.006
"""Everyday lines (tests/safety/plain), which no rule may see: "see you tomorrow", "how are you"."""
TENTHS = 10
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


Pieced = Mapping[str, Mapping[str, Sequence[frozenset[str]]]]


def samples(rule: str, pieced: Pieced) -> list[Line]:
    """The lines of a rule and, counted less, those of the rules of the same way."""
    own = [(one, kind == "yes", 1.0) for kind in ("yes", "no") for one in pieced[rule][kind]]
    own += [(one, False, PLAIN) for one in pieced[PLAIN_TALK]["no"]]
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


def learn(known: Sequence[Line]) -> dict[str, int]:
    """The weight of each piece in tenths, those that count for little left out; '' is where to start from.

    Whole steps, each piece with a pace of its own (RPROP).
    """
    seen = Counter(piece for one, _ask, _weight in known for piece in one)
    kept = sorted(piece for piece, count in seen.items() if count >= LEAST)
    number = {piece: at for at, piece in enumerate(kept, 1)}
    rows = [
        ([0, *sorted(number[piece] for piece in one if piece in number)], ask, weight) for one, ask, weight in known
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
    tenths = {piece: round(weight * TENTHS) for piece, weight in zip(["", *kept], weights, strict=True)}
    return {piece: one for piece, one in tenths.items() if not piece or abs(one) >= SMALLEST}


def lean(weights: Mapping[str, int], line: frozenset[str]) -> int:
    """What a line leans to."""
    return weights[""] + sum(weights.get(piece, 0) for piece in line)


def tried(rule: str, pieced: Pieced) -> dict[str, list[int]]:
    """What each line leans to by weights that were learned without it."""
    found = {kind: [0] * len(lines) for kind, lines in pieced[rule].items()}
    for fold in range(FOLDS):
        rest = {
            kind: [line for at, line in enumerate(lines) if at % FOLDS != fold] for kind, lines in pieced[rule].items()
        }
        weights = learn(samples(rule, {**pieced, rule: rest}))
        for kind, sums in found.items():
            for at in range(fold, len(sums), FOLDS):
                sums[at] = lean(weights, pieced[rule][kind][at])
    return found


def written(weights: Mapping[str, int], threshold: int) -> dict[str, Any]:
    """The weights as the data file has them."""
    by_weight: dict[int, list[str]] = {}
    for piece, weight in weights.items():
        if piece:
            by_weight.setdefault(weight, []).append(piece)
    return {
        "start": weights[""] - threshold,
        "leanings": [{"weight": one, "words": sorted(by_weight[one])} for one in sorted(by_weight, reverse=True)],
    }


def weighed(rule: str, pieced: Pieced, cues: Mapping[str, Sequence[int]]) -> tuple[dict[str, Any], str]:
    """The start and the weights of a rule, and a line about them. `cues` is what the patterns say of each line."""
    alone = phrases.SPEAKS * leanings.CUE
    sums = {
        kind: [one + cue - (phrases.ALONE if cue < alone else 0) for one, cue in zip(leans, cues[kind], strict=True)]
        for kind, leans in tried(rule, pieced).items()
    }
    threshold = sorted(sums["no"], reverse=True)[int(FALSE_OF.get(rule, FALSE) * len(sums["no"]))] + 1
    weights = learn(samples(rule, pieced))
    plain = [
        lean(weights, one) + cue - (phrases.ALONE if cue < alone else 0)
        for one, cue in zip(pieced[PLAIN_TALK]["no"], cues[PLAIN_TALK], strict=True)
    ]
    threshold = max(threshold, sorted(plain, reverse=True)[int(PLAIN_FALSE * len(plain))] + 1)
    seen = sum(one >= threshold for one in sums["yes"]) / len(sums["yes"])
    found = written(weights, threshold)
    return found, f"{rule}: {sum(len(one['words']) for one in found['leanings'])} words and pairs, {seen:.2f} seen"


def main(lang: str) -> int:
    """Write the weights of every rule into the language's file."""
    path = ROOT / "assets" / "phrases" / f"{lang}.json"
    data = json.loads(path.read_text("utf-8"))
    known = phrases.load(path.read_bytes(), path.name)
    texts = {rule: lines for rule, lines in corpus(lang).items() if rule in RULES}
    pieced = {rule: {kind: [pieces(known, one) for one in texts[rule][kind]] for kind in texts[rule]} for rule in texts}
    plain = json.loads((PLAIN_LINES / f"{lang}.json").read_text("utf-8"))["learn"]
    pieced[PLAIN_TALK] = {"no": [pieces(known, one) for one in plain], "yes": []}
    rules = [rule for rule in data["rules"] if rule["id"] in texts]
    with ProcessPoolExecutor(max_workers=2) as pool:
        waiting = []
        for rule in rules:
            id = rule["id"]
            cues = {
                kind: [leanings.CUE * known.cues(id, words.read(one)) for one in texts[id][kind]] for kind in texts[id]
            }
            cues[PLAIN_TALK] = [leanings.CUE * known.cues(id, words.read(one)) for one in plain]
            waiting.append(pool.submit(weighed, id, pieced, cues))
        for rule, done in zip(rules, waiting, strict=True):
            found, told = done.result()
            rule.update(found)
            print(told, flush=True)
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
