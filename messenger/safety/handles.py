"""R2: the person's own e-mail address or name in another app, by what it looks like and whose it is.

A name in an app is told by its shape ("kat.x_09", "GrumpyOtter", "@kat"), by a word for an app or for such a name near it, and
by a word that says whose it is. Addresses of an office (info@, support@) and other people's names are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from messenger.safety.words import LONGEST, Text

_MAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@(?:[\w-]{1,63}\.){1,6}[^\W\d_]{2,24}(?!\w)")
_MAKERS = "gmail|g mail|hotmail|outlook|yahoo|icloud|proton\\w{0,8}|aol|gmx|msn|btinternet|googlemail|ymail"
_SPOKEN = re.compile(
    r"\b([\w.+-]{2,64}) {0,2}(?:\(at\)|\[at\]|\{at\}|<at>|@| at ) {0,2}"
    rf"(?:(?:{_MAKERS})\b(?:(?: ?dot ?| ?\. ?)(?:com|co|net|org|uk|me))?"
    r"|[\w-]{2,40} {0,2}(?:\(dot\)|\[dot\]|\{dot\}|<dot>| dot |\.) {0,2}[a-z]{2,8}\b)", re.I,
)  # fmt: skip
_IDS = re.compile(
    r"\b(?:(?:friend|trainer|player|game|clan|switch|party|gamer|profile|my|user) (?:code|id|uid|tag|pin)|uid|bbm)\b[^\d\n]{0,14}"
    r"(?:SW-)?\d[\d -]{6,18}\d", re.I,
)  # fmt: skip
_TOLD = re.compile(r"\b[\w.]{2,30} (?:underscore|(?:dot|dash|hyphen) (?!com\b)) ?[\w.]{1,30}", re.I)
_BRACKET = re.compile(r"[(\[{<]at[)\]}>]", re.I)
_PROFILE = re.compile(
    r"\b(?:instagram\.com|snapchat\.com/add|tiktok\.com|discord\.gg|t\.me|wa\.me|facebook\.com|twitter\.com|x\.com|kik\.me|discord\.com/users"
    r"|bsky\.app/profile|threads\.net|twitch\.tv|steamcommunity\.com/id|reddit\.com/u(?:ser)?|fb\.me|m\.me)/(?!p/|reel|watch|explore|r/|help|about"
    r"|legal|privacy|login|hashtag|search)@?[\w.-]{3,40}", re.I,
)  # fmt: skip
_TOKEN = re.compile(r"live:[\w.]+|(?:(?!->)[^\s,;!?()\[\]\"“”<>:=~|/→➡])+")
_LINKS = re.compile(r"https?://\S+|www\.\S+|(?<![\w-])(?<![\w-]\.)[\w-]+(?:\.[\w-]+)+/\S*", re.I)
_COLON = re.compile(r"[:=~|>→➡]|\s[-–—]+\s|\.\.\.")
_LONG = 11
_NO_SHAPE = re.compile(
    r"\d[\d.,:/%-]*(?:st|nd|rd|th|am|pm|k|m|km|kg|g|gb|mb|tb|x|p|s"
    r"|h|hr|hrs|min|mins|ml|l|cm|mm|ft|hp|xp|v|w|d|yo|yr|yrs|c|f|px|fps|ghz|hz)?"
    r"|[a-z]{1,3}\d{1,3}|\d{1,2}v\d{1,2}|(?:gr8|m8|b4|l8r|w8|h8|2day|2moro|2nite|4ever|mp[34]|ps[1-5]|covid19)"
    r"|u\d+s|[a-z]+\.{2,}[a-z]*|[a-z]\.[a-z]\.?"
    r"|[ei]\.[ge]\.?|[\w-]+\.(?:com|org|net|uk|py|txt|pdf|jpg|png|exe|js|io|html?|tv|gg|mp3|mp4|docx?|md)(?:/.*)?"
    r"|https?:.*|www\..*|r/\w+", re.I,
)  # fmt: skip
_ODD = re.compile(r"[^\W\d_]\d|\d[^\W\d_]|\w[._]\w|[@#]|[a-z][A-Z]| by ")
_FILE_NAME = re.compile(r"[a-z][\w-]{2,24}\.(?:exe|mp[34]|png|jpe?g|gif|txt|py|js|pdf|zip|docx?)")
_HYPHENS = re.compile(r"[A-Za-z]{3,}(?:-[A-Za-z]{3,}){2,3}|[A-Za-z]{3,}(?:-[A-Za-z]{3,}){0,2}-\d{1,4}")
_TAGGED = re.compile(r"[A-Za-z][\w .]{2,20}#\w{3,6}|[A-Z][a-z]+[A-Z]\w+-\w{1,6}")
_CAMEL = re.compile(r"[A-Z]?[a-z0-9]+[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\Z")
_END = r"x?(?=$|[.,]|[omvt])"
_FRAMES = tuple(
    re.compile(one + _END)
    for one in (
        r"L(?P<name>x)s?s?",
        r"y[ang]*o?a?(?:[an]:?lt?|[an]:|g[:l]?)n?(?P<name>x)",
        r"(?:a+[ng]+|g)[ng]*(?:oa)?[:l]l?t?(?P<name>x)",
        r"[ag]+:l?(?P<name>x)",
        r"(?:^|[.,])g(?P<name>x)",
        r"(?:ml?t?|[lng]|v+)(?P<name>x)(?=o[ag])",
        r"[ag][.,]?(?:Ml|M:)(?P<name>x)",
        r"o[ag]mt?(?P<name>x)",
        r"v+l?[oy]+[ag][,:]?(?P<name>x)",
        r"y[ag],?ml?(?P<name>x)",
        r"(?:^|[.,])n:(?P<name>x)",
        r"a(?:o|s)?[lm]l?tn(?P<name>x)",
        r"t[gn]o?[xs],?:?(?P<name>x)",
        r"[ag],?ml(?P<name>x)",
        r"v+(?P<name>x)ot[ag]",
        r"^y[ag]\.(?P<name>x)",
    )
)
_AROUND = 14
Token = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language that this rule reads by: the lists `handles` of assets/phrases."""

    roles: frozenset[str]
    apps: frozenset[str]
    nouns: frozenset[str]
    link: frozenset[str]
    own: frozenset[str]
    others: frozenset[str]
    asks: frozenset[str]
    status: frozenset[str]
    tolds: frozenset[str]
    numbered: frozenset[str]
    brands: frozenset[str]
    tags: frozenset[str]
    persons: frozenset[str]
    things: frozenset[str]
    me: frozenset[str]
    no_name: frozenset[str]
    endings: frozenset[str]
    frame_my: frozenset[str]
    frame_im: frozenset[str]
    frame_link: frozenset[str]
    frame_on: frozenset[str]
    frame_add: frozenset[str]
    frame_name: frozenset[str]
    frame_still: frozenset[str]


