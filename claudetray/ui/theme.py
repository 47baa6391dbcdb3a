"""Colors as roles, in one table, made from the palette and the color scheme. No color is named anywhere else."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from claudetray.core.health import Health

# Okabe and Ito's colors, which color-blind people tell apart; with the text that is readable on each.
_HEALTH = {
    Health.HEALTHY: ("#0072B2", "#FFFFFF"),
    Health.CAUTION: ("#F0E442", "#000000"),
    Health.WARNING: ("#E69F00", "#000000"),
    Health.CRITICAL: ("#C44900", "#FFFFFF"),  # vermilion, darkened until white text has 4.5 : 1
    Health.UNKNOWN: ("#6B6B6B", "#FFFFFF"),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """What each role looks like now."""

    dark: bool
    palette: QPalette

    def health(self, health: Health) -> QColor:
        """The ground of a badge of that health."""
        return QColor(_HEALTH[health][0])

    def on_health(self, health: Health) -> QColor:
        """Text on that ground."""
        return QColor(_HEALTH[health][1])

    @property
    def muted(self) -> QColor:
        """Text that comes second; still 4.5 : 1 against the window."""
        return blend(
            self.palette.color(QPalette.ColorRole.WindowText), self.palette.color(QPalette.ColorRole.Window), 0.32
        )

    @property
    def trouble(self) -> QColor:
        """Text that says what is wrong."""
        return QColor("#FFB08A" if self.dark else "#A33B00")

    @property
    def good(self) -> QColor:
        """Text that says what is right."""
        return QColor("#7CC4F0" if self.dark else "#005A8C")

    @property
    def notice(self) -> QColor:
        """The ground of a notice."""
        return blend(QColor("#E69F00"), self.palette.color(QPalette.ColorRole.Window), 0.82)


def current() -> Theme:
    """The theme of this moment."""
    palette = QGuiApplication.palette()
    scheme = QGuiApplication.styleHints().colorScheme()
    window = palette.color(QPalette.ColorRole.Window)
    # Some platforms do not say (offscreen, older desktops): then the palette's own ground tells.
    dark = window.lightness() < 128 if scheme == Qt.ColorScheme.Unknown else scheme == Qt.ColorScheme.Dark
    return Theme(dark, palette)


def blend(one: QColor, other: QColor, share: float) -> QColor:
    """`share` (0.0 … 1.0) of `other` mixed into `one`."""
    a, b = one, other
    return QColor.fromRgbF(
        a.redF() + (b.redF() - a.redF()) * share,
        a.greenF() + (b.greenF() - a.greenF()) * share,
        a.blueF() + (b.blueF() - a.blueF()) * share,
    )
