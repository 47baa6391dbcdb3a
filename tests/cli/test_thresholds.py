import json

import pytest

from tests.cli.conftest import Runs


def test_the_table_is_replaced_and_sorted(run: Runs) -> None:
    assert run("thresholds", "list").out == "no thresholds\n"
    run("thresholds", "set", "1=1")
    assert run("thresholds", "set", "50=60", "7.50=30", "5=10").code == 0
    shown = json.loads(run("thresholds", "list", "--json").out)
    assert shown["thresholds"] == [
        {"balance": "5", "minutes": 10}, {"balance": "7.5", "minutes": 30}, {"balance": "50", "minutes": 60},
    ]  # fmt: skip
    assert run("thresholds", "set", "--none").code == 0
    assert json.loads(run("thresholds", "list", "--json").out)["thresholds"] == []


@pytest.mark.parametrize("rows", [("20",), ("x=5",), ("20=0",), ("20=5", "20.0=6"), ("-1=5",), ("20=5", "oops")])
def test_nonsense_changes_nothing(run: Runs, rows: tuple[str, ...]) -> None:
    run("thresholds", "set", "50=60")
    ran = run("thresholds", "set", "--", *rows)
    assert ran.code == 1
    assert ran.err.strip().endswith(".")
    assert "50" in run("thresholds", "list").out


def test_nothing_at_all_is_wrong_usage(run: Runs) -> None:
    assert run("thresholds", "set").code == 2
    assert run("thresholds", "set", "--none", "5=5").code == 2
