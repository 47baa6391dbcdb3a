"""The rules that no price list has. B… are the numbered traps of messages-api, 9."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.billing import Answered, Bill, Flag, bill, merged, with_flag
from claudetray.core.rates import Price, PriceTable
from claudetray.core.usage import Tokens
from tests.answers import AT, COST, HAIKU, OPUS, SONNET, USAGE, rates, table

M = 10**6  # pico-dollars a token, at a dollar per million
PRICES = table()


def billed(usage: dict[str, Any] | None, model: str | None = OPUS, at: datetime = AT, **more: Any) -> Bill:
    return bill(Answered(model=model, usage=usage, **more), PRICES, at)


def step(
    kind: str = "message", model: str | None = OPUS, input: int = 10, output: int = 20, **more: Any
) -> dict[str, Any]:
    named = {"model": model} if model else {}
    return {"type": kind, **named, "input_tokens": input, "output_tokens": output, **more}


def test_every_kind_of_token_has_its_line_and_the_lines_are_the_sum() -> None:
    found = billed(USAGE)
    assert {part.what: part.cost_pico for part in found.parts} == {
        "input": 100 * 5 * M,
        "output": 40 * 25 * M,
        "cache_read": 1000 * M // 2,
        "cache_write_5m": 40 * 25 * M // 4,
        "cache_write_1h": 20 * 10 * M,
    }
    assert (found.cost_pico, found.estimated, found.flags) == (COST, False, ())
    assert found.tokens == Tokens(input=100, output=40, cache_read=1000, cache_write_5m=40, cache_write_1h=20)


def test_b1_the_cache_is_not_counted_twice() -> None:
    """Source: bifrost#3451; the bug gave $1.86."""
    prices = PriceTable("x", [Price(names=("claude-opus-4-7",), rates=rates("5", "25", "0.5"))])
    usage = {"input_tokens": 6, "cache_creation_input_tokens": 159_217, "output_tokens": 2_745}
    answered = Answered(model="claude-opus-4-7", usage=usage)
    assert bill(answered, prices, AT).cost_pico == 1_063_761_250_000


def test_b2_what_a_later_usage_leaves_out_or_nulls_stays_and_what_it_says_replaces() -> None:
    later = {"output_tokens": 3, "input_tokens": 50, "cache_creation": None, "speed": None, "new": {"a": 1}}
    assert merged(USAGE, later) == USAGE | {"output_tokens": 3, "input_tokens": 50, "new": {"a": 1}}
    assert merged(merged(USAGE, {"output_tokens": 30}), {"output_tokens": 40})["output_tokens"] == 40


@pytest.mark.parametrize(
    ("total", "split", "five", "hour"),
    [
        (60, {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 0}, 60, 0),
        (60, {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 60}, 0, 60),
        (60, {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 20}, 40, 20),
        (60, None, 60, 0),
        (60, {}, 60, 0),
        (60, {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20}, 40, 20),  # the rest has 5 minutes
        (60, {"ephemeral_1h_input_tokens": 20}, 40, 20),
        (None, {"ephemeral_5m_input_tokens": 40, "ephemeral_1h_input_tokens": 20}, 40, 20),
        (0, None, 0, 0),
    ],
)
def test_b4_a_write_for_an_hour_has_the_rate_of_the_hour(
    total: int | None, split: dict[str, int] | None, five: int, hour: int
) -> None:
    found = billed({"input_tokens": 0, "cache_creation_input_tokens": total, "cache_creation": split})
    assert (found.tokens.cache_write_5m, found.tokens.cache_write_1h) == (five, hour)
    assert found.cost_pico == five * 25 * M // 4 + hour * 10 * M


def test_a_split_of_more_than_the_total_is_flagged() -> None:
    found = billed({"cache_creation_input_tokens": 10, "cache_creation": {"ephemeral_1h_input_tokens": 20}})
    assert found.flags == (Flag.SUM_DIFFERS,)