def find(w: Words, text: Text) -> tuple[int, int] | None:
    """The characters of an own address or name in an app, or None."""
    raw = text.raw[:LONGEST]
    low = raw.lower()
    found = _mail(w, raw) if "@" in raw or " at " in low or "at)" in low or "at]" in low else None
    if found:
        return found
    if "." in raw and "/" in raw:
        match = _PROFILE.search(raw)
        if match and not _others(w, _words(raw[max(0, match.start() - 80) : match.start()])):
            return match.span()
    words = {one.text for one in text.words}
    told = (
        _TOLD.search(raw)
        if words & w.tolds and words & (w.apps | w.nouns | w.own)
        else _IDS.search(raw)
        if words & w.numbered
        else None
    )
    if told:
        return told.span()
    if not (words & w.apps or words & w.nouns or words & w.tags or _ODD.search(raw)):
        return None
    return _handle(w, raw) or _spelt(w, text)


def _words(raw: str) -> list[str]:
    return [match.group().casefold().strip(".:'’") for match in _TOKEN.finditer(raw)]


def _others(w: Words, before: list[str]) -> bool:
    """Whether the last words before say that the name is another's."""
    near = before[-6:]
    mine = max((at for at, one in enumerate(near) if one in ("my", "mine", "me", "im", "i'm", "i")), default=-1)
    theirs = max(
        (at for at, one in enumerate(near) if one in w.others | w.asks and "not" not in near[max(0, at - 2) : at]),
        default=-1,
    )
    return theirs > mine or (theirs >= 0 and theirs == mine + 1)


