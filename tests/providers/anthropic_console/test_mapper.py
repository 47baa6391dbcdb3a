import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claudetray.core.errors import ClaudetrayError, SessionExpired, SourceError, UnexpectedAnswer, WrongOrganization
from claudetray.core.money import Money
from claudetray.core.reading import PAID, PROMOTIONAL, AutoReload, Lot
from claudetray.providers.anthropic_console import mapper
from tests.builders import NOW

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "anthropic_console").glob("credits-*.json"))


def left(**answer: Any) -> str:
    money = mapper.reading(answer, NOW).left
    return "—" if money is None else f"{money.text()} {money.currency}"


@pytest.mark.parametrize("file", FIXTURES, ids=lambda f: f.stem)
def test_every_fixture_maps_to_what_it_says(file: Path) -> None:
    kept = json.loads(file.read_text(), parse_float=Decimal)
    assert left(**kept["answer"]) == kept["left"]


def test_there_are_fixtures() -> None:
    assert len(FIXTURES) >= 10


def test_the_full_answer() -> None:
    answer = json.loads((FIXTURES[0].parent / "credits-full.json").read_text())["answer"]
    reading = mapper.reading(answer, NOW)
    paid, promotional = reading.balance(PAID), reading.balance(PROMOTIONAL)
    assert paid is not None
    assert paid.left == Money(Decimal("0.02"))
    assert promotional is not None
    assert promotional.left == Money(Decimal("60.34"))
    assert reading.next_expires_at == datetime(2026, 9, 19, tzinfo=UTC)
    assert [lot.lot for lot in reading.tranches] == [Lot.PAID, Lot.PROMOTIONAL]
    assert reading.last_purchase == Money(Decimal("15"))
    assert json.loads(reading.raw) == answer


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, None),
        ({"auto_reload_settings": None}, AutoReload(on=False)),
        ({"auto_reload_settings": {}}, AutoReload(on=True)),
        ({"auto_reload_settings": {"enabled": False}}, AutoReload(on=False)),
        ({"auto_reload_settings": {"is_enabled": False}}, AutoReload(on=False)),
        (
            {"auto_reload_settings": {"enabled": True, "threshold_cents": 500, "reload_to_cents": 2000}},
            AutoReload(on=True, threshold=Money(Decimal(5)), reload_to=Money(Decimal(20))),
        ),
        (
            {
                "auto_reload_settings": None,
                "auto_reload_disabled_reason": "payment_failed",
                "auto_reload_stripe_error_code": "x",
            },
            AutoReload(on=False, trouble="payment_failed, x"),
        ),
    ],
)
def test_auto_reload(extra: dict[str, Any], expected: AutoReload | None) -> None:
    assert mapper.reading({"amount": 1, **extra}, NOW).auto_reload == expected


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, "x", 5, {"amount": None}, {"amount": "60.36"}, {"amount": Decimal("60.36")}, {"amount": True},
     {"amount": [1]}, {"amount": 10**30}, {"credits": 1}],
)  # fmt: skip
def test_an_answer_without_whole_cents_is_unexpected_and_shows_no_value(answer: Any) -> None:
    with pytest.raises(UnexpectedAnswer) as error:
        mapper.reading(answer, NOW)
    assert "60.36" not in f"{error.value} {error.value.sample}"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("permission_error", WrongOrganization),
        ("authentication_error", SessionExpired),
        ("who_knows", UnexpectedAnswer),
    ],
)
def test_an_error_inside_an_answer(kind: str, error: type[SourceError]) -> None:
    with pytest.raises(error):
        mapper.reading({"type": "error", "error": {"type": kind, "message": "m"}}, NOW)


@given(
    st.integers(-(10**12), 10**12).filter(lambda n: n != -1), st.sampled_from(["USD", "usd", "eur", None, 7, "DOLLARS"])
)
def test_minor_units_are_exact_whatever_the_currency_says(amount: int, currency: Any) -> None:
    money = mapper.reading({"amount": amount, "currency": currency}, NOW).left
    assert money is not None
    assert money.amount * 100 == amount
    assert money.currency in ("USD", "EUR")


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
KEYS = ("currency", "balance", "auto_reload_settings", "last_paid_purchase_cents", "next_expires_at", "tranches",
        "promo_tranches", "amount_without_scoped_credits", "auto_reload_disabled_reason")  # fmt: skip
part = st.fixed_dictionaries({}, optional={"amount_minor": anything, "currency": anything, "exponent": anything})


@settings(max_examples=400)
@given(
    st.fixed_dictionaries(
        {"amount": st.integers(-(10**6), 10**6)},
        optional={key: anything for key in KEYS}
        | {
            "balance": st.fixed_dictionaries({}, optional={"money": part, "credits": part}),
            "tranches": st.lists(anything, max_size=3),
        },
    )
)
def test_no_surprise_beside_the_amount_breaks_a_reading(answer: dict[str, Any]) -> None:
    try:
        mapper.reading(answer, NOW)
    except ClaudetrayError as error:
        assert isinstance(error, UnexpectedAnswer)  # noqa: PT017


@pytest.mark.parametrize(
    "answer", [None, {}, {"amount": None}, {"amount": -5}, {"amount": "1"}, {"amount": 10**40}, []]
)
def test_a_spend_that_cannot_be_read_is_none(answer: Any) -> None:
    assert mapper.spend(answer, "USD") is None


def test_a_spend() -> None:
    spend = mapper.spend({"amount": 15107, "resets_at": "2026-09-01T00:00:00.000Z"}, "USD")
    assert spend is not None
    assert (spend.spent, spend.resets_at) == (Money(Decimal("151.07")), datetime(2026, 9, 1, tzinfo=UTC))


def test_organizations_and_which_can_hold_credit() -> None:
    answer = [{"uuid": "a", "name": "A", "capabilities": ["api"]}, {"uuid": "b", "capabilities": ["chat"]}, {"x": 1}, 7]
    assert [(o.uuid, o.name, o.api) for o in mapper.organizations(answer)] == [
        ("a", "A", True),
        ("b", "Organization", False),
    ]
    with pytest.raises(UnexpectedAnswer):
        mapper.organizations({"data": []})
