"""The tray icon: painted for each size by itself, with the balance in as many characters as stay readable there.

Health is told twice: by color, and by the shape of the badge with its gauge of four segments.
"""

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QIcon, QPainter, QPainterPath, QPen, QPixmap

from claudetray.core import words
from claudetray.core.health import Health
from claudetray.core.status import Condition, Status
from claudetray.ui.theme import Theme

# Windows at 100 … 200 %, and what Linux panels and HiDPI screens ask for.
GAUGE_STEPS = 20  # it is painted anew when it has moved by one
MEASURED_AT = 100  # pixels: measuring once and scaling is several times faster than trying each size
SIZES = (16, 20, 22, 24, 32, 40, 48, 64)
_SEGMENTS = {Health.HEALTHY: 4, Health.CAUTION: 3, Health.WARNING: 2, Health.CRITICAL: 1, Health.UNKNOWN: 0}
_CUT_CORNERS = {Health.HEALTHY: 0, Health.CAUTION: 1, Health.WARNING: 2, Health.CRITICAL: 4, Health.UNKNOWN: 0}
_MARKS = {Health.HEALTHY: "✓", Health.CAUTION: "!", Health.WARNING: "!", Health.CRITICAL: "!!", Health.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True)
class Face:
    """All that the icon says; it is painted anew only when this differs."""

    amount: Decimal | None  # dollars, or days
    health: Health
    condition: Condition
    stale: bool = False  # beside the condition: a reading grows old while looks fail, too
    mask: bool = False  # macOS: black on nothing, and the system colors it
    filled: int | None = None  # a gauge in place of digits, in percent

    def text(self, room: int) -> str:
        """What stands in the badge, in at most `room` characters."""
        if self.condition is Condition.NEVER:
            return "?"
        if self.amount is None:
            return _MARKS[self.health]
        return words.digits(self.amount, room)


def face(status: Status, mask: bool = False) -> Face:
    """The face of a status."""
    outlook, left = status.outlook, status.left
    amount = filled = None
    match status.preferences.tray_shows:
        case "balance":
            amount = left.amount if left else None
        case "days":
            amount = outlook.forecast.days
        case "gauge" if left is not None and outlook.full:
            filled = (
                int(min(max(left.amount / outlook.full, Decimal(0)), Decimal(1)) * GAUGE_STEPS) * 100 // GAUGE_STEPS
            )
    health = Health.UNKNOWN if status.condition is Condition.NEVER else status.health
    return Face(amount, health, status.condition, status.stale, mask, filled)


def quiet(face: Face) -> bool:
    """Does the icon say nothing of the health?"""
    return face.condition in (Condition.NEVER, Condition.PAUSED)


def room(size: int) -> int:
    """How many characters stay readable at that size (rendered and looked at)."""
    return 2 if size < 24 else 3 if size < 40 else 4


