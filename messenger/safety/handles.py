"""R2: the person's own e-mail address or name in another app, by what it looks like and whose it is.

A name in an app is told by its shape ("kat.x_09", "GrumpyOtter", "@kat"), by a word for an app or for such a name near it, and
by a word that says whose it is. Addresses of an office (info@, support@) and other people's names are left alone.
"""

from __future__ import annotations

import re

from messenger.safety.lists import words_of
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
_ROLES = words_of(
    "info support noreply no-reply donotreply admin office contact hello help helpdesk sales enquiries enquiry tickets root press "
    "team feedback mail webmaster postmaster abuse security user someone somebody name you your yourname me bookings booking "
    "reception news newsletter jobs careers billing accounts service services customerservice privacy legal marketing events orders "
    "returns shop membership library head school example test git noreply1 no_reply do-not-reply report reports safeguarding pi "
    "ubuntu hr it secretary parents complaints"
)
_PROFILE = re.compile(
    r"\b(?:instagram\.com|snapchat\.com/add|tiktok\.com|discord\.gg|t\.me|wa\.me|facebook\.com|twitter\.com|x\.com|kik\.me|discord\.com/users"
    r"|bsky\.app/profile|threads\.net|twitch\.tv|steamcommunity\.com/id|reddit\.com/u(?:ser)?|fb\.me|m\.me)/(?!p/|reel|watch|explore|r/|help|about"
    r"|legal|privacy|login|hashtag|search)@?[\w.-]{3,40}", re.I,
)  # fmt: skip
_APPS = words_of(
    "snap snapchat sc insta instagram ig gram whatsapp watsapp wapp telegram tele tg kik discord disc dc signal viber wechat wickr "
    "skype facetime messenger fb facebook tiktok tt omegle zoom twitch steam threema imessage yubo wizz hoop bigo twitter reddit "
    "psn xbox gamertag gtag gt pinterest roblox rblx geneva duolingo threads strava bsky bluesky minecraft mc vsco switch nintendo "
    "tumblr line clash brawl wattpad bereal fortnite epic spotify soundcloud youtube yt mastodon email gmail hotmail outlook yahoo "
    "icloud finsta spam lichess chess kahoot letterboxd goodreads deviantart artstation github gitlab ao3 itch valorant riot "
    "overwatch battlenet ea uplay genshin rocket apex cod fifa lol league clubhouse parler weibo qq kakao kakaotalk hangouts lemon8 "
    "locket saturn ngl tellonym curiouscat poparazzi houseparty depop vinted etsy garmin fitbit peloton scratch quizlet prodigy "
    "animaljam moviestarplanet habbo imvu vrchat recroom among starmaker smule likee triller patreon kofi linktree carrd tinder x "
    "fbook sn snapp instagr insta's snap's watsap matrix element session jami"
)
_NOUNS = words_of(
    "username usernames user handle ign gamertag gtag tag id acc account profile alt main nickname screenname usr uname nick code "
    "name called @"
)
_LINK = words_of("is its as under called named name username handle = : - -> by user tag id it was my @ still")
_OWN = words_of(
    "i im i'm my mine mine's mines me ive i've am ill i'll mee myself our ours us add find follow dm msg message hmu here's heres "
    "it's its same"
)
_OTHERS = words_of(
    "his her their theirs hers he she they he's she's who whose schools school's club's clubs teacher teacher's "
    "mum's mums mom's moms dad's dads sister's sisters brother's brothers cousin's cousins friend's friends mate's mates uncle's "
    "aunt's celeb band zoo character's guess hacker scam scammer pretended "
    "pretending official fan account's cat's dog's nan's gran's teams team's "
    "famous streamer youtuber"
)
_ASKS = words_of("your ur you're youre yours")
_STATUS = words_of(
    "is was down up off on back dead laggy lagging private hacked full gone open public old new better best boring loading slow "
    "crashing glitching glitchy updating playing not no so too just always really the a an in at for out now here there broken "
    "banned deleted locked empty fine good bad cool fun great weird mad crazy annoying rubbish trash awful set still also only "
    "mostly all about like because cus cos and but or if when with without by from to of it that this what who how why where "
    "blocked stuck acting being doing getting going having working yes yeah secret called never ever over again already almost "
    "quite very super toxic different same wrong right ready cursed lit dry messy popular free cheap tired bored sick hungry sorry "
    "sad happy late famous terrible obsessed addicted live tonight later pls please quick asap after thx k x anyway lol lmao haha "
    "tho though bro mate today tomorrow tmrw yet soon sometimes often everyday maybe much more less first last next years sus lame "
    "huge long short blue red green black white pink purple dark light worse worst them him her us you u i he she we they people "
    "friends everyone someone anyone nobody one two ten time safe home school work bed away around real fake dumb stupid silly hard "
    "easy online offline mates cats dogs memes videos pics photos stories streaks needs broke sucks lags works stopped crashed went "
    "looks feels has have had does did do can cant wont will would should could isnt arent doesnt dont didnt got get makes made "
    "keeps kept says said expensive nothing everything anything something mine yours hers his ours theirs verified shut closed "
    "taking kind kinda literally my your"
)
_TOKEN = re.compile(r"live:[\w.]+|[^\s,;!?()\[\]\"“”<>:=~|/→➡]+")
_LINKS = re.compile(r"https?://\S+|www\.\S+|[\w-]+(?:\.[\w-]+)+/\S*", re.I)
_COLON = re.compile(r"[:=~|>→➡]|\s[-–—]+\s|\.\.\.")
_LONG = 11
_ENDINGS = (
    "tion",
    "ing",
    "ness",
    "ment",
    "ally",
    "able",
    "ible",
    "sion",
    "ity",
    "ship",
    "logy",
    "ology",
    "ions",
    "ments",
    "ted",
    "ious",
    "ally",
    "istic",
    "graphy",
)
_NO_SHAPE = re.compile(
    r"\d[\d.,:/%-]*(?:st|nd|rd|th|am|pm|k|m|km|kg|g|gb|mb|tb|x|p|s"
    r"|h|hr|hrs|min|mins|ml|l|cm|mm|ft|hp|xp|v|w|d|yo|yr|yrs|c|f|px|fps|ghz|hz)?"
    r"|[a-z]{1,3}\d{1,3}|\d{1,2}v\d{1,2}|(?:gr8|m8|b4|l8r|w8|h8|2day|2moro|2nite|4ever|mp[34]|ps[1-5]|covid19)"
    r"|u\d+s|[a-z]+\.{2,}[a-z]*|[a-z]\.[a-z]\.?"
    r"|[ei]\.[ge]\.?|[\w-]+\.(?:com|org|net|uk|py|txt|pdf|jpg|png|exe|js|io|html?|tv|gg|mp3|mp4|docx?|md)(?:/.*)?"
    r"|https?:.*|www\..*|r/\w+", re.I,
)  # fmt: skip
_ODD = re.compile(r"[^\W\d_]\d|\d[^\W\d_]|\w[._]\w|[@#]|[a-z][A-Z]| by ")
_CAMEL = re.compile(r"[A-Z]?[a-z0-9]+[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\Z")
_TOLDS = frozenset(("underscore", "dot", "dash", "hyphen"))
_NUMBERED = frozenset(("code", "id", "uid", "tag", "pin", "bbm"))
_BRANDS = words_of(
    "youtube tiktok facetime whatsapp iphone ipad imessage playstation snapchat wifi icloud ebay github bereal powerpoint youtuber "
    "linkedin paypal mcdonalds"
)
_TAGS = words_of("username usernames ign gamertag gtag psn sc usr uname screenname nickname handle")
_KINDS = (
    ("y", words_of("my our mine's")),
    ("M", frozenset(("mine",))),
    ("m", words_of("im i'm its it's am")),
    ("l", words_of("is as under called named = -> - isnt was")),
    ("o", words_of("on in for over at there via")),
    ("v", words_of("add find search follow hmu me dm msg message up here's heres here look new is")),
    ("g", _TAGS),
    ("a", _APPS),
    ("n", words_of("name user account acc handle id tag profile alt main username code one")),
    ("t", words_of("the just still now actually same too")),
)
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
    )
)
_PERSONS = words_of(
    "his her their theirs he she they teacher teachers office head coach miss sir mr mrs ms dr company shop website mums moms dads "
    "sisters brothers friends mates council letter form"
)
_THINGS = words_of("it here that what email mail gmail mine hotmail insta there one address this everything")
_ME = frozenset(("me", "my", "as", "im", "i'm", "mine"))
_NO_NAME = words_of("character cat dog band password file copying bot streamer youtuber")
_AROUND = 14
Token = tuple[str, int, int]


