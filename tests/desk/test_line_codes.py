"""The e-mail code with a real SMTP server: STARTTLS and TLS, words that say nothing, tries, time, limits, no header injection."""

from __future__ import annotations

import asyncio
import email
import json
import socket
import ssl
import uuid
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from desk_case import Answer, content_digest
from desk_clock import Time, endpoint_of
from line_case import DOMAIN, LineApp, desk_on

from messenger.demo.prosody import free_ports
from messenger.desk import cases, codes
from messenger.desk.connections import MailServer
from messenger.desk.keys import FILE as KEY_FILE
from messenger.desk.keys import DeskKeys
from messenger.desk.mail import Mailer, MailFailed, letter, mail_address
from messenger.desk.server import Desk
from messenger.desk.store import FILE, Store
from messenger.evidence.consent import CodeRequest, make_code_request

USER, PASSWORD = "desk", "a quiet sea"
TO = "sam@mail.example"


class Post:
    """A mail server that keeps letters; `refuse` makes it say no. Mail only after STARTTLS and sign-in."""

    def __init__(self, starttls: bool = True) -> None:
        self._starttls = starttls
        self.letters: list[tuple[str, list[str], EmailMessage]] = []
        self.refuse = ""

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: list[str]) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        assert session.ssl is not None or not self._starttls
        raw = envelope.content
        assert isinstance(raw, bytes)
        found = email.message_from_bytes(raw, policy=policy.default)
        self.letters.append((str(envelope.mail_from), list(envelope.rcpt_tos), found))
        return "250 OK"

    def code(self) -> str:
        """The code in the last letter."""
        text = self.letters[-1][2].get_content()
        return next(word.strip(".") for word in text.split() if word.strip(".").isdigit() and len(word.strip(".")) == 6)


