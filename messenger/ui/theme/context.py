"""The one object that gives widgets their colours, fonts and icons, and says when they change. Made in bootstrap."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory

from messenger import resources
from messenger.ui.theme.icons import IconBook
from messenger.ui.theme.sheet import palette, sheet
from messenger.ui.theme.tokens import CHOICES, Theme, TypeStyle, load, load_shape

MIN_SCALE, MAX_SCALE = 80, 400  # per cent
_FONT_FILES = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")


class ThemeContext(QObject):
    """Passed to every widget that paints. `changed` follows a new theme, text size or desktop scheme."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system", scale: int = 100) -> None:
        super().__init__()
        self._app = app
        self._shape = load_shape()
        self._icons = IconBook()
        self._themes: dict[str, Theme] = {}
        self._fonts: dict[tuple[str, bool, int | None], QFont] = {}
        self._choice = choice if choice in CHOICES else "system"
        self._scale = min(MAX_SCALE, max(MIN_SCALE, scale))
        self.reduce_motion = False
        for file in _FONT_FILES:
            # From the path, not from memory: Qt then maps the file and shares its pages.
            QFontDatabase.addApplicationFont(str(resources.path(f"fonts/{file}")))
        app.setStyle(QStyleFactory.create("Fusion"))
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._theme = self._wanted()
        self._apply()

    @property
    def theme(self) -> Theme:
        """The theme that is shown now."""
        return self._theme

    @property
    def choice(self) -> str:
        """What the person chose: a theme's name, or `system`."""
        return self._choice

    @property
    def scale(self) -> int:
        """Text size in per cent."""
        return self._scale

    def colour(self, role: str) -> QColor:
        """The colour of a role in the theme shown now."""
        return self._theme.colour(role)

    def style(self, name: str) -> TypeStyle:
        """A step of the type scale, at 100 %."""
        return self._shape.styles[name]

    def line(self, name: str) -> int:
        """The line height of a step, in px at the chosen text size."""
        return self.px(self.style(name).line)

    def px(self, size: float) -> int:
        """A length that grows with the text size, in px."""
        return round(size * self._scale / 100)

    def font(self, name: str, tabular: bool = False, weight: int | None = None) -> QFont:
        """The font of a step of the type scale; `tabular` for times and counts; `weight` other than the step's."""
        key = (name, tabular, weight)
        found = self._fonts.get(key)
        if found is None:
            found = self._fonts[key] = self._make_font(self.style(name), tabular, weight)
        return found

    def pixmap(self, name: str, role: str, size: int, ratio: float = 1.0) -> QPixmap:
        """An icon in the colour of a role."""
        return self._icons.pixmap(name, self.colour(role), size, ratio)

    def icon(self, name: str, role: str = "text", size: int = 20) -> QIcon:
        """An icon for menus and actions."""
        return self._icons.icon(name, self.colour(role), size)

    def set_choice(self, choice: str) -> None:
        """Show another theme. Raises `ValueError` for a name that is none."""
        if choice not in CHOICES:
            raise ValueError("no such theme")
        self._choice = choice
        self._renew()

    def set_scale(self, scale: int) -> None:
        """Change the text size; per cent, kept within 80 and 400."""
        self._scale = min(MAX_SCALE, max(MIN_SCALE, scale))
        self._renew(force=True)

    def _make_font(self, style: TypeStyle, tabular: bool, weight: int | None) -> QFont:
        font = QFont(self._shape.families[0])
        font.setPixelSize(max(9, self.px(style.size)))
        font.setWeight(QFont.Weight(weight or style.weight))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if style.letter_spacing:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, style.letter_spacing * self._scale / 100)
        if tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def _wanted(self) -> Theme:
        name = self._choice
        if name == "system":
            name = self._system()
        found = self._themes.get(name)
        if found is None:
            found = self._themes[name] = load(name)
        return found

    def _system(self) -> str:
        hints = self._app.styleHints()
        # accessibility() came with Qt 6.10 and the wheel may be 6.9.
        access = getattr(hints, "accessibility", None)
        asked = access().contrastPreference() if access is not None else None
        if asked is not None and asked.name == "HighContrast":
            return "contrast"
        return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"

    def _system_changed(self) -> None:
        if self._choice == "system":
            self._renew()

    def _renew(self, force: bool = False) -> None:
        theme = self._wanted()
        if theme is self._theme and not force:
            return
        self._theme = theme
        self._fonts.clear()
        self._apply()
        self.changed.emit()

    def _apply(self) -> None:
        self._app.setPalette(palette(self._theme))
        self._app.setFont(self.font("body"))
        self._app.setStyleSheet(sheet(self._theme))
