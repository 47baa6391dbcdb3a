import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.answers import COST, OPUS, OVERLOADED, USAGE, body, events, start, stream, text
from tests.cli.conftest import Ran, Runs

DAY = ("--at", "2026-11-15")


def shown(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_a_price_as_json_has_the_contracts_keys(run: Runs) -> None:
    found = shown(run("cost", "--json", *DAY, "-", stdin=stream().decode()))
    assert list(found) == [
        "schema",
        "model",
        "priced",
        "cost",
        "cost_pico_usd",
        "estimated",
        "parts",
        "flags",
    ]
    assert (found["schema"], found["model"], found["priced"]) == ("claudetray.cost.v1", OPUS, True)
    assert found["cost"] == {"amount": "0.00245", "currency": "USD"}
    assert (found["cost_pico_usd"], found["estimated"], found["flags"]) == (COST, False, [])
    assert sum(part["cost_pico_usd"] for part in found["parts"]) == COST
    assert sum(Decimal(part["cost"]["amount"]) for part in found["parts"]) == Decimal("0.00245")


def test_an_unknown_model_is_unpriced_and_no_failure(run: Runs) -> None:
    found = shown(run("cost", "--json", "-", stdin=body(model="claude-opus-4-15").decode()))
    assert (found["priced"], found["cost"], found["cost_pico_usd"], found["parts"]) == (False, None, None, [])
    ran = run("cost", "-", stdin=body(model="claude-opus-4-15").decode())
    assert ran.code == 0
    assert "Unpriced" in ran.out
    assert "—" in ran.out


def test_a_file_is_read_and_people_see_the_parts(run: Runs, tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    file.write_bytes(body(USAGE | {"inference_geo": "us"}))
    out = run("cost", *DAY, str(file)).out
    for word in (OPUS, "cache write 1h", "$0.002695", "us residency"):
        assert word in out
    assert "estimated" not in out


def test_what_broke_off_is_an_estimate(run: Runs) -> None:
    ran = run("cost", "-", stdin=events(start(), *text("Hello")).decode())
    assert "(estimated)" in ran.out
    assert "incomplete stream" in ran.out


@pytest.mark.parametrize(
    ("at", "read"),
    [
        ("2026-10-06", 200_000),
        ("2026-10-06T23:59:59Z", 200_000),
        ("2026-10-07T00:00:00Z", 100_000),
        ("2026-10-07T01:00:00+02:00", 200_000),
        ("2026-10-07", 100_000),
        ("2026-10-07 00:00", 100_000),
    ],
)
def test_the_day_decides(run: Runs, at: str, read: int) -> None:
    answer = body({"cache_read_input_tokens": 1}, "claude-sonnet-5-5").decode()
    assert shown(run("cost", "--json", "--at", at, "-", stdin=answer))["cost_pico_usd"] == read


def test_an_error_of_the_api_costs_nothing(run: Runs) -> None:
    found = shown(run("cost", "--json", "-", stdin=json.dumps(OVERLOADED)))
    assert (found["priced"], found["cost_pico_usd"], found["cost"]["amount"]) == (True, 0, "0.00")


@pytest.mark.parametrize("answer", ["", "hello", "{}", "[]"])
def test_what_is_no_answer_is_a_failure_in_words_and_as_json(run: Runs, answer: str) -> None:
    ran = run("cost", "--json", "-", stdin=answer)
    assert ran.code == 1
    found = json.loads(ran.out)
    assert (found["ok"], found["error"]["kind"]) == (False, "not_an_answer")
    plain = run("cost", "-", stdin=answer)
    assert (plain.code, plain.out) == (1, "")
    assert plain.err.strip().endswith(".")


@pytest.mark.parametrize(
    "arguments", [("--at", "yesterday"), ("--at", "2026-13-01"), ("--at", "0001-01-01T00:00+23:00")]
)
def test_a_time_that_is_none_is_wrong_usage(run: Runs, arguments: tuple[str, ...]) -> None:
    assert run("cost", *arguments, "-", stdin=body().decode()).code == 2


def test_a_file_that_is_not_there_is_wrong_usage(run: Runs, tmp_path: Path) -> None:
    ran = run("cost", str(tmp_path / "nowhere"))
    assert (ran.code, "cannot be read" in ran.err) == (2, True)
