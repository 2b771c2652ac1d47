"""Ways to say no, and the cards on meeting and on money: a file of assets/notices/.

    ways = load(resources.read("notices/ways-en-GB.json"), "notices/ways-en-GB.json")
    ways.say("R12", "T")        # ("No, I don't send pictures.", ...)

Words only. A sentence is put into the composer when somebody chooses it, and never sent by itself. Every line of a card
has a source (decision 34). All words are msgids.
"""

from __future__ import annotations

from dataclasses import dataclass

from messenger.domain.datafile import Reader, open_reader

RULES = ("R8", "R9", "R10", "R11", "R12", "R13")
CARDS = ("meet", "money")
BANDS = ("S", "T", "A")
FEWEST, MOST, LONGEST = 3, 5, 60


@dataclass(frozen=True, slots=True)
class WayLine:
    """A line of a card, for these bands, with who says so, where, and when that was read."""

    text: str
    bands: tuple[str, ...]
    org: str
    url: str
    seen_on: str


@dataclass(frozen=True, slots=True)
class WayCard:
    """A whole card."""

    id: str
    title: str
    lines: tuple[WayLine, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """A whole file. `rules`: (rule, band) to its sentences."""

    id: str
    lang: str
    version: int
    rules: dict[tuple[str, str], tuple[str, ...]]
    cards: tuple[WayCard, ...]

    def say(self, rule: str, band: str) -> tuple[str, ...]:
        """The sentences for a rule in a band's words; carers read the adult's. None for a rule that has none."""
        return self.rules.get((rule, _read_as(band)), ())

    def card(self, id: str, band: str) -> WayCard:
        """A card with the lines of a band. Raises `KeyError`."""
        for one in self.cards:
            if one.id == id:
                return WayCard(id, one.title, tuple(line for line in one.lines if _read_as(band) in line.bands))
        raise KeyError(id)

    def words(self) -> list[tuple[str, str]]:
        """(id, words) of everything to be translated and held to the reading grade."""
        found = [(rule, one) for (rule, _band), lines in self.rules.items() for one in lines]
        for card in self.cards:
            found += [(card.id, card.title), *((card.id, line.text) for line in card.lines)]
        return list(dict.fromkeys(found))


def load(data: bytes, file: str) -> Ways:
    """The ways in `data`. Raises `AssetRefused` naming `file` and the id."""
    top = open_reader(data, file)
    rules: dict[tuple[str, str], tuple[str, ...]] = {}
    for reader in top.children("rules"):
        rule = reader.word("id", RULES)
        rules |= {(rule, band): lines for band, lines in _bands(reader).items()}
        reader.done()
    made = Ways(
        top.text("id"),
        top.text("lang"),
        top.whole("version", least=1),
        rules,
        tuple(_card(one) for one in top.children("cards")),
    )
    top.done()
    if tuple(dict.fromkeys(rule for rule, _band in rules)) != RULES:
        top.refuse("the rules must be R8 to R13, in this order")
    if tuple(one.id for one in made.cards) != CARDS:
        top.refuse("the cards must be meet and money")
    return made


def _bands(reader: Reader) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for child in reader.children("ways"):
        band = child.word("band", BANDS)
        lines = child.texts("lines", required=True)
        child.done()
        if not FEWEST <= len(lines) <= MOST:
            reader.refuse(f"band {band} must have {FEWEST} to {MOST} sentences")
        if too_long := next((one for one in lines if len(one) > LONGEST), ""):
            reader.refuse(f"'{too_long}' is longer than {LONGEST} characters")
        if band in found:
            reader.refuse(f"band {band} is there twice")
        found[band] = lines
    if missing := [band for band in BANDS if band not in found]:
        reader.refuse(f"band {missing[0]} is missing")
    return found


def _card(reader: Reader) -> WayCard:
    card = WayCard(
        reader.word("id", CARDS), reader.text("title"), tuple(_line(one) for one in reader.children("lines"))
    )
    reader.done()
    for band in BANDS:
        if not FEWEST <= sum(band in line.bands for line in card.lines) <= MOST:
            reader.refuse(f"band {band} must have {FEWEST} to {MOST} lines")
    return card


def _line(reader: Reader) -> WayLine:
    text, bands = reader.text("text"), reader.texts("bands", required=True)
    if unknown := next((one for one in bands if one not in BANDS), ""):
        reader.refuse(f"unknown band '{unknown}'")
    source = reader.child("source")
    assert source is not None
    line = WayLine(text, bands, source.text("org"), source.url("url"), source.date("seen_on"))
    source.done()
    reader.done()
    return line


def _read_as(band: str) -> str:
    return "A" if band == "C" else band
