"""The just-in-time rules: what each sees, hostile writing, bad data files, and that time grows with the text and no faster."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger import resources
from messenger.app.cli import main
from messenger.domain.errors import AssetRefused
from messenger.domain.notice import Found, Surroundings, Way
from messenger.safety import handles, numerals, patterns, people, phrases, weblinks, words
from messenger.safety.codes import Password
from messenger.safety.people import Blocked, Known, Pictured
from messenger.safety.rules import INCOMING, OUTGOING, Rules

IN, OUT = Surroundings(Way.IN, country="gb"), Surroundings(Way.OUT, country="gb", harsh_words=True)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@cache
def packaged() -> phrases.Phrases:
    return phrases.load(resources.read("phrases/en.json"), "phrases/en.json")


def seen(text: str, around: Surroundings = IN) -> dict[str, str]:
    return {one.rule: text[one.start : one.end] for one in Rules(packaged()).look(text, around)}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("which school do you go to?", "R8"),
        ("w h i c h school do u go to", "R8"),
        ("whаts your аddress", "R8"),  # two Cyrillic letters
        ("wh\u200bats your name", "R8"),
        ("add me on snap", "R9"),
        ("do not tell your dad that we chat, ok? it is our secret", "R10"),
        ("this is our s3cret", "R10"),
        ("can we meet on saturday? come alone", "R11"),
        ("send me a pic", "R12"),
        ("i can get you free game coins", "R13"),
        ("if you dont send it ill post it everywhere", "R14"),
        ("see https://bit.ly/3xyz", "R15"),
        ("why are you ignoring me", "R18"),
    ],
)
def test_an_ask_is_seen_with_its_words(text: str, rule: str) -> None:
    found = seen(text)
    assert rule in found
    assert found[rule]
    assert found[rule] in text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("call me on 020 7946 0958", "R1"),
        ("+44 20 7946 0958", "R1"),
        ("0 2 0 7 9 4 6 0 9 5 8", "R1"),
        ("oh two oh seven nine four six oh nine five eight", "R1"),
        ("sam.w@example.com", "R2"),
        ("my snap is kat.x", "R2"),
        ("12 Oak Street", "R3"),
        ("SW1A 1AA is where", "R3"),
        ("I go to Oakfield High School", "R4"),
        ("you're such an idiot", "R20"),
    ],
)
def test_what_goes_out_is_seen(text: str, rule: str) -> None:
    assert rule in seen(text, OUT)


@pytest.mark.parametrize(
    ("text", "rule", "shown"),
    [
        ("aussie sim 0491 570 157 ok", "R1", "0491 570 157"),
        ("07700, then 900 then 416", "R1", "07700, then 900 then 416"),
        ("plus four four seven seven zero zero nine zero zero five five four", "R1", "four four seven seven"),
        ("077OO 9OO 217", "R1", "077OO 9OO 217"),
        ("my insta is maple.fox", "R2", "maple.fox"),
        ("psn: MapleFox77", "R2", "MapleFox77"),
        ("maplefox [at] example [dot] com", "R2", "maplefox [at] example [dot] com"),
        ("we live at 6 Tern Rise", "R3", "6 Tern Rise"),
        ("flat 2, 41 heron court, knock twice", "R3", "41 heron court"),
        ("tern street 9b", "R3", "tern street 9b"),
        ("im in year 8 at ternwood", "R4", "year 8 at ternwood"),
        ("pick me up from ternwood high", "R4", "ternwood high"),
        ("my school is called Tern Bay", "R4", "Tern"),
    ],
)
def test_what_goes_out_is_shown(text: str, rule: str, shown: str) -> None:
    found = Rules(packaged()).explain(rule, text, OUT)
    assert found is not None
    assert shown in text[found.start : found.end]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("order 4471-0098-2213", "R1"),
        ("unix time 1795523000", "R1"),
        ("call childline on 0800 1111", "R1"),
        ("write to support@example.com", "R2"),
        ("is @kate ur insta", "R2"),
        ("her snap is kate.x", "R2"),
        ("my tiktok is broken", "R2"),
        ("a 12 hour drive", "R3"),
        ("level 5 rainbow road", "R3"),
        ("4 star hotel by the park", "R3"),
        ("my school is huge", "R4"),
        ("she goes to ternwood high", "R4"),
        ("i go to the dentist", "R4"),
        ("ugly sweater party", "R20"),
        ("i felt like an idiot", "R20"),
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str, rule: str) -> None:
    assert Rules(packaged()).explain(rule, text, OUT) is None


@pytest.mark.parametrize(
    ("text", "harsh"),
    [("you i**** learn the rules", "i****"), ("dumb***", "dumb***"), ("**bold** is how it is done", ""), ("5 ** 2 is 25 you see", "")],
)
def test_a_harsh_word_with_hidden_letters(text: str, harsh: str) -> None:
    found = Rules(packaged()).explain("R20", text, OUT)
    assert (text[found.start : found.end] if found else "") == harsh


@pytest.mark.parametrize(
    ("text", "code"),
    [("its 4471", "4471"), ("the code is 90 31 17", "90 31 17"), ("482913", "482913"), ("double four seven one", "double four seven one"),
     ("code: 2075", "2075"), ("G-118820", "118820"), ("eight zero eight six", "eight zero eight six"),
     ("see you at 1845", ""), ("it cost 1299", ""), ("room number is 2117", ""), ("hex code ff8800", ""), ("error 4040", ""),
     ("12431 steps today", ""), ("the film is from 2006", ""), ("1920x1080", ""), ("its 3200 miles away", ""), ("24/11/2026", "")],
)  # fmt: skip
def test_a_code_is_an_answer_and_not_any_digits(text: str, code: str) -> None:
    found = Rules(packaged()).explain("R6", text, Surroundings(Way.OUT, code_asked=True))
    assert (text[found.start : found.end] if found else "") == code


@pytest.mark.parametrize(
    "text",
    ["0akfield", "o.a.k.f.i.e.l.d", "OAK-FIELD", "oakfield2012", "oaaakfield", "oakfield's", "@oakfield_x", "0@kf1eld",
     "\uff4f\uff41\uff4b\uff46\uff49\uff45\uff4c\uff44"],
)  # fmt: skip
def test_a_private_word_in_a_dress(text: str) -> None:
    assert "R5" in seen(text, Surroundings(Way.OUT, private_words=("Oakfield",)))


@pytest.mark.parametrize("text", ["soakfields", "oak fields", "oak tree in a field", "808", "book fielding"])
def test_a_word_that_holds_a_private_one_is_another_word(text: str) -> None:
    assert "R5" not in seen(text, Surroundings(Way.OUT, private_words=("Oakfield", "Bob")))


@pytest.mark.parametrize(
    "text", ["07 12 2024", "see you at 10:30", "we won 4 3", "room 12345", "it cost 1,200", "2026-11-24"]
)
def test_numbers_that_are_no_phone(text: str) -> None:
    assert "R1" not in seen(text, OUT)


def test_private_words_in_any_dress() -> None:
    mine = Surroundings(Way.OUT, private_words=("Oakfield", "Mill Lane"))
    assert seen("i am near OAKFIELD now", mine) == {"R5": "OAKFIELD"}
    assert seen("o a k f i e l d", mine)["R5"] == "o a k f i e l d"
    assert seen("in mill  lane", mine)["R5"] == "mill  lane"
    assert "R5" not in seen("a field of oaks", mine)


def test_own_password_and_codes() -> None:
    rules = Rules(packaged(), Password("tide-Lamp-9", b"k" * 32))
    assert [one.rule for one in rules.look("it is tide-Lamp-9 ok", OUT)] == ["R6"]
    assert rules.look("it is tide-lamp-9 ok", OUT) == ()
    for text in ("it is tide-Lamp-9.", "pw:tide-Lamp-9", "(tide-Lamp-9)", "tide-Lamp-9", " tide-Lamp-9\n"):
        (found,) = rules.look(text, OUT)
        assert (found.rule, text[found.start : found.end]) == ("R6", "tide-Lamp-9")
    assert rules.look("tide-Lamp-99", OUT) == ()
    words_apart = Rules(packaged(), Password("tide lamp stone", b"k" * 32))
    assert [one.rule for one in words_apart.look("my password is tide lamp stone, ok?", OUT)] == ["R6"]
    asked = Surroundings(Way.OUT, code_asked=True)
    assert seen("its 482 913", asked) == {"R6": "482 913"}
    assert "R6" not in seen("its 482 913", OUT)
    assert "R6" not in seen("see you at 10:30", asked)


def test_known_people_are_asked_freely_but_threats_and_links_always_count() -> None:
    known = Surroundings(Way.IN, known=True)
    assert seen("which school do you go to?", known) == {}
    assert set(seen("send it or ill post your pics, see http://192.168.1.4/a", known)) == {"R14", "R15"}


@pytest.mark.parametrize(
    ("url", "site", "reason"),
    [
        ("http://192.168.1.4/a", "192.168.1.4", "number"),
        ("http://2130706433/", "2130706433", "number"),
        ("https://bit.ly/x", "bit.ly", "short"),
        ("https://login.paypal.com.pay.example.co.uk/x", "example.co.uk", "looks"),
        ("https://pаypal.com/login", "xn--pypal-4ve.com", "letters"),
        ("https://xn--pypal-4ve.com/", "xn--pypal-4ve.com", "letters"),
        ("https://paypal.com@evil.example.com/", "example.com", "user"),
        ("https://files.example.org/setup.exe", "example.org", "program"),
        ("https://paypa1.com/", "paypa1.com", "looks"),
        ("http://[::1", "http://[::1", "broken"),
        ("https://\u0261oogle.example/", "xn--oogle-qmc.example", "letters"),
    ],
)
def test_risky_links_name_the_site_that_was_registered(url: str, site: str, reason: str) -> None:
    assert weblinks.judge(url) == (site, reason)


@pytest.mark.parametrize(
    "text",
    ["https://www.bbc.co.uk/news", "https://maths-club.example/nine-dots", "readme.md", "that is it.so good", "https://münchen.de/",
     "https://en.wikipedia.org/wiki/Cat",
     "https://roblox.fandom.com/wiki/Pets",
     "https://en.wikipedia.org/wiki/.exe", "https://яндекс.рф/", "https://mail.google.com/", "3.14", "e.g. this"],
)  # fmt: skip
def test_ordinary_links_are_left_alone(text: str) -> None:
    assert weblinks.find(text) is None


def test_a_link_is_made_plain_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not once for each well-known name: a message may be full of links."""
    made: list[str] = []
    real = weblinks._plain

    def counted(label: str) -> str:
        made.append(label)
        return real(label)

    monkeypatch.setattr(weblinks, "_plain", counted)
    assert weblinks.judge("https://some-quiet-place.example.com") is None
    assert weblinks.judge("https://rnicrosoft-help.com") == ("rnicrosoft-help.com", "looks")
    assert len(made) <= 6


