from decimal import Decimal

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from claudetray.core.forecast import Forecast
from claudetray.core.outlook import Outlook
from claudetray.ui.burn_down import BurnDown
from claudetray.ui.status_window import StatusWindow
from tests.builders import NOW, a_status, an_outlook
from tests.ui.overview import DAY, an_overview, bring, shown


def test_the_chart_is_made_when_it_is_looked_at_and_named_for_those_who_cannot_see_it(
    qtbot: QtBot, window: StatusWindow, scheme: str
) -> None:
    window.show_status(shown())
    assert window.findChild(BurnDown) is None
    bring(window, "Burn-down")
    chart = window.findChild(BurnDown)
    qtbot.waitUntil(chart.isVisible)
    assert chart._plot.accessibleName() == (
        "Balance over time: $18.21 now, empty about Thursday (Wed to Fri) at $2.10 a day, top-ups: 1"
    )
    image = chart.grab().toImage()
    colors = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colors) > 20  # a line, a band, thresholds, a top-up
    assert (QImage(image).pixelColor(image.width() - 3, 3).lightness() < 128) == (scheme == "dark")


@pytest.mark.parametrize(
    "outlook",
    [
        an_outlook(None),
        an_outlook("18"),
        an_overview(entries=()),
        an_overview(forecast=Forecast(at=NOW, burn_rate=Decimal(1), runs_out_at=NOW + DAY, low=NOW + DAY, high=None)),
        an_overview(forecast=Forecast(at=NOW, runs_out_at=NOW, low=NOW, high=NOW, reason="used up")),
    ],
)
def test_the_chart_shows_whatever_is_known(qtbot: QtBot, outlook: Outlook) -> None:
    chart = BurnDown()
    qtbot.addWidget(chart)
    chart.show()
    left = None if outlook.live is None else f"{outlook.live.left.amount}"
    chart.show_status(a_status(left, outlook=outlook))
    assert chart._plot.isVisible() == (left is not None)
