"""Drawing that several controls share: boxes with crisp borders, and text in the middle of its line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTextLayout, QTextOption

Laid = tuple[QTextLayout, float, float]  # the layout, its height and its widest line


def box(
    painter: QPainter, rect: QRectF, fill: QColor | None, border: QColor | None, width: float, radius: float
) -> None:
    """A rounded box whose border lies wholly inside `rect`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if border is None or width <= 0:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
        return
    painter.setPen(QPen(border, width))
    half = width / 2
    inner = max(0.0, radius - half)
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), inner, inner)


def corners(rect: QRectF, tl: float, tr: float, br: float, bl: float) -> QPainterPath:
    """A box with a radius of its own at each corner."""
    path = QPainterPath()
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    path.moveTo(left + tl, top)
    path.lineTo(right - tr, top)
    path.arcTo(right - 2 * tr, top, 2 * tr, 2 * tr, 90, -90)
    path.lineTo(right, bottom - br)
    path.arcTo(right - 2 * br, bottom - 2 * br, 2 * br, 2 * br, 0, -90)
    path.lineTo(left + bl, bottom)
    path.arcTo(left, bottom - 2 * bl, 2 * bl, 2 * bl, 270, -90)
    path.lineTo(left, top + tl)
    path.arcTo(left, top, 2 * tl, 2 * tl, 180, -90)
    path.closeSubpath()
    return path


def lay_out(
    text: str,
    font: QFont,
    width: float,
    line_height: float,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    formats: list[QTextLayout.FormatRange] | None = None,
) -> Laid:
    """Break plain text into lines of a fixed height; returns the layout, its height and its widest line."""
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption(align)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    if formats:
        layout.setFormats(formats)
    widest = y = 0.0
    layout.beginLayout()
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(1.0, width))
        line.setPosition(QPointF(0, y + (line_height - line.height()) / 2))
        widest = max(widest, line.naturalTextWidth())
        y += line_height
    layout.endLayout()
    return layout, max(y, line_height), widest


def elided(text: str, font: QFont, width: float) -> str:
    """One line of text, cut with an ellipsis when it does not fit in `width` px."""
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))


def text_line(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> float:
    """One line, elided, in the middle of the height of `rect`; returns the width it took."""
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, rect.width() + 0.5))
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
    return float(metrics.horizontalAdvance(shown))
