"""R7: whether a message that is about to go out has a link to a picture or a film in it. Robin itself sends no files.

    places = load(resources.read("pictures/places.json"), "pictures/places.json")
    find(places, "look https://photos.example/IMG_2041.JPG?x=1")     # (5, 43)

Seen by the kind of file that a path ends in, or by a well-known place where people share pictures. Links are found with
linkify-it, as in the window; nothing is ever opened or asked for. Not seen, on purpose: names of files that are no link,
a site alone, pictures inside a data: address, and what people share to watch or hear it together (youtube.com is not in the
data: asking before each song would teach people to press Send). A link that only its site can tell is not seen either.
Sources: RFC 3986 for the parts of a link; each place in the data file names its own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from messenger.domain.datafile import Reader, open_reader
from messenger.domain.lookalike import letters
from messenger.safety.jurisdictions import Source
from messenger.safety.weblinks import FILES
from messenger.safety.words import LONGEST

Span = tuple[int, int]
_HEAD = LONGEST * 3 // 4
_LONGEST_LINK = 2_048
_MOST_DOTS = 40
"""More than any link has; it bounds what finding a link can cost."""
_TOKEN = re.compile(r"\S+")
_SCHEME = re.compile(r"(?:https?|ftp|aesgcm)://", re.I)
_CUT = re.compile(r"[:=>|,;(\[{<]|//|[^\x00-\x7f](?=[\x00-\x7f])")
"""Behind these a link can begin that has no gap before it."""
_MOST_CUTS = 4
_NOT_WEB = re.compile(r"\W{0,3}(?:data|mailto|xmpp|file|javascript|about|blob|tel|sms|geo):", re.I)
_HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_OPENS, _CLOSES = "([{<\"'“‘«*_~`|", ")]}>\"'”’»*_~`|.,;:!?…"
_KIND = re.compile(r"(?<=[^/.])\.([a-z0-9]{2,5})(?![a-z0-9_.-])")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_LEADS = re.compile(r"[a-z0-9_-]{3,}")
_AT_HOME = ("example", "test", "invalid", "onion", "local", "lan", "home", "internal")
"""Endings of names that are no business of the registries: at home, in examples."""
_FRONTS = ("www.", "m.", "mobile.", "i.")
_ASKED = frozenset(("q", "query", "search", "s", "text", "keyword", "keywords", "term", "p", "wd", "title"))
"""Parameters that hold what somebody looks for."""


@dataclass(frozen=True, slots=True)
class Path:
    """How a path begins: its parts, `*` for one of any name (or any ending), `+` for a number and `#` for what stands behind
    the #; then a parameter that must be there, or ''."""

    parts: tuple[str, ...]
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """By what a link to a picture or a film is known. `below` are sites whose every lower name counts;
    `sources`: (id of a place, where it is written)."""

    kinds: frozenset[str]
    pages: frozenset[str]
    sites: dict[str, tuple[Path, ...]] = field(repr=False)
    below: dict[str, tuple[Path, ...]] = field(repr=False)
    sources: tuple[tuple[str, Source], ...] = field(default=(), repr=False)


def load(data: bytes, file: str) -> Places:
    """The places in `data`. Raises `AssetRefused` naming `file` and the id. Makes the finder of links ready too."""
    top = open_reader(data, file)
    top.text("id")
    top.whole("version", least=1)
    kinds, pages = (_names(top, key) for key in ("kinds", "pages"))
    sites: dict[str, tuple[Path, ...]] = {}
    below: dict[str, tuple[Path, ...]] = {}
    sources: list[tuple[str, Source]] = []
    for one in top.children("places"):
        paths = tuple(_path(one, text) for text in one.texts("paths", required=True))
        for host in one.texts("hosts", required=True):
            name, to = host.removeprefix("*."), below if host.startswith("*.") else sites
            if name in to or name != name.casefold() or "." not in name or "*" in name:
                one.refuse(f"the site '{host}' is there twice, or is no name in small letters")
            to[name] = paths
        sources.append((one.text("id"), _source(one)))
        one.done()
    top.done()
    _finder().match("x.example/")  # what it looks with is made at the first look
    return Places(kinds, pages, sites, below, tuple(sources))


def find(places: Places, raw: str) -> Span | None:
    """The first link to a picture or a film in a message, or None. Of a long message its beginning and its end are read."""
    for start, token in _tokens(raw):
        span = _first(places, token) if token.isascii() else _plain(places, token)
        if span is not None:
            return start + span[0], start + span[1]
    return None


def _tokens(raw: str) -> Iterator[tuple[int, str]]:
    parts = ((0, raw[:_HEAD]), (len(raw) - LONGEST + _HEAD, raw[_HEAD - LONGEST :])) if len(raw) > LONGEST else ((0, raw),)
    for offset, part in parts:
        for match in _TOKEN.finditer(part):
            token = match.group()[:_LONGEST_LINK]
            if _NOT_WEB.match(token) is None and (not token.isascii() or ("/" in token and "." in token)):
                yield offset + match.start(), token


def _first(places: Places, token: str) -> Span | None:
    return next((span for span, url in _links(token) if _shows(places, url)), None)


def _plain(places: Places, token: str) -> Span | None:
    """A piece with letters of other scripts, wide letters or marks that nobody sees: read as it looks, and shown whole."""
    shown = letters(_HIDDEN.sub("", unicodedata.normalize("NFKC", token)).replace("。", "."))
    for text in (token, shown):
        if "/" in text and "." in text and _first(places, text[:_LONGEST_LINK]) is not None:
            opened = len(token) - len(token.lstrip(_OPENS))
            return opened, max(opened + 1, len(token.rstrip(_CLOSES)))
    return None


