"""Drawing that several controls share: boxes with crisp borders, and text in the middle of its line.

Words begin at the side where the interface begins (the right one in a right-to-left language). Within them the order of the signs
follows the words themselves, so that the full stop of an English sentence stays at its end in an Arabic window.
"""

from __future__ import annotations

from unicodedata import bidirectional

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPainterPath,
    QPen,
    QTextLayout,
    QTextOption,
)

Laid = tuple[QTextLayout, float, float]  # the layout, its height and its widest line
_LOOKED_AT = 200  # signs, for the first that has a direction


def right_to_left(text: str) -> bool | None:
    """Whether the words run from right to left: as their first sign with a direction; None when none has one."""
    for one in text[:_LOOKED_AT]:
        kind = bidirectional(one)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return None


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
    """Break plain text into lines of a fixed height; returns the layout, its height and its widest line.

    `AlignLeft` is where the interface begins; together with `AlignAbsolute` it is the left.
    """
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    if align == Qt.AlignmentFlag.AlignLeft and QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        align = Qt.AlignmentFlag.AlignRight
    option = QTextOption(align)
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
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
    """One line, elided, in the middle of the height of `rect`; returns the width it took.

    `AlignLeft` is where the painter's interface begins, `AlignRight` where it ends.
    """
    metrics = QFontMetricsF(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, rect.width() + 0.5))
    painter.setFont(font)
    painter.setPen(colour)
    sides = Qt.AlignmentFlag
    before = painter.layoutDirection()
    if before == Qt.LayoutDirection.RightToLeft:
        align = {sides.AlignLeft: sides.AlignRight, sides.AlignRight: sides.AlignLeft}.get(align, align)
    own = right_to_left(shown)
    if own is not None:
        painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft if own else Qt.LayoutDirection.LeftToRight)
    flags = align | sides.AlignVCenter | sides.AlignAbsolute
    painter.drawText(rect, int(flags | Qt.TextFlag.TextSingleLine), shown)
    painter.setLayoutDirection(before)
    return float(metrics.horizontalAdvance(shown))
