"""Thresholds: at or below this balance, how often to look and when to speak."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from claudetray.core.errors import SettingRefused
from claudetray.core.money import Money, decimal, micros

MOST_MINUTES = 7 * 24 * 60
MOST_BALANCE = Decimal(1_000_000_000)
SUGGESTED = ("50=60", "20=30", "5=10")


@dataclass(frozen=True, slots=True, order=True)
class Threshold:
    """At or below `at` (in the currency of the balance): look every `look_every`, and say so once."""

    at: Decimal
    look_every: timedelta

    @property
    def minutes(self) -> int:
        return self.look_every // timedelta(minutes=1)


def threshold(balance: str, minutes: str) -> Threshold:
    """A threshold from two texts as people type them.

    Units: `balance` in the balance's currency, `minutes` whole. Raises: SettingRefused, in a sentence.
    """
    try:
        at = decimal(_plain(balance))
        micros(at)
    except ValueError:
        raise SettingRefused("The balance must be a number such as 20 or 7.50.") from None
    if at < 0:
        raise SettingRefused("The balance cannot be negative.")
    if at > MOST_BALANCE:
        raise SettingRefused(f"The balance cannot be over {MOST_BALANCE:,}.")
    return Threshold(at.normalize() + 0, timedelta(minutes=whole_minutes(minutes)))


def _plain(balance: str) -> str:
    """Without a currency sign, and with a point where a comma was typed: `$7,50` is 7.50."""
    bare = balance.strip().lstrip("$€£").strip()
    return bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare


def whole_minutes(text: str) -> int:
    """Whole minutes as people type them. Raises: SettingRefused when it is not 1 … a week."""
    plain = text.strip()
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:
        raise SettingRefused("The minutes must be a whole number, 1 or more.")
    minutes = int(plain)
    if not 1 <= minutes <= MOST_MINUTES:
        raise SettingRefused(f"The minutes must be between 1 and {MOST_MINUTES} (one week).")
    return minutes


def table(thresholds: Iterable[Threshold]) -> tuple[Threshold, ...]:
    """The thresholds, lowest first. Raises: SettingRefused when two stand at the same balance."""
    rows = tuple(sorted(thresholds))
    for lower, higher in pairwise(rows):
        if lower.at == higher.at:
            raise SettingRefused(f"There are two thresholds at {lower.at:f}; keep one of them.")
    return rows


def reached(thresholds: Iterable[Threshold], balance: Money) -> Threshold | None:
    """The lowest threshold that the balance is at or below, or None above them all."""
    return min((row for row in thresholds if balance.amount <= row.at), default=None)


def remaining(thresholds: Iterable[Threshold], balance: Money) -> int:
    """How many thresholds still lie below the balance."""
    return sum(1 for row in thresholds if row.at < balance.amount)
