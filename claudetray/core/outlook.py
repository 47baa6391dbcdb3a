"""The outlook: everything that is derived from what the store knows at one moment. Every face shows this value."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from claudetray.core import forecast as forecasting
from claudetray.core.budget import Budget, BudgetState, Scope
from claudetray.core.burn_rates import NO_RATES, BurnRates, burn_rates, usual_day
from claudetray.core.expiry import by_expiry
from claudetray.core.forecast import Expectation, Expiring, Forecast, forecast
from claudetray.core.health import Course
from claudetray.core.ledger import MEASURED_IN, LedgerEntry, LiveBalance
from claudetray.core.spending import Spent
from claudetray.core.spending_history import HourlyCost, of_hours, of_ledger

HISTORY = timedelta(days=forecasting.MOST_HISTORY + 1)
MEASURING = timedelta(days=7)  # calls were measured within these days: they are being measured


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetFacts:
    """What was spent of a budget in its period, by the calls and beside them; and the calls' costs by hour before."""

    budget: Budget
    since: datetime
    until: datetime
    measured: Decimal
    unmeasured: Decimal
    hours: tuple[HourlyCost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the store knows at `now`. `entries` and `hours` are the oldest first, and reach back as far as HISTORY;
    the entries of one hour are one. `latest` are the last ones as they are, newest first.
    """

    now: datetime
    live: LiveBalance | None = None
    by_hand: bool = False
    period_ends_at: datetime | None = None  # of a balance that was typed with one
    entries: tuple[LedgerEntry, ...] = ()
    latest: tuple[LedgerEntry, ...] = ()
    unmeasured_today: Decimal = Decimal(0)
    hours: tuple[HourlyCost, ...] = ()
    budgets: tuple[BudgetFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Live balance, forecast, burn rates and budgets of one moment. `usual_day` and `spent` are in dollars.

    `unmeasured_today`: None where no calls are measured at all.
    """

    now: datetime
    live: LiveBalance | None
    forecast: Forecast
    rates: BurnRates = NO_RATES
    usual_day: Decimal | None = None
    unmeasured_today: Decimal | None = None
    period_ends_at: datetime | None = None
    budgets: tuple[BudgetState, ...] = ()
    entries: tuple[LedgerEntry, ...] = ()
    latest: tuple[LedgerEntry, ...] = ()
    spent: tuple[Spent, ...] = ()

    @property
    def full(self) -> Decimal | None:
        """What the credit was when it was last added to: a gauge's whole. None where nothing is known."""
        if self.live is None:
            return None
        granted = [lot.granted.amount for lot in self.live.tranches if lot.granted is not None]
        most = self.live.left.amount
        for entry in reversed(self.entries):
            most = max(most, entry.balance.amount)
            if entry.added:
                break
        return max(most, sum(granted, Decimal(0)))

    @property
    def course(self) -> Course:
        """What health is judged by beside the balance."""
        ends, empty = self.period_ends_at, self.forecast.runs_out_at
        return Course(
            days=self.forecast.days,
            ends_early=ends is not None and empty is not None and empty < ends,
            today=self.rates.today,
            usual_day=self.usual_day,
        )


def outlook(facts: Facts, tz: tzinfo) -> Outlook:
    """The outlook of these facts, in the local days of `tz`."""
    live, now = facts.live, facts.now
    countable = live is None or live.left.currency == MEASURED_IN
    hours = facts.hours if countable else ()
    spent = of_ledger(facts.entries, hours, now, follows_calls=facts.by_hand or _explained(facts.entries))
    lots = [
        Expiring(lot.remaining.amount, lot.expires_at)
        for lot in by_expiry(live.tranches if live else ())
        if lot.remaining and lot.expires_at
    ]
    return Outlook(
        now=now,
        live=live,
        forecast=replace(
            forecast(live.left.amount if live else None, spent, now, tz, lots, _known_at(spent, now)),
            currency=live.left.currency if live else MEASURED_IN,
        ),
        rates=burn_rates(spent, now, tz),
        usual_day=usual_day(spent, now, tz),
        unmeasured_today=facts.unmeasured_today if _measuring(facts.entries, now) else None,
        period_ends_at=facts.period_ends_at,
        budgets=tuple(_budget_states(facts, tz)),
        entries=facts.entries,
        latest=facts.latest,
        spent=spent,
    )


def _explained(entries: Sequence[LedgerEntry]) -> bool:
    """Do the measured calls explain nearly all that was spent lately? Then they tell of the time since, too."""
    recent = entries[-50:]
    spent = sum((entry.spent for entry in recent), Decimal(0))
    beside = sum((entry.unmeasured for entry in recent), Decimal(0))
    return spent > 0 and abs(beside) * 5 <= spent


def _known_at(spent: Sequence[Spent], now: datetime) -> datetime:
    """Since when spending is not known: nothing of it is in the live balance."""
    return max((one.until for one in spent), default=now)


def _measuring(entries: Sequence[LedgerEntry], now: datetime) -> bool:
    return any(entry.measured for entry in entries if entry.at > now - MEASURING)


def _budget_states(facts: Facts, tz: tzinfo) -> Iterator[BudgetState]:
    learned: dict[object, Expectation] = {}  # budgets of the same calls have the same history
    for one in facts.budgets:
        beside = one.budget.scope is Scope.ALL and bool(one.unmeasured)
        calls = (one.budget.scope, one.budget.scope_name, beside)
        if calls not in learned:
            history = of_hours(one.hours, facts.now)
            if beside:
                history = of_ledger(facts.entries, one.hours, facts.now, follows_calls=True)
            learned[calls] = forecasting.expectation(history, facts.now, tz)
        spent, more = one.measured + one.unmeasured, learned[calls].until(one.until)
        yield BudgetState(
            budget=one.budget,
            since=one.since,
            until=one.until,
            spent=spent,
            projected=None if more is None else spent + more,
        )