def test_rules_about_what_happens() -> None:
    ann = Known("ann@example.org", "Ann Lee")
    assert people.other_name("ann1@evil.example", "Аnn  Lee", [ann]) == Found(
        "R16", 0, 0, (("name", "Ann Lee"), ("address", "ann1@evil.example"))
    )
    assert people.other_name("ann@example.org", "Ann Lee", [ann]) is None
    assert people.other_name("bo@example.org", "Bo", [Known("bo@b.example", "Bo")]) is None  # too short to say
    assert people.first_contact("x@example.org", {"ann@example.org"}, False) == Found("R17", 0, 0)
    assert people.first_contact("x@example.org", (), True) is None
    many = [NOW - timedelta(minutes=9, seconds=-one) for one in range(8)]
    assert people.pressed(many, NOW) == Found("R18", 0, 0)
    assert people.pressed(many[:7], NOW) is None
    assert people.pressed([one - timedelta(minutes=20) for one in many], NOW) is None


def test_a_contacts_new_picture_is_a_fact_for_a_day() -> None:
    def found(*seen: tuple[str, float | None, bool], current: str = "new") -> bool:
        """`seen`: digest, hours ago (None for always), told."""
        pictures = [Pictured(one, None if at is None else NOW - timedelta(hours=at), told) for one, at, told in seen]
        made = people.new_picture("Ann Lee", current, pictures, NOW)
        assert made in (None, Found("R16.picture", 0, 0, (("name", "Ann Lee"),)))
        return made is not None

    assert found(("old", None, False), ("new", 1, False))
    assert found(("old", 400, True), ("new", 23.9, False))
    assert not found(("old", 400, False), ("new", 24.1, False)), "no news any more"
    assert not found(("old", 400, False), ("new", 1, True)), "told"
    assert not found(("new", 1, False)), "the first one"
    assert not found(("card", 1.5, False), ("new", 1, False)), "both came with the first look"
    assert not found(("old", 400, False), ("new", None, False)), "there before this was kept"
    assert not found(("old", 400, False), ("new", -5, False)), "by a clock that was ahead"
    assert not found(("old", 400, False), ("new", 1, False), current="old"), "the old one is back"
    assert not found(("old", 400, False), current="")
    assert not found()


