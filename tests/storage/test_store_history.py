"""History: one message is one row, edits only by their sender, search, snapshots, the journal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from chat_case import ME, SAM, archived, at, message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messenger.domain.message import ArchiveId, DeliveryState, Direction, IncomingMessage, OutgoingMessage, Via
from messenger.storage import conversations, history, journal, migrations, outgoing, pages, search, snapshots
from messenger.storage.connection import Connection, connect
from messenger.storage.database import Database

KEY = bytes(range(32))
Out = Direction.OUT


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[Connection]:
    made = connect(tmp_path / "robin.db", KEY)
    migrations.migrate(made)
    yield made
    made.close()


def put(conn: Connection, *batch: IncomingMessage, count: bool = True) -> history.Stored:
    conn.execute("BEGIN IMMEDIATE")
    (stored,) = history.store(conn, batch, count)
    conn.execute("COMMIT")
    return stored


def bodies(conn: Connection, conversation: int = 1) -> list[str]:
    return [one.body for one in pages.page(conn, conversation, limit=500).messages]


# -- duplicates


def test_live_and_archive_copies_are_one_row_that_gains_its_archive_id(conn: Connection) -> None:
    live = message("hello", 1)
    first = put(conn, live)
    second = put(conn, archived(live, "a1", 1))
    assert second.new == []
    assert second.same == first.new
    snap = snapshots.snapshot(conn, 1, at(9))
    (one,) = snapshots.captured(conn, snap, first.new)
    assert one.archive_id == ArchiveId(ME, "a1")
    assert one.times.archive == at(1)
    assert one.via is Via.LIVE
    assert put(conn, archived(live, "a1", 1)).new == []
    assert journal.holds(conn)


def test_carbon_and_own_archive_copy_of_a_message_sent_here_are_one_row(conn: Connection) -> None:
    conversation = conversations.ensure(conn, ME, SAM)
    row = outgoing.add(conn, conversation, OutgoingMessage(ME, SAM, "o1", "hi"), at(1))
    copy = message("hi", 1, direction=Out, via=Via.ARCHIVE, stanza_id="o1", archive="a1", archive_time=at(1))
    stored = put(conn, copy)
    assert stored.new == []
    assert stored.acknowledged == ["o1"]
    assert outgoing.waiting(conn, ME) == []
    (view,) = pages.messages(conn, conversation, [row])
    assert view.state is DeliveryState.SENT
    (captured,) = snapshots.captured(conn, snapshots.snapshot(conn, conversation, at(5)), [row])
    assert captured.raw is not None
    assert captured.archive_id == ArchiveId(ME, "a1")
    assert captured.via is Via.SENT_HERE


def test_the_same_id_with_other_words_or_another_sender_is_a_new_line(conn: Connection) -> None:
    put(conn, message("one", 1, stanza_id="1"))
    put(conn, message("two", 2, stanza_id="1"))
    put(conn, message("one", 3, stanza_id="1", sender="eve@a.example/x"))
    assert bodies(conn) == ["one", "two", "one"]


def test_an_id_counted_from_one_again_next_week_is_a_new_line(conn: Connection) -> None:
    put(conn, message("ok", 1, stanza_id="1", origin_id=""))
    put(conn, message("ok", 2, stanza_id="1", origin_id=""))
    put(conn, message("ok", 7 * 86_400, stanza_id="1", origin_id=""))
    assert bodies(conn) == ["ok", "ok"]
    put(conn, message("ok", 8 * 86_400, stanza_id="9", origin_id="", archive="a1"))
    put(conn, message("ok", 8 * 86_400 + 5, stanza_id="9", origin_id="", archive="a2"))
    assert bodies(conn) == ["ok", "ok", "ok", "ok"]


def test_another_counterpart_is_another_conversation(conn: Connection) -> None:
    put(conn, message("hi", 1, archive="a1"))
    put(conn, message("hi", 1, archive="a1", counterpart="ann@a.example"))
    assert bodies(conn, 1) == bodies(conn, 2) == ["hi"]


_COPIES = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["live", "carbon", "archive"])), max_size=40)


@given(_COPIES)
def test_f16_any_order_of_copies_gives_each_message_once(copies: list[tuple[int, str]]) -> None:
    with _short_lived() as conn:
        _check_copies(conn, copies)


def _check_copies(conn: Connection, copies: list[tuple[int, str]]) -> None:
    for number, way in copies:
        made = message(f"m{number % 3}", number)
        if way == "archive":
            made = archived(made, f"a{number}", number)
        elif way == "carbon":
            made = replace(made, via=Via.CARBON)
        put(conn, made)
    wanted = {number for number, _way in copies}
    found = pages.page(conn, 1, limit=100).messages if wanted else ()
    assert len(found) == len(wanted)
    # Each has its archive id if any copy brought one.
    known = {number for number, way in copies if way == "archive"}
    snap = snapshots.snapshot(conn, 1, at(99)) if wanted else None
    if snap is not None:
        with_id = [one for one in snapshots.captured(conn, snap, snapshots.all_ids(conn, snap)) if one.archive_id]
        assert {one.archive_id.id for one in with_id if one.archive_id} == {f"a{number}" for number in known}
    assert journal.holds(conn)
    assert search.whole(conn)


@given(st.permutations(range(12)), st.integers(1, 12))
def test_archive_pages_in_any_order_stand_in_order_of_time(order: list[int], size: int) -> None:
    with _short_lived() as conn:
        _check_order(conn, order, size)


def _check_order(conn: Connection, order: list[int], size: int) -> None:
    for start in range(0, 12, size):
        batch = [
            archived(message(f"m{number}", number), f"a{number}", number) for number in order[start : start + size]
        ]
        put(conn, *batch)
    assert bodies(conn) == [f"m{number}" for number in range(12)]


@contextmanager
def _short_lived() -> Iterator[Connection]:
    with TemporaryDirectory() as folder:
        made = connect(Path(folder) / "robin.db", KEY)
        made.execute("PRAGMA synchronous = OFF")
        migrations.migrate(made)
        yield made
        made.close()


def test_f08_a_clock_set_back_does_not_turn_a_chat_around(conn: Connection) -> None:
    put(conn, message("first", 1_000))
    put(conn, message("second", 10))
    put(conn, message("third", 5_000, received="1970-01-01T00:00:00.000Z"))
    put(conn, message("fourth", 9_000))
    assert bodies(conn) == ["first", "second", "third", "fourth"]


# -- edits


def test_a_correction_by_its_sender_is_shown_and_the_first_words_are_kept(conn: Connection) -> None:
    first = put(conn, message("teh cat", 1)).new[0]
    changed = put(conn, message("the cat", 2, corrects="id-1", sender=f"{SAM}/tablet"))
    assert changed.changed == [first]
    assert changed.new == []
    (view,) = pages.messages(conn, 1, [first])
    assert (view.body, view.edited) == ("the cat", True)
    (one,) = snapshots.captured(conn, snapshots.snapshot(conn, 1, at(9)), [first])
    assert one.body == "teh cat"
    assert [(edit.kind, edit.body) for edit in one.edits] == [("correction", "the cat")]


@pytest.mark.parametrize(
    "forged",
    [
        {"sender": "eve@a.example/x"},
        {"kind": "groupchat"},
        {"direction": Out},
        {"sender": "sam@a.example.evil/x"},
    ],
)
def test_s06_a_correction_by_another_is_a_new_line(conn: Connection, forged: dict[str, Any]) -> None:
    first = put(conn, message("mine", 1)).new[0]
    stored = put(conn, message("forged", 2, corrects="id-1", **forged))
    assert len(stored.new) == 1
    assert stored.changed == []
    (view,) = pages.messages(conn, 1, [first])
    assert (view.body, view.edited) == ("mine", False)


def test_s06_nobody_corrects_what_this_person_wrote(conn: Connection) -> None:
    conversation = conversations.ensure(conn, ME, SAM)
    row = outgoing.add(conn, conversation, OutgoingMessage(ME, SAM, "o1", "I never said yes"), at(1))
    put(conn, message("I said yes", 2, corrects="o1"))
    put(conn, message("", 3, retracts="o1"))
    (view,) = pages.messages(conn, conversation, [row])
    assert (view.body, view.edited, view.retracted) == ("I never said yes", False, False)


def test_s06_in_a_room_the_whole_address_must_fit(conn: Connection) -> None:
    room = "club@rooms.example"
    first = put(conn, message("ann", 1, counterpart=room, sender=f"{room}/ann", kind="groupchat")).new[0]
    put(conn, message("bob", 2, counterpart=room, sender=f"{room}/bob", kind="groupchat", corrects="id-1"))
    (view,) = pages.messages(conn, 1, [first])
    assert (view.body, view.sender_name) == ("ann", "ann")


def test_s07_a_correction_of_itself_and_of_a_circle_ends(conn: Connection) -> None:
    put(conn, message("self", 1, stanza_id="x", corrects="x"))
    put(conn, message("a", 2, stanza_id="a", corrects="b"))
    put(conn, message("b", 3, stanza_id="b", corrects="a"))
    put(conn, message("a again", 4, stanza_id="a2", corrects="b"))
    assert "self" in bodies(conn)
    assert len(bodies(conn)) == 2
    assert journal.holds(conn)


def test_s07_ten_thousand_corrections_of_one_message(conn: Connection) -> None:
    first = put(conn, message("0", 1)).new[0]
    started = time.monotonic()
    for start in range(1, 10_001, 1_000):
        batch = [message(str(n), 1 + n, corrects="id-1") for n in range(start, start + 1_000)]
        assert put(conn, *batch).new == []
    # 50 ms each would be 500 s: a hundredfold margin.
    assert time.monotonic() - started < 60
    (view,) = pages.messages(conn, 1, [first])
    assert view.body == "10000"


def test_the_newest_correction_wins_whatever_the_order_of_arrival(conn: Connection) -> None:
    late = archived(message("last words", 30, corrects="id-1"), "a30", 30)
    early = archived(message("middle words", 20, corrects="id-1"), "a20", 20)
    original = archived(message("first words", 1), "a1", 1)
    put(conn, late)
    assert bodies(conn) == ["last words"]
    put(conn, early)
    stored = put(conn, original)
    assert bodies(conn) == ["last words"]
    assert len(stored.new) == 1
    (one,) = snapshots.captured(conn, snapshots.snapshot(conn, 1, at(99)), stored.new)
    assert one.body == "first words"
    assert [edit.body for edit in one.edits] == ["middle words", "last words"]
    assert all(edit.raw is not None for edit in one.edits)
    assert put(conn, late, early).new == []
    assert search.whole(conn)


def test_s08_a_retraction_hides_and_keeps_both_stanzas(conn: Connection) -> None:
    first = put(conn, message("a threat", 1)).new[0]
    put(conn, message("", 2, retracts="id-1"))
    (view,) = pages.messages(conn, 1, [first])
    assert (view.body, view.retracted) == ("", True)
    (one,) = snapshots.captured(conn, snapshots.snapshot(conn, 1, at(9)), [first])
    assert one.body == "a threat"
    assert one.raw is not None
    assert "a threat" in one.raw.xml
    assert [edit.kind for edit in one.edits] == ["retraction"]
    assert one.edits[0].raw is not None
    # A later correction does not bring it back.
    put(conn, message("nothing", 3, corrects="id-1"))
    assert pages.messages(conn, 1, [first])[0].retracted
    assert search.search(conn, ME, "threat") == ()


@pytest.mark.parametrize("sender", ["eve@a.example/x", "a.example", f"{ME}/x"])
def test_s08_a_retraction_by_another_is_ignored(conn: Connection, sender: str) -> None:
    first = put(conn, message("a threat", 1)).new[0]
    stored = put(conn, message("", 2, retracts="id-1", sender=sender))
    assert stored.new == []
    (view,) = pages.messages(conn, 1, [first])
    assert (view.body, view.retracted) == ("a threat", False)
    assert bodies(conn) == ["a threat"]


def test_s08_a_retraction_that_comes_before_its_message_takes_it_back(conn: Connection) -> None:
    put(conn, message("", 2, retracts="id-1"))
    assert bodies(conn) == []
    first = put(conn, message("gone", 1)).new[0]
    assert pages.messages(conn, 1, [first])[0].retracted
    put(conn, message("", 4, retracts="id-3", sender="eve@a.example/x"))
    second = put(conn, message("stays", 3)).new[0]
    assert not pages.messages(conn, 1, [second])[0].retracted


# -- pages


def test_pages_go_back_and_forth_without_gaps(conn: Connection) -> None:
    ids = put(conn, *(message(f"m{n}", n // 3, stanza_id=f"s{n}") for n in range(100))).new
    page = pages.page(conn, 1, limit=30)
    assert [one.id for one in page.messages] == ids[-30:]
    assert (page.has_older, page.has_newer) == (True, False)
    seen = list(page.messages)
    while page.has_older:
        page = pages.page(conn, 1, before=seen[0].id, limit=30)
        seen = [*page.messages, *seen]
    assert [one.id for one in seen] == ids
    page = pages.page(conn, 1, around=ids[50], limit=20)
    assert [one.id for one in page.messages] == ids[40:60]
    page = pages.page(conn, 1, after=ids[97], limit=20)
    assert [one.id for one in page.messages] == ids[98:]
    assert not page.has_newer
    assert pages.page(conn, 1, around=10**9).messages == pages.page(conn, 1).messages


def test_a_reply_names_what_it_answers(conn: Connection) -> None:
    first = put(conn, message("maths at four?", 1)).new[0]
    second = put(conn, message("yes", 2, reply_to="id-1")).new[0]
    (view,) = pages.messages(conn, 1, [second])
    assert (view.reply_id, view.reply_name, view.reply_body) == (first, "sam", "maths at four?")


def test_unread_counts_what_came_after_the_last_look(conn: Connection) -> None:
    ids = put(conn, *(message(f"m{n}", n) for n in range(5))).new
    assert conversations.summary(conn, 1).unread == 5
    assert pages.page(conn, 1).first_unread == ids[0]
    assert conversations.mark_read(conn, 1, ids[2]) is not None
    assert conversations.summary(conn, 1).unread == 2
    assert pages.page(conn, 1).first_unread == ids[3]
    assert conversations.mark_read(conn, 1, ids[1]) is None
    put(conn, message("from my phone", 9, direction=Out, via=Via.CARBON))
    assert conversations.summary(conn, 1).unread == 0


def test_the_past_of_a_first_sync_is_not_unread(conn: Connection) -> None:
    put(conn, *(archived(message(f"m{n}", n), f"a{n}", n) for n in range(5)), count=False)
    assert conversations.summary(conn, 1).unread == 0
    # Missed while away, read backwards: what this person answered from elsewhere is read.
    put(conn, archived(message("answer", 50, direction=Out), "a50", 50), archived(message("new", 60), "a60", 60))
    put(conn, archived(message("before the answer", 40), "a40", 40))
    assert conversations.summary(conn, 1).unread == 1


# -- states


def test_states_only_go_forward(conn: Connection) -> None:
    conversation = conversations.ensure(conn, ME, SAM)
    rows = [outgoing.add(conn, conversation, OutgoingMessage(ME, SAM, f"o{n}", f"m{n}"), at(n)) for n in range(3)]

    def states() -> list[str]:
        return [one.state.value for one in pages.messages(conn, conversation, rows)]

    assert states() == ["queued"] * 3
    history.acknowledged(conn, ME, "o0")
    history.acknowledged(conn, ME, "o1")
    assert states() == ["sent", "sent", "queued"]
    assert history.delivered(conn, conversation, "o0") == [rows[0]]
    assert history.read(conn, conversation, "o1") == rows[:2]
    assert history.delivered(conn, conversation, "o1") == []
    assert states() == ["read", "read", "queued"]
    assert outgoing.fail(conn, ME, "o2") == (conversation, rows[2])
    assert outgoing.waiting(conn, ME) == []
    found = outgoing.again(conn, rows[2])
    assert found is not None
    assert found[1].origin_id == "o2"
    assert [one.origin_id for one in outgoing.waiting(conn, ME)] == ["o2"]
    assert outgoing.fail(conn, ME, "o0") is None
    assert conversations.summary(conn, conversation).last_state is DeliveryState.QUEUED


# -- search


def test_search_finds_words_beginnings_and_other_spellings(conn: Connection) -> None:
    put(conn, message("Grüße aus Köln", 1), message("the quick brown fox", 2), message("quickly now", 3))
    assert [hit.snippet for hit in search.search(conn, ME, "quick")] == ["quickly now", "the quick brown fox"]
    assert [hit.snippet for hit in search.search(conn, ME, "kol grusse")] == []
    (hit,) = search.search(conn, ME, "grusse kol") or search.search(conn, ME, "gruße kol")
    assert hit.spans
    start, end = hit.spans[-1]
    assert hit.snippet[start:end] == "Köln"
    assert search.search(conn, "other@a.example", "quick") == ()
    assert len(search.search(conn, ME, "quick", limit=1)) == 1
    newest = search.search(conn, ME, "quick", limit=1)[0].message
    assert [hit.message for hit in search.search(conn, ME, "quick", before=newest)] == [newest - 1]
    assert search.search(conn, ME, "quick", conversation=99) == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_s46_any_words_can_be_looked_for(conn: Connection, words: str) -> None:
    if search.search(conn, ME, "hello") == ():
        put(conn, message('he said "hello" NEAR(x) AND * OR ^', 1))
    assert isinstance(search.search(conn, ME, words.encode("utf-8", "replace").decode()), tuple)


@pytest.mark.parametrize(
    "words", ['"', "a*b", "NEAR(", "AND OR NOT", "col:x", "^x", "-x", "''", "\x00", "a\x00b", "!!! ..."]
)
def test_s46_words_of_the_query_language_are_words(conn: Connection, words: str) -> None:
    put(conn, message("hello", 1))
    assert isinstance(search.search(conn, ME, words), tuple)


def test_the_index_follows_edits_and_erasing(conn: Connection) -> None:
    put(conn, message("apples", 1), message("pears", 2))
    put(conn, message("oranges", 3, corrects="id-1"))
    assert search.search(conn, ME, "apples") == ()
    assert len(search.search(conn, ME, "oranges")) == 1
    assert search.whole(conn)
    conversations.erase(conn, 1)
    assert search.search(conn, ME, "oranges") == ()
    assert search.search(conn, ME, "pears") == ()
    assert search.whole(conn)
    assert conversations.summary(conn, 1).preview == ""


# -- snapshots


def test_f17_f18_nothing_later_changes_a_snapshot(conn: Connection) -> None:
    ids = put(conn, *(message(f"m{n}", n) for n in range(10))).new
    snap = snapshots.snapshot(conn, 1, at(50))
    before = snapshots.captured(conn, snap, ids)
    assert [one.seq for one in before] == list(range(1, 11))
    assert snap.total == 10
    put(conn, message("", 60, retracts="id-3"), message("other words", 61, corrects="id-4"))
    put(conn, *(message(f"flood {n}", 100 + n) for n in range(500)))
    put(conn, archived(message("m5", 5), "a5", 5))
    # Older ones from the archive move the places of the conversation, not those of the snapshot.
    put(conn, archived(message("long ago", -500), "a-500", -500))
    assert snapshots.captured(conn, snap, ids) == before
    assert snapshots.all_ids(conn, snap) == tuple(ids)
    assert snapshots.captured(conn, snap, [ids[-1] + 1]) == ()
    now = snapshots.snapshot(conn, 1, at(700))
    (third,) = snapshots.captured(conn, now, [ids[3]])
    assert [edit.kind for edit in third.edits] == ["retraction"]
    assert third.seq == 5


def test_an_early_correction_is_a_line_of_an_older_snapshot(conn: Connection) -> None:
    early = put(conn, archived(message("better", 20, corrects="id-1"), "a20", 20)).new
    snap = snapshots.snapshot(conn, 1, at(50))
    before = snapshots.captured(conn, snap, early)
    put(conn, archived(message("good", 1), "a1", 1))
    assert snapshots.captured(conn, snap, early) == before
    now = snapshots.snapshot(conn, 1, at(60))
    assert [one.body for one in snapshots.captured(conn, now, snapshots.all_ids(conn, now))] == ["good"]


def test_pages_and_surroundings_of_a_snapshot(conn: Connection) -> None:
    ids = put(conn, *(message(f"m{n}", n) for n in range(50))).new
    snap = snapshots.snapshot(conn, 1, at(99))
    near = snapshots.around(conn, snap, [ids[10], ids[12]], 3)
    assert [one.message for one in near] == ids[7:16]
    page = snapshots.page(conn, snap, limit=20)
    assert [one.message for one in page.messages] == ids[30:]
    assert (page.has_older, page.has_newer) == (True, False)
    page = snapshots.page(conn, snap, before=ids[30], limit=40)
    assert [one.message for one in page.messages] == ids[:30]
    assert [one.seq for one in page.messages] == list(range(1, 31))
    page = snapshots.page(conn, snap, around=ids[25], limit=10)
    assert ids[25] in [one.message for one in page.messages]


# -- the journal


def test_the_chain_holds_after_erasing_and_breaks_when_touched(conn: Connection) -> None:
    put(conn, *(message(f"m{n}", n) for n in range(20)))
    put(conn, message("", 30, retracts="id-3"))
    head = journal.head(conn)
    assert (head.index, head.started_at) == (21, at(0))
    conversations.erase(conn, 1)
    assert journal.holds(conn)
    assert journal.head(conn) == head
    conn.execute("UPDATE journal SET digest = digest || 'x' WHERE idx = 7")
    assert not journal.holds(conn)
    conn.execute("DELETE FROM journal WHERE idx = 7")
    assert not journal.holds(conn)


def test_erased_words_are_nowhere_in_the_store(conn: Connection) -> None:
    put(conn, message("canary-orchid", 1), message("canary-orchid two", 2, corrects="id-1"))
    conversations.set_draft(conn, 1, "canary-orchid")
    conversations.erase(conn, 1)
    for table in ("messages", "stanzas", "edits", "search_data", "search_content", "conversations", "journal"):
        exists = conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        for row in conn.execute('SELECT * FROM "' + table + '"') if exists else ():
            for value in row:
                data = value if isinstance(value, bytes) else str(value).encode()
                assert b"canary" not in data, table
                assert b"orchid" not in data, table


def test_a_burst_through_the_database(scenario: Any) -> None:
    async def work(db: Database) -> None:
        (stored,) = await db.write(history.store, [message(f"m{n}", n) for n in range(2_000)])
        assert len(stored.new) == 2_000
        page = await db.run(pages.page, stored.conversation)
        assert page.messages[-1].body == "m1999"

    scenario(work)
