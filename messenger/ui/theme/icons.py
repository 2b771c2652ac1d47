"""Icons: SVG assets tinted with a colour, drawn once for each size and screen density."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from messenger import resources

_THIN_FROM = 18  # px; larger icons have the thinner stroke of the design tokens
_KEEP = 400


class IconBook:
    """Draws icons and keeps the pictures."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, int, int, float], QPixmap] = {}

    def pixmap(self, name: str, colour: QColor, size: int, ratio: float = 1.0) -> QPixmap:
        """The icon `name` in this colour, `size` px square at this device pixel ratio. Raises `FileNotFoundError`."""
        key = (name, colour.rgba(), size, ratio)
        found = self._drawn.get(key)
        if found is None:
            if len(self._drawn) >= _KEEP:
                self._drawn.clear()
            found = self._drawn[key] = _draw(_tinted(name, colour.name(), size), size, ratio)
        return found

    def icon(self, name: str, colour: QColor, size: int = 20) -> QIcon:
        """The same as a QIcon, for menus and actions, sharp on dense screens too."""
        icon = QIcon()
        for ratio in (1.0, 2.0):
            icon.addPixmap(self.pixmap(name, colour, size, ratio))
        return icon


def _tinted(name: str, colour: str, size: int) -> bytes:
    stroke = "1.75" if size >= _THIN_FROM else "2"
    text = _source(name).replace("currentColor", colour)
    return text.replace('stroke-width="2"', f'stroke-width="{stroke}"').encode()


@lru_cache(maxsize=128)
def _source(name: str) -> str:
    return resources.read(f"icons/{name}.svg").decode()


def _draw(svg: bytes, size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap
