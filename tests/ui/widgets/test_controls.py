"""The shared controls: named for screen readers, never cut, and Report abuse never off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from messenger.domain.account import Show
from messenger.ui.rail.view import RailBar, RailItem
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import ConnectionBar, ErrorSummary
from messenger.ui.widgets.buttons import DANGER, FILLED, Button, IconButton, ReportButton
from messenger.ui.widgets.choices import Chip, Tile
from messenger.ui.widgets.fields import Field, TextArea
from messenger.ui.widgets.labels import ElidedLabel, TextLabel
from messenger.ui.widgets.pictures import AvatarPainter, colour_number, decode, initials, presence_words
from messenger.ui.widgets.radios import RadioCard, group
from messenger.ui.widgets.ring import FocusRing
from tests.ui.gallery import gallery
from tests.ui.walk import faults, nodes


@pytest.fixture
def ctx(qapp):
    return ThemeContext(qapp, "light")


@pytest.mark.parametrize("scale", [100, 200])
def test_every_control_of_the_gallery_has_a_name(qapp, qtbot, scale):
    page = gallery(ThemeContext(qapp, "light", scale))
    qtbot.addWidget(page)
    page.show()
    assert len(list(nodes(page))) > 40
    assert faults(page) == []


def test_the_walk_finds_a_nameless_control(ctx, qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    IconButton(ctx, "search", "", "nameless", parent=page)
    page.show()
    assert [one for one in faults(page) if one.startswith("no name")]


def test_report_abuse_cannot_be_turned_off_and_is_large_enough(ctx, qtbot):
    for rail in (False, True):
        button = ReportButton(ctx, f"r{rail}", rail=rail)
        qtbot.addWidget(button)
        button.setEnabled(False)
        button.setDisabled(True)
        assert button.isEnabled()
        assert min(button.sizeHint().width(), button.sizeHint().height()) >= 44
        assert button.words() == "Report abuse"
    assert (button.sizeHint().width(), button.sizeHint().height()) == (72, 80)


@pytest.mark.parametrize("scale", [100, 200, 400])
def test_button_words_wrap_instead_of_being_cut(qapp, qtbot, scale):
    ctx = ThemeContext(qapp, "light", scale)
    button = Button(ctx, "Save and come back later", "later", height=44)
    qtbot.addWidget(button)
    one_line = button.sizeHint()
    button.resize(one_line.width() // 2, one_line.height())
    button.show()
    assert button.sizeHint().height() >= one_line.height() + ctx.line("control")


def test_labels_show_peer_text_as_plain_text(ctx, qtbot):
    label = TextLabel(ctx, "<b>bold</b><img src=x>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == "<b>bold</b><img src=x>"


def test_labels_grow_with_their_words(ctx, qtbot):
    label = TextLabel(ctx, "word " * 40)
    qtbot.addWidget(label)
    assert label.heightForWidth(100) > label.heightForWidth(1000) >= ctx.line("body")
    assert label.heightForWidth(100) % ctx.line("body") == 0


def test_an_elided_label_tells_the_rest_in_its_tool_tip(ctx, qtbot):
    label = ElidedLabel(ctx, "A name that is far too long for this place")
    qtbot.addWidget(label)
    label.resize(60, 20)
    assert label.is_cut()
    label.resize(900, 20)
    assert not label.is_cut()


def test_a_password_can_be_shown_and_hidden(ctx, qtbot):
    field = Field(ctx, "Password", "password", secret=True)
    qtbot.addWidget(field)
    field.show()
    button = field.findChild(Button, "password.show")
    assert field.edit.echoMode() == QLineEdit.EchoMode.Password
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert field.edit.echoMode() == QLineEdit.EchoMode.Normal
    assert button.accessibleName() == "Hide the password"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert field.edit.echoMode() == QLineEdit.EchoMode.Password


def test_a_field_says_what_is_wrong_to_eyes_and_ears(ctx, qtbot):
    field = Field(ctx, "Address", "address", hint="Like sam@example.org")
    qtbot.addWidget(field)
    field.set_error("Write an address.")
    assert field.edit.accessibleDescription() == "Write an address."
    field.set_error("")
    assert field.edit.accessibleDescription() == "Like sam@example.org"


def test_radio_cards_open_one_at_a_time_and_none_is_chosen_at_first(ctx, qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    cards = [RadioCard(ctx, f"Card {n}", "note", "at-sign", f"card.{n}", host) for n in range(2)]
    for number, card in enumerate(cards):
        card.body_layout.addWidget(Field(ctx, "Name", f"name.{number}"))
    buttons = group(host, [card.radio for card in cards])
    host.show()
    assert buttons.checkedButton() is None
    cards[0].radio.click()
    assert not cards[0].body.isHidden()
    cards[1].radio.click()
    assert cards[0].body.isHidden()
    assert not cards[1].body.isHidden()


def test_a_tile_answers_over_its_whole_area(ctx, qtbot):
    tile = Tile(ctx, "Someone wants to meet me", "map-pin", "tile")
    qtbot.addWidget(tile)
    tile.resize(205, 116)
    tile.show()
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(190, 100))
    assert tile.isChecked()
    tile.set_row(True)
    assert tile.heightForWidth(400) == 56


def test_the_ring_stands_outside_the_focused_control(ctx, qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(300, 200)
    button = Button(ctx, "One", "one", parent=host)
    button.setGeometry(50, 50, 100, 40)
    ring = FocusRing(ctx, host)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: ring.target() is button)
    assert ring.geometry() == button.geometry().adjusted(-4, -4, 4, 4)
    button.move(80, 90)
    assert ring.geometry() == button.geometry().adjusted(-4, -4, 4, 4)
    assert host.grab().toImage().pixelColor(77 + 50, 87) == ctx.colour("focus")


def test_errors_take_the_focus_and_lead_to_their_field(ctx, qtbot):
    summary = ErrorSummary(ctx)
    qtbot.addWidget(summary)
    summary.show()
    summary.show_errors([("name", "Write a name.")])
    assert summary.title.accessibleDescription() == "Write a name."
    with qtbot.waitSignal(summary.chosen) as heard:
        qtbot.mouseClick(summary.findChild(Button, "errors.0"), Qt.MouseButton.LeftButton)
    assert heard.args == ["name"]
    summary.show_errors([])
    assert summary.isHidden()


def test_the_connection_bar_is_there_only_when_it_has_words(ctx, qtbot):
    host = QWidget()
    qtbot.addWidget(host)
    bar = ConnectionBar(ctx, host)
    host.show()
    bar.say("You are offline.", "Try now")
    assert bar.words() == "You are offline."
    bar.say("")
    assert bar.words() == ""


def test_initials_and_colours_are_the_same_everywhere():
    assert [initials(one) for one in ("Ann Lee", "dad", "", "  ", "mike_2010", "\u202eab")] == [
        "AL",
        "D",
        "",
        "",
        "M",
        "\u27e8"[:0] or "",
    ]
    assert colour_number("ann@example.org") == colour_number("ann@example.org")
    assert {colour_number(f"{n}@example.org") for n in range(200)} == set(range(1, 8))


def test_presence_has_a_word_for_each_state():
    assert len({presence_words(show) for show in Show}) == len(list(Show))


def test_s36_pictures_are_decoded_only_when_small_and_of_a_known_kind(qapp):
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    def encoded(kind: str, size: int) -> bytes:
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image = QImage(size, size, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.blue)
        image.save(buffer, kind)
        return bytes(data.data())

    small = decode(encoded("PNG", 50), 44)
    assert small is not None
    assert (small.width(), small.height()) == (44, 44)
    assert decode(encoded("PNG", 2100), 44) is None
    assert decode(encoded("BMP", 50), 44) is None
    assert decode(b"<svg xmlns='http://www.w3.org/2000/svg'/>", 44) is None
    assert decode(b"\x89PNG\r\n\x1a\nnonsense", 44) is None


def test_an_avatar_is_drawn_with_its_presence(ctx, qapp):
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter

    def drawn(show: Show | None) -> QImage:
        image = QImage(48, 48, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        AvatarPainter(ctx).draw(painter, QRectF(0, 0, 44, 44), "ann@example.org", "Ann Lee", None, show)
        painter.end()
        return image

    pictures = [drawn(show) for show in (None, Show.ONLINE, Show.AWAY, Show.DND)]
    assert all(pictures[0] != other for other in pictures[1:])
    assert pictures[1] != pictures[2] != pictures[3]
    assert drawn(Show.OFFLINE) == pictures[0]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_enter_presses_a_button_outside_dialogs_too(ctx, qtbot, key):
    for one in (
        Button(ctx, "Start", "start"),
        IconButton(ctx, "x", "Leave", "leave"),
        RailItem(ctx, "users", "People", "p"),
    ):
        qtbot.addWidget(one)
        one.show()
        with qtbot.waitSignal(one.clicked, timeout=30000):
            qtbot.keyClick(one, key)


def test_a_larger_text_reaches_the_placeholder_of_a_box(ctx, qtbot):
    area = TextArea(ctx, "Message", "area")
    qtbot.addWidget(area)
    area.show()
    try:
        ctx.set_scale(200)
        assert area.viewport().font().pixelSize() == ctx.font("message").pixelSize()
    finally:
        ctx.set_scale(100)


def test_report_abuse_of_the_rail_keeps_its_words_at_200(ctx, qtbot):
    rail = RailBar(ctx)
    qtbot.addWidget(rail)
    try:
        ctx.set_scale(200)
        rail.resize(40, 700)
        rail.show()
        assert rail.report_button.width() >= rail.report_button.sizeHint().width()
    finally:
        ctx.set_scale(100)


def test_a_chip_answers_enter(ctx, qtbot):
    chip = Chip(ctx, "Meeting", "chip", checkable=True)
    qtbot.addWidget(chip)
    chip.show()
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    assert chip.isChecked()


def test_a_double_click_on_the_next_step_is_one_step(ctx, qtbot):
    button = Button(ctx, "Continue", "wizard.continue", FILLED)
    qtbot.addWidget(button)
    button.show()
    presses = []
    button.clicked.connect(lambda: presses.append(1))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)  # the second press of a double click
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert presses == [1]


@pytest.mark.parametrize("kind", [FILLED, DANGER])
def test_a_chosen_button_can_be_read(ctx, qtbot, kind):
    button = Button(ctx, "I called", "safe.called", kind)
    qtbot.addWidget(button)
    button.setCheckable(True)
    button.setChecked(True)
    picture = button.grab().toImage()
    seen = {picture.pixelColor(x, y).rgb() for x in range(picture.width()) for y in range(picture.height())}
    assert ctx.colour("accent-soft").rgb() in seen
    assert ctx.colour("text").rgb() in seen


def test_the_lines_of_an_error_come_right_after_its_title_by_keyboard(ctx, qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    errors = ErrorSummary(ctx)
    below = Button(ctx, "Continue", "go", FILLED)
    column.addWidget(errors)
    column.addWidget(below)
    page.show()
    errors.show_errors([("a", "Choose one."), ("b", "Write a name.")])
    names = []
    for _ in range(3):
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        names.append(page.focusWidget().objectName())
    assert names == ["errors.0", "errors.1", "go"]
