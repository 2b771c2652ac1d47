"""Cases in the encrypted store: receipt, code, status, the desk's messages, replies, and copies that were asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from messenger.domain.receipt import (
    Advice,
    AdviceStep,
    CaseStatus,
    FormAnswer,
    FormOption,
    FormQuestion,
    IdentityLevel,
    Receipt,
    WithdrawalOutcome,
    Withdrawn,
)
from messenger.domain.report import EndpointProfile, OutboxState, StatusChange
from messenger.storage.connection import Connection, Row, scalar


@dataclass(frozen=True, slots=True)
class Case:
    """A report that has a receipt. `seen` is the number of the last message of the desk that was fetched.

    `profile` has the keys that the report was sealed to: news and replies go by them for ever.
    """

    report_id: str
    profile: EndpointProfile
    sent_at: str
    receipt: Receipt
    receipt_code: str
    status: CaseStatus
    history: tuple[StatusChange, ...]
    seen: int = 0
    etag: str = ""
    changed_at: str = ""
    problem: str = ""
    identity: IdentityLevel = IdentityLevel.UNVERIFIED
    outcome: WithdrawalOutcome | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more comes of it: closed, or taken back and erased."""
        return self.outcome is WithdrawalOutcome.ERASED or self.status in (CaseStatus.CLOSED, CaseStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Reply:
    """Words of the reporter. `sealed` are the bytes to hand over, unchanged on every try; None when they arrived.

    `answers` answer the desk's message `answered`, where that is not 0.
    """

    n: int
    report_id: str
    at: str
    words: str
    sealed: bytes | None
    answered: int = 0
    answers: tuple[FormAnswer, ...] = ()


def open_case(conn: Connection, case: Case) -> bool:
    """A verified receipt: keep the case and mark the report as sent, in one transaction. False when it was there."""
    new = conn.execute(
        "INSERT OR IGNORE INTO report_cases(report_id, profile, sent_at, receipt, receipt_code, status, history,"
        " changed_at, identity) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            case.report_id,
            json.dumps(asdict(case.profile)),
            case.sent_at,
            json.dumps({**asdict(case.receipt), "identity_level": case.receipt.identity_level.value}),
            case.receipt_code,
            case.status.value,
            _history_text(case.history),
            case.changed_at,
            case.identity.value,
        ),
    )
    conn.execute(
        "UPDATE outbox SET state = ?, problem = '' WHERE report_id = ?", (OutboxState.SENT.value, case.report_id)
    )
    return new.rowcount == 1


def get(conn: Connection, report_id: str) -> Case | None:
    """The case of a report, or None."""
    row = conn.execute("SELECT * FROM report_cases WHERE report_id = ?", (report_id,)).fetchone()
    return None if row is None else _case(row)


def every(conn: Connection) -> dict[str, Case]:
    """All cases by report."""
    return {str(row["report_id"]): _case(row) for row in conn.execute("SELECT * FROM report_cases")}


def set_code(conn: Connection, report_id: str, code: str) -> None:
    """Keep the receipt code."""
    conn.execute("UPDATE report_cases SET receipt_code = ? WHERE report_id = ?", (code, report_id))


def set_news(
    conn: Connection, report_id: str, status: CaseStatus, history: Sequence[StatusChange], changed_at: str
) -> bool:
    """What the desk says of the case now; True when that is something new."""
    row = conn.execute("SELECT status, history FROM report_cases WHERE report_id = ?", (report_id,)).fetchone()
    text = _history_text(history)
    if row is None or (row["status"], row["history"]) == (status.value, text):
        return False
    conn.execute(
        "UPDATE report_cases SET status = ?, history = ?, changed_at = ? WHERE report_id = ?",
        (status.value, text, changed_at, report_id),
    )
    return True


def set_identity(conn: Connection, report_id: str, level: IdentityLevel) -> IdentityLevel | None:
    """How well the desk knows now who reports; the level before when that is a change, else None."""
    row = conn.execute("SELECT identity FROM report_cases WHERE report_id = ?", (report_id,)).fetchone()
    if row is None or row["identity"] == level.value:
        return None
    conn.execute("UPDATE report_cases SET identity = ? WHERE report_id = ?", (level.value, report_id))
    return IdentityLevel(row["identity"])


