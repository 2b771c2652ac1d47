"""Strict reading of the JSON files in assets/: whatever is wrong is refused, naming the file and the id.

Used by every loader of words and choices. Nothing here opens a file: bytes in, plain values out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NoReturn

from messenger.domain.errors import AssetRefused

_MISSING = object()
_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
LONGEST_TEXT = 600
"""Characters in one string of a data file: longer is a mistake or an attack."""
LARGEST_FILE = 512 * 1024
"""Bytes in one data file."""


class Reader:
    """One JSON object of a data file. Take its members by type, then call `done`, which refuses what nobody took."""

    def __init__(self, file: str, id: str, values: Mapping[str, object]) -> None:
        self.file = file
        self.id = id
        self._values = values
        self._taken: set[str] = {"$schema"}

    def refuse(self, reason: str) -> NoReturn:
        raise AssetRefused(self.file, self.id, reason)

    def _take(self, key: str, default: object) -> object:
        self._taken.add(key)
        value = self._values.get(key, default)
        if value is _MISSING:
            self.refuse(f"'{key}' is missing")
        return value

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without a default it must be there and not be empty."""
        value = self._take(key, _MISSING if default is None else default)
        if not isinstance(value, str):
            self.refuse(f"'{key}' must be text")
        if default is None and not value.strip():
            self.refuse(f"'{key}' has no words")
        if len(value) > LONGEST_TEXT:
            self.refuse(f"'{key}' is longer than {LONGEST_TEXT} characters")
        if value != value.strip():
            self.refuse(f"'{key}' begins or ends with a space")
        return value

    def word(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of the `allowed` words."""
        value = self.text(key, default)
        if value not in (known := tuple(allowed)):
            self.refuse(f"'{key}' is '{value}', not one of {', '.join(known)}")
        return value

    def url(self, key: str, default: str | None = None) -> str:
        value = self.text(key, default)
        if value and (not value.startswith("https://") or " " in value or "." not in value[8:]):
            self.refuse(f"'{key}' must be an https address")
        return value

    def date(self, key: str) -> str:
        value = self.text(key)
        if not _DATE.fullmatch(value) or not _is_day(value):
            self.refuse(f"'{key}' must be a date such as 2026-11-01")
        return value

    def whole(self, key: str, default: int | None = None, least: int = 0, most: int = 10_000) -> int:
        value = self._take(key, _MISSING if default is None else default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(f"'{key}' must be a whole number")
        if not least <= value <= most:
            self.refuse(f"'{key}' must be from {least} to {most}")
        return value

    def yes(self, key: str, default: bool = False) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            self.refuse(f"'{key}' must be true or false")
        return value

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of strings, each once."""
        value = self._take(key, _MISSING if required else [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self.refuse(f"'{key}' must be a list of texts")
        if len(set(value)) != len(value):
            self.refuse(f"'{key}' has the same text twice")
        if any(len(one) > LONGEST_TEXT for one in value):
            self.refuse(f"'{key}' has a text longer than {LONGEST_TEXT} characters")
        if required and not value:
            self.refuse(f"'{key}' is empty")
        return tuple(value)

    def words_of(self, key: str) -> dict[str, str]:
        """A small object of texts."""
        value = self._take(key, {})
        if not isinstance(value, dict) or not all(isinstance(one, str) and one for one in value.values()):
            self.refuse(f"'{key}' must be an object of texts")
        return dict(value)

    def child(self, key: str, required: bool = True) -> Reader | None:
        """The object at `key`, read under this object's id."""
        if not required and key not in self._values:
            return None
        value = self._take(key, _MISSING)
        if not isinstance(value, dict):
            self.refuse(f"'{key}' must be an object")
        return Reader(self.file, self.id, value)

    def children(self, key: str, required: bool = True) -> list[Reader]:
        """The objects in the list at `key`; an object with an ``id`` is named by it. A double id is refused."""
        value = self._take(key, _MISSING if required else [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.refuse(f"'{key}' must be a list of objects")
        if required and not value:
            self.refuse(f"'{key}' is empty")
        found: list[Reader] = []
        seen: set[str] = set()
        for index, one in enumerate(value):
            name = one.get("id")
            if isinstance(name, str) and name in seen:
                raise AssetRefused(self.file, name, "this id is there twice")
            if isinstance(name, str):
                seen.add(name)
            found.append(
                Reader(self.file, name if isinstance(name, str) and name else f"{self.id}.{key}[{index}]", one)
            )
        return found

    def done(self) -> None:
        """Refuses members that nobody took: most often a slip of the pen."""
        if unknown := sorted(set(self._values) - self._taken):
            self.refuse(f"'{unknown[0]}' is not known here")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice in one object")
    return found


def _number(value: str) -> NoReturn:
    raise ValueError(f"the number {value[:20]} is not allowed")


def parse(data: bytes, file: str) -> dict[str, object]:
    """The JSON object in `data`. Raises `AssetRefused` for anything that is not strict UTF-8 JSON with whole numbers."""
    if len(data) > LARGEST_FILE:
        raise AssetRefused(file, "file", f"larger than {LARGEST_FILE} bytes")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_number, parse_float=_number)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a surrogate pair has no place in a text
    except (ValueError, RecursionError) as why:
        raise AssetRefused(file, "file", f"not a JSON file: {why or type(why).__name__}") from None
    if not isinstance(value, dict):
        raise AssetRefused(file, "file", "must hold one object")
    return value


def open_reader(data: bytes, file: str) -> Reader:
    """A `Reader` over the whole file, named by the file's own id when it has one."""
    value = parse(data, file)
    name = value.get("id")
    return Reader(file, name if isinstance(name, str) and name else "file", value)
