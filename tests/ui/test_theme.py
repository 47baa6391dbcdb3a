import pytest
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from claudetray.core.health import Health
from claudetray.ui import theme


def luminance(color: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_all_text_has_enough_contrast(scheme: str) -> None:
    """Source: WCAG 2.2, 1.4.3."""
    now = theme.current()
    assert now.dark == (scheme == "dark")
    window = now.palette.color(QPalette.ColorRole.Window)
    text = now.palette.color(QPalette.ColorRole.WindowText)
    for health in Health:
        assert contrast(now.health(health), now.on_health(health)) >= 4.5, health
    for color in (now.muted, now.trouble, now.good):
        assert contrast(color, window) >= 4.5, color.name()
    assert contrast(text, now.notice) >= 4.5


@pytest.mark.parametrize(("share", "name"), [(0.0, "#000000"), (1.0, "#ffffff"), (0.5, "#808080")])
def test_blending(qtbot: QtBot, share: float, name: str) -> None:
    assert theme.blend(QColor("black"), QColor("white"), share).name() == name
