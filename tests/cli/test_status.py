import json
from decimal import Decimal

import pytest

from claudetray.demo.world import World
from tests.cli.conftest import Runs


@pytest.mark.parametrize(("left", "code"), [("60.36", 0), ("49", 10), ("19", 11), ("4", 12)])
def test_check_tells_the_health_by_its_exit_code(run: Runs, set_up: World, left: str, code: int) -> None:
    set_up.console.amount = Decimal(left)
    run("fetch")
    assert run("status", "--check").code == code


def test_before_the_first_look_all_is_unknown(run: Runs, stand_ins: World) -> None:
    assert run("status", "--check").code == 13
    shown = json.loads(run("status", "--json").out)
    assert (shown["schema"], shown["balance"], shown["health"]) == ("claudetray.status.v1", None, "unknown")
    assert stand_ins.console.seen == []


def test_for_people(run: Runs, set_up: World) -> None:
    run("fetch")
    out = run("status").out
    for word in ("$60.36", "healthy", "Paid", "$55.36", "Promotional", "19 Sep 2027", "no monitor is running"):
        assert word in out
