"""Budgets: an amount of money for a period, for all calls or for those of a tag, a model or a client."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from claudetray.core.errors import SettingRefused
from claudetray.core.money import decimal, micros
from claudetray.core.times import midnight
from claudetray.core.usage import MOST_NAME

LEVELS = (50, 80, 90, 100)  # percent
MOST_LEVEL, MOST_LEVELS, MOST_BUDGETS = 1000, 10, 100
MOST_BUDGET_NAME = 60
MOST_AMOUNT = Decimal(1_000_000_000)
DAY = timedelta(days=1)


class Period(StrEnum):
    """Local days, weeks from Monday on, months; or from one day to another, both included."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    FIXED = "fixed"


class Scope(StrEnum):
    """What counts. `all` has the spending that no call shows in it, too: what looks find beside them."""

    ALL = "all"
    TAG = "tag"
    MODEL = "model"
    CLIENT = "client"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Units: `amount` in dollars, `levels` in percent, ascending. `lifted_until`: the hard stop is lifted till then."""

    name: str
    amount: Decimal
    period: Period = Period.MONTH
    scope: Scope = Scope.ALL
    scope_name: str = ""
    levels: tuple[int, ...] = LEVELS
    hard_stop: bool = False
    begins: date | None = None
    ends: date | None = None
    lifted_until: datetime | None = None
    id: int = 0  # 0 before it is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """A budget in its period. `projected`: what is likely to be spent by its end; None where history does not say."""

    budget: Budget
    since: datetime
    until: datetime
    spent: Decimal
    projected: Decimal | None = None

    @property
    def left(self) -> Decimal:
        """Below zero when it is overspent."""
        return self.budget.amount - self.spent

    @property
    def percent(self) -> int:
        """How much of it is spent, rounded down."""
        return int(self.spent * 100 / self.budget.amount)

    @property
    def level(self) -> int | None:
        """The highest of its levels that is reached."""
        reached = [level for level in self.budget.levels if self.spent * 100 >= self.budget.amount * level]
        return max(reached, default=None)

    @property
    def used_up(self) -> bool:
        return self.spent >= self.budget.amount

    def stops(self, now: datetime) -> bool:
        """Does it refuse further calls now?"""
        lifted = self.budget.lifted_until
        return (
            self.budget.hard_stop
            and self.used_up
            and self.since <= now < self.until
            and (lifted is None or now >= lifted)
        )


def window(budget: Budget, now: datetime, tz: tzinfo) -> tuple[datetime, datetime] | None:
    """The period that holds now, `since <= now < until`, in the local time of `tz`; None outside a fixed one."""
    today = now.astimezone(tz).date()
    match budget.period:
        case Period.DAY:
            first, after = today, today + DAY
        case Period.WEEK:
            first = today - today.weekday() * DAY
            after = first + 7 * DAY
        case Period.MONTH:
            first = today.replace(day=1)
            after = (first + 31 * DAY).replace(day=1)
        case Period.FIXED:
            assert budget.begins is not None  # it was checked before it was kept
            assert budget.ends is not None
            first, after = budget.begins, budget.ends + DAY
            if not first <= today < after:
                return None
    return midnight(first, tz), midnight(after, tz)


def checked(budget: Budget) -> Budget:
    """The budget as it may be kept. Raises: SettingRefused, in a sentence."""
    name, scope_name = budget.name.strip(), budget.scope_name.strip()
    if not name or len(name) > MOST_BUDGET_NAME or not name.isprintable():
        raise SettingRefused(f"A budget has a name of 1 to {MOST_BUDGET_NAME} characters.")
    if not 0 < budget.amount <= MOST_AMOUNT:
        raise SettingRefused(f"The amount must be over 0, and not over {MOST_AMOUNT:,}.")
    _refuse_finer(budget.amount)
    if (budget.scope is Scope.ALL) != (not scope_name) or len(scope_name) > MOST_NAME:
        raise SettingRefused("A budget is for all calls, or names one tag, model or client.")
    if budget.period is Period.FIXED:
        if budget.begins is None or budget.ends is None or budget.ends < budget.begins:
            raise SettingRefused("A fixed period has a first and a last day, in that order.")
    elif budget.begins or budget.ends:
        raise SettingRefused("Only a fixed period has a first and a last day.")
    return Budget(
        name=name,
        amount=budget.amount,
        period=budget.period,
        scope=budget.scope,
        scope_name=scope_name,
        levels=_levels(budget.levels),
        hard_stop=budget.hard_stop,
        begins=budget.begins,
        ends=budget.ends,
        lifted_until=budget.lifted_until,
        id=budget.id,
    )


def amount(text: str) -> Decimal:
    """Dollars as people type them. Raises: SettingRefused."""
    try:
        found = decimal(text.strip().removeprefix("$"))
    except ValueError:
        raise SettingRefused("The amount must be a number such as 20 or 7.50.") from None
    _refuse_finer(found)
    return found


def levels(text: str) -> tuple[int, ...]:
    """Percents as people type them: `50, 80, 100`. Raises: SettingRefused."""
    parts = [part.strip().removesuffix("%").strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise SettingRefused("The levels are whole percents, such as 50, 80, 90, 100.")
    return _levels([int(part) for part in parts])


def _levels(found: Sequence[int]) -> tuple[int, ...]:
    if len(found) > MOST_LEVELS or any(not 1 <= level <= MOST_LEVEL for level in found):
        raise SettingRefused(f"There are up to {MOST_LEVELS} levels, from 1 to {MOST_LEVEL} %.")
    return tuple(sorted(set(found)))


def _refuse_finer(found: Decimal) -> None:
    try:
        micros(found)
    except ValueError:
        raise SettingRefused("The amount has at most six decimals.") from None
