import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from claudetray.core import alert_rules
from claudetray.core.alert import AlertKind, Delivery, DeliveryState
from claudetray.core.alert_rules import Rule
from claudetray.store import alerts
from claudetray.store.alerts import AlertsKept
from claudetray.store.database import Database
from tests.builders import NOW, an_alert, routes


@pytest.fixture
def kept(data: Database) -> AlertsKept:
    asyncio.run(data.run(lambda: alerts.add(None, [an_alert("one"), an_alert("two")], routes("native", "slack"))))
    return AlertsKept(data)


def due(kept: AlertsKept, later: timedelta = timedelta(0)) -> list[tuple[str, str]]:
    return [(delivery.alert.title, delivery.channel) for delivery in asyncio.run(kept.due(NOW + later))]


def slack_of(kept: AlertsKept) -> Delivery:
    return next(d for d in asyncio.run(kept.due(NOW)) if d.channel == "slack")


def test_what_is_due_comes_oldest_first(kept: AlertsKept) -> None:
    assert due(kept) == [("one", "native"), ("one", "slack"), ("two", "native"), ("two", "slack")]


def test_done_is_never_due_again(kept: AlertsKept) -> None:
    asyncio.run(kept.done(slack_of(kept), NOW))
    assert ("one", "slack") not in due(kept, timedelta(days=400))


def test_put_off_is_due_then_with_its_tries_counted(kept: AlertsKept) -> None:
    asyncio.run(kept.put_off(slack_of(kept), NOW + timedelta(minutes=5), "down"))
    assert ("one", "slack") not in due(kept, timedelta(minutes=4))
    assert ("one", "slack") in due(kept, timedelta(minutes=5))
    assert asyncio.run(kept.next_due_at()) == NOW
    row = next(d for _, ways in asyncio.run(kept.latest()) for d in ways if d.trouble)
    assert (row.tries, row.trouble, row.state) == (1, "down", DeliveryState.PENDING)


def test_an_alert_from_the_future_means_that_the_clock_was_set_back(kept: AlertsKept) -> None:
    asyncio.run(kept.put_off(slack_of(kept), NOW + timedelta(days=3), "down"))
    assert ("one", "slack") not in due(kept)
    assert ("one", "slack") in due(kept, -timedelta(hours=1))


def test_a_rule_that_is_off_keeps_nothing(data: Database) -> None:
    off = routes("slack", rules=alert_rules.rules([Rule(kind=AlertKind.THRESHOLD, enabled=False)]))
    assert asyncio.run(data.run(lambda: alerts.add(None, [an_alert()], off))) == ()
    assert asyncio.run(AlertsKept(data).latest()) == ()


def test_a_rule_that_rests_delivers_later(data: Database) -> None:
    resting = routes("slack", rules=alert_rules.rules([Rule(kind=AlertKind.THRESHOLD, cooldown=timedelta(hours=2))]))
    asyncio.run(data.run(lambda: alerts.add(None, [an_alert("first")], resting)))
    asyncio.run(data.run(lambda: alerts.add(None, [an_alert("second")], resting)))
    kept = AlertsKept(data)
    assert due(kept) == [("first", "slack")]
    assert due(kept, timedelta(hours=2)) == [("first", "slack"), ("second", "slack")]


def test_a_mended_channel_is_hurried(kept: AlertsKept) -> None:
    asyncio.run(kept.put_off(slack_of(kept), NOW + timedelta(hours=1), "down"))
    asyncio.run(kept.hurry("slack", NOW))
    assert ("one", "slack") in due(kept)


def test_acknowledged_is_not_delivered_any_more(kept: AlertsKept) -> None:
    first = asyncio.run(kept.latest())[-1][0].id
    assert asyncio.run(kept.acknowledge([first], NOW)) == 1
    assert due(kept) == [("two", "native"), ("two", "slack")]
    assert asyncio.run(kept.acknowledge(None, NOW)) == 1
    assert asyncio.run(kept.next_due_at()) is None


def test_given_up_is_not_due(kept: AlertsKept) -> None:
    asyncio.run(kept.give_up(slack_of(kept), "too old"))
    assert ("one", "slack") not in due(kept)


def test_during_a_cooldown_alerts_wait_for_one_another(data: Database) -> None:
    rule = Rule(kind=AlertKind.THRESHOLD, cooldown=timedelta(hours=1))
    resting = routes("slack", rules=alert_rules.rules([rule]))

    async def work() -> list[datetime]:
        for minutes in (0, 10, 20, 50, 65):
            raised = replace(an_alert(), raised_at=NOW + timedelta(minutes=minutes))
            await data.run(partial(alerts.add, None, [raised], resting))
        return [deliveries[0].due_at for _, deliveries in await AlertsKept(data).latest()]

    assert asyncio.run(work()) == [NOW + timedelta(minutes=minutes) for minutes in (120, 60, 60, 60, 0)]
