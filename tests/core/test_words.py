from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core import words
from claudetray.core.money import Money
from tests.builders import NOW, dollars


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("60.36", "USD", "$60.36"),
        ("1234567.8", "USD", "$1,234,567.80"),
        ("-2.5", "USD", "-$2.50"),
        ("0", "EUR", "€0.00"),
        ("399.47", "CAD", "CA$399.47"),
        ("12.5", "CHF", "12.50 CHF"),
        ("500", "JPY", "¥500"),
    ],
)
def test_money(amount: str, currency: str, text: str) -> None:
    assert words.money(Money(Decimal(amount), currency)) == text


def test_what_is_not_known_is_a_dash() -> None:
    assert words.money(None) == words.clock(None, NOW) == words.moment(None) == words.day(None) == "—"


@pytest.mark.parametrize(
    ("dollars", "text"),
    [
        ("0", "$0.00"),
        ("0.42", "$0.42"),
        ("0.42317625", "$0.423"),
        ("0.0123456", "$0.0123"),
        ("0.000003", "$0.000003"),
        ("0.999999", "$1.00"),
        ("1250.0651", "$1,250.07"),
        ("20", "$20.00"),
    ],
)
def test_costs_at_a_glance_never_become_nothing(dollars: str, text: str) -> None:
    assert words.about(int(Decimal(dollars).scaleb(12))) == text
    assert words.about(None) == "—"


def test_counts() -> None:
    assert (words.count(1234567), words.count(0), words.count(None)) == ("1,234,567", "0", "—")


def test_round_amounts_lose_their_cents_where_it_is_short() -> None:
    assert words.short_money(dollars("20")) == "$20"
    assert words.short_money(dollars("1000")) == "$1,000"
    assert words.short_money(dollars("7.5")) == "$7.50"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=30), "30 min"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(minutes=90), "1 h 30 min"),
        (timedelta(hours=72), "3 days"),
    ],
)
def test_durations(length: timedelta, text: str) -> None:
    assert words.duration(length) == text


def test_a_countdown_ticks_in_seconds_and_ends() -> None:
    assert words.countdown(timedelta(minutes=12, seconds=5)) == "in 12:05"
    assert words.countdown(timedelta(hours=1, minutes=30)) == "in 1:30:00"
    assert words.countdown(timedelta(seconds=-1)) == "now"


def test_another_day_is_named() -> None:
    assert words.clock(NOW, NOW) == "09:30"
    assert words.clock(NOW - timedelta(days=1), NOW) == "Fri 20 Nov 09:30"
    assert words.day(datetime(2026, 9, 9, tzinfo=UTC)) == "9 Sep 2026"


@pytest.mark.parametrize(
    ("amount", "two", "three", "four"),
    [
        ("60.36", "60", "60", "60.3"),
        ("9.99", "9", "9.9", "9.9"),
        ("9", "9", "9", "9"),
        ("0.45", ".4", ".45", ".45"),
        ("0.004", ".0", ".00", ".00"),
        ("0", "0", "0", "0"),
        ("99.99", "99", "99", "99.9"),
        ("250", "99", "250", "250"),
        ("1234.5", "1k", "1k", "1234"),
        ("12345", "99", "12k", "12k"),
        ("2500000", "2M", "2M", "2M"),
        ("-4", "!!", "!!", "!!"),
    ],
)
def test_digits_for_an_icon(amount: str, two: str, three: str, four: str) -> None:
    assert [words.digits(Decimal(amount), room) for room in (2, 3, 4)] == [two, three, four]


@given(st.decimals(0, 10**9, places=2), st.integers(2, 5))
def test_digits_fit_their_room_and_promise_no_more_than_there_is(amount: Decimal, room: int) -> None:
    text = words.digits(amount, room)
    assert 1 <= len(text) <= room
    scale = {"k": 1000, "M": 10**6}.get(text[-1], 1)
    assert Decimal(text.rstrip("kM")) * scale <= amount


def test_ages() -> None:
    assert words.ago(timedelta(seconds=59)) == "just now"
    assert words.ago(timedelta(minutes=3)) == "3 min ago"


def test_a_call_took_milliseconds_or_seconds() -> None:
    lengths = (None, timedelta(milliseconds=35), timedelta(seconds=2.5), timedelta(seconds=81))
    assert [words.took(length) for length in lengths] == ["—", "35 ms", "2.5 s", "81.0 s"]
