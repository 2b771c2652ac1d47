"""Draws the officers' pages: templates with autoescape, icons, the style sheet and the fonts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from messenger import resources
from messenger.desk import triage
from messenger.i18n import ntr, tr, trd

PAGES = Path(__file__).parent / "pages"
_NAME = re.compile(r"[a-z0-9-]{1,40}")
_FONTS = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")
_DAY = "max-age=86400"


class Looks:
    """One desk's templates."""

    def __init__(self, desk_name: str) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(PAGES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(
            _=trd, tr=tr, ntr=ntr, icon=icon, mark=mark, desk_name=desk_name, triage=triage, initials=initials, tone=tone
        )

    def page(self, name: str, values: Mapping[str, Any], status: int = 200) -> Response:
        """The page ``<name>.html`` with `values`; everything in them is escaped."""
        text = self._templates.get_template(f"{name}.html").render(values)
        return Response(text, status, media_type="text/html")

    def styles(self) -> Response:
        return Response((PAGES / "desk.css").read_bytes(), headers={"Cache-Control": _DAY}, media_type="text/css")

    def font(self, name: str) -> Response | None:
        """A font of the pages, or None."""
        if name not in _FONTS:
            return None
        data = resources.read(f"fonts/{name}")
        return Response(data, headers={"Cache-Control": _DAY}, media_type="font/ttf")

    def mark(self) -> Response:
        """Robin's mark, for the browser's tab."""
        return Response(resources.read("icons/robin.svg"), headers={"Cache-Control": _DAY}, media_type="image/svg+xml")


@cache
def icon(name: str, size: int = 18) -> Markup:
    """An icon of our own assets, drawn into the page; it is for the eye only, words stand beside it."""
    if not _NAME.fullmatch(name):
        raise ValueError("icon")
    text = resources.read(f"icons/{name}.svg").decode("utf-8")
    inner = text[text.index(">") + 1 : text.rindex("</svg>")]
    stroke = "2" if size <= 16 else "1.75"
    return Markup(  # noqa: S704 - our own file, no value of anybody's
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        f' stroke-width="{stroke}" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"'
        f' focusable="false">{inner}</svg>'
    )


@cache
def mark(size: int = 32) -> Markup:
    """Robin's mark, drawn into the page."""
    text = resources.read("icons/robin.svg").decode("utf-8")
    inner = re.sub(r"<title>.*?</title>", "", text[text.index(">") + 1 : text.rindex("</svg>")])
    return Markup(  # noqa: S704 - our own file, no value of anybody's
        f'<svg width="{size}" height="{size}" viewBox="0 0 64 64" aria-hidden="true" focusable="false">{inner}</svg>'
    )


def initials(name: str) -> str:
    """Two letters for an officer's round picture."""
    parts = name.split()
    return (parts[0][:1] + (parts[-1][:1] if len(parts) > 1 else "")).upper()


def tone(name: str) -> int:
    """Which of the seven picture colours a name has: always the same one."""
    return sum(name.encode("utf-8")) % 7 + 1
