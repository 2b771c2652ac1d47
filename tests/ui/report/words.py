"""Finds words that are cut on a window."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget

from messenger.ui.widgets.labels import ElidedLabel


def cut(window):
    """Words that do not fit where they stand, or stand outside what can be scrolled to."""
    bad = []
    for one in window.findChildren(QWidget):
        if not one.isVisible() or not isinstance(one, QLabel | QPushButton):
            continue
        words = one.text()
        if not words or isinstance(one, ElidedLabel):
            continue
        if one.hasHeightForWidth() and one.height() + 1 < one.heightForWidth(one.width()):
            bad.append(("low", words))
        area = one.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        ground = area.widget() if area is not None else window
        right = one.mapTo(ground, QPoint(one.width(), 0)).x()
        if right > (area.viewport().width() if area is not None else window.width()) + 1:
            bad.append(("wide", words))
    return bad
