"""What the person did with tips: pinned, found useful, and where the deck stands. It never leaves this computer."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class TipMark:
    """`useful` is None as long as the person has not said."""

    pinned: bool = False
    useful: bool | None = None


@dataclass(frozen=True, slots=True)
class DeckPlace:
    """Which tip was shown on which day; `seed` shuffles the deck."""

    day: str
    tip: str
    seed: int


def marks(conn: Connection) -> dict[str, TipMark]:
    """Marks by tip id."""
    rows = conn.execute("SELECT id, pinned, useful FROM tips")
    return {
        str(row["id"]): TipMark(bool(row["pinned"]), None if row["useful"] is None else bool(row["useful"]))
        for row in rows
    }


def pin(conn: Connection, tip: str, pinned: bool, at: str) -> None:
    """Keep a tip, or let it go."""
    conn.execute(
        "INSERT INTO tips(id, pinned, pinned_at) VALUES (?, ?, ?)"
        " ON CONFLICT(id) DO UPDATE SET pinned = excluded.pinned, pinned_at = excluded.pinned_at",
        (tip, int(pinned), at),
    )


def useful(conn: Connection, tip: str, yes: bool | None) -> None:
    """Whether it was useful."""
    conn.execute(
        "INSERT INTO tips(id, useful) VALUES (?, ?) ON CONFLICT(id) DO UPDATE SET useful = excluded.useful",
        (tip, None if yes is None else int(yes)),
    )


def place(conn: Connection) -> DeckPlace | None:
    """Where the deck stands, or None at first."""
    row = conn.execute("SELECT day, tip, seed FROM deck WHERE id = 1").fetchone()
    return None if row is None else DeckPlace(str(row["day"]), str(row["tip"]), int(row["seed"]))


def set_place(conn: Connection, place: DeckPlace) -> None:
    """Keep where the deck stands."""
    conn.execute(
        "INSERT OR REPLACE INTO deck(id, day, tip, seed) VALUES (1, ?, ?, ?)", (place.day, place.tip, place.seed)
    )
