"""Young-person mode in the store: the PIN's hash, the rules, and whom a guardian said yes or no to. No message is read here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from messenger.domain.guardian import GuardianPerson, GuardianRules, Standing
from messenger.storage import accounts, contacts, conversations, rooms
from messenger.storage.connection import Connection, scalar

_STANDING = {"waits": Standing.ASKED, "no": Standing.REFUSED, "yes": Standing.FREE}
_SEEN = ("to", "from", "both")


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """The mode as it is kept. `pin` is an Argon2id hash, `wait_until` RFC 3339 UTC or ''."""

    pin: str = field(repr=False)
    wrong: int = 0
    wait_until: str = ""
    rules: GuardianRules = field(default_factory=GuardianRules)
    told: bool = False


def get(conn: Connection) -> GuardianRow | None:
    """The mode, or None when it is off."""
    row = conn.execute("SELECT pin, wrong, wait_until, rules, told FROM guardian WHERE id = 1").fetchone()
    if row is None:
        return None
    kept = json.loads(row["rules"])
    # What is missing counts as held.
    rules = GuardianRules(groups=kept.get("groups") is not False, settings=kept.get("settings") is not False)
    return GuardianRow(str(row["pin"]), int(row["wrong"]), str(row["wait_until"]), rules, bool(row["told"]))


def begin(conn: Connection, pin: str, rules: GuardianRules, at: str) -> bool:
    """Begin, with everybody who is accepted now on the list; false when it is on already."""
    if get(conn) is not None:
        return False
    conn.execute("INSERT INTO guardian(id, pin, since, rules) VALUES (1, ?, ?, ?)", (pin, at, _json(rules)))
    for one in accepted(conn):
        put(conn, one.account, one.jid, "yes", one.group, at)
    return True


def set_rules(conn: Connection, rules: GuardianRules) -> None:
    """Keep other rules."""
    conn.execute("UPDATE guardian SET rules = ? WHERE id = 1", (_json(rules),))


def set_told(conn: Connection) -> None:
    """The young person has seen that it began."""
    conn.execute("UPDATE guardian SET told = 1 WHERE id = 1")


def count(conn: Connection, wrong: int, wait_until: str) -> None:
    """Keep how many tries were wrong and until when none counts."""
    conn.execute("UPDATE guardian SET wrong = ?, wait_until = ? WHERE id = 1", (wrong, wait_until))


def end(conn: Connection) -> None:
    """The mode is off; the list goes with it."""
    conn.execute("DELETE FROM guardian")
    conn.execute("DELETE FROM guardian_people")


def put(conn: Connection, account: str, jid: str, state: str, group: bool, at: str) -> None:
    """Keep how it stands with an address: yes, no or waits."""
    conn.execute(
        "INSERT OR REPLACE INTO guardian_people(account, jid, state, is_group, at) VALUES (?, ?, ?, ?, ?)",
        (account, jid, state, int(group), at),
    )


def withdraw(conn: Connection, account: str, jid: str) -> bool:
    """The young person asks no more; whether they had asked."""
    sql = "DELETE FROM guardian_people WHERE account = ? AND jid = ? AND state = 'waits'"
    return conn.execute(sql, (account, jid)).rowcount > 0


def standing(conn: Connection, account: str, jid: str, group: bool) -> Standing:
    """How it stands with an address."""
    row = get(conn)
    if row is None or (group and not row.rules.groups) or jid == account:
        return Standing.FREE
    state = scalar(conn, "SELECT state FROM guardian_people WHERE account = ? AND jid = ?", (account, jid))
    return Standing.HELD if state is None else _STANDING.get(str(state), Standing.HELD)


def chat_standing(conn: Connection, conversation: int) -> tuple[str, str, bool, Standing]:
    """Account, counterpart, whether it is a group, and how it stands. Raises `KeyError`."""
    account, jid = conversations.ends(conn, conversation)
    group = conversations.is_room(conn, conversation)
    return account, jid, group, standing(conn, account, jid, group)


def accepted(conn: Connection) -> tuple[GuardianPerson, ...]:
    """Everybody who is accepted now, and the groups that the young person is in; not who is blocked."""
    found: list[GuardianPerson] = []
    for account in accounts.every(conn):
        names = {one.jid: one.name for one in contacts.roster(conn, account.jid)}
        known = {
            one.jid for one in contacts.roster(conn, account.jid) if one.subscription.value in _SEEN or one.pending
        }
        rows = conn.execute(
            "SELECT counterpart FROM conversations WHERE account = ? AND accepted = 1 AND kind <> 'room'",
            (account.jid,),
        )
        known |= {str(row[0]) for row in rows}
        known -= {*contacts.blocked(conn, account.jid), account.jid}
        found += [_person(account.jid, jid, names.get(jid), False, Standing.FREE) for jid in known]
        found += [
            _person(account.jid, one.jid, one.name, True, Standing.FREE)
            for one in rooms.every(conn, account.jid)
            if one.wanted
        ]
    return _sorted(found)


def decided(conn: Connection) -> tuple[GuardianPerson, ...]:
    """Whom the guardian said yes or no to. Whether somebody is blocked is not looked at."""
    rows = conn.execute(
        "SELECT p.*, coalesce(nullif(k.name, ''), r.name) AS shown FROM guardian_people p"
        " LEFT JOIN contacts k ON k.account = p.account AND k.jid = p.jid"
        " LEFT JOIN conversations c ON c.account = p.account AND c.counterpart = p.jid"
        " LEFT JOIN rooms r ON r.conversation = c.id WHERE p.state <> 'waits'"
    )
    return _sorted(
        _person(str(row["account"]), str(row["jid"]), row["shown"], bool(row["is_group"]), _STANDING[str(row["state"])])
        for row in rows
    )


def waiting(conn: Connection) -> tuple[GuardianPerson, ...]:
    """Those whom the young person asked for, then the others who want to write or ask into a group.

    Who was blocked or put away is not here: that answer is the young person's own.
    """
    row = get(conn)
    if row is None:
        return ()
    asked: list[GuardianPerson] = []
    others: list[GuardianPerson] = []
    for account in accounts.every(conn):
        blocked = set(contacts.blocked(conn, account.jid))
        kept = {
            str(one["jid"]): (str(one["state"]), bool(one["is_group"]))
            for one in conn.execute("SELECT * FROM guardian_people WHERE account = ?", (account.jid,))
        }
        asked += [
            _person(account.jid, jid, None, group, Standing.ASKED)
            for jid, (state, group) in kept.items()
            if state == "waits" and jid not in blocked and (row.rules.groups or not group)
        ]
        for jid in _writing(conn, account.jid) - set(kept) - blocked:
            others.append(_person(account.jid, jid, None, False, Standing.HELD))
        if row.rules.groups:
            others += [
                _person(account.jid, one.room, one.name, True, Standing.HELD)
                for one in rooms.invitations(conn, account.jid)
                if one.room not in kept
            ]
    return (*_sorted(asked), *_sorted(others))


def _writing(conn: Connection, account: str) -> set[str]:
    asking = {jid for jid, _words, _at in contacts.requests(conn, account)}
    return asking | {jid for jid, _words, _at, _n in conversations.strangers(conn, account)}


def _person(account: str, jid: str, name: object, group: bool, how: Standing) -> GuardianPerson:
    return GuardianPerson(account, jid, conversations.title(str(name or "") or None, jid), group, how)


def _sorted(people: Iterable[GuardianPerson]) -> tuple[GuardianPerson, ...]:
    return tuple(sorted(people, key=lambda one: (one.name.casefold(), one.jid, one.account)))


def _json(rules: GuardianRules) -> str:
    return json.dumps({"groups": rules.groups, "settings": rules.settings})
