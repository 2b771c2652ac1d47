"""Links in messages: found in plain text, only four schemes, and opened only after the person saw the real host.

Sources: UTS 46 and RFC 3492 by `idna` for the host; security.md S35 for marks in the shown words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from messenger.i18n import tr
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext

SCHEMES = ("http", "https", "mailto", "xmpp")
_MAYBE = re.compile(r"://|mailto:|xmpp:|\w\.\w|\w@\w", re.IGNORECASE)
_LONGEST = 2_048  # characters; a longer address stays plain text
_SEARCHED = 6_000


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: code points `start` to `end`, and the address that it leads to."""

    start: int
    end: int
    url: str


def find(text: str) -> tuple[Link, ...]:
    """The links of a message, in order. Cheap for a text that has none."""
    text = text[:_SEARCHED]
    if not _MAYBE.search(text):
        return ()
    found: list[Link] = []
    for match in _finder().match(text) or ():
        url = match.url
        scheme = url.partition(":")[0].casefold()
        if scheme in SCHEMES and len(url) <= _LONGEST:
            found.append(Link(match.index, match.last_index, url))
    return tuple(found)


def host(url: str) -> str:
    """Where a link leads, as the network will read it: the host in ASCII (punycode), or the address of mail and chat."""
    parts = urlsplit(url)
    if parts.scheme in {"mailto", "xmpp"}:
        return visible(parts.path)
    try:
        name = parts.hostname or ""
        return name if name.isascii() else _ascii(name)
    except ValueError:
        return ""


def safe(url: str) -> bool:
    """Whether the link may be opened at all."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme.casefold() in SCHEMES and bool(host(url)) and url.isprintable()


def open_after_asking(ctx: ThemeContext, parent: QWidget, url: str, opened: Callable[[], None] | None = None) -> None:
    """Ask with the real place in sight, then hand the link to the desktop. The only place that opens a link.

    `opened` is called when the person said yes. A link that R15 would speak of is told with R15's reason.
    """
    from messenger.ui.widgets.ask import Question

    if not safe(url):
        return

    def go() -> None:
        QDesktopServices.openUrl(QUrl(url, QUrl.ParsingMode.TolerantMode))
        if opened is not None:
            opened()

    words, place, whole = _told(url)
    question = Question(
        ctx, parent, tr("Open this link?"), words, tr("Open"), go, filled=False, detail=place, whole=whole
    )
    question.open()


def _told(url: str) -> tuple[str, str, str]:
    """(words, the real site, the whole name where it is longer) of the question."""
    from messenger.safety import weblinks

    words, name = tr("This link leads out of Robin, to:"), host(url)
    if urlsplit(url).scheme in {"mailto", "xmpp"}:
        return words, name, ""
    odd = weblinks.judge(url)
    if odd is not None:
        words = f"{tr('The name of the site may not be what it seems.')} {link_reason(odd[1])} {words}"
    site = weblinks.site(name)
    return words, site, tr("The whole name is {name}").format(name=name) if site != name else ""


def link_reason(reason: str) -> str:
    """Why a link is one to look at twice; `reason` as `safety.weblinks` names it. '' where there is nothing to say."""
    words: Mapping[str, str] = {
        "number": tr("It is a number and not a name. You can not tell whose it is."),
        "user": tr("What stands before the @ sign is not the site."),
        "letters": tr("Some of the letters may look like others."),
        "short": tr("It is a short link. It does not show where it ends."),
        "program": tr("It may put a new program on this computer."),
        "looks": tr("It may look like a site you know, but it is not that one."),
        "broken": tr("The link is not made in the right way."),
    }
    return words.get(reason, "")


def _ascii(name: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        # What the rules refuse is shown as it really is, letter by letter.
        return name.encode("punycode").decode()


@lru_cache(maxsize=1)
def _finder() -> Any:
    from linkify_it import LinkifyIt

    finder = LinkifyIt({}, {"fuzzy_link": True, "fuzzy_email": True, "fuzzy_ip": False})
    finder.tlds("example", True)
    for scheme in ("ftp:", "//"):
        finder.add(scheme, None)
    finder.add("xmpp:", {"validate": _chat_address})
    return finder


def _chat_address(_self: Any, text: str, pos: int) -> int:
    match = re.match(r"[^\s<>\"'()]{3,512}", text[pos : pos + 512])
    return len(match.group().rstrip(".,;:!?")) if match else 0