def authenticator(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def roots(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("roots") / "root.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def context_of(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


class Place:
    """Where a mail server listens, and its letters."""

    def __init__(self, post: Post, controller: Controller) -> None:
        self.post, self.port = post, controller.port
        self._controller = controller


def opened(post: Post, **options: Any) -> Controller:
    [port] = free_ports(1)
    controller = Controller(post, hostname="127.0.0.1", port=port, **options)
    controller.start()
    return controller


@pytest.fixture(scope="module")
def mail(authority: trustme.CA) -> Iterator[Place]:
    post = Post()
    controller = opened(
        post,
        tls_context=context_of(authority),
        require_starttls=True,
        auth_required=True,
        authenticator=authenticator,
    )
    yield Place(post, controller)
    controller.stop()


@pytest.fixture(scope="module")
def mailing(mail: Place, roots: str, tmp_path_factory: pytest.TempPathFactory, clock: Time) -> Iterator[Desk]:
    """A desk that sends mail, and has no chat account."""
    server = MailServer("127.0.0.1", mail.port, "codes@desk.example", USER, PASSWORD, "starttls", roots)
    made = desk_on(None, tmp_path_factory.mktemp("mailing"), clock, server)
    yield made
    made.stop()


@pytest.fixture
def now(clock: Time) -> Iterator[Time]:
    """The desk's clock; put back afterwards."""
    yield clock
    clock.ahead = 0.0


class CodeApp(LineApp):
    """A reporter's app that asks for codes."""

    def __init__(self, desk: Desk, clock: Time, finish: bool = True) -> None:
        super().__init__(desk, f"sam@{DOMAIN}")
        self._clock = clock
        made = self.about(f"mike@{DOMAIN}")
        assert self.https.put_report(made).status == 201
        if finish:
            self.https.put_files(made)
            assert self.https.finish(made.report_id).status == 200

    def ask(self, to: str = TO, id: str = "") -> Answer:
        enc = next(key for key in self.endpoint.keys if key["crv"] == "X25519")
        wish = CodeRequest(self.report_id, id or str(uuid.uuid4()), "2026-11-24T12:00:00.000Z", to)
        body = make_code_request(self.signing, enc, wish)
        path = f"/v1/reports/{self.report_id}/code"
        made = {"Content-Type": "application/jose", "Content-Digest": content_digest(body)}
        return self.https.call("POST", path, body, {**made, **self.authorization("POST", path, self._clock())})

    def answer(self, code: Any) -> Answer:
        return self.post(f"/v1/reports/{self.report_id}/code/answer", {"code": code}, self._clock())


def test_the_discovery_says_that_codes_are_sent(mailing: Desk) -> None:
    assert endpoint_of(mailing).auth == ("code-email",)


def test_a_code_comes_back(mailing: Desk, mail: Place, clock: Time) -> None:
    app = CodeApp(mailing, clock)
    asked = app.ask("sam@Mail.Example")
    assert asked.status == 202, asked.body
    sender, to, message = mail.post.letters[-1]
    assert (sender, to) == ("codes@desk.example", [TO])
    assert (message["from"], message["to"]) == ("Robin <codes@desk.example>", TO)
    answer = app.answer(mail.post.code())
    assert (answer.status, answer.json) == (200, {"identity_level": "code"})
    assert app.answer(mail.post.code()).status == 200
    assert app.news()["identity_level"] == "code"


def test_before_the_receipt_nothing_is_sent(mailing: Desk, mail: Place, clock: Time) -> None:
    app, before = CodeApp(mailing, clock, finish=False), len(mail.post.letters)
    for answer in (app.ask(), app.answer("123456")):
        assert (answer.status, answer.problem) == (409, "not-finished")
    assert len(mail.post.letters) == before


def test_what_the_store_keeps_and_what_the_officer_learns(mailing: Desk, mail: Place, clock: Time) -> None:
    app = CodeApp(mailing, clock)
    app.ask("kim.unusual@mail.example")
    code = mail.post.code()
    keys = DeskKeys.load(mailing.folder / KEY_FILE, "a long passphrase")
    store = Store(mailing.folder / FILE)
    try:
        assert not store.run_now(codes.proven_address, keys, app.report_id, "kim.unusual@mail.example")
        assert app.answer(f"{code[:3]} {code[3:]}").status == 200
        assert store.run_now(codes.proven_address, keys, app.report_id, "Kim.Unusual@mail.example")
        assert not store.run_now(codes.proven_address, keys, app.report_id, "other@mail.example")
        assert not store.run_now(codes.proven_address, keys, app.report_id, "")
        row = store.run_now(lambda db: dict(db.execute("SELECT * FROM codes WHERE report_id = ?", (app.report_id,)).fetchone()))
    finally:
        store.close()
    assert "kim" not in json.dumps(row)
    assert code not in json.dumps(row)
    kept = b"".join(path.read_bytes() for path in mailing.folder.iterdir() if path.is_file())
    assert b"kim.unusual" not in kept
    assert PASSWORD.encode() not in kept


def test_the_words_say_nothing(mailing: Desk, mail: Place, clock: Time) -> None:
    app = CodeApp(mailing, clock)
    app.ask(f"{uuid.uuid4().hex}@mail.example")
    message = mail.post.letters[-1][2]
    whole = f"{message.as_string()}".casefold()
    for word in ("report", "abuse", "desk.example/", "police", "child", "case", "harbour", "safety", "officer", "help"):
        assert word not in whole, word
    assert mail.post.code() not in message["subject"]
    assert {name.casefold() for name in message} <= {
        "from", "to", "subject", "date", "message-id", "auto-submitted", "content-type", "content-transfer-encoding",
        "mime-version", "x-peer", "x-mailfrom", "x-rcptto",
    }  # fmt: skip


def test_five_tries(mailing: Desk, mail: Place, clock: Time) -> None:
    app = CodeApp(mailing, clock)
    app.ask(f"{uuid.uuid4().hex}@mail.example")
    right = mail.post.code()
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for bad in (wrong, "abc", "", right + "0", wrong):
        answer = app.answer(bad)
        assert (answer.status, answer.problem) == (403, "wrong-code")
    answer = app.answer(right)
    assert (answer.status, answer.problem) == (410, "code-over")
    assert app.ask(f"{uuid.uuid4().hex}@mail.example").status == 202
    assert app.answer(right).status == 403
    assert app.answer(mail.post.code()).status == 200


def test_fifteen_minutes(mailing: Desk, mail: Place, now: Time) -> None:
    app = CodeApp(mailing, now)
    assert app.answer("123456").problem == "code-over"
    app.ask(f"{uuid.uuid4().hex}@mail.example")
    right = mail.post.code()
    now.ahead += codes.GOOD_FOR + 1
    answer = app.answer(right)
    assert (answer.status, answer.problem) == (410, "code-over")


def test_a_code_is_good_for_its_own_report_only(mailing: Desk, mail: Place, clock: Time) -> None:
    one, other = CodeApp(mailing, clock), CodeApp(mailing, clock)
    one.ask(f"{uuid.uuid4().hex}@mail.example")
    right = mail.post.code()
    other.ask(f"{uuid.uuid4().hex}@mail.example")
    assert other.answer(right).status == 403


def test_three_letters_an_hour_for_a_report(mailing: Desk, mail: Place, now: Time) -> None:
    app = CodeApp(mailing, now)
    before = len(mail.post.letters)
    for _ in range(3):
        assert app.ask(f"{uuid.uuid4().hex}@mail.example").status == 202
    fourth = app.ask(f"{uuid.uuid4().hex}@mail.example")
    assert (fourth.status, fourth.problem) == (429, "asked-already")
    assert 3500 < int(fourth.headers["retry-after"]) <= 3601
    assert len(mail.post.letters) == before + 3
    now.ahead += 3601
    assert app.ask(f"{uuid.uuid4().hex}@mail.example").status == 202


def test_three_letters_an_hour_to_one_address(mailing: Desk, mail: Place, clock: Time) -> None:
    """Many reports cannot be used to fill somebody's mailbox."""
    target = f"{uuid.uuid4().hex}@mail.example"
    assert [CodeApp(mailing, clock).ask(target).status for _ in range(4)] == [202, 202, 202, 429]


def test_taking_reports_back_makes_no_room_for_more_letters(mailing: Desk, mail: Place, clock: Time) -> None:
    """A report that is erased must not take the count of letters with it, nor leave behind whose count it was."""
    target, said = f"{uuid.uuid4().hex}@mail.example", []
    for _ in range(4):
        app = CodeApp(mailing, clock)
        said.append(app.ask(target).status)
        assert app.https.withdraw(app, app.withdrawal()).status == 200
    assert said == [202, 202, 202, 429]
    store = Store(mailing.folder / FILE)
    try:
        assert store.run_now(lambda db: db.execute("SELECT 1 FROM asked WHERE report_id = ?", (app.report_id,)).fetchall()) == []
        kept = store.run_now(lambda db: db.execute("SELECT count(*) FROM asked WHERE report_id = ''").fetchone()[0])
        assert kept >= 3
        store.run_now(cases.purge, clock() + 3601, 90)
        assert store.run_now(lambda db: db.execute("SELECT 1 FROM asked WHERE report_id = ''").fetchall()) == []
    finally:
        store.close()


def test_the_same_wish_again_sends_no_second_letter(mailing: Desk, mail: Place, clock: Time) -> None:
    app = CodeApp(mailing, clock)
    target, id = f"{uuid.uuid4().hex}@mail.example", str(uuid.uuid4())
    assert app.ask(target, id).status == 202
    before, code = len(mail.post.letters), mail.post.code()
    assert app.ask(target, id).status == 202
    assert len(mail.post.letters) == before
    assert app.answer(code).status == 200


def test_a_letter_that_did_not_go_is_said_and_not_counted(mailing: Desk, mail: Place, clock: Time) -> None:
    app = CodeApp(mailing, clock)
    target = f"{uuid.uuid4().hex}@mail.example"
    mail.post.refuse = "550 no such mailbox"
    try:
        for _ in range(4):
            answer = app.ask(target)
            assert (answer.status, answer.problem) == (503, "no-mail")
    finally:
        mail.post.refuse = ""
    assert app.answer("123456").status == 410
    assert app.ask(target).status == 202


def test_without_a_mail_server_it_says_so(desk: Desk, clock: Time) -> None:
    answer = CodeApp(desk, clock).ask()
    assert (answer.status, answer.problem) == (503, "no-mail")


def test_forged_wishes(mailing: Desk, clock: Time) -> None:
    app, other = CodeApp(mailing, clock), CodeApp(mailing, clock)
    path = f"/v1/reports/{app.report_id}/code"
    enc = next(key for key in app.endpoint.keys if key["crv"] == "X25519")
    for key, report_id in ((other.signing, app.report_id), (app.signing, other.report_id)):
        body = make_code_request(key, enc, CodeRequest(report_id, str(uuid.uuid4()), "2026-11-24T12:00:00.000Z", TO))
        made = {"Content-Type": "application/jose", "Content-Digest": content_digest(body)}
        answer = app.https.call("POST", path, body, {**made, **app.authorization("POST", path)})
        assert (answer.status, answer.problem) == (422, "signature")
    body = b"not sealed"
    made = {"Content-Type": "application/jose", "Content-Digest": content_digest(body)}
    assert app.https.call("POST", path, body, {**made, **app.authorization("POST", path)}).problem == "not-sealed"
    assert app.https.call("POST", path, body, made).status == 401


@pytest.mark.parametrize(
    "text",
    [
        "", "sam", "@mail.example", "sam@", "sam@localhost", "sam@mail.example\r\nBcc: all@mail.example", "a b@mail.example",
        "sam@mail.example, kim@mail.example", "<sam@mail.example>", "sam@mail..example", "sam@-mail.example", ".sam@mail.example",
        "sam@mail.example\n", "sam\x00@mail.example", '"sam"@mail.example', "sam@[127.0.0.1]", "sam@mail.example>",
        "x" * 65 + "@m.example",
        "sam%kim@mail.example@mail.example", "sam@" + "a" * 64 + ".example",
        "sam@" + ".".join(["a" * 60] * 5), "sam@ma\u0130l.\u202eexample",
    ],
)  # fmt: skip
def test_addresses_that_nothing_is_sent_to(text: str) -> None:
    # A line end around the address is no part of it; one within it never gets through.
    found = mail_address(text)
    assert found in ("", "sam@mail.example")
    assert not found or text.strip() == found


def test_the_letter_cannot_be_given_more_headers() -> None:
    with pytest.raises(ValueError, match=r"(?i)newline|linefeed|line feed"):
        letter("codes@desk.example", "sam@mail.example\nBcc: all@mail.example", "123456")


async def test_tls_from_the_first_byte(authority: trustme.CA, roots: str) -> None:
    post = Post(starttls=False)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(post, hostname="mail"), "127.0.0.1", 0, ssl=context_of(authority))
    port = server.sockets[0].getsockname()[1]
    try:
        await Mailer(MailServer("127.0.0.1", port, "codes@desk.example", tls="tls", ca_file=roots)).send(TO, "123456")
        with pytest.raises(MailFailed):
            await Mailer(MailServer("127.0.0.1", port, "codes@desk.example", tls="tls")).send(TO, "123456")
    finally:
        server.close()
    assert [one[1] for one in post.letters] == [[TO]]


async def test_nothing_goes_in_clear_or_to_a_false_server(authority: trustme.CA, roots: str) -> None:
    plain, false_name = Post(), Post()
    without = opened(plain)
    other_name = opened(false_name, tls_context=context_of(authority, "mail.example"))
    unknown = opened(false_name, tls_context=context_of(trustme.CA()))
    try:
        for controller in (without, other_name, unknown):
            # Without a name to sign in with these servers would take the letter: only TLS stands between.
            server = MailServer("127.0.0.1", controller.port, "codes@desk.example", ca_file=roots)
            with pytest.raises(MailFailed):
                await Mailer(server).send(TO, "123456")
    finally:
        for controller in (without, other_name, unknown):
            controller.stop()
    assert plain.letters == false_name.letters == []


async def test_a_server_that_says_nothing_is_given_up(roots: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = MailServer("127.0.0.1", silent.getsockname()[1], "codes@desk.example", ca_file=roots)
        with pytest.raises(MailFailed):
            await Mailer(server, seconds=0.3).send(TO, "123456")
        connection, _address = silent.accept()
        connection.close()
