"""A message as words: look-alike letters made plain, letters and digits written one by one put together again.

Every word remembers its place in the message, so that a notice can show what it saw. Time grows with the length of the
text and no faster: no regular expression here can go back over what it has read.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from messenger.domain.lookalike import letters

LONGEST = 8_000
"""Characters that are looked at: of a longer message its first 6,000 and its last 2,000."""
_HEAD, _TAIL = 6_000, 2_000
_HIDDEN = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_PIECE = re.compile(rf"[^\W_]+(?:['’@${_HIDDEN}]+[^\W_]+)*|[.!?\n…]+|[^\w\s]|_")
_QUOTE = re.compile(r'"[^"\n]{2,300}"|“[^“”\n]{2,300}”|(?<![^\s(])[‘\'][^‘’\'\n]{4,300}[’\'](?!\w)')
_JOINED = frozenset("@#&$£€%*/+'’\u200d_")
_ENDS = frozenset(".!?\n…")
_DIGIT_WORDS = {
    "oh": "0", "zero": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_LEET = str.maketrans("013457@$", "oieastas")
_SHORTEST_SPELT = 3
_TOGETHER = 3


class Word(NamedTuple):
    """`text` is the plain form. `start` and `end` are places in the message. `sentence` and `clause` count from 0.

    A clause ends with a sentence and at every other sign. `quoted`: between double quotation marks that are a part of the
    message only.
    """

    text: str
    start: int
    end: int
    sentence: int
    clause: int = 0
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A message and its words; `questions` are the sentences that end with a question mark."""

    raw: str
    words: tuple[Word, ...]
    questions: frozenset[int]


def read(raw: str) -> Text:
    """The words of a message."""
    if len(raw) > LONGEST:
        return _read(raw, ((0, raw[:_HEAD]), (len(raw) - _TAIL, raw[-_TAIL:])))
    return _read(raw, ((0, raw),))


def _read(raw: str, parts: tuple[tuple[int, str], ...]) -> Text:
    words: list[Word] = []
    questions: set[int] = set()
    sentence = clause = 0
    for offset, part in parts:
        quotes = deque(_quotes(part))
        for match in _PIECE.finditer(part):
            piece, start = match.group(), match.start()
            if piece[0] in _ENDS:
                if "?" in piece:
                    questions.add(sentence)
                sentence += 1
                clause += 1
            elif piece[0].isalnum():
                while quotes and quotes[0][1] <= start:
                    quotes.popleft()
                quoted = bool(quotes) and quotes[0][0] < start
                text = plain(piece)
                if text:  # of a mark that counts as a letter, such as U+FE70, nothing is left
                    words.append(Word(text, offset + start, offset + match.end(), sentence, clause, quoted))
            elif piece not in _JOINED:
                clause += 1
        sentence += 1
        clause += 1
    if all(one.quoted for one in words):
        words = [one._replace(quoted=False) for one in words]
    return Text(raw, tuple(_joined(words)), frozenset(questions))


def _quotes(part: str) -> list[tuple[int, int]]:
    """Where quotation marks open and close, in order; marks that stay open quote nothing."""
    return [match.span() for match in _QUOTE.finditer(part)]


def plain(piece: str) -> str:
    """A word in small letters without marks, '' where it is all marks; letters of other scripts that look Latin are made so."""
    if piece.isascii():
        found = piece.lower().replace("'", "")
    else:
        apart = unicodedata.normalize("NFKD", piece.casefold())
        found = letters("".join(ch for ch in apart if ch.isalnum()))
    if found.isalpha() or found.isdigit():
        return found
    # Digits for letters inside a word (s3cret), not an amount with its unit (10am, 5pm, 2nd).
    return found.translate(_LEET) if found[:1].isalpha() and found[-1].isalpha() else found


def _joined(words: list[Word]) -> list[Word]:
    """Single letters in a row are words: "s e c r e t". Where the gaps differ, a wider one ends a word: "h o w  o l d"."""
    found: list[Word] = []
    place = 0
    while place < len(words):
        run = place
        while run < len(words) and len(words[run].text) == 1 and words[run].text.isalpha() and _near(words, place, run):
            run += 1
        if run - place >= _SHORTEST_SPELT:
            found += _spelt(words[place:run])
            place = run
        else:
            found.append(words[place])
            place += 1
    return found


def _spelt(letters: list[Word]) -> list[Word]:
    gaps = [after.start - before.end for before, after in pairwise(letters)]
    least, first, found = min(gaps), 0, []
    for at in range(1, len(letters) + 1):
        if at == len(letters) or gaps[at - 1] > least:
            text = "".join(one.text for one in letters[first:at])
            found.append(letters[first]._replace(text=text, end=letters[at - 1].end))
            first = at
    return found


def _near(words: list[Word], first: int, place: int) -> bool:
    return place == first or words[place].start - words[place - 1].end <= _TOGETHER


def digits(text: Text) -> list[tuple[str, int, int]]:
    """Runs of digits, however they are spaced or spelt: (digits, start, end). "oh seven 9 4 6" is one run."""
    found: list[tuple[str, int, int]] = []
    run, start, end = "", 0, 0
    for word in text.words:
        piece = word.text if word.text.isdigit() else _DIGIT_WORDS.get(word.text, "")
        if not piece and word.text in ("double", "triple"):
            continue
        if piece and run and word.start - end <= _TOGETHER:
            run, end = run + piece, word.end
            continue
        if run:
            found.append((run, start, end))
        run, start, end = piece, word.start, word.end
    if run:
        found.append((run, start, end))
    return found