def test_somebody_blocked_may_be_back() -> None:
    mike = Blocked("mike_2010@a.example", "Mike 2010", "d1", NOW - timedelta(days=3))
    again = people.back_again
    assert again("other@b.example", "MIKE2011", "", [mike], NOW) == Found("R19", 0, 0)
    assert again("mike-2010@b.example", "x", "", [mike], NOW) == Found("R19", 0, 0)
    assert again("other@b.example", "Zoe", "d1", [mike], NOW) == Found("R19", 0, 0)
    assert again("other@b.example", "Zoe", "", [mike], NOW) is None
    assert again("other@b.example", "Mike 2010", "", [mike], NOW + timedelta(days=31)) is None
    assert again("mike_2010@a.example", "Mike 2010", "d1", [mike], NOW) is None  # the very one is blocked already


@given(st.text(max_size=400))
def test_no_text_is_too_strange(text: str) -> None:
    for around in (IN, OUT):
        for one in Rules(packaged()).look(text, around):
            assert 0 <= one.start <= one.end <= len(text)


HOSTILE = {
    "fillers": "so just really " * 1, "asks": "what is your ", "or": "or i will ", "if": "if you ", "digits": "1 ", "dots": "a.",
    "at": "@", "accents": "ä", "slashes": "http://", "spelt": "a b c ", "street": "12 Aa ", "own": "i am in my ",
    "handle": "my snap is a_b ",
    "live": "live at 1 ", "links": "1 and the ", "year": "year                    ",
    "school": "my school is ", "spaces": "i          ", "shapes": "a.b_c1",
}  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_a_megabyte_is_answered_by_its_beginning_and_end(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    rules = Rules(packaged())
    for around in (IN, OUT):
        rules.look(text, around)
    assert len(words.read(text).words) <= words.LONGEST


def test_a_sign_that_is_no_letter_puts_no_rule_to_sleep() -> None:
    """U+FE70 and its like count as letters, and nothing is left of them when marks are taken away."""
    marks = [chr(at) for at in range(0x250, 0x10000) if chr(at).isalnum()]
    for mark in marks:
        words.read(f"a {mark} b")
    for mark in "\u037a\ufc5e\ufe70\ufe7e":
        assert seen(f"{mark} if you dont send it ill post it everywhere {mark}").keys() >= {"R14"}
        assert seen(f"my number is 07700 900123 {mark}", OUT).keys() >= {"R1"}


def test_a_number_of_thousands_of_digits_is_no_number() -> None:
    """Python refuses to read more than 4,300 digits as a number."""
    asked = replace(OUT, code_asked=True)
    long = "1 2 3 4 " + "9" * 5_000
    assert "R1" not in seen(long, asked)
    assert seen(f"my number is 07700 900123, and {long}", asked)["R1"] == "07700 900123"


@pytest.mark.parametrize(
    ("find", "text"),
    [
        (lambda text: handles._LINKS.sub("", text), "a." * 20_000 + " /"),
        (lambda text: handles._LINKS.sub("", text), "a" * 40_000 + " /"),
        (numerals.runs, "1 " * 40_000),
    ],
    ids=["names", "letters", "digits"],
)
def test_time_grows_with_the_text_and_no_faster(find: Callable[[str], object], text: str) -> None:
    """A tenth of a second where it grows so; half a minute of the processor where it grows with the square."""
    began = process_time()
    find(text)
    assert process_time() - began < 2


def test_work_is_bounded_by_the_text() -> None:
    """Counted in steps, not in seconds: twice the text is at most some twice the steps."""

    def steps(size: int) -> int:
        count = 0
        real = patterns._run

        def counting(*args: object) -> int:
            nonlocal count
            count += 1
            return real(*args)  # type: ignore[arg-type]

        patterns._run = counting  # type: ignore[assignment]
        try:
            packaged().find_all(words.read("if you so just really maybe " * size))
        finally:
            patterns._run = real
        return count

    assert steps(80) <= 2.5 * steps(40)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [("", "places"), ("a b ..", "begin and end"), ("?a b", "begin and end"), (".. a", "begin and end"), ("a @nowhere b", "unknown set"),
     ("a b-c", "not a word"), ("a ~nowhere b", "unknown set"), (" ".join("a" * 15), "places")],
)  # fmt: skip
def test_a_wrong_pattern_is_refused_by_name(pattern: str, reason: str) -> None:
    value = {
        "lang": "en",
        "version": 1,
        "sets": [{"id": "filler", "words": ["so"]}],
        "rules": [{"id": "R8", "any": [pattern]}],
    }
    with pytest.raises(AssetRefused) as refused:
        phrases.load(json.dumps(value).encode(), "phrases/xx.json")
    assert "phrases/xx.json" in str(refused.value)
    assert reason in str(refused.value) or pattern == ""


