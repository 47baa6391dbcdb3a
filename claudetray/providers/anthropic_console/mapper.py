"""The Console's answers as readings: pure, an answer in, a reading out, one error for a surprise.

Source: docs/providers/anthropic-console.md, "Credits".
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeGuard

from claudetray.core.account import Organization
from claudetray.core.errors import UnexpectedAnswer
from claudetray.core.money import Money
from claudetray.core.reading import (
    MONTH,
    PAID,
    PROMOTIONAL,
    TOTAL,
    AutoReload,
    Balance,
    Lot,
    Meter,
    Reading,
    Spend,
    Tranche,
)
from claudetray.core.redaction import outline
from claudetray.core.times import from_rfc3339
from claudetray.providers.anthropic_console.provider import SOURCE
from claudetray.providers.anthropic_console.refusals import refused_inside

NOT_KNOWN = -1
CENTS = 2
MOST_TRANCHES = 200


def reading(answer: Any, now: datetime) -> Reading:
    """The reading in a credits answer.

    Shape: `{"amount": 6036, "currency": "USD" | null, …}`; unknown keys are ignored, all others optional.
    Units: `amount` is in minor units (cents); -1 is "not known", 0 is a real zero.
    Raises: the refusal inside an answer; UnexpectedAnswer, with an outline of the answer, never its values.
    """
    if (inside := refused_inside(answer)) is not None:
        raise inside
    if not isinstance(answer, dict) or not _whole(answer.get("amount")):
        raise UnexpectedAnswer("The credits answer has no amount in whole cents.", outline(answer))
    amount: int = answer["amount"]
    currency, exponent = _unit(answer, amount)
    try:
        return Reading(
            taken_at=now,
            source=SOURCE,
            meters=tuple(_balances(answer, amount, currency, exponent)),
            tranches=(
                *_tranches(answer.get("tranches"), Lot.PAID, currency, exponent),
                *_tranches(answer.get("promo_tranches"), Lot.PROMOTIONAL, currency, exponent),
            ),
            next_expires_at=_time(answer.get("next_expires_at")),
            auto_reload=_auto_reload(answer, currency),
            last_purchase=_cents(answer.get("last_paid_purchase_cents"), currency),
            raw=json.dumps(answer, default=str),
        )
    except ValueError as error:
        raise UnexpectedAnswer(f"The credits answer has a number out of range ({error}).", outline(answer)) from error


def spend(answer: Any, currency: str) -> Spend | None:
    """The month's spend in a `current_spend` answer, or None where it cannot be read.

    Shape: `{"amount": 15107, "resets_at": "2026-09-01T00:00:00.000Z"}`. Units: `amount` is in cents.
    """
    if not isinstance(answer, dict) or not _whole(answer.get("amount")) or answer["amount"] < 0:
        return None
    try:
        spent = Money.from_minor(answer["amount"], currency)
    except ValueError:
        return None
    return Spend(key=MONTH, label="Spent this month", spent=spent, resets_at=_time(answer.get("resets_at")))


def organizations(answer: Any) -> tuple[Organization, ...]:
    """What a session can see. Shape: `[{"uuid": …, "name": …, "capabilities": ["api", …]}, …]`.

    Raises: the refusal inside an answer; UnexpectedAnswer.
    """
    if (inside := refused_inside(answer)) is not None:
        raise inside
    if not isinstance(answer, list):
        raise UnexpectedAnswer("The list of organizations is no list.", outline(answer))
    return tuple(
        Organization(
            uuid=item["uuid"],
            name=str(item.get("name") or "Organization"),
            api=isinstance(item.get("capabilities"), list) and "api" in item["capabilities"],
        )
        for item in answer
        if isinstance(item, dict) and isinstance(item.get("uuid"), str)
    )


def _whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _unit(answer: Mapping[str, Any], amount: int) -> tuple[str, int]:
    """The currency and the exponent of `amount`.

    Cents, unless the same amount stands in `balance` with another exponent: as one part, or as the sum of both.
    `currency` is null where nothing was ever bought; then the part's own decides, else USD.
    """
    named = _currency(answer.get("currency"))
    parts = [
        part for part in _parts(answer.get("balance")) if _currency(part.get("currency")) in (None, named) or not named
    ]
    exponents = {part["exponent"] for part in parts}
    same = [part for part in parts if part["amount_minor"] == amount]
    total = sum(part["amount_minor"] for part in parts)
    if same:
        return named or _currency(same[0].get("currency")) or "USD", same[0]["exponent"]
    if len(exponents) == 1 and total == amount:
        (exponent,) = exponents
        return named or next((c for c in map(_currency_of, parts) if c), None) or "USD", exponent
    return named or "USD", CENTS


def _parts(balance: Any) -> list[Mapping[str, Any]]:
    if not isinstance(balance, dict):
        return []
    parts = (balance.get(name) for name in ("money", "credits"))
    return [
        {**part, "exponent": part.get("exponent", CENTS)}
        for part in parts
        if isinstance(part, dict)
        and _whole(part.get("amount_minor"))
        and _whole(part.get("exponent", CENTS))
        and 0 <= part.get("exponent", CENTS) <= 6
    ]


def _currency_of(part: Mapping[str, Any]) -> str | None:
    return _currency(part.get("currency"))


def _currency(value: Any) -> str | None:
    if isinstance(value, str) and len(value.strip()) == 3 and value.strip().isascii() and value.strip().isalpha():
        return value.strip().upper()
    return None


def _balances(answer: Mapping[str, Any], amount: int, currency: str, exponent: int) -> Iterable[Meter]:
    known = amount != NOT_KNOWN
    yield Balance(key=TOTAL, label="Balance", left=Money.from_minor(amount, currency, exponent) if known else None)
    paid = answer.get("amount_without_scoped_credits")
    if _whole(paid) and paid != NOT_KNOWN:
        yield Balance(key=PAID, label="Paid", left=Money.from_minor(paid, currency, exponent))
    lots = list(_tranches(answer.get("promo_tranches"), Lot.PROMOTIONAL, currency, exponent))
    left = [lot.remaining for lot in lots if lot.remaining is not None and lot.remaining.currency == currency]
    if left:
        promotional = Money(sum((money.amount for money in left), Decimal(0)), currency)
        yield Balance(key=PROMOTIONAL, label="Promotional", left=promotional)


def _tranches(lots: Any, lot: Lot, currency: str, exponent: int) -> Iterable[Tranche]:
    for item in lots[:MOST_TRANCHES] if isinstance(lots, list) else ():
        if not isinstance(item, dict):
            continue
        own = _currency(item.get("currency")) or currency
        unit = exponent if own == currency else CENTS
        remaining, granted = item.get("remaining_amount_minor_units"), item.get("granted_amount_minor_units")
        yield Tranche(
            lot=lot,
            name=str(item.get("name") or ""),
            remaining=Money.from_minor(remaining, own, unit) if _whole(remaining) else None,
            granted=Money.from_minor(granted, own, unit) if _whole(granted) else None,
            expires_at=_time(item.get("expires_at")),
        )


def _auto_reload(answer: Mapping[str, Any], currency: str) -> AutoReload | None:
    """null is off; an object is on unless it says otherwise. No capture of one was ever seen: every key is optional."""
    if "auto_reload_settings" not in answer:
        return None
    troubles = (answer.get(key) for key in ("auto_reload_disabled_reason", "auto_reload_stripe_error_code"))
    trouble = ", ".join(word for word in troubles if isinstance(word, str) and word) or None
    kept = answer["auto_reload_settings"]
    if not isinstance(kept, dict):
        return AutoReload(on=False, trouble=trouble)
    return AutoReload(
        on=kept.get("enabled", kept.get("is_enabled", True)) is not False,
        trouble=trouble,
        threshold=_cents(kept.get("threshold_cents", kept.get("threshold")), currency),
        reload_to=_cents(kept.get("reload_to_cents", kept.get("reloadAmount", kept.get("amount"))), currency),
    )


def _cents(value: Any, currency: str) -> Money | None:
    return Money.from_minor(value, currency) if _whole(value) else None


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return from_rfc3339(value)
    except (ValueError, OverflowError):
        return None
