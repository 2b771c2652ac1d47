"""The desk's parts alone: keys, store, journal, floods, reading grade, profile, command line, logs."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path

import pytest
import reading
from desk_case import Https, ReporterApp
from desk_clock import endpoint_of
from officer_case import Officer

from messenger.desk import advice, cases, cli, gate, journal, officers, problems, triage
from messenger.desk.advice import Composed
from messenger.desk.floods import Floods
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import from_rfc3339, rfc3339, short, waiting
from messenger.desk.patience import PatientProtocol
from messenger.desk.server import Desk, Options
from messenger.desk.store import Store
from messenger.domain.errors import FormatRefused, StoreDamaged, StoreLocked, StoreNewer
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.receipt import verify_receipt
from messenger.evidence.report import Prepared
from messenger.safety import profiles

# -- keys


def test_keys_open_with_the_passphrase_only(tmp_path: Path) -> None:
    keys = DeskKeys.generate()
    path = tmp_path / "keys"
    keys.save(path, "right words")
    assert path.stat().st_mode & 0o777 == 0o600
    assert DeskKeys.load(path, "right words").jwks() == keys.jwks()
    with pytest.raises(StoreLocked):
        DeskKeys.load(path, "wrong words")
    assert keys.signing.to_secret().encode() not in path.read_bytes()


def test_a_damaged_key_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    DeskKeys.generate().save(path, "words")
    whole = path.read_bytes()
    for at in range(0, len(whole), 23):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises((StoreLocked, FormatRefused)):
            DeskKeys.load(path, "words")
    path.write_bytes(whole[:-20])
    with pytest.raises(FormatRefused):
        DeskKeys.load(path, "words")


def test_a_key_file_cannot_ask_for_endless_work(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    DeskKeys.generate().save(path, "words")
    path.write_bytes(path.read_bytes().replace(b'"m":65536', b'"m":99999999'))
    with pytest.raises(FormatRefused):
        DeskKeys.load(path, "words")


def test_addresses_are_found_by_the_same_desk_only() -> None:
    one, other = DeskKeys.generate(), DeskKeys.generate()
    assert one.index("Mike@chat.example ") == one.index("mike@chat.example")
    assert one.index("mike@chat.example") != other.index("mike@chat.example")


# -- store and journal


def test_the_store_is_private_and_durable(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store(tmp_path / "desk.sqlite3")
    finally:
        os.umask(before)
    pragmas = store.run_now(
        lambda db: [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "secure_delete")]
    )
    assert pragmas == ["wal", 2, 1]
    for file in tmp_path.glob("desk.sqlite3*"):
        assert file.stat().st_mode & 0o777 == 0o600
    store.close()


def test_a_newer_or_damaged_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "desk.sqlite3"
    Store(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(StoreNewer):
        Store(path)
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreDamaged):
        Store(path)


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite3")

    def half(db: sqlite3.Connection) -> None:
        journal.write(db, 1.0, "Ann", "taken", "AAAA-AAAA")
        raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        store.run_now(half)
    assert store.run_now(journal.entries) == []
    store.close()


def test_the_journal_cannot_be_changed_unseen(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite3")
    for n in range(5):
        store.run_now(journal.write, float(n), "Ann", "taken", "AAAA-AAAA", "because")
    assert store.run_now(journal.whole)
    for statement in ("UPDATE journal SET officer = 'Bea'", "DELETE FROM journal"):
        with pytest.raises(sqlite3.IntegrityError):
            store.run_now(lambda db, one=statement: db.execute(one))  # type: ignore[misc]
    store.run_now(journal.forget_words, "AAAA-AAAA")
    assert store.run_now(journal.whole)
    assert [row["words"] for row in store.run_now(journal.entries)] == [None] * 5

    def around(db: sqlite3.Connection) -> None:
        db.execute("DROP TRIGGER journal_is_fixed")
        db.execute("UPDATE journal SET officer = 'Bea' WHERE id = 3")

    store.run_now(around)
    assert not store.run_now(journal.whole)
    store.close()


def test_page_loads_do_not_fill_the_journal(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite3")
    for at in (1000.0, 1001.0, 1599.0, 1700.0):
        store.run_now(journal.write_seldom, at, "Ann", "opened", "AAAA-AAAA")
    assert [row["at"] for row in store.run_now(journal.entries)] == [1700.0, 1000.0]
    store.close()


# -- officers


@pytest.mark.parametrize("name", ["", " ", "a\nb", "<b>", "x" * 61, "'; --", "-a"])
def test_bad_officer_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(officers.NameRefused):
        officers.add(tmp_path, name, "long enough")


def test_short_passwords_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="8"):
        officers.add(tmp_path, "Ann", "short")


def test_a_password_is_checked_for_nobody_too() -> None:
    assert not officers.fits("", "anything")
    assert officers.fits(officers.hash_password("the password"), "the password")
    assert not officers.fits("not a hash", "the password")


def test_tries_wait_longer_each_time() -> None:
    now = [0.0]
    tries = gate.Tries(lambda: now[0])
    waits = []
    for _n in range(9):
        tries.failed("Ann", "1.2.3.4")
        waits.append(tries.wait("ann", "1.2.3.4"))
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480]
    assert tries.wait("Bea", "1.2.3.4") == 0
    for _n in range(30):
        tries.failed(f"x{_n}", "1.2.3.4")
    assert tries.wait("Bea", "1.2.3.4") > 0
    now[0] += 3600
    assert tries.wait("ann", "1.2.3.4") == 0


# -- small parts


def test_floods_fill_again() -> None:
    now = [0.0]
    floods = Floods(lambda: now[0], 2, 0.5)
    assert [floods.wait("a") for _n in range(3)] == [0, 0, 2]
    assert floods.wait("b") == 0
    now[0] += 2
    assert floods.wait("a") == 0
    for n in range(11_000):
        floods.wait(f"address {n}")
    assert len(floods._buckets) <= 10_000


@pytest.mark.parametrize(("text", "most", "least"), [
    ("", 0, 0),
    ("You did well. Keep the words. Do not write back.", 2, 1),
    ("Keep the messages. Show this page to a grown-up you trust.", 4, 1),
    ("The aforementioned communication necessitates immediate parental notification.", 99, 9),
    ("We recommend that you refrain from responding to subsequent communications until an officer contacts you.", 99, 9),
])  # fmt: skip
def test_reading_grade(text: str, most: int, least: int) -> None:
    assert least <= advice.grade(text) <= most


def test_composed_words() -> None:
    good = Composed("advice", "Hello.", ("One.",), "d" * 20)
    assert good.problem() == ""
    assert Composed("advice", "Hello.", ("One.",) * 9, "d" * 20).problem()


def test_times() -> None:
    assert rfc3339(0.5) == "1970-01-01T00:00:00.500Z"
    assert from_rfc3339("2026-11-24T09:00:00.000Z") == 1795510800.0
    for bad in ("", "yesterday", "2026-11-24", "2026-11-24T09:00:00", "9999999999999", "2026-13-01T00:00:00Z"):
        assert from_rfc3339(bad) is None
    assert [waiting(seconds) for seconds in (-5, 1080, 6000, 18000, 90000, 200000)] == [
        "0 min", "18 min", "1 h 40", "5 h", "1 day", "2 days",
    ]  # fmt: skip
    assert short(1795510800.0, 1795510900.0) == "09:00"
    assert short(1795510800.0, 1795510800.0 + 2 * 86400) == "Tue 09:00"
    assert short(1795510800.0, 1795510800.0 + 30 * 86400) == "24 Nov"


def test_every_tier_has_words_icon_and_time() -> None:
    for tier in triage.TIERS:
        assert triage.tier_words(tier)
        assert triage.answer_by(tier, 0) > 0
        assert tier in triage.ICONS
    assert triage.most_urgent(["log", "today", "soon"]) == "today"


def test_colours_are_the_roles_of_the_themes() -> None:
    """The style sheet's values are those of assets/themes; nothing else in it is a colour."""
    from messenger import resources
    from messenger.desk.looks import PAGES

    text = (PAGES / "desk.css").read_text("utf-8")
    head, body = text[: text.index("* { box-sizing")], text[text.index("* { box-sizing") :]
    assert not [part for part in body.split() if part.startswith("#")]
    light, dark = head.split("@media (prefers-color-scheme: dark)")
    for part, name in ((light, "light"), (dark, "dark")):
        theme = json.loads(resources.read(f"themes/{name}.json"))
        roles = theme.get("colours") or theme.get("colors") or theme
        for row in part.splitlines():
            if row.strip().startswith("--"):
                role, value = row.strip().removeprefix("--").rstrip(";").split(": ")
                assert roles[role].lower() == value.lower(), (name, role)


