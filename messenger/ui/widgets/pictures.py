"""Pictures: an icon as a widget, and round avatars with initials, colour and presence."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QImage, QImageReader, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from messenger.domain.account import Show
from messenger.i18n import tr
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext

_COLOURS = 7
_MAX_PICTURE = 4_000_000  # pixels; an avatar needs no more
_KEPT_PICTURES = 64


class Picture(QWidget):
    """An icon that is only an ornament: no focus, no name."""

    def __init__(
        self, ctx: ThemeContext, icon: str, role: str = "muted", size: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ctx, self._icon, self._role, self._size = ctx, icon, role, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        ctx.changed.connect(self._renew)

    def set_icon(self, icon: str, role: str = "") -> None:
        """Another icon, and another role if given."""
        self._icon, self._role = icon, role or self._role
        self.update()

    def sizeHint(self) -> QSize:
        size = self._ctx.px(self._size)
        return QSize(size, size)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = self._ctx.px(self._size)
        painter.drawPixmap(0, 0, self._ctx.pixmap(self._icon, self._role, size, self.devicePixelRatioF()))
        painter.end()

    def _renew(self) -> None:
        self.updateGeometry()
        self.update()


def presence_words(show: Show) -> str:
    """The word that stands beside the presence mark."""
    words = {
        Show.ONLINE: tr("Online"),
        Show.CHAT: tr("Happy to chat"),
        Show.AWAY: tr("Away"),
        Show.XA: tr("Away for long"),
        Show.DND: tr("Do not disturb"),
        Show.OFFLINE: tr("Offline"),
    }
    return words[show]


def initials(name: str) -> str:
    """One or two letters of a name; '' when it has no letters."""
    words = [word for word in visible(name).split() if word[0].isalnum()]
    if not words:
        return ""
    first = words[0][0]
    last = words[-1][0] if len(words) > 1 else ""
    return (first + last).upper()


def colour_number(address: str) -> int:
    """1 to 7, the same for an address everywhere. Source: XEP-0392, the hue angle from SHA-1."""
    digest = hashlib.sha1(address.encode("utf-8", "replace"), usedforsecurity=False).digest()
    return (digest[0] + 256 * digest[1]) * _COLOURS // 65536 + 1


class AvatarPainter:
    """Draws avatars for widgets and rows alike, and keeps decoded pictures."""

    def __init__(self, ctx: ThemeContext) -> None:
        self._ctx = ctx
        self._pictures: OrderedDict[tuple[bytes, int], QPixmap] = OrderedDict()

    def draw(
        self,
        painter: QPainter,
        rect: QRectF,
        address: str,
        name: str,
        image: bytes | None = None,
        show: Show | None = None,
        ground: str = "window",
        icon: str = "",
    ) -> None:
        """Draw into a square. `show` adds the presence mark, with a ring in the colour `ground`."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = self._picture(image, round(rect.width())) if image else None
        if picture is not None:
            clip = QPainterPath()
            clip.addEllipse(rect)
            painter.save()
            painter.setClipPath(clip)
            painter.drawPixmap(rect, picture, QRectF(picture.rect()))
            painter.restore()
        else:
            self._letters(painter, rect, address, name, icon)
        if show is not None and show is not Show.OFFLINE:
            self._presence(painter, rect, show, ground)

    def _letters(self, painter: QPainter, rect: QRectF, address: str, name: str, icon: str) -> None:
        role = f"avatar-{colour_number(address)}" if not icon else "avatar-7"
        painter.setPen(QPen(self._ctx.colour("line"), 1) if self._plain() else Qt.PenStyle.NoPen)
        painter.setBrush(self._ctx.colour(role))
        painter.drawEllipse(rect if not self._plain() else rect.adjusted(0.5, 0.5, -0.5, -0.5))
        letters = "" if icon else initials(name)
        if not letters:
            size = round(rect.width() * 0.5)
            ratio = painter.device().devicePixelRatio() if painter.device() else 1.0
            pixmap = self._ctx.pixmap(icon or "user", f"{role}-text", size, ratio)
            painter.drawPixmap(QPointF(rect.center().x() - size / 2, rect.center().y() - size / 2), pixmap)
            return
        font = QFont(self._ctx.font("control"))
        font.setPixelSize(max(9, round(rect.width() * 0.36)))
        painter.setFont(font)
        painter.setPen(self._ctx.colour(f"{role}-text"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, letters)

    def _presence(self, painter: QPainter, rect: QRectF, show: Show, ground: str) -> None:
        size = 14.0
        dot = QRectF(rect.right() - size + 2, rect.bottom() - size + 2, size, size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ctx.colour(ground))
        painter.drawEllipse(dot)
        inner = dot.adjusted(2, 2, -2, -2)
        online = show in {Show.ONLINE, Show.CHAT}
        colour = self._ctx.colour("ok" if online else "notice-icon" if show is not Show.DND else "muted")
        if online:
            painter.setBrush(colour)
            painter.drawEllipse(inner)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.5))
        painter.drawEllipse(inner.adjusted(1.25, 1.25, -1.25, -1.25))
        if show is Show.DND:
            middle = inner.center()
            painter.drawLine(QPointF(inner.left() + 3, middle.y()), QPointF(inner.right() - 3, middle.y()))

    def _plain(self) -> bool:
        return self._ctx.theme.name == "contrast"

    def _picture(self, image: bytes, size: int) -> QPixmap | None:
        key = (hashlib.blake2b(image, digest_size=12).digest(), size)
        found = self._pictures.get(key)
        if found is not None:
            self._pictures.move_to_end(key)
            return found
        decoded = decode(image, size * 2)
        if decoded is None:
            return None
        made = QPixmap.fromImage(decoded)
        self._pictures[key] = made
        if len(self._pictures) > _KEPT_PICTURES:
            self._pictures.popitem(last=False)
        return made


def decode(image: bytes, size: int) -> QImage | None:
    """A square picture of `size` px from PNG or JPEG bytes; None for anything else or too large (security.md S36)."""
    kind = b"png" if image.startswith(b"\x89PNG\r\n\x1a\n") else b"jpeg" if image.startswith(b"\xff\xd8\xff") else b""
    if not kind:
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(image))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setAutoDetectImageFormat(False)
    stated = reader.size()
    if not stated.isValid() or stated.width() * stated.height() > _MAX_PICTURE:
        return None
    picture = reader.read()
    if picture.isNull():
        return None
    side = min(picture.width(), picture.height())
    square = picture.copy((picture.width() - side) // 2, (picture.height() - side) // 2, side, side)
    return square.scaled(size, size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


class Avatar(QWidget):
    """A round picture of a person, with the presence mark. The words beside it say the same."""

    def __init__(
        self,
        ctx: ThemeContext,
        painter: AvatarPainter,
        size: int,
        ground: str = "window",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._painter, self._size, self._ground = ctx, painter, size, ground
        self._address = self._name = self._icon = ""
        self._image: bytes | None = None
        self._show: Show | None = None
        self.setFixedSize(size + 2, size + 2)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        ctx.changed.connect(self.update)

    def set_person(
        self, address: str, name: str, image: bytes | None = None, show: Show | None = None, icon: str = ""
    ) -> None:
        """Show somebody else."""
        self._address, self._name, self._image, self._show, self._icon = address, name, image, show, icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(0, 0, self._size, self._size)
        self._painter.draw(painter, rect, self._address, self._name, self._image, self._show, self._ground, self._icon)
        painter.end()
