"""Young-person mode in the window over the real services and store: by keyboard alone, and what a guardian can never reach."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from messenger.domain.errors import StoreFull
from messenger.domain.guardian import GuardianRules, Standing
from messenger.domain.room import RoomInvitation
from messenger.ui.guardian.began import Began
from messenger.ui.guardian.begin import BeginWindow
from messenger.ui.guardian.page import GuardianWindow, Inside
from messenger.ui.safety.page import SafetyPage
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.buttons import Button, ReportButton
from messenger.ui.widgets.labels import TextLabel
from tests import reading
from tests.chat_case import ME, SAM
from tests.ui.notices.conftest import Live
from tests.ui.walk import faults, find, nodes

PIN = "4821"
MIKE, TEAM = "mike_2010@chat.example", "team@rooms.a.example"
CANARY = "kingfisher-canary"


@pytest.fixture
def live(qtbot, ctx, tmp_path, reports):
    one = Live(qtbot, ctx, tmp_path, reports)
    one.window._make_safety = lambda: SafetyPage(ctx, one.engine)
    yield one
    one.window.close()
    one.quiet()
    one.engine.close()
    one.window.deleteLater()
    qtbot.wait(1)


def guardian(live):
    return live.world.services.guardian


def words(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(TextLabel) if one.isVisible())


def dialog(live, kind):
    """The newest open window of this kind."""
    live.wait(lambda: isinstance(QApplication.activeWindow(), kind) and QApplication.focusWidget() is not None)
    return QApplication.activeWindow()


def press(key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(here(), key, modifier)


def here() -> QWidget:
    """Where the keyboard is."""
    window = QApplication.activeWindow()
    assert window is not None, "no window is in front"
    return QApplication.focusWidget() or window.focusWidget() or window


def tab_to(name: str, most: int = 60) -> QWidget:
    """Tab until the keyboard is at a control of this name."""
    for _ in range(most):
        at = here()
        if at.accessibleName() == name:
            return at
        press(Qt.Key.Key_Tab)
    raise AssertionError(f"the keyboard does not come to {name!r}")


def begin(live, rules=None) -> None:
    live.run(guardian(live).begin(PIN, rules or GuardianRules()))
    live.quiet()


def ask(live) -> None:
    live.run(live.world.services.listener.subscription_requested(ME, MIKE, ""))
    live.say(f"hey {CANARY}", by=MIKE)
    live.wait(live.window.chats.requests.isVisible)


def open_page(live) -> GuardianWindow:
    """The guardian's page, past the PIN."""
    live.window.show_room("settings")
    live.quiet()
    find(live.window, "Open the page for grown-ups", Button).click()
    page = dialog(live, GuardianWindow)
    QTest.keyClicks(here(), PIN)
    press(Qt.Key.Key_Return)
    live.wait(lambda: page.inside is not None and "Sam" in words(page))
    return page


def close(live, window) -> None:
    window.reject()
    back(live)


def back(live) -> None:
    """The main window is in front again; without a window manager that does not come by itself."""
    live.window.activateWindow()
    live.wait(live.window.isActiveWindow)


def test_it_begins_by_keyboard_alone(live):
    live.window.show_room("settings")
    live.quiet()
    find(live.window, "Set it up", Button).setFocus()
    press(Qt.Key.Key_Return)
    window = dialog(live, BeginWindow)
    live.wait(lambda: "Sam" in words(window))
    assert faults(window) == []
    assert "You do not see what is said, reports, notes, tips or calls for help." in words(window)
    assert isinstance(window.findChild(ReportButton), ReportButton)
    tab_to("To join a group, a yes is needed too")
    press(Qt.Key.Key_Space)
    tab_to("New PIN")
    QTest.keyClicks(here(), "48")
    press(Qt.Key.Key_Return)
    assert "Use 4 to 12 numbers or letters." in words(window)
    QTest.keyClicks(here(), PIN)
    tab_to("New PIN once more")
    QTest.keyClicks(here(), "0000")
    press(Qt.Key.Key_Return)
    assert "This is not the same. Type it once more." in words(window)
    assert not live.run(guardian(live).on())
    QTest.keyClicks(here(), PIN)
    tab_to("Turn it on")
    press(Qt.Key.Key_Return)
    live.wait(lambda: live.run(guardian(live).on()))
    live.wait(lambda: "They can not see your messages" in words(live.window))
    assert live.run(guardian(live).state()).rules == GuardianRules(groups=False)


