"""Status, long-polling, messages both ways; each call proved by the reporter's key, once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from desk_case import Answer, Https, ReporterApp, content_digest
from officer_case import Officer

from messenger.desk.server import Desk
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.message import Reply, make_reply
from messenger.evidence.receipt import verify_receipt


class Case:
    """A report that is in, its reporter and an officer."""

    def __init__(self, https: Https, app: ReporterApp, desk: Desk) -> None:
        self.https = https
        self.app = app
        prepared = app.report()
        answer = https.send(prepared)
        self.number = verify_receipt(answer.json["receipt"], app.endpoint.keys, prepared.digest).case_number
        self.place = f"/v1/reports/{app.report_id}"
        self.officer = Officer(https)
        self.desk = desk

    def status(self, **headers: str) -> Answer:
        made = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.https.call("GET", self.place, None, {**self.app.authorization("GET", self.place), **made})

    def messages(self, after: int = 0) -> Answer:
        path = self.place + "/messages"
        return self.https.call("GET", f"{path}?after={after}", None, self.app.authorization("GET", path))

    def reply(self, body: bytes) -> Answer:
        path = self.place + "/messages"
        headers = {"Content-Type": "application/jose", "Content-Digest": content_digest(body)}
        return self.https.call("POST", path, body, {**headers, **self.app.authorization("POST", path)})

    def write(self, text: str, kind: str = "advice", steps: tuple[str, ...] = ()) -> Answer:
        if not self.officer.cookies:
            assert self.officer.sign_in("Priya Nair", self.desk.add_officer("Priya Nair")).status == 303
        self.officer.get(f"/desk/cases/{self.number}")
        action = f"/desk/cases/{self.number}/message"
        fields = [*self.officer.page.hidden(action).items(), ("kind", kind), ("text", text), ("do", "send")]
        return self.officer.post(action, [*fields, *(("step", one) for one in steps)])


@pytest.fixture
def case(https: Https, app: ReporterApp, desk: Desk) -> Case:
    return Case(https, app, desk)


def test_status(case: Case) -> None:
    answer = case.status()
    assert answer.status == 200
    found = answer.json
    assert (found["status"], found["case_number"], found["messages"]) == ("received", case.number, 0)
    assert [one["status"] for one in found["history"]] == ["received"]
    assert case.status(If_None_Match=answer.headers["etag"]).status == 304


def test_advice_is_sealed_to_the_reporter_and_signed_by_the_desk(case: Case) -> None:
    assert case.write("You did well.", steps=("Keep the messages.", "Show this to a grown-up.")).status == 303
    found = case.messages().json["messages"]
    assert [one["n"] for one in found] == [1]
    advice = case.app.read(found[0]["sealed"], 1)
    assert (advice.kind, advice.text) == ("advice", "You did well.")
    assert [one.text for one in advice.steps] == ["Keep the messages.", "Show this to a grown-up."]
    assert advice.from_name == "Harbour Child Safety Desk"
    assert case.status().json["status"] == "advice_given"
    assert case.messages(after=1).json["messages"] == []


def test_a_long_poll_ends_at_the_news(case: Case) -> None:
    tag = case.status().headers["etag"]
    case.officer.sign_in("Priya Nair", case.desk.add_officer("Priya Nair"))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(case.status, If_None_Match=tag, Prefer="wait=30")
        time.sleep(0.3)
        assert not waiting.done()
        case.write("Hello.", kind="question")
        answer = waiting.result(timeout=20)
    assert answer.status == 200
    assert (answer.json["status"], answer.json["messages"]) == ("need_info", 1)


def test_a_long_poll_without_news(case: Case) -> None:
    tag = case.status().headers["etag"]
    assert case.status(If_None_Match=tag, Prefer="respond-async, wait=1").status == 304


def test_replies_once(case: Case) -> None:
    body = case.app.reply("Thank you.")
    first, second = case.reply(body), case.reply(body)
    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body


def test_ticked_steps_reach_the_officer(case: Case) -> None:
    case.write("Two things.", steps=("One.", "Two."))
    case.reply(case.app.reply("I did one.", done=("1-1",)))
    case.officer.get(f"/desk/cases/{case.number}")
    assert "I did one." in case.officer.page.words
    assert case.officer.page.words.count("(ticked)") == 1
    case.officer.get("/desk/queue")
    assert "wrote back" in case.officer.page.words


def test_replies_of_somebody_else(case: Case) -> None:
    enc = next(key for key in case.app.endpoint.keys if key["crv"] == "X25519")
    made = Reply(case.app.report_id, "x" * 20, "2026-11-24T09:00:00.000Z", "Not me.")
    answer = case.reply(make_reply(SigningKey.generate(), enc, made))
    assert (answer.status, answer.problem) == (422, "signature")
    answer = case.reply(make_reply(case.app.signing, SealingKey.generate().public_jwk(), made))
    assert (answer.status, answer.problem) == (422, "wrong-key")
    other = Reply("3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b10", "x" * 20, made.at, "Elsewhere.")
    assert case.reply(make_reply(case.app.signing, enc, other)).problem == "signature"
    short = Reply(case.app.report_id, "x", made.at, "No number.")
    assert case.reply(make_reply(case.app.signing, enc, short)).problem == "schema"


def test_a_proof_works_once(case: Case) -> None:
    headers = case.app.authorization("GET", case.place)
    assert case.https.call("GET", case.place, None, headers).status == 200
    again = case.https.call("GET", case.place, None, headers)
    assert (again.status, again.problem) == (401, "replayed")
    assert again.headers["www-authenticate"].startswith("DPoP")


@pytest.mark.parametrize("how", ["none", "basic", "old", "ahead", "method", "path", "key", "garbage"])
def test_bad_proofs(case: Case, how: str) -> None:
    app, now = case.app, time.time()
    headers = {
        "none": {},
        "basic": {"Authorization": "Basic c2FtOng="},
        "old": app.authorization("GET", case.place, now - 400),
        "ahead": app.authorization("GET", case.place, now + 400),
        "method": app.authorization("POST", case.place),
        "path": app.authorization("GET", case.place + "/messages"),
        "key": ReporterApp(app.endpoint, report_id=app.report_id).authorization("GET", case.place),
        "garbage": {"Authorization": "DPoP a.b.c"},
    }[how]
    answer = case.https.call("GET", case.place, None, headers)
    assert (answer.status, answer.problem) == (401, "proof")
    assert "date" in answer.headers


def test_status_of_an_unfinished_report(https: Https, app: ReporterApp) -> None:
    https.put_report(app.report())
    path = f"/v1/reports/{app.report_id}"
    assert https.call("GET", path, None, app.authorization("GET", path)).problem == "not-finished"


def test_status_of_an_unknown_report(https: Https, app: ReporterApp) -> None:
    path = f"/v1/reports/{app.report_id}"
    assert https.call("GET", path, None, app.authorization("GET", path)).status == 404


@pytest.mark.parametrize("after", ["-1", "x", "1e9", "99999999999999999999"])
def test_bad_numbers(case: Case, after: str) -> None:
    path = case.place + "/messages"
    answer = case.https.call("GET", f"{path}?after={after}", None, case.app.authorization("GET", path))
    assert answer.status == 400
