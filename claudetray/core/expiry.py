"""Credit that lapses: lots with a date. What lapses first is spent first."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from claudetray.core.money import Money
from claudetray.core.reading import Tranche

NEVER = datetime.max.replace(tzinfo=UTC)


def by_expiry(tranches: Iterable[Tranche]) -> tuple[Tranche, ...]:
    """Those with credit left, what lapses first at the front."""
    some = [lot for lot in tranches if lot.remaining is not None and lot.remaining.amount > 0]
    return tuple(sorted(some, key=lambda lot: lot.expires_at or NEVER))


def lapsing(tranches: Iterable[Tranche], since: datetime, until: datetime) -> tuple[Tranche, ...]:
    """Those that lapse after `since` and up to `until`."""
    return tuple(lot for lot in by_expiry(tranches) if lot.expires_at is not None and since < lot.expires_at <= until)


def spent_down(tranches: Iterable[Tranche], amount: Decimal) -> tuple[Tranche, ...]:
    """The lots after so much was spent from them."""
    left = []
    for lot in by_expiry(tranches):
        assert lot.remaining is not None
        taken = min(max(amount, Decimal(0)), lot.remaining.amount)
        amount -= taken
        if taken < lot.remaining.amount:
            left.append(replace(lot, remaining=Money(lot.remaining.amount - taken, lot.remaining.currency)))
    return tuple(left)
