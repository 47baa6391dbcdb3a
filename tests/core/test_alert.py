from dataclasses import replace
from datetime import timedelta

import pytest

from claudetray.core.alert import MOST_FACTS, together
from claudetray.core.health import Health
from tests.builders import NOW, an_alert


def test_one_alert_is_itself() -> None:
    assert together([an_alert()]) == an_alert()
    with pytest.raises(ValueError, match="nothing to say"):
        together([])


def test_several_are_one_message_with_the_worst_first() -> None:
    later = NOW + timedelta(minutes=1)
    budget = replace(an_alert("Budget “coding”: 80 % spent"), body="$8 of $10.", facts=(("Account", "Example"),))
    worst = replace(an_alert("$4.20 of credit left", Health.CRITICAL), raised_at=later)
    found = together([budget, an_alert("Spending is far over the usual"), worst])
    assert found.title == "$4.20 of credit left, and 2 more"
    assert found.body.splitlines() == [
        worst.body,
        "Budget “coding”: 80 % spent. $8 of $10.",
        f"Spending is far over the usual. {an_alert().body}",
    ]
    assert (found.health, found.raised_at) == (Health.CRITICAL, later)
    assert dict(found.facts)["Account"] == "Example"


def test_the_same_fact_is_said_once_and_the_worst_ones_counts() -> None:
    other = replace(an_alert(), health=Health.CAUTION, facts=(("Balance", "$1"), *((f"F{n}", "x") for n in range(20))))
    found = together([other, an_alert()])
    assert dict(found.facts)["Balance"] == "$18.20"
    assert len(found.facts) == MOST_FACTS
