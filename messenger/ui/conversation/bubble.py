"""One message laid out: measured once for a width, then painted from the kept layouts."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextCharFormat, QTextLayout

from messenger.domain.message import DeliveryState, Direction, MediaRef
from messenger.i18n import tr
from messenger.ui import times
from messenger.ui.conversation import links
from messenger.ui.conversation.model import Row, alike_words, gone_words
from messenger.ui.plain import message_text, shorten, visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.paint import Laid, lay_out, right_to_left
from messenger.ui.widgets.pictures import colour_number

PAD_X, PAD_Y, META_GAP = 12, 8, 12
RUN_GAP, TURN_GAP, CHIP, CHIP_GAP = 2, 12, 26, 12
MARGIN = 24
_MAX = 440
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
_TICKS = {DeliveryState.QUEUED: "clock-3", DeliveryState.SENT: "check", DeliveryState.FAILED: "circle-alert"}


@dataclass(slots=True)
class FileRow:
    """A file in words: what it is called and what is known of it."""

    rect: QRectF
    name: str
    detail: str


@dataclass(slots=True)
class Bubble:
    """All measures of a row, relative to the row's top left corner."""

    row: Row
    height: float = 0.0
    rect: QRectF = field(default_factory=QRectF)
    body: QTextLayout | None = None
    body_at: QPointF = field(default_factory=QPointF)
    spans: tuple[links.Link, ...] = ()
    starts: tuple[tuple[int, int], ...] = ()
    who: QRectF | None = None
    who_name: str = ""
    who_role: str = ""
    alike: QRectF | None = None
    alike_text: str = ""
    quote: QRectF | None = None
    quote_name: str = ""
    quote_body: str = ""
    files: list[FileRow] = field(default_factory=list)
    more: QRectF | None = None
    meta: str = ""
    meta_rect: QRectF = field(default_factory=QRectF)
    tick: str = ""
    chip: QRectF | None = None
    new_line: QRectF | None = None
    text: str = ""

    @property
    def mine(self) -> bool:
        return self.row.view.direction is Direction.OUT

    def link_at(self, point: QPointF) -> str | None:
        """The address of the link under a point of the row."""
        if self.body is None:
            return None
        inside = point - self.body_at
        for number in range(self.body.lineCount()):
            line = self.body.lineAt(number)
            if not line.naturalTextRect().contains(inside):
                continue
            at = line.xToCursor(inside.x())
            for (start, end), link in zip(self.starts, self.spans, strict=True):
                if start <= at < end:
                    return link.url
        return None


def measure(ctx: ThemeContext, row: Row, width: int, mirrored: bool = False) -> Bubble:
    """Lay out a row for a list of this width."""
    made = Bubble(row)
    top = _above(ctx, made, width)
    most = min(ctx.px(_MAX), max(120.0, width * 0.66))
    inner = most - 2 * PAD_X
    y, widest = float(PAD_Y), 0.0
    y, widest = _who(ctx, made, y, inner, widest)
    y, widest = _quote(ctx, made, y, inner, widest)
    y, widest = _files(ctx, made, y, inner, widest)
    y, widest = _body(ctx, made, y, inner, widest)
    widest = _meta(ctx, made, y, inner, widest)
    wide = widest + 2 * PAD_X
    tall = made.meta_rect.bottom() + PAD_Y
    at_end = made.mine != mirrored
    left = width - MARGIN - wide if at_end else MARGIN
    made.rect = QRectF(left, top, wide, tall)
    # Words from right to left begin at the right of the bubble, and the time ends at its left; a file lies as the interface.
    turned = right_to_left(made.text) if made.body is not None else mirrored
    if turned and made.body is not None:
        for number in range(made.body.lineCount()):
            line = made.body.lineAt(number)
            line.setPosition(QPointF(widest - line.naturalTextWidth(), line.y()))
    _move(made, left, top, widest, bool(turned))
    made.height = top + tall
    return made


