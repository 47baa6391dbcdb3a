"""What becomes of a call, in the order of core/exchange.py. B… are the traps of messages-api, 9."""

import json
import logging
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.billing import Flag
from claudetray.core.tag import Field, Tag, TagRule
from claudetray.core.usage import CallError, CallState, Tokens, UsageRecord
from claudetray.services import call_ear
from claudetray.services.recorder import Measures
from claudetray.services.tagging import Tagger
from claudetray.services.usage_desk import priced
from tests.answers import (
    AT,
    COST,
    INPUT_COST,
    OPUS,
    OVERLOADED,
    SONNET,
    STOP,
    USAGE,
    batch,
    body,
    delta,
    event,
    events,
    pieces,
    start,
    stream,
    succeeded,
    table,
    text,
)
from tests.services.hearing import ASKED, ENCODERS, JSON, SSE, Heard, call, measures

SEEN_AT_START = INPUT_COST + 2 * 25_000_000
RESULTS = "/v1/messages/batches/msgbatch_1/results"
LIMITS = {
    "anthropic-ratelimit-unified-5h-utilization": "0.25",
    "anthropic-ratelimit-unified-status": "allowed",
    "Anthropic-Invented-Header": " as it stood",
    "Retry-After": "3",
}


def answered(sent: bytes, headers: dict[str, str] = SSE, status: int = 200, request: object = ASKED) -> UsageRecord:
    return Heard().asks(request).is_answered(headers, sent, status=status).ends()


def test_a_stream_is_on_record_with_all_that_it_said() -> None:
    heard = Heard(call(headers={"x-claude-code-session-id": "s1", "x-claudetray-project": "p1"})).asks()
    record = heard.is_answered(SSE, stream()).ends()
    assert (record.state, record.status, record.streaming, record.error) == (CallState.COMPLETE, 200, True, None)
    assert (record.model, record.requested_model, record.stop_reason) == (OPUS, OPUS, "end_turn")
    assert (record.cost_pico, record.estimated, record.flags) == (COST, False, ())
    assert (record.request_id, record.message_id, record.client) == ("req_head", "msg_1", "claude-cli/2.1")
    assert (record.session, record.project, record.prices) == ("s1", "p1", "test 1")
    assert (record.path, record.started_at) == ("/v1/messages", AT)
    assert json.loads(record.usage or "") == USAGE
    assert record.duration is not None
    assert record.first_token_after is not None
    assert timedelta(0) < record.first_token_after < record.duration


def test_an_answer_in_one_piece_costs_the_same_and_has_no_first_token() -> None:
    record = answered(body(), JSON)
    assert (record.cost_pico, record.streaming, record.first_token_after) == (COST, False, None)


@given(st.lists(st.integers(0), max_size=8))
def test_b8_pieces_make_no_difference(cuts: list[int]) -> None:
    heard = Heard().asks().is_answered(SSE, *pieces(stream(), cuts))
    assert heard.ends().cost_pico == COST


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("size", [1, 50, 10_000])
def test_b7_an_encoded_stream_is_read(name: str, size: int) -> None:
    sent = ENCODERS[name](stream())
    cut = [sent[at : at + size] for at in range(0, len(sent), size)]
    assert Heard().asks().is_answered(SSE | {"content-encoding": name}, *cut).ends().cost_pico == COST


def test_an_encoded_request_is_read() -> None:
    heard = Heard(call(headers={"content-encoding": "zstd"})).asks(ENCODERS["zstd"](json.dumps(ASKED).encode()))
    assert heard.leaves().requested_model == OPUS


def test_b6_who_leaves_before_the_head_is_on_record() -> None:
    record = Heard().asks().leaves()
    assert (record.state, record.status, record.cost_pico, record.estimated) == (
        CallState.INTERRUPTED,
        None,
        None,
        True,
    )
    assert (record.model, record.streaming, record.error and record.error.kind) == (OPUS, True, "client_left")


def test_b6_who_leaves_before_the_start_is_on_record() -> None:
    record = Heard().asks().is_answered(SSE, event({"type": "ping"}), stream()[:40]).leaves()
    assert (record.state, record.cost_pico, record.estimated) == (CallState.INTERRUPTED, None, True)


