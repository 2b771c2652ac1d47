"""What single words and pairs of words lean to: small weights, learned from the corpus by tests/long/weigh_phrases.py.

A pattern of phrases.py sees one way to ask; the weights know how the words of an ask and of harmless lines differ. They are
counted in tenths of the whole numbers of the cues, and a person can read them: ``{"weight": 7, "words": ["your", "send me"]}``.
``^`` is the beginning of a message, ``|`` a break between clauses, ``?`` or ``$`` the end with or without a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from messenger.safety.words import Text

TENTHS = 10
_WIDEST = 8
"""Words that are shown when no pattern speaks."""
Sums = Mapping[int, Sequence[int]]
_NEAR = (-1, 0, 1)


def pieces(forms: Sequence[str], text: Text) -> Iterator[tuple[int, str]]:
    """(place, word or pair of words) of a message; what is quoted is left out."""
    last, clause, place = "^", -1, -1
    for place, (form, word) in enumerate(zip(forms, text.words, strict=True)):
        if word.quoted:
            continue
        if word.clause != clause and clause >= 0:
            yield place, last + " |"
            last = "|"
        clause = word.clause
        yield place, form
        yield place, last + " " + form
        last = form
    if place >= 0:
        end = "?" if text.questions else "$"
        yield place, end
        yield place, last + " " + end


class Leanings:
    """The weights of several rules, looked up together."""

    def __init__(self, weights: Mapping[str, Mapping[str, int]]) -> None:
        """`weights` are tenths by rule and by word or pair; '' is where a rule starts from."""
        self.number = {rule: at for at, rule in enumerate(weights)}
        """The place of a rule in what `sums` gives."""
        self._starts = [one.get("", 0) for one in weights.values()]
        self._at: dict[str, list[tuple[int, int]]] = {}
        for number, one in enumerate(weights.values()):
            for piece, weight in one.items():
                if piece:
                    self._at.setdefault(piece, []).append((number, weight))

    def sums(self, forms: Sequence[str], text: Text) -> dict[int, list[int]]:
        """By sentence, for each rule, what the sentence with its neighbours leans to. Empty without rules."""
        found: dict[int, list[int]] = {}
        if not self.number:
            return found
        at, words, none = self._at, text.words, ()
        seen: set[tuple[int, str]] = set()
        for place, piece in pieces(forms, text):
            sentence = words[place].sentence
            sums = found.get(sentence)
            if sums is None:
                sums = found[sentence] = [0] * len(self._starts)
            weights = at.get(piece, none)
            if weights and (sentence, piece) not in seen:
                seen.add((sentence, piece))
                for number, weight in weights:
                    sums[number] += weight
        if len(found) == 1:
            return {one: [a + b for a, b in zip(sums, self._starts, strict=True)] for one, sums in found.items()}
        order = sorted(found)
        return {
            one: [
                start + sum(found[order[at + step]][number] for step in _NEAR if 0 <= at + step < len(order))
                for number, start in enumerate(self._starts)
            ]
            for at, one in enumerate(order)
        }

    def shown(self, rule: str, sentence: int, forms: Sequence[str], text: Text) -> tuple[int, int] | None:
        """The few words of a sentence that lean most to a rule: (first word, word after the last)."""
        number = self.number[rule]
        by_place: dict[int, int] = {}
        for place, piece in pieces(forms, text):
            if text.words[place].sentence == sentence:
                weight = sum(weight for one, weight in self._at.get(piece, ()) if one == number)
                by_place[place] = by_place.get(place, 0) + weight
        if not by_place:
            return None
        best = first = last = max(by_place, key=lambda place: by_place[place])
        while last + 1 - first < _WIDEST:
            before, after = by_place.get(first - 1, -1), by_place.get(last + 1, -1)
            if max(before, after) < 0:
                break
            first, last = (first - 1, last) if before > after else (first, last + 1)
        while first < best and by_place[first] <= 0:
            first += 1
        while last > best and by_place[last] <= 0:
            last -= 1
        return first, last + 1