def icon(face: Face, theme: Theme) -> QIcon:
    """The icon with a pixmap for each size."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(pixmap(face, theme, size))
    made.setIsMask(face.mask)
    return made


def pixmap(face: Face, theme: Theme, size: int) -> QPixmap:
    """The icon at one size, in pixels."""
    painted = QPixmap(size, size)
    painted.fill(Qt.GlobalColor.transparent)
    painter = QPainter(painted)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _Painter(painter, face, theme, size).paint()
    painter.end()
    return painted


class _Painter:
    def __init__(self, painter: QPainter, face: Face, theme: Theme, size: int) -> None:
        self._painter, self._face, self._size = painter, face, size
        health = Health.UNKNOWN if quiet(face) else face.health
        self._ground, self._ink = theme.health(health), theme.on_health(health)
        if face.mask:
            self._ground, self._ink = QColor(Qt.GlobalColor.transparent), QColor(Qt.GlobalColor.black)
        self._gauge = 0 if quiet(face) else max(2, round(size / 8))

    def paint(self) -> None:
        badge = _badge(QRectF(0, 0, self._size, self._size), _CUT_CORNERS[self._face.health])
        self._painter.setClipPath(badge)
        self._painter.fillPath(badge, self._ground)
        if self._face.stale and not quiet(self._face):
            self._hatch()
        if self._face.condition is Condition.PAUSED:
            self._pause()
        elif self._face.filled is not None:
            self._fill(self._face.filled)
            self._segments()
        else:
            self._text()
            self._segments()
        if self._face.mask:
            self._painter.strokePath(badge, QPen(self._ink, max(1.0, self._size / 10)))
        if self._face.condition is Condition.FAILED:
            self._painter.setClipping(False)
            self._cross()

    def _fill(self, percent: int) -> None:
        """How much of the credit is left, as in a glass: the outline is all of it."""
        edge = max(2.0, self._size / 8)
        foot = self._gauge + max(1, self._size // 16) + 1
        box = QRectF(edge, edge, self._size - 2 * edge, self._size - edge - foot)
        line = max(1.0, self._size / 16)
        self._painter.setPen(QPen(self._ink, line))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRect(box.adjusted(line / 2, line / 2, -line / 2, -line / 2))
        inner = box.adjusted(line, line, -line, -line)
        height = inner.height() * percent / 100
        self._painter.fillRect(QRectF(inner.left(), inner.bottom() - height, inner.width(), height), self._ink)

    def _text(self) -> None:
        text = self._face.text(room(self._size))
        edge = max(1.0, self._size / 14)
        foot = self._gauge + max(1, self._size // 16) + 1 if self._gauge else edge
        box = QRectF(edge, edge, self._size - 2 * edge, self._size - edge - foot)
        font = _fitted(text, box)
        self._painter.setFont(font)
        self._painter.setPen(self._ink)
        tight = QFontMetricsF(font).tightBoundingRect(text)
        at = box.center() - tight.center()
        self._painter.drawText(QPointF(round(at.x()), round(at.y())), text)

    def _segments(self) -> None:
        """The gauge: a second sign of health, for those who see no colors."""
        if not self._gauge:
            return
        gap = max(1, self._size // 24)
        inset = max(2, round(self._size * (0.24 if _CUT_CORNERS[self._face.health] == 4 else 0.12)))
        width = (self._size - 2 * inset - 3 * gap) / 4
        lit, dim = QColor(self._ink), QColor(self._ink)
        dim.setAlphaF(0.25)
        top = self._size - self._gauge - max(1, self._size // 16)
        for index in range(4):
            color = lit if index < _SEGMENTS[self._face.health] else dim
            self._painter.fillRect(QRectF(inset + index * (width + gap), top, width, self._gauge), color)

    def _hatch(self) -> None:
        """Stale: stripes behind the digits."""
        stripe = QColor(self._ink)
        stripe.setAlphaF(0.35)
        step = max(4, self._size // 5)
        self._painter.setPen(QPen(stripe, max(1.0, self._size / 16)))
        for start in range(-self._size, self._size, step):
            self._painter.drawLine(QPointF(start, self._size), QPointF(start + self._size, 0))

    def _cross(self) -> None:
        """Failed: a dark disc with a cross over the end of the gauge."""
        radius = max(3.5, self._size * 0.24)
        center = QPointF(self._size - radius, self._size - radius)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(Qt.GlobalColor.white))
        self._painter.drawEllipse(center, radius, radius)
        self._painter.setBrush(QColor(Qt.GlobalColor.black))
        self._painter.drawEllipse(center, radius * 0.86, radius * 0.86)
        arm = radius * 0.42
        self._painter.setPen(QPen(QColor(Qt.GlobalColor.white), max(1.0, self._size / 18)))
        self._painter.drawLine(center + QPointF(-arm, -arm), center + QPointF(arm, arm))
        self._painter.drawLine(center + QPointF(arm, -arm), center + QPointF(-arm, arm))

    def _pause(self) -> None:
        width = self._size / 5
        for left in (self._size / 2 - 1.4 * width, self._size / 2 + 0.4 * width):
            self._painter.fillRect(QRectF(round(left), self._size * 0.22, round(width), self._size * 0.56), self._ink)


def _badge(box: QRectF, cut: int) -> QPainterPath:
    """A square whose corners are round, or cut straight: first top right, then top left, then all four."""
    radius, bite = box.width() * 0.2, box.width() * 0.24
    cuts = {0: "", 1: "b", 2: "ab", 4: "abcd"}[cut]
    path = QPainterPath()
    corners = {"a": box.topLeft(), "b": box.topRight(), "c": box.bottomRight(), "d": box.bottomLeft()}
    order = "abcd"
    for index, name in enumerate(order):
        corner = corners[name]
        before, after = corners[order[index - 1]], corners[order[(index + 1) % 4]]
        reach = bite if name in cuts else radius
        start, end = _toward(corner, before, reach), _toward(corner, after, reach)
        if index == 0:
            path.moveTo(start)
        else:
            path.lineTo(start)
        if name in cuts:
            path.lineTo(end)
        else:
            path.quadTo(corner, end)
    path.closeSubpath()
    return path


def _toward(start: QPointF, end: QPointF, reach: float) -> QPointF:
    length = abs(end.x() - start.x()) + abs(end.y() - start.y())
    return start + (end - start) * (reach / length)


def _fitted(text: str, box: QRectF) -> QFont:
    """The largest bold, narrow font in which the text fits the box; narrower only where it would else be small."""
    font = QFont("DejaVu Sans Condensed")
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setBold(True)
    for stretch in (100, 88, 76, 66):
        font.setStretch(stretch)
        font.setPixelSize(MEASURED_AT)
        tight = QFontMetricsF(font).tightBoundingRect(text)
        by_height, by_width = box.height() * 0.96 / tight.height(), box.width() / tight.width()
        font.setPixelSize(max(6, int(MEASURED_AT * min(by_height, by_width))))
        if by_width >= by_height * 0.75:
            break
    while font.pixelSize() > 6 and QFontMetricsF(font).tightBoundingRect(text).width() > box.width():
        font.setPixelSize(font.pixelSize() - 1)  # small sizes are hinted to whole pixels
    return font