@pytest.mark.parametrize("more", [b"", events(*text("Hello")), events(*text("Hello"))[:-9]])
def test_b6_who_leaves_after_the_start_pays_the_input_and_the_output_up_to_there(more: bytes) -> None:
    record = Heard().asks().is_answered(SSE, events(start()), more).leaves()
    assert (record.state, record.cost_pico, record.estimated) == (CallState.INTERRUPTED, SEEN_AT_START, True)
    assert record.flags == (Flag.INCOMPLETE,)
    assert record.tokens.input == 100


def test_b6_who_leaves_after_the_delta_pays_all_of_it() -> None:
    record = Heard().asks().is_answered(SSE, events(start(), *text("Hello"), delta())).leaves()
    assert (record.cost_pico, record.estimated) == (COST, True)


def test_b6_who_leaves_after_the_last_event_has_had_it_all() -> None:
    record = Heard().asks().is_answered(SSE, stream()).leaves()
    assert (record.state, record.cost_pico, record.estimated) == (CallState.INTERRUPTED, COST, False)


def test_from_the_start_on_what_is_known_is_noted_once() -> None:
    heard = Heard().asks().is_answered(SSE, event({"type": "ping"}))
    assert heard.kept.noted_records == []
    heard.ear.answered(events(start()))
    heard.ear.answered(events(*text("Hello"), delta(), STOP))
    (noted,) = heard.kept.noted_records
    assert (noted.state, noted.cost_pico, noted.estimated) == (CallState.INTERRUPTED, SEEN_AT_START, True)


def test_b9_an_error_after_200_is_a_failure_with_the_usage_up_to_there() -> None:
    record = answered(events(start(), *text("Hello"), OVERLOADED))
    assert (record.state, record.status) == (CallState.FAILED, 200)
    assert record.error == CallError(kind="overloaded_error", message="Overloaded")
    assert (record.cost_pico, record.estimated, record.request_id) == (SEEN_AT_START, True, "req_head")


def test_a_stream_that_ends_too_soon_is_a_failure() -> None:
    record = answered(events(start(), *text("Hello")))
    assert (record.state, record.error and record.error.kind) == (CallState.FAILED, "incomplete_stream")


@pytest.mark.parametrize(("kind", "cost"), [("unreachable", 0), ("timeout", 0), ("broken_off", None)])
def test_an_upstream_that_never_answered_is_a_failure(kind: str, cost: int | None) -> None:
    """One that was never reached billed nothing; of one that hung up nobody knows."""
    heard = Heard().asks()
    heard.ear.broke(kind, "Nobody is there.")
    assert (heard.record.state, heard.record.cost_pico) == (CallState.FAILED, cost)
    assert heard.record.error == CallError(kind=kind, message="Nobody is there.")


def test_an_upstream_that_broke_off_costs_what_was_seen() -> None:
    heard = Heard().asks().is_answered(SSE, events(start(), *text("Hello")))
    heard.ear.broke("broken_off", "It hung up.")
    assert (heard.record.state, heard.record.cost_pico, heard.record.estimated) == (
        CallState.FAILED,
        SEEN_AT_START,
        True,
    )


@pytest.mark.parametrize("status", [400, 401, 429, 500, 529])
def test_a_refusal_of_the_api_costs_nothing_and_has_its_words(status: int) -> None:
    record = answered(json.dumps(OVERLOADED).encode(), JSON, status)
    assert (record.state, record.status, record.cost_pico) == (CallState.FAILED, status, 0)
    assert record.error == CallError(kind="overloaded_error", message="Overloaded")


def test_an_error_that_is_no_json_has_its_status() -> None:
    record = answered(b"<html>Bad gateway", {"content-type": "text/html"}, 502)
    assert (record.error and record.error.kind, record.cost_pico, record.flags) == ("http_502", 0, ())


def test_the_end_is_heard_once() -> None:
    heard = Heard().asks().is_answered(SSE, stream())
    heard.ear.ended()
    heard.ear.left()
    heard.ear.broke("broken_off", "")
    heard.ear.ended()
    assert heard.record.state is CallState.COMPLETE


