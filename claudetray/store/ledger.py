"""The ledger: entries made in the transaction that keeps their readings."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from claudetray.core.ledger import MEASURED_IN, EntryKind, LedgerEntry, LiveBalance, entry, live, looking_points
from claudetray.core.money import Money, micros
from claudetray.core.rates import PICO_DIGITS, dollars
from claudetray.core.reading import Reading
from claudetray.core.times import from_millis, to_millis
from claudetray.store import measured, readings
from claudetray.store.database import Database
from claudetray.store.readings import at, millis
from claudetray.store.rollups import HOUR_MS
from claudetray.store.schema import LedgerRow
from claudetray.store.statements import rows


class LedgerKept:
    """The history of a balance."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, account_id: int, most: int = 100) -> tuple[LedgerEntry, ...]:
        """The last entries, newest first."""
        return await self._database.read(lambda: latest(account_id, most))

    async def live(self, account_id: int, now: datetime) -> LiveBalance | None:
        """The last balance that is known, brought up to now."""
        return await self._database.read(lambda: live_now(account_id, now))


def hours_since(account_id: int, begin: datetime) -> tuple[LedgerEntry, ...]:
    """What moved the balance after a time, oldest first: those of one hour are one entry, so that a screen costs the
    same however often somebody looks. For use inside the store's thread.
    """
    return tuple(LedgerEntry(**_values(*row)) for row in rows(_BY_HOUR, (account_id, to_millis(begin))))


def unmeasured_since(account_id: int, begin: datetime) -> Decimal:
    """What was spent beside the calls after a time, in dollars. For use inside the store's thread.

    What was measured is summed now and not taken from the entries: a call whose row came after the look that saw its
    money, or one that got another price, explains what it cost. Of an interval that began before, its share counts.
    """
    found = rows(_SPENT, (account_id, to_millis(begin), MEASURED_IN))
    beside = sum((_beside(since, until, spent, begin) for since, until, spent in found), Decimal(0))
    return beside.quantize(_MICRO)


def _beside(since: int, until: int, spent: int, begin: datetime) -> Decimal:
    """What the calls between two times do not explain, of what was spent between them after `begin`."""
    told = Money.from_micros(spent, MEASURED_IN).amount
    beside = told - dollars(measured.between(from_millis(since), from_millis(until)))
    within = until - max(since, to_millis(begin))
    return beside * within / (until - since)


def live_now(account_id: int, now: datetime, past: bool = False) -> LiveBalance | None:
    """`past`: as it was then. For use inside the store's thread."""
    reading, newest = last_known(account_id, now if past else None), readings.latest(account_id)
    if reading is None or (newest is not None and newest.left is None and not past):  # it was asked, and not told
        return None
    since = measured.between(reading.taken_at, now) if past else measured.cost_after(reading.taken_at)
    *before, last = looking_points(reading, now)
    costs = [(until, dollars(measured.between(reading.taken_at, until))) for until in before]
    return live(reading, [*costs, (last, dollars(since))])


def last_known(account_id: int, until: datetime | None = None) -> Reading | None:
    """The reading of the newest entry, of those until then. For use inside the store's thread."""
    row = _last_row(account_id, until)
    return readings.one(row.reading_id) if row else None


def add(account_id: int, reading_id: int, reading: Reading, kind: EntryKind) -> None:
    """Enter a reading. For use inside the store's thread, in the transaction that keeps the reading."""
    if reading.left is None:
        return
    before = last_known(account_id)
    forward = before is not None and before.taken_at < reading.taken_at  # else the clock was set back
    cost = measured.between(before.taken_at, reading.taken_at) if before and forward else 0
    then = live_now(account_id, reading.taken_at) if kind is not EntryKind.OBSERVED and forward else None
    made = entry(kind, before, reading, dollars(cost), then.lapsed if then else None)
    LedgerRow.insert(
        account_id=account_id,
        reading_id=reading_id,
        since=millis(made.since),
        at=to_millis(made.at),
        kind=made.kind,
        source=made.source,
        balance_micros=made.balance.micros(),
        currency=made.balance.currency,
        spent_micros=_micros(made.spent),
        measured_pico=int(made.measured.scaleb(PICO_DIGITS)),
        added_micros=_micros(made.added),
        expired_micros=_micros(made.expired),
        corrected_micros=_micros(made.corrected),
    ).execute()


def _micros(amount: Decimal) -> int:
    """Where the cost of calls is in it, it may be finer than a millionth."""
    return micros(amount.quantize(_MICRO))


_MICRO = Decimal("0.000001")


def _last_row(account_id: int, until: datetime | None) -> LedgerRow | None:
    where = LedgerRow.account_id == account_id
    if until is not None:
        where &= LedgerRow.at <= to_millis(until)
    # Not by time: clocks are set back.
    found: LedgerRow | None = LedgerRow.select().where(where).order_by(LedgerRow.id.desc()).first()
    return found


def latest(account_id: int, most: int) -> tuple[LedgerEntry, ...]:
    """Newest first. For use inside the store's thread."""
    found = LedgerRow.select().where(LedgerRow.account_id == account_id).order_by(LedgerRow.id.desc()).limit(most)
    return tuple(map(_entry, found))


_MOVED = ("spent_micros", "measured_pico", "added_micros", "expired_micros", "corrected_micros")
_BY_HOUR = f"""WITH hours AS (
        SELECT max(id) AS id, min(since) AS since, {", ".join(f"sum({name}) AS {name}" for name in _MOVED)} FROM ledger
        WHERE account_id = ? AND at > ? GROUP BY at / {HOUR_MS}, currency)
    SELECT id, hours.since, at, kind, source, balance_micros, currency,
        {", ".join(f"hours.{name}" for name in _MOVED)} FROM hours JOIN ledger USING (id) ORDER BY at, id"""
# Entries that follow one another are one interval; the one in which the time lies stands alone, for it is shared out.
_SPENT = """WITH begin AS (SELECT ?2 AS at)
    SELECT min(since), max(ledger.at), sum(spent_micros) FROM ledger, begin
    WHERE account_id = ?1 AND ledger.at > begin.at AND since < ledger.at AND currency = ?3
    GROUP BY since < begin.at"""


def _entry(row: LedgerRow) -> LedgerEntry:
    moved = (getattr(row, name) for name in _MOVED)
    return LedgerEntry(
        **_values(row.id, row.since, row.at, row.kind, row.source, row.balance_micros, row.currency, *moved)
    )


def _values(
    id: int, since: int | None, when: int, kind: str, source: str, balance: int, currency: str, *moved: int
) -> dict[str, Any]:
    spent, cost, added, expired, corrected = moved
    return {
        "id": id,
        "since": at(since),
        "at": from_millis(when),
        "kind": EntryKind(kind),
        "source": source,
        "balance": Money.from_micros(balance, currency),
        "spent": _amount(spent),
        "measured": dollars(cost),
        "added": _amount(added),
        "expired": _amount(expired),
        "corrected": _amount(corrected),
    }


def _amount(kept: int) -> Decimal:
    return Money.from_micros(kept, MEASURED_IN).amount
