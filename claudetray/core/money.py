"""Money: exact, in one currency; a float never holds it."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MICRO_DIGITS = 6
MOST_MICROS = 2**63 - 1  # what a SQLite integer holds
# ISO 4217: the currencies whose minor unit is not a hundredth.
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "TND": 3}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (ISO 4217, upper case).

    Raises: TypeError when the amount is not a Decimal; ValueError when it is not finite.
    """

    amount: Decimal
    currency: str = "USD"

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"money is made from a Decimal, not {type(self.amount).__name__}")
        if not self.amount.is_finite():
            raise ValueError("money is a finite number")

    @classmethod
    def from_minor(cls, minor: int, currency: str, exponent: int = 2) -> "Money":
        """Units: `minor` is in units of 10^-exponent (cents, for 2). Raises: ValueError when out of range."""
        money = cls(Decimal(minor).scaleb(-exponent), currency)
        money.micros()
        return money

    @classmethod
    def from_micros(cls, micros: int, currency: str) -> "Money":
        """Units: `micros` is in millionths, as balances are stored."""
        return cls(Decimal(micros).scaleb(-MICRO_DIGITS), currency)

    def micros(self) -> int:
        """The amount in millionths. Raises: ValueError where that would round or overflow."""
        return micros(self.amount)

    def text(self) -> str:
        """The amount as a plain decimal string: all its digits, and never fewer than its currency has."""
        normal = self.amount.normalize()
        least = _DIGITS.get(self.currency, 2)
        exponent = normal.as_tuple().exponent
        digits = max(least, -exponent) if isinstance(exponent, int) else least
        return f"{self.amount:.{digits}f}"


def typed(text: str, currency: str) -> Money:
    """An amount as people type it: with a currency's sign in front, or without. Raises: ValueError."""
    money = Money(decimal(text.strip().lstrip("$€£")), currency)
    money.micros()
    return money


def micros(amount: Decimal) -> int:
    """`amount` in millionths. Raises: ValueError where that would round or overflow."""
    scaled = amount.scaleb(MICRO_DIGITS)
    if abs(scaled) > MOST_MICROS:
        raise ValueError("amount is out of range")
    if scaled != scaled.to_integral_value():
        raise ValueError("amount is finer than a millionth")
    return int(scaled)


def decimal(text: str) -> Decimal:
    """A finite, plain decimal number. Raises: ValueError on anything else."""
    plain = text.strip()
    if not plain or len(plain) > 40 or any(character not in "+-.0123456789" for character in plain):
        raise ValueError("not a decimal number")
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise ValueError("not a decimal number") from error