def _owned(w: Words, before: list[str]) -> bool:
    """Whether the words before an e-mail address say that it is another person's."""
    near = before[-5:]
    for back, one in enumerate(reversed(near)):
        if one in ("my", "mine", "me", "im", "i'm") and back < 3:
            return False
        if one in w.persons or (one.endswith(("'s", "’s")) and one[:-2] not in w.things):
            return True
    return False


def _mail(w: Words, raw: str) -> tuple[int, int] | None:
    for match in _MAIL.finditer(raw):
        before = _words(raw[max(0, match.start() - 80) : match.start()])
        office = match.group(1).casefold() in w.roles
        made_up = re.match(
            r"[\s,]*(?:is|was)(?: \w+)? (?:made|fake|an? example|not real|a scam)", raw[match.end() :], re.I
        )
        if not (office or made_up or _owned(w, before) or before[-1:] in (["from"], ["like"])):
            return match.span()
    for match in _SPOKEN.finditer(raw):
        before = _words(raw[max(0, match.start() - 80) : match.end()])
        own = {"my", "mine", "me", "email", "mail", "gmail", "hotmail", "im", "i'm", "send", "its", "it's", "i"} & set(
            before
        )
        if (
            match.group(1).casefold() not in w.roles
            and not _owned(w, before[:-1])
            and (own or _BRACKET.search(match.group()))
        ):
            return match.span()
    return None


def _handle(w: Words, message: str) -> tuple[int, int] | None:
    raw = _LINKS.sub(lambda match: " " * len(match.group()), message) if "/" in message or "www" in message else message
    tokens = [(match.group().rstrip(".:*'’"), match.start(), match.end()) for match in _TOKEN.finditer(raw)]
    words = [one[0].casefold().strip("*'’:.") for one in tokens]
    own, me = not w.own.isdisjoint(words), not w.me.isdisjoint(words)
    for at, (token, start, _end) in enumerate(tokens):
        shape = _shape(w, token) or _like_a_file(w, words, at)
        if shape and _is_own(w, words, at, shape, own) and not _taken(w, words, at, me):
            return start, start + len(token)
    return _plain_name(w, tokens, words, raw, me)


def _shape(w: Words, token: str) -> int:
    """3: looks like nothing but a name in an app; 2: may be one; 1: a long word; 0: no."""
    bare = token.lstrip("@#*")
    if len(bare) < 3 or "@" in bare or _NO_SHAPE.fullmatch(bare) or bare.casefold() in w.brands:
        return 0
    if token[0] == "@":
        return 3
    inner = re.search(r"[^\W_][._][^\W_]|_", bare)
    letters, digits = any(ch.isalpha() for ch in bare), any(ch.isdigit() for ch in bare)
    if (inner and letters and ".." not in bare) or (
        letters and digits and re.search(r"[^\W\d_]{3}", bare) and "-" not in bare
    ):
        return 3
    if token[0] == "#":
        return 2 if letters and digits else 0
    if (
        _CAMEL.match(bare)
        or _TAGGED.fullmatch(bare)
        or _HYPHENS.fullmatch(bare)
        or (re.fullmatch(r"[a-z]{4,}-[a-z]{4,}", bare) and not bare.endswith(tuple(w.endings)))
        or re.match(r"live:[\w.]{3,}", bare)
        or re.fullmatch(r"SW-\d{4}-\d{4}-\d{4}", bare)
    ):
        return 2
    low = bare.casefold()
    return 1 if low.isalpha() and len(low) >= _LONG and not low.endswith(tuple(w.endings)) else 0


def _like_a_file(w: Words, words: list[str], at: int) -> int:
    """3 for a name that looks like that of a file, behind the word for an app: "sc is jellybaby.mp4"; else 0."""
    before = words[max(0, at - 3) : at]
    return 3 if _FILE_NAME.fullmatch(words[at]) and any(one in w.apps for one in before) else 0


