"""The outbox: alerts and the duty to deliver each to its channels, on disk until done."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

import peewee as pw

from claudetray.core.alert import Alert, AlertKind, Delivery, DeliveryState
from claudetray.core.alert_rules import Routes
from claudetray.core.health import Health
from claudetray.core.times import from_millis, to_millis
from claudetray.store.database import Database
from claudetray.store.readings import at
from claudetray.store.schema import AlertRow, DeliveryRow

AHEAD = timedelta(minutes=2)  # an alert from further ahead: the clock was set back


def add(account_id: int | None, raised: Iterable[Alert], routes: Routes) -> tuple[Alert, ...]:
    """Keep alerts and their deliveries, but for those that the person does not want; those that are kept.

    For use inside the store's thread.
    """
    wanted = tuple(alert for alert in raised if routes.enabled(alert.kind))
    for alert in wanted:
        route = routes.of(alert, _last_due(alert))
        alert_id = AlertRow.insert(
            account_id=account_id,
            kind=alert.kind,
            health=alert.health,
            title=alert.title,
            body=alert.body,
            facts=json.dumps(alert.facts),
            raised_at=to_millis(alert.raised_at),
        ).execute()
        for channel in route.channels:
            DeliveryRow.insert(
                alert_id=alert_id,
                channel=channel,
                state=DeliveryState.PENDING,
                due_at=to_millis(route.due_at),
                first_due_at=to_millis(route.due_at),
            ).execute()
    return wanted


def _last_due(alert: Alert) -> datetime | None:
    """When the alert of its kind before is due or was, before any try."""
    before = AlertRow.select(AlertRow.id).where(AlertRow.kind == alert.kind)
    return at(DeliveryRow.select(pw.fn.MAX(DeliveryRow.first_due_at)).where(DeliveryRow.alert_id.in_(before)).scalar())


class AlertsKept:
    """Alerts with their deliveries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, most: int = 100) -> tuple[tuple[Alert, tuple[Delivery, ...]], ...]:
        """The last alerts, newest first, each with its deliveries."""

        def work() -> tuple[tuple[Alert, tuple[Delivery, ...]], ...]:
            rows = list(AlertRow.select().order_by(AlertRow.raised_at.desc(), AlertRow.id.desc()).limit(most))
            deliveries = _deliveries(DeliveryRow.alert_id.in_([row.id for row in rows]))
            return tuple(
                (_alert(row), tuple(delivery for delivery in deliveries if delivery.alert.id == row.id)) for row in rows
            )

        return await self._database.read(work)

    async def due(self, now: datetime) -> tuple[Delivery, ...]:
        """The pending deliveries whose time has come, oldest first."""
        ahead = AlertRow.select(AlertRow.id).where(AlertRow.raised_at > to_millis(now + AHEAD))
        due = (DeliveryRow.due_at <= to_millis(now)) | DeliveryRow.alert_id.in_(ahead)
        return await self._database.read(lambda: _deliveries((DeliveryRow.state == DeliveryState.PENDING) & due))

    async def next_due_at(self) -> datetime | None:
        """When the next pending delivery is due, or None when the outbox is empty."""

        def work() -> datetime | None:
            earliest = (
                DeliveryRow.select(pw.fn.MIN(DeliveryRow.due_at))
                .where(DeliveryRow.state == DeliveryState.PENDING)
                .scalar()
            )
            return at(earliest)

        return await self._database.read(work)

    async def done(self, delivery: Delivery, now: datetime) -> None:
        """It got through: never again."""
        await self._update(delivery, state=DeliveryState.DONE, done_at=to_millis(now), trouble=None)

    async def put_off(self, delivery: Delivery, due_at: datetime, trouble: str) -> None:
        """It did not get through; try again then."""
        await self._update(delivery, due_at=to_millis(due_at), trouble=trouble, tries=delivery.tries + 1)

    async def give_up(self, delivery: Delivery, trouble: str) -> None:
        """Too old to be worth anything now."""
        await self._update(delivery, state=DeliveryState.GIVEN_UP, trouble=trouble)

    async def hurry(self, channel: str, now: datetime) -> None:
        """A channel was mended: what failed to get through to it is due now."""
        waiting = (DeliveryRow.channel == channel) & (DeliveryRow.state == DeliveryState.PENDING)
        waiting &= DeliveryRow.tries > 0  # what rests on purpose goes on resting
        await self._database.run(
            lambda: (
                DeliveryRow.update(due_at=to_millis(now)).where(waiting, DeliveryRow.due_at > to_millis(now)).execute()
            )
        )

    async def acknowledge(self, ids: Iterable[int] | None, now: datetime) -> int:
        """Somebody has seen these alerts (None: all): what is still to be delivered of them is not needed any more."""
        wanted = None if ids is None else list(ids)

        def work() -> int:
            open_ones = AlertRow.acknowledged_at.is_null()
            if wanted is not None:
                open_ones &= AlertRow.id.in_(wanted)
            known = [row.id for row in AlertRow.select(AlertRow.id).where(open_ones)]
            AlertRow.update(acknowledged_at=to_millis(now)).where(AlertRow.id.in_(known)).execute()
            DeliveryRow.update(state=DeliveryState.GIVEN_UP, trouble="acknowledged").where(
                DeliveryRow.alert_id.in_(known), DeliveryRow.state == DeliveryState.PENDING
            ).execute()
            return len(known)

        return await self._database.run(work)

    async def _update(self, delivery: Delivery, **values: object) -> None:
        await self._database.run(lambda: DeliveryRow.update(**values).where(DeliveryRow.id == delivery.id).execute())


def _deliveries(where: pw.Expression) -> tuple[Delivery, ...]:
    rows = list(DeliveryRow.select().where(where).order_by(DeliveryRow.due_at, DeliveryRow.id))
    alerts = {row.id: _alert(row) for row in AlertRow.select().where(AlertRow.id.in_([r.alert_id for r in rows]))}
    return tuple(
        Delivery(
            id=row.id,
            alert=alerts[row.alert_id],
            channel=row.channel,
            state=DeliveryState(row.state),
            tries=row.tries,
            due_at=from_millis(row.due_at),
            first_due_at=at(row.first_due_at) or alerts[row.alert_id].raised_at,
            done_at=at(row.done_at),
            trouble=row.trouble,
        )
        for row in rows
    )


def _alert(row: AlertRow) -> Alert:
    return Alert(
        id=row.id,
        kind=AlertKind(row.kind),
        health=Health(row.health),
        title=row.title,
        body=row.body,
        facts=tuple((label, text) for label, text in json.loads(row.facts)),
        raised_at=from_millis(row.raised_at),
        acknowledged_at=at(row.acknowledged_at),
    )
