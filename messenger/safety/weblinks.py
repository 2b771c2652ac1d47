"""R15: links whose real place is not what it seems. What counts is the name that somebody registered, not what stands before it.

Sources: RFC 3986 for the parts of a link, RFC 5891 for the names, the Public Suffix List for where a name begins to be
somebody's own. Nothing is looked up on the network.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from messenger.domain.lookalike import letters

_MAYBE = re.compile(r"[^\s<>\"']{1,2000}")
_SCHEME = re.compile(r"(?:https?|hxxps?|ftp)://", re.I)
_BARE = re.compile(r"(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?:[/?#:][^\s]*)?\Z")
_TRIM = ".,;:!?)]}'\"…"
_LONGEST = 4_000
_SHORT = frozenset({
    "bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "rebrand.ly", "cutt.ly", "shorturl.at",
    "tiny.cc", "rb.gy", "bl.ink", "s.id", "t.ly", "v.gd", "lnkd.in", "soo.gd", "adf.ly", "qr.ae", "trib.al",
    "dlvr.it", "mcaf.ee", "j.mp", "x.co", "clck.ru", "vk.cc", "u.to", "shorte.st", "bc.vc", "ouo.io", "1url.com",
    "tr.im", "n9.cl", "urlz.fr", "kutt.it", "lihi.cc", "reurl.cc", "did.li", "gg.gg", "chilp.it", "hyperurl.co",
    "short.io", "shrtco.de",
})  # fmt: skip
_RUNS = frozenset({
    "exe", "msi", "bat", "cmd", "com", "scr", "pif", "vbs", "vbe", "js", "jse", "jar", "ps1", "apk", "dmg", "pkg",
    "deb", "rpm", "app", "lnk", "hta", "reg", "iso", "img", "cab", "msix", "appimage", "desktop", "sh", "run",
    "command", "workflow", "xll", "docm", "xlsm", "pptm", "pyz", "pyzw",
})  # fmt: skip
_ENDS = frozenset(("com", "org", "net", "gov", "edu", "co", "uk"))
_JAPANESE = frozenset(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"))
"""Scripts that are written together; Latin ones of another script among them are no letters of a word."""
_DRAWN_ALIKE = frozenset("\u0131\u0251\u0261\u0269\u0262\u026a\u0280\u1d00\u1d04\u1d0f\u01c0")
"""Latin letters that hardly any language writes and that are drawn like others."""
_HOMES = frozenset({
    "live.com", "fandom.com", "wikipedia.org", "googleapis.com", "office.com", "office365.com", "reddit.com", "apple.com",
    "steampowered.com", "google.com", "microsoft.com",
})  # fmt: skip
"""Sites whose owner keeps pages under the names of others, or of its own products."""
_KNOWN = frozenset({
    "paypal", "google", "facebook", "instagram", "snapchat", "whatsapp", "apple", "icloud", "microsoft", "amazon",
    "netflix", "roblox", "discord", "steam", "youtube", "tiktok", "twitter", "ebay", "spotify", "fortnite",
    "epicgames", "hmrc", "barclays", "hsbc", "lloyds", "natwest", "santander", "monzo", "revolut", "nintendo",
    "xbox", "playstation", "minecraft", "telegram", "outlook", "office365", "dropbox", "linkedin", "royalmail",
    "dpd", "evri", "usps", "fedex",
})  # fmt: skip
_FIGURES = str.maketrans("0135", "oles")


@dataclass(frozen=True, slots=True)
class RiskyLink:
    """A link with a reason to look twice. `site` is the registered name (or address) that it really leads to."""

    start: int
    end: int
    site: str
    reason: str


def find(raw: str) -> RiskyLink | None:
    """The first risky link of a message, or None."""
    if "." not in raw and "://" not in raw and "。" not in raw:
        return None
    for start, end, url in _links(raw[:_LONGEST]):
        found = judge(url)
        if found is not None:
            return RiskyLink(start, end, *found)
    return None


def _links(raw: str) -> Iterator[tuple[int, int, str]]:
    for match in _MAYBE.finditer(raw):
        piece = match.group()
        scheme = _SCHEME.search(piece)
        begin = scheme.start() if scheme else len(piece) - len(piece.lstrip("([{'\"<"))
        url = piece[begin:].rstrip(_TRIM)
        if scheme:
            yield match.start() + begin, match.start() + begin + len(url), "http" + url[url.index("://") :]
        elif "." in url and _BARE.match(url) and (_is_name(url) or _disguised(url)):
            yield match.start() + begin, match.start() + begin + len(url), "http://" + url


def _is_name(url: str) -> bool:
    """Whether this is a name on the web and not a file or a slip of a full stop: it ends in a suffix that exists."""
    host = re.split(r"[/?#:]", url, maxsplit=1)[0].rstrip(".")
    ending = host.rpartition(".")[2].casefold()
    try:
        return bool(_suffixes().publicsuffix(_ascii(host), accept_unknown=False)) and ending not in FILES
    except ValueError:
        return False


def _disguised(url: str) -> bool:
    """Whether a name without a suffix that exists shows a disguise all the same: punycode, look-alike letters, an ending inside."""
    host = re.split(r"[/?#:]", url, maxsplit=1)[0].rstrip(".")
    labels = host.casefold().split(".")
    inside = len(labels) > 3 and any(label in _ENDS for label in labels[1:-1])
    web = labels[0] == "www" or "/" in url or "xn--" in host.casefold()
    return web and (_strange(host) or inside)


FILES = frozenset({
    "md", "py", "zip", "mov", "txt", "doc", "docx", "pdf", "jpg", "png", "mp3", "mp4", "csv",
})  # fmt: skip
"""Endings of files that are endings of sites too: without http in front, people mean the file."""


def judge(url: str) -> tuple[str, str] | None:
    """(site, reason) of a risky address, else None."""
    try:
        parts = urlsplit(url)
        host, user, path = (parts.hostname or "").rstrip("."), parts.username, parts.path
    except ValueError:
        return url[:60], "broken"
    if not host:
        return None
    if _is_address(host):
        return host, "number"
    try:
        name = _ascii(host)
    except ValueError:
        return host, "letters"
    site = _suffixes().privatesuffix(name) or name
    if user is not None:
        return site, "user"
    if _strange(host):
        return site, "letters"
    if site in _SHORT or name in _SHORT:
        return site, "short"
    ending = path.rpartition("/")[2].rpartition(".")
    if ending[0] and ending[1] and ending[2].casefold() in _RUNS:
        return site, "program"
    return (site, "looks") if _pretends(name, site) else None


def site(name: str) -> str:
    """The registered name that a host (ASCII) belongs to, or the host itself where there is none: an address, a name at home."""
    if _is_address(name):
        return name
    return _suffixes().privatesuffix(name) or name


def _strange(host: str) -> bool:
    """Letters of other scripts among Latin ones, or a punycode label that looks Latin."""
    if host.isascii():
        return any(label.startswith("xn--") and _looks_latin(label) for label in host.lower().split("."))
    return any(not label.isascii() and _looks_latin(label) for label in host.split("."))


def _looks_latin(label: str) -> bool:
    if label.lower().startswith("xn--"):
        try:
            label = label[4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError):
            return True
    scripts = {unicodedata.name(ch, "?").split()[0] for ch in label if ch.isalpha()} - {"FULLWIDTH"}
    if len(scripts) > 1:
        return not scripts <= _JAPANESE
    if scripts == {"LATIN"} and any(ch in _DRAWN_ALIKE for ch in label.casefold()):
        return True
    return scripts != {"LATIN"} and letters(label.casefold()).isascii()


def _pretends(name: str, site: str) -> bool:
    """A well-known name where it does not belong: before another's name, with letters swapped, or with an ending inside."""
    before = name[: -len(site)].rstrip(".") if name != site else ""
    labels = before.split(".") if before else []
    own = site.partition(".")[0]
    if site in _HOMES:
        return False
    if len(labels) >= 2 and any(label in _ENDS for label in labels):
        return True
    if not (_KNOWN - {own}).isdisjoint(re.split(r"[.-]", before)):
        return True
    pieces = own.split("-")
    if len(pieces) > 1 and not _KNOWN.isdisjoint(pieces):
        return True
    plain = _plain(own)
    return plain != own and not _KNOWN.isdisjoint((plain, *map(_plain, pieces)))


def _plain(label: str) -> str:
    return label.replace("rn", "m").replace("vv", "w").translate(_FIGURES)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.isdigit() or bool(re.fullmatch(r"0x[0-9a-f]+", host))
    return True


def _ascii(host: str) -> str:
    """The name as the network reads it. Raises `ValueError` for one that cannot be."""
    if host.isascii():
        return host.lower()
    import idna

    return idna.encode(host, uts46=True).decode("ascii")


@lru_cache(maxsize=1)
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
