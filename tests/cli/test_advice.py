import pytest

from tests.cli.conftest import Runs, said

SPENT = ("--input", "100000", "--output", "20000")  # $1 of claude-opus-4-5

pytestmark = pytest.mark.usefixtures("at_now")


def test_advice_names_the_sum_that_it_is_about(run: Runs) -> None:
    assert run("advice").out == "nothing to recommend\n"
    for _ in range(3):
        run("usage", "add", "claude-opus-4-5", *SPENT)
    (one,) = said(run, "advice")["items"]
    assert (one["advice"], one["sum"]) == ("costly_model", "3.00")
    assert "$3.00" in run("advice").out
