"""What single words and pairs of words lean to: small weights, learned from the corpus by tests/long/weigh_phrases.py.

A pattern of phrases.py sees one way to ask; the weights know how the words of an ask and of harmless lines differ. A weight is
in tenths, and a person can read it: ``{"weight": 7, "words": ["your", "send me", "send .. pic"]}``. ``a b`` are neighbours,
``a .. b`` has one to three words between. ``^`` is the beginning of a message, ``|`` a break between clauses, ``?`` or ``$``
the end with or without a question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from messenger.safety.words import Text

CUE = 5
"""Tenths that one of the whole numbers of a pattern's weight counts here."""
_FAR = 4
_NARROWEST, _WIDEST = 4, 8
"""Words that are shown when no pattern speaks."""
Sums = Mapping[int, Sequence[int]]
_NEAR = (-1, 0, 1)


def pieces(forms: Sequence[str], text: Text) -> Iterator[tuple[int, str]]:
    """(place, word or pair of words) of a message; what is quoted is left out."""
    recent = ["^"]
    clause, place = -1, -1
    for place, (form, word) in enumerate(zip(forms, text.words, strict=True)):
        if word.quoted:
            continue
        if word.clause != clause and clause >= 0:
            yield from _ending(place, recent, "|")
        clause = word.clause
        yield place, form
        yield from _ending(place, recent, form)
    if place >= 0:
        end = "?" if text.questions else "$"
        yield place, end
        yield from _ending(place, recent, end)


def _ending(place: int, recent: list[str], form: str) -> Iterator[tuple[int, str]]:
    """The pairs that end with a word, which is put behind the `recent` ones."""
    yield place, f"{recent[-1]} {form}"
    for far in recent[:-1]:
        yield place, f"{far} .. {form}"
    recent.append(form)
    if len(recent) > _FAR:
        del recent[0]


_Weights = list[tuple[int, int]]


class Leanings:
    """The weights of several rules, looked up together."""

    def __init__(self, weights: Mapping[str, Mapping[str, int]]) -> None:
        """`weights` are tenths by rule and by word or pair; '' is where a rule starts from."""
        self.number = {rule: at for at, rule in enumerate(weights)}
        """The place of a rule in what `sums` gives."""
        self._starts = [one.get("", 0) for one in weights.values()]
        self._at: dict[str, _Weights] = {}
        for number, one in enumerate(weights.values()):
            for piece, weight in one.items():
                if piece:
                    self._at.setdefault(piece, []).append((number, weight))
        # By the last word of a pair, then by the first: most words end none, and no text is put together.
        self._next: dict[str, dict[str, _Weights]] = {}
        self._far: dict[str, dict[str, _Weights]] = {}
        for piece, found in self._at.items():
            first, space, last = piece.partition(" ")
            if space:
                pairs = self._far if last.startswith(".. ") else self._next
                pairs.setdefault(last.removeprefix(".. "), {})[first] = found

    def sums(self, forms: Sequence[str], text: Text) -> dict[int, list[int]]:
        """By sentence, for each rule, what the sentence with its neighbours leans to. Empty without rules."""
        if not self.number:
            return {}
        found: dict[int, list[int]] = {}
        taken: list[_Weights] = []
        recent, clause, sentence = ["^"], -1, -1
        for form, word in zip(forms, text.words, strict=True):
            if word.quoted:
                continue
            if word.sentence != sentence:
                if sentence >= 0:
                    # The pair with the break belongs to the sentence that begins, as in `pieces`.
                    found[sentence] = self._added(taken)
                    taken = []
                sentence = word.sentence
            if word.clause != clause and clause >= 0:
                self._take("|", recent, taken)
            clause = word.clause
            if form in self._at:
                taken.append(self._at[form])
            self._take(form, recent, taken)
        if text.words:
            end = "?" if text.questions else "$"
            if end in self._at:
                taken.append(self._at[end])
            self._take(end, recent, taken)
            found[text.words[-1].sentence] = self._added(taken)
        return self._with_neighbours(found)

    def _take(self, form: str, recent: list[str], taken: list[_Weights]) -> None:
        """Put the weights of the pairs that end with a word to the `taken` ones, and the word behind the `recent`."""
        pairs = self._next.get(form)
        if pairs and recent[-1] in pairs:
            taken.append(pairs[recent[-1]])
        pairs = self._far.get(form)
        if pairs:
            for far in recent[:-1]:
                if far in pairs:
                    taken.append(pairs[far])
        recent.append(form)
        if len(recent) > _FAR:
            del recent[0]

    def _added(self, taken: Sequence[_Weights]) -> list[int]:
        """The sums of what was taken in a sentence, each piece once."""
        sums = [0] * len(self._starts)
        for weights in {id(one): one for one in taken}.values():
            for number, weight in weights:
                sums[number] += weight
        return sums

    def _with_neighbours(self, found: dict[int, list[int]]) -> dict[int, list[int]]:
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
        """The few words that lean most to a rule: (first word, word after the last).

        A sentence leans with its neighbours: they are of the one of them that says most by itself.
        """
        number = self.number[rule]
        places: dict[int, dict[int, int]] = {}
        own: dict[int, dict[str, int]] = {}
        for place, piece in pieces(forms, text):
            mine = text.words[place].sentence
            weight = sum(weight for one, weight in self._at.get(piece, ()) if one == number)
            by_place = places.setdefault(mine, {})
            by_place[place] = by_place.get(place, 0) + weight
            if place - 1 in by_place and " " in piece and " .. " not in piece:
                by_place[place - 1] += weight
            own.setdefault(mine, {})[piece] = weight
        if sentence not in places:
            return None
        order = sorted(places)
        at = order.index(sentence)
        near = order[max(0, at - 1) : at + 2]
        by_place = places[max(near, key=lambda one: (sum(own[one].values()), one == sentence))]
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
        # One word by itself explains nothing to a reader.
        while last + 1 - first < _NARROWEST and (last + 1 in by_place or first - 1 in by_place):
            first, last = (first, last + 1) if last + 1 in by_place else (first - 1, last)
        return first, last + 1
