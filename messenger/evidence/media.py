"""Takes media out of text: evidence names pictures, it never holds their bytes (decisions.md 13).

Small pictures travel inside stanzas as base64 (XEP-0231, XEP-0264, vCards) and as `data:` addresses. What is taken
out leaves a note with its length and SHA-256, so that two copies of one file can still be told to be the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from messenger.evidence.canonical import b64u

_SPACE = r"(?:\s|&#x?[0-9A-Fa-f]{1,4};)+"
_RUN = re.compile(rf"[A-Za-z0-9+/_-]{{20,}}(?:{_SPACE}[A-Za-z0-9+/_-]{{20,}})*={{0,2}}")
# No two parts can match the same sign, or a stranger's text could take for ever.
_DATA_ADDRESS = re.compile(r"(data:[^,;\s\"'<>]{0,100}(?:;[^,;\s\"'<>]{0,100}){0,8},)([^\s\"'<>]{8,})", re.IGNORECASE)
_ANY_RUN_CHARS = 256
_MEDIA_RUN_CHARS = 64
# How files begin, in base64: PNG, GIF, JPEG, RIFF (WebP, WAV, AVI), ISO media (MP4, HEIC, AVIF), Matroska, Ogg, MP3,
# FLAC, PDF, ZIP, TIFF, SVG; and PNG, JPEG, GIF in hex.
_MEDIA_START = re.compile(
    r"iVBORw0KGg|R0lGOD[dl]h|/9j/|_9j_|UklGR|AAAA[A-Za-z0-9+/_-][GWm2]Z0eX|GkXfo|T2dnU|SUQz|ZkxhQ"
    r"|JVBERi|UEsDB|SUkqA|TU0AK|PHN2Z|89504[eE]470[dD]|[fF]{2}[dD]8[fF]{2}|474946383[79]61"
)
_TOKEN = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>|[^<]+|<")
_TAG_NAME = re.compile(r"</?\s*(?:[^\s/>:]+:)?([^\s/>:]+)")
_WRITTEN = frozenset({"body", "subject"})
_CIPHER = re.compile(r"xmlns(?::\w+)?\s*=\s*[\"'](?:eu\.siacs\.conversations\.axolotl|urn:xmpp:omemo:\d+)[\"']")


def media_free_text(text: str) -> tuple[str, int]:
    """What a person wrote, without pictures in it: `data:` addresses, and base64 or hex that begins as a file does.

    Returns the text and how many pieces were taken out. Long words that are not files stay.
    """
    return _strip(text, only_media=True)


def media_free_xml(xml: str) -> tuple[str, int]:
    """A stanza without media bytes, and how many pieces were taken out.

    Outside of `body` and `subject` every base64 run of 256 characters and more goes, whatever its element is called;
    OMEMO cipher text stays, since it is no picture until somebody with the key opens it.
    """
    if not _RUN.search(xml) and not _DATA_ADDRESS.search(xml):
        return xml, 0
    removed = 0
    parts: list[str] = []
    for token, keep_runs in _tokens(xml):
        text, count = _strip(token, only_media=keep_runs)
        parts.append(text)
        removed += count
    return "".join(parts), removed


def _tokens(xml: str) -> Iterator[tuple[str, bool]]:
    """Tags and texts in order; True for a text in which only what begins as a file is taken out."""
    open_tags: list[tuple[str, bool]] = []
    for match in _TOKEN.finditer(xml):
        token = match.group()
        if not token.startswith("<"):
            yield token, bool(open_tags) and (open_tags[-1][0] in _WRITTEN or open_tags[-1][1])
            continue
        yield token, False
        name = _TAG_NAME.match(token)
        if name is None:
            continue
        if token.startswith("</"):
            if open_tags:
                open_tags.pop()
        elif not token.endswith("/>"):
            inside = bool(open_tags) and open_tags[-1][1]
            open_tags.append((name.group(1), inside or _CIPHER.search(token) is not None))


def _strip(text: str, only_media: bool) -> tuple[str, int]:
    removed = 0

    def address(match: re.Match[str]) -> str:
        nonlocal removed
        removed += 1
        return match.group(1) + _note(match.group(2))

    def run(match: re.Match[str]) -> str:
        nonlocal removed
        whole = match.group()
        if not only_media and len(whole) >= _ANY_RUN_CHARS:
            removed += 1
            return _note(whole)
        start = _MEDIA_START.search(whole) if len(whole) >= _MEDIA_RUN_CHARS else None
        if start is None or len(whole) - start.start() < _MEDIA_RUN_CHARS:
            return whole
        removed += 1
        return whole[: start.start()] + _note(whole[start.start() :])

    text = _RUN.sub(run, _DATA_ADDRESS.sub(address, text))
    return text, removed


def _note(taken: str) -> str:
    return f"[media removed: {len(taken)} characters, SHA-256 {b64u(hashlib.sha256(taken.encode('utf-8')).digest())}]"