def find(text: Text) -> tuple[int, int] | None:
    """The characters of an own address or name in an app, or None."""
    raw = text.raw[:LONGEST]
    found = _mail(raw) if "@" in raw or " at " in raw or "at)" in raw or "at]" in raw else None
    if found:
        return found
    if "." in raw and "/" in raw:
        match = _PROFILE.search(raw)
        if match and not _others(_words(raw[max(0, match.start() - 80) : match.start()])):
            return match.span()
    words = {one.text for one in text.words}
    told = (
        _TOLD.search(raw)
        if words & _TOLDS and words & (_APPS | _NOUNS | _OWN)
        else _IDS.search(raw)
        if words & _NUMBERED
        else None
    )
    if told:
        return told.span()
    if not (words & _APPS or words & _NOUNS or words & _TAGS or _ODD.search(raw)):
        return None
    return _handle(raw) or _spelt(text)


def _words(raw: str) -> list[str]:
    return [match.group().casefold().strip(".:'’") for match in _TOKEN.finditer(raw)]


def _others(before: list[str]) -> bool:
    """Whether the last words before say that the name is another's."""
    near = before[-6:]
    mine = max((at for at, one in enumerate(near) if one in ("my", "mine", "me", "im", "i'm", "i")), default=-1)
    theirs = max(
        (at for at, one in enumerate(near) if one in _OTHERS | _ASKS and "not" not in near[max(0, at - 2) : at]),
        default=-1,
    )
    return theirs > mine or (theirs >= 0 and theirs == mine + 1)