def set_withdrawn(conn: Connection, word: Withdrawn, changed_at: str) -> None:
    """The desk's signed answer to a withdrawal; an erased case is over."""
    conn.execute(
        "UPDATE report_cases SET withdrawal = ?, outcome = ?, changed_at = ?, problem = '' WHERE report_id = ?",
        (word.jws, word.outcome.value, changed_at, word.report_id),
    )
    if word.outcome is WithdrawalOutcome.ERASED:
        conn.execute(
            "UPDATE report_cases SET status = ? WHERE report_id = ?", (CaseStatus.WITHDRAWN.value, word.report_id)
        )


def withdrawal(conn: Connection, report_id: str) -> str:
    """The desk's signed answer to a withdrawal, or ''."""
    return str(scalar(conn, "SELECT withdrawal FROM report_cases WHERE report_id = ?", (report_id,)) or "")


def set_place(conn: Connection, report_id: str, seen: int, etag: str) -> None:
    """How far the desk's messages were fetched, and the tag of the answer that named them."""
    conn.execute("UPDATE report_cases SET seen = max(seen, ?), etag = ? WHERE report_id = ?", (seen, etag, report_id))


def set_problem(conn: Connection, report_id: str, problem: str) -> bool:
    """A fixed word of services/problems.py, or ''; True when that is a change."""
    changed = conn.execute(
        "UPDATE report_cases SET problem = ? WHERE report_id = ? AND problem <> ?", (problem, report_id, problem)
    )
    return changed.rowcount == 1


def end_problem(conn: Connection, report_id: str, *problems: str) -> bool:
    """The trouble is over, when it is one of these; True when it was."""
    row = conn.execute("SELECT problem FROM report_cases WHERE report_id = ?", (report_id,)).fetchone()
    return row is not None and row["problem"] in problems and set_problem(conn, report_id, "")


def add_message(conn: Connection, advice: Advice, changed_at: str) -> bool:
    """Keep a message of the desk; False when it was there."""
    new = conn.execute(
        "INSERT OR IGNORE INTO report_messages(report_id, n, at, from_name, from_role, kind, words, steps, form)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            advice.report_id,
            advice.n,
            advice.at,
            advice.from_name,
            advice.from_role,
            advice.kind,
            advice.text,
            json.dumps([[one.id, one.text] for one in advice.steps]),
            json.dumps([asdict(one) for one in advice.form]),
        ),
    )
    if new.rowcount == 1:
        conn.execute(
            "UPDATE report_cases SET changed_at = ?, seen = max(seen, ?) WHERE report_id = ?",
            (changed_at, advice.n, advice.report_id),
        )
    return new.rowcount == 1


def messages(conn: Connection, report_id: str) -> tuple[Advice, ...]:
    """The desk's messages and the reporter's replies, in order of time. A reply's number is below zero."""
    rows = conn.execute("SELECT * FROM report_messages WHERE report_id = ? ORDER BY n", (report_id,))
    written = replies(conn, report_id)
    answers = {one.answered: one.answers for one in written if one.answered}
    found = [replace(one, answered=answers.get(one.n, ())) for one in map(_advice, rows)]
    found.extend(
        Advice(report_id, -one.n, one.at, "", "", "reply", one.words, read=True) for one in written if one.words
    )
    return tuple(sorted(found, key=lambda one: one.at))


def message(conn: Connection, report_id: str, n: int) -> Advice | None:
    """One message of the desk, or None."""
    row = conn.execute("SELECT * FROM report_messages WHERE report_id = ? AND n = ?", (report_id, n)).fetchone()
    return None if row is None else _advice(row)


def mark_read(conn: Connection, report_id: str, n: int) -> bool:
    """The person has seen a message; False when that was known."""
    changed = conn.execute(
        "UPDATE report_messages SET seen = 1 WHERE report_id = ? AND n = ? AND seen = 0", (report_id, n)
    )
    return changed.rowcount == 1


def tick(conn: Connection, report_id: str, n: int, step_id: str, done: bool) -> bool:
    """Tick or untick a step; False when there is no such step or nothing changes."""
    row = conn.execute(
        "SELECT steps, ticked FROM report_messages WHERE report_id = ? AND n = ?", (report_id, n)
    ).fetchone()
    if row is None or step_id not in [id for id, _text in json.loads(row["steps"])]:
        return False
    ticked = json.loads(row["ticked"])
    if (step_id in ticked) == done:
        return False
    changed = [one for one in ticked if one != step_id] + ([step_id] if done else [])
    conn.execute(
        "UPDATE report_messages SET ticked = ? WHERE report_id = ? AND n = ?", (json.dumps(changed), report_id, n)
    )
    return True


