"""The runway as the JSON of the contract shows it: forecast, live balance, ledger, budgets, rules, recommendations."""

from datetime import timedelta
from typing import Any

from claudetray.core.alert_rules import Rule, declared
from claudetray.core.budget import Budget, BudgetState
from claudetray.core.burn_rates import BurnRates
from claudetray.core.forecast import Forecast
from claudetray.core.json_values import cents, money, plain, time
from claudetray.core.ledger import LedgerEntry, LiveBalance
from claudetray.core.money import Money
from claudetray.core.outlook import Outlook
from claudetray.core.recommendations import Recommendation


def forecast(value: Forecast, left: Money | None) -> dict[str, Any]:
    """`runs_out_at` is the median, `low` and `high` the ends of the 80 % range; null is not known, or beyond a year."""
    return {
        "at": time(value.at),
        "balance": money(left),
        "burn_rate_per_day": cents(value.burn_rate),
        "runs_out_at": time(value.runs_out_at),
        "low": time(value.low),
        "high": time(value.high),
        "days": cents(value.days),
        "basis": value.basis or None,
        "reason": value.reason or None,
    }


def runway(value: Forecast) -> dict[str, Any]:
    """The forecast within a status."""
    shown = forecast(value, None)
    return {key: shown[key] for key in ("days", "runs_out_at", "low", "high", "basis", "reason")}


def outlook(value: Outlook) -> dict[str, Any]:
    """What a status has of it."""
    return {
        "live_balance": live(value.live),
        "burn_rate_per_day": cents(value.forecast.burn_rate),
        "burn_rates": rates(value.rates),
        "runway": runway(value.forecast),
        "unmeasured_today": cents(value.unmeasured_today),
        "budgets": [budget_state(state) for state in value.budgets],
    }


def live(value: LiveBalance | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "amount": value.left.text(),
        "currency": value.left.currency,
        "since": time(value.since),
        "measured": plain(value.measured),
        "lapsed": plain(value.lapsed),
    }


def rates(value: BurnRates) -> dict[str, Any]:
    """Units: dollars a day; of today, what was spent so far. `weekdays` begins on Monday."""
    return {
        "today": cents(value.today),
        "last_24_hours": cents(value.last_24_hours),
        "last_7_days": cents(value.last_7_days),
        "weekdays": [cents(day) for day in value.weekdays],
    }


def entry(value: LedgerEntry) -> dict[str, Any]:
    """One entry of the ledger. Units: amounts in the balance's currency."""
    return {
        "id": value.id,
        "at": time(value.at),
        "since": time(value.since),
        "kind": value.kind,
        "source": value.source,
        "balance": money(value.balance),
        "spent": plain(value.spent),
        "measured": plain(value.measured),
        "unmeasured": plain(value.unmeasured),
        "added": plain(value.added),
        "expired": plain(value.expired),
        "corrected": plain(value.corrected),
    }


def budget(value: Budget) -> dict[str, Any]:
    return {
        "id": value.id,
        "name": value.name,
        "amount": plain(value.amount),
        "currency": "USD",
        "period": value.period,
        "scope": value.scope,
        "scope_name": value.scope_name or None,
        "levels": list(value.levels),
        "hard_stop": value.hard_stop,
        "begins": value.begins.isoformat() if value.begins else None,
        "ends": value.ends.isoformat() if value.ends else None,
        "lifted_until": time(value.lifted_until),
    }


def budget_state(value: BudgetState) -> dict[str, Any]:
    """A budget in the period that holds."""
    return {
        **budget(value.budget),
        "since": time(value.since),
        "until": time(value.until),
        "spent": cents(value.spent),
        "left": cents(value.left),
        "percent": value.percent,
        "level": value.level,
        "projected": cents(value.projected),
        "used_up": value.used_up,
    }


def recommendation(value: Recommendation) -> dict[str, Any]:
    return {"advice": value.advice, "title": value.title, "body": value.body, "sum": cents(value.sum)}


def rule(value: Rule) -> dict[str, Any]:
    return {
        "kind": value.kind,
        "label": declared(value.kind).label,
        "enabled": value.enabled,
        "channels": None if value.channels is None else list(value.channels),
        "quiet": value.quiet,
        "cooldown_minutes": value.cooldown // timedelta(minutes=1),
        "snoozed_until": time(value.snoozed_until),
        "marks": [plain(mark) for mark in value.marks],
        "marks_are": declared(value.kind).marks_are or None,
    }