def _owned(before: list[str]) -> bool:
    """Whether the words before an e-mail address say that it is another person's."""
    near = before[-5:]
    for back, one in enumerate(reversed(near)):
        if one in ("my", "mine", "me", "im", "i'm") and back < 3:
            return False
        if one in _PERSONS or (one.endswith(("'s", "’s")) and one[:-2] not in _THINGS):
            return True
    return False


def _mail(raw: str) -> tuple[int, int] | None:
    for match in _MAIL.finditer(raw):
        before = _words(raw[max(0, match.start() - 80) : match.start()])
        office = match.group(1).casefold() in _ROLES
        made_up = re.match(
            r"[\s,]*(?:is|was)(?: \w+)? (?:made|fake|an? example|not real|a scam)", raw[match.end() :], re.I
        )
        if not (office or made_up or _owned(before) or before[-1:] in (["from"], ["like"])):
            return match.span()
    for match in _SPOKEN.finditer(raw):
        before = _words(raw[max(0, match.start() - 80) : match.end()])
        own = {"my", "mine", "me", "email", "mail", "gmail", "hotmail", "im", "i'm", "send", "its", "it's", "i"} & set(
            before
        )
        if (
            match.group(1).casefold() not in _ROLES
            and not _owned(before[:-1])
            and (own or _BRACKET.search(match.group()))
        ):
            return match.span()
    return None


def _handle(message: str) -> tuple[int, int] | None:
    raw = _LINKS.sub(lambda match: " " * len(match.group()), message) if "/" in message or "www" in message else message
    tokens = [(match.group().rstrip(".:*'’"), match.start(), match.end()) for match in _TOKEN.finditer(raw)]
    words = [one[0].casefold().strip("*'’:.") for one in tokens]
    own, me = not _OWN.isdisjoint(words), not _ME.isdisjoint(words)
    for at, (token, start, _end) in enumerate(tokens):
        shape = _shape(token)
        if shape and _is_own(words, at, shape, own) and not _taken(words, at, me):
            return start, start + len(token)
    return _plain_name(tokens, words, raw, me)


