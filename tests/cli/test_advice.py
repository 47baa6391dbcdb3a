import json
from typing import Any

import pytest

from claudetray import app
from tests.builders import NOW
from tests.cli.conftest import Runs

SPENT = ("--input", "100000", "--output", "20000")  # $1 of claude-opus-4-5


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "clock", lambda: NOW)


def said(run: Runs, *arguments: str, stdin: str = "") -> dict[str, Any]:
    ran = run(*arguments, "--json", stdin=stdin)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_advice_names_the_sum_that_it_is_about(run: Runs) -> None:
    assert run("advice").out == "nothing to recommend\n"
    for _ in range(3):
        run("usage", "add", "claude-opus-4-5", *SPENT)
    (one,) = said(run, "advice")["items"]
    assert (one["advice"], one["sum"]) == ("costly_model", "3.00")
    assert "$3.00" in run("advice").out
