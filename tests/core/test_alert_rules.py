from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claudetray.core.alert import AlertKind
from claudetray.core.alert_rules import DECLARED, QuietHours, Rule, checked, declared, marks, rules
from claudetray.core.errors import SettingRefused
from claudetray.core.health import Health
from tests.builders import NOW, an_alert, routes

HOUR = timedelta(hours=1)
NIGHT = QuietHours(time(22), time(7))


def at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def test_every_kind_of_alert_but_the_test_has_a_rule() -> None:
    assert {one.kind for one in DECLARED} == set(AlertKind) - {AlertKind.TEST}


@pytest.mark.parametrize("one", DECLARED, ids=lambda one: str(one.kind))
def test_every_rule_starts_out_as_one_that_may_be_kept(one: Any) -> None:
    assert checked(one.default) == one.default


def test_what_the_person_changed_goes_before_what_is_declared() -> None:
    found = rules([Rule(kind=AlertKind.SPIKE, enabled=False), Rule(kind=AlertKind.TEST)])
    assert not found[AlertKind.SPIKE].enabled
    assert AlertKind.TEST not in found
    assert found[AlertKind.EXPIRY].marks == (30, 7, 1)


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        (Rule(kind=AlertKind.RUNWAY), "1 to 10 numbers"),
        (Rule(kind=AlertKind.RUNWAY, marks=(Decimal(-1),)), "from 0"),
        (Rule(kind=AlertKind.SPIKE, marks=(Decimal(2), Decimal(3))), "one number"),
        (Rule(kind=AlertKind.DAILY_SUMMARY, marks=(Decimal(24),)), "hour of the day"),
        (Rule(kind=AlertKind.DAILY_SUMMARY, marks=(Decimal("9.5"),)), "hour of the day"),
        (Rule(kind=AlertKind.BUDGET, cooldown=timedelta(days=31)), "30 days"),
    ],
)
def test_what_is_no_rule_is_refused_in_a_sentence(rule: Rule, word: str) -> None:
    with pytest.raises(SettingRefused, match=word):
        checked(rule)


def test_numbers_are_read_as_people_type_them_and_kept_from_the_largest_down() -> None:
    assert checked(Rule(kind=AlertKind.EXPIRY, marks=marks("1, 30,7,7"))).marks == (30, 7, 1)
    with pytest.raises(SettingRefused, match="separated by commas"):
        marks("30; 7")
    with pytest.raises(SettingRefused, match="no such rule"):
        declared("weather")


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (at(21, 59), None),
        (at(22), at(7) + timedelta(days=1)),
        (at(2), at(7)),
        (at(6, 59), at(7)),
        (at(7), None),
    ],
)
def test_quiet_hours_go_over_midnight(now: datetime, end: datetime | None) -> None:
    assert NIGHT.end(now, UTC) == end


def test_quiet_hours_are_local_and_may_lie_within_a_day() -> None:
    lunch = QuietHours(time(12), time(13))
    assert lunch.end(at(12, 30), UTC) == at(13)
    assert lunch.end(at(11, 30), ZoneInfo("Europe/Berlin")) == at(12)
    assert lunch.end(at(13), UTC) is None
    assert QuietHours(time(8), time(8)).end(at(8), UTC) is None


def test_an_alert_goes_to_every_channel_at_once() -> None:
    found = routes("native", "slack").of(an_alert(), None)
    assert (found.channels, found.due_at) == (("native", "slack"), NOW)


def test_a_rule_may_name_its_channels_and_those_that_are_off_get_nothing() -> None:
    only = rules([Rule(kind=AlertKind.THRESHOLD, channels=("slack", "sms"))])
    assert routes("native", "slack", rules=only).of(an_alert(), None).channels == ("slack",)


@pytest.mark.parametrize(
    ("health", "through", "quiet", "waits"),
    [
        (Health.WARNING, True, True, True),
        (Health.CRITICAL, True, True, False),
        (Health.CRITICAL, False, True, True),
        (Health.WARNING, True, False, False),
    ],
)
def test_quiet_hours_hold_back_what_does_not_break_through(
    health: Health, through: bool, quiet: bool, waits: bool
) -> None:
    found = routes(
        "slack",
        quiet=NIGHT,
        critical_breaks_through=through,
        rules=rules([Rule(kind=AlertKind.THRESHOLD, quiet=quiet)]),
    ).of(replace(an_alert(health=health), raised_at=at(23)), None)
    assert found.due_at == (at(7) + timedelta(days=1) if waits else at(23))


def test_snoozes_and_rests_put_off_and_the_longest_counts() -> None:
    resting = rules([Rule(kind=AlertKind.THRESHOLD, cooldown=6 * HOUR, snoozed_until=NOW + 2 * HOUR)])
    some = routes("slack", rules=resting, snoozed_until=NOW + HOUR)
    assert some.of(an_alert(), None).due_at == NOW + 2 * HOUR
    assert some.of(an_alert(), NOW - HOUR).due_at == NOW + 5 * HOUR
    assert some.of(an_alert(), NOW - 9 * HOUR).due_at == NOW + 2 * HOUR
    assert some.of(an_alert(), NOW + 9 * HOUR).due_at == NOW + 2 * HOUR  # the clock was set back


def test_a_snooze_that_ends_in_quiet_hours_waits_for_their_end() -> None:
    found = routes("slack", quiet=NIGHT, snoozed_until=at(23)).of(an_alert(), None)
    assert found.due_at == at(7) + timedelta(days=1)


def test_a_rule_that_is_off_wants_nothing() -> None:
    off = routes(rules=rules([Rule(kind=AlertKind.SPIKE, enabled=False)]))
    assert (off.enabled(AlertKind.SPIKE), off.enabled(AlertKind.RUNWAY), off.enabled(AlertKind.TEST)) == (
        False,
        True,
        True,
    )
