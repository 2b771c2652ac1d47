"""R4: the name of one's own school or club: words of belonging with a name, whether written large or small.

Two facts are needed: a word of belonging ("I go to", "I'm at", "our school is", "year 9 at", "I play for") and a name near it. A
name is a word that is not an ordinary one before "school", "academy", "FC", "scouts" and the like, or a word written large.
"""

from __future__ import annotations

import re

from messenger.safety.lists import words_of
from messenger.safety.words import LONGEST, Text

_SCHOOLS = words_of(
    "school skool schl academy college primary secondary juniors junior infants infant grammar prep sixth high elementary middle "
    "comp comprehensive uni university tech nursery gaelscoil coll girls boys sec institute kindergarten preschool lyceum ps hs "
    "campus montessori convent seminary"
)
_CLUBS = words_of(
    "fc afc rfc cc sc rufc hc club clubs scouts scout guides guide brownies cubs beavers rainbows cadets squadron dojo gym "
    "gymnastics academy squad harriers athletics theatre choir band orchestra troop pack company centre center stables leisure pool "
    "judo karate taekwondo boxing dance ballet swimming swim netball hockey cricket rugby football athletic rovers rangers united "
    "town city wanderers panthers tigers lions eagles wildcats hawks sharks bears wolves blades knights dolphins otters gymnasts "
    "drama youth cheer majorettes rowing sailing tennis colts parkour 2nds 1sts u9s u10s u11s u12s u13s u14s u15s u16s under studio "
    "studios troupe rink arena team"
)
_PLAIN = words_of(
    "a an the my our your his her their its this that these those some any no every each same other another new old big small "
    "little huge massive tiny good bad best worst nice cool boring rubbish great fun local public private art film med medical law "
    "night sunday saturday summer winter high primary secondary junior senior middle infant infants sixth form drama chess book eco "
    "breakfast lunch after before fan fight youth dance swim swimming football netball hockey rugby cricket tennis gym boxing judo "
    "karate ballet band choir music cooking coding homework science maths english history geography pe sports sport running cycling "
    "golf board game games gaming quiz girls boys girl boy kids in at to of for from with and or but so is was are were be been on "
    "by as if it we i u you they he she them him us me im i'm going go goes went get got like love hate really very hogwarts "
    "nevermore driving language grammar boarding special different whole entire old-school nursery next last first second third one "
    "two three today tomorrow tonight now then here there home back early late class year grade teacher teachers mums dads friends "
    "mates mate friend student pupil about all just still also too only even not never don't dont can't cant have has had do does "
    "did will would when what who which where how why bed sleep school schools college academy club clubs team teams practice "
    "training lessons lesson church mosque nans nan's grans gran's town city spain france london work shops shop park cinema "
    "dentist doctors hospital library beach pool museum zoo station airport party more most up down out off over around near "
    "because cos cus bc than while into b league uk america american british scottish irish secret afterschool brownies cubs scouts "
    "guides cadets beavers rainbows united real plants level under online virtual state catholic sometimes always usually nothing "
    "something bit lot long way fine ok okay well far away sick ill tired busy free bored done lol haha"
)
_FICTION = words_of("hogwarts nevermore bloxburg roblox minecraft sims potter film movie netflix anime marvel")
_THEIRS = words_of(
    "he she they mum mums dad dads brother sister nan gran grandad uncle aunt cousin lad kid friend mate he's she's they're mum's "
    "dad's his her someone people teacher neighbour boyfriend girlfriend"
)
_PAST = words_of(
    "comic made invented used watched watch beat played against visited picked which better sign says said library never"
)
_OWN = re.compile(
    r"""\b(?:
      (?P<sure>
          (?:pupil|student|freshman|sophomore|prefect|boarder)[ ]+(?:at|of)
        |(?:year|yr|y|grade|form|class)[ ]*(?:\d+|[a-z]+)?[ ]+(?:(?:student|pupil)[ ]+)?at
        |(?:i|we)(?:'m|[ ]+am)?[ ]+(?:(?:now|also|currently)[ ]+)?(?:attend|board|boarding|study|studying)(?:[ ]+\w+)?[ ]+at
        |(?:i|we)[ ]+attend|im[ ]+(?:boarding|studying|starting|enrolled|a[ ]+boarder)[ ]+at
        |(?:i|we)[ ]+(?:just[ ]+|only[ ]+)?(?:started|start|finish|finished)[ ]+at|(?:i|we)[ ]+get[ ]+out[ ]+of
        |attending|boarding[ ]+at|studying[ ]+at|(?:yr|year|y)[ ]*\d+[ ]+(?:student|pupil|kid)[ ]*,)
      |(?P<place>
          (?:i|we|ye|yh|u|also|and)[ ]+(?:(?:still|now|also|both|all|just|actually)[ ]+)?
          (?:go|goes|went|study|train|swim|skate|board|boarded|volunteer|coach)(?:[ ]+(?:to|at|with|for|in))?
        |(?:i|we)[ ]+(?:(?:now|also|currently)[ ]+)?
          (?:attend|joined|started[ ]+at|start[ ]+at|got[ ]+into|moved[ ]+to|transferred[ ]+to|play\w*|row|run|sing|dance|box
            |fence|bowl|race|ride|compete|keep[ ]+goal|do|captain|am|was|cheer|represent|volunteer)
          (?:[ ]+\w+){0,2}?(?:[ ]+(?:for|with|at|in|to|from))?
        |(?:im|i'm|i[ ]am|am|we're|we[ ]are|we[ ]r|were|me[ ]n|hi[ ]im)
          (?:[ ]+(?:still|now|also|both|all|currently|boarding|studying|starting|back))?
          (?:[ ]+(?:at|in|from|with|w/|of|a|an|the))
        |(?:im|i'm|we[ ]r|we're|we[ ]are|i[ ]am)(?=[ ]+(?:the[ ]+)?\w+)
        |(?:starting|start|started|boarding|studying|currently[ ]at|enrolled|practice|training|lessons|rehearsal|sessions?)
          [ ]+(?:is[ ]+|are[ ]+)?(?:at|with|in)
        |(?:pupil|student|freshman|sophomore|junior|senior|member|prefect|captain|goalie|goalkeeper|boarder)[ ]+(?:at|of|in|for)
        |(?:year|yr|y|grade|form|class|set)[ ]*(?:\w+|\d+)[ ]+(?:(?:student|pupil)[ ]+)?(?:at|in)
        |(?:yr|year|y)[ ]*\d+(?:[ ]+(?:student|pupil|kid))?[ ]*,?
        |(?:first|last|my|our)[ ]+(?:\w+[ ]+)?(?:week|day|year|term|lesson)[ ]+at
        |(?:see|meet|find|catch)[ ]+(?:me|u|you|us)[ ]+(?:\w+[ ]+){0,3}?at)
      |(?P<named>
          (?:my|our|mine)[ ]+(?:\w+[ ]+){0,2}?
          (?:school|high[ ]?school|skool|college|academy|club|team|gym|dojo|uni|sixth[ ]form|nursery|troop|squad|choir|band
            |stables|place)(?:'s|s)?(?:[ ]+name)?
          (?:[ ]+(?:is|was|called|named|its|it's|=))*)
      |(?P<mine>mine(?:'s|s)?(?:[ ]+(?:is|was))?)
      |(?P<called>
          (?:school|skool|college|academy|club|team)(?:[ ]+(?:is|thats|that's|its))?[ ]+(?:called|named|name[ ]is)
        |^(?:school|uni|college|club|team)[ ]*(?=[:=])
        |(?:school|club|team|college|uni)[ ]+(?:that[ ]+)?(?:i|we)[ ]+(?:go[ ]+to|play[ ]+for|attend)[ ]+is)
    )(?![\w'’])""",
    re.I | re.X,
)
_SENTENCE = re.compile(r"[^.!?\n]+")
_SELF = words_of("i im i'm my me our we mine us ours we're same see going moving starting outside every")
_ME = words_of("i im i'm me we mine we're")
_VETO = words_of(
    "comic made invented used watched watch beat played visited picked which better sign library never station train waiting lost "
    "support fan fans saw closed news tv closing film want wanna hope wish maybe poster apply applied open shut against vs watching "
    "match tour favourite fav heard hear think game playing visit trip old"
)
_KINDS = words_of(
    "school academy college primary secondary high grammar elementary infants juniors comprehensive uni university fc afc rfc cc "
    "rufc scouts guides brownies cubs cadets harriers sixth tech squad athletics theatre squadron netball hockey cricket rowing "
    "dojo rovers rangers studios stables choir orchestra gymnastics prep club colts comp"
)
_INNER = words_of(
    "primary high junior youth grammar swimming football park hill church town green middle community international catholic sports "
    "dance karate judo netball hockey cricket tennis rugby athletics gymnastics theatre drama music boxing cheer running rowing "
    "sailing lane road swim secondary girls boys sixth"
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
_AWAY = words_of(
    "spain france italy greece turkey london paris manchester disneyland disney nandos tesco asda aldi lidl mcdonalds starbucks "
    "costa church ireland scotland wales england america india pakistan poland portugal cornwall devon dublin edinburgh glasgow "
    "leeds york brighton christmas easter monday tuesday wednesday thursday friday saturday sunday ikea primark greggs kfc subway "
    "burger germany jamaica nigeria"
)
_GOES = re.compile(
    r"\b(?:[Ii]|[Ww]e|me n \w+|me and \w+) (?:(?:both|all|also|now) )?go(?:es)? to "
    r"([A-Z][a-z]{3,20})(?=$|[.,!?;)]| too| and| as well| w| in y| so)"
)
_CREW = re.compile(
    r"\b(?:i|we|im|i'm|we're) (?:(?:\w+ ){0,2}?)(?:for|with|in) (?:the )?([^\W\d_]{4,20}) "
    r"(?:lions|tigers|bears|panthers|eagles|hawks|sharks|wolves|blades|knights|dolphins|otters|wildcats"
    r"|rockets|raiders|warriors|vipers"
    r"|stars|bulls|foxes|badgers|falcons|hornets|comets|dragons|phoenix|saints|spartans|titans|cobras"
    r"|jets|storm|giants|pumas|ravens|owls)\b", re.I,
)  # fmt: skip
_FAMOUS = words_of(
    "liverpool arsenal chelsea leeds city united man spurs celtic everton madrid barcelona real barca tottenham newcastle villa "
    "juventus psg lakers sadly losing"
)
_BETWEEN = frozenset(("called", "named", "at", ",", "(", ":", "name", "is", "its"))
_BEHIND = words_of("at in and on too its it's now w with every but since for so tbh lol btw")
_HEADS = words_of("gaelscoil ecole scoil dolphins academy university college friends sons")
_REACH = 7
_NEAREST = 2
Token = tuple[str, int, int]


def find(text: Text) -> tuple[int, int] | None:
    """The characters from the word of belonging to the name, or None."""
    raw = text.raw[:LONGEST]
    words = {one.text for one in text.words}
    if words & (_FICTION | {"station", "pancras"}):
        return None
    if not (words & _SCHOOLS or words & _CLUBS or words & _GATE):
        return None
    shown = raw.replace("’", "'")
    schoolish = bool(_SCHOOLISH.search(shown)) and "after school" not in shown.casefold()
    for match in _OWN.finditer(shown):
        if _spoiled(shown, match):
            continue
        tokens = [(one.group(), one.start(), one.end()) for one in _WORD.finditer(shown, match.end(), match.end() + 90)]
        if (match["named"] and not _linked(match, shown, schoolish)) or {
            one[0].casefold() for one in tokens[:2]
        } & _FAMOUS:
            continue
        span = _named(tokens, _linked(match, shown, schoolish), bool(match["mine"]))
        if span:
            return match.start(), span
    troop = _TROOP.search(shown) or _crew(shown)
    return _spelt(text) or _before(shown) or _institution(shown) or (troop.span() if troop else None)


_GATE = words_of(
    "go im attend pupil student starting studying study year yr i we mine scouts guides u y7 y8 y9 y10 y11 y12 y13 yr7 yr8 yr9 yr10 "
    "yr11"
)


def _crew(raw: str) -> re.Match[str] | None:
    """A team by its animal, or a name written large after "I go to"."""
    crew = _CREW.search(raw)
    if (
        crew
        and _is_name(crew[1])
        and not {"watched", "beat", "saw", "fan", "support", "like"} & set(raw.casefold().split())
    ):
        return crew
    goes = _GOES.search(raw)
    return goes if goes and goes[1].casefold() not in _AWAY | _PLAIN else None


def _linked(match: re.Match[str], raw: str, schoolish: bool) -> bool:
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
    reading = _Reading(tokens, called, mine)
    for at in range(min(_REACH, len(tokens))):
        word = tokens[at][0]
        found = reading.sign(at, word) if not word[0].isalnum() else reading.word(at, word)
        if found is not None:
            return found
    return 0


class _Reading:
    """The words after a word of belonging, read one by one. A step says where the name ends, 0 for no name, None to go on."""

    def __init__(self, tokens: list[Token], called: bool, mine: bool) -> None:
        self._tokens, self._called, self._mine = tokens, called, mine
        self._name: list[str] = []
        self._asked = False
        """A word for a school was seen before the name: "a school named ..."."""

    def sign(self, at: int, word: str) -> int | None:
        """A sign between the words: a comma or a bracket may stand before or inside a name."""
        inside = (
            word == "," and at < 4 and (self._name or (self._called and not at)) and _kind_follows(self._tokens, at + 1)
        )
        before = word in '("“:,' and self._called and not self._name
        return None if word in "(:" or inside or before else 0

    def word(self, at: int, word: str) -> int | None:
        """A word: of the name, for the kind of school, or an ordinary one."""
        low = word.casefold()
        kind = low.removesuffix("'s")
        if self._name and kind in _SCHOOLS | _CLUBS:
            return _longer(self._tokens, at)
        led = self._led(at, low, kind)
        if led:
            return led
        if kind in _SCHOOLS | _CLUBS | {"number"}:
            self._asked = True
            if self._next(at).casefold() in _BETWEEN:
                return None
            if kind in _SCHOOLS and not self._called:
                return 0
        if self._called and not self._name and low in _PLAIN and low not in _LEADS:
            return self._two_large(at)
        return self._part(at, word, low)

    def _led(self, at: int, low: str, kind: str) -> int:
        """A name that begins with its kind: "St Ann", "PS 12", "Academy of Lee", "Gaelscoil na Mara"."""
        after = self._next(at)
        if (low in ("st", "saint") and _is_name(after)) or (low == "ps" and after.isdigit()):
            return self._tokens[at + 1][2]
        far = at + 2 < len(self._tokens) and kind in _HEADS and after.casefold() in ("of", "na", "de", "an")
        return self._tokens[at + 2][2] if far else 0

    def _part(self, at: int, word: str, low: str) -> int | None:
        if not _is_name(word):
            return 0 if (self._name and not self._asked) or low.endswith("ing") else None
        self._name.append(word)
        after = self._next(at)
        if low.endswith("ing"):
            return self._two_large(at) or None
        large = _large(word) and (self._called or self._mine or (self._asked and at <= 4))
        ends = (
            self._called
            and (not after[:1].isalnum() or after.casefold() in _BEHIND)
            and len(self._name) <= 2
            and at < 3
            and not low.endswith("ed")
        )
        return self._tokens[at][2] if large or ends else self._two_large(at) or None

    def _two_large(self, at: int) -> int:
        after = self._next(at)
        return self._tokens[at + 1][2] if _large(self._tokens[at][0]) and after and _large(after) else 0

    def _next(self, at: int) -> str:
        return self._tokens[at + 1][0] if at + 1 < len(self._tokens) else ""


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
        if not low & _SELF or low & _VETO or (low & (_THEIRS - {"teacher"}) and not low & _ME):
            continue
        for at in range(1, len(tokens)):
            kind = tokens[at][0].casefold().removesuffix("'s")
            first = at - 1
            while kind in _KINDS and first and tokens[first][0].casefold() in _INNER and first > at - 4:
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
    r"\b([^\W\d_][\w']{2,20}(?: [^\W\d_][\w']{2,20})?) (?:(?:high|primary|junior|middle|secondary|elementary|grammar|prep) ?)?"
    r"(?:school|skool|academy|college|primary|elementary|juniors|infants|grammar|comp|prep|high|fc|rfc|scouts|guides)"
    r"(?:,| is| thats| that's)? (?:where i|my school|is mine|is my|is our|for me|pupil|student|year \d|yr ?\d)", re.I,
)  # fmt: skip


def _before(raw: str) -> tuple[int, int] | None:
    """A name in front of the word of belonging: "Fernbank elementary is where I go"."""
    match = _FRONT.search(raw)
    return match.span() if match and any(_is_name(one) for one in match[1].split()) else None
