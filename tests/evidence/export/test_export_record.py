"""The readable record: everything escaped, nothing from elsewhere, every line with its time, writer and support."""

from __future__ import annotations

import base64
import copy
import hashlib
import html
import re
from dataclasses import replace
from datetime import UTC
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import export_case as case
import pytest
from evidence_case import ACCOUNT
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.evidence import Assurance
from messenger.domain.receipt import IdentityLevel, WithdrawalOutcome
from messenger.evidence.export.dossier import Dossier, moment
from messenger.evidence.export.page import record_page
from messenger.evidence.export.plain import record_text
from messenger.evidence.export.record import Gap, Message, Record, Recorder
from messenger.evidence.schema import Schemas
from messenger.evidence.visible import escaped

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "footer", "h1", "h2", "p", "div", "span"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "th", "td", "bdi"),
}
ATTRIBUTES = {"class", "lang", "dir", "scope", "charset", "http-equiv", "content", "name"}
PARIS = ZoneInfo("Europe/Paris")


class Reader(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[tuple[str, str, str | None]] = set()
        self.quotes: list[str] = []
        self.text = ""
        self._quoting = 0
        self.style = ""
        self._in_style = False
        self.feed(page.decode("utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {(tag, name, value) for name, value in attrs}
        self._in_style = tag == "style"
        if tag == "bdi":
            self._quoting += 1
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False
        if tag == "bdi":
            self._quoting -= 1

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.style += data
            return
        self.text += data
        if self._quoting:
            self.quotes[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment in the page")


def record_of(found: Dossier, zone: bool = False) -> Record:
    return (Recorder(found, PARIS, "Europe/Paris") if zone else Recorder(found, UTC, "UTC")).record()


def shown(record: Record) -> list[Message]:
    return [one for one in record.messages if isinstance(one, Message)]


def test_s_the_page_has_no_script_no_link_and_nothing_remote(schemas: Schemas) -> None:
    page = Reader(record_page(record_of(case.dossier(schemas))))
    assert page.elements <= ELEMENTS
    assert {name for _tag, name, _value in page.attributes} <= ATTRIBUTES
    (policy,) = [value for _tag, name, value in page.attributes if name == "content" and value and "default-src" in value]
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in page.style
    assert "@import" not in page.style
    assert ("meta", "content", "no-referrer") in page.attributes


HOSTILE = [
    "<script>alert(1)</script>",
    "</bdi></div><img src=x onerror=alert(1)>",
    '" onclick="x',
    "</style><style>*{display:none}",
    "<!-- hidden",
    "&lt;b&gt; &#x202e;",
    "a\u202eb\u2066c\u200bd\x00e\x1b[2Jf\u2028g",
    "\x1b]8;;http://x\x07",
    "]]>",
    "7  2026-11-24 08:07:00 UTC [Chosen]\n    | not mine",
    "[U+202E]",
    "w" * 65_536,
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_s_hostile_words_stay_words(schemas: Schemas, words: str) -> None:
    found = case.with_words(case.dossier(schemas), words, name=words[:1000], narrative=words[:4000])
    page = Reader(record_page(record_of(found)))
    assert page.elements <= ELEMENTS
    assert {name for _tag, name, _value in page.attributes} <= ATTRIBUTES
    assert escaped(words) in page.quotes
    assert escaped(words[:4000]) in page.quotes
    for line in record_text(record_of(found)).decode().split("\n"):
        assert line == escaped(line)
        if "not mine" in line:
            assert line.startswith(("    | ", "From: "))


@given(st.text(), st.text(min_size=1, max_size=100))
def test_s_whatever_was_written_is_in_the_page_and_in_the_text(hostile: Dossier, body: str, name: str) -> None:
    record = record_of(case.with_words(hostile, body, name=name, narrative=body))
    page = Reader(record_page(record))
    assert page.elements <= ELEMENTS
    visible = re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", _written_out, escaped(body))
    assert visible in page.quotes
    text = record_text(record).decode()
    quoted = "\n".join(f"    | {line}".rstrip() for line in visible.split("\n"))
    assert quoted in text


def _written_out(match: re.Match[str]) -> str:
    return f"[U+{ord(match.group()):04X}]"


def test_only_what_was_hidden_is_framed(schemas: Schemas) -> None:
    found = case.with_words(case.dossier(schemas), "typed [U+202E] hidden \u202e end \U0001f468\u200d\U0001f467")
    page = record_page(record_of(found)).decode()
    assert 'typed [U+202E] hidden <span class="sign">[U+202E]</span> end \U0001f468\u200d\U0001f467</bdi>' in page


def test_every_line_says_when_who_what_and_how_far_it_is_supported(schemas: Schemas) -> None:
    record = record_of(case.dossier(schemas), zone=True)
    lines = {one.place: one for one in shown(record)}
    assert sorted(lines) == [4, 5, 7, 8, 9, 10, 11, 12]
    seven = lines[7]
    assert (seven.at.local, seven.at.utc) == ("2026-11-24 09:07:00 Europe/Paris", "2026-11-24 08:07:00 UTC")
    assert (seven.who, seven.own, seven.chosen) == ("Max", False, True)
    assert lines[8].who == "The person who reports"
    assert lines[8].address == f"{ACCOUNT}/robin"
    assert "own server had the same message" in seven.assurance
    assert "under another number" in lines[9].assurance
    assert "Nothing else supports it" in lines[12].assurance
    assert "no message under this number" in lines[10].warnings[0]
    assert "another message under this number" in lines[11].warnings[0]
    assert "false server numbers" in lines[9].warnings[0]
    for form in (record_page(record).decode(), record_text(record).decode()):
        plain = html.unescape(form)
        for one in lines.values():
            assert one.assurance in plain
            assert one.at.utc in plain
            assert one.at.local in plain
            assert all(words in plain for words in one.warnings)


@pytest.mark.parametrize("level", list(Assurance))
def test_each_level_has_its_own_words_and_the_desks_finding_wins(schemas: Schemas, level: Assurance) -> None:
    found = case.dossier(schemas)
    record = record_of(replace(found, raised={7: level}))
    line = next(one for one in shown(record) if one.place == 7)
    words = {
        "A0": "Typed or pasted by the reporter.",
        "A1": "In the log that the reporter's program kept",
        "A2": "The reporter's own server had the same message",
        "A3": "The reporter's server itself sent the same message to the desk.",
        "A3r": "The desk itself read the same message in the group's archive.",
    }
    assert line.level == level.value
    assert line.assurance.startswith(words[level])
    assert sum(line.assurance.startswith(one) for one in words.values()) == 1


def test_what_is_left_out_is_said_in_its_place(schemas: Schemas) -> None:
    record = record_of(case.dossier(schemas))
    gaps = [(one.first, one.last, one.text) for one in record.messages if isinstance(one, Gap)]
    assert gaps == [
        (1, 3, "3 messages not sent"),
        (6, 6, "1 message taken out by the reporter"),
        (13, 29, "17 messages not sent"),
    ]
    places = [one.first if isinstance(one, Gap) else one.place for one in record.messages]
    assert places == sorted(places)
    assert record.summary == "8 messages are shown. 21 more are not shown, but counted."
    text = record_text(record).decode()
    assert "--- 6: 1 message taken out by the reporter ---" in text
    assert "--- 13-29: 17 messages not sent ---" in text


def test_a_gap_without_entries_is_said_too(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = tuple(one for one in found.entries if not 6 <= one["seq"] <= 8)
    report = copy.deepcopy(found.report)
    report["evidence"]["withheld"].append({"from_seq": 6, "to_seq": 8, "count": 3, "reason": "outside"})
    report["evidence"]["withheld"] = [one for one in report["evidence"]["withheld"] if one["count"] != 1]
    record = record_of(replace(found, entries=entries, report=report))
    assert Gap(6, 8, "3 messages in between, not sent") in record.messages


def test_changes_are_a_history_and_lose_nothing(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    item = next(one for one in entries if "withheld" not in one)
    times = {"client": "2026-11-24T08:20:00.000Z", "delay": None, "archive": None, "claimed": None}
    item["edits"] = [
        {"kind": "correction", "times": times, "body": "Second \u202e words."},
        {"kind": "retraction", "times": times, "body": ""},
    ]
    item["edits_total"] = 120
    item["retracted"] = True
    record = record_of(replace(found, entries=entries))
    line = shown(record)[0]
    assert line.text == "line 4"
    assert [(one.label, one.text) for one in line.changes] == [
        ("Changed by its writer", "Second \u202e words."),
        ("Taken back by its writer", None),
    ]
    assert any("Of 120 changes" in one for one in line.notes)
    for form in (record_page(record).decode(), record_text(record).decode()):
        for words in ("line 4", "Taken back by its writer", "2026-11-24 08:20:00 UTC"):
            assert words in form
    assert "    | Second [U+202E] words." in record_text(record).decode()


def test_files_are_grey_boxes_with_name_type_size_and_sum_and_no_address(schemas: Schemas) -> None:
    record = record_of(case.dossier(schemas))
    (box,) = next(one for one in shown(record) if one.place == 11).boxes
    assert (box.name, [(one.label, one.value) for one in box.facts]) == (
        "beach.jpg",
        [("Type", "image/jpeg"), ("Size", "48213 bytes"), ("sha-256", "q1w2")],
    )
    for form in (record_page(record), record_text(record)):
        assert b"beach.jpg" in form
        assert b"up.example" not in form


def test_a_file_without_anything_known_is_still_a_box(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    item = next(one for one in entries if "withheld" not in one)
    item["media_refs"] = [{"name": "", "mime": "", "size": None, "url": None, "hashes": []}]
    item["body"] = ""
    record = record_of(replace(found, entries=entries))
    (box,) = shown(record)[0].boxes
    assert (box.name, [one.value for one in box.facts]) == ("file without a name", ["not said", "not said"])
    assert b"file without a name" in record_page(record)


def test_a_cut_message_says_so(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    next(one for one in entries if "withheld" not in one)["body_length"] = 70_000
    record = record_of(replace(found, entries=entries))
    for form in (record_page(record), record_text(record)):
        assert b"It had 70000 characters." in form


def test_somebody_in_a_room_is_named_as_the_room_knew_them(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    item = next(one for one in entries if "withheld" not in one and one["dir"] == "in")
    item["occupant"] = {"nick": "Kim", "occupant_id": "occ-1", "role": "moderator", "affiliation": "owner", "jid": "kim@x.example"}
    item["enc"] = "omemo"
    record = record_of(replace(found, entries=entries))
    line = next(one for one in shown(record) if one.who == "Kim")
    assert line.notes == (
        "Address behind the name: kim@x.example",
        "Id in the group: occ-1",
        "Place in the group: moderator, owner",
        "Came encrypted.",
    )
    assert all(words in record_page(record).decode() for words in line.notes)


def test_a_time_that_is_none_stands_as_found(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    first = next(one for one in entries if "withheld" not in one)
    first["times"] = {"client": "once <b>", "delay": None, "archive": None, "claimed": None}
    line = shown(record_of(replace(found, entries=entries), zone=True))[0]
    assert (line.at.local, line.at.utc) == ("", "once <b>")
    first["times"]["client"] = ""
    assert shown(record_of(replace(found, entries=entries)))[0].at.utc == "time not known"


@pytest.mark.parametrize("text", ["", "2026-11-24", "2026-11-24T08:00:00", "24.11.2026", "\u0662\u0660\u0662\u0666"])
def test_only_a_time_with_a_zone_is_a_time(text: str) -> None:
    assert moment(text) is None
    assert moment(None) is None


def test_archive_time_counts_before_the_computers_own(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    first = next(one for one in entries if "withheld" not in one)
    first["times"] = {
        "client": "2026-11-24T08:00:03.000Z",
        "delay": "2026-11-24T08:00:02.000Z",
        "archive": "2026-11-24T08:00:01.000Z",
        "claimed": "2020-01-01T00:00:00.000Z",
    }
    for member, second in (("archive", 1), ("delay", 2), ("client", 3)):
        assert shown(record_of(replace(found, entries=entries)))[0].at.utc == f"2026-11-24 08:00:0{second} UTC"
        first["times"][member] = None


def test_the_reporter_is_named_only_when_the_identity_part_is_opened(schemas: Schemas) -> None:
    named, sealed = case.dossier(schemas), case.dossier(schemas, named=False)
    for make in (record_page, record_text):
        assert b"Sam" in make(record_of(named))
        assert b"safe to write" in make(record_of(named))
        assert b"Sam" not in make(record_of(sealed))
        assert b"in a sealed part that is not opened here" in make(record_of(sealed))


@pytest.mark.parametrize(("level", "words"), [(IdentityLevel.VERIFIED, "checked by the desk"), (IdentityLevel.CODE, "not checked")])
def test_an_address_is_called_checked_only_when_it_was(schemas: Schemas, level: IdentityLevel, words: str) -> None:
    record = record_of(replace(case.dossier(schemas), identity_level=level.value))
    assert words in [one.value for one in record.person]


def test_it_says_what_is_shown_and_what_is_not(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    proof = " ".join(record_of(found).proof)
    assert "It does not show who wrote a message" in proof
    assert "Confirmed by the reporter's server, as the reporter's program says: 5." in proof
    assert "1 message came with false server numbers." in proof
    assert "The desk had exactly this report" in proof
    bare_proof = " ".join(record_of(replace(found, received_at="", case_number="")).proof)
    assert "There is no receipt in this record" in bare_proof
    report = copy.deepcopy(found.report)
    report["evidence"]["integrity"] = dict.fromkeys(report["evidence"]["integrity"])
    assert "was not asked about the messages" in " ".join(record_of(replace(found, report=report)).proof)


@pytest.mark.parametrize("category", case.CATEGORIES)
def test_every_category_has_words(schemas: Schemas, category: str) -> None:
    record = record_of(case.dossier(schemas, category))
    (reported,) = [one.value for one in record.matter if one.label == "Reported as"]
    assert len(reported) > 5
    assert reported not in case.CATEGORIES


def test_a_report_without_messages_or_parties_can_be_read(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    report = copy.deepcopy(found.report)
    report.update(reported=[], affected=[], qualifiers=[], narrative=None)
    report["evidence"].update(shown=0, withheld=[])
    record = record_of(replace(found, entries=(), report=report))
    assert Reader(record_page(record)).elements <= ELEMENTS
    assert b"0 messages are shown." in record_text(record)


def test_text_and_page_say_the_same(schemas: Schemas) -> None:
    record = record_of(case.dossier(schemas), zone=True)
    text = record_text(record).decode()
    for part in (record.head, record.matter, record.answers, record.person, record.check):
        for fact in part:
            assert fact.label in text
            assert escaped(fact.value) in text
    for line in (*record.how, *record.proof, record.summary):
        assert line in text


def test_the_same_report_gives_the_same_bytes(schemas: Schemas) -> None:
    for make in (record_page, record_text):
        assert make(record_of(case.dossier(schemas))) == make(record_of(case.dossier(schemas)))


def test_what_was_added_later_stands_after_the_messages(schemas: Schemas) -> None:
    record = record_of(case.grown(schemas))
    first, second = record.later
    assert [one.place for one in first.messages if isinstance(one, Message)] == [10, 11, 12, 13, 14, 15, 16]
    assert first.summary == "7 messages are shown."
    assert (second.messages, second.summary) == ((), "")
    assert [one.value for one in first.facts][:3] == ["2026-11-25 09:00:00 UTC", "2026-11-25 09:00:05 UTC", "He wrote again."]
    assert "nothing in this record shows that" in [one.value for one in second.facts]
    for form in (record_page(record).decode(), record_text(record).decode()):
        assert form.count("He wrote again.") == 2
        assert "See you at the park." in form
        assert form.index("Added later") < form.index("He wrote again.") < form.index("Who reports")
    assert Reader(record_page(record)).elements <= ELEMENTS
    proof = " ".join(record.proof)
    assert "Confirmed by the reporter's server, as the reporter's program says: " in proof


@pytest.mark.parametrize(
    ("outcome", "words"),
    [(WithdrawalOutcome.ERASED, "before anybody had looked at it"), (WithdrawalOutcome.NOTED, "after people had begun")],
)
def test_a_report_that_was_taken_back_says_so_at_its_head(schemas: Schemas, outcome: WithdrawalOutcome, words: str) -> None:
    found = case.grown(schemas)
    assert found.withdrawn is not None
    record = record_of(replace(found, withdrawn=replace(found.withdrawn, outcome=outcome)))
    (said,) = [one.value for one in record.head if one.label == "Taken back by the reporter"]
    assert said.startswith("2026-11-26 09:00:05 UTC, ")
    assert words in said
    assert all(one.label != "Taken back by the reporter" for one in record_of(case.dossier(schemas)).head)


def test_a_room_is_named_with_who_was_who(schemas: Schemas) -> None:
    record = record_of(case.room(schemas))
    facts = {one.label: one.value for one in record.matter}
    assert facts["About"] == "games@rooms.example/Max"
    assert facts["Their id in the group"] == "occ-1"
    assert facts["In the group"] == "Games (games@rooms.example)"
    assert facts["The reporter's own place in it"] == "Robin, participant, member"
    notes = [one.notes for one in shown(record)]
    assert "Id in the group: occ-1" in notes[0]
    assert "Id in the group: occ-2" in notes[1]
    assert Reader(record_page(record)).elements <= ELEMENTS


def test_the_head_says_which_case_it_is(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    record = record_of(found)
    head = {one.label: one.value for one in record.head}
    assert head["Case number"] == record.number == "AB42-CD34"
    assert head["Number of the report"] == found.report["report_id"]
    assert head["Received there on"] == "2026-11-24 09:00:05 UTC"
    without = record_of(replace(found, case_number="", received_at=""))
    head = {one.label: one.value for one in without.head}
    assert (head["Case number"], without.number) == ("none yet", found.report["report_id"])
    assert head["Received there on"] == "nothing in this record shows that"


def rows(record: Record) -> list[str]:
    """The page's messages, each as HTML."""
    page = record_page(record).decode()
    return [one.split("</li>")[0] for one in page.split('<li class="message ')[1:]]


def test_in_the_page_only_chosen_messages_are_marked_and_only_the_reporters_are_theirs(schemas: Schemas) -> None:
    record = record_of(case.dossier(schemas))
    for row, one in zip(rows(record), shown(record), strict=True):
        assert ('<span class="chosen">Chosen</span>' in row) is one.chosen
        assert row.startswith(f"{'own' if one.own else 'theirs'}{' chosen' if one.chosen else ''}\">")
    text = record_text(record).decode()
    assert text.count("[Chosen]") == sum(one.chosen for one in shown(record)) == 2


def test_words_have_their_place_and_a_file_without_words_has_none(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    items = [one for one in entries if "withheld" not in one]
    file = {"name": "a.txt", "mime": "", "size": 1, "url": None, "hashes": []}
    items[0].update(body="", media_refs=[file])
    items[1].update(body="", media_refs=[])
    items[2].update(body="Look", media_refs=[file])
    first, second, third = rows(record_of(replace(found, entries=entries)))[:3]
    assert '<div class="said">' not in first
    assert '<div class="said"><bdi dir="auto"></bdi></div>' in second
    assert '<div class="said"><bdi dir="auto">Look</bdi></div>' in third
    assert [row.count('class="file"') for row in (first, second, third)] == [1, 0, 1]
    assert "1 byte<" in first


@pytest.mark.parametrize("level", list(Assurance))
def test_found_under_another_number_is_said_of_that_level_alone(schemas: Schemas, level: Assurance) -> None:
    record = record_of(replace(case.dossier(schemas), raised={9: level}))
    nine = next(one for one in shown(record) if one.place == 9)
    assert ("under another number" in nine.assurance) is (level is Assurance.A2)


@pytest.mark.parametrize("words", ["\u202e\u0436\u202e", "\u0436\u202e\u4e2d", "\U0001f600\x00\U0001f600", "\x00", "]\x00]", "[\x00["])
def test_framing_works_beside_every_script(schemas: Schemas, words: str) -> None:
    page = Reader(record_page(record_of(case.with_words(case.dossier(schemas), words))))
    assert escaped(words) in page.quotes
    assert ("span", "class", "sign") in page.attributes


def test_the_page_names_the_places_that_are_not_shown(schemas: Schemas) -> None:
    page = record_page(record_of(case.dossier(schemas))).decode()
    assert re.findall(r'<li class="gap">([^<]*)</li>', page) == [
        "Numbers 1 to 3: 3 messages not sent",
        "Number 6: 1 message taken out by the reporter",
        "Numbers 13 to 29: 17 messages not sent",
    ]


@pytest.mark.parametrize(("total", "said"), [(1, False), (2, True)])
def test_changes_that_are_not_listed_are_counted(schemas: Schemas, total: int, said: bool) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    item = next(one for one in entries if "withheld" not in one)
    times = {"client": "2026-11-24T08:20:00.000Z", "delay": None, "archive": None, "claimed": None}
    item.update(edits=[{"kind": "retraction", "times": times, "body": ""}], edits_total=total)
    line = shown(record_of(replace(found, entries=entries)))[0]
    assert any("changes the first and the last" in one for one in line.notes) is said
    assert not any("changes the first" in one for one in shown(record_of(found))[1].notes)
