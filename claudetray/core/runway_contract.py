"""The runway as the JSON of the contract shows it: forecast, live balance, ledger, budgets, rules, recommendations."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from claudetray.core.alert_rules import Rule, declared
from claudetray.core.budget import Budget, BudgetState
from claudetray.core.burn_rates import BurnRates
from claudetray.core.forecast import Forecast
from claudetray.core.ledger import LedgerEntry, LiveBalance
from claudetray.core.money import Money
from claudetray.core.outlook import Outlook
from claudetray.core.times import rfc3339
from claudetray.core.usage_contract import plain


def forecast(value: Forecast, left: Money | None) -> dict[str, Any]:
    """`runs_out_at` is the median, `low` and `high` the ends of the 80 % range; null is not known, or beyond a year."""
    return {
        "at": rfc3339(value.at),
        "balance": _money(left),
        "burn_rate_per_day": _cents(value.burn_rate),
        "runs_out_at": rfc3339(value.runs_out_at) if value.runs_out_at else None,
        "low": rfc3339(value.low) if value.low else None,
        "high": rfc3339(value.high) if value.high else None,
        "days": _cents(value.days),
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
        "burn_rate_per_day": _cents(value.forecast.burn_rate),
        "burn_rates": rates(value.rates),
        "runway": runway(value.forecast),
        "unmeasured_today": _cents(value.unmeasured_today),
        "budgets": [budget_state(state) for state in value.budgets],
    }


def live(value: LiveBalance | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "amount": value.left.text(),
        "currency": value.left.currency,
        "since": rfc3339(value.since),
        "measured": plain(value.measured),
        "lapsed": plain(value.lapsed),
    }


def rates(value: BurnRates) -> dict[str, Any]:
    """Units: dollars a day; of today, what was spent so far. `weekdays` begins on Monday."""
    return {
        "today": _cents(value.today),
        "last_24_hours": _cents(value.last_24_hours),
        "last_7_days": _cents(value.last_7_days),
        "weekdays": [_cents(day) for day in value.weekdays],
    }


def entry(value: LedgerEntry) -> dict[str, Any]:
    """One entry of the ledger. Units: amounts in the balance's currency."""
    return {
        "id": value.id,
        "at": rfc3339(value.at),
        "since": rfc3339(value.since) if value.since else None,
        "kind": value.kind,
        "source": value.source,
        "balance": _money(value.balance),
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
        "lifted_until": rfc3339(value.lifted_until) if value.lifted_until else None,
    }


def budget_state(value: BudgetState) -> dict[str, Any]:
    """A budget in the period that holds."""
    return {
        **budget(value.budget),
        "since": rfc3339(value.since),
        "until": rfc3339(value.until),
        "spent": _cents(value.spent),
        "left": _cents(value.left),
        "percent": value.percent,
        "level": value.level,
        "projected": _cents(value.projected),
        "used_up": value.used_up,
    }


def rule(value: Rule) -> dict[str, Any]:
    return {
        "kind": value.kind,
        "label": declared(value.kind).label,
        "enabled": value.enabled,
        "channels": None if value.channels is None else list(value.channels),
        "quiet": value.quiet,
        "cooldown_minutes": value.cooldown // timedelta(minutes=1),
        "snoozed_until": rfc3339(value.snoozed_until) if value.snoozed_until else None,
        "marks": [plain(mark) for mark in value.marks],
        "marks_are": declared(value.kind).marks_are or None,
    }


def _money(value: Money | None) -> dict[str, str] | None:
    return None if value is None else {"amount": value.text(), "currency": value.currency}


def _cents(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.quantize(Decimal('0.01')):f}"