def _links(token: str) -> Iterator[tuple[Span, str]]:
    """The links in a piece of a message without gaps: where, and the address."""
    if token.count(".") > _MOST_DOTS:
        return
    scheme = _SCHEME.search(token)
    if scheme:
        yield from _found(token, scheme.start())
        url = token[scheme.start() :].rstrip(_CLOSES)
        # What says http is a link, also where its site has a number for a name, or signs that names do not have.
        yield (scheme.start(), scheme.start() + len(url)), url
        return
    yield from _found(token, 0)
    for cut in islice(_CUT.finditer(token), _MOST_CUTS):
        yield from _found(token, cut.end())


def _found(token: str, begin: int) -> Iterator[tuple[Span, str]]:
    for match in _finder().match(token[begin:]) or ():
        if match.schema in ("", "//", "http:", "https:", "ftp:", "aesgcm:"):
            raw = match.raw.rstrip(_CLOSES)
            start = begin + match.index
            yield (start, start + len(raw)), match.url[: len(match.url) - len(match.raw) + len(raw)]


def _shows(places: Places, url: str) -> bool:
    """Whether an address leads to a picture or a film, as far as its letters tell."""
    try:
        parts = urlsplit(url if "://" in url[:16] else f"http:{url}")
        host = letters((parts.hostname or "").casefold()).rstrip(".")
        _ = parts.port  # one that cannot be is an error
    except ValueError:
        return False
    if not host or host.rpartition(".")[2] in FILES:
        return False
    path = _segments(parts)
    return _is_kind(places, path, parts.query) or _is_place(places, host, path, parts.query)


def _segments(parts: SplitResult) -> list[str]:
    """The parts of a path in small plain letters, and what stands behind the # as a last one that begins with it."""
    path = [part for part in _small(parts.path).split("/") if part]
    fragment = _small(parts.fragment)
    if fragment.startswith(("/", "!/")):
        return [*path, *(part for part in fragment.lstrip("!").split("/") if part)]
    return [*path, f"#{fragment}"] if fragment else path


def _small(text: str) -> str:
    """Without %-signs (twice, as some sites write them), wide letters, capitals and letters that only look Latin."""
    return letters(unicodedata.normalize("NFKC", unquote(unquote(text))).casefold())


def _is_kind(places: Places, path: list[str], query: str) -> bool:
    if any(_ends(places, part) for part in path if part[0] != "#"):
        return True
    return bool(query) and any(
        key.casefold() not in _ASKED and not any(ch.isspace() for ch in value) and _ends(places, _small(value))
        for key, value in parse_qsl(query)
    )


def _ends(places: Places, name: str) -> bool:
    """Whether this is the name of a file of such a kind: it has more than the ending, and nothing but a size behind it."""
    return any(kind in places.kinds for kind in _KIND.findall(name.rstrip(" ).,'\"]}>*_")))


def _is_place(places: Places, host: str, path: list[str], query: str) -> bool:
    bare = next((host[len(one) :] for one in _FRONTS if host.startswith(one) and host.count(".") > 1), host)
    known = places.sites.get(host) or places.sites.get(bare) or ()
    above = [paths for name, paths in places.below.items() if host.endswith(f".{name}") and bare != name]
    return any(_leads(places, path, query, one) for paths in (known, *above) for one in paths)


def _leads(places: Places, path: list[str], query: str, way: Path) -> bool:
    if len(path) < len(way.parts):
        return False
    for number, (part, wanted) in enumerate(zip(path, way.parts, strict=False)):
        if not _fits(places, part, wanted, number == 0):
            return False
    return not way.parameter or way.parameter in (key for key, _value in parse_qsl(query))


def _fits(places: Places, part: str, wanted: str, first: bool) -> bool:
    if wanted == "#":
        return part[0] == "#" and len(part) > 1
    if wanted == "+":
        return part.isdecimal()
    if wanted != "*":
        return part == wanted or (wanted[-1] == "*" and part.startswith(wanted[:-1]) and len(part) >= len(wanted))
    name = _LEADS.match(part) if first else None
    return part[0] != "#" and (not first or (name is not None and name.group() not in places.pages))


def _names(top: Reader, key: str) -> frozenset[str]:
    names = top.texts(key, required=True)
    if wrong := next((one for one in names if not _NAME.fullmatch(one)), ""):
        top.refuse(f"'{key}': '{wrong}' is not in small letters and digits")
    return frozenset(names)


def _path(reader: Reader, text: str) -> Path:
    path, _, parameter = text.partition("?")
    parts = tuple(part for part in path.split("/") if part)
    if not parts or any("*" in part[:-1] for part in parts) or "#" in parts[:-1]:
        reader.refuse(f"'{text}' is no way to a picture")
    return Path(parts, parameter)


def _source(reader: Reader) -> Source:
    """Where it is written that people share pictures there; no place comes without one."""
    source = reader.child("source")
    assert source is not None
    status = source.word("status", ("checked", "second-hand", "unchecked"))
    made = Source(source.url("url"), status, source.date("checked_on"))
    source.done()
    return made


@lru_cache(maxsize=1)
def _finder() -> Any:
    from linkify_it import LinkifyIt
    from linkify_it.tlds import TLDS

    finder = LinkifyIt({}, {"fuzzy_link": True, "fuzzy_email": False, "fuzzy_ip": True})
    finder.tlds([*TLDS, *_AT_HOME])
    return finder.add("aesgcm:", "http:")
