"""A chip that names a health: color, shape of the badge, and the word."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from claudetray.core.health import Health
from claudetray.ui import theme


class HealthChip(QWidget):
    """Shows the health it was last given; decides nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._health = Health.UNKNOWN
        self._words = {
            Health.HEALTHY: self.tr("Healthy"),
            Health.CAUTION: self.tr("Caution"),
            Health.WARNING: self.tr("Warning"),
            Health.CRITICAL: self.tr("Critical"),
            Health.UNKNOWN: self.tr("Unknown"),
        }
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_health(Health.UNKNOWN)

    def show_health(self, health: Health) -> None:
        self._health = health
        self.setAccessibleName(self.tr("Health: {0}").format(self._words[health]))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        widest = max(metrics.horizontalAdvance(word) for word in self._words.values())
        return QSize(widest + 2 * metrics.height(), round(metrics.height() * 1.7))

    def paintEvent(self, event: QPaintEvent) -> None:
        colors = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.health(self._health))
        radius = self.height() / 2
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.setPen(colors.on_health(self._health))
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words[self._health])
