"""The rules of alerts that the person changed; all others are as they are declared."""

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import Rule
from claudetray.store.database import Database
from claudetray.store.readings import at, millis
from claudetray.store.schema import AlertRuleRow


class AlertRulesKept:
    """Rules by kind."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def changed(self) -> tuple[Rule, ...]:
        """Those that are not as they started out."""
        return await self._database.read(lambda: tuple(map(_rule, AlertRuleRow.select().where(_KNOWN))))

    async def keep(self, rules: Iterable[Rule]) -> None:
        """Keep checked rules, all of them or none."""
        wanted = tuple(rules)
        await self._database.run(lambda: [AlertRuleRow.replace(**_values(rule)).execute() for rule in wanted])


def forget_channel(name: str) -> None:
    """No rule goes to it any more; one that went nowhere else goes to all. For use inside the store's thread."""
    for row in AlertRuleRow.select().where(AlertRuleRow.channels.is_null(False)):
        names = json.loads(row.channels or "[]")
        if name in names:
            rest = [other for other in names if other != name]
            kept = json.dumps(rest) if rest else None
            AlertRuleRow.update(channels=kept).where(AlertRuleRow.kind == row.kind).execute()


_KNOWN = AlertRuleRow.kind.in_(list(AlertKind))  # a newer claudetray may know more


def _values(rule: Rule) -> dict[str, object]:
    return {
        "kind": rule.kind,
        "enabled": rule.enabled,
        "channels": None if rule.channels is None else json.dumps(rule.channels),
        "quiet": rule.quiet,
        "cooldown_minutes": rule.cooldown // timedelta(minutes=1),
        "snoozed_until": millis(rule.snoozed_until),
        "marks": " ".join(f"{mark:f}" for mark in rule.marks),
    }


def _rule(row: AlertRuleRow) -> Rule:
    return Rule(
        kind=AlertKind(row.kind),
        enabled=row.enabled,
        channels=None if row.channels is None else tuple(json.loads(row.channels)),
        quiet=row.quiet,
        cooldown=timedelta(minutes=row.cooldown_minutes),
        snoozed_until=at(row.snoozed_until),
        marks=tuple(Decimal(mark) for mark in row.marks.split()),
    )
