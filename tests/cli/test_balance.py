import pytest

from tests.cli.conftest import Runs, said

SPENT = ("--input", "100000", "--output", "20000")  # $1 of claude-opus-4-5

pytestmark = pytest.mark.usefixtures("at_now")


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


def test_health_goes_by_the_limits_that_the_person_sets(run: Runs) -> None:
    run("balance", "set", "7")
    assert said(run, "status")["health"] == "warning"
    run("settings", "set", "health.warning_below", "6")
    assert said(run, "status")["health"] == "healthy"
    run("settings", "set", "health.critical_below", "7.5")
    found = said(run, "status")
    assert (found["health"], found["health_reason"]) == ("critical", "Below $7.50.")