def _above(ctx: ThemeContext, made: Bubble, width: int) -> float:
    row = made.row
    y = float(RUN_GAP if row.joined_above else TURN_GAP)
    if row.day:
        wide = QFontMetricsF(ctx.font("meta", weight=500)).horizontalAdvance(row.day) + 26
        tall = max(CHIP, ctx.line("meta") + 10)
        made.chip = QRectF((width - wide) / 2, 14, wide, tall)
        y = 14 + tall + CHIP_GAP + 2
    if row.first_new:
        made.new_line = QRectF(MARGIN, y, width - 2 * MARGIN, ctx.line("meta"))
        y += ctx.line("meta") + CHIP_GAP
    return y


def _who(ctx: ThemeContext, made: Bubble, y: float, inner: float, widest: float) -> tuple[float, float]:
    """In a group: who speaks, in the colour of that person (XEP-0392), and whom the name can be taken for."""
    view = made.row.view
    if view.occupant is None or made.mine or made.row.joined_above:
        return y, widest
    made.who_name = visible(view.sender_name, 60)
    made.who_role = f"avatar-{colour_number(view.occupant.occupant_id or view.sender)}-text"
    wide = min(inner, QFontMetricsF(ctx.font("secondary", weight=600)).horizontalAdvance(made.who_name) + 2)
    tall = float(ctx.line("secondary"))
    made.who = QRectF(PAD_X, y, wide, tall)
    y, widest = y + tall + 1, max(widest, wide)
    made.alike_text = alike_words(view)
    if made.alike_text:
        mark = ctx.px(14) + 6
        wide = min(inner, QFontMetricsF(ctx.font("secondary")).horizontalAdvance(made.alike_text) + mark + 2)
        made.alike = QRectF(PAD_X, y, wide, tall)
        y, widest = y + tall + 2, max(widest, wide)
    return y, widest


def _quote(ctx: ThemeContext, made: Bubble, y: float, inner: float, widest: float) -> tuple[float, float]:
    view = made.row.view
    if not view.reply_body or view.retracted:
        return y, widest
    made.quote_name = visible(view.reply_name)
    made.quote_body = visible(view.reply_body, 200)
    step = ctx.px(18)
    name = QFontMetricsF(ctx.font("secondary", weight=600)).horizontalAdvance(made.quote_name)
    body = QFontMetricsF(ctx.font("secondary")).horizontalAdvance(made.quote_body)
    wide = min(inner, max(name, body) + 3 + 9 + 24)
    made.quote = QRectF(PAD_X, y + 2, wide, 2 * step + 8)
    return y + 2 + made.quote.height() + 6, max(widest, wide)


def _files(ctx: ThemeContext, made: Bubble, y: float, inner: float, widest: float) -> tuple[float, float]:
    if made.row.view.retracted:
        return y, widest
    for one in made.row.view.media[:10]:
        name, detail = visible(one.name) or tr("File"), file_words(one)
        wide = QFontMetricsF(ctx.font("body", weight=500)).horizontalAdvance(name)
        wide = min(inner, max(wide, QFontMetricsF(ctx.font("meta")).horizontalAdvance(detail)) + 40 + 12)
        tall = max(40, ctx.line("body") + ctx.line("meta") + 2)
        made.files.append(FileRow(QRectF(PAD_X, y + 1, wide, tall), name, detail))
        y, widest = y + tall + 5, max(widest, wide)
    return y, widest


def _body(ctx: ThemeContext, made: Bubble, y: float, inner: float, widest: float) -> tuple[float, float]:
    view = made.row.view
    if view.retracted:
        text, font = gone_words(view), ctx.font("body")
    else:
        # Cut before anything looks at it: a hostile body can be a megabyte long.
        long = len(view.body) > made.row.shown
        text = message_text(shorten(view.body, made.row.shown) if long else view.body)
        font = ctx.font("message")
        made.spans = links.find(text)
    if not text:
        return y, widest
    made.text = text
    laid = lay_out(text, font, inner, ctx.line("message"), _LEFT)
    if made.spans:
        laid = _linked(ctx, made, text, font, inner)
    made.body, height, wide = laid
    made.body_at = QPointF(PAD_X, y)
    y += height
    if not view.retracted and len(view.body) > made.row.shown:
        words = QFontMetricsF(ctx.font("body", weight=600)).horizontalAdvance(tr("Show more"))
        made.more = QRectF(PAD_X, y, words + 8, max(24, ctx.line("body") + 4))
        y += made.more.height()
    return y, max(widest, wide)


