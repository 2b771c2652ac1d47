"""The officers' pages: who gets in, what a form may do, and that no word of a report is ever more than a word."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from desk_case import ACCOUNT, LINES, OTHER, Https, ReporterApp, line, raw
from desk_clock import Time
from officer_case import Officer, Page

from messenger.desk.server import Desk
from messenger.domain.evidence import ArchiveCheck, EditRecord, Occupant, RoomFacts
from messenger.domain.message import MediaRef, Times
from messenger.domain.receipt import FormAnswer
from messenger.domain.report import EndpointProfile, WithdrawReason
from messenger.evidence.receipt import verify_receipt
from messenger.evidence.report import Prepared
from messenger.evidence.statement import (
    Affected,
    Claims,
    ContactWay,
    Declaration,
    Guardian,
    Qualifier,
    Reported,
    Reporter,
    Urgency,
)


@pytest.fixture(scope="module")
def password(desk: Desk) -> str:
    return desk.add_officer("Priya Nair")


@pytest.fixture(scope="module")
def signed_in(https: Https, password: str) -> dict[str, str]:
    made = Officer(https)
    assert made.sign_in("Priya Nair", password).status == 303
    return made.cookies


@pytest.fixture
def officer(https: Https, signed_in: dict[str, str]) -> Officer:
    """An officer who is in; all share one session, since each sign-in costs a core some time."""
    made = Officer(https)
    made.cookies = dict(signed_in)
    return made


@pytest.fixture(scope="module")
def one_number(https: Https, endpoint: EndpointProfile) -> str:
    """A case that no test changes."""
    app = ReporterApp(endpoint)
    prepared = app.report()
    return verify_receipt(https.send(prepared).json["receipt"], endpoint.keys, prepared.digest).case_number


@pytest.fixture
def number(https: Https, app: ReporterApp) -> str:
    prepared = app.report()
    answer = https.send(prepared)
    return verify_receipt(answer.json["receipt"], app.endpoint.keys, prepared.digest).case_number


PAGES = ["/desk/queue", "/desk/mine", "/desk/closed", "/desk/journal", "/desk/find?q=x", "/desk/cases/AAAA-AAAA"]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_without_signing_in(https: Https, path: str) -> None:
    answer = https.call("GET", path)
    assert answer.status == 303
    assert answer.headers["location"].startswith("/desk/sign-in")
    assert answer.body == b""


@pytest.mark.parametrize("action", ["take", "message", "urgency", "status", "identity", "export"])
def test_no_form_without_signing_in(https: Https, one_number: str, action: str) -> None:
    answer = Officer(https).post(f"/desk/cases/{one_number}/{action}", {"csrf": "x", "reason": "y", "tier": "now", "status": "closed"})
    assert answer.status == 303
    assert answer.headers["location"] == "/desk/sign-in"


def test_signing_in(https: Https, password: str) -> None:
    made = Officer(https)
    assert made.sign_in("Priya Nair", "not the password").status == 403
    assert "not right" in made.page.words
    assert made.sign_in("Nobody", password).status == 403
    answer = made.sign_in("priya nair", password)
    assert (answer.status, answer.headers["location"]) == (303, "/desk/queue")
    cookie = next(one for one in answer.cookies if one.startswith("__Host-robin-desk="))
    for word in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert word.lower() in cookie.lower()
    assert made.get("/desk/queue").status == 200


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "/desk//evil", "/v1/x", "\u00e9"])
def test_the_way_back_stays_on_the_desk(https: Https, password: str, to: str) -> None:
    made = Officer(https)
    made.get("/desk/sign-in")
    answer = made.submit("/desk/sign-in", name="Priya Nair", password=password, next=to)
    assert answer.headers["location"] == "/desk/queue"


def test_the_sign_in_form_must_be_ours(https: Https, password: str) -> None:
    made = Officer(https)
    made.get("/desk/sign-in")
    answer = made.post("/desk/sign-in", {"name": "Priya Nair", "password": password, "csrf": "guess"})
    assert answer.status == 403
    made.get("/desk/sign-in")
    made.cookies.clear()
    assert made.submit("/desk/sign-in", name="Priya Nair", password=password).status == 403


def test_too_many_tries_wait(https: Https, desk: Desk, clock: Time) -> None:
    password = desk.add_officer("Tom Ellis")
    made = Officer(https)
    for _n in range(5):
        assert made.sign_in("Tom Ellis", "guess guess").status == 403
    answer = made.sign_in("Tom Ellis", password)
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > 0
    before, clock.ahead = clock.ahead, clock.ahead + 40
    try:
        assert made.sign_in("Tom Ellis", password).status == 303
    finally:
        clock.ahead = before


def test_a_session_ends_after_eight_hours(https: Https, officer: Officer, clock: Time) -> None:
    before = clock.ahead
    try:
        clock.ahead = before + 8 * 3600 - 60
        assert officer.get("/desk/queue").status == 200
        clock.ahead = before + 8 * 3600 + 60
        assert officer.get("/desk/queue").status == 303
    finally:
        clock.ahead = before


def test_signing_out_ends_the_session(https: Https, password: str) -> None:
    officer = Officer(https)
    officer.sign_in("Priya Nair", password)
    officer.get("/desk/queue")
    kept = dict(officer.cookies)
    assert officer.submit("/desk/sign-out").status == 303
    officer.cookies = kept
    assert officer.get("/desk/queue").status == 303


def test_a_new_password_ends_the_sessions(https: Https, desk: Desk) -> None:
    made = Officer(https)
    made.sign_in("Ann", desk.add_officer("Ann"))
    assert made.get("/desk/queue").status == 200
    desk.add_officer("Ann")
    assert made.get("/desk/queue").status == 303


@pytest.mark.parametrize("how", ["no token", "wrong token", "other officer's token", "other site", "other origin", "json"])
def test_forms_of_others_do_nothing(https: Https, desk: Desk, officer: Officer, one_number: str, how: str) -> None:
    place = f"/desk/cases/{one_number}"
    officer.get(place)
    fields = {"tier": "log", "status": "closed", "reason": "because", "kind": "advice", "text": "hi", "draft": "d" * 20}
    headers: dict[str, str] = {}
    if how == "other officer's token":
        other = Officer(https)
        other.sign_in("Eve", desk.add_officer("Eve"))
        other.get("/desk/queue")
        fields["csrf"] = other.page.hidden("/desk/sign-out")["csrf"]
    elif how != "no token":
        fields["csrf"] = "guess" if how == "wrong token" else officer.page.hidden("/desk/sign-out")["csrf"]
    if how == "other site":
        headers["Sec_Fetch_Site"] = "cross-site"
    if how == "other origin":
        headers["Origin"] = "https://evil.example"
    if how == "json":
        headers["Content_Type"] = "text/plain"
    for action in ("take", "message", "urgency", "status", "identity", "export"):
        assert officer.post(f"{place}/{action}", fields, **headers).status in (403, 415)
    assert officer.post("/desk/sign-out", fields, **headers).status in (403, 415)
    officer.get(place)
    for changed in ("Took the case", "Wrote to", "Changed the", "Opened name"):
        assert changed not in officer.page.words


def test_every_form_has_a_token(officer: Officer, one_number: str) -> None:
    for path in ("/desk/queue", f"/desk/cases/{one_number}", "/desk/journal"):
        text = officer.get(path).text
        posts = re.findall(r'<form[^>]*method="post"[^>]*>(.*?)</form>', text, re.S)
        assert posts
        assert all('name="csrf"' in one for one in posts)


def test_the_whole_of_a_case(https: Https, officer: Officer, number: str) -> None:
    place = f"/desk/cases/{number}"
    assert officer.get(place).status == 200
    words = officer.page.words
    for expected in ("which school do you go to?", "mike_2010@chat.example", "sam@example.org", "He keeps asking about my school",
                     "Did they ask you to keep a secret?", "photo.jpg", "not held here", "It does not show who wrote a message.",
                     "Signed, unchanged", "Not checked with the chat server"):  # fmt: skip
        assert expected in words
    assert "Kim" not in words
    assert "0100 555" not in words
    assert officer.submit(f"{place}/identity", reason="").status == 400
    assert officer.submit(f"{place}/identity", reason="to call the grown-up").status == 303
    officer.get(place)
    assert "0100 555" in officer.page.words
    assert officer.submit(f"{place}/take").status == 303
    officer.get(place)
    assert officer.submit(f"{place}/urgency", tier="now", reason="she sounds scared").status == 303
    officer.get(place)
    assert officer.submit(f"{place}/status", status="with_police", reason="handed over").status == 303
    officer.get("/desk/mine")
    assert number in officer.page.words
    officer.get("/desk/journal")
    for expected in ("to call the grown-up", "she sounds scared", "handed over", "Took the case", "The chain is whole"):
        assert expected in officer.page.words
    officer.get(place)
    officer.submit(f"{place}/status", status="closed", reason="done")
    officer.get("/desk/closed")
    assert number in officer.page.words
    officer.get("/desk/queue")
    assert number not in officer.page.words


def test_another_officer_still_needs_a_reason(https: Https, desk: Desk, officer: Officer, number: str) -> None:
    officer.get(f"/desk/cases/{number}")
    officer.submit(f"/desk/cases/{number}/identity", reason="to ring them up")
    other = Officer(https)
    other.sign_in("Bea", desk.add_officer("Bea"))
    other.get(f"/desk/cases/{number}")
    assert "0100 555" not in other.page.words


def test_one_form_sends_once(officer: Officer, number: str, app: ReporterApp, https: Https) -> None:
    place = f"/desk/cases/{number}"
    officer.get(place)
    fields = {**officer.page.hidden(f"{place}/message"), "kind": "advice", "text": "You did well.", "do": "send"}
    assert [officer.post(f"{place}/message", fields).status for _n in range(3)] == [303] * 3
    path = f"/v1/reports/{app.report_id}/messages"
    answer = https.call("GET", f"{path}?after=0", None, app.authorization("GET", path))
    assert len(answer.json["messages"]) == 1


@pytest.mark.parametrize(("fields", "words"), [
    ({"kind": "advice", "text": ""}, "Write some words"),
    ({"kind": "advice", "text": "x" * 1001}, "too long"),
    ({"kind": "emergency", "text": "x"}, "Choose what you write"),
    ({"kind": "advice", "text": "x", "draft": "1"}, "too old"),
    ({"kind": "advice", "text": "x", "own_step": "y" * 201}, "At most 8 steps"),
])  # fmt: skip
def test_words_that_cannot_go(officer: Officer, number: str, fields: dict[str, str], words: str) -> None:
    place = f"/desk/cases/{number}"
    officer.get(place)
    answer = officer.submit(f"{place}/message", do="send", **fields)
    assert answer.status == 400
    assert words in officer.page.words


def test_preview_keeps_words_and_sends_nothing(officer: Officer, number: str) -> None:
    place = f"/desk/cases/{number}"
    officer.get(place)
    text = "The aforementioned communication necessitates immediate parental notification."
    answer = officer.submit(f"{place}/message", do="preview", kind="safety_plan", text=text, own_step="Breathe.")
    assert answer.status == 200
    assert officer.page.words.count(text) == 2
    assert "Hard to read" in officer.page.words
    assert any(tag == "input" and found.get("value") == "Breathe." and "checked" in found for tag, found in officer.page.tags)
    officer.get(place)
    assert text not in officer.page.words


def test_finding_a_case(officer: Officer, one_number: str) -> None:
    answer = officer.get(f"/desk/find?q={one_number.lower()}")
    assert (answer.status, answer.headers["location"]) == (303, f"/desk/cases/{one_number}")
    assert one_number in officer.get("/desk/find?q=Mike_2010%40chat.example").text
    assert one_number in officer.get("/desk/find?q=sam%40example.org").text
    assert "No report has" in officer.get("/desk/find?q=mike").text


def test_the_most_urgent_is_first(https: Https, endpoint: EndpointProfile, officer: Officer) -> None:
    numbers = []
    for tier in ("log", "soon", "now", "today"):
        app = ReporterApp(endpoint)
        prepared = app.report(urgency=Urgency(tier, 1, ()))
        numbers.append(verify_receipt(https.send(prepared).json["receipt"], endpoint.keys, prepared.digest).case_number)
    text = officer.get("/desk/queue").text
    log, soon, now, today = (text.index(one) for one in numbers)
    assert now < today < soon < log
    only = officer.get("/desk/queue?tier=now").text
    assert numbers[2] in only
    assert numbers[0] not in only
    assert officer.get("/desk/queue?tier=%3Cx").status == 200


BREAKOUTS = ("", "\">", "'>", "</textarea>", "</title>", "</style>", "</bdi></td></tr></table>", "-->", "]]>", "&lt;/p&gt;")
PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=javascript:alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>", "<math><mi//xlink:href=\"data:x,1\">", "{{7*7}}", "{% raw %}", "<%= 7*7 %>",
    "<form action=//evil.example><button>Go", "<base href=//evil.example>", "<meta http-equiv=refresh content=0>",
    "<link rel=stylesheet href=//evil.example>", "<object data=x>", "' onfocus='alert(1)' autofocus='",
    "\" onfocus=\"alert(1)\" x=\"", "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
    "<b onmouseover=alert(1)>x</b>", "\\u003cscript\\u003e",
)  # fmt: skip
XSS = [start + payload for start in BREAKOUTS for payload in PAYLOADS]
BATCH = 12


def _everywhere(app: ReporterApp, text: str) -> Prepared:
    """A report that says `text` in every field that a peer, a server or the reporter can fill."""
    short, jid = text[:60], text + app.report_id
    said = []
    for seq, (way, _body) in enumerate(LINES, 1):
        who = Occupant(text + way, text + way, text[:100], text[:100], text + way)
        sender = f"{OTHER}/{text}" if way == "in" else f"{ACCOUNT}/r"
        said.append(line(seq, way, f"{text} {seq}", sender=sender, occupant=who))
    edit = EditRecord("correction", text, OTHER, Times(short), raw(text), 9)
    said[0] = replace(said[0], edits=(edit,), duplicate_archive_ids=True, archive_check=ArchiveCheck.DIFFERS)
    said[0] = replace(said[0], stanza_id=text, origin_id=text, times=Times(short))
    said[5] = replace(said[5], media=(MediaRef(text, short, 5, text, ((text[:20], short),)),))
    contact = (ContactWay("email", text, True, text[:200]),)
    claims = Claims(text, text[:200], text)
    return app.report(
        lines=said,
        room=RoomFacts(text, text, Occupant(text, text, text[:100], text[:100], text), True, (text[:500],)),
        reporter=Reporter(ACCOUNT, text[:200], "13_15", "gb", contact, Guardian(text[:200], text[:200]), text[:200]),
        affected=(Affected(False, "13_15", None, text, text[:200]),),
        reported=(Reported(jid, (text, text + "2"), text, short, short, short, (text,), claims, (text,)),),
        qualifiers=(Qualifier("g1", (text,), text, text, "2026-11-21T20:25:00.000Z"),),
        urgency=Urgency("now", 80, (text[:200], text[:190] + "2")),
        narrative=text,
        declaration=Declaration(text, "2026-11-21T20:25:00.000Z"),
        codes=(text[:200],),
    )


def _walk(https: Https, endpoint: EndpointProfile, officer: Officer, text: str) -> list[Page]:
    """Report, reason, advice, reply, preview: the pages that show `text`; then the case is closed."""
    app = ReporterApp(endpoint)
    prepared = _everywhere(app, text)
    number = verify_receipt(https.send(prepared).json["receipt"], endpoint.keys, prepared.digest).case_number
    place = f"/desk/cases/{number}"
    fields = {"kind": "question", "text": text[:1000], "own_step": text[:200], "q_kind": "one", "q_text": text[:500],
              "q_options": f"{text[:190]}\n{text[:180]} 2"}  # fmt: skip
    officer.get(place)
    assert officer.submit(f"{place}/identity", reason=text[:500]).status == 303
    officer.get(place)
    assert officer.submit(f"{place}/message", do="send", **fields).status == 303
    answers = (FormAnswer("q1", ("o1", text[:100]), text[:400] + " x", text),)
    assert https.write(app, app.reply(text, to=1, answers=answers)).status == 201
    assert https.add(app, app.addendum(prepared.digest, lines=(("in", text),), words=text)).status == 201
    assert https.allow(app, app.consent(read_room=True)).status == 201
    assert https.withdraw(app, app.withdrawal(WithdrawReason.SOLVED, text)).status == 200
    officer.get(place)
    assert officer.submit(f"{place}/message", do="preview", **fields).status == 200
    shown = [officer.page]
    for path in (place, f"/desk/journal?case={number}", f"/desk/find?q={quote(text)}"):
        assert officer.get(path).headers["content-security-policy"].startswith("default-src 'self'; frame-ancestors 'none'")
        shown.append(officer.page)
    queue = officer.get("/desk/queue?tier=now").text
    rows = [row for row in re.findall(r"<tr>.*?</tr>", queue, re.S) if number in row]
    shown.append(Page("".join(rows)))
    officer.get(place)
    assert officer.submit(f"{place}/status", status="closed", reason="tested").status == 303
    return shown


@pytest.fixture(scope="module")
def harmless(https: Https, endpoint: EndpointProfile, signed_in: dict[str, str]) -> list[object]:
    made = Officer(https)
    made.cookies = dict(signed_in)
    return [_skeleton(page) for page in _walk(https, endpoint, made, "three harmless words")]


@pytest.mark.parametrize("start", range(0, len(XSS), BATCH))
def test_s39_words_are_only_words(
    https: Https, endpoint: EndpointProfile, officer: Officer, harmless: list[object], start: int
) -> None:
    """Every page has exactly the tags and attributes that it has with harmless words, and shows the text as it is."""
    text = " ".join(XSS[start : start + BATCH])
    pages = _walk(https, endpoint, officer, text)
    assert [_skeleton(page) for page in pages] == harmless
    for page, least in zip(pages, (20, 20, 0, 0, 0), strict=True):
        assert page.words.count(text) >= least


def _skeleton(page: Page) -> list[tuple[str, tuple[str, ...]]]:
    """Tags with the names of their attributes: what a word that breaks out would change. Icons follow the words, so not them."""
    inside = {"svg", "path", "rect", "circle", "line", "polyline", "polygon", "ellipse"}
    return [(tag, tuple(sorted(found))) for tag, found in page.tags if tag not in inside]


def test_s35_hidden_characters_are_shown(https: Https, app: ReporterApp, officer: Officer) -> None:
    tricky = "pay\u202egpj.exe\u200b now"
    prepared = app.report(lines=(("in", tricky), *LINES[1:]), chosen=(1,), narrative="ok")
    number = verify_receipt(https.send(prepared).json["receipt"], app.endpoint.keys, prepared.digest).case_number
    officer.get(f"/desk/cases/{number}")
    assert "pay[U+202E]gpj.exe[U+200B] now" in officer.page.words


def test_no_scripts_and_no_inline_styles(officer: Officer, one_number: str) -> None:
    for path in ("/desk/queue", f"/desk/cases/{one_number}", "/desk/journal", "/desk/sign-in", "/privacy"):
        officer.get(path)
        for tag, found in officer.page.tags:
            assert tag not in ("script", "style", "iframe", "img")
            assert not [name for name in found if name == "style" or name.startswith("on")]


def test_labels_and_headings(officer: Officer, one_number: str) -> None:
    """Each control has a label, each page one main heading, each id once, each table headers."""
    for path in ("/desk/queue", f"/desk/cases/{one_number}", "/desk/journal"):
        officer.get(path)
        tags = officer.page.tags
        labelled = {found.get("for") for tag, found in tags if tag == "label"}
        for tag, found in tags:
            if tag in ("textarea", "select") or (tag == "input" and found.get("type") != "hidden"):
                assert found.get("id") in labelled, (path, found)
        assert sum(1 for tag, _found in tags if tag == "h1") == 1
        ids = [found["id"] for _tag, found in tags if found.get("id")]
        assert len(ids) == len(set(ids))
        assert all(found.get("scope") for tag, found in tags if tag == "th")


def test_an_unknown_case(officer: Officer) -> None:
    for name in ("AAAA-AAAA", "x", "%3Cscript%3E", "..", "'; --"):
        answer = officer.get(f"/desk/cases/{name.replace(' ', '%20')}")
        assert answer.status == 404


def test_looks(https: Https) -> None:
    assert https.call("GET", "/desk/look/desk.css").headers["content-type"].startswith("text/css")
    assert https.call("GET", "/desk/look/Inter-Regular.ttf").body[:4] == b"\x00\x01\x00\x00"
    for name in ("..%2f..%2fkeys.py", "desk.sqlite3", "frame.html", "Inter-Black.ttf"):
        assert https.call("GET", f"/desk/look/{name}").status == 404
