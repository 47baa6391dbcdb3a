"""Readings as rows and back. For use inside the store's thread; `looks.py` is the door."""

import json
from datetime import datetime
from typing import Any

from claudetray.core.money import Money
from claudetray.core.reading import AutoReload, Balance, Lot, Meter, Reading, Spend, Tranche
from claudetray.core.times import from_millis, to_millis
from claudetray.store.schema import BalanceRow, ReadingRow, SpendRow, TrancheRow


def add(account_id: int, reading: Reading) -> int:
    """Keep a reading with its meters and tranches; the id of its row."""
    row_id: int = ReadingRow.insert(
        account_id=account_id,
        taken_at=to_millis(reading.taken_at),
        source=reading.source,
        next_expires_at=millis(reading.next_expires_at),
        auto_reload=_auto_reload_json(reading.auto_reload),
        last_purchase_micros=micros(reading.last_purchase),
        last_purchase_currency=reading.last_purchase.currency if reading.last_purchase else None,
        answer=reading.raw,
    ).execute()
    for meter in reading.meters:
        match meter:
            case Balance():
                BalanceRow.insert(
                    reading_id=row_id,
                    key=meter.key,
                    label=meter.label,
                    left_micros=micros(meter.left),
                    currency=meter.left.currency if meter.left else None,
                ).execute()
            case Spend():
                SpendRow.insert(
                    reading_id=row_id,
                    key=meter.key,
                    label=meter.label,
                    spent_micros=meter.spent.micros(),
                    currency=meter.spent.currency,
                    resets_at=millis(meter.resets_at),
                ).execute()
    for tranche in reading.tranches:
        known = tranche.remaining or tranche.granted
        TrancheRow.insert(
            reading_id=row_id,
            lot=tranche.lot,
            name=tranche.name,
            remaining_micros=micros(tranche.remaining),
            granted_micros=micros(tranche.granted),
            currency=known.currency if known else "",
            expires_at=millis(tranche.expires_at),
        ).execute()
    return row_id


def latest(account_id: int) -> Reading | None:
    """The newest reading of an account."""
    row = (
        ReadingRow.select()
        .where(ReadingRow.account_id == account_id)
        .order_by(ReadingRow.id.desc())  # not by time: clocks are set back
        .first()
    )
    return _reading(row) if row else None


def one(id: int) -> Reading | None:
    """The reading of that number."""
    row = ReadingRow.get_or_none(ReadingRow.id == id)
    return _reading(row) if row else None


def _reading(row: ReadingRow) -> Reading:
    balances: list[Meter] = [
        Balance(key=b.key, label=b.label, left=money(b.left_micros, b.currency))
        for b in BalanceRow.select().where(BalanceRow.reading_id == row.id).order_by(BalanceRow.id)
    ]
    spends: list[Meter] = [
        Spend(key=s.key, label=s.label, spent=Money.from_micros(s.spent_micros, s.currency), resets_at=at(s.resets_at))
        for s in SpendRow.select().where(SpendRow.reading_id == row.id).order_by(SpendRow.id)
    ]
    tranches = tuple(
        Tranche(
            lot=Lot(t.lot),
            name=t.name,
            remaining=money(t.remaining_micros, t.currency),
            granted=money(t.granted_micros, t.currency),
            expires_at=at(t.expires_at),
        )
        for t in TrancheRow.select().where(TrancheRow.reading_id == row.id).order_by(TrancheRow.id)
    )
    return Reading(
        taken_at=from_millis(row.taken_at),
        source=row.source,
        meters=(*balances, *spends),
        tranches=tranches,
        next_expires_at=at(row.next_expires_at),
        auto_reload=_auto_reload(row.auto_reload),
        last_purchase=money(row.last_purchase_micros, row.last_purchase_currency),
        raw=row.answer,
    )


def millis(when: datetime | None) -> int | None:
    return None if when is None else to_millis(when)


def at(kept: int | None) -> datetime | None:
    return None if kept is None else from_millis(kept)


def micros(money: Money | None) -> int | None:
    return None if money is None else money.micros()


def money(kept: int | None, currency: str | None) -> Money | None:
    return None if kept is None or currency is None else Money.from_micros(kept, currency)


def _auto_reload_json(reload: AutoReload | None) -> str | None:
    if reload is None:
        return None
    kept: dict[str, Any] = {"on": reload.on, "trouble": reload.trouble}
    for name, amount in (("threshold", reload.threshold), ("reload_to", reload.reload_to)):
        kept[name] = [amount.micros(), amount.currency] if amount else None
    return json.dumps(kept)


def _auto_reload(text: str | None) -> AutoReload | None:
    if text is None:
        return None
    kept = json.loads(text)
    threshold, reload_to = (Money.from_micros(*kept[n]) if kept[n] else None for n in ("threshold", "reload_to"))
    return AutoReload(on=kept["on"], trouble=kept["trouble"], threshold=threshold, reload_to=reload_to)