def test_escape_begins_nothing(live):
    live.window.show_room("settings")
    live.quiet()
    find(live.window, "Set it up", Button).click()
    dialog(live, BeginWindow)
    press(Qt.Key.Key_Escape)
    back(live)
    assert not live.run(guardian(live).on())


def test_a_request_is_held_asked_for_and_let_through(live):
    begin(live)
    ask(live)
    live.qtbot.mouseClick(live.window.chats.requests, Qt.MouseButton.LeftButton)
    live.wait(lambda: live.window.first.context() is not None)
    card = live.window.first.page().card
    accept = find(live.window, "I know them: accept", Button)
    assert not accept.isEnabled()
    assert all(find(live.window, one, Button).isEnabled() for one in ("Not now", "Block", "Block and report"))
    assert "A grown-up has to say yes first. You can ask them." in words(card)
    assert faults(live.window) == []
    tab_to("Ask for a yes")
    press(Qt.Key.Key_Return)
    live.wait(lambda: "You asked." in words(card))
    live.qtbot.wait(50)
    assert QApplication.focusWidget() is card.title, "the keyboard stays on the card"
    page = open_page(live)
    assert "The young person asks for this." in words(page)
    tab_to(f"Say yes to mike_2010, {MIKE}")
    press(Qt.Key.Key_Return)
    live.wait(lambda: live.run(guardian(live).allows(ME, MIKE)))
    live.wait(lambda: "You said yes to" in words(page))
    close(live, page)
    live.window.show_room("chats")
    live.wait(accept.isEnabled)
    assert [one for one in live.server.sent() if MIKE in repr(one)] == []
    accept.click()
    live.wait(lambda: live.presenter.chat is not None and live.presenter.chat.counterpart == MIKE)


def test_an_invitation_is_held_too(live):
    begin(live)
    live.run(live.world.me.listener.invited(ME, RoomInvitation(ME, TEAM, SAM)))
    live.wait(live.window.chats.requests.isVisible)
    live.qtbot.mouseClick(live.window.chats.requests, Qt.MouseButton.LeftButton)
    live.wait(lambda: live.window.first.context() is not None)
    card = live.window.first.page().card
    join = find(live.window, "Join", Button)
    assert not join.isEnabled()
    assert find(live.window, "Not now", Button).isEnabled()
    tab_to("Ask for a yes")
    press(Qt.Key.Key_Return)
    live.wait(lambda: "You asked." in words(card))
    live.run(guardian(live).decide(PIN, ME, TEAM, True, group=True))
    live.wait(join.isEnabled)


def test_words_to_somebody_new_are_kept_and_a_yes_can_be_asked_for(live):
    begin(live)
    live.open("ann@a.example")
    live.write("hello Ann")
    live.enter()
    question = dialog(live, Question)
    assert "ann@a.example" in words(question)
    question.yes.click()
    live.wait(lambda: [one.standing for one in live.run(guardian(live).waiting())] == [Standing.ASKED])
    assert live.writer.toPlainText() == "hello Ann", "the words stay in the box"
    assert live.bodies() == []


def test_held_settings_cannot_be_loosened(live):
    begin(live)
    live.window.show_room("settings")
    live.wait(lambda: not find(live.window, "Ask me first", QAbstractButton).isEnabled())
    assert find(live.window, "No one new", QAbstractButton).isEnabled()
    live.window.show_room("safety")
    pick = live.window._rooms["safety"].checks.lead_to("links_from_new")
    live.wait(lambda: pick.accessibleDescription() == "Young-person mode holds this.")
    live.run(guardian(live).change_rules(PIN, GuardianRules(settings=False)))
    live.wait(lambda: pick.accessibleDescription() == "")
    live.run(guardian(live).change_rules(PIN, GuardianRules()))
    live.window.show_room("settings")
    live.window.settings_presenter._keep("links_from_new", "ask")  # as an older window would
    live.wait(lambda: "This is held by young-person mode." in words(live.window))
    assert live.run(live.world.services.settings.get("links_from_new")) == "off"


