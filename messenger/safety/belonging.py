"""R4: the name of one's own school or club: words of belonging with a name, whether written large or small.

Two facts are needed: a word of belonging ("I go to", "I'm at", "our school is", "year 9 at", "I play for") and a name near it. A
name is a word that is not an ordinary one before "school", "academy", "FC", "scouts" and the like, or a word written large.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from messenger.safety.lists import words_of
from messenger.safety.words import LONGEST, Text

_SCHOOLS = words_of(
    "school skool schl academy college primary secondary juniors junior infants infant grammar prep sixth high elementary middle comp "
    "comprehensive uni university tech nursery gaelscoil coll girls boys sec institute kindergarten preschool lyceum ps hs campus "
    "montessori convent seminary"
)
_CLUBS = words_of(
    "fc afc rfc cc sc rufc hc club clubs scouts scout guides guide brownies cubs beavers rainbows cadets squadron dojo gym gymnastics "
    "academy squad harriers athletics theatre choir band orchestra troop pack company centre center stables leisure pool judo karate "
    "taekwondo boxing dance ballet swimming swim netball hockey cricket rugby football athletic rovers rangers united town city "
    "wanderers panthers tigers lions eagles wildcats hawks sharks bears wolves blades knights dolphins otters gymnasts drama youth "
    "cheer majorettes rowing sailing tennis colts parkour 2nds 1sts u9s u10s u11s u12s u13s u14s u15s u16s under studio studios "
    "troupe rink arena team"
)
_PLAIN = words_of(
    "a an the my our your his her their its this that these those some any no every each same other another new old big small little "
    "huge massive tiny good bad best worst nice cool boring rubbish great fun local public private art film med medical law night "
    "sunday saturday summer winter high primary secondary junior senior middle infant infants sixth form drama chess book eco "
    "breakfast lunch after before fan fight youth dance swim swimming football netball hockey rugby cricket tennis gym boxing judo "
    "karate ballet band choir music cooking coding homework science maths english history geography pe sports sport running cycling "
    "golf board game games gaming quiz girls boys girl boy kids in at to of for from with and or but so is was are were be been on by "
    "as if it we i u you they he she them him us me im i'm going go goes went get got like love hate really very hogwarts nevermore "
    "driving language grammar boarding special different whole entire old-school nursery next last first second third one two three "
    "today tomorrow tonight now then here there home back early late class year grade teacher teachers mums dads friends mates mate "
    "friend student pupil about all just still also too only even not never don't dont can't cant have has had do does did will would "
    "when what who which where how why bed sleep school schools college academy club clubs team teams practice training lessons "
    "lesson church mosque nans nan's grans gran's town city spain france london work shops shop park cinema dentist doctors hospital "
    "library beach pool museum zoo station airport party more most up down out off over around near because cos cus bc than while "
    "into b league uk america american british scottish irish secret afterschool brownies cubs scouts guides cadets beavers rainbows "
    "united real plants level under online virtual state catholic sometimes always usually nothing something bit lot long way fine ok "
    "okay well far away sick ill tired busy free bored done lol haha"
)
_FICTION = words_of(
    "hogwarts nevermore bloxburg roblox minecraft sims harry potter film movie show book tv netflix story comic game series youtube "
    "anime hero marvel"
)
_THEIRS = words_of(
    "he she they mum mums dad dads brother sister nan gran grandad uncle aunt cousin lad kid friend mate he's she's they're mum's "
    "dad's his her someone people teacher neighbour boyfriend girlfriend"
)
_PAST = words_of("used watched watch beat played against visited picked which better sign says said library never")
_OWN = re.compile(
    r"""\b(?:
      (?P<sure>(?:pupil|student|freshman|sophomore|prefect|boarder)[ ]+(?:at|of)|(?:year|yr|y|grade|form|class)[ ]*(?:\d+|[a-z]+)?[ ]+(?:student[ ]+|pupil[ ]+)?at
          |(?:i|we)(?:'m|[ ]+am)?[ ]+(?:(?:now|also|currently)[ ]+)?(?:attend|board|boarding|study|studying)(?:[ ]+\w+)?[ ]+at|(?:i|we)[ ]+attend|im[ ]+(?:boarding|studying|starting|enrolled|a[ ]+boarder)[ ]+at
          |attending|boarding[ ]+at|studying[ ]+at|(?:yr|year|y)[ ]*\d+[ ]+(?:student|pupil|kid)[ ]*,)
      |(?P<place>(?:i|we|ye|yh|u|also|and)[ ]+(?:(?:still|now|also|both|all|just|actually)[ ]+)?(?:go|goes|went|study|train|swim|skate|board|boarded|volunteer|coach)
          (?:[ ]+(?:to|at|with|for|in))?
        |(?:i|we)[ ]+(?:(?:now|also|currently)[ ]+)?(?:attend|joined|started[ ]+at|start[ ]+at|got[ ]+into|moved[ ]+to|transferred[ ]+to|play\w*|row|run|sing|dance|box|fence|bowl|race|ride|compete
          |keep[ ]+goal|do|captain|am|was)(?:[ ]+\w+){0,2}?(?:[ ]+(?:for|with|at|in|to|from))?
        |(?:im|i'm|i[ ]am|am|we're|we[ ]are|we[ ]r|were|me[ ]n|hi[ ]im)(?:[ ]+(?:still|now|also|both|all|currently|boarding|studying|starting|back))?(?:[ ]+(?:at|in|from|with|w/|of|a|an|the))
        |(?:im|i'm|we[ ]r|we're|we[ ]are|i[ ]am)(?=[ ]+(?:the[ ]+)?\w+)
        |(?:starting|start|started|boarding|studying|currently[ ]at|enrolled|practice|training|lessons|rehearsal|sessions?)[ ]+(?:is[ ]+|are[ ]+)?(?:at|with|in)
        |(?:pupil|student|freshman|sophomore|junior|senior|member|prefect|captain|goalie|goalkeeper|boarder)[ ]+(?:at|of|in|for)
        |(?:year|yr|y|grade|form|class|set)[ ]*(?:\w+|\d+)[ ]+(?:student[ ]+|pupil[ ]+)?(?:at|in)
        |(?:yr|year|y)[ ]*\d+(?:[ ]+(?:student|pupil|kid))?[ ]*,?
        |(?:first|last|my|our)[ ]+(?:\w+[ ]+)?(?:week|day|year|term|lesson)[ ]+at
        |(?:see|meet|find|catch)[ ]+(?:me|u|you|us)[ ]+(?:\w+[ ]+){0,3}?at)
      |(?P<named>(?:my|our|mine)[ ]+(?:\w+[ ]+){0,2}?(?:school|high[ ]?school|skool|college|academy|club|team|gym|dojo|uni|sixth[ ]form|nursery|troop|squad|choir|band|stables|place)(?:'s|’s|s)?(?:[ ]+name)?
          (?:[ ]+(?:is|was|called|named|its|it's|=))*)
      |(?P<mine>mine(?:'s|s)?(?:[ ]+(?:is|was))?)
      |(?P<called>(?:school|skool|college|academy|club|team)(?:[ ]+(?:is|thats|that's|its))?[ ]+(?:called|named|name[ ]is)|^(?:school|uni|college|club|team)[ ]*(?=[:=])|(?:school|club|team|college|uni)[ ]+(?:that[ ]+)?(?:i|we)[ ]+(?:go[ ]+to|play[ ]+for|attend)[ ]+is)
    )(?![\w'’])""",
    re.I | re.X,
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_SELF = words_of("i im i'm my me our we mine us ours we're same see")
_ME = words_of("i im i'm me we mine we're")
_VETO = words_of(
    "used watched watch beat played visited picked which better sign library never station train waiting lost support fan fans saw "
    "closed news tv closing film want wanna hope wish maybe poster apply applied open shut against vs watching match tour favourite "
    "fav heard hear think game playing visit trip old"
)
_KINDS = words_of(
    "school academy college primary secondary high grammar elementary infants juniors comprehensive uni university fc afc rfc cc rufc "
    "scouts guides brownies cubs cadets harriers dojo rovers rangers studios stables choir orchestra gymnastics prep club colts comp"
)
_ORDINARY = words_of(
    "miss start left finish finished leave enjoy khan police sky too very how feeling aim jumping flying new old strip golf comedy "
    "spoken young rebel running fitness homework knitting lego sewing tech craft anime movie film code gardening debate debating "
    "reading writing gay pride lgbt language spanish french german latin"
)
_SCHOOLISH = re.compile(r"\b(?:school|yr|year \d|y\d|uniform|form|secondary|sixth form|in \d{1,2}[a-z])\b", re.I)
_TROOP = re.compile(
    r"\b(?:scouts?|guides?|brownies?|cubs?|beavers?|rainbows?|cadets?)\b[^.!?\n]{0,12}?\b\d{1,3}(?:st|nd|rd|th) [^\W\d_]{4,20}",
    re.I,
)
_WORD = re.compile(r"[^\W_]+(?:['’.][^\W_]+)*|[,.;:!?\n()\"“”]")
_LEADS = words_of("the a an its called actually just now still named at st is it in year new our")
_FAMOUS = words_of(
    "liverpool arsenal chelsea leeds city united man spurs celtic everton madrid barcelona real barca tottenham newcastle villa "
    "juventus psg lakers sadly losing"
)
_REACH = 7
_NEAREST = 2
Token = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class _Name:
    start: int
    end: int


def find(text: Text) -> tuple[int, int] | None:
    """The characters from the word of belonging to the name, or None."""
    raw = text.raw[:LONGEST]
    words = {one.text for one in text.words}
    if words & (_FICTION | {"train", "station"}):
        return None
    if not (words & _SCHOOLS or words & _CLUBS or words & _GATE):
        return None
    shown = raw.replace("’", "'")
    for match in _OWN.finditer(shown):
        if _spoiled(shown, match):
            continue
        tokens = [(one.group(), one.start(), one.end()) for one in _WORD.finditer(shown, match.end(), match.end() + 90)]
        if (match["named"] and not _linked(match, shown)) or {one[0].casefold() for one in tokens[:2]} & _FAMOUS:
            continue
        span = _named(tokens, _linked(match, shown), bool(match["mine"]))
        if span:
            return match.start(), span
    troop = _TROOP.search(shown)
    return _spelt(text) or _before(shown) or _institution(shown) or (troop.span() if troop else None)


_GATE = words_of(
    "go im attend pupil student starting studying study year yr i we mine scouts guides u y7 y8 y9 y10 y11 y12 y13 yr7 yr8 yr9 yr10 "
    "yr11"
)


def _linked(match: re.Match[str], raw: str) -> bool:
    """Whether what follows is said to be the name, so that no word for a school is needed."""
    if match["named"]:
        last = match.group().casefold().split()[-1]
        return (
            last in ("is", "was", "called", "named", "its", "it's", "=")
            or last.endswith("'s")
            or raw[match.end() : match.end() + 2].lstrip()[:1] in (":", "=", "(", ",")
        )
    if match["called"] or match["sure"]:
        return True
    schoolish = bool(_SCHOOLISH.search(raw)) and "after school" not in raw.casefold()
    return schoolish and match.group().casefold().split()[-1] in ("at", "to")


def _spoiled(raw: str, match: re.Match[str]) -> bool:
    """Whether the words before or around say that it is another's, a wish or a tale."""
    before = {
        one.casefold()
        for one in re.findall(r"[^\W_]+(?:'[^\W_]+)?", raw[max(0, match.start() - 30) : match.start()])[-4:]
    }
    inside = {one.casefold() for one in match.group().split()}
    return bool((before | inside) & ({"fav", "favourite"} | _THEIRS | _PAST)) or bool(
        before & {"fav", "favourite", "wanna", "wish", "if", "not", "dont", "don't", "when", "back"}
    )


def _named(tokens: list[Token], called: bool, mine: bool) -> int:
    """Where the name that follows ends, or 0."""
    name: list[str] = []
    asked = False
    for at, (word, _start, end) in enumerate(tokens[:_REACH]):
        low = word.casefold()
        if not word[0].isalnum():
            if word in "(:" or (
                word == "," and (name or (called and not at)) and at < 4 and _kind_follows(tokens, at + 1)
            ):
                continue
            if word in '("“:,' and called and not name:
                continue
            break
        kind = low.removesuffix("'s")
        if (kind in _SCHOOLS or kind in _CLUBS) and name:
            return _longer(tokens, at)
        if low in ("st", "saint", "ps", "no") and at + 1 < len(tokens) and _is_name(tokens[at + 1][0]):
            return tokens[at + 1][2] if low != "no" else 0
        if (
            kind in ("gaelscoil", "ecole", "scoil", "dolphins", "academy", "university", "college")
            and at + 2 < len(tokens)
            and tokens[at + 1][0].casefold() in ("of", "na", "de", "an", "mhuire")
        ):
            return tokens[at + 2][2]
        if kind in _SCHOOLS | _CLUBS | {"number"}:
            asked = True
            if at + 1 < len(tokens) and tokens[at + 1][0].casefold() in (
                "called",
                "named",
                "at",
                ",",
                "(",
                ":",
                "name",
                "is",
                "its",
            ):
                continue
            if kind in _SCHOOLS and not called:
                break
        if called and not name and low in _PLAIN and low not in _LEADS:
            if _large(word) and at + 1 < len(tokens) and _large(tokens[at + 1][0]):
                return tokens[at + 1][2]
            break
        if _is_name(word):
            name.append(word)
            if (
                (called or mine or asked)
                and _large(word)
                and not low.endswith("ing")
                and not (asked and not called and at > 4)
            ):
                return end
            if (
                called
                and not low.endswith("ing")
                and (at + 1 == len(tokens) or not tokens[at + 1][0][0].isalnum())
                and len(name) <= 2
                and at < 3
                and not low.endswith("ed")
            ):
                return end
            if _large(word) and at + 1 < len(tokens) and _large(tokens[at + 1][0]):
                return tokens[at + 1][2]
        elif (name and not asked) or low.endswith("ing"):
            break
    return 0


def _kind_follows(tokens: list[Token], at: int) -> bool:
    after = [one[0].casefold() for one in tokens[at : at + 3]]
    return any(one in _SCHOOLS or one in _CLUBS for one in after) or bool(after and tokens[at][0][0].isupper())


def _longer(tokens: list[Token], at: int) -> int:
    """The end of the name with the words for kinds of schools behind it: "high school"."""
    while at + 1 < len(tokens) and tokens[at + 1][0].casefold() in _SCHOOLS | _CLUBS:
        at += 1
    return tokens[at][2]


def _is_name(word: str) -> bool:
    low = word.casefold()
    base = low.removesuffix("'s").removesuffix("'")
    return len(low) > 2 and low[0].isalpha() and base not in _PLAIN and base not in _SCHOOLS and low not in _PLAIN


def _large(word: str) -> bool:
    return word[0].isupper() and len(word) > 1 and not word.startswith("I'")


def _institution(raw: str) -> tuple[int, int] | None:
    """A school or club by its full name, in a sentence about oneself: "pick me up from Oakfield High"."""
    for sentence in _SENTENCE.finditer(raw):
        tokens = [
            (one.group(), one.start(), one.end()) for one in _WORD.finditer(raw, sentence.start(), sentence.end())
        ]
        low = {one[0].casefold() for one in tokens}
        if not low & _SELF or low & _VETO or (low & _THEIRS and not low & _ME):
            continue
        for at in range(1, len(tokens)):
            kind = tokens[at][0].casefold().removesuffix("'s")
            first = at - 1
            if (
                kind in _KINDS
                and first
                and tokens[first][0].casefold()
                in ("primary", "high", "junior", "youth", "grammar", "swimming", "football")
            ):
                first -= 1
            if kind in _KINDS and _is_name(tokens[first][0]) and tokens[first][0].casefold() not in _CLUBS | _ORDINARY:
                return tokens[first][1], _longer(tokens, at)
    return None


def _spelt(text: Text) -> tuple[int, int] | None:
    """A name written letter by letter after the word for a school: "my school is b r i a r"."""
    words = text.words
    for at, one in enumerate(words):
        if one.end - one.start >= 2 * len(one.text) - 1 and len(one.text) > 3:
            before = {two.text for two in words[max(0, at - 4) : at]}
            if before & (_SCHOOLS | _CLUBS) and before & {"is", "called", "my", "our", "at", "to"}:
                return one.start, one.end
    return None


_FRONT = re.compile(
    r"\b([^\W\d_][\w']{2,20}(?: [^\W\d_][\w']{2,20})?) (?:(?:high|primary|junior|middle|secondary|elementary|grammar|prep) ?)?(?:school|academy|college|primary|elementary|juniors"
    r"|infants|grammar|comp|prep|high|fc|rfc|scouts|guides)(?:,| is| thats| that's)? (?:where i|my school|is mine|is my|is our|for me|pupil|student|year \d|yr ?\d)", re.I,
)  # fmt: skip


def _before(raw: str) -> tuple[int, int] | None:
    """A name in front of the word of belonging: "Fernbank elementary is where I go"."""
    match = _FRONT.search(raw)
    return match.span() if match and any(_is_name(one) for one in match[1].split()) else None
