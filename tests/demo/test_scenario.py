from decimal import Decimal
from itertools import islice, pairwise

from claudetray.demo import scenario
from claudetray.demo.console import Mood


def test_the_story_crosses_every_threshold_fails_and_tops_up() -> None:
    steps = list(islice(scenario.steps(), 200))
    amounts = [amount for amount, _ in steps]
    assert amounts[0] == Decimal("60.36")
    assert all(any(amount <= row.at for amount in amounts) for row in scenario.thresholds())
    assert any(after - before >= 40 for before, after in pairwise(amounts))
    assert Mood.EXPIRED in {mood for _, mood in steps}
