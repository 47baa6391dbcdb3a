import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.builders import NOW
from tests.cli.conftest import Runs, said
from tests.core.traces import balances, steady

SPENT = ("--input", "100000", "--output", "20000")  # $1 of claude-opus-4-5

pytestmark = pytest.mark.usefixtures("at_now")


def csv_of(looks: list[tuple[datetime, Decimal]]) -> str:
    return "time,balance\n" + "".join(f"{at.isoformat()},{amount}\n" for at, amount in looks)


def test_a_forecast_of_a_file_goes_by_what_was_known_at_that_time(run: Runs) -> None:
    looks = [*balances(steady(4.8), "48", 14), (NOW + timedelta(days=2), Decimal(500))]
    found = said(run, "forecast", "-", "--at", NOW.isoformat(), stdin=csv_of(looks))
    assert found["schema"] == "claudetray.forecast.v1"
    assert (found["burn_rate_per_day"], found["balance"]["amount"], found["reason"]) == ("4.80", "48.00", None)
    ends = datetime.fromisoformat(found["runs_out_at"])
    assert abs(ends - (NOW + timedelta(days=10))) < timedelta(hours=6)
    assert found["low"] < found["runs_out_at"] < found["high"]
    plain = run("forecast", "-", "--at", NOW.isoformat(), stdin=csv_of(looks)).out
    assert "empty about 1 Dec" in plain
    assert "14 days of history" in plain


def test_a_forecast_without_a_time_is_of_the_last_row(run: Runs) -> None:
    found = said(run, "forecast", "-", stdin=csv_of(balances(steady(4.8), "48", 3)))
    assert found["at"] == "2026-11-21T09:30:00Z"


def test_where_a_forecast_has_nothing_to_say_it_gives_a_reason(run: Runs) -> None:
    found = said(run, "forecast", "-", stdin=csv_of(balances(steady(4.8), "48", 0)))
    assert (found["runs_out_at"], found["burn_rate_per_day"]) == (None, None)
    assert "Not enough history" in found["reason"]
    ran = run("forecast", "-", "--json", stdin="nonsense")
    assert (ran.code, json.loads(ran.out)["error"]["kind"]) == (1, "query_refused")
    early = run("forecast", "-", "--at", "2020-01-01", stdin=csv_of(balances(steady(), "48", 3)))
    assert "no balance from before that time" in early.err
    assert run("forecast", "/nowhere/file.csv").code == 2


def test_what_happened_long_ago_can_be_asked_about(run: Runs) -> None:
    for day, amount in ((18, "40"), (19, "35"), (20, "30")):
        run("balance", "set", amount, "--at", f"2026-11-{day}T09:00:00Z")
    found = said(run, "forecast", "--at", "2026-11-19T12:00:00Z")
    assert (found["balance"]["amount"], found["at"]) == ("35.00", "2026-11-19T12:00:00Z")
    assert datetime.fromisoformat(found["at"]) < datetime(2026, 11, 20, tzinfo=UTC)
