"""What the officer's page says of a case: how sure, what was found, what followed; the questions it sends, the files it makes."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from dataclasses import replace

import pytest
from desk_case import ACCOUNT, LINES, OTHER, Https, ReporterApp, at, line, raw
from officer_case import Officer

from messenger.desk import forms
from messenger.desk.forms import DraftQuestion
from messenger.desk.keys import FILE as KEYS
from messenger.desk.keys import DeskKeys
from messenger.desk.server import Desk
from messenger.desk.store import FILE
from messenger.domain.evidence import ArchiveCheck, EditRecord, Occupant, RoomFacts
from messenger.domain.message import Times
from messenger.domain.receipt import FormAnswer, FormOption, FormQuestion
from messenger.domain.report import EndpointProfile
from messenger.evidence.package import read_copy
from messenger.evidence.receipt import verify_receipt
from messenger.evidence.report import Prepared
from messenger.evidence.schema import Schemas
from messenger.evidence.statement import ContactWay, Reporter

CODES = ("xarf:content/csem:grooming", "ncmec:Online Enticement of Children for Sexual Acts")


@pytest.fixture(scope="module")
def cookies(https: Https, desk: Desk) -> dict[str, str]:
    made = Officer(https)
    made.sign_in("Priya Nair", desk.add_officer("Priya Nair"))
    return made.cookies


@pytest.fixture
def officer(https: Https, cookies: dict[str, str]) -> Officer:
    made = Officer(https)
    made.cookies = dict(cookies)
    return made


def filed(https: Https, app: ReporterApp, prepared: Prepared | None = None) -> str:
    sent = prepared or app.report()
    return verify_receipt(https.send(sent).json["receipt"], app.endpoint.keys, sent.digest).case_number


def change(desk: Desk, statement: str, *values: object) -> None:
    db = sqlite3.connect(desk.folder / FILE)
    with db:
        db.execute(statement, values)
    db.close()


# -- how sure


@pytest.mark.parametrize(("level", "domain", "words"), [
    ("unverified", "", ("address not checked", "Not checked with the chat server")),
    ("code", "", ("code came back", "Checked by a code sent to the reporter")),
    ("verified", "example.org", ("address checked", "Checked with the reporter's own chat server", "example.org")),
])  # fmt: skip
def test_the_level_stands_in_words(
    https: Https, app: ReporterApp, desk: Desk, officer: Officer, level: str, domain: str, words: tuple[str, ...]
) -> None:
    number = filed(https, app)
    change(
        desk, "UPDATE reports SET identity_level = ?, identity_domain = ?, identity_at = 1.7e9 WHERE report_id = ?",
        level, domain, app.report_id,
    )  # fmt: skip
    officer.get("/desk/queue")
    assert words[0] in officer.page.words
    officer.get(f"/desk/cases/{number}")
    for one in words:
        assert one in officer.page.words


def test_findings_stand_beside_their_line(https: Https, app: ReporterApp, desk: Desk, officer: Officer) -> None:
    said = [line(seq, *one) for seq, one in enumerate(LINES, 1)]
    said[1] = replace(said[1], archive_check=ArchiveCheck.SAME)
    said[2] = replace(said[2], archive_check=ArchiveCheck.FOUND, duplicate_archive_ids=True)
    said[3] = replace(said[3], archive_check=ArchiveCheck.MISSING)
    said[4] = replace(said[4], archive_check=ArchiveCheck.DIFFERS)
    number = filed(https, app, app.report(lines=said))
    change(desk, "INSERT INTO corroborated VALUES (?, 5, 'A3', 1.7e9, 'example.org')", app.report_id)
    change(desk, "INSERT INTO findings VALUES (?, 6, 'differs', 1.7e9, 'example.org')", app.report_id)
    change(desk, "INSERT INTO findings VALUES (?, 0, 'other', 1.7e9, 'example.org')", app.report_id)
    text = officer.get(f"/desk/cases/{number}").text
    rows = text.split('<tr class="line')[1:]
    assert '>A2</span><span class="unseen">: the reporter&#39;s program says that its server&#39;s archive has it' in rows[1]
    assert "A false server id was planted" in rows[2]
    assert "found it in the archive under another id" in rows[2]
    assert "the archive has no message under this id" in rows[3]
    assert ">A1<" in rows[3]
    assert "the archive has another message under this id" in rows[4]
    assert ">A3<" in rows[4]
    assert "Sent to us by the server example.org, 14 Nov 2023 22:13." in rows[4]
    assert "The message that example.org sent us differs" in rows[5]
    words = officer.page.words
    assert "example.org sent us a message that is none of these." in words
    assert "1 the same, 1 under another id, 1 missing, 1 different" in words
    # What was found about messages does not make the report a changed one.
    assert "Signed, unchanged" in words


def test_changes_are_shown_as_history(https: Https, app: ReporterApp, officer: Officer) -> None:
    said = [line(seq, *one) for seq, one in enumerate(LINES, 1)]
    edits = (
        EditRecord("correction", "which street?", f"{OTHER}/phone", Times(at(12)), raw("<m/>"), 9),
        EditRecord("retraction", "", f"{OTHER}/phone", Times(at(13)), raw("<m/>"), 10),
    )
    said[2] = replace(said[2], edits=edits)
    officer.get(f"/desk/cases/{filed(https, app, app.report(lines=said))}")
    words = " ".join(officer.page.words.split())
    said_first, changed = words.index("which school do you go to?"), words.index("20:12 changed to which street?")
    assert said_first < changed < words.index("20:13 taken back")


def test_a_room_and_who_wrote_there(https: Https, app: ReporterApp, officer: Officer) -> None:
    me, bad = Occupant("sam", "id-sam", "participant", "none"), Occupant("mike", "id-mike", "moderator", "owner", OTHER)
    who = (me, bad, replace(bad, nick="mick"), me, Occupant("m\u0456ke"), bad, bad, me)
    said = [line(seq, *one, occupant=who[seq - 1]) for seq, one in enumerate(LINES, 1)]
    said[5] = replace(
        said[5], sender="r@rooms.example/mike", edits=(EditRecord("retraction", "", "r@rooms.example", Times(at(20)), raw("<m/>"), 9),)
    )
    room = RoomFacts("r@rooms.example", "Level 9", me, True)
    officer.get(f"/desk/cases/{filed(https, app, app.report(lines=said, room=room))}")
    words = " ".join(officer.page.words.split())
    for expected in ("Level 9", "r@rooms.example", "mike, mick", "id-mike", OTHER, "owner",
                     "the room gave no id: anybody can take this name", "not the same as: mike", "taken away by the room"):  # fmt: skip
        assert expected in words
    assert "not the same as: sam" not in words


# -- what followed


def test_addenda_in_order_with_their_own_checks(https: Https, app: ReporterApp, desk: Desk, officer: Officer) -> None:
    prepared = app.report()
    number = filed(https, app, prepared)
    officer.get(f"/desk/cases/{number}")
    first = app.addendum(prepared.digest, lines=(("in", "answer me"),), words="He wrote again.")
    assert https.add(app, first).status == 201
    second = app.addendum(first.digest, lines=(), words="My mum knows now.")
    assert https.add(app, second).status == 201
    queue = officer.get("/desk/queue").text
    row = next(one for one in queue.split("<tr>") if number in one)
    assert "added more" in row
    text = officer.get(f"/desk/cases/{number}").text
    one, two = text.index("Added later, 1 of 2"), text.index("Added later, 2 of 2")
    assert one < text.index("He wrote again.") < text.index("answer me") < two < text.index("My mum knows now.")
    assert text.count("Signed, unchanged, in its place") == 2
    assert "follows the report" in text
    assert "follows the one before" in text
    row = next(one for one in officer.get("/desk/queue").text.split("<tr>") if number in one)
    assert "added more" not in row
    # A changed byte, and a link that is not the last one, are told.
    change(desk, "UPDATE addenda SET sealed = substr(sealed, 1, 400) WHERE report_id = ? AND n = 1", app.report_id)
    officer.get(f"/desk/cases/{number}")
    assert "does not open any more" in officer.page.words
    assert "A check failed" in officer.page.words
    change(desk, "DELETE FROM addenda WHERE report_id = ? AND n = 1", app.report_id)
    officer.get(f"/desk/cases/{number}")
    assert "does not follow what stands before it" in officer.page.words


def test_news_of_a_closed_case_bring_it_back(https: Https, app: ReporterApp, officer: Officer) -> None:
    prepared = app.report()
    number = filed(https, app, prepared)
    officer.get(f"/desk/cases/{number}")
    officer.submit(f"/desk/cases/{number}/status", status="closed", reason="done")
    assert number not in officer.get("/desk/queue").text
    assert https.add(app, app.addendum(prepared.digest)).status == 201
    assert number in officer.get("/desk/queue").text
    officer.get(f"/desk/cases/{number}")
    assert number not in officer.get("/desk/queue").text
    assert https.write(app, app.reply("He is back.")).status == 201
    assert number in officer.get("/desk/queue").text


def test_who_opened_name_and_contact_and_why_is_shown_to_the_next(https: Https, app: ReporterApp, desk: Desk, officer: Officer) -> None:
    number = filed(https, app)
    place = f"/desk/cases/{number}"
    for reason in ("", "  ", "because", "to call"):
        officer.get(place)
        assert officer.submit(f"{place}/identity", reason=reason).status == 400
        assert "in a few words" in officer.page.words
        assert "0100 555" not in officer.page.words
    officer.get(place)
    assert officer.submit(f"{place}/identity", reason="to ring the grown-up").status == 303
    other = Officer(https)
    other.sign_in("Bea Lund", desk.add_officer("Bea Lund"))
    other.get(place)
    assert "Priya Nair" in other.page.words
    assert "to ring the grown-up" in other.page.words
    assert "0100 555" not in other.page.words


def test_a_code_is_compared_with_the_opened_contact(https: Https, app: ReporterApp, desk: Desk, officer: Officer) -> None:
    ways = (ContactWay("email", "sam@mail.example", True, ""), ContactWay("email", "old@mail.example", True, ""))
    number = filed(https, app, app.report(reporter=Reporter(ACCOUNT, "Sam", "13_15", "gb", ways)))
    keys = DeskKeys.load(desk.folder / KEYS, "a long passphrase")
    change(
        desk, "INSERT INTO asked VALUES (?, 'proven', ?, 1.7e9)", app.report_id, keys.index("mailto:sam@mail.example")
    )
    place = f"/desk/cases/{number}"
    officer.get(place)
    assert "sam@mail.example" not in officer.page.words
    officer.submit(f"{place}/identity", reason="to write an e-mail")
    officer.get(place)
    assert "A code sent to sam@mail.example came back." in officer.page.words
    assert "old@mail.example came back" not in officer.page.words


# -- questions with a form


def _send(officer: Officer, number: str, *fields: tuple[str, str], do: str = "send") -> int:
    action = f"/desk/cases/{number}/message"
    base = [*officer.page.hidden(action).items(), ("kind", "question"), ("text", "Can you help us?"), ("do", do)]
    return officer.post(action, [*base, *fields]).status


QUESTIONS = (
    ("q_kind", "one"), ("q_text", "Does he know where you live?"), ("q_options", "Yes\r\nNo\r\n\r\nNot sure"),
    ("q_kind", "many"), ("q_text", "Where else?"), ("q_options", "A game\nThe phone"),
    ("q_kind", "date"), ("q_text", "When did it begin?"), ("q_options", ""),
    ("q_kind", "text"), ("q_text", "Who helps you?"), ("q_options", ""),
    ("q_kind", "one"), ("q_text", ""), ("q_options", ""),
)  # fmt: skip


def test_a_form_is_added_sent_and_answered(https: Https, app: ReporterApp, officer: Officer) -> None:
    number = filed(https, app)
    place = f"/desk/cases/{number}"
    officer.get(place)
    assert _send(officer, number, do="add") == 200
    names = [found.get("name") for _tag, found in officer.page.tags]
    assert (names.count("q_kind"), names.count("q_text"), names.count("q_options")) == (1, 1, 1)
    assert _send(officer, number, *QUESTIONS[:6], do="add") == 200
    labelled = {found.get("for") for tag, found in officer.page.tags if tag == "label"}
    controls = [found for tag, found in officer.page.tags if tag in ("select", "textarea") or found.get("type") == "text"]
    assert len(controls) >= 9
    assert all(found["id"] in labelled for found in controls)
    ids = [found["id"] for _tag, found in officer.page.tags if found.get("id")]
    assert len(ids) == len(set(ids))
    assert _send(officer, number, *QUESTIONS, do="drop-2") == 200
    assert any(found.get("value") == "When did it begin?" for _tag, found in officer.page.tags)
    assert not any(found.get("value") == "Where else?" for _tag, found in officer.page.tags)
    assert _send(officer, number, *QUESTIONS, do="preview") == 200
    assert "Not sure" in officer.page.words
    assert _send(officer, number, *QUESTIONS) == 303
    path = f"/v1/reports/{app.report_id}/messages"
    sealed = https.call("GET", f"{path}?after=0", None, app.authorization("GET", path)).json["messages"][0]["sealed"]
    advice = app.read(sealed, 1)
    assert [(one.id, one.kind, one.text) for one in advice.form] == [
        ("q1", "one", "Does he know where you live?"), ("q2", "many", "Where else?"),
        ("q3", "date", "When did it begin?"), ("q4", "text", "Who helps you?"),
    ]  # fmt: skip
    assert [one.text for one in advice.form[0].options] == ["Yes", "No", "Not sure"]
    answers = (
        FormAnswer("q1", ("o3",), "Does he know where you live?", "Not sure"),
        FormAnswer("q2", ("o1", "o2"), "Where else?", "A game, The phone"),
        FormAnswer("q3", ("2026-11-02",), "When did it end?", "2 November 2026"),
    )
    assert https.write(app, app.reply("", to=1, answers=answers)).status == 201
    officer.get(place)
    words = " ".join(officer.page.words.split())
    asked = words.index("Does he know where you live?")
    assert asked < words.index("Not sure", asked) < words.index("Where else?", asked) < words.index("A game, The phone", asked)
    assert "The app says that it showed: When did it end?" in words
    assert "no answer yet" in words
    assert "Answered the questions above." in words


@pytest.mark.parametrize(("fields", "words"), [
    ([("q_kind", "one"), ("q_text", "Which?"), ("q_options", "Only this")], "Question 1: write 2 to 20 choices"),
    ([("q_kind", "text"), ("q_text", "Why?"), ("q_options", "a\nb")], "Question 1: choices go with"),
    ([("q_kind", "text"), ("q_text", ""), ("q_options", "a")], "Question 1: write the question"),
    ([("q_kind", "colour"), ("q_text", "Which?"), ("q_options", "")], "Question 1: choose what kind"),
    ([("q_kind", "date"), ("q_text", "x" * 501), ("q_options", "")], "Question 1: at most 500"),
    ([("q_kind", "one"), ("q_text", "Which?"), ("q_options", "a\n" + "b" * 201)], "a choice has at most 200"),
])  # fmt: skip
def test_a_form_that_cannot_go(https: Https, app: ReporterApp, officer: Officer, fields: list[tuple[str, str]], words: str) -> None:
    number = filed(https, app)
    officer.get(f"/desk/cases/{number}")
    assert _send(officer, number, *fields) == 400
    assert words in officer.page.words
    assert "Can you help us?" in officer.page.words


def test_questions_go_with_a_question_only(https: Https, app: ReporterApp, officer: Officer) -> None:
    number = filed(https, app)
    place = f"/desk/cases/{number}"
    officer.get(place)
    answer = officer.submit(f"{place}/message", do="send", kind="advice", text="Hello.", q_kind="text", q_text="Why?", q_options="")
    assert answer.status == 400
    assert "go with the kind Question" in officer.page.words


def test_at_most_eight_questions() -> None:
    eight = tuple(DraftQuestion("text", str(n)) for n in range(8))
    assert forms.change(eight, "add") == eight
    assert forms.change(eight, "drop-1") == eight[1:]
    assert forms.change(eight, "drop-²") is None
    assert forms.change(eight, "send") is None


def test_the_longest_form_goes(https: Https, app: ReporterApp, officer: Officer) -> None:
    number = filed(https, app)
    officer.get(f"/desk/cases/{number}")
    choices = "\n".join(f"{n:02d}" + "\u00e9" * 198 for n in range(20))
    one = (("q_kind", "many"), ("q_text", "\u00e9" * 500), ("q_options", choices))
    assert _send(officer, number, *(one * 4)) == 303


def test_an_answer_that_fits_no_choice_is_told() -> None:
    question = FormQuestion("q1", "one", "Which?", (FormOption("o1", "A"), FormOption("o2", "B")))
    for chosen, doubt in ((("o1",), False), (("o9",), True), (("o1", "o2"), True), ((), False)):
        found = forms.asked([question], [FormAnswer("q1", chosen, "Which?", "")])[0]
        assert (found.answered, found.doubt) == (True, doubt)
    assert not forms.asked([question], [FormAnswer("q2", ("o1",), "Which?", "A")])[0].answered


# -- files for others


def _file(officer: Officer, number: str, kind: str) -> tuple[int, dict[str, str], bytes]:
    place = f"/desk/cases/{number}"
    officer.get(place)
    answer = officer.submit(f"{place}/export", kind=kind)
    return answer.status, answer.headers, answer.body


def test_files_of_a_case(https: Https, endpoint: EndpointProfile, officer: Officer) -> None:
    app = ReporterApp(endpoint)
    prepared = app.report(codes=CODES)
    number = filed(https, app, prepared)
    later = app.addendum(prepared.digest)
    assert https.add(app, later).status == 201
    status, headers, body = _file(officer, number, "xarf")
    assert status == 200
    assert headers["content-disposition"] == f'attachment; filename="{number}-xarf.json"'
    assert json.loads(body)["category"] == "content"
    assert ACCOUNT.encode() not in body
    status, headers, body = _file(officer, number, "ncmec")
    assert (status, headers["content-type"]) == (200, "application/xml")
    assert b"0100 555" not in body
    status, headers, body = _file(officer, number, "case")
    assert (status, "@graph" in json.loads(body)) == (200, True)
    status, _headers, _body = _file(officer, number, "bag")
    assert status == 400
    assert "Open them first" in officer.page.words
    place = f"/desk/cases/{number}"
    officer.submit(f"{place}/identity", reason="for the police file")
    assert https.withdraw(app, app.withdrawal()).status == 200
    status, headers, body = _file(officer, number, "bag")
    assert (status, headers["content-type"]) == (200, "application/zip")
    bag = zipfile.ZipFile(io.BytesIO(body))
    copy = read_copy(bag.read(next(one for one in bag.namelist() if one.endswith("copy.robin.json"))), Schemas.packaged())
    assert copy.signed.digest == prepared.digest
    assert [one.addendum.digest for one in copy.addenda] == [later.digest]
    assert copy.withdrawn is not None
    assert copy.receipt is not None
    officer.get(f"/desk/journal?case={number}")
    assert officer.page.words.count("Made a file of the case") == 4


def test_no_bag_of_damaged_additions(https: Https, app: ReporterApp, desk: Desk, officer: Officer) -> None:
    prepared = app.report()
    number = filed(https, app, prepared)
    assert https.add(app, app.addendum(prepared.digest)).status == 201
    officer.get(f"/desk/cases/{number}")
    officer.submit(f"/desk/cases/{number}/identity", reason="for the police file")
    change(desk, "UPDATE addenda SET sealed = substr(sealed, 1, 400) WHERE report_id = ?", app.report_id)
    assert _file(officer, number, "bag")[0] == 400
    assert "A check of what was added later failed" in officer.page.words
    assert _file(officer, number, "case")[0] == 200


def test_files_that_there_is_no_type_for_say_so(https: Https, app: ReporterApp, officer: Officer) -> None:
    number = filed(https, app, app.report(category="bullying", codes=()))
    for kind in ("xarf", "ncmec"):
        status, _headers, _body = _file(officer, number, kind)
        assert status == 400
        assert "It has no type for what this report is about." in officer.page.words
    status, _headers, _body = _file(officer, number, "../etc")
    assert status == 400
    officer.get(f"/desk/journal?case={number}")
    assert "Made a file of the case" not in officer.page.words