def test_nothing_that_keeps_a_person_safe_goes_with_the_mode(live):
    """Walks the window with the mode on: report, numbers, tips, My reports, Hide this and the lock are where they were."""
    begin(live, GuardianRules())
    ask(live)
    live.qtbot.mouseClick(live.window.chats.requests, Qt.MouseButton.LeftButton)
    live.wait(lambda: live.window.first.context() is not None)
    for room in ("chats", "people", "settings", "safety"):
        live.window.show_room(room)
        live.quiet()
        shown = [one for one in live.window.findChildren(ReportButton) if one.isVisible()]
        assert shown, room
        assert all(one.isEnabled() for one in shown)
        assert room == "safety" or faults(live.window) == [], room
    page = live.window._rooms["safety"]
    for name in (
        "Hide this",
        "Notices I have seen",
        "See or change my private words",
        "See or unblock the people I blocked",
    ):
        assert find(page, name, Button).isEnabled()
    live.wait(lambda: page.help.isVisible() and page.help._card is not None)
    assert page.tip.isVisible()
    assert page.cases.isVisible()
    assert "They can not see your messages" in words(page)
    settings = live.window._rooms["settings"]
    assert find_hidden(settings, "settings.lock.set").isEnabled()
    live.window.actions_.report_abuse.trigger()
    assert live.window.actions_.lock_now.isEnabled()


def find_hidden(root, ident):
    return next(
        one for one in root.findChildren(Button) if one.objectName() == ident or one.accessibleIdentifier() == ident
    )


def test_no_word_of_anybody_is_in_the_guardians_page(live):
    chat = live.world.services
    live.say(f"{CANARY} from sam")
    live.run(chat.conversations.set_draft(live.chat, f"{CANARY} draft"))
    live.run(chat.notices.set_private_words((CANARY,)))
    live.run(chat.settings.set("trusted_adult", CANARY))
    begin(live)
    ask(live)
    live.run(live.world.me.listener.invited(ME, RoomInvitation(ME, TEAM, SAM, reason=CANARY)))
    live.quiet()
    page = open_page(live)
    live.wait(lambda: "mike_2010" in words(page))
    live.wait(lambda: "team" in words(page))
    seen = spoken(page)
    assert MIKE in seen
    assert CANARY not in seen
    assert faults(page) == []
    close(live, page)


def spoken(widget) -> str:
    texts = (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value, QAccessible.Text.Help)
    return "\n".join(node.text(one) for node, _path in nodes(widget) for one in texts)


def test_the_page_says_no_takes_off_adds_changes_rules_and_ends(live):
    begin(live)
    ask(live)
    page = open_page(live)
    live.wait(lambda: "mike_2010" in words(page))
    tab_to(f"Say no to mike_2010, {MIKE}")
    press(Qt.Key.Key_Return)
    live.wait(lambda: "You said no." in words(page))
    tab_to(f"Take Sam, {SAM} off the list")
    press(Qt.Key.Key_Return)
    live.wait(lambda: not live.run(guardian(live).allows(ME, SAM)))
    tab_to("Put someone on the list")
    QTest.keyClicks(here(), "nobody")
    press(Qt.Key.Key_Return)
    assert "Write an address, like ann@example.org." in words(page)
    page.inside.address.edit.selectAll()
    QTest.keyClicks(here(), "gran@a.example")
    press(Qt.Key.Key_Return)
    live.wait(lambda: live.run(guardian(live).allows(ME, "gran@a.example")))
    tab_to("To make these less safe, your PIN is needed")
    press(Qt.Key.Key_Space)
    live.wait(lambda: not live.run(guardian(live).state()).rules.settings)
    tab_to("End young-person mode")
    press(Qt.Key.Key_Return)
    question = dialog(live, Question)
    question.yes.click()
    live.wait(lambda: not live.run(guardian(live).on()))
    back(live)


def test_a_wrong_pin_opens_nothing_and_a_lost_one_is_said_plainly(live):
    begin(live)
    live.window.show_room("settings")
    live.quiet()
    find(live.window, "Open the page for grown-ups", Button).click()
    page = dialog(live, GuardianWindow)
    QTest.keyClicks(here(), "0000")
    press(Qt.Key.Key_Return)
    live.wait(lambda: "That is not the PIN. Try again." in words(page))
    assert page.inside is None
    find(page, "I forgot the PIN", Button).click()
    assert "No one can bring a PIN back" in words(page)
    close(live, page)


def test_the_page_asks_for_the_pin_again_when_it_rests(live):
    begin(live)
    page = open_page(live)
    page._rest.timeout.emit()
    assert page.inside is None
    assert page._pin == ""
    assert QApplication.focusWidget() is page.door.pin.edit
    assert "Sam" not in words(page)
    close(live, page)


