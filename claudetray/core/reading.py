"""What a source answered at one time: a reading, and the meters in it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from claudetray.core.money import Money

TOTAL, PAID, PROMOTIONAL, MONTH = "total", "paid", "promotional", "month"
BY_HAND = "by_hand"  # the source of a reading that somebody typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Credit that is left; `left=None` when the provider does not say."""

    key: str
    label: str
    left: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """Money spent since a period began; `resets_at=None` when the provider does not say when it ends."""

    key: str
    label: str
    spent: Money
    resets_at: datetime | None


Meter: TypeAlias = Balance | Spend


class Lot(StrEnum):
    PAID = "paid"
    PROMOTIONAL = "promotional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tranche:
    """One lot of credit that lapses on its own date."""

    lot: Lot
    name: str
    remaining: Money | None
    granted: Money | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoReload:
    """Does the provider buy credit by itself? `trouble` is its word for why it stopped."""

    on: bool
    trouble: str | None = None
    threshold: Money | None = None
    reload_to: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One answer of one source. `raw` is the answer as JSON text, without secrets."""

    taken_at: datetime
    source: str
    meters: tuple[Meter, ...]
    tranches: tuple[Tranche, ...] = ()
    next_expires_at: datetime | None = None
    auto_reload: AutoReload | None = None
    last_purchase: Money | None = None
    raw: str = field(default="{}", repr=False)

    def balance(self, key: str = TOTAL) -> Balance | None:
        """The balance of that key, or None where this reading has none."""
        return next((m for m in self.meters if isinstance(m, Balance) and m.key == key), None)

    @property
    def left(self) -> Money | None:
        """The total that is left, or None when it is not known."""
        total = self.balance()
        return total.left if total else None

    @property
    def spend(self) -> Spend | None:
        """The month's spend, where the source told it."""
        return next((m for m in self.meters if isinstance(m, Spend)), None)