def test_b14_every_limit_is_kept_as_it_stood() -> None:
    record = answered(stream(), SSE | LIMITS | {"Set-Cookie": "PLANTED", "server": "x"})
    assert record.headers == {name.lower(): value for name, value in LIMITS.items()}


def test_b14_limits_of_a_refusal_are_kept_as_well() -> None:
    assert answered(json.dumps(OVERLOADED).encode(), JSON | LIMITS, 429).headers["retry-after"] == "3"


def test_tags_come_from_the_header_and_from_rules() -> None:
    rules = [
        Tag(name="cli", color="#000000", rules=(TagRule(field=Field.CLIENT, pattern="^claude-cli"),)),
        Tag(name="bugs", color="#000000", rules=(TagRule(field=Field.PROMPT, pattern="debug"),)),
        Tag(name="opus", color="#000000", rules=(TagRule(field=Field.MODEL, pattern="opus"),)),
        Tag(name="beta", color="#000000", rules=(TagRule(field=Field.METADATA, pattern="beta:x-1"),)),
    ]
    headers = {"X-Claudetray-Tags": "mine,  yours too ,cli,", "anthropic-beta": "x-1"}
    for allowed in (False, True):
        heard = Heard(call(headers=headers), measures(Tagger(rules), prompts=allowed)).asks()
        expected = ("mine", "yours too", "cli", *(("bugs",) if allowed else ()), "opus", "beta")
        assert heard.is_answered(SSE, stream()).ends().tags == expected


def test_a_key_is_known_by_a_keyed_fingerprint_alone() -> None:
    one = answered(stream())
    assert one.key_fingerprint == measures().fingerprint("sk-ant-api03-PLANTED")
    assert len(one.key_fingerprint or "") == 16
    assert "PLANTED" not in repr(one)
    elsewhere = Measures(table(), Tagger(()), b"the key of another home", False, False)
    assert elsewhere.fingerprint("sk-ant-api03-PLANTED") != one.key_fingerprint
    assert Heard(call(headers={"x-api-key": ""})).asks().leaves().key_fingerprint is None


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_subscriptions_call_is_flagged_as_an_equivalent(scheme: str) -> None:
    headers = {"x-api-key": "", "Authorization": f"{scheme} sk-ant-oat01-PLANTED"}
    record = Heard(call(headers=headers)).asks().is_answered(SSE, stream()).ends()
    assert (record.flags, record.cost_pico) == ((Flag.API_EQUIVALENT,), COST)
    assert record.key_fingerprint == measures().fingerprint("sk-ant-oat01-PLANTED")


def test_a_key_in_a_bearer_header_is_no_subscription() -> None:
    headers = {"x-api-key": "", "Authorization": "Bearer sk-ant-api03-PLANTED"}
    assert Heard(call(headers=headers)).asks().is_answered(SSE, stream()).ends().flags == ()


def test_counting_tokens_is_free_and_uses_none() -> None:
    heard = Heard(call("/v1/messages/count_tokens")).asks({"model": OPUS})
    record = heard.is_answered(JSON, b'{"input_tokens": 2095}').ends()
    assert (record.state, record.cost_pico, record.flags) == (CallState.COMPLETE, 0, ())
    assert (record.model, record.tokens) == (OPUS, Tokens())


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "/v1/models", b'{"data": []}'),
        ("POST", "/v1/messages/batches", b'{"type": "message_batch", "id": "b"}'),
        ("GET", "/v1/messages/batches", b'{"data": []}'),
        ("POST", "/v1/files", b'{"id": "file_1"}'),
        ("DELETE", "/v1/files/f", b"{}"),
        ("GET", "/", b"hello"),
    ],
)
def test_what_is_no_message_costs_nothing(method: str, path: str, sent: bytes) -> None:
    record = Heard(call(path, method)).asks(b"{}").is_answered(JSON, sent).ends()
    assert (record.method, record.path, record.cost_pico, record.flags) == (method, path, 0, ())


