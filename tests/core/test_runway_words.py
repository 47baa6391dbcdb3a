from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from claudetray.core import words
from claudetray.core.forecast import Forecast
from claudetray.core.runway_words import around, dollars, line, per_day
from tests.builders import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def ending(days: float, low: float, high: float | None) -> Forecast:
    return Forecast(
        at=NOW,
        burn_rate=Decimal("2.1"),
        runs_out_at=NOW + days * DAY,
        low=NOW + low * DAY,
        high=None if high is None else NOW + high * DAY,
    )


@pytest.mark.parametrize(
    ("days", "low", "high", "text"),
    [
        (5, 4, 6, "about Thursday (Wed to Fri)"),
        (5, 5, 5.2, "about Thursday"),
        (0.2, 0.1, 1, "about 14:18 (11:54 to tomorrow 09:30)"),
        (1, 0.5, 2, "about tomorrow 09:30 (21:30 to Mon)"),
        (12, 7, 20, "about 3 Dec (28 Nov to 11 Dec)"),
        (60, 30, None, "about 20 Jan 2027 (21 Dec or later)"),
    ],
)
def test_the_end_is_said_as_exactly_as_it_can_be(days: float, low: float, high: float | None, text: str) -> None:
    assert around(ending(days, low, high), UTC) == text


def test_days_are_those_of_the_persons_zone() -> None:
    assert around(ending(5, 4, 6), ZoneInfo("Pacific/Kiritimati")) == "about Thursday (Wed to Fri)"
    late = Forecast(at=NOW, burn_rate=Decimal(1), runs_out_at=datetime(2026, 11, 24, 23, tzinfo=UTC))
    assert around(late, UTC) == "about Tuesday"
    assert around(late, ZoneInfo("Europe/Berlin")) == "about Wednesday"


def test_the_line_says_when_and_how_fast_or_why_not() -> None:
    assert line(ending(5, 4, 6), UTC) == "empty about Thursday (Wed to Fri) at $2.10 a day"
    assert line(Forecast(at=NOW, reason="Not enough history yet: 3 of 24 hours."), UTC) == (
        "Not enough history yet: 3 of 24 hours"
    )
    assert line(Forecast(at=NOW), UTC) == "—"


def test_money_is_to_the_cent_and_a_dash_where_it_is_not_known() -> None:
    assert (dollars(Decimal("1.005")), dollars(None), per_day(Forecast(at=NOW))) == ("$1.00", "—", "— a day")


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ("0", "less than an hour"),
        ("0.5", "12 h"),
        ("1", "1 day"),
        ("1.09", "1 day"),
        ("1.99", "1.9 days"),
        ("3.9", "3 days"),
        ("59", "59 days"),
        ("70", "10 weeks"),
    ],
)
def test_a_runway_is_said_no_finer_than_anybody_can_know(days: str, text: str) -> None:
    assert words.runway(Decimal(days)) == text
