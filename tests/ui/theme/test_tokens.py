"""Themes: every pair of the tokens keeps its contrast; a wrong file is refused by name."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.ui.theme import tokens
from messenger.ui.theme.context import ThemeContext
from messenger.ui.theme.icons import IconBook

_BESIDE_TEXT = {"field-border", "focus"}  # not text: WCAG 1.4.11 asks 3
# Pairs that the widgets use and the designer's list does not hold.
_OWN_PAIRS = (
    "text on accent-soft",
    "text on raised",
    "text on sunken",
    "text on hover",
    "accent-text on accent-soft",
    "report-text on report-soft",
    "text on notice",
    "muted on raised",
    "muted on sunken",
)


@pytest.mark.parametrize("name", tokens.NAMES)
def test_every_pair_keeps_its_contrast(name):
    theme = tokens.load(name)
    assert len(theme.pairs) >= 38
    weak = []
    for pair in (*theme.pairs, *_OWN_PAIRS):
        front, ground = pair.split(" on ")
        least = 3.0 if front in _BESIDE_TEXT else 4.5
        ratio = tokens.contrast(theme.colour(front), theme.colour(ground))
        if ratio < least:
            weak.append((pair, round(ratio, 2)))
    assert weak == []


def test_all_themes_have_the_same_roles():
    roles = [set(tokens.load(name).colours) for name in tokens.NAMES]
    assert all(one == roles[0] for one in roles)


def test_contrast_of_black_and_white_is_21():
    assert tokens.contrast(QColor("black"), QColor("white")) == pytest.approx(21.0)
    assert tokens.contrast(QColor("white"), QColor("white")) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "data",
    [
        "[]",
        "{",
        '{"colours": {}}',
        '{"colours": {"text": "red"}}',
        '{"colours": {"text": "#112233"}, "contrast": ["text on sea"]}',
    ],
)
def test_a_wrong_theme_file_is_refused_with_its_name(monkeypatch, data):
    monkeypatch.setattr(resources, "read", lambda name: data.encode())
    with pytest.raises(AssetRefused, match=r"themes/light\.json"):
        tokens.load("light")


def test_a_wrong_type_scale_is_refused(monkeypatch):
    monkeypatch.setattr(resources, "read", lambda name: json.dumps({"type": {"body": {"size": "x"}}}).encode())
    with pytest.raises(AssetRefused):
        tokens.load_shape()


def test_the_bundled_font_is_what_is_shown(qapp):
    ctx = ThemeContext(qapp, "light")
    for weight in (400, 500, 600, 700):
        info = QFontInfo(ctx.font("body", weight=weight))
        assert info.family() == "Inter"
        assert info.weight() == weight


def test_system_follows_the_desktop_live(qapp, qtbot, monkeypatch):
    ctx = ThemeContext(qapp, "system")
    assert ctx.theme.name == "light"
    # The offscreen screen has no scheme of its own, so the desktop's answer is given here.
    monkeypatch.setattr(ctx, "_system", lambda: "dark")
    with qtbot.waitSignal(ctx.changed):
        qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert ctx.theme.name == "dark"
    assert qapp.palette().window().color() == ctx.colour("window")


def test_a_chosen_theme_does_not_follow_the_desktop(qapp):
    ctx = ThemeContext(qapp, "cream")
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert ctx.theme.name == "cream"
    with pytest.raises(ValueError, match="theme"):
        ctx.set_choice("pink")


def test_text_size_grows_fonts_and_is_kept_in_bounds(qapp, qtbot):
    ctx = ThemeContext(qapp, "light")
    small = ctx.font("body").pixelSize()
    with qtbot.waitSignal(ctx.changed):
        ctx.set_scale(200)
    assert ctx.font("body").pixelSize() == 2 * small
    ctx.set_scale(9000)
    assert ctx.scale == 400


def test_icons_are_tinted_and_kept(qapp):
    book = IconBook()
    red, size = QColor(200, 10, 10), 24
    drawn = book.pixmap("octagon-alert", red, size)
    assert drawn is book.pixmap("octagon-alert", red, size)
    image = drawn.toImage()
    inked = [image.pixelColor(x, y) for x in range(size) for y in range(size) if image.pixelColor(x, y).alpha() > 250]
    assert inked
    assert all(one.red() > 150 and one.green() < 60 for one in inked)
    assert book.pixmap("octagon-alert", red, size, 2.0).width() == 2 * size


def test_every_icon_of_the_folder_can_be_drawn(qapp):
    book = IconBook()
    names = [name.removeprefix("icons/").removesuffix(".svg") for name in resources.names("icons", ".svg")]
    assert len(names) >= 70
    for name in names:
        image = book.pixmap(name, QColor("black"), 24).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), name
