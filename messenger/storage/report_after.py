"""After the receipt, in the encrypted store: what can be done, what was done, and sealed statements on their way."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from messenger.domain.report import AftercareDeed
from messenger.storage.connection import Connection

CONSENT, WITHDRAWAL = "consent", "withdrawal"


@dataclass(frozen=True, slots=True)
class After:
    """What is known of a report once it is sealed. `marked`: ids in the own archive of the other side's chosen lines.

    `party` is the reported party's real address in a room, as far as the room showed it; `occupant` their lasting id there
    (XEP-0421). `reader` is the reporter's age band and `country` the one they gave: whose helpline fits them.
    """

    report_id: str
    category: str = ""
    marked: tuple[str, ...] = ()
    room: bool = False
    public_room: bool = False
    party: str = ""
    third_party: bool = False
    done: tuple[AftercareDeed, ...] = ()
    told_server: bool = False
    read_room: bool = False
    occupant: str = ""
    told_room: bool = False
    reader: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A sealed statement on its way."""

    n: int
    kind: str
    about: str
    sealed: bytes


def put(conn: Connection, after: After) -> None:
    """Keep it with the report that is being saved; what is there already stays."""
    conn.execute(
        "INSERT OR IGNORE INTO report_after(report_id, category, marked, room, public_room, party, third_party,"
        " occupant, reader, country) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            after.report_id,
            after.category,
            json.dumps(after.marked),
            int(after.room),
            int(after.public_room),
            after.party,
            int(after.third_party),
            after.occupant,
            after.reader,
            after.country,
        ),
    )


def get(conn: Connection, report_id: str) -> After:
    """What is known; for a report that was found as a file only, nothing."""
    row = conn.execute("SELECT * FROM report_after WHERE report_id = ?", (report_id,)).fetchone()
    if row is None:
        return After(report_id)
    return After(
        report_id,
        category=str(row["category"]),
        marked=tuple(str(one) for one in json.loads(row["marked"])),
        room=bool(row["room"]),
        public_room=bool(row["public_room"]),
        party=str(row["party"]),
        third_party=bool(row["third_party"]),
        done=_deeds(json.loads(row["done"])),
        told_server=bool(row["told_server"]),
        read_room=bool(row["read_room"]),
        occupant=str(row["occupant"]),
        told_room=bool(row["told_room"]),
        reader=str(row["reader"]),
        country=str(row["country"]),
    )


def did(conn: Connection, report_id: str, deeds: Iterable[AftercareDeed], told_server: bool = False) -> None:
    """Keep what was done, each deed once, in order."""
    known = get(conn, report_id)
    put(conn, known)
    done = tuple(dict.fromkeys((*known.done, *deeds)))
    conn.execute(
        "UPDATE report_after SET done = ?, told_server = max(told_server, ?) WHERE report_id = ?",
        (json.dumps([one.value for one in done]), int(told_server), report_id),
    )


def allow_room(conn: Connection, report_id: str) -> None:
    """The desk may read the public room."""
    put(conn, After(report_id))
    conn.execute("UPDATE report_after SET read_room = 1 WHERE report_id = ?", (report_id,))


def tell_room(conn: Connection, report_id: str) -> None:
    """The people who run the room were told."""
    put(conn, After(report_id))
    conn.execute("UPDATE report_after SET told_room = 1 WHERE report_id = ?", (report_id,))


def add_letter(conn: Connection, report_id: str, kind: str, about: str, at: str, sealed: bytes) -> Letter:
    """Keep a sealed statement; one of the same kind that says the same and still waits is kept instead, and given back."""
    row = conn.execute(
        "SELECT n, sealed FROM report_letters WHERE report_id = ? AND kind = ? AND about = ? AND sent = 0"
        " ORDER BY n DESC LIMIT 1",
        (report_id, kind, about),
    ).fetchone()
    if row is not None:
        return Letter(int(row["n"]), kind, about, bytes(row["sealed"]))
    number = conn.execute(
        "INSERT INTO report_letters(report_id, kind, about, at, sealed) VALUES (?, ?, ?, ?, ?)",
        (report_id, kind, about, at, sealed),
    ).lastrowid
    return Letter(number, kind, about, sealed)


def letters(conn: Connection, report_id: str, kind: str) -> tuple[Letter, ...]:
    """Sealed statements of this kind that the desk does not have yet, in order."""
    rows = conn.execute(
        "SELECT * FROM report_letters WHERE report_id = ? AND kind = ? AND sent = 0 ORDER BY n", (report_id, kind)
    )
    return tuple(Letter(int(row["n"]), str(row["kind"]), str(row["about"]), bytes(row["sealed"])) for row in rows)


def letter_done(conn: Connection, n: int) -> None:
    """The desk has it, or will never take it."""
    conn.execute("UPDATE report_letters SET sent = 1, sealed = NULL WHERE n = ?", (n,))


def _deeds(found: Iterable[str]) -> tuple[AftercareDeed, ...]:
    return tuple(AftercareDeed(one) for one in found if one in list(AftercareDeed))
