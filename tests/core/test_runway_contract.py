import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from claudetray.core import runway_contract
from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import rules
from claudetray.core.budget import Budget, BudgetState, Period
from claudetray.core.forecast import Forecast
from claudetray.core.ledger import EntryKind, LedgerEntry
from tests.builders import NOW, an_outlook, dollars

DAY = timedelta(days=1)
FOUND = Forecast(
    at=NOW,
    burn_rate=Decimal("2.10"),
    runs_out_at=NOW + 8 * DAY,
    low=NOW + 7 * DAY,
    high=None,
    basis="14 days of history",
)


def test_a_forecast_is_decimals_and_times_and_null_is_not_known() -> None:
    assert runway_contract.forecast(FOUND, dollars("18.21")) == {
        "at": "2026-11-21T09:30:00Z",
        "balance": {"amount": "18.21", "currency": "USD"},
        "burn_rate_per_day": "2.10",
        "runs_out_at": "2026-11-29T09:30:00Z",
        "low": "2026-11-28T09:30:00Z",
        "high": None,
        "days": "8.00",
        "basis": "14 days of history",
        "reason": None,
    }
    nothing = runway_contract.forecast(Forecast(at=NOW, reason="Not enough history yet."), None)
    assert {nothing[key] for key in ("balance", "burn_rate_per_day", "runs_out_at", "low", "high", "basis")} == {None}
    assert nothing["reason"] == "Not enough history yet."


def test_a_status_has_live_balance_rates_runway_and_budgets() -> None:
    state = BudgetState(
        budget=Budget(id=3, name="coding", amount=Decimal(20), hard_stop=True),
        since=NOW,
        until=NOW + DAY,
        spent=Decimal("12.345678"),
        projected=Decimal("30"),
    )
    shown = runway_contract.outlook(an_outlook("18.21", forecast=FOUND, budgets=(state,)))
    assert shown["live_balance"]["amount"] == "18.21"
    assert shown["burn_rate_per_day"] == "2.10"
    assert shown["runway"]["days"] == "8.00"
    (budget,) = shown["budgets"]
    assert (budget["spent"], budget["left"], budget["percent"], budget["projected"]) == ("12.35", "7.65", 61, "30.00")
    assert (budget["level"], budget["used_up"]) == (50, False)
    json.dumps(shown)


def test_an_entry_has_everything_that_moved_it() -> None:
    made = LedgerEntry(
        at=NOW,
        kind=EntryKind.OBSERVED,
        source="console",
        balance=dollars("18.21"),
        spent=Decimal("1.50"),
        measured=Decimal("1.234567890123"),
        since=NOW - DAY,
    )
    shown = runway_contract.entry(made)
    assert (shown["spent"], shown["measured"], shown["unmeasured"]) == ("1.5", "1.234567890123", "0.265432109877")
    assert (shown["added"], shown["since"]) == ("0", "2026-11-20T09:30:00Z")
    assert runway_contract.entry(replace(made, since=None))["since"] is None


def test_budgets_and_rules_are_json() -> None:
    fixed = Budget(
        name="trip", amount=Decimal("7.50"), period=Period.FIXED, begins=date(2026, 12, 1), ends=date(2026, 12, 9)
    )
    shown = runway_contract.budget(fixed)
    assert (shown["amount"], shown["begins"], shown["ends"]) == ("7.5", "2026-12-01", "2026-12-09")
    rule = runway_contract.rule(rules(())[AlertKind.EXPIRY])
    assert (rule["marks"], rule["marks_are"], rule["channels"]) == (["30", "7", "1"], "days before", None)
    json.dumps([shown, rule])
