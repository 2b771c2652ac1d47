"""The window of rows: never more than its limit, neighbours right, words for screen readers."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.message import DeliveryState, Direction, MediaRef, MessagePage, MessageView
from messenger.ui.conversation.model import FIRST_SHOWN, MAX_ROWS, MORE_SHOWN, MessageModel


def view(id, body="hi", minute=0, mine=False, day=20, **more):
    state = more.pop("state", DeliveryState.SENT if mine else DeliveryState.RECEIVED)
    side = Direction.OUT if mine else Direction.IN
    when = f"2026-11-{day:02}T12:{minute % 60:02}:00.000+00:00"
    return MessageView(id, 1, side, "sam" if mine else "ann", "Sam" if mine else "Ann Lee", body, when, state, **more)


def page(views, older=False, newer=False, unread=None):
    return MessagePage(1, tuple(views), older, newer, unread)


def rows(model):
    return [model.row(number) for number in range(model.rowCount())]


def ids(model):
    return [model.message(number).id for number in range(model.rowCount())]


def test_runs_are_joined_and_broken_by_person_time_and_day(qapp):
    model = MessageModel(date(2026, 11, 21))
    model.show_page(
        page(
            [
                view(1),
                view(2, minute=1),
                view(3, minute=2, mine=True),
                view(4, minute=20, mine=True),
                view(5, day=21, mine=True),
            ]
        )
    )
    assert [(row.joined_above, row.joined_below) for row in rows(model)] == [
        (False, True), (True, False), (False, False), (False, False), (False, False),
    ]  # fmt: skip
    assert [bool(row.day) for row in rows(model)] == [True, False, False, False, True]
    assert rows(model)[0].day == "Yesterday"
    assert rows(model)[4].day.startswith("Today, ")


def test_the_new_messages_line_breaks_a_run(qapp):
    model = MessageModel()
    model.show_page(page([view(1), view(2), view(3)], unread=2))
    assert [row.first_new for row in rows(model)] == [False, True, False]
    assert not rows(model)[1].joined_above
    assert not rows(model)[0].joined_below
    model.set_first_unread(None)
    assert rows(model)[1].joined_above


def test_read_stands_on_the_last_read_message_only(qapp):
    model = MessageModel()
    read = DeliveryState.READ
    model.show_page(page([view(1, mine=True, state=read), view(2, mine=True), view(3, mine=True)]))
    assert [row.last_read for row in rows(model)] == [True, False, False]
    model.replace([view(2, mine=True, state=read)])
    assert [row.last_read for row in rows(model)] == [False, True, False]


def test_the_window_lets_go_of_the_far_end(qapp):
    model = MessageModel()
    model.show_page(page([view(n) for n in range(1000, 1060)], older=True))
    for start in range(940, 400, -60):
        model.add_older(page([view(n) for n in range(start, start + 60)], older=True))
    assert model.rowCount() == MAX_ROWS
    assert model.has_newer
    assert ids(model) == list(range(460, 460 + MAX_ROWS))
    model.add_newer([view(n) for n in range(820, 880)], True)
    assert model.rowCount() == MAX_ROWS
    assert model.has_older
    assert ids(model)[-1] == 879


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 200)), max_size=12))
def test_any_paging_keeps_the_limit_the_order_and_no_doubles(steps):
    model = MessageModel()
    low = high = 10_000
    model.show_page(page([view(low)], True, True))
    for older, count in steps:
        if older:
            first = model.message(0).id
            model.add_older(page([view(n) for n in range(first - count, first)], True))
        else:
            last = model.message(model.rowCount() - 1).id
            model.add_newer([view(n) for n in range(last + 1, last + 1 + count)], True)
        seen = ids(model)
        assert len(seen) <= MAX_ROWS
        assert seen == list(range(seen[0], seen[-1] + 1))
        assert all(model.row_of(one) == number for number, one in enumerate(seen))
    assert high == low


def test_the_same_message_twice_makes_one_row(qapp):
    model = MessageModel()
    model.show_page(page([view(1), view(2)]))
    model.add_newer([view(2), view(3)], False)
    model.add_older(page([view(0), view(1)]))
    assert ids(model) == [0, 1, 2, 3]


def test_screen_readers_hear_who_when_what_and_how(qapp):
    model = MessageModel()
    file = MediaRef("work.pdf", "application/pdf", 10)
    model.show_page(
        page(
            [
                view(1, "hello"),
                view(2, "hi", mine=True, state=DeliveryState.FAILED, edited=True),
                view(3, "secret", retracted=True),
                view(4, "", media=(file,)),
                view(5, "yes", reply_id=1, reply_name="Ann Lee", reply_body="hello"),
            ]
        )
    )
    said = [model.index(number, 0).data() for number in range(5)]
    assert said[0].startswith("Ann Lee, ")
    assert said[0].endswith(": hello")
    assert said[1].startswith("You, ")
    assert said[1].endswith("hi (changed) (not sent)")
    assert "secret" not in said[2]
    assert "file work.pdf" in said[3]
    from PySide6.QtCore import Qt

    assert model.index(4, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole) == "Reply to Ann Lee: hello"


def test_s35_a_name_can_not_reorder_the_line(qapp):
    model = MessageModel()
    model.show_page(
        page(
            [
                MessageView(
                    1, 1, Direction.IN, "x", "ann\u202eeel", "a\u202eb", "2026-11-20T12:00:00Z", DeliveryState.RECEIVED
                )
            ]
        )
    )
    assert "\u202e" not in model.index(0, 0).data()


def test_more_of_a_long_message_comes_in_steps(qapp):
    model = MessageModel()
    model.show_page(page([view(1, "x" * 50_000)]))
    assert model.row(0).shown == FIRST_SHOWN
    model.show_more(1)
    assert model.row(0).shown == FIRST_SHOWN + MORE_SHOWN


def test_choosing_keeps_order_of_time_and_survives_paging(qapp):
    model = MessageModel()
    model.show_page(page([view(n) for n in range(300)]))
    model.choose(5)
    model.choose(2)
    model.choose(9)
    model.choose(9)
    model.add_newer([view(n) for n in range(300, 500)], False)
    assert [one.id for one in model.chosen()] == [2, 5]
    model.choose_none()
    assert model.chosen() == ()
