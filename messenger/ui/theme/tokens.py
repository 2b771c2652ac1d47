"""Reads assets/themes into frozen themes; refuses a file that lacks a role or holds something else than colours."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from PySide6.QtGui import QColor

from messenger import resources
from messenger.domain.errors import AssetRefused

NAMES = ("light", "dark", "cream", "contrast")
CHOICES = ("system", *NAMES)
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\Z")


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: a colour for every role. `pairs` are the text-on-ground pairs whose contrast is held by a test."""

    name: str
    dark: bool
    colours: Mapping[str, QColor]
    pairs: tuple[str, ...]

    def colour(self, role: str) -> QColor:
        """The colour of a role. Raises `KeyError` for a role that no theme has."""
        return self.colours[role]


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """One step of the type scale: size and line height in px at 100 %, weight, and space between letters in px."""

    size: int
    line: int
    weight: int
    letter_spacing: float = 0.0


@dataclass(frozen=True, slots=True)
class Shape:
    """What all themes share: type scale, font family and the mark's colours."""

    styles: Mapping[str, TypeStyle]
    families: tuple[str, ...]
    radii: Mapping[str, int]


def load(name: str) -> Theme:
    """Read a theme by name. Raises `AssetRefused` when the file is wrong, `FileNotFoundError` when it is not there."""
    file = f"themes/{name}.json"
    data = _object(file)
    colours = data.get("colours")
    if not isinstance(colours, dict) or not colours:
        raise AssetRefused(file, "colours", "no colours")
    read: dict[str, QColor] = {}
    for role, value in colours.items():
        if not isinstance(value, str) or not _COLOUR.match(value):
            raise AssetRefused(file, role, "not a colour")
        read[role] = QColor(value)
    pairs = tuple(str(pair) for pair in data.get("contrast", ()))
    for pair in pairs:
        for role in pair.split(" on "):
            if role not in read:
                raise AssetRefused(file, pair, "names a role that is not there")
    return Theme(str(data.get("name", name)), bool(data.get("dark", False)), MappingProxyType(read), pairs)


def load_shape() -> Shape:
    """Read the type scale. Raises `AssetRefused`."""
    file = "themes/shape.json"
    data = _object(file)
    try:
        styles = {
            key: TypeStyle(
                int(one["size"]), int(one["line"]), int(one["weight"]), float(one.get("letter_spacing", 0.0))
            )
            for key, one in data["type"].items()
        }
        radii = {key: int(value) for key, value in data["radii"].items()}
        families = tuple(str(one) for one in data["family"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AssetRefused(file, "type", "not a type scale") from error
    return Shape(MappingProxyType(styles), families, MappingProxyType(radii))


def contrast(front: QColor, ground: QColor) -> float:
    """The contrast ratio of two opaque colours, 1 to 21. Source: WCAG 2.2, relative luminance."""
    one, two = sorted((_luminance(front), _luminance(ground)), reverse=True)
    return (one + 0.05) / (two + 0.05)


def _luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        # 0.04045 is the sRGB standard's own limit.
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = linear(colour.redF()), linear(colour.greenF()), linear(colour.blueF())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _object(file: str) -> dict[str, Any]:
    try:
        data = json.loads(resources.read(file))
    except ValueError as error:
        raise AssetRefused(file, "", "not JSON") from error
    if not isinstance(data, dict):
        raise AssetRefused(file, "", "not an object")
    return data
