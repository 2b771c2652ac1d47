"""The desk's journal: who did what to which case and when; each entry carries a digest over all before it.

Entries are never changed (the store's triggers refuse it). The words of a reason stand apart and are erased with the
report; their digest stays, so that the chain holds.
"""

from __future__ import annotations

import sqlite3

from messenger.desk.moments import MINUTE, rfc3339
from messenger.evidence.canonical import canonical, digest
from messenger.i18n import tr


def write(
    db: sqlite3.Connection, now: float, officer: str, action: str, case_number: str = "", words: str = ""
) -> None:
    """Append an entry. `officer` is empty for what the desk does by itself."""
    words_digest = digest(words.encode("utf-8")) if words else ""
    last = db.execute("SELECT id, hash FROM journal ORDER BY id DESC LIMIT 1").fetchone()
    chained = _chain(last["hash"] if last else "", now, officer, action, case_number, words_digest)
    id = (last["id"] if last else 0) + 1
    db.execute(
        "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", (id, now, officer, action, case_number, words_digest, chained)
    )
    if words:
        db.execute("INSERT INTO journal_words VALUES (?, ?)", (id, words))


def write_seldom(db: sqlite3.Connection, now: float, officer: str, action: str, case_number: str) -> None:
    """Append an entry unless the same stands there from the last ten minutes (a page that is loaded again).

    What came from the reporter meanwhile counts: opening the page after it is an entry of its own.
    """
    news = db.execute("SELECT max(at) FROM journal WHERE case_number = ? AND officer = ''", (case_number,)).fetchone()[0]
    found = db.execute(
        "SELECT 1 FROM journal WHERE officer = ? AND action = ? AND case_number = ? AND at > ? AND at >= ? AND at <= ?",
        (officer, action, case_number, now - 10 * MINUTE, news or 0.0, now),
    ).fetchone()
    if found is None:
        write(db, now, officer, action, case_number)


def touched(db: sqlite3.Connection, case_number: str) -> bool:
    """Whether an officer ever opened or did anything to a case."""
    found = db.execute("SELECT 1 FROM journal WHERE case_number = ? AND officer <> ''", (case_number,)).fetchone()
    return found is not None


def entries(db: sqlite3.Connection, case_number: str = "", limit: int = 200) -> list[sqlite3.Row]:
    """The newest entries first, of one case or of all."""
    return db.execute(
        "SELECT journal.*, journal_words.words FROM journal LEFT JOIN journal_words USING (id)"
        " WHERE :case = '' OR case_number = :case ORDER BY id DESC LIMIT :limit",
        {"case": case_number, "limit": limit},
    ).fetchall()


def whole(db: sqlite3.Connection) -> bool:
    """Whether every entry still fits the chain."""
    before = ""
    for row in db.execute("SELECT * FROM journal ORDER BY id"):
        made = _chain(before, row["at"], row["officer"], row["action"], row["case_number"], row["words_digest"])
        if made != row["hash"]:
            return False
        before = made
    return True


def forget_words(db: sqlite3.Connection, case_number: str) -> None:
    """Erase the reasons that were written about a case."""
    db.execute(
        "DELETE FROM journal_words WHERE id IN (SELECT id FROM journal WHERE case_number = ?)", (case_number,)
    )


def action_words(action: str) -> str:
    """What an entry says."""
    table = {
        "received": tr("Report received"),
        "reply": tr("The reporter wrote"),
        "addendum": tr("The reporter added evidence"),
        "consent": tr("The reporter allowed something"),
        "withdrawal": tr("The reporter took the report back: noted"),
        "withdrawn": tr("Taken back before anybody looked: erased"),
        "exported": tr("Made a file of the case"),
        "erased": tr("Report erased: its time was over"),
        "signed-in": tr("Signed in"),
        "signed-out": tr("Signed out"),
        "sign-in-refused": tr("Sign-in refused"),
        "officer-added": tr("Officer added"),
        "opened": tr("Report opened"),
        "taken": tr("Took the case"),
        "identity": tr("Opened name and contact"),
        "urgency": tr("Changed the urgency"),
        "status": tr("Changed the status"),
        "message": tr("Wrote to the reporter"),
    }
    return table.get(action, action)


def _chain(before: str, at: float, officer: str, action: str, case_number: str, words_digest: str) -> str:
    return digest(canonical([before, rfc3339(at), officer, action, case_number, words_digest]))
