import json

import pytest

from claudetray.core.errors import BrokeOff, NotReached, TookTooLong, UpstreamFailed
from claudetray.proxy import refusals


@pytest.mark.parametrize(
    ("failure", "status", "kind"),
    [
        (NotReached("https://a.example cannot be reached (Connection refused)."), 502, "api_error"),
        (BrokeOff("The API broke off."), 502, "api_error"),
        (TookTooLong("Not within 30 s."), 504, "timeout_error"),
    ],
)
def test_a_failure_is_told_in_the_apis_words_with_what_to_do(failure: UpstreamFailed, status: int, kind: str) -> None:
    refusal = refusals.unanswered(failure)
    assert refusal.status == status
    said = json.loads(refusals.body(refusal))
    assert said == {"type": "error", "error": {"type": kind, "message": f"{failure} {failure.advice}"}}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "invalid_request_error"), (404, "not_found_error"), (405, "api_error"), (413, "request_too_large")],
)
def test_a_status_of_the_server_becomes_json_too(status: int, kind: str) -> None:
    answer = refusals.answer(refusals.of_status(status, "No."))
    assert (answer.status, answer.content_type) == (status, "application/json")
    assert isinstance(answer.body, bytes)
    assert json.loads(answer.body)["error"] == {"type": kind, "message": "No."}


def test_a_server_that_stops_says_so_and_closes() -> None:
    assert refusals.answer(refusals.CLOSING).keep_alive is False
    assert refusals.answer(refusals.CLOSING).headers["Connection"] == "close"
