from PySide6.QtWidgets import QTableWidget
from pytestqt.qtbot import QtBot

from claudetray.core.alert import Delivery, DeliveryState
from claudetray.ui.status_window import StatusWindow
from tests.builders import NOW, an_alert
from tests.ui.overview import bring, press


def test_alerts_show_where_they_got_to(qtbot: QtBot, window: StatusWindow) -> None:
    alert = an_alert()
    ways = tuple(
        Delivery(
            id=number, alert=alert, channel=channel, state=state, tries=1, due_at=NOW, first_due_at=NOW, trouble=trouble
        )
        for number, (channel, state, trouble) in enumerate(
            (
                ("native", DeliveryState.DONE, None),
                ("team", DeliveryState.PENDING, "team is in trouble"),
                ("sms", DeliveryState.GIVEN_UP, "too old"),
            )
        )
    )
    window.show_alerts([(alert, ways), (an_alert("Budget “coding”: 80 % spent"), ())])
    bring(window, "Alerts")
    table = next(t for t in window.findChildren(QTableWidget) if t.accessibleName() == "Alerts")
    assert [table.item(row, 2).text() for row in range(2)] == [
        "native ✓, team waits, sms given up",
        "nowhere: no channel is on",
    ]
    assert "team is in trouble" in table.item(0, 2).toolTip()
    with qtbot.waitSignal(window.seen_asked):
        press(window, "Acknowledge all")
    window.show_alerts([])
    assert table.rowCount() == 0