def test_a_head_that_never_ends_is_cut(tmp_path: Path) -> None:
    class Quick(PatientProtocol):
        head_seconds = 0.5

    desk = Desk.create(tmp_path, "pass", "Desk", "gb", options=Options(protocol=Quick))
    desk.start()
    try:
        https = Https(endpoint_of(desk))
        whole = b"GET /favicon.ico HTTP/1.1\r\nHost: x\r\n\r\n"
        for pieces in ([b""], [b"GET / HTTP/1.1\r\nHost: x\r\nX: "], [whole, b"GET / HT"]):
            plain = socket.create_connection((https.host, https.port), 20)
            with plain, https.tls.wrap_socket(plain, server_hostname=https.host) as tls:
                tls.settimeout(20)
                for piece in pieces:
                    tls.sendall(piece)
                    if piece is whole:
                        assert tls.recv(65536).startswith(b"HTTP/1.1 200")
                while tls.recv(65536):
                    pass
        assert https.call("GET", "/privacy").status == 200
    finally:
        desk.stop()


# -- the whole program


def _desk(folder: Path) -> subprocess.Popen[str]:
    made = subprocess.Popen(
        [sys.executable, "-m", "messenger", "desk", "run", "--dir", str(folder), "--port", "0", "--name", "Test desk"],
        env={**os.environ, cli.PASSPHRASE: "a passphrase"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert made.stdout is not None
    for _n in range(3):
        assert "Traceback" not in made.stdout.readline()
    return made


def _when_listening(https: Https) -> None:
    for _n in range(400):
        try:
            https.call("GET", "/.well-known/abuse-report")
            return
        except ConnectionError:
            threading.Event().wait(0.05)
    raise AssertionError("the desk does not listen")


def _ask_and_leave(https: Https, path: str) -> None:
    """Send a call and go without waiting for its answer."""
    connection = https.connection()
    connection.request("POST", path, b"")
    connection.close()


def test_f23_killed_between_store_and_answer(tmp_path: Path) -> None:
    """SIGKILL at each station, some with no answer read: everything is sent again, and there is one case, one receipt."""
    signing, sealing = SigningKey.generate(), SealingKey.generate()
    receipts: set[bytes] = set()
    sent: Prepared | None = None
    for station in ("report", "files", "finish unheard", "finish", "finish again"):
        process = _desk(tmp_path)
        try:
            endpoint = profiles.load((tmp_path / "endpoint.json").read_bytes(), "endpoint.json")
            https = Https(endpoint)
            _when_listening(https)
            sent = sent or ReporterApp(endpoint, signing, sealing).report()
            assert https.put_report(sent).status in (200, 201)
            if station != "report":
                assert all(one.status in (200, 201) for one in https.put_files(sent))
            if station == "finish unheard":
                _ask_and_leave(https, f"/v1/reports/{sent.report_id}/finish")
            if station.startswith("finish") and station != "finish unheard":
                receipts.add(https.finish(sent.report_id).body)
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
    assert len(receipts) == 1
    with contextlib.closing(sqlite3.connect(tmp_path / "desk.sqlite3")) as db:
        assert db.execute("SELECT count(*), count(case_number) FROM reports").fetchone() == (1, 1)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_s49_nothing_of_a_report_in_the_program_s_output(tmp_path: Path) -> None:
    process = _desk(tmp_path)
    try:
        endpoint = profiles.load((tmp_path / "endpoint.json").read_bytes(), "endpoint.json")
        https = Https(endpoint)
        _when_listening(https)
        app = ReporterApp(endpoint)
        prepared = app.report()
        https.send(prepared)
        https.put(f"/v1/reports/{app.report_id}", b"broken", Robin_Digest=prepared.digest)
        https.call("GET", "/desk/find?q=sam%40example.org")
        password = officers.add(tmp_path, "Ann")
        officer = Officer(https)
        assert officer.sign_in("Ann", password).status == 303
        officer.get("/desk/find?q=mike_2010%40chat.example")
    finally:
        process.send_signal(signal.SIGTERM)
        output, _none = process.communicate(timeout=20)
    for canary in ("sam", "mike_2010", "school", app.report_id, prepared.digest, password, "Ann", "GET", "PUT"):
        assert canary not in output


def test_the_store_was_changed_behind_the_desk(tmp_path: Path) -> None:
    """Sealed bytes that were changed are never shown as a report; the page says so."""
    desk = Desk.create(tmp_path, "pass", "Desk", "gb")
    password = desk.add_officer("Ann")
    desk.start()
    endpoint = endpoint_of(desk)
    https = Https(endpoint)
    app, other = ReporterApp(endpoint), ReporterApp(endpoint)
    prepared, second = app.report(), other.report()
    number = verify_receipt(https.send(prepared).json["receipt"], endpoint.keys, prepared.digest).case_number
    https.send(second)
    officer = Officer(https)
    officer.sign_in("Ann", password)
    with sqlite3.connect(tmp_path / "desk.sqlite3") as db:
        db.execute("UPDATE files SET body = ? WHERE report_id = ? AND name = 'items'", (second.sealed_items, app.report_id))
    assert officer.get(f"/desk/cases/{number}").status == 200
    assert "A check failed" in officer.page.words
    assert "which school" not in officer.page.words
    with sqlite3.connect(tmp_path / "desk.sqlite3") as db:
        db.execute("UPDATE reports SET sealed = ? WHERE report_id = ?", (b"nothing", app.report_id))
    db.close()
    assert officer.get(f"/desk/cases/{number}").status == 500
    assert "does not open any more" in officer.page.words
    assert officer.get("/desk/queue").status == 200
    desk.stop()


def test_bad_files_of_a_desk_are_one_plain_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said() -> str:
        return capsys.readouterr().err

    folder = str(tmp_path)
    DeskKeys.generate().save(tmp_path / "desk-keys.json", "right words")
    monkeypatch.setenv(cli.PASSPHRASE, "wrong words")
    assert _cli("run", "--dir", folder, "--port", "0") == 1
    assert said() == "The passphrase does not open the desk's keys.\n"
    store = tmp_path / "desk.sqlite3"
    store.write_bytes(b"this is no database" * 100)
    assert _cli("officer", "add", "Priya", "--dir", folder) == 1
    assert said() == "The desk's store is damaged. Nothing was changed. Put back a copy of the folder.\n"
    assert store.read_bytes() == b"this is no database" * 100
    store.unlink()
    Store(store).close()
    with sqlite3.connect(store) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    assert _cli("officer", "add", "Priya", "--dir", folder) == 1
    assert said() == "The desk's store is from a newer Robin. Nothing was changed.\n"
    (tmp_path / "endpoint.json").write_bytes(b"\xff\xfe")
    assert _cli("profile", "--dir", folder) == 0


def _cli(*words: str) -> int:
    parser = ArgumentParser()
    cli.add_arguments(parser)
    return cli.run(parser.parse_args(words))


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.delenv(cli.PASSPHRASE, raising=False)
    assert _cli("profile", "--dir", str(tmp_path)) == 1
    assert "no desk in this folder" in capsys.readouterr().err
    assert _cli("run", "--dir", str(tmp_path)) == 1
    assert "passphrase" in capsys.readouterr().err
    assert _cli("run", "--dir", str(tmp_path), "--cert", "x.pem") == 1
    assert _cli("officer", "add", "Priya Nair", "--dir", str(tmp_path)) == 0
    assert "shown once" in capsys.readouterr().out
    assert _cli("officer", "add", "<b>", "--dir", str(tmp_path)) == 1
    monkeypatch.setenv(cli.PASSWORD, "short")
    assert _cli("officer", "add", "Ann", "--dir", str(tmp_path)) == 1
    Desk.create(tmp_path, "pass", "Desk", "gb").stop()
    assert _cli("profile", "--dir", str(tmp_path)) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "Desk"
    monkeypatch.setenv(cli.PASSPHRASE, "another")
    assert _cli("run", "--dir", str(tmp_path), "--port", "0") == 1
    assert "does not open" in capsys.readouterr().err
    for bad in (("run", "--port", "99999"), ("run", "--country", "gbr"), ("officer",), ()):
        with pytest.raises(SystemExit):
            _cli(*bad)


def test_a_port_that_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    one = Desk.create(tmp_path / "one", "pass", "Desk", "gb")
    one.start()
    try:
        two = Desk.create(tmp_path / "two", "pass", "Desk", "gb", port=one.address.port)
        with pytest.raises(OSError, match="in use"):
            two.start()
        monkeypatch.setenv(cli.PASSPHRASE, "pass")
        assert _cli("run", "--dir", str(tmp_path / "two"), "--port", str(one.address.port)) == 1
        assert "cannot start" in capsys.readouterr().err
    finally:
        one.stop()


def test_a_desk_starts_and_stops_many_times(tmp_path: Path) -> None:
    desk = Desk.create(tmp_path, "pass", "Desk", "gb")
    for _n in range(3):
        desk.start()
        assert Https(endpoint_of(desk)).call("GET", "/.well-known/abuse-report").status == 200
        desk.stop()
    assert not [one for one in threading.enumerate() if one.name.startswith("desk")]
    assert logging.getLogger("uvicorn.access").handlers == []


def test_what_the_desk_cannot_take_is_said_in_easy_words() -> None:
    kinds = re.findall(r'^        "([a-z-]+)": tr', Path(problems.__file__).read_text("utf-8"), re.MULTILINE)
    assert {"chain", "withdrawn", "withdrawn-noted", "full", "fault"} <= set(kinds)
    hard = {kind: grade for kind in kinds if (grade := reading.grade(problems.words(kind))) > 4}
    assert hard == {}
    assert len({problems.words(kind) for kind in kinds}) >= len(kinds) - 2


async def test_tidying_does_not_lock_out_what_comes_next(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite3")

    async def busy(name: str) -> None:
        for n in range(20):
            await store.run(cases.use_proof, f"{name}-{n}", 1.0)
            await store.tidy()

    try:
        await asyncio.gather(*(busy(name) for name in "abcd"))
        assert await store.run(lambda db: db.execute("SELECT count(*) FROM proofs").fetchone()[0]) == 80
    finally:
        store.close()
