"""A month at speed: looks, calls, top-ups, credit that lapses, outages, sleep, restarts, a channel that is down.

What is raised is compared with what plain counting says, and every alert must have got through everywhere, once.
"""

import asyncio
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from claudetray.core.alert import AlertKind, DeliveryState
from claudetray.core.alert_rules import Rule
from claudetray.core.budget import Budget, Period
from claudetray.demo.console import Mood
from claudetray.demo.world import World
from claudetray.services.parts import Parts
from tests.builders import NOW, a_record
from tests.services.conftest import Clock, Desktop, Opens, look, set_up

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DAYS = 30
MARKS = (Decimal(50), Decimal(20), Decimal(5))
LEVELS = (50, 80, 100)
BUDGET = Decimal(4)
LAPSES_AT = NOW + 12 * DAY + HOUR / 2
RATE_LIMITED = (NOW + 15 * DAY, NOW + 15 * DAY + 20 * HOUR)
EXPIRED = (NOW + 22 * DAY, NOW + 22 * DAY + 5 * HOUR)
ASLEEP = (NOW + 8 * DAY, NOW + 8 * DAY + 15 * HOUR)
SLACK_DOWN = (NOW + 5 * DAY, NOW + 6 * DAY)
RESTART_EVERY = 97  # hours
# What depends on the forecast has tests of its own; here everything can be counted by hand.
OFF = (AlertKind.RUNWAY, AlertKind.SPIKE, AlertKind.OVERRUN)


@dataclass
class Truth:
    """What really is, and what must therefore be said."""

    balance: Decimal = Decimal("118.00")
    promotional: Decimal = Decimal("62.00")  # lapses; spent first
    said: Decimal | None = None
    level: int = 0
    day: object = None
    today: Decimal = Decimal(0)
    due: Counter[AlertKind] = field(default_factory=Counter)

    def spends(self, cost: Decimal) -> None:
        self.balance -= cost
        self.promotional = max(self.promotional - cost, Decimal(0))
        self.today += cost

    def observed(self, now: datetime) -> None:
        here = min((mark for mark in MARKS if self.balance <= mark), default=None)
        if here is not None and (self.said is None or here < self.said):
            self.due[AlertKind.THRESHOLD] += 1
            self.said = here
        elif self.said is not None and self.balance >= self.said * Decimal("1.05"):
            self.said = here
        level = max((level for level in LEVELS if self.today * 100 >= BUDGET * level), default=0)
        if level > self.level:
            self.due[AlertKind.BUDGET] += 1
            self.level = level

    def dawns(self, now: datetime) -> None:
        if now.date() != self.day:
            self.day, self.today, self.level = now.date(), Decimal(0), 0


def hours() -> Iterator[datetime]:
    now = NOW
    while now < NOW + DAYS * DAY:
        if not ASLEEP[0] <= now < ASLEEP[1]:
            yield now
        now += HOUR


def within(span: tuple[datetime, datetime], now: datetime) -> bool:
    return span[0] <= now < span[1]


def credits(truth: Truth) -> dict[str, object]:
    lot = {
        "remaining_amount_minor_units": int(truth.promotional * 100),
        "currency": "USD",
        "expires_at": LAPSES_AT.isoformat(),
    }
    return {"amount": int(truth.balance * 100), "currency": "USD", "promo_tranches": [lot] if truth.promotional else []}


async def prepare(parts: Parts, stand_ins: World) -> None:
    await set_up(parts, stand_ins, *(f"{mark}=60" for mark in MARKS))
    await parts.preferences.keep_all(
        {
            "console.page_looks_per_day": "0",
            "alerts.quiet_from": "22:00",
            "alerts.quiet_to": "07:00",
            "console.interval_minutes": "60",
        }
    )
    await parts.kept.budgets.keep(Budget(name="day", amount=BUDGET, period=Period.DAY, levels=LEVELS))
    daily = Rule(kind=AlertKind.DAILY_SUMMARY, marks=(Decimal(9),))
    await parts.preferences.keep_rules([daily, *(replace(rule, enabled=False) for rule in await off(parts))])


async def off(parts: Parts) -> list[Rule]:
    return [rule for rule in await parts.preferences.rules() if rule.kind in OFF]


async def hour(parts: Parts, stand_ins: World, clock: Clock, truth: Truth, chance: random.Random) -> None:
    now = clock.now
    truth.dawns(now)
    if now >= LAPSES_AT and truth.promotional:
        truth.balance, truth.promotional = truth.balance - truth.promotional, Decimal(0)
    if truth.balance < 3 and now.hour == 12:
        truth.balance += 60
    if now.weekday() < 6 and 8 <= now.hour < 18:
        cost = Decimal(chance.randrange(5, 90)) / 100
        truth.spends(cost)
        await parts.kept.usage.add([a_record(cost=f"{cost}", at=now - HOUR / 3, duration=None)])
    stand_ins.console.answer = credits(truth)
    stand_ins.console.mood = (
        Mood.RATE_LIMITED if within(RATE_LIMITED, now) else Mood.EXPIRED if within(EXPIRED, now) else Mood.FINE
    )
    stand_ins.slack.refuse = "down" if within(SLACK_DOWN, now) else None
    await look(parts)
    await parts.kept.watcher.check()
    await parts.outbox.deliver_due()
    truth.observed(now)


def spoken(titles: list[str]) -> int:
    """How many alerts these messages speak of."""
    found = (re.search(r", and (\d+) more", title) for title in titles)
    return len(titles) + sum(int(match[1]) for match in found if match)


@pytest.mark.timeout(240)
def test_a_month_raises_exactly_what_its_rules_call_for_and_all_of_it_gets_through_once(
    opened: Opens, stand_ins: World, clock: Clock, desktop: Desktop
) -> None:
    truth, chance = Truth(), random.Random(5)

    async def lives() -> None:
        ahead = list(hours())
        for begin in range(0, len(ahead), RESTART_EVERY):
            async with opened() as parts:
                if begin == 0:
                    await prepare(parts, stand_ins)
                for clock.now in ahead[begin : begin + RESTART_EVERY]:
                    await hour(parts, stand_ins, clock, truth, chance)
        async with opened() as parts:
            clock.passes(hours=12)  # quiet hours are over for whatever is still held back
            await parts.outbox.deliver_due()
            found = await parts.alerts.latest(1000)
        raised = Counter(alert.kind for alert, _ in found)
        truth.due += Counter(
            {
                AlertKind.EXPIRY: 3,  # 30, 7 and 1 days before
                AlertKind.BALANCE_UNKNOWN: 1,
                AlertKind.SESSION_EXPIRED: 1,
                AlertKind.RECOVERED: 2,
                AlertKind.DAILY_SUMMARY: DAYS,
            }
        )
        truth.due[AlertKind.DAILY_SUMMARY] -= 1  # switched on at half past nine: from the next day on … at nine
        assert raised == +truth.due
        assert truth.due[AlertKind.THRESHOLD] >= 4
        assert truth.due[AlertKind.BUDGET] > 20
        for alert, deliveries in found:
            states = {delivery.channel: delivery.state for delivery in deliveries}
            assert states == {"native": DeliveryState.DONE, "slack": DeliveryState.DONE}, alert.title
        assert spoken(desktop.shown) == len(found)
        assert spoken([message["text"].partition(". ")[0] for message in stand_ins.slack.messages]) == len(found)

    asyncio.run(lives())