@pytest.mark.parametrize("model", [OPUS, None])
@pytest.mark.parametrize("kind", ["message", "compaction", "fallback_message"])
def test_b5_every_iteration_is_billed(kind: str, model: str | None) -> None:
    cached = {"cache_read_input_tokens": 7, "cache_creation": {"ephemeral_1h_input_tokens": 3}}
    usage = {"input_tokens": 10, "output_tokens": 20, "iterations": [step(), step(kind, model, 1000, 30, **cached)]}
    assert billed(usage).cost_pico == (10 * 5 + 20 * 25 + 1000 * 5 + 30 * 25 + 3 * 10) * M + 7 * M // 2


def test_b5_an_advisor_is_billed_at_its_own_rates() -> None:
    usage = {
        "input_tokens": 10,
        "output_tokens": 20,
        "iterations": [step(model=None), step("advisor_message", HAIKU, 50, 60)],
    }
    found = billed(usage)
    assert found.cost_pico == (10 * 5 + 20 * 25) * M + 50 * M // 10 + 60 * M // 2
    assert found.flags == ()
    assert found.tokens == Tokens(input=60, output=80)


def test_b5_an_iteration_of_an_unknown_kind_is_billed_and_flagged() -> None:
    usage = {"input_tokens": 10, "output_tokens": 20, "iterations": [step(), step("dream", OPUS, 1, 1)]}
    found = billed(usage)
    assert found.cost_pico == (11 * 5 + 21 * 25) * M
    assert found.flags == (Flag.UNKNOWN_STEP,)


@pytest.mark.parametrize("listed", [[], None, "none", {}, [1, "x", None], 5])
def test_iterations_that_are_none_leave_what_stands_at_the_top(listed: object) -> None:
    assert billed(USAGE | {"iterations": listed}).cost_pico == COST


def test_the_only_iteration_has_the_split_of_the_top() -> None:
    plain = {name: value for name, value in USAGE.items() if name != "cache_creation"}
    assert billed(USAGE | {"iterations": [{"type": "message", **plain}]}).cost_pico == COST


def test_iterations_that_do_not_come_to_the_top_are_flagged() -> None:
    usage = {"input_tokens": 10, "output_tokens": 21, "iterations": [step(), step("compaction", None, 500, 1)]}
    assert billed(usage).flags == (Flag.SUM_DIFFERS,)
    assert billed(usage | {"output_tokens": 20}).flags == ()


@pytest.mark.parametrize("usage", [{"input_tokens": 10, "output_tokens": 1}, {"input_tokens": 10, "output_tokens": 0}])
def test_a_refusal_before_any_output_is_free(usage: dict[str, int]) -> None:
    found = billed(usage, refused=True, produced=False)
    assert (found.cost_pico, found.parts, found.flags) == (0, (), (Flag.REFUSED_FREE,))
    assert found.tokens.input == 10


def test_a_refusal_after_output_is_billed() -> None:
    found = billed({"input_tokens": 10, "output_tokens": 7}, refused=True, produced=True)
    assert (found.cost_pico, found.flags) == ((50 + 175) * M, ())


def test_where_content_is_not_known_the_output_tells_whether_a_refusal_is_free() -> None:
    assert billed({"input_tokens": 10, "output_tokens": 7}, refused=True).cost_pico == 225 * M
    assert billed({"input_tokens": 10, "output_tokens": 0}, refused=True).cost_pico == 0


def test_an_attempt_that_declined_before_any_output_is_free() -> None:
    steps = [step(output=0), step("fallback_message", HAIKU, 10, 25)]
    found = billed({"input_tokens": 10, "output_tokens": 25, "iterations": steps}, HAIKU, requested=OPUS)
    assert found.cost_pico == M + 25 * M // 2
    assert Flag.DECLINED_FREE in found.flags
    assert {part.model for part in found.parts} == {HAIKU}


def test_an_attempt_that_declined_after_output_is_billed() -> None:
    steps = [step(output=3), step("fallback_message", HAIKU, 10, 25)]
    found = billed({"input_tokens": 10, "output_tokens": 25, "iterations": steps}, HAIKU, requested=OPUS)
    assert found.cost_pico == (50 + 75) * M + M + 25 * M // 2


