from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.money import MOST_MICROS, Money, decimal, micros


@given(st.integers(-MOST_MICROS, MOST_MICROS))
def test_micros_survive_the_way_to_disk_and_back(value: int) -> None:
    assert Money.from_micros(value, "USD").micros() == value


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_minor_units_are_exact(minor: int, exponent: int) -> None:
    money = Money.from_minor(minor, "USD", exponent)
    assert money.amount * 10**exponent == minor


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("60.36", "USD", "60.36"),
        ("60.360000", "USD", "60.36"),
        ("0", "USD", "0.00"),
        ("12", "EUR", "12.00"),
        ("1E+3", "USD", "1000.00"),
        ("0.000001", "USD", "0.000001"),
        ("5000", "JPY", "5000"),
        ("1.5", "KWD", "1.500"),
        ("-2.5", "USD", "-2.50"),
    ],
)
def test_text_is_plain_and_has_the_digits_of_its_currency(amount: str, currency: str, text: str) -> None:
    assert Money(Decimal(amount), currency).text() == text


def test_a_float_never_holds_money() -> None:
    with pytest.raises(TypeError):
        Money(60.36, "USD")  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_money_is_finite(amount: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        Money(Decimal(amount))


def test_conversion_refuses_to_round_and_to_overflow() -> None:
    with pytest.raises(ValueError, match="finer"):
        micros(Decimal("0.0000001"))
    with pytest.raises(ValueError, match="range"):
        micros(Decimal(10) ** 14)


@pytest.mark.parametrize("text", ["", " ", "abc", "1e5", "NaN", "1_000", "1 2", "--1", "1.2.3", "٣", "9" * 41])
def test_only_plain_decimals_are_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="decimal"):
        decimal(text)
