import asyncio
from datetime import timedelta
from decimal import Decimal

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import Rule
from claudetray.store.alert_rules import AlertRulesKept
from claudetray.store.database import Database
from claudetray.store.schema import AlertRuleRow
from tests.builders import NOW

RULE = Rule(
    kind=AlertKind.EXPIRY,
    enabled=False,
    channels=("slack", "the team"),
    quiet=False,
    cooldown=timedelta(minutes=90),
    snoozed_until=NOW,
    marks=(Decimal(30), Decimal("1.5")),
)


def test_rules_come_back_as_they_were_kept(data: Database) -> None:
    kept = AlertRulesKept(data)
    assert asyncio.run(kept.changed()) == ()
    asyncio.run(kept.keep([RULE, Rule(kind=AlertKind.BUDGET, channels=())]))
    assert set(asyncio.run(kept.changed())) == {RULE, Rule(kind=AlertKind.BUDGET, channels=())}
    asyncio.run(kept.keep([Rule(kind=AlertKind.EXPIRY)]))
    assert Rule(kind=AlertKind.EXPIRY) in asyncio.run(kept.changed())


def test_a_rule_of_a_newer_claudetray_is_left_alone(data: Database) -> None:
    row = {"kind": "weather", "enabled": True, "quiet": True, "cooldown_minutes": 0, "marks": ""}
    asyncio.run(data.run(lambda: AlertRuleRow.create(**row)))
    assert asyncio.run(AlertRulesKept(data).changed()) == ()
