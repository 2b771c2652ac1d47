"""The list column: order, unread, drafts, search over everything, requests, the tip."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QListView

from messenger.domain.events import ChatsChanged, RequestsChanged
from messenger.domain.message import SearchHit
from messenger.domain.report import ReportContext
from messenger.ui.chats.delegate import snippet_parts
from messenger.ui.chats.model import ChatListModel, spoken
from tests.ui.stand_ins import ME, at, make_engine
from tests.ui.walk import find


def _open_chat(window):
    chat = window.conversation_presenter.chat
    return chat.conversation if chat is not None else None


def _search(window, qtbot, words):
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(window.chats.search, words)
    qtbot.waitUntil(lambda: not window.chats_presenter._search.isActive())
    qtbot.wait(5)


def test_a_row_says_all_that_it_shows(window):
    rows = window.chats.list.model().chats()
    said = [spoken(chat) for chat in rows]
    assert said[0].startswith("Ann Lee, Online, got it, thank you")
    assert "kept at the top" in said[0]
    assert "2 new messages" in said[1]
    assert "Draft: thank you for the lovely book" in said[3]
    assert "muted" in said[4]
    assert said[5].endswith("read")


def test_a_press_opens_the_chat_and_marks_its_row(window, qtbot):
    view = window.chats.list
    spot = view.visualRect(view.model().index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: _open_chat(window) == 2)
    assert view.currentIndex().row() == 1
    assert window.conversation.header.name.text() == "Dad"


def test_the_keyboard_opens_a_chat(window, qtbot):
    view = window.chats.list
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    row = view.currentIndex().row()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _open_chat(window) == view.model().chats()[row].conversation)


def test_the_open_chat_stays_chosen_when_rows_move(window, qtbot):
    window.open_conversation(2)
    qtbot.waitUntil(lambda: _open_chat(window) == 2)
    rows = window._engine.hub.conversations.rows
    rows.insert(0, rows.pop(5))
    window._engine.tell(ChatsChanged(ME))
    qtbot.waitUntil(lambda: window.chats.list.model().chats()[0].conversation == 6)
    assert window.chats.list.currentIndex().row() == 2
    assert _open_chat(window) == 2


def test_the_rail_counts_what_is_unread_and_not_muted(window, qtbot):
    assert window.rail._items["chats"].accessibleName() == "Chats, 7 new messages"
    rows = window._engine.hub.conversations.rows
    rows[1] = replace(rows[1], unread=0)
    rows[2] = replace(rows[2], unread=0)
    window._engine.tell(ChatsChanged(ME))
    qtbot.waitUntil(lambda: window.rail._items["chats"].accessibleName() == "Chats")


def test_a_burst_of_events_asks_for_the_list_few_times(window, qtbot):
    before = window._engine.calls
    for _ in range(1000):
        window._engine.tell(ChatsChanged(ME, (1,)))
    qtbot.wait(120)
    assert window._engine.calls - before <= 4


def test_search_finds_chats_and_messages_and_jumps(window, qtbot):
    _search(window, qtbot, "maths")
    results = window.chats.results
    assert window.chats.part() is results
    texts = [results.model().index(row, 0).data() for row in range(results.model().rowCount())]
    assert texts[0].strip() == "Messages"
    assert len(texts) == 3
    spot = results.visualRect(results.model().index(2, 0)).center()
    qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    target = window._engine.hub.conversations.stored[1][1].id
    qtbot.waitUntil(lambda: window.conversation.list.delegate.marked == target)


def test_search_jumps_to_a_message_that_is_far_away(window, qtbot):
    talk = window._engine.hub.conversations
    talk.stored[1].clear()
    for number in range(1500):
        talk.add(1, "needle in hay" if number == 20 else f"hay {number}", at(1, 9, number // 60, number % 60))
    _search(window, qtbot, "needle")
    qtbot.keyClick(window.chats.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.messages.rowCount() > 0)
    qtbot.waitUntil(lambda: window.conversation.list.delegate.marked is not None)
    number = window.messages.row_of(window.conversation.list.delegate.marked)
    assert window.messages.message(number).body == "needle in hay"
    assert window.messages.rowCount() <= 60
    rect = window.conversation.list.visualRect(window.messages.index(number, 0))
    assert window.conversation.list.viewport().rect().intersects(rect)


def test_search_by_name_and_escape(window, qtbot):
    _search(window, qtbot, "gran")
    qtbot.keyClick(window.chats.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _open_chat(window) == 4)
    assert window.chats.search.text() == ""
    _search(window, qtbot, "zzzz")
    assert window.chats.part() is window.chats.none
    qtbot.keyClick(window.chats.search, Qt.Key.Key_Escape)
    assert window.chats.part() is window.chats.list


def test_an_address_starts_a_chat(window, qtbot):
    _search(window, qtbot, "new@example.org")
    qtbot.keyClick(window.chats.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _open_chat(window) == 8)
    assert ("open", ME, "new@example.org") in window._engine.hub.conversations.deeds


def test_search_in_one_chat(in_chat, qtbot):
    qtbot.mouseClick(find(in_chat, "Search in this chat"), Qt.MouseButton.LeftButton)
    assert in_chat.chats.search.accessibleName() == "Search in Ann Lee"
    qtbot.keyClicks(in_chat.chats.search, "the")
    qtbot.wait(150)
    model = in_chat.chats.results.model()
    hits = [model.index(row, 0).data(model.FOUND).hit for row in range(model.rowCount())]
    assert {hit.conversation for hit in hits if hit} == {1}


def test_a_late_answer_of_an_older_search_is_dropped(window, qtbot):
    presenter = window.chats_presenter
    window.chats.search.setText("maths")
    presenter._find()
    window.chats.search.setText("zzzz")
    presenter._find()
    qtbot.wait(20)
    assert window.chats.part() is window.chats.none


def test_requests_have_a_row_that_leads_to_the_card(window, qtbot):
    assert window.chats.requests.isVisible()
    qtbot.mouseClick(window.chats.requests, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.first.context() is not None)
    assert window._room == "chats"
    assert window.conversation.request_area.isVisible()
    window._engine.tell(RequestsChanged(ME, 0))
    window.show_room("chats")
    assert not window.chats.requests.isVisible()


def test_the_menu_of_a_chat_offers_report_abuse(window, reports, qtbot):
    menu = window.chats_presenter.menu(window.chats.list.model().chats()[1])
    assert [action.text() for action in menu.actions() if action.text()][-1] == "Report abuse"
    menu.actions()[-1].trigger()
    assert reports == [ReportContext(ME, 2, (), "dad@example.org")]
    menu.actions()[0].trigger()
    assert ("set_pinned", 2, True) in window._engine.hub.conversations.deeds


def test_no_chats_offers_to_add_a_person(make_window, qtbot):
    from messenger.domain.account import Account

    window = make_window(make_engine(Account(ME)))
    qtbot.waitUntil(lambda: window.chats.part() is window.chats.empty)
    qtbot.mouseClick(window.chats.empty.button, Qt.MouseButton.LeftButton)
    assert window._room == "people"


def test_the_tip_leads_to_safety_and_is_read_from_the_service(window, qtbot):
    qtbot.waitUntil(lambda: window.chats.tip.isVisible())
    assert window.chats.tip.body.text().startswith("Surprises are fine")
    with qtbot.waitSignal(window.chats_presenter.safety_wanted):
        qtbot.mouseClick(find(window, "Read the tip"), Qt.MouseButton.LeftButton)


def test_signing_out_takes_the_chats_away(in_chat, qtbot):
    from messenger.domain.events import AccountsChanged

    in_chat._engine.hub.accounts.account = None
    in_chat._engine.tell(AccountsChanged())
    qtbot.waitUntil(lambda: in_chat.chats.part() is in_chat.chats.signed_out)
    assert in_chat.messages.rowCount() == 0
    assert not in_chat.conversation.shows_chat()


def test_a_snippet_begins_near_its_match():
    text = "x" * 100 + " the needle is here"
    start = text.index("needle")
    parts = snippet_parts(SearchHit(1, 1, "", "", text, ((start, start + 6),), ""))
    assert ("needle", True) in parts
    assert parts[0] == ("\u2026", False)
    assert len(parts[1][0]) <= 20
    odd = SearchHit(1, 1, "", "", "short", ((3, 99), (-1, 2), (4, 2)), "")
    assert "".join(words for words, _ in snippet_parts(odd)) == "short"


def test_rows_move_without_a_reset(window):
    model = window.chats.list.model()
    assert isinstance(model, ChatListModel)
    resets = []
    model.modelReset.connect(lambda: resets.append(1))
    chats = list(model.chats())
    model.show_chats([chats[1], chats[0], *chats[2:]])
    model.show_chats([chats[1], replace(chats[0], unread=4), *chats[2:]])
    assert resets == []
    model.show_chats(chats[:3])
    assert resets == [1]


def test_lists_paint_peer_names_with_marks_for_hidden_controls(window, qtbot):
    rows = window._engine.hub.conversations.rows
    rows[0] = replace(rows[0], title="ann\u202egpj", preview="a\u202eb")
    window._engine.tell(ChatsChanged(ME))
    qtbot.waitUntil(lambda: window.chats.list.model().chats()[0].title == "ann\u202egpj")
    view: QListView = window.chats.list
    QApplication.processEvents()
    assert "\u202e" not in view.model().index(0, 0).data()
    window.grab()


def test_the_search_can_be_left_with_the_mouse(window, qtbot):
    assert not window.chats.clear.isVisible()
    assert window.chats.hint.isVisible()
    _search(window, qtbot, "library")
    assert window.chats.part() is window.chats.results
    assert window.chats.clear.isVisible()
    assert not window.chats.hint.isVisible()
    qtbot.mouseClick(window.chats.clear, Qt.MouseButton.LeftButton)
    assert window.chats.search.text() == ""
    assert window.chats.part() is window.chats.list
    assert window.chats.hint.isVisible()
