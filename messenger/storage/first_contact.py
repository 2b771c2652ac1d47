"""People who wrote or asked for the first time, in the store: what is known of them, and who was put away."""

from __future__ import annotations

from dataclasses import dataclass, field

from messenger.domain.lookalike import Twins
from messenger.storage import contacts, conversations, settings
from messenger.storage.connection import Connection, Row, scalar

MOST = 100
"""Messages are counted up to here: a flood is a flood."""
SHOWN = 5
LONGEST = 600
"""Characters of one message that a card takes."""
_KNOWN = "coalesce(k.subscription IN ('to', 'from', 'both') OR k.pending, 0)"
_ASKING = """
SELECT p.jid, c.id, c.accepted, r.words, r.at AS asked_at, coalesce(c.last_at, '') AS last_at
FROM (SELECT jid FROM requests WHERE account = ?1
      UNION SELECT counterpart FROM conversations WHERE account = ?1 AND last_sort <> '' AND kind <> 'room') p
LEFT JOIN conversations c ON c.account = ?1 AND c.counterpart = p.jid
LEFT JOIN requests r ON r.account = ?1 AND r.jid = p.jid
LEFT JOIN contacts k ON k.account = ?1 AND k.jid = p.jid
LEFT JOIN blocked b ON b.account = ?1 AND b.jid = p.jid
WHERE b.jid IS NULL AND coalesce(c.accepted, 0) = ?2 AND NOT coalesce(k.subscription IN ('to', 'from', 'both') OR k.pending, 0)
ORDER BY max(coalesce(r.at, ''), coalesce(c.last_at, '')) DESC, p.jid
"""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is not accepted. `words` are their newest, in order of time; `asked` what stood in the request, or ''."""

    conversation: int
    account: str
    jid: str
    resembles: str
    words: tuple[str, ...] = field(repr=False)
    count: int
    asks: bool
    asked: str = field(repr=False)
    spoke_in: tuple[str, ...] = field(repr=False)
    """Rooms in which messages under this real address are kept."""
    at: str = ""
    blocks: bool = False
    """Whether this account blocked anybody that this one could be."""


def stranger(conn: Connection, conversation: int) -> Stranger | None:
    """What is known of the person of a conversation; None when nothing stands in the way of an ordinary chat.

    That is: accepted, in the roster, blocked, a room, or nobody wrote or asked.
    """
    row = conn.execute(
        "SELECT c.account, c.counterpart, c.kind, c.accepted, c.last_at, b.jid IS NOT NULL AS blocked, "
        + _KNOWN
        + " AS known FROM conversations c LEFT JOIN contacts k ON k.account = c.account AND k.jid = c.counterpart"
        " LEFT JOIN blocked b ON b.account = c.account AND b.jid = c.counterpart WHERE c.id = ?",
        (conversation,),
    ).fetchone()
    if row is None or row["kind"] == "room" or row["accepted"] == 1 or row["known"] or row["blocked"]:
        return None
    account = str(row["account"])
    around = _Around(conn, account)
    return _described(conn, conversation, account, str(row["counterpart"]), str(row["last_at"]), around)


def waiting(conn: Connection, account: str, put_away: bool) -> tuple[Stranger, ...]:
    """Everybody who wrote or asked and is not accepted: those who wait, or those who were put away; the newest first."""
    rows = conn.execute(_ASKING, (account, -1 if put_away else 0)).fetchall()
    around = _Around(conn, account)
    made = (_described(conn, int(row["id"] or 0), account, str(row["jid"]), _newest(row), around) for row in rows[:MOST])
    return tuple(one for one in made if one is not None)


def put_away(conn: Connection, account: str, jid: str) -> None:
    """Put a request away. What was asked stays, so that a later yes can be sent; who asks again makes no new request."""
    conversation = conversations.ensure(conn, account, jid)
    conversations.set_accepted(conn, conversation, -1)


def seen(conn: Connection, account: str, jid: str) -> None:
    """What came before the yes was seen on the card: no marker goes for it afterwards."""
    conn.execute(
        "UPDATE conversations SET unread = 0 WHERE account = ? AND counterpart = ? AND accepted <> 1", (account, jid)
    )


def nobody_new(conn: Connection) -> bool:
    """Whether the person wants to hear of nobody new."""
    return settings.every(conn).get("who_can_write") == "nobody_new"


def put_new_away(conn: Connection, account: str, jid: str) -> None:
    """Somebody who is not accepted wrote or asked, and the person wants to hear of nobody new."""
    conversation = conversations.ensure(conn, account, jid)
    if not conversations.is_room(conn, conversation):
        conn.execute("UPDATE conversations SET accepted = -1 WHERE id = ? AND accepted = 0", (conversation,))


class _Around:
    """What is the same for every stranger of an account: whom it knows, and whether it blocked anybody."""

    def __init__(self, conn: Connection, account: str) -> None:
        roster = contacts.roster(conn, account)
        seen = (one.jid for one in roster if one.subscription.value in ("to", "from", "both"))
        self.known = Twins((*seen, account))
        self.blocks = bool(scalar(conn, "SELECT count(*) FROM blocks WHERE account = ?", (account,)))


def _described(
    conn: Connection, conversation: int, account: str, jid: str, at: str, around: _Around
) -> Stranger | None:
    asked = scalar(conn, "SELECT words FROM requests WHERE account = ? AND jid = ?", (account, jid))
    rows = conn.execute(
        "SELECT substr(coalesce(shown, body), 1, ?) AS words, retracted FROM messages WHERE conversation = ?"
        " AND direction = 'in' AND merged IS NULL ORDER BY sort_at DESC, id DESC LIMIT ?",
        (LONGEST, conversation, MOST),
    ).fetchall()
    if asked is None and not rows:
        return None
    said = [str(row["words"]) for row in rows[:SHOWN] if row["words"] and not row["retracted"]]
    return Stranger(
        conversation=conversation,
        account=account,
        jid=jid,
        resembles=around.known.of(jid),
        words=tuple(reversed(said)),
        count=len(rows),
        asks=asked is not None,
        asked=str(asked or ""),
        spoke_in=_spoke_in(conn, account, jid),
        at=at,
        blocks=around.blocks,
    )


def _spoke_in(conn: Connection, account: str, jid: str) -> tuple[str, ...]:
    rows = conn.execute(
        "SELECT c.counterpart FROM conversations c JOIN rooms r ON r.conversation = c.id WHERE c.account = ? AND r.wanted"
        " AND EXISTS (SELECT 1 FROM messages m WHERE m.conversation = c.id AND m.real_jid = ? AND m.real_jid <> '')",
        (account, jid),
    )
    return tuple(str(row[0]) for row in rows)


def _newest(row: Row) -> str:
    return max(str(row["asked_at"] or ""), str(row["last_at"] or ""))
