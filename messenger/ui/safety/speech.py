"""Reading aloud: an extra (`pip install "robin-messenger[speech]"`), for who has it and a voice on this computer.

Nothing is imported and nothing speaks until it is asked for. Qt's own words of QtTextToSpeech; no text leaves the computer.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from PySide6.QtCore import QLocale, QObject, Signal

from messenger.i18n import locale_code

MODULE = "PySide6.QtTextToSpeech"


class Speech(QObject):
    """One voice. `changed` tells that it began or ended; `failed` that this computer has no voice that works."""

    changed = Signal(bool)
    failed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine: Any = None
        self._states: Any = None
        self._on = False

    @staticmethod
    def is_here() -> bool:
        """Whether the extra is installed. Looks for the module without loading it."""
        try:
            return importlib.util.find_spec(MODULE) is not None
        except (ImportError, ValueError):
            return False

    def speaking(self) -> bool:
        """Whether it reads now."""
        return self._on

    def toggle(self, words: str) -> None:
        """Read these words; while it reads, stop."""
        if self._on:
            self.stop()
        elif not self._ready():
            self.failed.emit()
        else:
            self._say(True)
            self._engine.say(words)

    def stop(self) -> None:
        """Say nothing more."""
        if self._engine is not None and self._on:
            self._say(False)
            self._engine.stop()

    def _ready(self) -> bool:
        if self._engine is None:
            try:
                module = importlib.import_module(MODULE)
            except ImportError:  # installed, but the system's library for sound is not
                return False
            self._states = module.QTextToSpeech.State
            self._engine = module.QTextToSpeech(self)
            self._engine.setLocale(QLocale(locale_code() or "en_GB"))
            self._engine.stateChanged.connect(self._changed)
        return self._engine.state() != self._states.Error and bool(self._engine.availableVoices())

    def _changed(self, state: object) -> None:
        if state == self._states.Error:
            self._say(False)
            self.failed.emit()
        elif state == self._states.Ready:
            self._say(False)

    def _say(self, on: bool) -> None:
        if on != self._on:
            self._on = on
            self.changed.emit(on)
