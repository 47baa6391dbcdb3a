"""A status with a runway, for the tests of the windows that show it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from claudetray.core.budget import Budget, BudgetState
from claudetray.core.forecast import Forecast
from claudetray.core.ledger import EntryKind, LedgerEntry
from claudetray.core.outlook import Outlook
from claudetray.core.status import Status
from claudetray.ui.status_window import StatusWindow
from tests.builders import NOW, a_status, an_outlook, dollars, thresholds

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
    usual: dict[str, Any] = {"forecast": FORECAST, "entries": ENTRIES, "latest": ENTRIES[::-1], "budgets": (a_state(),)}
    return an_outlook("18.21", **(usual | more))


def shown(**more: Any) -> Status:
    return a_status("18.21", rows=thresholds("20=30", "5=10"), outlook=an_overview(**more))


def texts(window: QWidget) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def bring(window: StatusWindow, title: str) -> None:
    tabs = window._tabs
    tabs.setCurrentIndex(next(n for n in range(tabs.count()) if tabs.tabText(n).replace("&", "") == title))


def press(window: QWidget, text: str) -> None:
    next(b for b in window.findChildren(QPushButton) if b.text().replace("&", "") == text and b.isVisible()).click()
