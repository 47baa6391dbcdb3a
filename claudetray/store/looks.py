"""Looks: each with its reading or its failure, the watch state and the alerts it called for, in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import Routes
from claudetray.core.ledger import EntryKind
from claudetray.core.look import Failure, Look, Plan, Trigger
from claudetray.core.money import Money
from claudetray.core.reading import TOTAL, Reading
from claudetray.core.thresholds import Threshold
from claudetray.core.times import from_millis, to_millis
from claudetray.core.watch import Judgement, WatchState
from claudetray.store import alerts, ledger, readings
from claudetray.store.database import Database
from claudetray.store.preferences import thresholds
from claudetray.store.readings import at, micros, millis, money
from claudetray.store.schema import BalanceRow, LookRow, PlanRow, WatchRow

Judge = Callable[[WatchState, tuple[Threshold, ...]], Judgement]


class LooksKept:
    """The history of looks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        account_id: int,
        look: Look,
        reading: Reading | None,
        judge: Judge,
        routes: Routes,
        kind: EntryKind = EntryKind.OBSERVED,
    ) -> Judgement:
        """Keep the look, its reading, what `judge` makes of the watch state, and the alerts with their deliveries.

        The reading goes into the ledger as an entry of that `kind`.

        All of it or nothing: a crash loses nothing, and two processes cannot say the same thing twice. A reading
        older than one already judged (a slow answer beside a quick one) is kept, but not judged.
        """

        def work() -> Judgement:
            newest = readings.latest(account_id)
            late = reading is not None and newest is not None and _overtaken(reading, newest)
            state = _watch_state(account_id)
            judgement = Judgement(state) if late else judge(state, thresholds())
            reading_id = readings.add(account_id, reading) if reading else None
            _add_look(account_id, look, reading_id)
            if reading is not None and reading_id is not None and not late:
                ledger.add(account_id, reading_id, reading, kind)
            _keep_watch_state(account_id, judgement.state)
            return replace(judgement, alerts=alerts.add(account_id, judgement.alerts, routes))

        return await self._database.run(work)

    async def watch(self, account_id: int, judge: Judge, routes: Routes) -> Judgement:
        """What `judge` makes of the watch state without a look, with the alerts that are kept.

        Nothing is written where nothing changes.
        """
        before = await self._database.read(lambda: (_watch_state(account_id), thresholds()))
        if judge(*before).state == before[0]:
            return Judgement(before[0])

        def work() -> Judgement:
            judgement = judge(_watch_state(account_id), thresholds())
            _keep_watch_state(account_id, judgement.state)
            return replace(judgement, alerts=alerts.add(account_id, judgement.alerts, routes))

        return await self._database.run(work)

    async def latest(self, account_id: int, most: int = 50) -> tuple[Look, ...]:
        """The last looks, newest first."""
        return await self._database.read(lambda: _latest(account_id, most))

    async def reading(self, account_id: int) -> Reading | None:
        """The newest reading."""
        return await self._database.read(lambda: readings.latest(account_id))

    async def watch_state(self, account_id: int) -> WatchState:
        return await self._database.read(lambda: _watch_state(account_id))

    async def plan(self) -> Plan | None:
        """What the monitor intended last."""

        def work() -> Plan | None:
            row = PlanRow.get_or_none(PlanRow.id == 1)
            return Plan(next_look_at=at(row.next_look_at), reason=row.reason, paused=row.paused) if row else None

        return await self._database.read(work)

    async def keep_plan(self, plan: Plan) -> None:
        await self._database.run(lambda: _keep_plan(plan))

    async def suggest_plan(self, plan: Plan) -> None:
        """Keep a plan for the monitor, in whichever process; one that is paused stays so."""

        def work() -> None:
            if not PlanRow.select().where(PlanRow.paused).exists():
                _keep_plan(plan)

        await self._database.run(work)


def _keep_plan(plan: Plan) -> None:
    row = {"id": 1, "next_look_at": millis(plan.next_look_at), "reason": plan.reason, "paused": plan.paused}
    PlanRow.replace(**row).execute()


def _overtaken(reading: Reading, newest: Reading) -> bool:
    """Within minutes, that is; a reading from further ahead means that the clock was set back."""
    return timedelta(0) < newest.taken_at - reading.taken_at < timedelta(minutes=2)


def _add_look(account_id: int, look: Look, reading_id: int | None) -> None:
    failure = look.failure
    LookRow.insert(
        account_id=account_id,
        started_at=to_millis(look.started_at),
        took_ms=look.took // timedelta(milliseconds=1),
        trigger=look.trigger,
        reading_id=reading_id,
        failure_kind=failure.kind if failure else None,
        failure_title=failure.title if failure else None,
        failure_message=failure.message if failure else None,
        failure_sample=failure.sample if failure else None,
    ).execute()


def _latest(account_id: int, most: int) -> tuple[Look, ...]:
    rows = list(
        LookRow.select()
        .where(LookRow.account_id == account_id)
        .order_by(LookRow.id.desc())  # not by time: clocks are set back
        .limit(most)
    )
    read = [row.reading_id for row in rows if row.reading_id]
    totals = {
        balance.reading_id: money(balance.left_micros, balance.currency)
        for balance in BalanceRow.select().where(BalanceRow.reading_id.in_(read), BalanceRow.key == TOTAL)
    }
    return tuple(
        Look(
            started_at=from_millis(row.started_at),
            took=timedelta(milliseconds=row.took_ms),
            trigger=Trigger(row.trigger),
            left=totals.get(row.reading_id) if row.reading_id else None,
            failure=_failure(row),
        )
        for row in rows
    )


def _failure(row: LookRow) -> Failure | None:
    if row.failure_kind is None:
        return None
    return Failure(
        kind=row.failure_kind,
        title=row.failure_title or "",
        message=row.failure_message or "",
        sample=row.failure_sample or "",
    )


def _watch_state(account_id: int) -> WatchState:
    row = WatchRow.get_or_none(WatchRow.account_id == account_id)
    if row is None:
        return WatchState()
    return WatchState(
        said=None if row.said_micros is None else Money.from_micros(row.said_micros, "").amount,
        last=money(row.last_micros, row.last_currency),
        last_purchase=money(row.last_purchase_micros, row.last_purchase_currency),
        unknown_since=at(row.unknown_since),
        failures=row.failures,
        told=frozenset(AlertKind(kind) for kind in row.told.split() if kind in set(AlertKind)),
    )


def _keep_watch_state(account_id: int, state: WatchState) -> None:
    WatchRow.replace(
        account_id=account_id,
        said_micros=None if state.said is None else Money(state.said).micros(),
        last_micros=micros(state.last),
        last_currency=state.last.currency if state.last else None,
        last_purchase_micros=micros(state.last_purchase),
        last_purchase_currency=state.last_purchase.currency if state.last_purchase else None,
        unknown_since=millis(state.unknown_since),
        failures=state.failures,
        told=" ".join(sorted(state.told)),
    ).execute()
