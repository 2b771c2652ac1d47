"""The palette for Qt's own parts and the one small style sheet (scroll bars, menus, tool tips)."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from messenger.ui.theme.tokens import Theme

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "raised",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "on-accent",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on-accent",
    QPalette.ColorRole.Link: "accent-text",
    QPalette.ColorRole.LinkVisited: "accent-text",
    QPalette.ColorRole.Light: "line",
    QPalette.ColorRole.Midlight: "line",
    QPalette.ColorRole.Mid: "line-strong",
    QPalette.ColorRole.Dark: "line-strong",
    QPalette.ColorRole.Shadow: "line-strong",
    QPalette.ColorRole.Accent: "accent",
}


def palette(theme: Theme) -> QPalette:
    """Qt's palette from the theme's roles."""
    made = QPalette()
    for role, token in _ROLES.items():
        made.setColor(role, theme.colour(token))
    off = QPalette.ColorGroup.Disabled
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(off, role, theme.colour("muted"))
    return made


def sheet(theme: Theme) -> str:
    """The style sheet of the whole program, kept small: every other widget paints itself from roles."""

    def name(role: str) -> str:
        colour: QColor = theme.colour(role)
        return colour.name()

    return (
        # The fields paint their own box; without this Qt fills it again.
        "QLineEdit{background:transparent;border:0;padding:0;lineedit-password-character:8226}"
        "QScrollBar:vertical{background:transparent;width:10px;margin:0}"
        "QScrollBar:horizontal{background:transparent;height:10px;margin:0}"
        f"QScrollBar::handle{{background:{name('line-strong')};border-radius:3px;margin:2px;min-height:32px;min-width:32px}}"
        f"QScrollBar::handle:hover{{background:{name('field-border')}}}"
        "QScrollBar::add-line,QScrollBar::sub-line{width:0;height:0}"
        "QScrollBar::add-page,QScrollBar::sub-page{background:transparent}"
        f"QMenu{{background:{name('raised')};color:{name('text')};border:1px solid {name('line-strong')};padding:6px}}"
        "QMenu::item{padding:8px 24px 8px 12px;border-radius:6px}"
        f"QMenu::item:selected{{background:{name('accent-soft')};color:{name('text')}}}"
        f"QMenu::item:disabled{{color:{name('muted')}}}"
        "QMenu::icon{padding-left:10px}"
        f"QMenu::separator{{height:1px;background:{name('line')};margin:6px 4px}}"
        f"QToolTip{{background:{name('raised')};color:{name('text')};border:1px solid {name('line-strong')};padding:6px}}"
    )
