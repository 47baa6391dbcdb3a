import json
from datetime import timedelta

import pytest

from claudetray.core import contract, json_values
from claudetray.core.alert import Delivery, DeliveryState
from claudetray.core.billing import Answered, bill
from claudetray.core.money import Money
from claudetray.core.session import Session, SessionState, Way
from tests.answers import AT, OPUS, USAGE, table
from tests.builders import NOW, a_failure, a_look, a_reading, a_status, an_alert, dollars, thresholds


@pytest.mark.parametrize(
    ("cost", "amount"),
    [(0, "0.00"), (1, "0.000000000001"), (12_300_000_000, "0.0123"), (2**63 - 1, "9223372.036854775807")],
)
def test_a_cost_is_written_with_all_its_digits(cost: int, amount: str) -> None:
    assert json_values.pico(cost) == {"amount": amount, "currency": "USD"}


def test_what_is_not_known_is_null_and_not_zero() -> None:
    assert json_values.pico(None) is None
    assert json_values.money(None) is None
    assert json_values.time(None) is None
    nothing = contract.reading(None)
    assert (nothing.pop("tranches"), set(nothing.values())) == ([], {None})


def test_a_reading_says_the_same_keys_whether_it_is_there_or_not() -> None:
    there = contract.reading(a_reading())
    assert there.keys() == contract.reading(None).keys()
    assert there["balance"] == json_values.money(dollars("60.36"))
    assert there["spend"]["amount"] == "151.07"
    assert there["taken_at"] == "2026-11-21T09:30:00Z"


def test_a_look_tells_how_it_went() -> None:
    fine, failed = contract.look(a_look()), contract.look(a_look(failure=a_failure()))
    assert (fine["ok"], fine["error"], fine["took_ms"]) == (True, None, 400)
    assert (failed["ok"], failed["balance"], failed["error"]["kind"]) == (False, None, "session_expired")


def test_a_threshold_is_a_balance_and_minutes() -> None:
    assert contract.threshold(thresholds("7.5=10")[0]) == {"balance": "7.5", "minutes": 10}


def test_the_status_is_json_and_paused_only_where_it_is_monitored() -> None:
    for known in (a_status(), a_status(never=True), a_status(failure=a_failure(), stale=True)):
        json.dumps(contract.status(known, monitored=False))
    assert contract.status(a_status(paused=True), monitored=True)["paused"] is True
    assert contract.status(a_status(paused=True), monitored=False)["paused"] is False


def test_a_session_that_is_over_watches_no_organization() -> None:
    signed_in = contract.session(a_status())
    assert signed_in["organization"] == {"uuid": "o-1", "name": "Example"}
    out = Session(state=SessionState.SIGNED_OUT, way=Way.SNIPPET, since=NOW)
    assert contract.session(a_status(session=out))["organization"] is None


def test_an_alert_lists_its_deliveries() -> None:
    alert, due_at = an_alert(), NOW + timedelta(minutes=1)
    delivery = Delivery(
        id=1, alert=alert, channel="slack", state=DeliveryState.PENDING, tries=2, due_at=due_at, first_due_at=due_at
    )
    shown = contract.alert(alert, (delivery,))
    assert shown["facts"][0] == {"label": "Balance", "text": "$18.20"}
    assert (shown["deliveries"][0]["channel"], shown["deliveries"][0]["tries"]) == ("slack", 2)


def test_a_bill_shows_its_parts_and_they_add_up() -> None:
    shown = contract.bill(bill(Answered(model=OPUS, usage=USAGE), table(), AT))
    assert sum(part["cost_pico_usd"] for part in shown["parts"]) == shown["cost_pico_usd"]
    assert (shown["priced"], shown["estimated"], shown["flags"]) == (True, False, [])
    assert set(shown) == {"model", "priced", "cost", "cost_pico_usd", "estimated", "parts", "flags"}


def test_an_unpriced_bill_has_nulls() -> None:
    shown = contract.bill(bill(Answered(model="gpt-5", usage=USAGE), table(), AT))
    assert (shown["model"], shown["priced"], shown["cost"], shown["cost_pico_usd"]) == ("gpt-5", False, None, None)


def test_money_keeps_its_currency() -> None:
    assert json_values.money(Money(dollars("1.5").amount, "EUR")) == {"amount": "1.50", "currency": "EUR"}