def test_the_first_start_after_it_began_says_so_until_it_was_read(live, ctx):
    begun = Began(ctx, live.engine, live.window, live.window.tops)
    live.quiet()
    assert begun.bar is None
    begin(live)
    live.wait(lambda: begun.bar is not None and begun.bar.isVisible())
    assert "They can not see your reports or who you call." in words(begun.bar)
    begun.bar.known.setFocus()
    press(Qt.Key.Key_Return)
    live.wait(lambda: begun.bar is None)
    assert live.run(guardian(live).state()).told
    again = Began(ctx, live.engine, live.window, live.window.tops)
    live.quiet()
    assert again.bar is None


def test_the_words_are_easy_and_kind(live):
    begin(live)
    ask(live)
    live.window.show_room("settings")
    live.quiet()
    page = open_page(live)
    find_hidden(page.door, "guardian.forgot").click()
    begin_window = BeginWindow(live.window._ctx, live.engine, live.window)
    live.quiet()
    hard = []
    for window in (page.door, page.inside, begin_window):
        for one in [*window.findChildren(TextLabel), *window.findChildren(Button)]:
            text = (
                one.text()
                .replace(MIKE, "Mike")
                .replace("mike_2010", "Mike")
                .replace(SAM, "Sam")
                .replace("ann@example.org", "Ann")
            )
            if reading.hardest(text) > 4 or reading.tone(text):
                hard.append((round(reading.hardest(text), 1), text, reading.tone(text)))
    assert hard == []
    begin_window.reject()
    close(live, page)


def counted(live, name, fail=None):
    """Counts how often the service is asked; `fail` is raised in its place."""
    service, asked = guardian(live), []
    real = getattr(service, name)

    async def count(*about):
        asked.append(about)
        if fail is not None:
            raise fail
        return await real(*about)

    setattr(service, name, count)
    return asked


def test_enter_that_is_held_at_the_door_is_one_try(live):
    begin(live)
    asked = counted(live, "check")
    live.window.show_room("settings")
    live.quiet()
    find(live.window, "Open the page for grown-ups", Button).click()
    page = dialog(live, GuardianWindow)
    QTest.keyClicks(here(), "0000")
    for _ in range(3):
        press(Qt.Key.Key_Return)
    live.wait(lambda: "That is not the PIN. Try again." in words(page))
    page.door.pin.set_text(PIN)
    for _ in range(3):
        QTest.keyClick(page.door.pin.edit, Qt.Key.Key_Return)
    live.wait(lambda: "Sam" in words(page))
    live.quiet()
    assert [one for (one,) in asked] == ["0000", PIN]
    assert len(page.findChildren(Inside)) == 1, "a second page would stay behind the door"
    close(live, page)


def test_a_yes_holds_when_the_page_is_closed_by_the_next_press(live):
    begin(live)
    ask(live)
    page = open_page(live)
    live.wait(lambda: "mike_2010" in words(page))
    asked, gate = counted(live, "decide"), threading.Event()
    live.engine._loop.call_soon_threadsafe(gate.wait, 20)  # the engine is busy
    find(page, f"Say yes to mike_2010, {MIKE}", Button).click()
    page.reject()
    gate.set()
    live.wait(lambda: bool(asked))
    assert asked[0][0] == PIN, "an empty PIN would count as a wrong try"
    live.wait(lambda: live.run(guardian(live).allows(ME, MIKE)))
    back(live)


def begin_window(live) -> BeginWindow:
    window = BeginWindow(live.window._ctx, live.engine, live.window)
    window.open()
    for field in (window.new, window.again):
        field.set_text(PIN)
    return window


def test_a_second_enter_does_not_begin_twice(live):
    asked = counted(live, "begin")
    window = begin_window(live)
    with live.qtbot.waitSignal(window.accepted, timeout=30_000):
        for _ in range(3):
            QTest.keyClick(window.again.edit, Qt.Key.Key_Return)
    live.quiet()
    assert len(asked) == 1
    back(live)


def test_what_keeps_it_from_beginning_is_said_and_it_can_be_tried_again(live):
    counted(live, "begin", StoreFull())
    window = begin_window(live)
    window.go.click()
    live.wait(lambda: StoreFull.sentence in words(window))
    assert window.go.isEnabled()
    close(live, window)


def test_closing_while_it_begins_leaves_nothing_that_answers(live):
    asked = counted(live, "begin")
    window = begin_window(live)
    window.go.click()
    close(live, window)
    live.wait(lambda: bool(asked) and live.run(guardian(live).on()))
    live.quiet()  # the answer finds no window, and nothing fails
