import json
from dataclasses import replace
from datetime import timedelta

import pytest

from claudetray.core.usage import CallState, Origin
from claudetray.prices import library
from claudetray.services import simulator
from claudetray.services.usage_desk import priced
from tests.builders import NOW


def test_made_up_calls_are_labeled_and_lie_in_their_days() -> None:
    made = list(simulator.calls(500, 7, NOW, seed=1))
    assert len(made) == 500
    assert {call.origin for call in made} == {Origin.SIMULATED}
    assert {call.state for call in made} == {CallState.COMPLETE}
    assert all(NOW - timedelta(days=7) <= call.started_at <= NOW for call in made)
    assert len({call.key for call in made}) == 500


def test_they_are_unpriced_as_yet_and_can_be_priced() -> None:
    made = list(simulator.calls(50, 7, NOW, seed=1))
    assert not any(call.priced for call in made)
    table = library.table()
    for call in made:
        found = priced(call, table)
        assert found.cost_pico
        assert (found.flags, found.estimated) in (((), False), (("long_prompt",), False))
        assert json.loads(call.usage or "")["input_tokens"] == call.tokens.input


def test_the_same_seed_makes_the_same_calls() -> None:
    one, other = ([replace(call, key="") for call in simulator.calls(20, 3, NOW, seed=7)] for _ in range(2))
    assert one == other
    assert one != [replace(call, key="") for call in simulator.calls(20, 3, NOW, seed=8)]


@pytest.mark.parametrize(("count", "days"), [(0, 7), (5, 0)])
def test_none_and_no_days_are_no_trouble(count: int, days: int) -> None:
    made = list(simulator.calls(count, days, NOW, seed=1))
    assert len(made) == count
    assert all(call.started_at <= NOW for call in made)
