from datetime import date, timedelta
from decimal import Decimal

import pytest

from claudetray.core import json_values, usage_contract
from claudetray.core.analytics import Sums
from claudetray.core.tag import Field, Tag, TagRule
from claudetray.core.usage import CallError, CallState, Tokens, UsagePage
from tests.builders import NOW, a_price, a_record


def test_a_record_shows_what_is_known_and_null_for_the_rest() -> None:
    shown = usage_contract.record(a_record(duration=None, tokens=Tokens(input=0), status=None))
    assert shown["input_tokens"] == 0
    unknown = ("output_tokens", "duration_ms", "ttft_ms", "status", "usage", "error", "client", "id", "request_id")
    assert [shown[name] for name in unknown] == [None] * len(unknown)


def test_a_cost_is_a_decimal_text_and_an_integer_and_null_where_unpriced() -> None:
    priced = usage_contract.record(a_record(cost="0.0123"))
    assert (priced["priced"], priced["cost"]) == (True, {"amount": "0.0123", "currency": "USD"})
    assert priced["cost_pico_usd"] == 12_300_000_000
    unpriced = usage_contract.record(a_record(cost=None))
    assert (unpriced["priced"], unpriced["cost"], unpriced["cost_pico_usd"]) == (False, None, None)


def test_times_are_rfc_3339_and_lengths_whole_milliseconds() -> None:
    record = a_record(
        at=NOW + timedelta(milliseconds=7, microseconds=900),
        duration=timedelta(microseconds=1_234_900),
        first_token_after=timedelta(0),
    )
    shown = usage_contract.record(record)
    assert shown["started_at"] == "2026-11-21T09:30:00.007Z"
    assert (shown["duration_ms"], shown["ttft_ms"]) == (1234, 0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [('{"input_tokens": 3}', {"input_tokens": 3}), ("{", None), (None, None), ("[" * 9_999, None)],
    ids=["json", "spoiled", "none", "nested without end"],
)
def test_usage_is_shown_as_json_or_not_at_all(text: str | None, shown: object) -> None:
    assert usage_contract.record(a_record(usage=text))["usage"] == shown


def test_an_error_has_its_kind_and_its_words() -> None:
    error = CallError(kind="overloaded_error", message="Overloaded")
    shown = usage_contract.record(a_record(state=CallState.FAILED, error=error))
    assert (shown["state"], shown["error"]) == ("failed", {"kind": "overloaded_error", "message": "Overloaded"})


def test_a_page_lists_records_and_says_where_the_next_begins() -> None:
    shown = usage_contract.page(UsagePage(items=(a_record(),), next_cursor="n"))
    assert ([one["model"] for one in shown["items"]], shown["next_cursor"]) == (["claude-opus-5"], "n")


def test_sums_have_a_mean_only_where_something_was_timed() -> None:
    assert usage_contract.sums(Sums(calls=3, duration_ms=100, timed=3))["avg_duration_ms"] == 33
    assert usage_contract.sums(Sums(calls=3))["avg_duration_ms"] is None
    shown = usage_contract.sums(Sums(calls=3, unpriced=2, input_tokens=1, output_tokens=2, cost_pico=1))
    assert (shown["total_tokens"], shown["unpriced"]) == (3, 2)
    assert shown["cost"] == {"amount": "0.000000000001", "currency": "USD"}


def test_a_tag_shows_its_rules() -> None:
    tag = Tag(id=3, name="own", color="#123456", rules=(TagRule(field=Field.PATH, pattern="^/v1"),))
    assert usage_contract.tag(tag) == {
        "id": 3,
        "name": "own",
        "color": "#123456",
        "rules": [{"field": "path", "pattern": "^/v1"}],
    }


def test_a_price_shows_dollars_per_million_without_idle_zeros() -> None:
    assert usage_contract.price(a_price(since=date(2026, 11, 1), input="10")) == {
        "id": 1,
        "model": "claude-opus-5",
        "from": "2026-11-01",
        "input": "10",
        "output": "50",
        "cache_read": "1",
        "cache_write_5m": "12.5",
        "cache_write_1h": "20",
    }
    assert usage_contract.price(a_price())["from"] is None


@pytest.mark.parametrize(
    ("amount", "text"), [("0", "0"), ("0.000", "0"), ("1E+3", "1000"), ("1.250", "1.25"), ("1E-7", "0.0000001")]
)
def test_amounts_are_written_plain(amount: str, text: str) -> None:
    assert json_values.plain(Decimal(amount)) == text
