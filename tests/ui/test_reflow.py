"""Large text in a slim window, and windows that read from right to left: nothing is cut, and nothing lies on something else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem, QWidget

from messenger.domain.jurisdiction import HelpLine
from messenger.ui.conversation.bubble import measure
from messenger.ui.guardian.began import BeganBar
from messenger.ui.report.helprow import HelpRow
from messenger.ui.requests.page import RequestHead
from messenger.ui.safety.head import SafetyHead
from messenger.ui.widgets.buttons import ReportButton
from messenger.ui.widgets.labels import ElidedLabel, TextLabel
from messenger.ui.widgets.page import PageHeader
from messenger.ui.widgets.paint import lay_out, right_to_left, text_line
from messenger.ui.widgets.pictures import AvatarPainter

LOOKS = ((100, 360), (150, 360), (200, 360), (200, 480), (200, 640), (200, 1024), (100, 701))


def _place(window: QWidget, one: QWidget) -> QRect:
    return QRect(one.mapTo(window, QPoint()), one.size())


def _settled(window, qtbot, scale, width, height=640):
    window._engine.hub.settings.values["text_size"] = str(scale)  # what is set comes to the window when it asks
    window._ctx.set_scale(scale)
    window.resize(width, height)

    def calm() -> bool:
        QApplication.sendPostedEvents()
        before = [_place(window, one) for one in window.findChildren(ReportButton)]
        QApplication.processEvents()
        return before == [_place(window, one) for one in window.findChildren(ReportButton)]

    qtbot.waitUntil(calm)


def _whole(window, button: ReportButton) -> None:
    assert window.rect().contains(_place(window, button)), button.objectName()
    assert button.width() >= button.minimumSizeHint().width()
    assert button.height() >= max(44, button.sizeHint().height())


def test_the_head_of_a_chat_keeps_name_and_report_at_every_size(in_chat, qtbot):
    head = in_chat.conversation.header
    for scale, width in LOOKS:
        what = f"at {scale} % and {width} px"
        _settled(in_chat, qtbot, scale, width)
        named = QFontMetricsF(head.name.label_font()).horizontalAdvance("Ann Lee")
        assert head.name.isVisible(), what
        assert head.name.width() >= min(named, head._ctx.px(56)), f"{what}: some of the name can be read"
        shown = [head.name, head.more, head.report, *(one for one in (head.back_button, head.avatar) if one.isVisible())]
        places = [_place(in_chat, one) for one in shown]
        for number, (one, at) in enumerate(zip(shown, places, strict=True)):
            assert in_chat.rect().contains(at), (one.objectName(), what)
            assert not any(at.intersects(other) for other in places[:number]), (one.objectName(), what)
        _whole(in_chat, head.report)
        assert _place(in_chat, head.report).right() == in_chat.width() - 17, f"{what}: not at the right end"
        assert in_chat.conversation.list.height() >= 120, f"{what}: messages have no room"
        assert head.height() <= 0.3 * in_chat.height(), what


def test_the_rail_is_never_cut(window, qtbot):
    for scale, width in (*LOOKS, (300, 360)):
        _settled(window, qtbot, scale, width)
        rail = window.rail
        assert window.rect().contains(_place(window, rail))
        items = [*rail._items.values(), rail.report_button]
        places = [_place(window, one) for one in items]
        for number, (one, at) in enumerate(zip(items, places, strict=True)):
            what = f"{one.objectName()} at {scale} % and {width} px"
            assert window.rect().contains(at), what
            assert min(at.width(), at.height()) >= 40, what
            assert not any(at.intersects(other) for other in places[:number]), what
            assert one.width() >= one.sizeHint().width(), what
            assert one.height() >= one.sizeHint().height(), what
        last = places[-1]
        assert all(at.right() <= last.right() and at.bottom() <= last.bottom() for at in places), "Report abuse is last"


def test_a_low_window_keeps_the_rail_whole(window, qtbot):
    _settled(window, qtbot, 200, 1100, 480)
    places = [_place(window, one) for one in (*window.rail._items.values(), window.rail.report_button)]
    assert all(window.rect().contains(at) for at in places)
    assert window.rail._items["people"].toolTip() == "People, 1 request", "a room without its word says it"


@pytest.mark.parametrize("room", ["people", "settings"])
def test_a_page_keeps_its_title_and_its_controls_in_a_slim_window(window, qtbot, room):
    window.show_room(room)
    for scale in (100, 200):
        _settled(window, qtbot, scale, 360)
        page = window._rooms[room]
        title = page.header.findChildren(ElidedLabel)[0]
        assert title.isVisible()
        assert not title.is_cut()
        _whole(window, page.header.report_button)
        inside = page.scroll_area.viewport().width()
        assert page.scroll_area.widget().width() <= inside, f"something sticks out at {scale} %"


def test_the_list_of_a_low_window_lies_on_nothing(window, qtbot):
    _settled(window, qtbot, 200, 360, 480)
    head = window.account_header
    shown = [one for one in (head.name, head.status, head.presence) if one.isVisible()]
    assert head.presence in shown
    places = [_place(window, one) for one in (*shown, window.chats.search, window.chats.requests, window.chats.list)]
    for number, at in enumerate(places):
        assert not any(at.intersects(other) for other in places[:number]), number
    assert window.chats.list.height() >= 80


def _painted(window, qtbot, chat_at: int) -> list[tuple[str, QRectF]]:
    """What the chat list paints in one row, with the places of the words and of the badge."""
    view = window.chats.list
    found: list[tuple[str, QRectF]] = []

    def note(painter, rect, text, font, colour, align=Qt.AlignmentFlag.AlignLeft):
        wide = text_line(painter, rect, text, font, colour, align)
        at_right = (painter.layoutDirection() == Qt.LayoutDirection.RightToLeft) != (align == Qt.AlignmentFlag.AlignRight)
        left = rect.right() - wide if at_right else rect.left()
        found.append((text, QRectF(left, rect.top(), wide, rect.height())))
        return wide

    def badge(painter, ctx, right, middle, number, muted=False):
        wide = draw(painter, ctx, right, middle, number, muted)
        found.append((f"badge {number}", QRectF(right - wide, middle - 8, wide, 16)))
        return wide

    from messenger.ui.chats import delegate

    draw = delegate.draw_badge
    patch = pytest.MonkeyPatch()
    patch.setattr(delegate, "text_line", note)
    patch.setattr(delegate, "draw_badge", badge)
    try:
        option = QStyleOptionViewItem()
        option.rect = QRect(0, 0, 320, 64)
        image = QImage(320, 64, QImage.Format.Format_ARGB32)
        painter = QPainter(image)
        painter.setLayoutDirection(view.layoutDirection())
        index: QModelIndex = view.model().index(chat_at, 0)
        view.itemDelegate().paint(painter, option, index)
        painter.end()
    finally:
        patch.undo()
    return found


@pytest.mark.parametrize(("scale", "width"), [(100, 1180), (100, 1024), (200, 1024), (100, 360), (200, 360)])
def test_the_line_of_young_person_mode_takes_the_width_of_the_window(ctx, qtbot, scale, width):
    ctx.set_scale(scale)
    bar = BeganBar(ctx)
    qtbot.addWidget(bar)
    bar.resize(width, bar.heightForWidth(width) if bar.hasHeightForWidth() else 100)
    bar.show()
    qtbot.waitUntil(lambda: bar.known.width() > 0 and bar.known.isVisible())
    label = bar.findChild(TextLabel)
    for one in (label, bar.known):
        assert bar.rect().contains(QRect(one.mapTo(bar, QPoint()), one.size()))
    assert not label.geometry().intersects(bar.known.geometry())
    beside = bar.known.geometry().top() < label.geometry().bottom()
    taken = label.width() + (bar.known.width() + 16 if beside else 0)
    assert taken >= width - 34, "the words do not break before the end of the line"
    assert label.height() >= label.heightForWidth(label.width()) - 1


def test_the_head_of_a_request_keeps_name_and_report(ctx, qtbot):
    head = RequestHead(ctx, AvatarPainter(ctx))
    qtbot.addWidget(head)
    head.show_who("mike_2010@chat.example", "mike_2010", "Wants to write to you", "user")
    head.show()
    for scale, width in ((100, 360), (200, 360), (200, 640), (100, 800)):
        ctx.set_scale(scale)
        head.set_narrow(width < ctx.px(700))
        head.resize(width, head.sizeHint().height())
        qtbot.waitUntil(lambda width=width: head.report.geometry().right() == width - 17)
        assert head.name.isVisible()
        assert head.name.width() >= ctx.px(56)
        assert head.report.width() >= head.report.sizeHint().width()
        assert not head.report.geometry().intersects(head._words.geometry())


def test_the_head_of_the_safety_room_is_low_and_ends_with_report_abuse(ctx, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1000, 400)
    head = SafetyHead(ctx)
    head.setParent(window)
    window.show()
    head.show()
    for scale, width, most in ((100, 936, 72), (100, 640, 130), (100, 360, 130), (200, 640, 210), (200, 360, 270)):
        ctx.set_scale(scale)
        head.resize(width, 400)
        QApplication.sendPostedEvents()
        head.resize(width, head.sizeHint().height())
        report, hide = head.findChild(ReportButton), head.findChild(QWidget, "safety.hide")
        qtbot.waitUntil(lambda report=report, width=width: report.geometry().right() == width - 17)
        assert head.sizeHint().height() <= most, f"{scale} % and {width} px"
        parts = [head.title, hide, head.findChild(QWidget, "safety.notices"), report]
        for number, one in enumerate(parts):
            assert head.rect().contains(one.geometry()), one.objectName()
            assert not any(one.geometry().intersects(other.geometry()) for other in parts[:number])
        corners = [(one.geometry().bottom() // 40, one.x()) for one in parts]
        assert corners == sorted(corners), "they are read in the order of the keyboard"


def test_a_long_title_goes_over_to_a_second_line(ctx, qtbot):
    ctx.set_scale(200)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 400)
    head = PageHeader(ctx, "My private words", "t")
    head.setParent(window)
    window.show()
    head.show()
    head.resize(344, 300)
    QApplication.sendPostedEvents()
    title = head.findChild(ElidedLabel)
    qtbot.waitUntil(lambda: title.height() >= 2 * ctx.line("card-title"))
    assert not title.is_cut()
    assert not title.geometry().intersects(head.report_button.geometry())
    assert head.report_button.geometry().right() == 344 - 17
    head.resize(700, 300)
    qtbot.waitUntil(lambda: not title.wordWrap())


def test_the_numbers_of_a_list_end_in_one_line(ctx, qtbot):
    lines = (
        HelpLine("a", "emergency", "", "Call.", "999", "", "https://a.example", "2026-11-01"),
        HelpLine("b", "helpline", "Childline", "Free.", "0800 1111", "https://b.example", "https://b.example", "2026-11-01"),
    )
    ends = []
    for line in lines:
        row = HelpRow(ctx, line, f"t.{line.id}", in_list=True)
        qtbot.addWidget(row)
        row.resize(600, 60)
        row.show()
        number = row.findChild(QWidget, f"t.{line.id}.number")
        qtbot.waitUntil(lambda number=number: number.width() > 0)
        QApplication.sendPostedEvents()
        ends.append(number.mapTo(row, number.rect().topRight()).x())
    assert ends[0] == ends[1]


@pytest.fixture
def from_right(qapp):
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_in_a_row_of_the_chats_lies_on_something_else(request, direction, make_window, engine, qtbot):
    if direction == "rtl":
        request.getfixturevalue("from_right")
    window = make_window(engine)
    qtbot.waitUntil(lambda: window.chats.list.model().rowCount() == 7)
    for number in range(7):
        found = [(words, at) for words, at in _painted(window, qtbot, number) if words]
        assert len(found) >= 3
        for at, (words, place) in enumerate(found):
            assert place.left() >= 0, words
            assert place.right() <= 321, words
            for other, there in found[:at]:
                both = place.intersected(there)
                assert both.width() <= 1 or both.height() <= 4, (words, other)
        name = found[1]
        if direction == "rtl":
            assert name[1].right() == 320 - 16 - 56, "the name begins beside the picture"


def test_words_keep_their_own_order_in_a_window_from_the_right(from_right, ctx):
    assert right_to_left("hello?") is False
    assert right_to_left("  \u05e9\u05dc\u05d5\u05dd") is True
    assert right_to_left("15:36") is None
    layout, _, wide = lay_out("are you there?", ctx.font("body"), 400, 20)
    line = layout.lineAt(0)
    assert line.naturalTextRect().right() == pytest.approx(400, abs=1), "it begins at the right"
    assert line.cursorToX(13)[0] < line.cursorToX(14)[0], "the question mark is the last sign at its right"
    assert wide < 400


def test_a_message_from_right_to_left_begins_at_the_right_of_its_bubble(in_chat):
    engine = in_chat._engine
    said = engine.hub.conversations.add(1, "\u05e9\u05dc\u05d5\u05dd \u05dc\u05da " * 12, "2026-11-24T16:14:00+00:00")
    from messenger.ui.conversation.model import Row

    made = measure(in_chat._ctx, Row(said, "", False, False, False, False, 5000, False), 600)
    assert made.body.lineCount() > 1
    for number in range(made.body.lineCount()):
        line = made.body.lineAt(number).naturalTextRect().translated(made.body_at)
        assert line.right() == pytest.approx(made.rect.right() - 12, abs=6)
        assert not line.intersects(made.meta_rect) or line.bottom() - made.meta_rect.top() < 4
    assert made.meta_rect.left() == pytest.approx(made.rect.left() + 12, abs=1)


def test_the_key_beside_the_search_is_not_under_its_words(from_right, make_window, engine, qtbot):
    window = make_window(engine)
    search, hint = window.chats.search, window.chats.hint
    margins = search.textMargins()
    assert hint.geometry().right() < margins.left() + 2
    assert search.rect().contains(hint.geometry())