def ticked(conn: Connection, report_id: str) -> tuple[str, ...]:
    """The ids of all ticked steps of a case."""
    rows = conn.execute("SELECT ticked FROM report_messages WHERE report_id = ? ORDER BY n", (report_id,))
    return tuple(dict.fromkeys(str(one) for row in rows for one in json.loads(row["ticked"])))


def add_reply(
    conn: Connection,
    report_id: str,
    at: str,
    words: str,
    sealed: bytes,
    answered: int = 0,
    answers: Sequence[FormAnswer] = (),
) -> int:
    """Keep words, or answers to the desk's message `answered`, to hand over; returns their number."""
    return conn.execute(
        "INSERT INTO report_replies(report_id, at, words, sealed, answered, answers) VALUES (?, ?, ?, ?, ?, ?)",
        (report_id, at, words, sealed, answered, json.dumps([asdict(one) for one in answers])),
    ).lastrowid


def replies(conn: Connection, report_id: str, waiting: bool = False) -> tuple[Reply, ...]:
    """The reporter's words, in order; `waiting`: only those that the desk does not have yet."""
    rows = conn.execute(
        "SELECT * FROM report_replies WHERE report_id = ? AND (sent = 0 OR ?) ORDER BY n", (report_id, not waiting)
    )
    return tuple(
        Reply(
            int(row["n"]),
            str(row["report_id"]),
            str(row["at"]),
            str(row["words"]),
            row["sealed"],
            int(row["answered"]),
            tuple(FormAnswer(**{**one, "a": tuple(one["a"])}) for one in json.loads(row["answers"])),
        )
        for row in rows
    )


def reply_sent(conn: Connection, n: int) -> None:
    """The desk has these words; their sealed form is not needed any more."""
    conn.execute("UPDATE report_replies SET sent = 1, sealed = NULL WHERE n = ?", (n,))


def keep_copy(conn: Connection, report_id: str, copy: bytes) -> None:
    """Keep a readable copy, or its newer form."""
    conn.execute("INSERT OR REPLACE INTO report_copies(report_id, copy) VALUES (?, ?)", (report_id, copy))


def copy(conn: Connection, report_id: str) -> bytes | None:
    """The kept copy, or None."""
    found = scalar(conn, "SELECT copy FROM report_copies WHERE report_id = ?", (report_id,))
    return None if found is None else bytes(found)


def _case(row: Row) -> Case:
    receipt = json.loads(row["receipt"])
    return Case(
        report_id=str(row["report_id"]),
        profile=_profile(row["profile"]),
        sent_at=str(row["sent_at"]),
        receipt=Receipt(**{**receipt, "identity_level": IdentityLevel(receipt["identity_level"])}),
        receipt_code=str(row["receipt_code"]),
        status=CaseStatus(row["status"]),
        history=tuple(StatusChange(CaseStatus(status), at) for status, at in json.loads(row["history"])),
        seen=int(row["seen"]),
        etag=str(row["etag"]),
        changed_at=str(row["changed_at"]),
        problem=str(row["problem"]),
        identity=IdentityLevel(row["identity"]),
        outcome=WithdrawalOutcome(row["outcome"]) if row["outcome"] else None,
    )


def _profile(text: str) -> EndpointProfile:
    found: dict[str, Any] = {
        name: tuple(one) if isinstance(one, list) else one for name, one in json.loads(text).items()
    }
    return EndpointProfile(**found)


def _advice(row: Row) -> Advice:
    done = set(json.loads(row["ticked"]))
    return Advice(
        report_id=str(row["report_id"]),
        n=int(row["n"]),
        at=str(row["at"]),
        from_name=str(row["from_name"]),
        from_role=str(row["from_role"]),
        kind=str(row["kind"]),
        text=str(row["words"]),
        steps=tuple(AdviceStep(id, text, id in done) for id, text in json.loads(row["steps"])),
        read=bool(row["seen"]),
        form=tuple(_question(one) for one in json.loads(row["form"])),
    )


def _question(found: dict[str, Any]) -> FormQuestion:
    return FormQuestion(**{**found, "options": tuple(FormOption(**one) for one in found["options"])})


def _history_text(history: Sequence[StatusChange]) -> str:
    return json.dumps([[one.status.value, one.at] for one in history])