def test_b10_the_results_of_a_batch_are_priced_as_they_pass() -> None:
    heard = Heard(call(RESULTS, "GET", {"x-claudetray-tags": "nightly"}))
    sent = batch(("a", succeeded()), ("b", {"type": "expired"}), ("c", succeeded({"input_tokens": 10}, model=SONNET)))
    heard.is_answered({"content-type": "application/x-jsonl"}, sent[:50], sent[50:]).ear.ended()
    own, (first, second) = heard.record, heard.kept.told
    assert (own.cost_pico, own.model) == (0, None)
    assert [(one.key, one.cost_pico, one.model) for one in (first, second)] == [
        ("batch:msgbatch_1:a", COST // 2, OPUS),
        ("batch:msgbatch_1:c", 10_000_000, SONNET),
    ]
    assert (first.tags, first.flags, first.state) == (("nightly",), (Flag.BATCH,), CallState.COMPLETE)


def test_results_that_break_off_count_as_far_as_they_came() -> None:
    heard = Heard(call(RESULTS, "GET"))
    heard.is_answered(JSON, batch(("a", succeeded()), ("b", succeeded()))[:-30]).ear.left()
    assert [one.key for one in heard.kept.told] == ["batch:msgbatch_1:a"]


@pytest.mark.parametrize("headers", [{"content-encoding": "rot13"}, {"content-encoding": "gzip"}])
def test_what_cannot_be_decoded_is_unpriced_and_flagged(headers: dict[str, str]) -> None:
    for kind, sent in ((SSE, stream()), (JSON, body())):
        record = answered(sent, kind | headers)
        assert (record.state, record.cost_pico, record.estimated) == (CallState.COMPLETE, None, True)
        assert Flag.NOT_READ in record.flags


def test_what_was_read_before_the_copy_broke_counts() -> None:
    made = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    sent = made.compress(events(start(), *text("Hello"))) + made.flush(zlib.Z_SYNC_FLUSH)
    record = Heard().asks().is_answered(SSE | {"content-encoding": "gzip"}, sent, b"\xff" * 99, b"more").ends()
    assert (record.cost_pico, record.estimated) == (SEEN_AT_START, True)
    assert (record.state, record.error, Flag.NOT_READ in record.flags) == (CallState.COMPLETE, None, True)


@pytest.mark.parametrize("sent", [b"", b"hello", b"[" * 100_000, b'{"type":"message","usage":' + b"[" * 100_000])
def test_an_answer_that_is_none_is_a_row_all_the_same(sent: bytes) -> None:
    record = answered(sent, JSON)
    assert (record.state, record.cost_pico) == (CallState.COMPLETE, None)
    assert Flag.NOT_READ in record.flags


def test_a_huge_request_is_let_go_and_its_headers_still_count() -> None:
    heard = Heard(call(headers={"x-claude-code-session-id": "s1"}))
    for _ in range(3):
        heard.ear.asked(bytes(4 * 1024 * 1024))
    assert heard.ear._body is None  # type: ignore[attr-defined]
    record = heard.is_answered(SSE, stream()).ends()
    assert (record.session, record.model, record.requested_model, record.cost_pico) == ("s1", OPUS, OPUS, COST)


def test_a_huge_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claudetray.proxy.answer.MOST_BODY", 100)
    record = answered(body(), JSON)
    assert (record.cost_pico, Flag.NOT_READ in record.flags) == (None, True)


def test_the_price_is_that_of_the_day_of_the_answer() -> None:
    read = {"cache_read_input_tokens": 10}
    midnight = datetime(2026, 10, 7, tzinfo=UTC)
    heard = Heard(call(at=midnight - timedelta(seconds=30))).asks()
    heard.now = midnight + timedelta(seconds=1)
    assert heard.is_answered(JSON, body(read, SONNET)).ends().cost_pico == 1_000_000


def test_odd_bytes_in_headers_are_no_trouble() -> None:
    odd = [(b"x-claudetray-tags", b"\xff\xfe, ok"), (b"User-Agent", b"\x80" * 999), (b"\xff", b"\xff")]
    heard = Heard(call_ear.CallBegun(at=AT, method="POST" * 99, target="/v1/messages", headers=odd))
    heard.ear.answering(200, [(b"content-type", b"\xff"), (b"anthropic-x", b"\xff"), (b"content-length", b"nine")])
    record = heard.ends()
    assert len(record.method) <= 200
    assert len(record.client or "") <= 200
    assert "ok" in record.tags


def test_whatever_fails_in_the_ear_the_call_has_its_row(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Tagger):
        def tags(self, seen: object) -> tuple[str, ...]:
            raise RuntimeError("a bug")

    with caplog.at_level(logging.CRITICAL):
        heard = Heard(rules=measures(Failing(()))).asks().is_answered(SSE, stream())
        record = heard.ends()
    assert (record.key, record.state, record.estimated, record.path) == (
        "call-1",
        CallState.INTERRUPTED,
        True,
        "/v1/messages",
    )


def test_a_keeper_that_fails_in_the_middle_does_not_stop_the_hearing() -> None:
    heard = Heard().asks()
    heard.kept.trouble = OSError(28, "No space left on device")
    assert heard.is_answered(SSE, *pieces(stream(), [100, 300, 600, 900])).ends().cost_pico == COST


def test_bodies_are_kept_only_where_the_person_wants_them() -> None:
    for wanted in (False, True):
        heard = Heard(rules=measures(bodies=wanted)).asks(b"{}")
        heard.is_answered(SSE | {"content-encoding": "gzip"}, ENCODERS["gzip"](stream())).ear.ended()
        (bodies,) = heard.kept.bodies
        assert (bodies is not None) is wanted
        if bodies is not None:
            assert (bodies.request, bodies.answer, bodies.answer_cut) == (b"{}", stream(), False)


@given(
    st.lists(st.binary(max_size=60), max_size=4),
    st.sampled_from((SSE, JSON, {}, SSE | {"content-encoding": "gzip"})),
    st.sampled_from((200, 429)),
    st.sampled_from(("ended", "left", "broke")),
    st.sampled_from(("/v1/messages", RESULTS, "/v1/messages/count_tokens", "/x")),
)
def test_whatever_goes_by_becomes_one_row(
    sent: list[bytes], headers: dict[str, str], status: int, end: str, path: str
) -> None:
    heard = Heard(call(path)).asks(b"".join(sent)).is_answered(headers, *sent, status=status)
    getattr(heard.ear, end)(*(("broken_off", "x") if end == "broke" else ()))
    assert len(heard.kept.calls) == 1


def test_paths_of_gateways_and_doubled_slashes_are_told_apart_as_the_apis_own() -> None:
    for path in ("/anthropic/v1/messages", "//v1/messages", "/v1/messages/?beta=true"):
        record = Heard(call(path)).asks().is_answered(JSON, body()).ends()
        assert record.cost_pico == COST, path


def test_a_key_that_a_gateway_repeats_is_not_kept() -> None:
    told = {"type": "error", "error": {"type": "authentication_error", "message": "Received sk-own-PLANTEDKEY."}}
    heard = Heard(call(headers={"x-api-key": "sk-own-PLANTEDKEY"})).asks()
    record = heard.is_answered(JSON, json.dumps(told).encode(), status=401).ends()
    assert record.error is not None
    assert "PLANTEDKEY" not in record.error.message


def test_a_fallback_in_one_piece_costs_what_it_costs_streamed_and_what_it_costs_later() -> None:
    """The step that names no model is the requested model's, whichever model the answer names."""
    usage = {
        "input_tokens": 100,
        "output_tokens": 50,
        "iterations": [
            {"type": "message", "input_tokens": 100, "output_tokens": 50},
            {"type": "fallback_message", "model": SONNET, "input_tokens": 100, "output_tokens": 50},
        ],
    }
    heard = Heard().asks({"model": OPUS, "messages": []})
    record = heard.is_answered(JSON, body(usage, model=SONNET)).ends()
    assert record.requested_model == OPUS
    assert priced(record, table()).cost_pico == record.cost_pico == (100 * 5 + 50 * 25 + 100 * 2 + 50 * 10) * 10**6


def test_what_is_held_for_reading_is_let_go() -> None:
    heard = Heard().asks()
    assert heard.kept.holds > 0
    heard.is_answered(SSE, stream())
    assert heard.kept.holds == 0
