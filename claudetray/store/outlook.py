"""The facts of the outlook, all read at one moment, so that every number of them fits the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from claudetray.core.analytics import AnalyticsQuery
from claudetray.core.budget import Budget, Scope, window
from claudetray.core.outlook import HISTORY, BudgetFacts, Facts, Outlook, outlook
from claudetray.core.rates import dollars
from claudetray.core.reading import BY_HAND
from claudetray.core.times import midnight, to_millis
from claudetray.core.usage import REAL
from claudetray.store import analytics, ledger, measured
from claudetray.store.budgets import budgets
from claudetray.store.database import Database
from claudetray.store.rollups import HOUR_MS, first_hour
from claudetray.store.statements import number, rows

_ASKED_FOR = """SELECT DISTINCT requested_model FROM
    (SELECT requested_model FROM usage WHERE model = ? ORDER BY started_at DESC LIMIT ?)"""
_STARTED = """SELECT sum(cost_pico) FROM usage WHERE started_at >= ?1 AND started_at < ?2
    AND (?3 IS NULL OR model = ?3) AND (?4 IS NULL OR client = ?4)
    AND (?5 IS NULL OR id IN (SELECT usage_id FROM usage_tag JOIN tag ON tag.id = tag_id WHERE tag.name = ?5))
    AND origin IN (?6, ?7, ?8)"""
MOST_ASKED_FOR = 2000  # calls
LATEST = 200  # entries, as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFacts:
    """Budgets with a hard stop. `asked_for`: the names under which a model was asked for lately.

    `last_id`: the number of the last call that is counted.
    """

    budgets: tuple[BudgetFacts, ...]
    asked_for: Mapping[str, frozenset[str]]
    last_id: int


class OutlookKept:
    """What is known of one account's money."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def facts(self, account_id: int | None, now: datetime, tz: tzinfo, past: bool = False) -> Facts:
        """`tz` is where budgets' days begin. None for the account: only the calls are known.

        `past`: nothing that became known after `now` counts.
        """
        return await self._database.read(lambda: _facts(account_id, now, tz, past))

    async def at(self, account_id: int | None, now: datetime, tz: tzinfo, past: bool = False) -> Outlook:
        """What these facts make, worked out beside the event loop: it takes tens of milliseconds."""
        return await self._database.read(lambda: outlook(_facts(account_id, now, tz, past), tz))

    async def stops(self, account_id: int | None, now: datetime, tz: tzinfo) -> StopFacts:
        """The budgets that may stop calls."""
        return await self._database.read(lambda: _stops(account_id, now, tz))


def _stops(account_id: int | None, now: datetime, tz: tzinfo) -> StopFacts:
    facts = tuple(one for one in budget_facts(account_id, now, tz) if one.budget.hard_stop)
    models = {one.budget.scope_name for one in facts if one.budget.scope is Scope.MODEL}
    asked = {
        model: frozenset(name for (name,) in rows(_ASKED_FOR, (model, MOST_ASKED_FOR)) if name) for model in models
    }
    return StopFacts(budgets=facts, asked_for=asked, last_id=number("SELECT last FROM usage_count"))


def _facts(account_id: int | None, now: datetime, tz: tzinfo, past: bool) -> Facts:
    entries = ledger.hours_since(account_id, now - HISTORY) if account_id else ()
    reading = ledger.last_known(account_id, now if past else None) if account_id else None
    by_hand = reading is None or reading.source == BY_HAND
    return Facts(
        now=now,
        live=ledger.live_now(account_id, now, past) if account_id else None,
        by_hand=by_hand,
        period_ends_at=reading.next_expires_at if reading and by_hand else None,
        entries=tuple(entry for entry in entries if entry.at <= now) if past else entries,
        latest=ledger.latest(account_id, LATEST) if account_id and not past else (),
        unmeasured_today=ledger.unmeasured_since(account_id, midnight(now.astimezone(tz).date(), tz))
        if account_id and not past
        else Decimal(0),
        hours=measured.by_hour(now - HISTORY),
        budgets=budget_facts(account_id, now, tz, HISTORY),
    )


def budget_facts(
    account_id: int | None, now: datetime, tz: tzinfo, history: timedelta | None = None
) -> tuple[BudgetFacts, ...]:
    """Those whose period holds now. For use inside the store's thread."""
    return tuple(
        _of_budget(budget, account_id, found, now, history)
        for budget in budgets()
        if (found := window(budget, now, tz)) is not None
    )


def _of_budget(
    budget: Budget,
    account_id: int | None,
    period: tuple[datetime, datetime],
    now: datetime,
    history: timedelta | None,
) -> BudgetFacts:
    since, until = period
    beside = Decimal(0)
    if budget.scope is Scope.ALL and account_id:
        beside = ledger.unmeasured_since(account_id, since)
    hours = measured.hourly_costs(analytics.by_hour(_query(budget, now - history, until))) if history else ()
    return BudgetFacts(
        budget=budget,
        since=since,
        until=until,
        measured=dollars(analytics.cost(_query(budget, since, until)) + _before_the_hour(budget, since)),
        unmeasured=max(beside, Decimal(0)),
        hours=hours,
    )


def _before_the_hour(budget: Budget, since: datetime) -> int:
    """What calls cost from the beginning to the next whole hour: roll-ups know hours, and some zones' days begin
    in the middle of one.
    """
    hour = first_hour(since) * HOUR_MS
    if hour == to_millis(since):
        return 0
    query = _query(budget, since, since)
    return number(_STARTED, (to_millis(since), hour, query.model, query.client, query.tag, *REAL))


def _query(budget: Budget, since: datetime, until: datetime) -> AnalyticsQuery:
    def of(scope: Scope) -> str | None:
        return budget.scope_name if budget.scope is scope else None

    return AnalyticsQuery(since=since, until=until, tag=of(Scope.TAG), model=of(Scope.MODEL), client=of(Scope.CLIENT))
