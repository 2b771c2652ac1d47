"""Looks for planted words in everything that a run leaves behind, in every spelling that a computer would use."""

from __future__ import annotations

import base64
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote


def spellings(words: str) -> dict[str, bytes]:
    """The ways in which these words may stand in a file: UTF-8, UTF-16, base64 at each place, hex, per cent, JSON."""
    found: dict[str, bytes] = {}
    for name, raw in (("utf-8", words.encode()), ("utf-16", words.encode("utf-16-le")), ("utf-16-be", words.encode("utf-16-be"))):
        found[name] = raw
        found[f"{name} hex"] = raw.hex().encode()
        found[f"{name} HEX"] = raw.hex().upper().encode()
        for shift in range(3):
            # What stands before and behind changes the first and the last letters: those are left out.
            coded = base64.b64encode(bytes(shift) + raw)
            middle = coded[-(-shift * 4 // 3) : len(coded) - 4]
            found[f"{name} base64 {shift}"] = middle
            found[f"{name} base64url {shift}"] = middle.translate(bytes.maketrans(b"+/", b"-_"))
    found["per cent"] = quote(words, safe="").encode()
    found["per cent plus"] = quote(words, safe="").replace("%20", "+").encode()
    found["json"] = words.encode("unicode_escape").replace(rb"\x", rb"\u00")
    return found


def files(roots: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Every file below these folders with its bytes, and every name."""
    for root in roots:
        for path in (root, *root.rglob("*")):
            yield f"name of {path}", str(path).encode()
            try:
                if stat.S_ISREG(path.lstat().st_mode):
                    yield str(path), path.read_bytes()
            except (FileNotFoundError, PermissionError):
                continue


def process(pid: int) -> Iterator[tuple[str, bytes]]:
    """What others of this computer can read of a running program, and files that it holds open without a name."""
    place = Path(f"/proc/{pid}")
    for name in ("cmdline", "environ", "comm"):
        yield f"{name} of {pid}", (place / name).read_bytes()
    for link in (place / "fd").iterdir():
        try:
            target = str(link.readlink())
            yield f"open {target}", target.encode()
            if "(deleted)" in target and stat.S_ISREG(link.stat().st_mode):
                yield f"open {target}", link.read_bytes()
        except OSError:
            continue


def hits(planted: dict[str, str], found: Iterable[tuple[str, bytes]]) -> list[str]:
    """Where a planted word stands: what, how it is spelt, and the place."""
    wanted = [(what, how, raw) for what, words in planted.items() for how, raw in spellings(words).items()]
    return [f"{what} in {how} in {place}" for place, raw in found for what, how, needle in wanted if needle in raw]
