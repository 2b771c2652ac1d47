"""What screen readers get: names for controls and spoken announcements."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


def name(widget: QWidget, ident: str, words: str, description: str = "") -> None:
    """Give a control its stable id (for tests and scripts), its name and, if any, a description."""
    widget.setObjectName(ident)
    widget.setAccessibleIdentifier(ident)
    widget.setAccessibleName(words)
    if description:
        widget.setAccessibleDescription(description)


def announce(widget: QWidget, words: str, now: bool = False) -> None:
    """Have a screen reader say `words`; with `now` it interrupts what it says. A window that is hidden or locked says nothing."""
    if not widget.window().isVisible():
        return
    event = QAccessibleAnnouncementEvent(widget, words)
    kind = QAccessible.AnnouncementPoliteness
    event.setPoliteness(kind.Assertive if now else kind.Polite)
    QAccessible.updateAccessibility(event)


def tell_windows() -> None:
    """Have a plain widget that is a window of its own told as a window: Qt calls it a group without a name for it."""
    QAccessible.installFactory(_window)


def _window(kind: str, what: QObject) -> QAccessibleInterface | None:
    if kind == "QWidget" and isinstance(what, QWidget) and what.isWindow():
        return QAccessibleWidget(what, QAccessible.Role.Window)
    return None
