from decimal import Decimal
from typing import Any

import pytest

from claudetray.core.analytics import Share, Sums
from claudetray.core.budget import Budget, BudgetState
from claudetray.core.recommendations import Advice, recommendations
from tests.builders import NOW


def share(name: str | None, cost: str, **more: Any) -> Share:
    usual = {"calls": 100, "input_tokens": 10_000, "output_tokens": 20_000, "cache_read_tokens": 50_000}
    return Share(name=name, sums=Sums(cost_pico=int(Decimal(cost).scaleb(12)), **(usual | more)))


def budget(spent: str, projected: str | None = None) -> BudgetState:
    return BudgetState(
        budget=Budget(id=1, name="coding", amount=Decimal(10)),
        since=NOW,
        until=NOW,
        spent=Decimal(spent),
        projected=None if projected is None else Decimal(projected),
    )


def test_without_records_or_where_all_is_well_nothing_is_said() -> None:
    assert recommendations([], []) == ()
    assert recommendations([share("claude-sonnet-5", "30")], [budget("3", "9")]) == ()


@pytest.mark.parametrize(
    ("found", "advice", "total"),
    [
        ([share("claude-opus-5", "6"), share("claude-haiku-5", "4")], Advice.COSTLY_MODEL, "6"),
        ([share("s", "5", cache_read_tokens=0, input_tokens=500_000)], Advice.NO_CACHE, "5"),
        ([share("s", "5", cache_read_tokens=0, cache_write_5m_tokens=9_000)], Advice.CACHE_NEVER_READ, "5"),
        ([share("s", "5", output_tokens=200_001)], Advice.LONG_OUTPUTS, "5"),
    ],
)
def test_each_recommendation_names_the_sum_that_it_is_about(found: list[Share], advice: Advice, total: str) -> None:
    (one,) = recommendations(found, [])
    assert (one.advice, one.sum) == (advice, Decimal(total))
    assert f"${total}.00" in one.body


@pytest.mark.parametrize(
    "found",
    [
        [share("claude-opus-5", "3"), share("claude-sonnet-5", "7")],  # no more than its part
        [share("claude-opus-5", "0.90")],  # cents
        [share("s", "5", calls=19, cache_read_tokens=0, input_tokens=500_000, output_tokens=0)],  # too few to tell
        [share("s", "5", cache_read_tokens=0)],  # too little to be cached
    ],
)
def test_what_is_not_worth_a_word_is_not_said(found: list[Share]) -> None:
    assert recommendations(found, []) == ()


def test_budgets_have_their_say_and_the_largest_sum_comes_first() -> None:
    (near,) = recommendations([], [budget("7")])
    assert (near.advice, near.title) == (Advice.BUDGET_NEARLY_SPENT, "Budget “coding” is nearly spent")
    (over,) = recommendations([], [budget("7", "12.01")])
    assert (over.advice, over.sum) == (Advice.BUDGET_OVERRUN, Decimal("2.01"))
    found = recommendations([share("claude-opus-5", "6")], [budget("11", "15")])
    assert [one.advice for one in found] == [Advice.BUDGET_NEARLY_SPENT, Advice.COSTLY_MODEL]
    assert found[0].title == "Budget “coding” is used up"