def _is_own(w: Words, words: list[str], at: int, shape: int, own: bool) -> bool:
    """Whether the words around say that this is a name in an app, and that it is the person's own."""
    near = words[max(0, at - _AROUND) : at + 1 + _AROUND]
    before = words[max(0, at - 5) : at]
    app = any(one in w.apps for one in near)
    noun = any(one in w.nouns for one in before)
    linked = bool(before) and (before[-1] in w.link or words[at - 1] in w.apps)
    if shape == 1:
        named = any(one in w.nouns for one in words[max(0, at - _AROUND) : at])
        return (linked and (app or noun) and (own or noun)) or (app and named and at + 1 == len(words))
    if app or noun:
        return own or linked or any(one in w.apps or one in w.nouns for one in before)
    return own and (
        shape == 3 or (shape == 2 and bool(before) and before[-1] in ("as", "under", "called", "name", "is"))
    )


def _taken(w: Words, words: list[str], at: int, me: bool) -> bool:
    """Whether the name is another's: "her insta is ...", "is this ur snap ...", "i watch ...", a mention at the beginning."""
    if (
        _others(w, words[max(0, at - 6) : at])
        or w.no_name & set(words[max(0, at - 6) : at + 6])
        or w.asks & set(words[at + 1 : at + 3])
    ):
        return True
    watched = {
        "watch",
        "watching",
        "follow",
        "following",
        "followed",
        "watched",
        "saw",
        "see",
        "play",
        "playing",
    } & set(words[max(0, at - 3) : at])
    return bool(watched) and not me


def _plain_name(w: Words, tokens: list[Token], words: list[str], raw: str, me: bool) -> tuple[int, int] | None:
    """An ordinary word that stands as a name: "my snap is kate", "gtag: SoggyChip", "find toastlord on kik"."""
    if not any(one in w.apps or one in w.nouns or one in w.tags for one in words):
        return None
    kinds, places = [], []
    for at, (token, start, _end) in enumerate(tokens):
        after = raw[start + len(token) : tokens[at + 1][1]] if at + 1 < len(tokens) else ""
        kind = _kind(w, words, at)
        kinds.append(kind)
        places += [at] * len(kind)
        mark = ":" if _COLON.search(after) else "." if set(after) & set(".!?\n") else "," if after.strip() else ""
        kinds.append(mark)
        places += [at] * len(mark)
    line = "".join(kinds)
    for frame in _FRAMES:
        for match in frame.finditer(line):
            at = places[match.start("name")]
            if not _others(w, words[max(0, at - 6) : at]) and not _taken(w, words, at, me):
                return tokens[places[match.start()]][1], tokens[at][1] + len(tokens[at][0])
    return None


def _kinds(
    w: Words,
) -> tuple[tuple[str, frozenset[str]], ...]:
    """The letters of a frame with their words."""
    return (
        ("y", w.frame_my), ("M", frozenset(("mine",))), ("m", w.frame_im), ("l", w.frame_link), ("o", w.frame_on),
        ("v", w.frame_add), ("g", w.tags), ("a", w.apps), ("n", w.frame_name), ("t", w.frame_still),
    )  # fmt: skip


def _kind(w: Words, words: list[str], at: int) -> str:
    """One letter for what a word is in a frame; a sign of its own is a link."""
    word = words[at]
    for letter, kind in _kinds(
        w,
    ):
        if word in kind:
            return letter
    if word == "by" and at and words[at - 1] in ("go", "goes"):
        return "L"
    if word.endswith(("'s", "’s")) and word[:-2] in w.apps:
        return "al"
    if word.endswith(("'s", "’s")) and (word[:-2] in w.nouns or word[:-2] in w.tags):
        return "gl"
    return "x" if _may_be_name(w, word) else "s"


def _may_be_name(w: Words, word: str) -> bool:
    return (
        len(word) > 2
        and word[0].isalpha()
        and word not in w.status
        and not word.endswith(("ing", "ed"))
        and word.isalnum()
    )


def _spelt(w: Words, text: Text) -> tuple[int, int] | None:
    """A name that is written letter by letter after the word for an app: "snap is m i l k y"."""
    words = text.words
    for at, one in enumerate(words):
        if one.end - one.start >= 2 * len(one.text) - 1 and len(one.text) > 3:
            before = [two.text for two in words[max(0, at - 3) : at]]
            named = any(two in w.apps or two in w.nouns for two in before) and before[-1] in w.link | w.apps
            after = [two.text for two in words[at + 1 : at + 3]]
            if named or (after[:1] == ["on"] and after[1:] and after[1] in w.apps):
                return one.start, one.end
    return None
