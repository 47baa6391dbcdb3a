from decimal import Decimal

from claudetray.core.json_values import cents


def test_an_estimate_has_two_decimals_and_null_is_not_known() -> None:
    assert (cents(Decimal("1.239")), cents(Decimal(-3)), cents(None)) == ("1.24", "-3.00", None)
