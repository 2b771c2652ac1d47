"""What of Robin is in sight: its windows, the notes of Hide this alone, or the lock screen alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from messenger.domain.events import LockChanged, SettingsChanged
from messenger.domain.lock import LockState

if TYPE_CHECKING:
    # Imported when they are first shown.
    from messenger.services.hub import Hub
    from messenger.ui.border import Engine
    from messenger.ui.lock.idle import IdleWatch
    from messenger.ui.lock.screen import LockScreen
    from messenger.ui.report.hiding import Notes
    from messenger.ui.theme.context import ThemeContext

TRAY_MENU = "tray.menu"
"""The name of the tray's menu: it is shown always, with Report abuse in it, and tells nothing."""


class Curtain(QObject):
    """Covers the windows and uncovers them. Nothing here waits for the disk: whether a PIN is set is known before.

    After Hide this the chats come back, never the report; where a PIN is set the lock screen comes first. After the lock
    all windows come back as they were. While covered, a window that opens by itself (an answer that came late) is not
    shown, not for one frame. `opened` follows the right PIN, `covered` a change to notes or lock screen.
    """

    opened = Signal()
    covered = Signal()
    shown = Signal()

    def __init__(self, ctx: ThemeContext, engine: Engine, main: QWidget, app: QApplication) -> None:
        super().__init__(main)
        self._ctx, self._engine, self._main, self._app = ctx, engine, main, app
        self._state = LockState()
        self.locked = self.away = False
        self._later: list[QWidget] = []
        self._screen: LockScreen | None = None
        self._idle: IdleWatch | None = None
        self.ask: Callable[[Hub], Coroutine[Any, Any, LockState]] = lambda hub: hub.lock.state()
        self.before_screen: Callable[[LockScreen], None] = lambda _screen: None
        engine.on(LockChanged, lambda _event: self.learn())
        engine.on(SettingsChanged, self._settings_changed)

    @property
    def is_set(self) -> bool:
        """Whether there is a PIN."""
        return self._state.is_set

    @property
    def minutes(self) -> int:
        """Minutes without use after which it locks, or 0."""
        return self._state.after_minutes

    def begin(self, state: LockState, proved: bool) -> None:
        """The store is open and nothing of it is in the windows yet. `proved`: its passphrase was typed a moment ago."""
        self._take(state)
        if state.is_set and state.at_start and not proved:
            self.lock()
        elif self.locked:
            self._open()
        elif state.is_set:
            self._engine.call(lambda hub: hub.lock.told(False))

    def wait_locked(self) -> None:
        """At the start of a Robin that was left locked, before anything is known: the lock screen takes the first place."""
        self._state, self.locked = LockState(True), True
        self._cover(None, keep=True)
        self._show_screen(self._main)

    def learn(self) -> None:
        """Ask how the lock stands."""
        self._engine.call(self.ask, self._take)

    def lock(self) -> bool:
        """Lock now; False when no PIN is set. With no window in sight, or behind the notes, nothing comes up."""
        if not self._state.is_set:
            return False
        if self.locked and self._screen is not None and self._screen.isVisible():
            return True
        in_sight = any(one.isVisible() for one in QApplication.topLevelWidgets())
        if not self.locked:
            self.locked = True
            self._engine.call(lambda hub: hub.lock.told(True))
        if in_sight and not self.away:
            # Asked before: once its windows are gone, no window of Robin is active.
            active = QApplication.activeWindow()
            self._cover(None, keep=True)
            self._show_screen(active or self._main, quiet=active is None)
        else:
            self._cover(None, keep=True)
        self.covered.emit()
        return True

    def hide_from(self, window: QWidget) -> None:
        """Hide this, from a window that has no way of its own: notes take its place."""
        from messenger.ui.report.hiding import Notes

        notes = Notes(window)
        notes.show()
        self.hidden(notes)

    def hidden(self, notes: Notes | None = None) -> None:
        """Hide this was used and the notes are there: everything else goes, and is locked where a PIN is set."""
        self.away = True
        if self._state.is_set and not self.locked:
            self.locked = True
            self._engine.call(lambda hub: hub.lock.told(True))
        self._cover(notes, keep=False)
        self.covered.emit()
        _let_go_of_the_clipboard()

    def notes_open(self) -> bool:
        """Whether notes are in sight."""
        return any(is_notes(one) and one.isVisible() for one in QApplication.topLevelWidgets())

    def come_back(self) -> bool:
        """Robin was opened again. False when the lock screen has to come first, and is shown."""
        self.away = False
        for notes in QApplication.topLevelWidgets():
            if is_notes(notes) and not notes.property("used"):
                notes.close()
        if self.locked:
            self._show_screen(self._main, up=True)
            return False
        self._app.removeEventFilter(self)
        return True

    def lift(self) -> None:
        """Nothing is covered any more, without a window to show: another window says what is the matter."""
        self._app.removeEventFilter(self)
        self.locked = self.away = False
        if self._screen is not None:
            self._screen.hide()

    def give_way(self) -> None:
        """Robin could not start: there is no PIN to ask for. Behind the notes nothing comes up all the same."""
        if self.away:
            self.locked = False
        else:
            self.lift()

    def screen(self) -> LockScreen:
        """The lock screen, made when it is first needed."""
        if self._screen is None:
            from messenger.ui.lock.screen import LockScreen

            self._screen = LockScreen(self._ctx, self._engine)
            self._screen.opened.connect(self._open)
            self.before_screen(self._screen)
        return self._screen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Show or not isinstance(watched, QWidget):
            return False
        if watched.isWindow() and not self._may_show(watched):
            watched.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, True)
            QTimer.singleShot(0, watched, lambda: self._put_off(watched))
        return False

    def _put_off(self, window: QWidget) -> None:
        if window is self._main:
            window.hide()  # to close it would end Robin
        elif _comes_back(window) and not self.away:
            window.hide()
            self._later.append(window)
        else:
            _away(window)
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)

    def _may_show(self, window: QWidget) -> bool:
        root = window
        while (parent := root.parentWidget()) is not None:
            root = parent.window()
        return root is self._screen or is_notes(root) or root.objectName() == TRAY_MENU

    def _cover(self, notes: QWidget | None, keep: bool) -> None:
        """Popups and dialogs close; other windows are put by to `keep` them, or close (their drafts are kept)."""
        while (popup := QApplication.activePopupWidget()) is not None and popup.close():
            pass
        self._app.installEventFilter(self)
        for window in QApplication.topLevelWidgets():
            if window is notes or is_notes(window) or (window is self._screen and keep) or not window.isVisible():
                continue
            if window is self._main or window is self._screen:
                window.hide()
                if keep:
                    self._later.append(window)
            elif keep and _comes_back(window):
                window.hide()
                self._later.append(window)
            else:
                _away(window)
        if not keep:
            self._later.clear()

    def _show_screen(self, place: QWidget, up: bool = False, quiet: bool | None = None) -> None:
        """In the place of a window. `up`: it was asked for, so that it comes to the front from the task bar too. `quiet`:
        the keyboard is with another program and stays there."""
        screen = self.screen()
        if not screen.isVisible():
            screen.resize(max(360, min(560, place.width())), max(420, min(560, place.height())))
            if place.testAttribute(Qt.WidgetAttribute.WA_WState_Created):
                screen.move(place.frameGeometry().center() - screen.rect().center())
            if quiet is None:
                quiet = QApplication.activeWindow() is None and not up
            screen.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, quiet)
        if up or not place.isMinimized():
            stand_up(screen)
            screen.show()
        else:
            screen.showMinimized()
        screen.settle()
        if not screen.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating):
            screen.raise_()
            screen.activateWindow()
        screen.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)

    def _open(self) -> None:
        """The PIN was right, or there is none any more. Behind the notes nothing comes up: Robin has to be opened again."""
        self.locked = False
        self._engine.call(lambda hub: hub.lock.told(False))
        if self._screen is not None:
            self._screen.hide()
        if self.away:
            return
        self._app.removeEventFilter(self)
        # What ended by itself meanwhile must not keep the others away.
        later, self._later = [one for one in self._later if shiboken6.isValid(one)], []
        for window in later or [self._main]:
            stand_up(window)
            window.show()
            window.raise_()
        (later[-1] if later else self._main).activateWindow()
        self.opened.emit()

    def _take(self, state: LockState) -> None:
        self._state = state
        if state.after_minutes and self._idle is None:
            from messenger.ui.lock.idle import IdleWatch

            self._idle = IdleWatch(self._app)
            self._idle.over.connect(self.lock)
        if self._idle is not None:
            self._idle.set_minutes(state.after_minutes)
        if self.locked and not state.is_set:
            self._open()
        self.shown.emit()

    def _settings_changed(self, event: SettingsChanged) -> None:
        if {"lock_after", "lock_at_start"} & set(event.keys):
            self.learn()


def stand_up(window: QWidget) -> None:
    """Before a window is shown to be used: it is not small in the task bar any more."""
    if window.isMinimized():
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)


def is_notes(window: QWidget) -> bool:
    """Whether this is the plain window that takes Robin's place."""
    return window.objectName() == "notes"


def _let_go_of_the_clipboard() -> None:
    """A number or words that were copied here would tell of it by Paste. What another program copied is left alone."""
    clipboard = QApplication.clipboard()
    if clipboard.ownsClipboard():
        clipboard.clear(QClipboard.Mode.Clipboard)
    if clipboard.supportsSelection() and clipboard.ownsSelection():
        clipboard.clear(QClipboard.Mode.Selection)


def _comes_back(window: QWidget) -> bool:
    """Whether this is shown again after the lock: a window of its own, and no dialog, menu, hint or balloon of the tray."""
    return window.windowType() is Qt.WindowType.Window and not isinstance(window, QDialog)


def _away(window: QWidget) -> None:
    """Close a window; one that asks first is hidden all the same."""
    if not window.close():
        window.hide()