def test_a_message_without_output_that_nobody_took_over_is_billed() -> None:
    steps = [step(output=0), step(output=5)]
    assert billed({"input_tokens": 20, "output_tokens": 5, "iterations": steps}).cost_pico == (20 * 5 + 125) * M


@pytest.mark.parametrize("more", [{"service_tier": "batch"}, {}])
def test_b10_a_batch_costs_half_whoever_says_so(more: dict[str, str]) -> None:
    found = billed(USAGE | more, batch=not more)
    assert (found.cost_pico, found.flags) == (COST // 2, (Flag.BATCH,))


def test_b10_a_batch_has_no_fast_mode_and_halves_the_residency_as_well() -> None:
    found = billed(USAGE | {"service_tier": "batch", "speed": "fast", "inference_geo": "us"})
    assert found.cost_pico == COST * 11 // 20
    assert set(found.flags) == {Flag.BATCH, Flag.RESIDENCY}


@pytest.mark.parametrize(
    ("model", "geo", "dearer"),
    [
        (OPUS, "us", True),
        (OPUS, "global", False),
        (OPUS, "not_available", False),
        (OPUS, None, False),
        ("claude-haiku-4-5", "us", False),  # before 4.6
    ],
)
def test_b12_residency_makes_every_token_a_tenth_dearer(model: str, geo: str | None, dearer: bool) -> None:
    plain, there = billed(USAGE, model), billed(USAGE | {"inference_geo": geo}, model)
    assert plain.cost_pico is not None
    assert there.cost_pico == plain.cost_pico * (11 if dearer else 10) // 10
    assert (Flag.RESIDENCY in there.flags) is dearer


def test_fast_is_dearer_where_it_is_offered_and_standard_and_flagged_elsewhere() -> None:
    fast = billed({"input_tokens": 10, "output_tokens": 1, "speed": "fast"})
    assert (fast.cost_pico, fast.flags) == (150 * M, (Flag.FAST,))
    slow = billed({"input_tokens": 10, "speed": "fast"}, SONNET)
    assert (slow.cost_pico, slow.flags) == (20 * M, (Flag.FAST_UNKNOWN,))


@pytest.mark.parametrize(("read", "dear"), [(40_000, False), (40_001, True)])
def test_a_long_prompt_makes_every_token_dearer_and_the_cache_counts(read: int, dear: bool) -> None:
    usage = {"input_tokens": 10_000, "cache_read_input_tokens": read, "cache_creation_input_tokens": 50_000}
    found = billed(usage | {"output_tokens": 10**6}, HAIKU)
    times = 5 if dear else 1
    each = 10_000 * 100_000 + read * 10_000 + 50_000 * 125_000 + 10**6 * 500_000
    assert (found.cost_pico, Flag.LONG_PROMPT in found.flags) == (times * each, dear)


def test_each_iteration_is_judged_long_on_its_own() -> None:
    steps = [step(model=HAIKU, input=60_000, output=0), step(model=HAIKU, input=60_000, output=1)]
    assert Flag.LONG_PROMPT not in billed({"iterations": steps}, HAIKU).flags


def test_searches_are_counted_and_neither_batch_nor_residency_changes_them() -> None:
    tools = {"web_search_requests": 3, "web_fetch_requests": 9}
    found = billed({"input_tokens": 0, "server_tool_use": tools, "service_tier": "batch", "inference_geo": "us"})
    assert found.cost_pico == 3 * 10**10
    assert [(part.what, part.count) for part in found.parts] == [("web_search", 3)]


def test_code_execution_leaves_a_part_unpriced() -> None:
    assert Flag.UNPRICED_PART in billed({"input_tokens": 1, "server_tool_use": {"code_execution_requests": 1}}).flags


def test_priority_is_the_list_price_and_an_estimate() -> None:
    found = billed(USAGE | {"service_tier": "priority"})
    assert (found.cost_pico, found.estimated, found.flags) == (COST, True, (Flag.PRIORITY,))


def test_what_another_organization_pays_is_flagged_and_not_added() -> None:
    found = billed(USAGE | {"billing_policy": {"bill_to": "user_profile"}})
    assert (found.cost_pico, found.flags) == (0, (Flag.BILLED_ELSEWHERE,))


@pytest.mark.parametrize("model", ["claude-opus-4-15", "claude-opus-5-mini", "gpt-5", None])
def test_b13_an_unknown_model_is_unpriced_never_free_and_its_tokens_are_shown(model: str | None) -> None:
    found = billed(USAGE | {"server_tool_use": {"web_search_requests": 1}}, model)
    assert (found.cost_pico, found.parts) == (None, ())
    assert found.flags == (Flag.UNPRICED_MODEL,)
    assert found.tokens.input == 100


def test_one_unknown_iteration_leaves_the_whole_unpriced() -> None:
    assert billed({"iterations": [step(), step("advisor_message", "gpt-5", 1, 1)]}).cost_pico is None


def test_an_answer_that_broke_off_is_a_lower_bound() -> None:
    found = billed(USAGE, whole=False)
    assert (found.cost_pico, found.estimated, found.flags) == (COST, True, (Flag.INCOMPLETE,))


def test_without_usage_there_is_no_price() -> None:
    assert billed(None) == Bill(model=OPUS, cost_pico=None, flags=(Flag.NO_USAGE,))
    assert billed(None, whole=False).estimated


def test_a_write_that_only_warms_the_cache_is_billed() -> None:
    assert billed({"input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": 4}).cost_pico == 25 * M


@pytest.mark.parametrize("count", [-1, True, "12", 1.5, 2**48 + 1, [], {}])
def test_a_count_that_is_none_is_not_known_and_neither_is_the_price(count: object) -> None:
    found = billed({"input_tokens": count, "output_tokens": 1})
    assert (found.cost_pico, found.tokens.input, found.flags) == (None, None, (Flag.ODD_USAGE,))


def test_a_cost_beyond_what_can_be_kept_is_none() -> None:
    found = billed({"input_tokens": 2**48})
    assert (found.cost_pico, found.parts) == (None, ())
    assert Flag.ODD_USAGE in found.flags


def test_a_flag_is_set_once() -> None:
    once = with_flag(billed(USAGE), Flag.DUPLICATE)
    assert with_flag(once, Flag.DUPLICATE) == once


def test_the_price_is_that_of_the_day() -> None:
    before, after = datetime(2026, 10, 6, 23, 59, 59, tzinfo=UTC), datetime(2026, 10, 7, tzinfo=UTC)
    usage = {"cache_read_input_tokens": 10}
    assert billed(usage, SONNET, before).cost_pico == 2 * M
    assert billed(usage, SONNET, after).cost_pico == M


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(
    [*USAGE, "iterations", "server_tool_use", "billing_policy", "ephemeral_5m_input_tokens", "type", "model"]
)
odd_usage = st.dictionaries(fields, junk | st.lists(st.dictionaries(fields, junk, max_size=6), max_size=4), max_size=12)


@given(odd_usage, st.booleans(), st.booleans(), st.sampled_from([None, True, False]))
def test_no_usage_is_too_odd(usage: dict[str, Any], refused: bool, batch: bool, produced: bool | None) -> None:
    found = billed(usage, refused=refused, batch=batch, produced=produced)
    assert found.cost_pico is None or found.cost_pico >= 0
    if found.cost_pico is not None and Flag.BILLED_ELSEWHERE not in found.flags:
        assert found.cost_pico == sum(part.cost_pico for part in found.parts)


counts = st.integers(0, 10**9)


@given(counts, counts, counts, counts, counts)
def test_the_cost_of_calls_is_the_sum_of_their_costs(one: int, two: int, read: int, five: int, hour: int) -> None:
    def usage(input: int) -> dict[str, Any]:
        split = {"ephemeral_5m_input_tokens": five, "ephemeral_1h_input_tokens": hour}
        return {"input_tokens": input, "cache_read_input_tokens": read, "cache_creation": split}

    whole = billed({"input_tokens": one + two}).cost_pico or 0
    assert (billed(usage(one)).cost_pico or 0) + (billed(usage(two)).cost_pico or 0) == (
        whole + 2 * (billed(usage(0)).cost_pico or 0)
    )
