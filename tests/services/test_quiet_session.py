"""Decision 10 reaches the stream: while a report is open, the session answers its subject nothing by itself."""

from __future__ import annotations

from messenger.services.quiet import Quiet
from messenger.services.sessions import Sessions


def test_holding_and_releasing_are_told_by_account() -> None:
    quiet, told = Quiet(), []
    quiet.changed = lambda account: told.append((account, quiet.people(account)))
    quiet.hold("me@a.example", "x@b.example", "draft")
    quiet.hold("me@a.example", "x@b.example", "report")
    quiet.release("draft")
    assert quiet.holds("me@a.example", "x@b.example"), "the report still holds"
    quiet.release("report")
    assert told[0] == ("me@a.example", frozenset({"x@b.example"}))
    assert told[-1] == ("me@a.example", frozenset())
    assert quiet.people("other@a.example") == frozenset()


def test_each_new_session_is_told() -> None:
    sessions, told = Sessions(), []
    sessions.made = told.append
    sessions.put("me@a.example", object())  # type: ignore[arg-type]
    assert told == ["me@a.example"]
