"""What Notify is given."""

from __future__ import annotations

import pytest
from jeepney import DBusAddress, Parser, new_method_call

from messenger.ui.notifications.bubble import NOTIFY, SHOWN_MS, Bubble, arguments
from messenger.ui.plain import visible

DUNST = frozenset({"actions", "body", "body-markup"})


def test_the_arguments_of_notify_are_those_of_the_specification() -> None:
    given = arguments(Bubble(7, "Ann", "New message"), 12, "file:///icon.svg", DUNST)
    app, replaces, icon, title, body, actions, hints, timeout = given
    assert (app, replaces, icon, title, body) == ("Robin", 12, "file:///icon.svg", "Ann", "New message")
    assert actions == ["default", "Open Robin"]
    assert hints == {
        "desktop-entry": ("s", "org.robin_messenger.Robin"), "category": ("s", "im.received"), "urgency": ("y", 1),
        "transient": ("b", True),
    }  # fmt: skip
    assert timeout == SHOWN_MS


@pytest.mark.parametrize("name", ["Ann", "Zoë 🐦", "<b>Ann</b> & \u202eco", "x" * 5000, "a\x00b\ud800c\nd", "\u2067" * 50])
def test_every_name_of_a_peer_fits_into_a_message_and_is_plain(name: str) -> None:
    body = arguments(Bubble(1, visible(name), "New message"), 0, "", DUNST)
    where = DBusAddress("/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications")
    parser = Parser()
    parser.add_data(new_method_call(where, "Notify", NOTIFY, body).serialise(serial=1))
    read = parser.get_next_message()
    assert read is not None
    assert read.body == body
    title = read.body[3]
    assert "\n" not in title
    assert "\u202e" not in title
    assert len(title) < 250


def test_a_nameless_one_carries_the_name_of_the_program() -> None:
    assert arguments(Bubble(7, "", "New message"), 0, "", DUNST)[3:5] == ("Robin", "New message")


@pytest.mark.parametrize(("can", "shown"), [(DUNST, "&lt;b&gt;Q &amp; A&lt;/b&gt;"), (DUNST - {"body-markup"}, "<b>Q & A</b>")])
def test_s39_the_words_are_escaped_where_the_service_reads_markup(can: frozenset[str], shown: str) -> None:
    assert arguments(Bubble(7, "<i>Ann</i>", "<b>Q & A</b>"), 0, "", can)[3:5] == ("<i>Ann</i>", shown)


def test_a_service_without_actions_is_given_none() -> None:
    assert arguments(Bubble(7, "Ann", "New message"), 0, "", frozenset({"body"}))[5] == []
