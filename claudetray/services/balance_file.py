"""A file of balances, `time,balance`, as a forecast can be made of."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

from claudetray.core.errors import QueryRefused
from claudetray.core.money import decimal
from claudetray.core.times import from_millis, from_rfc3339

MOST_ROWS = 2_000_000
MILLIS_FROM = 10**11  # a number beyond it is in milliseconds: in seconds it would be the year 5138


def balances(text: str) -> list[tuple[datetime, Decimal]]:
    """The rows of a file, oldest first; a heading may be there. Times in RFC 3339 (UTC without an offset) or epoch.

    Raises: QueryRefused, naming the row that cannot be read.
    """
    found: list[tuple[datetime, Decimal]] = []
    for number, row in enumerate(csv.reader(text.removeprefix("\ufeff").splitlines()), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and not _is_time(cells[0])):
            continue
        if len(cells) < 2 or not _is_time(cells[0]):
            raise QueryRefused(f"Row {number} is not of the form time,balance, such as 2026-11-21T09:30:00Z,18.21.")
        if len(found) >= MOST_ROWS:
            raise QueryRefused(f"The file has more than {MOST_ROWS:,} rows.")
        if cells[1]:  # an empty cell: it was not known then
            found.append((_time(cells[0]), _amount(cells[1], number)))
    if not found:
        raise QueryRefused("The file has no balances: it should have rows such as 2026-11-21T09:30:00Z,18.21.")
    return sorted(found, key=lambda one: one[0])


def _time(text: str) -> datetime:
    """Raises: ValueError."""
    try:
        number = float(text)
    except ValueError:
        return from_rfc3339(text)
    if abs(number) >= MILLIS_FROM:
        return from_millis(int(number))
    return datetime.fromtimestamp(number, UTC)


def _is_time(text: str) -> bool:
    try:
        _time(text)
    except (ValueError, OverflowError, OSError):
        return False
    return True


def _amount(text: str, row: int) -> Decimal:
    plain = text.lstrip("$€£").replace(",", "") if text[:1] in "$€£" else text
    try:
        return decimal(plain)
    except ValueError:
        raise QueryRefused(f"Row {row} has no balance: {text[:40]!r} is not a number.") from None
