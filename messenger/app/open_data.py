"""The open data package: tips, notices, ways to say no, phrases, questions and country cards for everybody, as one folder.

    write(Path("robin-data"), today)      # makes the folder; refuses one that holds something already

Every file is read by its loader first: what Robin would refuse is not given to others. `SOURCES.md` is made from the
sources in the data, with their dates and who looked; `SHA256SUMS` can be checked with ``sha256sum -c``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from messenger import __version__, resources
from messenger.domain.errors import CannotWrite
from messenger.questionnaire import tree
from messenger.safety import deck, freshness, jurisdictions, notices, phrases, pictures, ways
from messenger.safety.freshness import Dated

FOLDERS = ("tips", "notices", "phrases", "pictures", "questions", "jurisdictions")
_README = """# Robin's open data

Safety words and choices of Robin Messenger {version}, for other messengers: JSON with a JSON Schema (2020-12) each, in
British English, under CC BY 4.0 (`LICENSE-data.txt`). Made on {today}.

| folder | what |
|---|---|
| `tips/` | safety tips by band of readers, each with source, date and review state; `seasons` say what comes early |
| `notices/` | words of the just-in-time notices (`en-GB.json`) and short sentences to say no (`ways-en-GB.json`) |
| `phrases/` | what the rules look for in a message; the rules look at the ask, never at the person |
| `pictures/` | by what a link to a picture or a film is known; nothing is said of any of these places |
| `questions/` | the report wizard: pages, questions, follow-ups, urgency, codes |
| `jurisdictions/` | per country: emergency number, helplines, who takes which report, with source and date |

Each folder has its schema in `schema/`. `SOURCES.md` lists where every fact is from, when it was looked at and who
checked it. Bands: S simple words, T 11 to 17, A adults, C carers. Numbers change: check a card before you ship it.

Check the files with `sha256sum -c SHA256SUMS`. Newer tips can be signed for others with `robin tips pack`.
"""


def _ways_or_notices(data: bytes, name: str) -> object:
    return (ways if "/ways-" in name else notices).load(data, name)


_LOADERS: dict[str, Callable[[bytes, str], object]] = {
    "tips": deck.load,
    "notices": _ways_or_notices,
    "phrases": phrases.load,
    "pictures": pictures.load,
    "questions": tree.load,
    "jurisdictions": jurisdictions.load,
}


def write(out: Path, today: date) -> int:
    """Write the package; how many files it has. Raises `CannotWrite` (also for a folder that is not empty) or `AssetRefused`."""
    files = dict(_files(today))
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode("ascii")
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise CannotWrite
        for name, data in files.items():
            place = out / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
    except OSError:
        raise CannotWrite from None
    return len(files)


def _files(today: date) -> Iterator[tuple[str, bytes]]:
    for folder in FOLDERS:
        for name in resources.names(folder):
            data = resources.read(name)
            _LOADERS[folder](data, name)
            yield name, data
        for name in resources.names(f"{folder}/schema"):
            if name != "tips/schema/keys.json":  # keys of publishers are no data
                yield name, resources.read(name)
    yield "LICENSE-data.txt", resources.read("LICENSE-data.txt")
    yield "README.md", _README.format(version=__version__, today=today.isoformat()).encode()
    yield "SOURCES.md", sources(today).encode()


def dated() -> Iterator[tuple[str, tuple[Dated, ...]]]:
    """(file, its facts) of all tips, country cards and places where people share pictures. Raises `AssetRefused` for a wrong file."""
    for name in resources.names("tips"):
        yield name, tuple(freshness.of_tips(deck.load(resources.read(name), name)))
    for name in resources.names("jurisdictions"):
        yield name, tuple(freshness.of_country(jurisdictions.load(resources.read(name), name)))
    for name in resources.names("pictures"):
        yield name, tuple(freshness.of_places(pictures.load(resources.read(name), name)))


def sources(today: date) -> str:
    """SOURCES.md: every fact with its source, its date and its state."""
    lines = [
        "# Sources",
        "",
        "Facts only; every sentence is Robin's own. Status of a tip: `sourced` has a source, `reviewed` was checked by a",
        "named body. Status of a number: `checked` by a person at its owner, `second-hand` from another page, `unchecked`.",
    ]
    for name, facts in dated():
        lines += ["", f"## {name}", "", "| what | source | looked at | status | |", "|---|---|---|---|---|"]
        lines += [
            f"| {one.place} | {one.url} | {one.checked_on} | {one.status} | {'old' if one.old(today) else ''} |"
            for one in facts
        ]
    return "\n".join(lines) + "\n"
