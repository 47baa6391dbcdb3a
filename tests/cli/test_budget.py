import pytest

from tests.cli.conftest import Runs, said

SPENT = ("--input", "100000", "--output", "20000")  # $1 of claude-opus-4-5

pytestmark = pytest.mark.usefixtures("at_now")


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
