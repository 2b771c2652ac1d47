"""Walks a window as a screen reader does, and finds what it would not understand."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

_EMPTY_ROLES = {QAccessible.Role.NoRole, QAccessible.Role.Client}
_ROWS_READ = 60


def nodes(root: QWidget) -> Iterator[tuple[QAccessibleInterface, str]]:
    """Every visible node below a window, with the path of names to it."""
    top = QAccessible.queryAccessibleInterface(root)
    assert top is not None, "the window has no accessible interface"
    yield from _below(top, "")


def _below(node: QAccessibleInterface, path: str) -> Iterator[tuple[QAccessibleInterface, str]]:
    here = f"{path}/{node.text(QAccessible.Text.Name) or node.role().name}"
    yield node, here
    for number in range(min(node.childCount(), _ROWS_READ)):
        child = node.child(number)
        if child is not None and child.isValid() and not child.state().invisible:
            yield from _below(child, here)


def faults(root: QWidget) -> list[str]:
    """Focusable nodes without a name or with an empty role, and siblings that have the same name and role (A1)."""
    found: list[str] = []
    for node, path in nodes(root):
        state = node.state()
        name = node.text(QAccessible.Text.Name).strip()
        widget = node.object()
        row = node.role() in {QAccessible.Role.ListItem, QAccessible.Role.Cell}
        if state.focusable and not state.disabled and not row:
            if not name:
                found.append(f"no name: {path} ({node.role().name}, {widget.objectName() if widget else ''})")
            if node.role() in _EMPTY_ROLES:
                found.append(f"no role: {path}")
            if isinstance(widget, QWidget) and not widget.accessibleIdentifier() and not widget.objectName():
                found.append(f"no identifier: {path}")
        found.extend(_twins(node, path))
    return found


def _twins(node: QAccessibleInterface, path: str) -> list[str]:
    seen: set[tuple[str, QAccessible.Role]] = set()
    twice: list[str] = []
    for number in range(min(node.childCount(), _ROWS_READ)):
        child = node.child(number)
        if child is None or not child.isValid() or child.state().invisible or not child.state().focusable:
            continue
        if child.role() in {QAccessible.Role.ListItem, QAccessible.Role.Cell}:
            continue
        key = (child.text(QAccessible.Text.Name), child.role())
        if key in seen:
            twice.append(f"two of a kind: {path}/{key[0]}")
        seen.add(key)
    return twice


def act(widget: QWidget) -> None:
    """Do a control's own first action, as a switch or a voice does.

    What `queryAccessibleInterface` gives must not outlive its widget: Qt deletes it unseen by Python, whose wrapper would
    then be taken for whatever comes to lie at the same address.
    """
    actions = QAccessible.queryAccessibleInterface(widget).actionInterface()
    actions.doAction(actions.actionNames()[0])


def write(widget: QWidget, words: str) -> None:
    """Put words into a field, as a reader does."""
    QAccessible.queryAccessibleInterface(widget).setText(QAccessible.Text.Value, words)


def find(root: QWidget, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    """The one visible control with this accessible name. Raises `LookupError` for none or several."""
    hits = [one for one in root.findChildren(kind) if one.accessibleName() == name and one.isVisible()]
    if len(hits) != 1:
        raise LookupError(f"{len(hits)} controls are named {name!r}")
    return hits[0]
