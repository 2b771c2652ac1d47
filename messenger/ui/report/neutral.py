"""A window that the desktop does not count as Robin's: a task bar groups by what a window says it belongs to, not by its title.

X11: WM_CLASS (ICCCM 4.1.2.5), which Qt gives to all windows alike and caches; it is written anew by a second connection
before the window is shown. Wayland: the application id is the desktop file's name at the time when the window is made.
"""

from __future__ import annotations

import contextlib
import ctypes

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

_CLASS = b"notes\0Notes\0"
_REPLACE, _WM_CLASS, _STRING, _BITS = 0, 67, 31, 8  # PropModeReplace, XA_WM_CLASS, XA_STRING


def make_neutral(window: QWidget) -> None:
    """Make the window's native side, with a class of its own. Call it before the window is shown."""
    kept = QGuiApplication.desktopFileName()
    QGuiApplication.setDesktopFileName("notes")
    try:
        number = int(window.winId())
        if QGuiApplication.platformName() == "xcb":
            with contextlib.suppress(OSError):  # no Xlib here: the title and the icon are neutral all the same
                _write_class(number)
    finally:
        QGuiApplication.setDesktopFileName(kept)


def _write_class(window: int) -> None:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return
    x11.XChangeProperty.argtypes = (
        ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_ulong,
        ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int,
    )  # fmt: skip
    x11.XSync.argtypes = (ctypes.c_void_p, ctypes.c_int)
    x11.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    x11.XChangeProperty(display, window, _WM_CLASS, _STRING, _BITS, _REPLACE, _CLASS, len(_CLASS))
    x11.XSync(display, 0)
    x11.XCloseDisplay(display)