def _shape(token: str) -> int:
    """3: looks like nothing but a name in an app; 2: may be one; 1: a long word; 0: no."""
    bare = token.lstrip("@#*")
    if len(bare) < 3 or "@" in bare or _NO_SHAPE.fullmatch(bare) or bare.casefold() in _BRANDS:
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
        or (re.fullmatch(r"[a-z]{4,}-[a-z]{4,}", bare) and not bare.endswith(_ENDINGS))
        or re.match(r"live:[\w.]{3,}", bare)
        or re.fullmatch(r"SW-\d{4}-\d{4}-\d{4}", bare)
    ):
        return 2
    low = bare.casefold()
    return 1 if low.isalpha() and len(low) >= _LONG and not low.endswith(_ENDINGS) else 0


def _is_own(words: list[str], at: int, shape: int, own: bool) -> bool:
    """Whether the words around say that this is a name in an app, and that it is the person's own."""
    near = words[max(0, at - _AROUND) : at + 1 + _AROUND]
    before = words[max(0, at - 5) : at]
    app = any(one in _APPS for one in near)
    noun = any(one in _NOUNS for one in before)
    linked = bool(before) and (before[-1] in _LINK or words[at - 1] in _APPS)
    if shape == 1:
        named = any(one in _NOUNS for one in words[max(0, at - _AROUND) : at])
        return (linked and (app or noun) and (own or noun)) or (app and named and at + 1 == len(words))
    if app or noun:
        return own or linked or any(one in _APPS or one in _NOUNS for one in before)
    return own and (
        shape == 3 or (shape == 2 and bool(before) and before[-1] in ("as", "under", "called", "name", "is"))
    )


def _taken(words: list[str], at: int, me: bool) -> bool:
    """Whether the name is another's: "her insta is ...", "is this ur snap ...", "i watch ...", a mention at the beginning."""
    if (
        _others(words[max(0, at - 6) : at])
        or _NO_NAME & set(words[max(0, at - 6) : at + 6])
        or _ASKS & set(words[at + 1 : at + 3])
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


def _plain_name(tokens: list[Token], words: list[str], raw: str, me: bool) -> tuple[int, int] | None:
    """An ordinary word that stands as a name: "my snap is kate", "gtag: SoggyChip", "find toastlord on kik"."""
    if not any(one in _APPS or one in _NOUNS or one in _TAGS for one in words):
        return None
    kinds, places = [], []
    for at, (token, start, _end) in enumerate(tokens):
        after = raw[start + len(token) : tokens[at + 1][1]] if at + 1 < len(tokens) else ""
        kind = _kind(words, at)
        kinds.append(kind)
        places += [at] * len(kind)
        mark = ":" if _COLON.search(after) else "." if set(after) & set(".!?\n") else "," if after.strip() else ""
        kinds.append(mark)
        places += [at] * len(mark)
    line = "".join(kinds)
    for frame in _FRAMES:
        for match in frame.finditer(line):
            at = places[match.start("name")]
            if not _others(words[max(0, at - 6) : at]) and not _taken(words, at, me):
                return tokens[places[match.start()]][1], tokens[at][1] + len(tokens[at][0])
    return None


def _kind(words: list[str], at: int) -> str:
    """One letter for what a word is in a frame; a sign of its own is a link."""
    word = words[at]
    for letter, kind in _KINDS:
        if word in kind:
            return letter
    if word == "by" and at and words[at - 1] in ("go", "goes"):
        return "L"
    if word.endswith(("'s", "’s")) and word[:-2] in _APPS:
        return "al"
    return "x" if _may_be_name(word) else "s"


def _may_be_name(word: str) -> bool:
    return (
        len(word) > 2
        and word[0].isalpha()
        and word not in _STATUS
        and not word.endswith(("ing", "ed"))
        and word.isalnum()
    )


def _spelt(text: Text) -> tuple[int, int] | None:
    """A name that is written letter by letter after the word for an app: "snap is m i l k y"."""
    words = text.words
    for at, one in enumerate(words):
        if one.end - one.start >= 2 * len(one.text) - 1 and len(one.text) > 3:
            before = [two.text for two in words[max(0, at - 3) : at]]
            named = any(two in _APPS or two in _NOUNS for two in before) and before[-1] in _LINK
            after = [two.text for two in words[at + 1 : at + 3]]
            if named or (after[:1] == ["on"] and after[1:] and after[1] in _APPS):
                return one.start, one.end
    return None
