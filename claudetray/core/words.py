"""Text for people: the only place where money, times and durations become words."""

from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from claudetray.core.money import Money
from claudetray.core.rates import dollars
from claudetray.core.usage import Tokens

DASH = "—"
ABOUT_DIGITS = 3  # that a cost below a dollar shows at a glance
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CAD": "CA$", "AUD": "A$", "JPY": "¥"}


def money(value: Money | None) -> str:
    """`$60.36`, `1,250.00 CHF`; a dash for what is not known."""
    if value is None:
        return DASH
    sign = "-" if value.amount < 0 else ""
    whole, point, fraction = Money(abs(value.amount), value.currency).text().partition(".")
    digits = f"{int(whole):,}{point}{fraction}"
    if value.currency in _SIGNS:
        return f"{sign}{_SIGNS[value.currency]}{digits}"
    return f"{sign}{digits} {value.currency}"


def pico(cost: int | None) -> str:
    """A cost of 10^-12 dollars with all its digits: `$1.06376125`; a dash for what is unpriced."""
    return DASH if cost is None else money(Money(dollars(cost)))


def about(cost: int | None) -> str:
    """A cost of 10^-12 dollars at a glance: `$0.42`, `$0.0123`, `$1,250.07`; never fewer digits than cents."""
    if cost is None:
        return DASH
    amount = dollars(cost)
    finest = min(-2, amount.adjusted() - (ABOUT_DIGITS - 1)) if amount else -2
    return money(Money(amount.quantize(Decimal(1).scaleb(finest)).normalize()))


def count(number: int | None) -> str:
    """`1,234`; a dash for what is not known."""
    return DASH if number is None else f"{number:,}"


def tokens(counts: Tokens) -> str:
    """`1,234 in / 340 out`, the cache's among those that went in; a dash for what is not known."""
    if counts.input is None and counts.output is None:
        return DASH
    inward = counts.total - (counts.output or 0)
    return f"{inward:,} in / {counts.output or 0:,} out"


def short_money(value: Money) -> str:
    """As `money`, without the cents of a round amount: `$20`, `$7.50`."""
    text = money(value)
    return text.replace(".00", "", 1) if value.amount == value.amount.to_integral_value() else text


def duration(length: timedelta) -> str:
    """`45 s`, `30 min`, `2 h`, `1 h 30 min`, `3 days`."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, _ = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def runway(days: Decimal) -> str:
    """`5 h`, `1.5 days`, `12 days`, `9 weeks`: how long the money lasts, no finer than anybody can know."""
    if days < 1:
        hours = int(days * 24)
        return f"{hours} h" if hours else "less than an hour"
    if days < 3:
        rounded = f"{days.quantize(Decimal('0.1'), ROUND_FLOOR):f}".removesuffix(".0")
        return "1 day" if rounded == "1" else f"{rounded} days"
    return f"{int(days)} days" if days < 60 else f"{int(days / 7)} weeks"


def took(length: timedelta | None) -> str:
    """How long a call took: `35 ms`, `2.5 s`; a dash for what is not known."""
    if length is None:
        return DASH
    seconds = length.total_seconds()
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def countdown(length: timedelta) -> str:
    """`in 12:05`, `in 1:30:00`, `now`: for a clock that ticks."""
    seconds = int(length.total_seconds())
    if seconds <= 0:
        return "now"
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"in {hours}:{minute:02}:{second:02}" if hours else f"in {minute}:{second:02}"


def ago(length: timedelta) -> str:
    """`just now`, `5 min ago`."""
    return "just now" if length < timedelta(seconds=60) else f"{duration(length)} ago"


def clock(at: datetime | None, now: datetime) -> str:
    """Local time of day, with the date when that is another day; a dash for None."""
    if at is None:
        return DASH
    local, today = at.astimezone(), now.astimezone().date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b} {local:%H:%M}"


def moment(at: datetime | None) -> str:
    """Local date and time with the zone, to the second: where exactness matters."""
    return DASH if at is None else f"{at.astimezone():%Y-%m-%d %H:%M:%S %Z}"


def day(at: datetime | None) -> str:
    """Local date: `19 Sep 2026`; a dash for None."""
    if at is None:
        return DASH
    local = at.astimezone()
    return f"{local.day} {local:%b %Y}"


def digits(amount: Decimal, room: int) -> str:
    """A balance in at most `room` (≥ 2) characters, rounded down: it never promises more than there is.

    `.4` is below one, `12k` are thousands; all nines stand for what does not fit (the tooltip is exact).
    """
    if amount < 0:
        return "!!"
    if 0 < amount < 1:
        return f"{amount.quantize(Decimal('0.01'), ROUND_FLOOR):.2f}"[1 : room + 1]
    whole = int(amount)
    tenths = f"{amount.quantize(Decimal('0.1'), ROUND_FLOOR):.1f}" if whole < 100 else ""
    candidates = (tenths.removesuffix(".0"), str(whole), f"{whole // 1000}k", f"{whole // 10**6}M")
    return next((text for text in candidates if text not in ("", "0k", "0M") and len(text) <= room), "9" * room)
