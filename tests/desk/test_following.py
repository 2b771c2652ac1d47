"""What a reporter's app sends after the receipt: more evidence, taking back, consent. Good and bad, once and again."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import cast

import pytest
from desk_case import ACCOUNT, Answer, Https, ReporterApp, content_digest
from desk_clock import Time
from officer_case import Officer

from messenger import resources
from messenger.desk import cases, cases_found, consents, journal
from messenger.desk.server import Desk
from messenger.desk.store import FILE, Store
from messenger.domain.receipt import WithdrawalOutcome
from messenger.domain.report import WithdrawReason
from messenger.evidence.addendum import verify_addendum_receipt
from messenger.evidence.canonical import canonical, digest, parse_canonical
from messenger.evidence.consent import TYP as CONSENT_TYP
from messenger.evidence.consent import LaterConsent
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.receipt import verify_receipt
from messenger.evidence.seal import seal
from messenger.evidence.signature import sign, verify
from messenger.evidence.withdrawal import TYP as WITHDRAWAL_TYP
from messenger.evidence.withdrawal import verify_withdrawal_receipt


class Case:
    """A filed report of one app."""

    def __init__(self, https: Https, app: ReporterApp) -> None:
        self.https, self.app = https, app
        self.prepared = app.report()
        answer = https.send(self.prepared)
        self.number = verify_receipt(answer.json["receipt"], app.endpoint.keys, self.prepared.digest).case_number
        self.place = f"/v1/reports/{app.report_id}"

    def status(self) -> Answer:
        return self.https.call("GET", self.place, None, self.app.authorization("GET", self.place))


@pytest.fixture
def case(https: Https, app: ReporterApp) -> Case:
    return Case(https, app)


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


def rows(desk: Desk, query: str, *values: str) -> list[tuple[object, ...]]:
    db = sqlite3.connect(desk.folder / FILE)
    try:
        return db.execute(query, values).fetchall()
    finally:
        db.close()


# -- more evidence


def test_addenda_are_a_chain(case: Case, desk: Desk) -> None:
    first = case.app.addendum(case.prepared.digest)
    answer = case.https.add(case.app, first)
    assert answer.status == 201
    receipt = verify_addendum_receipt(
        answer.json["receipt"], case.app.endpoint.keys, first.digest, case.app.report_id, first.addendum_id
    )
    assert receipt.case_number == case.number
    again = case.https.add(case.app, first)
    assert (again.status, again.json) == (200, answer.json)
    second = case.app.addendum(first.digest, lines=(), words="He wrote again.")
    assert case.https.add(case.app, second).status == 201
    assert [row[0] for row in rows(desk, "SELECT n FROM addenda WHERE report_id = ?", case.app.report_id)] == [1, 2]
    assert case.https.add(case.app, first).json == answer.json


def test_an_addendum_out_of_its_place(case: Case) -> None:
    first = case.app.addendum(case.prepared.digest)
    second = case.app.addendum(first.digest)
    early = case.https.add(case.app, second)
    assert (early.status, early.problem, early.json["last"]) == (409, "chain", case.prepared.digest)
    assert case.https.add(case.app, first).status == 201
    fork = case.https.add(case.app, case.app.addendum(case.prepared.digest))
    assert (fork.status, fork.problem, fork.json["last"]) == (409, "chain", first.digest)
    assert case.https.add(case.app, second).status == 201


def test_an_addendum_with_the_id_of_another(case: Case) -> None:
    first = case.app.addendum(case.prepared.digest)
    assert case.https.add(case.app, first).status == 201
    other = case.app.addendum(first.digest, addendum_id=first.addendum_id)
    answer = case.https.add(case.app, other)
    assert (answer.status, answer.problem) == (409, "other-digest")


def test_bad_addenda(case: Case) -> None:
    app, good = case.app, case.app.addendum(case.prepared.digest)
    path = f"{case.place}/addenda/{good.addendum_id}"

    def put(body: bytes, **headers: str) -> tuple[int, str]:
        answer = case.https.put(path, body, **{"Robin_Digest": good.digest, **app.authorization("PUT", path), **headers})
        return answer.status, answer.problem

    stranger = ReporterApp(app.endpoint, report_id=app.report_id)
    assert put(stranger.addendum(case.prepared.digest, addendum_id=good.addendum_id).sealed) == (422, "signature")
    assert put(good.sealed[: len(good.sealed) // 2]) == (422, "not-sealed")
    assert put(good.sealed[:-1] + (b"A" if good.sealed[-1:] != b"A" else b"B")) == (422, "not-sealed")
    assert put(seal(good.jws.encode(), SealingKey.generate().public_jwk())) == (422, "wrong-key")
    assert put(b"\x89PNG\r\n\x1a\n" + b"x" * 100) == (415, "media-type")
    assert put(good.sealed, Content_Type="image/png") == (415, "media-type")
    assert put(good.sealed, Content_Digest=content_digest(b"other")) == (400, "digest")
    assert put(good.sealed, Robin_Digest=digest(b"other")) == (400, "digest")
    assert put(good.sealed, Robin_Digest="x") == (400, "digest")
    assert put(app.addendum(case.prepared.digest).sealed)[1] in ("digest", "id")
    assert put(b"x" * (8 * 1024 * 1024 + 1)) == (413, "too-large")
    later = {**parse_canonical(good.payload), "type": "urn:robin:addendum:2"}
    resigned = sign(canonical(later), app.signing, "robin-addendum+jws")
    assert put(seal(resigned.encode(), app.desk_enc)) == (422, "version")
    broken = {**parse_canonical(good.payload), "more": 1}
    assert put(seal(sign(canonical(broken), app.signing, "robin-addendum+jws").encode(), app.desk_enc)) == (422, "schema")
    lines = parse_canonical(good.payload)
    lines["items"][0]["body"] = "never said"
    assert put(seal(sign(canonical(lines), app.signing, "robin-addendum+jws").encode(), app.desk_enc)) == (422, "schema")
    other = app.addendum(case.prepared.digest, report_id=str(uuid.uuid4()), addendum_id=good.addendum_id)
    assert put(other.sealed) == (422, "signature")
    assert put(case.prepared.sealed_report)[0] == 422
    assert case.https.put(path, good.sealed, Robin_Digest=good.digest).problem == "proof"
    bad = case.https.put(f"{case.place}/addenda/not-an-id", good.sealed, Robin_Digest=good.digest,
                         **app.authorization("PUT", f"{case.place}/addenda/not-an-id"))  # fmt: skip
    assert (bad.status, bad.problem) == (400, "id")
    assert case.https.add(app, good).status == 201


def test_a_used_proof_adds_nothing(case: Case) -> None:
    good = case.app.addendum(case.prepared.digest)
    used = case.app.authorization("PUT", f"{case.place}/addenda/{good.addendum_id}")
    assert case.https.add(case.app, good, **used).status == 201
    again = case.https.add(case.app, good, **used)
    assert (again.status, again.problem) == (401, "replayed")


def test_a_report_has_room_for_so_many(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messenger.desk.addenda.MAX_ADDENDA", 1)
    first = case.app.addendum(case.prepared.digest)
    assert case.https.add(case.app, first).status == 201
    answer = case.https.add(case.app, case.app.addendum(first.digest))
    assert (answer.status, answer.problem) == (413, "full")


# -- before finish, of nobody, and after the end

LATER: list[tuple[str, Callable[[Https, ReporterApp, str], Answer]]] = [
    ("addendum", lambda https, app, last: https.add(app, app.addendum(last))),
    ("withdraw", lambda https, app, last: https.withdraw(app, app.withdrawal())),
    ("consent", lambda https, app, last: https.allow(app, app.consent())),
]
EACH = pytest.mark.parametrize("send", [one for _name, one in LATER], ids=[name for name, _one in LATER])


@EACH
def test_nothing_follows_before_finish(https: Https, app: ReporterApp, send: Callable[[Https, ReporterApp, str], Answer]) -> None:
    prepared = app.report()
    assert https.put_report(prepared).status == 201
    answer = send(https, app, prepared.digest)
    assert (answer.status, answer.problem) == (409, "not-finished")


@EACH
def test_nothing_follows_an_unknown_report(https: Https, app: ReporterApp, send: Callable[[Https, ReporterApp, str], Answer]) -> None:
    answer = send(https, app, digest(b"x"))
    assert (answer.status, answer.problem) == (404, "unknown-report")


@EACH
def test_nothing_follows_what_is_over_its_time(
    https: Https, app: ReporterApp, desk: Desk, send: Callable[[Https, ReporterApp, str], Answer]
) -> None:
    prepared = app.report()
    https.send(prepared)
    db = sqlite3.connect(desk.folder / FILE)
    with db:
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("INSERT INTO erased VALUES (?, 1.0)", (app.report_id,))
        db.execute("DELETE FROM reports WHERE report_id = ?", (app.report_id,))
    db.close()
    answer = send(https, app, prepared.digest)
    assert (answer.status, answer.problem) == (410, "gone")


# -- taking back


def test_taken_back_before_anybody_looked(case: Case, desk: Desk, officer: Officer) -> None:
    app = case.app
    assert case.https.add(app, app.addendum(case.prepared.digest)).status == 201
    assert case.https.allow(app, app.consent(read_room=True)).status == 201
    body = app.withdrawal(WithdrawReason.UNSAFE, "he reads my screen")
    answer = case.https.withdraw(app, body)
    assert answer.status == 200
    found = verify_withdrawal_receipt(answer.json["statement"], app.endpoint.keys, case.prepared.digest, app.report_id)
    assert (found.outcome, found.case_number) == (WithdrawalOutcome.ERASED, case.number)
    # The same answer for ever, to this body and to a newer wish.
    assert case.https.withdraw(app, body).json == answer.json
    assert case.https.withdraw(app, app.withdrawal()).json == answer.json
    tables = [row[0] for row in rows(desk, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    with_id = [name for name in tables if ("report_id",) in rows(desk, f"SELECT name FROM pragma_table_info('{name}')")]
    assert {"reports", "files", "addenda", "consents", "history"} <= set(with_id)
    left = [name for name in with_id if rows(desk, f"SELECT 1 FROM {name} WHERE report_id = ?", app.report_id)]
    assert left == ["tombstones"]
    for file in desk.folder.glob(FILE + "*"):
        held = file.read_bytes()
        assert case.prepared.sealed_items[:200] not in held
        assert case.prepared.sealed_report[:200] not in held
        assert body[:200] not in held
    officer.get(f"/desk/cases/{case.number}")
    assert "taken back" in officer.page.words.lower()
    assert case.number in officer.page.words
    for word in (ACCOUNT, "which school", "mike_2010", "he reads my screen"):
        assert word not in officer.page.words
    officer.get("/desk/queue")
    assert case.number not in officer.page.words
    officer.get("/desk/closed")
    assert case.number in officer.page.words
    answer = officer.get(f"/desk/find?q={case.number}")
    assert (answer.status, answer.headers["location"]) == (303, f"/desk/cases/{case.number}")
    assert "No report has" in officer.get(f"/desk/find?q={ACCOUNT}").text or case.number not in officer.page.words


def test_nothing_follows_after_erasing(case: Case) -> None:
    app = case.app
    assert case.https.withdraw(app, app.withdrawal()).status == 200
    assert (case.status().status, case.status().problem) == (410, "withdrawn")
    for _name, send in (LATER[0], LATER[2]):
        answer = send(case.https, app, case.prepared.digest)
        assert (answer.status, answer.problem) == (410, "withdrawn")
    assert case.https.put_report(case.prepared).problem == "withdrawn"
    assert case.https.finish(app.report_id).problem == "withdrawn"
    path = case.place + "/messages"
    assert case.https.call("GET", path, None, app.authorization("GET", path)).problem == "withdrawn"


def test_a_tombstone_answers_its_reporter_alone(case: Case) -> None:
    app = case.app
    assert case.https.withdraw(app, app.withdrawal()).status == 200
    stranger = ReporterApp(app.endpoint, report_id=app.report_id)
    answer = case.https.withdraw(stranger, stranger.withdrawal())
    assert (answer.status, answer.problem) == (401, "proof")
    mixed = case.https.withdraw(app, stranger.withdrawal())
    assert (mixed.status, mixed.problem) == (422, "signature")
    path = f"{case.place}/withdraw"
    used = app.authorization("POST", path)
    assert case.https.withdraw(app, app.withdrawal(), **used).status == 200
    assert case.https.withdraw(app, app.withdrawal(), **used).problem == "replayed"
    assert case.https.call("POST", path, b"", {"Content-Type": "application/jose"}).problem == "proof"


def test_after_its_time_a_tombstone_is_forgotten(case: Case, desk: Desk, clock: Time) -> None:
    assert case.https.withdraw(case.app, case.app.withdrawal()).status == 200
    store = Store(desk.folder / FILE)
    try:
        store.run_now(lambda db: db.execute("UPDATE tombstones SET at = at - 91 * 86400").rowcount)
        store.run_now(cases.purge, clock(), 90)
    finally:
        store.close()
    assert not rows(desk, "SELECT 1 FROM tombstones WHERE report_id = ?", case.app.report_id)
    answer = case.https.withdraw(case.app, case.app.withdrawal())
    assert (answer.status, answer.problem) == (410, "gone")


def test_many_at_once_get_one_answer(case: Case) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _n: case.https.withdraw(case.app, case.app.withdrawal()), range(8)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["statement"] for answer in answers}) == 1


def test_a_reply_that_meets_the_erasing_is_told_so(case: Case, desk: Desk) -> None:
    assert case.https.withdraw(case.app, case.app.withdrawal()).status == 200
    store = Store(desk.folder / FILE)
    try:
        assert store.run_now(cases.put_reply, case.app.report_id, "i" * 20, b"sealed", 1.0) is None
    finally:
        store.close()
    answer = case.https.write(case.app, case.app.reply("Still there?"))
    assert (answer.status, answer.problem) == (410, "withdrawn")


def test_a_form_that_comes_after_erasing_changes_nothing(case: Case, desk: Desk, officer: Officer) -> None:
    officer.get("/desk/queue")
    assert case.https.withdraw(case.app, case.app.withdrawal()).status == 200
    answer = officer.submit(f"/desk/cases/{case.number}/take")
    assert answer.status == 410
    assert "took this report back" in officer.page.words
    store = Store(desk.folder / FILE)
    try:
        # The same between the look-up and the deed.
        gone = {"report_id": case.app.report_id, "case_number": case.number, "status": "received"}
        store.run_now(cases_found.take, cast(sqlite3.Row, gone), "Priya Nair", 1.0)
        assert not store.run_now(lambda db: journal.touched(db, case.number))
    finally:
        store.close()


@pytest.mark.parametrize("how", ["opened", "taken"])
def test_taken_back_after_somebody_looked(case: Case, officer: Officer, how: str) -> None:
    app, place = case.app, f"/desk/cases/{case.number}"
    if how == "opened":
        officer.get(place)
    else:
        officer.get("/desk/queue")
        assert officer.submit(f"{place}/take").status == 303
    body = app.withdrawal(WithdrawReason.CHANGED_MIND, "i want to sort it out <b>myself</b>")
    answer = case.https.withdraw(app, body)
    found = verify_withdrawal_receipt(answer.json["statement"], app.endpoint.keys, case.prepared.digest, app.report_id)
    assert found.outcome is WithdrawalOutcome.NOTED
    assert case.https.withdraw(app, body).json == answer.json
    assert case.status().json["status"] == "withdrawn"
    officer.get(place)
    assert "They thought again" in officer.page.words
    assert "i want to sort it out <b>myself</b>" in officer.page.words
    assert "which school do you go to?" in officer.page.words
    officer.get("/desk/queue")
    assert case.number in officer.page.words
    for _name, send in (LATER[0], LATER[2]):
        refused = send(case.https, app, case.prepared.digest)
        assert (refused.status, refused.problem) == (409, "withdrawn-noted")


def test_the_police_keep_their_status(case: Case, officer: Officer) -> None:
    place = f"/desk/cases/{case.number}"
    officer.get(place)
    officer.submit(f"{place}/status", status="with_police", reason="handed over")
    assert case.https.withdraw(case.app, case.app.withdrawal()).status == 200
    assert case.status().json["status"] == "with_police"
    officer.get(place)
    assert "It was a mistake" in officer.page.words


def test_a_repeat_of_what_was_added_still_gets_its_receipt(case: Case, officer: Officer) -> None:
    first = case.app.addendum(case.prepared.digest)
    answer = case.https.add(case.app, first)
    officer.get(f"/desk/cases/{case.number}")
    assert case.https.withdraw(case.app, case.app.withdrawal()).status == 200
    assert case.https.add(case.app, first).json == answer.json


def _letters(app: ReporterApp, kind: str) -> tuple[bytes, str, dict[str, object]]:
    """A good body of `kind`, its typ, and its payload to be broken."""
    if kind == "withdraw":
        payload = {"type": "urn:robin:withdrawal:1", "report_id": app.report_id, "id": "i" * 20, "at": "x",
                   "reason": "mistake", "text": ""}  # fmt: skip
        return app.withdrawal(), WITHDRAWAL_TYP, payload
    payload = {"type": "urn:robin:consent:1", "report_id": app.report_id, "id": "i" * 20, "at": "x",
               "tell_own_server": True, "read_room": False}  # fmt: skip
    return app.consent(), CONSENT_TYP, payload


@pytest.mark.parametrize("kind", ["withdraw", "consent"])
def test_bad_letters(case: Case, kind: str) -> None:
    app, path = case.app, f"{case.place}/{kind}"
    good, typ, payload = _letters(app, kind)

    def post(body: bytes, **headers: str) -> tuple[int, str]:
        answer = case.https.post(path, body, **{**app.authorization("POST", path), **headers})
        return answer.status, answer.problem

    def signed(key: SigningKey = app.signing, typ: str = typ, **changes: object) -> bytes:
        return seal(sign(canonical({**payload, **changes}), key, typ).encode(), app.desk_enc)

    assert post(signed(SigningKey.generate())) == (422, "signature")
    assert post(signed(typ="robin-reply+jws")) == (422, "signature")
    assert post(signed(report_id=str(uuid.uuid4()))) == (422, "signature")
    assert post(signed(type=str(payload["type"])[:-1] + "2")) == (422, "version")
    assert post(signed(id="short")) == (422, "signature")
    assert post(signed(more=1)) == (422, "signature")
    assert post(good[:-20]) == (422, "not-sealed")
    assert post(good[: len(good) // 2] + b"!" + good[len(good) // 2 + 1 :]) == (422, "not-sealed")
    assert post(seal(b"{}", app.desk_enc))[0] == 422
    assert post(seal(b"\xff\xfe", app.desk_enc)) == (422, "schema")
    assert post(seal(b"x", SealingKey.generate().public_jwk())) == (422, "wrong-key")
    assert post(b"\xff\xd8\xff" + b"x" * 50) == (415, "media-type")
    assert post(good, Content_Type="application/json") == (415, "media-type")
    assert post(good, Content_Digest=content_digest(b"y")) == (400, "digest")
    assert post(b"x" * (256 * 1024 + 1)) == (413, "too-large")
    assert post(b"") == (422, "not-sealed")
    old = app.authorization("POST", path, now=1_700_000_000)
    assert case.https.post(path, good, **old).problem == "proof"
    assert case.status().json["status"] == "received"


def test_any_changed_byte_is_refused(case: Case) -> None:
    """One byte changed, left out or put in, anywhere: 4xx with words, nothing kept."""
    app, random = case.app, Random(7)
    addendum = app.addendum(case.prepared.digest)
    place = f"{case.place}/addenda/{addendum.addendum_id}"
    for path, good in ((place, addendum.sealed), (f"{case.place}/withdraw", app.withdrawal()), (f"{case.place}/consent", app.consent())):
        method = "PUT" if path == place else "POST"
        for _n in range(40):
            at = random.randrange(len(good))
            put = bytes([random.randrange(256)])
            bad = random.choice((good[:at] + put + good[at + 1 :], good[:at] + good[at + 1 :], good[:at] + put + good[at:]))
            if bad == good:
                continue
            headers = {"Robin_Digest": addendum.digest, **app.authorization(method, path)}
            answer = case.https.put(path, bad, **headers) if method == "PUT" else case.https.post(path, bad, **headers)
            assert answer.status in (415, 422), (path, at, answer.body)
            assert answer.problem in ("not-sealed", "wrong-key", "media-type")
    assert case.status().json["status"] == "received"
    assert case.https.add(app, addendum).status == 201


def test_a_waiting_call_hears_that_it_was_taken_back(case: Case, officer: Officer) -> None:
    officer.get(f"/desk/cases/{case.number}")
    tag = case.status().headers["etag"]
    waiting = {**case.app.authorization("GET", case.place), "If-None-Match": tag, "Prefer": "wait=25"}
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(case.https.call, "GET", case.place, None, waiting)
        assert case.https.withdraw(case.app, case.app.withdrawal()).status == 200
        answer = call.result(timeout=20)
    assert (answer.status, answer.json["status"]) == (200, "withdrawn")


# -- consent


def test_the_newest_consent_holds_also_when_the_desk_s_clock_went_back(tmp_path: Path) -> None:
    """What is not allowed any more must not come back to life because a clock was put right (F8)."""
    store = Store(tmp_path / FILE)
    try:

        def told(db: sqlite3.Connection) -> tuple[bool, bool]:
            db.execute(
                "INSERT INTO reports (report_id, digest, sealed, created, category, tier, first_tier, age_band, country,"
                " factors, case_number) VALUES ('r', 'd', x'00', 1, 'unsure', 'log', 'log', '13_15', 'gb', '[]', 'AB42-CD34')"
            )
            for at, allowed in ((2000.0, True), (1000.0, False)):
                consents.keep(db, LaterConsent("r", f"{at}" * 4, "x", read_room=allowed), b"", at)
            return consents.current(db, "r")

        assert store.run_now(told) == (False, False)
    finally:
        store.close()


def test_consent_once_and_the_newest_holds(case: Case, desk: Desk, officer: Officer) -> None:
    body = case.app.consent(tell_own_server=True, id="c" * 20)
    first, again = case.https.allow(case.app, body), case.https.allow(case.app, body)
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json == {"id": "c" * 20}
    other = case.https.allow(case.app, case.app.consent(read_room=True, id="c" * 20))
    assert (other.status, other.problem) == (409, "other-digest")
    assert case.https.allow(case.app, case.app.consent(read_room=True)).status == 201
    found = rows(desk, "SELECT tell_own_server, read_room FROM consents WHERE report_id = ? ORDER BY at", case.app.report_id)
    assert found == [(1, 0), (0, 1)]
    officer.get(f"/desk/cases/{case.number}")
    assert "This desk may read the room" in officer.page.words


# -- news and questionnaires


def test_news_carry_the_identity_level(case: Case) -> None:
    assert case.status().json["identity_level"] == "unverified"


def test_questionnaires_are_signed_and_have_the_digest_of_the_discovery(https: Https, app: ReporterApp) -> None:
    listed = json.loads(https.call("GET", "/.well-known/abuse-report").body)["document"]["questionnaires"]
    assert [one["id"] for one in listed] == [json.loads(resources.read(name))["id"] for name in resources.names("questions")]
    for one in listed:
        path = one["url"].removeprefix(app.endpoint.base)
        for asked in (path, path + "?lang=cy", path + "?lang=%3Cscript%3E"):
            answer = https.call("GET", asked)
            assert answer.status == 200
            assert answer.headers["content-language"] == "en"
            payload = verify(answer.json["questionnaire"], app.endpoint.keys, "robin-questionnaire+jws")
            assert digest(payload) == one["sha256"] == answer.json["sha256"]
    missing = https.call("GET", "/v1/questionnaires/nothing")
    assert (missing.status, missing.problem) == (404, "not-found")
