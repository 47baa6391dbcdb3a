"""The ledger: one history of a balance, whoever told it, and what moved it from entry to entry.

    balance = balance before + added + corrected - expired - spent
    spent   = measured + unmeasured

Only `spent` is ever counted as burn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from claudetray.core.expiry import lapsing, spent_down
from claudetray.core.money import Money
from claudetray.core.reading import Reading, Tranche

NONE = Decimal(0)
# The Console sells credit from $5 up (our guess for other currencies): a smaller rise is a correction.
LEAST_TOP_UP = Decimal(5)
MEASURED_IN = "USD"  # what calls are priced in
CENT = Decimal("0.01")


class EntryKind(StrEnum):
    """What an entry is. Who told it, its `source` says."""

    OBSERVED = "observed"  # this much is left: a look, or somebody who looked
    TOP_UP = "top_up"
    CORRECTION = "correction"  # the balance before was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """A balance, and what moved it since the entry before. Units: amounts in the balance's currency."""

    at: datetime
    kind: EntryKind
    source: str
    balance: Money
    spent: Decimal = NONE
    measured: Decimal = NONE  # by the proxy, or entered
    added: Decimal = NONE
    expired: Decimal = NONE
    corrected: Decimal = NONE
    since: datetime | None = None  # the entry before; None for the first one
    id: int = 0

    @property
    def unmeasured(self) -> Decimal:
        """Spent beside the calls that were measured. Below zero where the Console has not taken off all of them yet."""
        return self.spent - self.measured


def entry(
    kind: EntryKind, before: Reading | None, now: Reading, measured: Decimal, lapsed: Decimal | None = None
) -> LedgerEntry:
    """The entry of a reading that says how much is left. `measured` is the cost of the calls since `before`.

    `lapsed`: what the live balance lost by then to credit whose time ended, where that is known.
    Raises: ValueError where the reading does not say.
    """
    if now.left is None:
        raise ValueError("a reading without a balance is no entry")
    first = LedgerEntry(at=now.taken_at, kind=kind, source=now.source, balance=now.left)
    if before is None or before.left is None or before.left.currency != now.left.currency:
        return first
    measured = measured if now.left.currency == MEASURED_IN else NONE
    change = now.left.amount - before.left.amount
    moved = _moved(before, now, change, measured)
    if kind is not EntryKind.OBSERVED:  # what a person said of a change is believed
        expired = max(_lapsed(before, now) - measured, NONE) if lapsed is None else lapsed
        moved = _told(kind, change, measured, expired)
    return replace(
        first,
        since=before.taken_at,
        measured=measured,
        spent=moved.spent,
        added=moved.added,
        expired=moved.expired,
        corrected=moved.corrected,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """What a change is made of."""

    spent: Decimal
    added: Decimal = NONE
    expired: Decimal = NONE
    corrected: Decimal = NONE


def _told(kind: EntryKind, change: Decimal, measured: Decimal, expired: Decimal) -> _Moved:
    rest = change + measured + expired
    if kind is EntryKind.TOP_UP:
        return _Moved(spent=measured, expired=expired, added=rest)
    return _Moved(spent=measured, expired=expired, corrected=rest)


def _moved(before: Reading, now: Reading, change: Decimal, measured: Decimal) -> _Moved:
    """A change that was observed, told apart. Whatever is found, the entry adds up."""
    billed = _billed(before, now)
    likely = measured if billed is None else billed
    lapsed = _lapsed(before, now)
    bought = _bought(before, now)
    if bought is None and billed is not None and billed + change >= LEAST_TOP_UP:
        # More was billed than is missing: as much was bought again. Calls do not tell that, for billing lags behind.
        return _Moved(spent=billed, added=billed + change)
    if change <= 0 and bought is None:
        expired = min(max(-change - likely, NONE), lapsed)
        return _Moved(spent=-change - expired, expired=expired)
    if bought is not None and bought - change >= 0:  # a purchase, and what was spent or lapsed beside it
        expired = min(max(bought - change - likely, NONE), lapsed)
        return _Moved(spent=bought - change - expired, expired=expired, added=bought)
    expired = max(lapsed - likely, NONE)
    rest = change + likely + expired
    if change < LEAST_TOP_UP and bought is None:
        return _Moved(spent=likely, expired=expired, corrected=rest)
    return _Moved(spent=likely, expired=expired, added=rest)


def _lapsed(before: Reading, now: Reading) -> Decimal:
    """The credit whose time ended between the two, as far as it was left at the first."""
    gone = lapsing(before.tranches, before.taken_at, now.taken_at)
    return sum((lot.remaining.amount for lot in gone if lot.remaining), NONE)


def _bought(before: Reading, now: Reading) -> Decimal | None:
    """What the last purchase was, where it is another one than before."""
    if now.last_purchase is None or now.last_purchase == before.last_purchase or before.last_purchase is None:
        return None
    assert now.left is not None
    return now.last_purchase.amount if now.last_purchase.currency == now.left.currency else None


def _billed(before: Reading, now: Reading) -> Decimal | None:
    """What the month's spend grew by, where both readings tell it of the same month."""
    one, other = before.spend, now.spend
    if one is None or other is None or one.resets_at != other.resets_at or one.resets_at is None:
        return None
    grown = other.spent.amount - one.spent.amount
    return grown if one.spent.currency == other.spent.currency and grown >= 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBalance:
    """What is left now: the last balance, less what was measured and what lapsed since. `left` is to the cent.

    `tranches` are what is left of the lots, by what lapses first.
    """

    left: Money
    since: datetime
    measured: Decimal
    lapsed: Decimal
    tranches: tuple[Tranche, ...]


def looking_points(reading: Reading, now: datetime) -> tuple[datetime, ...]:
    """The times until which the cost of the calls since the reading must be known for `live`: the last is now."""
    lapses = {lot.expires_at for lot in lapsing(reading.tranches, reading.taken_at, now) if lot.expires_at}
    return (*sorted(lapses), now)


def live(reading: Reading, measured: Sequence[tuple[datetime, Decimal]]) -> LiveBalance | None:
    """The balance of now; None where the reading does not say one.

    `measured`: the cost of all calls from the reading until each of its `looking_points`.
    """
    if reading.left is None:
        return None
    countable = reading.left.currency == MEASURED_IN
    lots: tuple[Tranche, ...] = reading.tranches
    counted = lapsed = NONE
    for until, cost in measured:
        cost = cost if countable else NONE
        lots = spent_down(lots, cost - counted)
        counted = cost
        gone = lapsing(lots, reading.taken_at, until)
        lapsed += sum((lot.remaining.amount for lot in gone if lot.remaining), NONE)
        lots = tuple(lot for lot in lots if lot not in gone)
    left = Money((reading.left.amount - counted - lapsed).quantize(CENT), reading.left.currency)
    return LiveBalance(left=left, since=reading.taken_at, measured=counted, lapsed=lapsed, tranches=lots)
