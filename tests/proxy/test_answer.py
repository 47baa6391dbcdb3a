"""What answers say. B… are the numbered traps of messages-api, 9."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.core.billing import bill
from claudetray.core.usage import CallError
from claudetray.proxy import answer
from claudetray.proxy.answer import BatchResults, Reader, Tally
from tests.answers import (
    AT,
    COST,
    HAIKU,
    OPUS,
    OVERLOADED,
    STOP,
    USAGE,
    batch,
    body,
    delta,
    event,
    events,
    message,
    pieces,
    start,
    stream,
    succeeded,
    table,
    text,
)

DEEP = b"[" * 100_000


def read(sent: bytes, streaming: bool = True, cuts: list[int] | None = None) -> Tally:
    reader = Reader(streaming)
    for piece in pieces(sent, cuts or []):
        reader.feed(piece)
    reader.close()
    return reader.tally


def cost(tally: Tally) -> int | None:
    return bill(tally.answered(), table(), AT).cost_pico


def said(tally: Tally) -> dict[str, Any]:
    return {name: value for name, value in vars(tally).items() if name != "_verbatim"}


def test_b1_the_same_usage_costs_the_same_streamed_and_in_one_piece() -> None:
    assert cost(read(stream())) == cost(read(body(), streaming=False)) == COST


def test_b2_what_the_start_said_survives_a_delta_without_it() -> None:
    tally = read(stream(output_tokens=40))
    assert tally.usage == USAGE
    geo = read(stream({"inference_geo": "us", "service_tier": "batch"}))
    assert cost(geo) == COST * 11 // 20


def test_b2_deltas_replace_and_do_not_add() -> None:
    tally = read(events(start(), delta(output_tokens=25), delta(output_tokens=40), STOP))
    assert cost(tally) == COST


def test_b2_null_does_not_erase_and_a_smaller_value_replaces() -> None:
    nulls = dict.fromkeys(USAGE) | {"output_tokens": 40}
    assert read(events(start(), delta(**nulls), STOP)).usage == USAGE
    smaller = read(events(start(), delta(output_tokens=1, input_tokens=0), STOP)).usage
    assert smaller == USAGE | {"output_tokens": 1, "input_tokens": 0}


def test_b3_the_last_output_counts_and_not_that_of_the_start() -> None:
    assert bill(read(stream(output_tokens=900)).answered(), table(), AT).tokens.output == 900


def test_b4_what_server_tools_add_to_the_cache_is_written_for_5_minutes() -> None:
    """Source: tool-use-with-prompt-caching; the delta never has the split."""
    tally = read(stream(output_tokens=40, input_tokens=10_682, cache_creation_input_tokens=160))
    tokens = bill(tally.answered(), table(), AT).tokens
    assert (tokens.input, tokens.cache_write_5m, tokens.cache_write_1h) == (10_682, 140, 20)


def test_b5_iterations_of_the_last_delta_are_billed() -> None:
    steps = [{"type": "compaction", "input_tokens": 1000, "output_tokens": 30}, {"type": "message", **USAGE}]
    tally = read(stream(output_tokens=40, iterations=steps))
    assert cost(tally) == COST + (1000 * 5 + 30 * 25) * 10**6


def test_b6_a_stream_that_breaks_off_has_the_whole_input_and_the_output_up_to_there() -> None:
    tally = read(events(start(), *text("Hello")[:2]))
    found = bill(tally.answered(), table(), AT)
    assert (found.tokens.input, found.tokens.output, found.estimated) == (100, 2, True)
    assert not tally.whole


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@given(st.lists(st.integers(0), max_size=12), st.booleans())
def test_b8_any_chunking_and_line_ending_gives_the_same(end: bytes, cuts: list[int], spaces: bool) -> None:
    sent = stream().replace(b"data: ", b"data: " if spaces else b"data:").replace(b"\n", end)
    assert said(read(sent, cuts=cuts)) == said(read(stream()))


@pytest.mark.parametrize("named", [True, False])
def test_b8_the_type_is_that_of_the_json(named: bool) -> None:
    sent = stream().split(b"\n")
    kept = [line for line in sent if named or not line.startswith(b"event:")]
    wrong = [b"event: something" if line.startswith(b"event:") else line for line in kept]
    assert said(read(b"\n".join(wrong))) == said(read(stream()))


def test_b9_an_error_after_200_is_an_error_with_the_usage_up_to_there() -> None:
    tally = read(events(start(), *text("Hello"), OVERLOADED))
    assert tally.error == CallError(kind="overloaded_error", message="Overloaded")
    assert (tally.request_id, tally.whole) == ("req_body", False)
    assert cost(tally) == COST - 38 * 25 * 10**6


def test_b10_every_result_of_a_batch_is_read_and_those_that_failed_are_left_out() -> None:
    refused = {"type": "errored", "error": {"type": "error", "error": {"type": "invalid_request_error"}}}
    sent = batch(("a", succeeded()), ("b", refused), ("c", {"type": "expired"}), ("d", succeeded(model=HAIKU)))
    results = BatchResults()
    found = [*results.feed(sent), *results.close()]
    assert [(name, tally.model) for name, tally in found] == [("a", OPUS), ("d", HAIKU)]
    assert cost(found[0][1]) == COST // 2


@given(st.lists(st.integers(0), max_size=10), st.booleans())
def test_b10_neither_chunk_borders_nor_a_last_line_without_its_end_matter(cuts: list[int], ended: bool) -> None:
    sent = batch(*((f"r{number}", succeeded()) for number in range(3))).removesuffix(b"" if ended else b"\n")
    results = BatchResults()
    found = [one for piece in pieces(sent, cuts) for one in results.feed(piece)] + list(results.close())
    assert [name for name, _ in found] == ["r0", "r1", "r2"]


def test_a_result_that_is_too_large_is_left_out_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "MOST_LINE", 1_000)
    large = batch(("large", succeeded(content=[{"type": "text", "text": "x" * 5_000}])))
    sent = large + batch(("small", succeeded()))
    results = BatchResults()
    found = [one for at in range(0, len(sent), 300) for one in results.feed(sent[at : at + 300])]
    assert [name for name, _ in found] == ["small"]


def test_b13_a_fallback_in_the_middle_names_the_model_that_serves() -> None:
    block = {"type": "content_block_start", "content_block": {"type": "fallback", "to": {"model": HAIKU}}}
    tally = read(events(start(), block, *text("Hi"), delta(), STOP))
    assert (tally.model, tally.requested) == (HAIKU, OPUS)
    nameless = {"type": "content_block_start", "content_block": {"type": "fallback", "to": "nobody"}}
    assert read(events(start(), nameless, STOP)).model == OPUS


@pytest.mark.parametrize(
    ("content", "produced"),
    [
        ([], False),
        ([{"type": "text", "text": ""}], False),
        ([{"type": "fallback", "to": {}}], False),
        ([{"type": "text", "text": "I"}], True),
        ([{"type": "tool_use", "name": "Bash"}], True),
        (None, None),
        ("text", None),
    ],
)
def test_a_refusal_is_free_where_nothing_was_written(content: object, produced: bool | None) -> None:
    tally = read(body(content=content, stop_reason="refusal"), streaming=False)
    assert (tally.produced, tally.answered().refused) == (produced, True)


def test_a_refusal_in_a_stream_is_free_before_output_and_billed_after() -> None:
    free = read(events(start(), delta("refusal", output_tokens=1), STOP))
    assert (cost(free), free.produced) == (0, False)
    billed = read(events(start(), *text("I can"), delta("refusal", output_tokens=40), STOP))
    assert (cost(billed), billed.stop_reason) == (COST, "refusal")


def test_a_cache_that_is_only_warmed_is_billed() -> None:
    tally = read(body(USAGE | {"output_tokens": 0}, content=[], stop_reason="max_tokens"), streaming=False)
    assert cost(tally) == COST - 40 * 25 * 10**6


def test_counting_tokens_is_free() -> None:
    tally = read(b'{"input_tokens": 2095}', streaming=False)
    assert (tally.free, tally.whole, tally.usage) == (True, True, {"input_tokens": 2095})


def test_an_error_in_one_piece_is_read() -> None:
    tally = read(json.dumps(OVERLOADED).encode(), streaming=False)
    assert tally.error == CallError(kind="overloaded_error", message="Overloaded")
    assert (tally.request_id, tally.usage, tally.whole) == ("req_body", None, True)


def test_an_error_is_cut_to_a_length_and_an_odd_one_is_an_error_all_the_same() -> None:
    long = {"type": "error", "error": {"type": "api_error", "message": "x" * 9_000}}
    found = read(event(long)).error
    assert found is not None
    assert len(found.message) == answer.MOST_MESSAGE
    for odd in ("nonsense", None, 5, {"type": 5}):
        assert read(event({"type": "error", "error": odd})).error == CallError(kind="error", message="")


def test_the_usage_is_kept_as_it_stood_unknown_fields_and_all() -> None:
    written = '{"input_tokens": 1,  "new_field": [1.50, "é"]}'
    sent = json.dumps(message(None)).replace('"usage": null', f'"usage": {written}').encode()
    assert read(sent, streaming=False).usage_text == written
    streamed = read(stream({"new_field": {"a": 1}}))
    assert streamed.usage_text is not None
    assert json.loads(streamed.usage_text) == USAGE | {"new_field": {"a": 1}}


def test_tools_are_noted_once_and_not_without_end() -> None:
    blocks = [{"type": kind, "name": "Bash"} for kind in ("tool_use", "server_tool_use", "mcp_tool_use", "text")]
    blocks += [{"type": "tool_use", "name": f"t{number}"} for number in range(200)]
    tally = read(body(content=[*blocks, {"type": "tool_use", "name": 5}]), streaming=False)
    assert list(tally.tools)[:2] == ["Bash", "t0"]
    assert len(tally.tools) == answer.MOST_TOOLS
    in_stream = [{"type": "content_block_start", "content_block": block} for block in blocks[:1]]
    assert list(read(events(start(), *in_stream)).tools) == ["Bash"]


def test_names_are_cut_to_a_length() -> None:
    tally = read(body(model="m" * 1_000, id="i" * 1_000), streaming=False)
    assert [len(tally.model or ""), len(tally.message_id or "")] == [200, 200]


@pytest.mark.parametrize(
    "sent",
    [b"", b"null", b"[]", b"5", b"{}", b"{", b'{"type": "message_batch"}', b"\xff\xfe", b"<html>", DEEP],
    ids=lambda sent: repr(sent[:20]),
)
def test_what_is_no_answer_is_not_taken_for_one(sent: bytes) -> None:
    reader = Reader(streaming=False)
    reader.feed(sent)
    reader.close()
    assert reader.unread
    assert reader.tally.usage is None


def test_an_answer_that_is_too_large_is_not_read_and_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "MOST_BODY", 1_000)
    reader = Reader(streaming=False)
    for _ in range(10):
        reader.feed(b" " * 300)
    assert reader._body == []
    reader.close()
    assert reader.unread


@pytest.mark.parametrize(
    "odd",
    [
        b'data: {"type":"message_start","message":' + DEEP + b"\n\n",
        b'data: {"type":"message_delta","usage":{"a":' + DEEP + b"\n\n",
        b"data: " + DEEP + b"\n\n",
        b'data: {"type":"message_start","message":{"usage":5,"model":5,"id":[]}}\n\n',
        b'data: {"type":"message_start"}\n\ndata: {"type":"message_delta"}\n\n',
        b'data: {"type":"content_block_start","content_block":5}\n\ndata: {"type":5}\n\n',
        b'data: {"type":"error"}\n\ndata: [DONE]\n\ndata: \xff\n\n',
        b'data: {"type":"message_delta","delta":5,"usage":{"output_tokens":1e999}}\n\n',
    ],
    ids=lambda odd: repr(odd[:60]),
)
def test_odd_events_spoil_neither_the_reader_nor_what_follows(odd: bytes) -> None:
    assert read(odd + stream()).usage == USAGE


def test_huge_numbers_and_half_characters_are_no_trouble() -> None:
    for number in ("9" * 30, "9" * 5_000, "1e400", "-1"):
        sent = json.dumps(message({"input_tokens": "?"})).replace('"?"', number).encode()
        assert cost(read(sent, streaming=False)) in (0, None)
    assert cost(read(b'{"type":"message","model":"\\ud800","usage":{}}', streaming=False)) is None
    streamed = read(stream({"huge": 10**30}))
    assert "1000000000" in (streamed.usage_text or "")


events_of_any_kind = st.dictionaries(
    st.sampled_from(("type", "message", "delta", "usage", "error", "content_block", "request_id")),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=4) | st.sampled_from(("message_start", "message_delta", "error")),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(("type", "model", "usage", "id", "to", "content", "stop_reason")), inner)
        ),
        max_leaves=6,
    ),
)


@given(st.lists(st.binary(max_size=80) | events_of_any_kind.map(lambda one: json.dumps(one).encode())))
def test_the_readers_never_fail(parts: list[bytes]) -> None:
    for streaming in (True, False):
        reader = Reader(streaming)
        for part in parts:
            reader.feed(b"data: " + part + b"\n\n" if streaming else part)
        reader.close()
        bill(reader.tally.answered(), table(), AT)
        assert isinstance(reader.tally.usage_text, str | None)
    results = BatchResults()
    for part in parts:
        list(results.feed(part + b"\n"))
    list(results.close())
