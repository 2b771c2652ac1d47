"""Peer text made fit to show: control characters become visible marks, long runs are cut.

Source: security.md S29 and S35; the marks follow Unicode's own short names for the controls.
"""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QTextBoundaryFinder

# The eleven controls that reorder or hide text: ALM, LRM, RLM, LRE..RLO, LRI..PDI.
_MARKS = {
    0x061C: "ALM", 0x200E: "LRM", 0x200F: "RLM",
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO",
    0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI", 0x2069: "PDI",
}  # fmt: skip
_SHOWN = {code: f"\u27e8{name}\u27e9" for code, name in _MARKS.items()}
_FSI, _PDI = "\u2068", "\u2069"
NAME_LIMIT = 120


def has_hidden(text: str) -> bool:
    """Whether the text holds a direction control."""
    return any(ord(one) in _MARKS for one in text)


def visible(text: str, limit: int = NAME_LIMIT) -> str:
    """A name, address or title on one line: direction controls shown as marks, others dropped, cut at `limit`.

    The controls are not interpreted any more, so that a name cannot reorder what stands beside it.
    """
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    cut = text[: limit * 4]
    line = " ".join(cut.translate(_SHOWN).split())
    line = "".join(one for one in line if unicodedata.category(one) not in {"Cc", "Cs", "Co", "Cn"})
    return shorten(line, limit)


def isolate(text: str) -> str:
    """A name or address inside one of our sentences, kept from reordering the words around it (UAX 9)."""
    return text if text.isascii() else f"{_FSI}{text}{_PDI}"


def message_text(body: str) -> str:
    """A message body fit to lay out: direction controls as marks when there are any, odd line ends mended."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if text.isascii() and "\0" not in text:
        return text
    return _thin(text.translate(_SHOWN)).replace("\0", "")


def shorten(text: str, limit: int) -> str:
    """At most about `limit` characters, cut between letters as people see them, with an ellipsis."""
    if len(text) <= limit:
        return text
    # Qt counts in UTF-16 units, Python in code points.
    units = text[: limit + 64].encode("utf-16-le", "surrogatepass")
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text[: limit + 64])
    finder.setPosition(len(text[:limit].encode("utf-16-le", "surrogatepass")) // 2)
    at = finder.position() if finder.isAtBoundary() else finder.toPreviousBoundary()
    kept = units[: at * 2].decode("utf-16-le", "surrogatepass") if at > 0 else text[:limit]
    return kept.rstrip() + "\u2026"


def _thin(text: str, most: int = 4) -> str:
    """Drop combining marks beyond `most` in a row: piles of them paint over the lines around."""
    if not any(unicodedata.combining(one) for one in text[:20_000]):
        return text
    kept: list[str] = []
    run = 0
    for one in text:
        run = run + 1 if unicodedata.combining(one) else 0
        if run <= most:
            kept.append(one)
    return "".join(kept)
