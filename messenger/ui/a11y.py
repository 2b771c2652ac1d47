"""What screen readers get: names for controls, roles that Qt has no class for, and spoken announcements."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QGroupBox, QLabel, QLayout, QListView, QWidget

from messenger.ui.spoken import say_as_notification

_ROLES = {
    "Heading": QAccessible.Role.Heading,  # of a label Orca does not read the description
    "ProgressBars": QAccessible.Role.Graphic,  # "Question 2 of 9" is said in words; a bar's change is said as "22 percent"
    "QStackedWidget": QAccessible.Role.Client,  # holds pages of which one shows: Qt's "layered pane" says nothing to anybody
    "Spoken": QAccessible.Role.Notification,
}
"""By class: what Orca 43.1 made of Qt's own role is said beside it."""


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
    say_as_notification(widget.window(), words)


def say_row(view: QListView) -> None:
    """Have a screen reader say the row that the keyboard came to in a list; call this in `focusInEvent`.

    Qt tells only of the list, and does so after the focus came: this waits for that.
    """
    QTimer.singleShot(0, view, lambda: _say_row(view))


def _say_row(view: QListView) -> None:
    if view.hasFocus() and view.currentIndex().isValid():
        event = QAccessibleEvent(view, QAccessible.Event.Focus)
        event.setChild(view.currentIndex().row())
        QAccessible.updateAccessibility(event)


def standing_words(layout: QLayout | None) -> list[str]:
    """The plain words that show in a layout, in the order of the eye, without those of its controls and groups.

    Tab leads past them, so that a screen reader would say nothing of them on a page.
    """
    said: list[str] = []
    for number in range(layout.count() if layout is not None else 0):
        item = layout.itemAt(number) if layout is not None else None
        widget = item.widget() if item is not None else None
        if widget is None:
            said += standing_words(item.layout() if item is not None else None)
        elif isinstance(widget, QLabel):
            said += [widget.text()] if widget.text() and not widget.isHidden() else []
        elif not (widget.isHidden() or isinstance(widget, QAbstractButton | QGroupBox)):
            said += standing_words(widget.layout())
    return said


def tell_roles() -> None:
    """Have our own classes told by what they are, and a plain widget that is a window of its own as a window: Qt calls it
    a group without a name for it."""
    QAccessible.installFactory(_made)


def _made(kind: str, what: QObject) -> QAccessibleInterface | None:
    if not isinstance(what, QWidget):
        return None
    if kind == "QWidget" and what.isWindow():
        return QAccessibleWidget(what, QAccessible.Role.Window)
    return QAccessibleWidget(what, _ROLES[kind]) if kind in _ROLES else None
