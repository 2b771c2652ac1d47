"""What a signed directory says: desks with their addresses and keys, and which of them a report goes to.

    desks = read(signed.endpoints, signed.routes, "directory.jws", hand_set=False)
    desks.route(("de", "eu"), "bullying", "soon")           # a desk's id, "card", or None where it says nothing
    roots = load_roots(resources.read("endpoints/roots.json"), "endpoints/roots.json")

Who signed it and whether it is new was checked before (evidence/directory.py): here the words are. The roots that Robin
trusts are data; none is shipped (decisions.md 8). A root from a person's own file makes every desk of it hand-set
(decision 19). `card` as a target means: no desk takes this, the country's card says who does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from messenger.domain.datafile import Reader, open_reader
from messenger.domain.errors import AssetRefused
from messenger.domain.report import EndpointProfile
from messenger.safety import profiles
from messenger.safety.jurisdictions import CATEGORIES, TIERS

ANY = "*"
CARD = "card"
MOST_DESKS = 1000
MOST_ROUTES = 10_000
MOST_ROOTS = 20
_SCHEMES = ("https:", "xmpp:", "mailto:")


@dataclass(frozen=True, slots=True)
class Root:
    """Who may sign a directory. `hand_set`: a person's own file named it."""

    id: str
    name: str
    key: Mapping[str, str]
    hand_set: bool = False


@dataclass(frozen=True, slots=True)
class Desks:
    """The desks of a directory and its routes: (country, category or *, tier or *) -> a desk's id or `CARD`."""

    desks: tuple[EndpointProfile, ...]
    routes: Mapping[tuple[str, str, str], str]

    def find(self, id: str) -> EndpointProfile | None:
        """The desk with this id, or None."""
        return next((one for one in self.desks if one.id == id), None)

    def route(self, countries: Sequence[str], category: str, tier: str) -> str | None:
        """Where a report goes: the first of `countries` that has a line, its category before its tier, words before *."""
        for country in countries:
            for wanted in ((category, tier), (category, ANY), (ANY, tier), (ANY, ANY)):
                found = self.routes.get((country, *wanted))
                if found is not None:
                    return found
        return None


NOBODY = Desks((), {})


def read(
    endpoints: Iterable[Mapping[str, Any]], routes: Iterable[Mapping[str, Any]], file: str, hand_set: bool = False
) -> Desks:
    """The desks and routes of a directory. Raises `AssetRefused` naming `file` and the desk or route."""
    desks = tuple(_desk(one, file, hand_set) for one in endpoints)
    ids = {one.id for one in desks}
    if len(desks) > MOST_DESKS or len(ids) != len(desks):
        raise AssetRefused(file, "endpoints", "there are too many desks, or two with one id")
    for one in desks:
        if one.out_of_hours and one.out_of_hours not in ids:
            raise AssetRefused(file, one.id, f"'out_of_hours' names the unknown desk '{one.out_of_hours}'")
    found: dict[tuple[str, str, str], str] = {}
    for number, entry in enumerate(routes):
        reader = Reader(file, f"routes[{number}]", entry)
        place, to = _route(reader)
        if to != CARD and to not in ids:
            reader.refuse(f"it goes to the unknown desk '{to}'")
        if place in found:
            reader.refuse("there are two routes for this")
        if number >= MOST_ROUTES:
            reader.refuse("there are too many routes")
        found[place] = to
    return Desks(desks, found)


def _desk(entry: Mapping[str, Any], file: str, hand_set: bool) -> EndpointProfile:
    id = entry.get("id")
    # The word of the old key is longer than any text of a data file, and was checked with the keys.
    members = {name: value for name, value in entry.items() if name != "succession"}
    reader = Reader(file, id if isinstance(id, str) and id else "endpoints", members)
    if id == CARD:
        reader.refuse(f"a desk can not be called '{CARD}'")
    for one in reader.children("backup_keys", required=False):
        profiles.read_key(one)
    for name in ("ca_file", "hand_set"):
        if reader.has(name):
            reader.refuse(f"'{name}' is not for a directory")
    desk = profiles.read(reader, hand_set)
    if not desk.base.startswith(_SCHEMES):
        reader.refuse("'base' of a directory must be https, xmpp or mailto")
    return desk


def _route(reader: Reader) -> tuple[tuple[str, str, str], str]:
    place = (
        profiles.country(reader),
        reader.word("category", (*CATEGORIES, ANY)),
        reader.word("tier", (*TIERS, ANY)),
    )
    to = reader.text("to")
    reader.done()
    return place, to


def load_roots(data: bytes, file: str, hand_set: bool = False) -> tuple[Root, ...]:
    """The roots in a file. Raises `AssetRefused` naming `file` and the root."""
    top = open_reader(data, file)
    found: list[Root] = []
    for one in top.children("roots", required=False):
        root_id, name = one.text("id"), one.text("name")
        child = one.child("key")
        assert child is not None
        key = profiles.read_key(child)
        if key["use"] != "sig":
            one.refuse("'key' must be a signing key (Ed25519)")
        if any(other.key["x"] == key["x"] for other in found):
            one.refuse("another root has this key")
        one.done()
        found.append(Root(root_id, name, key, hand_set))
    top.done()
    if len(found) > MOST_ROOTS:
        top.refuse(f"there are more than {MOST_ROOTS} roots")
    return tuple(found)
