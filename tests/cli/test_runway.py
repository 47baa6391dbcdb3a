"""The commands of the runway: balance, forecast, budget, advice; and that every face says the same."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from claudetray import app
from tests.builders import NOW
from tests.cli.conftest import Runs
from tests.core.traces import balances, steady

SPENT = ("--input", "100000", "--output", "20000")  # $1 of claude-opus-4-5


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "clock", lambda: NOW)


def said(run: Runs, *arguments: str, stdin: str = "") -> dict[str, Any]:
    ran = run(*arguments, "--json", stdin=stdin)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def csv_of(looks: list[tuple[datetime, Decimal]]) -> str:
    return "time,balance\n" + "".join(f"{at.isoformat()},{amount}\n" for at, amount in looks)


def test_a_balance_is_told_topped_up_corrected_and_listed(run: Runs) -> None:
    assert run("balance", "set", "$20", "--at", "2026-11-20").out.startswith("$20.00: ")
    assert run("usage", "add", "claude-opus-4-5", *SPENT).code == 0
    assert said(run, "status")["live_balance"]["amount"] == "19.00"
    assert said(run, "balance", "topup", "30", "--expires", "2026-12-24")["live_balance"]["amount"] == "49.00"
    assert said(run, "balance", "correct", "45")["balance"]["amount"] == "45.00"
    entries = said(run, "balance", "list")["entries"]
    assert [(one["kind"], one["added"], one["spent"], one["corrected"]) for one in entries] == [
        ("correction", "0", "0", "-4"),
        ("top_up", "30", "1", "0"),
        ("observed", "0", "0", "0"),
    ]
    listed = run("balance", "list").out.splitlines()
    assert "top_up" in listed[1]
    assert "added $30.00" in listed[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("balance", "set", "much"),
        ("balance", "set", "1", "--currency", "dollars"),
        ("balance", "set", "1", "--at", "2027-01-01"),
        ("balance", "topup", "0"),
        ("budget", "set", "x", "0"),
        ("budget", "set", "x", "5", "--levels", "half"),
        ("budget", "set", "x", "5", "--from", "2026-12-01"),
        ("budget", "lift", "nobody"),
        ("budget", "delete", "nobody"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(run: Runs, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.code == 1
    assert ran.err.strip().endswith(".")
    assert said(run, "balance", "list")["entries"] == []
    assert said(run, "budget", "list")["budgets"] == []


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


def test_budgets_are_kept_listed_lifted_and_deleted(run: Runs) -> None:
    assert run("budget", "list").out == "no budgets\n"
    assert run("budget", "set", "coding", "0.50", "--period", "day", "--hard-stop", "--tag", "web").code == 0
    assert run("budget", "set", "trip", "90", "--from", "2026-12-01", "--to", "2026-12-09").code == 0
    assert run("budget", "set", "two", "1", "--tag", "a", "--model", "b").code == 2
    assert run("usage", "add", "claude-opus-4-5", *SPENT, "--tags", "web").code == 0
    found = said(run, "budget", "list")
    (coding,), (trip,) = found["budgets"], found["resting"]
    assert (coding["name"], coding["spent"], coding["percent"], coding["used_up"]) == ("coding", "1.00", 200, True)
    assert (trip["begins"], trip["period"]) == ("2026-12-01", "fixed")
    assert "refuses calls" in run("budget", "list").out
    assert "lifted until 2026-11-22 00:00:00" in run("budget", "lift", "Coding").out
    assert "refuses calls" not in run("budget", "list").out
    assert run("budget", "lift", "coding", "--again").code == 0
    assert run("budget", "delete", "coding").code == 0
    assert said(run, "budget", "list")["budgets"] == []


def test_advice_names_the_sum_that_it_is_about(run: Runs) -> None:
    assert run("advice").out == "nothing to recommend\n"
    for _ in range(3):
        run("usage", "add", "claude-opus-4-5", *SPENT)
    (one,) = said(run, "advice")["items"]
    assert (one["advice"], one["sum"]) == ("costly_model", "3.00")
    assert "$3.00" in run("advice").out


def test_health_goes_by_the_limits_that_the_person_sets(run: Runs) -> None:
    run("balance", "set", "7")
    assert said(run, "status")["health"] == "warning"
    run("settings", "set", "health.warning_below", "6")
    assert said(run, "status")["health"] == "healthy"
    run("settings", "set", "health.critical_below", "7.5")
    found = said(run, "status")
    assert (found["health"], found["health_reason"]) == ("critical", "Below $7.50.")


def test_what_happened_long_ago_can_be_asked_about(run: Runs) -> None:
    for day, amount in ((18, "40"), (19, "35"), (20, "30")):
        run("balance", "set", amount, "--at", f"2026-11-{day}T09:00:00Z")
    found = said(run, "forecast", "--at", "2026-11-19T12:00:00Z")
    assert (found["balance"]["amount"], found["at"]) == ("35.00", "2026-11-19T12:00:00Z")
    assert datetime.fromisoformat(found["at"]) < datetime(2026, 11, 20, tzinfo=UTC)