def _linked(ctx: ThemeContext, made: Bubble, text: str, font: QFont, inner: float) -> Laid:
    ranges: list[QTextLayout.FormatRange] = []
    starts: list[tuple[int, int]] = []
    for link in made.spans:
        start, end = _units(text, link.start), _units(text, link.end)
        starts.append((start, end))
        one = QTextLayout.FormatRange()
        one.start, one.length = start, end - start
        look = QTextCharFormat()
        look.setForeground(ctx.colour("accent-text"))
        look.setFontUnderline(True)
        one.format = look
        ranges.append(one)
    made.starts = tuple(starts)
    return lay_out(text, font, inner, ctx.line("message"), _LEFT, ranges)


def _units(text: str, at: int) -> int:
    """A place in code points as a place in UTF-16 units, which Qt counts."""
    return at if text.isascii() else len(text[:at].encode("utf-16-le", "surrogatepass")) // 2


def _meta(ctx: ThemeContext, made: Bubble, y: float, inner: float, widest: float) -> float:
    view = made.row.view
    words = [times.clock(view.at)]
    if view.edited and not view.retracted:
        words.insert(0, tr("changed"))
    if made.mine:
        words.extend(_state(made))
    made.meta = " \u00b7 ".join(word for word in words if word)
    font = ctx.font("meta", tabular=True)
    wide = QFontMetricsF(font).horizontalAdvance(made.meta) + (4 + ctx.px(16) if made.tick else 0)
    tall = ctx.line("meta")
    last = 0.0
    if made.body is not None and made.more is None:
        last = made.body.lineAt(made.body.lineCount() - 1).naturalTextWidth()
    elif made.more is not None:
        last = made.more.width()
    if made.files and made.body is None:
        # A file alone: the time stands in the line of kind and size.
        last = 52 + QFontMetricsF(ctx.font("meta")).horizontalAdvance(made.files[-1].detail)
        made.meta_rect = QRectF(0, made.files[-1].rect.bottom() - tall - 1, wide, tall)
        if last + META_GAP + wide <= inner:
            return max(widest, last + META_GAP + wide)
    if last + META_GAP + wide <= inner and (made.body is not None or made.more is not None):
        widest = max(widest, last + META_GAP + wide)
        made.meta_rect = QRectF(0, y - tall + 1, wide, tall)
        # The words sit a little lower than the middle of the last line, as in the mock-up.
        made.meta_rect.moveBottom(y)
    else:
        widest = max(widest, wide)
        made.meta_rect = QRectF(0, y, wide, tall)
    return widest


def _state(made: Bubble) -> list[str]:
    state = made.row.view.state
    made.tick = _TICKS.get(state, "check-check")
    if state is DeliveryState.QUEUED:
        return [tr("Waiting")]
    if state is DeliveryState.FAILED:
        return [tr("Not sent")]
    return [tr("Read")] if state is DeliveryState.READ and made.row.last_read else []


def _move(made: Bubble, left: float, top: float, widest: float, turned: bool) -> None:
    made.body_at += QPointF(left, top)
    for line in (made.who, made.alike):
        if line is not None:
            line.setWidth(widest)
            line.translate(left, top)
    if made.quote is not None:
        made.quote.setWidth(widest)
        made.quote.translate(left, top)
    if made.more is not None:
        made.more.translate(left, top)
    for one in made.files:
        one.rect.translate(left, top)
    made.meta_rect.translate(0, top)
    if turned:
        made.meta_rect.moveLeft(left + PAD_X)
    else:
        made.meta_rect.moveRight(left + PAD_X + widest)


def file_words(one: MediaRef) -> str:
    """Kind and size of a file in words."""
    kind = one.mime.partition("/")[2].partition(";")[0].upper() if one.mime else ""
    return ", ".join(part for part in (visible(kind, 20), size_words(one.size)) if part) or tr("File")


def size_words(size: int | None) -> str:
    """Bytes as people read them; '' for unknown."""
    if size is None or size < 0:
        return ""
    if size < 1_000_000:
        return tr("{n} KB").format(n=max(1, round(size / 1000)))
    return tr("{n} MB").format(n=round(size / 1_000_000, 1))
