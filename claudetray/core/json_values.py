"""The smallest values of the contract: money as decimal strings, times in RFC 3339, null for not known."""

from datetime import datetime
from decimal import Decimal

from claudetray.core.money import Money
from claudetray.core.rates import dollars
from claudetray.core.times import rfc3339


def money(value: Money | None) -> dict[str, str] | None:
    return None if value is None else {"amount": value.text(), "currency": value.currency}


def time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)


def pico(cost: int | None) -> dict[str, str] | None:
    """A cost of 10^-12 dollars, exactly."""
    return None if cost is None else money(Money(dollars(cost)))


def plain(amount: Decimal) -> str:
    """Digits without an exponent and without trailing zeros."""
    return f"{amount.normalize():f}" if amount else "0"


def cents(amount: Decimal | None) -> str | None:
    """An estimate, or a sum for people: two decimals."""
    return None if amount is None else f"{amount.quantize(Decimal('0.01')):f}"
