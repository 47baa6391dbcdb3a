"""The runway in the windows: line, chart, ledger, budgets, alerts; a balance told by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QProgressBar, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from claudetray.core import runway_contract
from claudetray.core.alert import Delivery, DeliveryState
from claudetray.core.budget import Budget, BudgetState
from claudetray.core.forecast import Forecast
from claudetray.core.ledger import EntryKind, LedgerEntry
from claudetray.core.outlook import Outlook
from claudetray.core.recommendations import Advice, Recommendation
from claudetray.core.status import Status
from claudetray.ui import summary
from claudetray.ui.balance_dialog import BalanceDialog, Telling, Told
from claudetray.ui.burn_down import BurnDown
from claudetray.ui.ledger_table import LedgerTable
from claudetray.ui.settings.word_label import WordLabel
from claudetray.ui.status_window import StatusWindow
from tests.builders import NOW, a_status, an_alert, an_outlook, dollars, thresholds

DAY = timedelta(days=1)
FORECAST = Forecast(
    at=NOW,
    burn_rate=Decimal("2.10"),
    runs_out_at=NOW + 5 * DAY,
    low=NOW + 4 * DAY,
    high=NOW + 6 * DAY,
    basis="14 days of history",
)


def an_entry(days_ago: float, balance: str, **more: Any) -> LedgerEntry:
    usual: dict[str, Any] = {"kind": EntryKind.OBSERVED, "source": "console", "spent": Decimal("1.5")}
    return LedgerEntry(at=NOW - DAY * days_ago, balance=dollars(balance), **(usual | more))


ENTRIES = (
    an_entry(9, "20"),
    an_entry(6, "12", measured=Decimal("1.2")),
    an_entry(4, "40", added=Decimal(30)),
    an_entry(2, "25", source="by_hand", expired=Decimal(3)),
    an_entry(1, "24", kind=EntryKind.CORRECTION, spent=Decimal(0), corrected=Decimal("-2")),
)


def a_state(spent: str = "8.50", **more: Any) -> BudgetState:
    budget = Budget(id=7, name="coding", amount=Decimal(10), **more)
    return BudgetState(
        budget=budget, since=NOW - DAY, until=NOW + DAY, spent=Decimal(spent), projected=Decimal("11.20")
    )


def an_overview(**more: Any) -> Outlook:
    usual: dict[str, Any] = {"forecast": FORECAST, "entries": ENTRIES, "budgets": (a_state(),)}
    return an_outlook("18.21", **(usual | more))


def shown(**more: Any) -> Status:
    return a_status("18.21", rows=thresholds("20=30", "5=10"), outlook=an_overview(**more))


@pytest.fixture
def window(qtbot: QtBot) -> StatusWindow:
    window = StatusWindow()
    qtbot.addWidget(window)
    window.show()
    return window


def texts(window: QWidget) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def bring(window: StatusWindow, title: str) -> None:
    tabs = window._tabs
    tabs.setCurrentIndex(next(n for n in range(tabs.count()) if tabs.tabText(n).replace("&", "") == title))


def press(window: QWidget, text: str) -> None:
    next(b for b in window.findChildren(QPushButton) if b.text().replace("&", "") == text and b.isVisible()).click()


def test_window_tooltip_and_json_say_the_same(window: StatusWindow) -> None:
    status = shown()
    window.show_status(status)
    line = "Empty about Thursday (Wed to Fri) at $2.10 a day"
    assert line in texts(window)
    assert line in summary.tooltip(status, demo=False, tz=UTC)
    assert summary.runway_line(status, UTC) == line
    told = runway_contract.outlook(status.outlook)
    assert told["burn_rate_per_day"] == "2.10"
    assert f"${told['live_balance']['amount']}" in texts(window)


def test_where_nothing_is_known_nothing_is_said_of_a_runway(window: StatusWindow) -> None:
    window.show_status(a_status(never=True))
    assert summary.runway_line(a_status(never=True), UTC) == ""
    window.show_status(a_status("18"))
    assert "Not enough history yet" in texts(window)


def test_the_chart_is_made_when_it_is_looked_at_and_named_for_those_who_cannot_see_it(
    qtbot: QtBot, window: StatusWindow, scheme: str
) -> None:
    window.show_status(shown())
    assert window.findChild(BurnDown) is None
    bring(window, "Burn-down")
    chart = window.findChild(BurnDown)
    qtbot.waitUntil(chart.isVisible)
    assert chart._plot.accessibleName() == (
        "Balance over time: $18.21 now, empty about Thursday (Wed to Fri) at $2.10 a day, 1 top-ups"
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


def test_the_ledger_tells_what_moved_each_balance(window: StatusWindow) -> None:
    window.show_status(shown())
    bring(window, "Ledger")
    model = window.findChild(LedgerTable).model()
    rows = [[model.index(row, column).data() for column in range(1, 7)] for row in range(model.rowCount())]
    assert rows == [
        ["$24.00", "—", "—", "—", "—", "corrected, -$2.00 corrected"],
        ["$25.00", "$1.50", "—", "—", "—", "typed, $3.00 lapsed"],
        ["$40.00", "$1.50", "—", "—", "$30.00", "fetched"],
        ["$12.00", "$1.50", "$1.20", "$0.30", "—", "fetched"],
        ["$20.00", "$1.50", "—", "—", "—", "fetched"],
    ]


def test_budgets_show_how_much_is_spent_and_what_is_likely(window: StatusWindow, scheme: str) -> None:
    window.show_status(shown())
    bring(window, "Budgets")
    bar = window.findChild(QProgressBar)
    assert (bar.value(), bar.accessibleName()) == (85, "Budget coding: 85 % spent")
    assert "$8.50 of $10.00" in texts(window)
    assert "likely $11.20" in texts(window)


def test_a_stop_can_be_lifted_and_set_again(qtbot: QtBot, window: StatusWindow) -> None:
    window.show_status(shown(budgets=(a_state("10", hard_stop=True),)))
    bring(window, "Budgets")
    assert "further calls are refused" in texts(window)
    with qtbot.waitSignal(window.lift_asked) as lifted:
        press(window, "Lift the stop")
    assert lifted.args == [7, True]
    window.show_status(shown(budgets=(a_state("10", hard_stop=True, lifted_until=NOW + DAY),)))
    with qtbot.waitSignal(window.lift_asked) as again:
        press(window, "Stop calls again")
    assert again.args == [7, False]


def test_budgets_lead_to_their_settings_and_advice_stands_beside_them(qtbot: QtBot, window: StatusWindow) -> None:
    window.show_status(shown(budgets=()))
    window.show_advice([Recommendation(advice=Advice.NO_CACHE, title="No cache", body="It costs $5.", sum=Decimal(5))])
    bring(window, "Budgets")
    assert "No budgets yet" in texts(window)
    assert "No cache. It costs $5." in texts(window)
    with qtbot.waitSignal(window.budgets_asked):
        press(window, "Edit budgets…")


def test_what_has_the_focus_keeps_it_while_nothing_changes(window: StatusWindow) -> None:
    window.show_status(shown())
    bring(window, "Budgets")
    before = window.findChild(QProgressBar)
    window.show_status(shown())
    assert window.findChild(QProgressBar) is before


def test_alerts_show_where_they_got_to(qtbot: QtBot, window: StatusWindow) -> None:
    alert = an_alert()
    ways = tuple(
        Delivery(id=number, alert=alert, channel=channel, state=state, tries=1, due_at=NOW, trouble=trouble)
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


def test_a_balance_by_hand_needs_no_sign_in(window: StatusWindow) -> None:
    from dataclasses import replace

    status = shown()
    assert status.account is not None
    window.show_status(replace(status, account=replace(status.account, provider="by_hand", host="by hand")))
    assert "Not signed in" not in texts(window)
    assert "Signed out" not in texts(window)


@pytest.fixture
def dialog(qtbot: QtBot) -> BalanceDialog:
    dialog = BalanceDialog("USD")
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def tell(dialog: BalanceDialog, telling: Telling, amount: str) -> list[Told]:
    told: list[Told] = []
    dialog.told.connect(told.append)
    box = dialog.findChild(QComboBox)
    box.setCurrentIndex(box.findData(telling))
    next(f for f in dialog.findChildren(QLineEdit) if f.placeholderText() == "42.50").setText(amount)
    press(dialog, "OK")
    return told


@pytest.mark.parametrize("telling", Telling)
def test_a_balance_is_told_in_three_ways(dialog: BalanceDialog, telling: Telling) -> None:
    assert tell(dialog, telling, " $12.50 ") == [Told(telling=telling, money=dollars("12.50"))]
    assert not dialog.isVisible()


def test_credit_that_lapses_does_so_at_the_end_of_its_day(qtbot: QtBot, dialog: BalanceDialog) -> None:
    dialog._lapses.setChecked(True)
    dialog._day.setDate(dialog._day.date().addDays(0))
    (told,) = tell(dialog, Telling.BOUGHT, "20")
    assert told.expires_at is not None
    day = dialog._day.date()
    assert told.expires_at == datetime(day.year(), day.month(), day.day(), 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(("telling", "amount"), [(Telling.LEFT, "much"), (Telling.LEFT, ""), (Telling.BOUGHT, "0")])
def test_what_cannot_be_told_is_said_and_nothing_typed_is_lost(
    dialog: BalanceDialog, telling: Telling, amount: str
) -> None:
    assert tell(dialog, telling, amount) == []
    assert dialog.isVisible()
    assert dialog.findChild(WordLabel).text().startswith("✗")


def test_escape_changes_nothing(qtbot: QtBot, dialog: BalanceDialog) -> None:
    told: list[object] = []
    dialog.told.connect(told.append)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert (told, dialog.isVisible()) == ([], False)