@pytest.mark.parametrize("text", ["heyyy wot skool r u at", "h o w  o l d  r  u", "what's ur n4me", "whаts ur addy"])
def test_spellings_of_chats_are_one(text: str) -> None:
    assert "R8" in seen(text)


@pytest.mark.parametrize(
    "text",
    [
        'in the play I say "where do you live, little mouse?"',
        "never tell anyone online your address",
        "he asked where do you live so I told my mum",
    ],
)
def test_what_is_quoted_advised_or_told_is_no_ask(text: str) -> None:
    assert "R8" not in seen(text)


def test_a_message_that_is_all_in_quotation_marks_is_an_ask() -> None:
    assert "R8" in seen('"where do you live?"')


def test_cues_are_added_up_in_one_sentence() -> None:
    def found(text: str) -> tuple[int, int] | None:
        return small.find("R8", words.read(text))

    cues = [
        {"id": "red", "weight": 2, "any": ["^red"]},
        {"id": "blue", "weight": 2, "any": ["blue $"]},
        {"id": "little", "weight": -1, "any": ["a_little"], "whole": True},
    ]
    value = {"lang": "en", "version": 1, "sets": [{"id": "joiners", "words": ["and"]}], "rules": [{"id": "R8", "cues": cues}]}
    small = phrases.load(json.dumps(value).encode(), "x")
    assert found("red is not blue") == (0, 15)
    assert found("so, red and blue") is not None
    assert found("red. blue") is None
    assert found("see red is blue") is None  # not the beginning
    assert found("red is blue here") is None  # not the end
    assert found("red is blue. wait a little") is None
    cues[0] = {"id": "red", "weight": 2, "reading": "nowhere"}
    with pytest.raises(AssetRefused, match="nowhere"):
        phrases.load(json.dumps(value).encode(), "x")


def test_every_rule_about_words_has_words() -> None:
    spoken = set(packaged().rules())
    assert spoken == {"R2", "R4", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R18", "R20"}
    assert set(INCOMING) | set(OUTGOING) >= spoken


def test_the_command_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["notice", "--explain", "R8", "hm, which school do you go to?"]) == 0
    assert "which school do" in capsys.readouterr().out
    assert main(["notice", "--explain", "R8", "hello"]) == 1
    assert main(["notice", "--json", "--explain", "r15", "see http://192.168.1.4/a"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert json.loads(lines[-1]) == {
        "rule": "R15",
        "fires": True,
        "seen": "http://192.168.1.4/a",
        "site": "192.168.1.4",
    }
    assert main(["notice", "--explain", "R17", "x"]) == 2
