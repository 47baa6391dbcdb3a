import asyncio
from datetime import timedelta
from decimal import Decimal

from claudetray.core.usage import Origin
from claudetray.store import measured
from claudetray.store.database import Database
from claudetray.store.usage import UsageKept
from tests.builders import NOW
from tests.store.calls import PICO, a_call

HOUR = timedelta(hours=1)


def keep(data: Database, *minutes: float, took: float = 0, **more: object) -> None:
    calls = [
        a_call(f"{more}{at}{took}", NOW + timedelta(minutes=at), duration=timedelta(minutes=took), **more)
        for at in minutes
    ]
    asyncio.run(UsageKept(data).add(calls))


def after(data: Database, minutes: float) -> int:
    at = NOW + timedelta(minutes=minutes)
    return asyncio.run(data.read(lambda: measured.cost_after(at))) // PICO


def test_calls_count_from_the_moment_on(data: Database) -> None:
    keep(data, -90, -1, 1, 20, 31, 95, 3000)
    assert [after(data, minutes) for minutes in (-100, -5, 0, 10, 40, 100, 9000)] == [7, 6, 5, 4, 2, 1, 0]


def test_a_call_counts_when_it_ends(data: Database) -> None:
    keep(data, -10, took=15)
    assert (after(data, 0), after(data, 4), after(data, 6)) == (1, 1, 0)


def test_what_is_simulated_or_unpriced_costs_nothing(data: Database) -> None:
    keep(data, 1, origin=Origin.SIMULATED)
    keep(data, 2, 95, cost_pico=None)
    assert after(data, 0) == 0


def test_between_two_times_is_the_difference(data: Database) -> None:
    keep(data, 1, 2, 3, 70, 200)
    found = asyncio.run(data.read(lambda: measured.between(NOW, NOW + 2 * HOUR)))
    assert measured.dollars(found) == Decimal(4)


def test_hours_come_oldest_first_with_their_costs(data: Database) -> None:
    keep(data, -5, 10, 20, 40, 100)
    found = asyncio.run(data.read(lambda: measured.by_hour(NOW - HOUR)))
    top = NOW.replace(minute=0)
    assert [(one.begins, one.cost) for one in found] == [
        (top, Decimal(3)),
        (top + HOUR, Decimal(1)),
        (top + 2 * HOUR, Decimal(1)),
    ]
