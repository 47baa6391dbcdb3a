from decimal import Decimal
from itertools import combinations

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from claudetray.core.health import Health
from claudetray.core.status import Condition
from claudetray.ui import theme, tray_icon
from claudetray.ui.tray_icon import SIZES, Face
from tests.builders import a_failure, a_status, thresholds


def painted(face: Face, size: int) -> QImage:
    return tray_icon.pixmap(face, theme.current(), size).toImage()


def gray(image: QImage) -> QImage:
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


@pytest.mark.parametrize("size", SIZES)
def test_each_health_and_condition_looks_different_at_every_size_even_without_color(qtbot: QtBot, size: int) -> None:
    amount = Decimal("18.20")
    faces = [Face(amount, health, Condition.FRESH) for health in Health]
    others = (Condition.FAILED, Condition.PAUSED, Condition.NEVER)
    faces += [Face(amount, Health.WARNING, condition) for condition in others]
    faces += [Face(amount, Health.WARNING, condition, stale=True) for condition in (Condition.STALE, Condition.FAILED)]
    for one, other in combinations(faces, 2):
        assert gray(painted(one, size)) != gray(painted(other, size)), (one, other)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("amount", ["0", "0.45", "9.42", "60.36", "99.99", "250", "1234.5", "2500000"])
def test_the_digits_stay_inside_the_badge(qtbot: QtBot, size: int, amount: str) -> None:
    image = painted(Face(Decimal(amount), Health.HEALTHY, Condition.FRESH), size)
    ground = theme.current().health(Health.HEALTHY).name()
    for y in range(size // 3, size // 2):
        assert QColor(image.pixel(0, y)).name() == ground
        assert QColor(image.pixel(size - 1, y)).name() == ground


def test_a_mask_is_black_on_nothing(qtbot: QtBot) -> None:
    image = painted(Face(Decimal(42), Health.CRITICAL, Condition.FRESH, mask=True), 32)
    colors = {
        image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 128
    }
    assert colors == {"#000000"}


def test_an_icon_has_a_pixmap_for_each_size(qtbot: QtBot) -> None:
    icon = tray_icon.icon(Face(None, Health.UNKNOWN, Condition.NEVER), theme.current())
    assert [size.width() for size in icon.availableSizes()] == list(SIZES)


def test_the_face_of_a_status() -> None:
    rows = thresholds("50=60", "20=30", "5=10")
    assert tray_icon.face(a_status("18.20", rows=rows)) == Face(Decimal("18.20"), Health.WARNING, Condition.FRESH)
    assert tray_icon.face(a_status("18.20", a_failure(), rows=rows)).condition is Condition.FAILED
    assert tray_icon.face(a_status(never=True)) == Face(None, Health.UNKNOWN, Condition.NEVER)
    assert tray_icon.face(a_status("18.20", shows="health")).amount is None


def test_more_room_at_larger_sizes() -> None:
    assert [tray_icon.room(size) for size in (16, 22, 24, 32, 48, 64)] == [2, 2, 3, 3, 4, 4]
