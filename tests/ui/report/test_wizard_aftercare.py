"""The step after the case number: equal choices, none chosen, done only by a press, and said as it went."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QRadioButton

from messenger.domain.errors import FeatureMissing, NotConnected
from messenger.domain.report import AftercareDeed, OutboxState
from messenger.ui.report.aftercare import _ways, earlier_words
from messenger.ui.report.state import Sending
from tests.ui.report.stand_ins import CONTEXT
from tests.ui.report.words import cut
from tests.ui.walk import faults

DEEDS = ("keep", "mute", "block", "block_and_leave")


@pytest.fixture
def after(hands):
    """The wizard at the step."""
    window = hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.accept()
    hands.settle()
    hands.qtbot.waitUntil(lambda: window.sending.state.kind is Sending.SENT)
    hands.settle()
    hands.next()
    return hands


def test_the_step_comes_after_the_case_number_and_nothing_is_chosen(after):
    assert after.title() == "What about mike_2010 now?"
    rows = [after.find(f"aftercare.{deed}") for deed in DEEDS]
    assert all(isinstance(one, QRadioButton) and not one.isChecked() for one in rows)
    assert len({one.height() for one in rows}) <= 2
    assert len({one.width() for one in rows}) == 1
    assert after.hub.aftercare.deeds == []
    assert faults(after.window) == []


def test_without_a_choice_it_asks_for_one_and_does_nothing(after):
    after.next()
    assert after.window.windowTitle().startswith("Error: ")
    assert after.hub.aftercare.deeds == []
    assert "Choose one" in after.window.page.errors.title.accessibleDescription()


def test_each_deed_is_done_once_and_said(after):
    after.click("aftercare.mute")
    assert after.hub.aftercare.deeds == []
    after.next()
    assert after.hub.aftercare.deeds == [(AftercareDeed.MUTE,)]
    assert "Muted." in after.find("aftercare.said.0").accessibleName()
    assert not after.there("aftercare.mute")
    after.click("aftercare.block")
    after.next()
    assert after.hub.aftercare.deeds[1:] == [(AftercareDeed.BLOCK, False)]
    assert after.window.footer.next.words() == "Done"


def test_a_failure_is_said_plainly_and_the_choice_stays_open(after):
    after.hub.aftercare.fail = NotConnected()
    after.click("aftercare.block")
    after.next()
    said = after.find("aftercare.said.0").accessibleName()
    assert said.startswith("That did not work. ")
    assert NotConnected.sentence in said
    after.hub.aftercare.fail = None
    after.click("aftercare.block")
    after.next()
    assert after.hub.aftercare.deeds == [(AftercareDeed.BLOCK, False)]


@pytest.mark.parametrize("default", [True, False])
def test_the_own_server_is_told_only_with_a_block_and_as_aftercare_says(hands, default):
    hands.hub.aftercare.now = replace(hands.hub.aftercare.now, tell_server_default=default)
    window = hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: window.sending.state.kind is Sending.SENT)
    hands.settle()
    hands.next()
    hands.click("aftercare.mute")
    assert not hands.there("aftercare.tell")
    hands.click("aftercare.block")
    assert hands.find("aftercare.tell").isChecked() is default
    hands.next()
    assert hands.hub.aftercare.deeds == [(AftercareDeed.BLOCK, default)]


def test_a_server_that_would_not_hear_it_is_never_called_told(after, monkeypatch):
    service = after.hub.aftercare

    async def refused(report_id, tell_server=False):
        service._did(AftercareDeed.BLOCK)  # the server blocks, and takes no report with it

    monkeypatch.setattr(service, "block", refused)
    after.click("aftercare.block")
    if not after.find("aftercare.tell").isChecked():
        after.click("aftercare.tell")
    after.next()
    said = " ".join(after.window.aftercare.state.done)
    assert "Blocked." in said
    assert "was told" not in said
    assert "Your chat server was not told." in said


def test_a_server_that_takes_no_reports_is_not_offered(hands):
    hands.hub.aftercare.now = replace(hands.hub.aftercare.now, can_tell_server=False, can_block=False)
    window = hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: window.sending.state.kind is Sending.SENT)
    hands.settle()
    hands.next()
    assert hands.there("aftercare.keep")
    assert not hands.there("aftercare.block")


def test_a_public_room_may_be_read_only_when_it_is_ticked(hands):
    hands.hub.aftercare.now = replace(hands.hub.aftercare.now, public_room=True, is_room=True)
    window = hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: window.sending.state.kind is Sending.SENT)
    hands.settle()
    hands.next()
    assert not hands.find("aftercare.room").isChecked()
    hands.click("aftercare.room")
    hands.click("aftercare.keep")
    hands.next()
    assert hands.hub.aftercare.deeds == [(AftercareDeed.KEEP,), ("room",)]
    assert not hands.there("aftercare.room")


def test_in_a_room_it_is_the_person_who_is_blocked_and_no_more_is_claimed(hands):
    """A block at the own server (XEP-0191) does not reach what is said in a room."""
    options = replace(hands.hub.aftercare.now, is_room=True, counterpart="club@rooms.example")
    ways = {one.deed: one for one in _ways(options, "club")}
    assert "club" not in ways[AftercareDeed.BLOCK].words
    assert "club" not in ways[AftercareDeed.BLOCK_AND_LEAVE].words
    assert "in the room" in ways[AftercareDeed.BLOCK].note.lower()
    blocked = earlier_words(replace(options, done=(AftercareDeed.BLOCK,)))
    assert "cannot write to you now" not in blocked[0]
    assert "club" in ways[AftercareDeed.MUTE].words


def in_a_room(after):
    after.hub.aftercare.now = replace(after.hub.aftercare.now, is_room=True, public_room=True, can_tell_room=True)
    after.window.aftercare.learn("r1", lambda _there: None)
    after.settle()
    after.window.aftercare.show()
    after.settle()
    return after


def test_the_people_who_run_a_room_are_told_only_when_it_is_ticked_and_what_they_see_is_said(after):
    assert not after.there("aftercare.staff")
    in_a_room(after)
    box = after.find("aftercare.staff")
    assert not box.isChecked()
    assert "They may tell others." in box.accessibleDescription()
    assert "that it comes from you" in box.accessibleDescription()
    after.click("aftercare.mute")
    after.next()
    assert after.hub.aftercare.deeds == [(AftercareDeed.MUTE,)]
    after.click("aftercare.staff")
    assert after.window.footer.next.words() == "Do this"
    after.next()
    assert after.hub.aftercare.deeds[1:] == [("staff",)]
    assert not after.there("aftercare.staff")
    assert "were told" in after.find("aftercare.said.1").accessibleName()
    assert "The people who run the room were told." in earlier_words(after.hub.aftercare.now)


def test_they_are_told_before_the_room_is_left_and_all_that_was_ticked_is_done(after):
    in_a_room(after)
    after.click("aftercare.staff")
    after.click("aftercare.room")
    after.click("aftercare.block_and_leave")
    after.next()
    assert after.hub.aftercare.deeds == [("staff",), (AftercareDeed.BLOCK_AND_LEAVE, False), ("room",)]
    assert faults(after.window) == []


def test_a_room_that_does_not_take_it_does_not_stand_in_the_way(after):
    in_a_room(after)
    after.hub.aftercare.fail_room = FeatureMissing()
    after.click("aftercare.staff")
    after.click("aftercare.block")
    after.next()
    assert after.hub.aftercare.deeds == [(AftercareDeed.BLOCK, False)]
    assert after.window.aftercare.state.trouble.startswith("The people who run the room were not told. ")
    assert after.there("aftercare.staff"), "it can be tried again"
    after.hub.aftercare.fail = NotConnected()
    after.click("aftercare.block_and_leave")
    after.click("aftercare.staff")
    after.next()
    trouble = after.window.aftercare.state.trouble
    assert "were not told." in trouble
    assert "That did not work." in trouble


def test_it_is_said_that_who_runs_a_room_may_see_the_desk_read_it(after):
    """The desk asks the room's own server, which may be the reported party's."""
    after.hub.aftercare.now = replace(after.hub.aftercare.now, public_room=True)
    after.click("aftercare.mute")
    after.next()
    assert "may see that the desk reads" in after.window.aftercare.state.room.note


def test_a_room_alone_can_be_ticked_also_after_a_deed(after):
    after.hub.aftercare.now = replace(after.hub.aftercare.now, public_room=True)
    after.click("aftercare.mute")
    after.next()
    assert after.window.footer.next.words() == "Done"
    after.click("aftercare.room")
    assert after.window.footer.next.words() == "Do this"
    after.next()
    assert after.hub.aftercare.deeds == [(AftercareDeed.MUTE,), ("room",)]
    assert after.window.footer.next.words() == "Done"


def test_back_returns_to_the_case_number(after):
    after.click("wizard.back")
    assert after.title() == "Your report is sent"
    after.next()
    assert after.title() == "What about mike_2010 now?"


def test_with_nobody_to_act_on_there_is_no_step(hands):
    hands.hub.aftercare.now = replace(hands.hub.aftercare.now, counterpart="")
    window = hands.open()
    hands.to_check()
    hands.next()
    hands.hub.outbox.accept()
    hands.qtbot.waitUntil(lambda: window.sending.state.kind is Sending.SENT)
    hands.settle()
    assert window.footer.next.words() == "Done"


@pytest.mark.parametrize(("base", "thing"), [("folder:///tmp/x", "file"), ("mailto:desk@example.org", "e-mail")])
def test_what_is_handed_over_is_never_called_sent(hands, base, thing):
    hands.hub.reporting.profile = replace(hands.hub.reporting.profile, base=base)
    window = hands.open()
    hands.to_check()
    assert window.footer.next.words() == f"Make the {thing}"
    where = hands.find("check.receiver").accessibleName()
    assert "No one has it until you" in where
    hands.next()
    hands.hub.outbox.change(state=OutboxState.HANDED)
    hands.qtbot.waitUntil(lambda: window.sending.state.kind is Sending.HANDED)
    hands.settle()
    words = " ".join((window.sending.state.title, *window.sending.state.lines))
    assert "Robin sends nothing." in words, "what to do next"
    assert f"We made {'an' if thing == 'e-mail' else 'a'} {thing} for you. No one has it until you" in words
    assert "is sent" not in words


def test_the_details_page_says_who_sees_what_and_how_it_is_checked(hands):
    hands.hub.reporting.profile = replace(hands.hub.reporting.profile, auth=("xmpp-0070",))
    hands.open()
    hands.next()
    hands.click("safe.yes")
    hands.next()
    hands.click("role.self")
    hands.click("age.13_15")
    hands.next()
    hands.click("what.unsure")
    hands.next()
    while hands.title() != "How can we reach you?":
        hands.next()
    words = hands.find("page.notes").accessibleName()
    assert "They see your chat address at once." in words
    assert "Your name is locked." in words
    assert "they ask your chat server" in words


@pytest.mark.parametrize(("scale", "width"), [(100, 720), (100, 360), (200, 720)])
def test_no_words_of_the_step_are_cut(qapp, qtbot, scale, width):
    from messenger.ui.theme.context import ThemeContext
    from tests.ui.report.conftest import Hands

    hands = Hands(qtbot, ThemeContext(qapp, "light", scale))
    window = hands.open(CONTEXT, width=width)
    window.aftercare.learn("r1", lambda _there: None)
    hands.settle()
    window.aftercare.show()
    window.go(window.after_page, window.after_page.title.text())
    hands.click("aftercare.block")
    qtbot.waitUntil(lambda: cut(window) == [], timeout=30000)
    window.close()
