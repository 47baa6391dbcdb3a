import pytest
from hypothesis import given
from hypothesis import strategies as st

from claudetray.proxy.event_stream import EventStream
from tests.answers import pieces, stream

ENDS = (b"\n", b"\r\n", b"\r")


def read(chunks: list[bytes], most: int = 10_000) -> list[bytes]:
    events = EventStream(most)
    found = [data for chunk in chunks for data in events.feed(chunk)]
    return [*found, *events.close()]


@pytest.mark.parametrize(
    ("text", "events"),
    [
        (b"data: one\n\n", [b"one"]),
        (b"data:one\n\ndata:  two\n\n", [b"one", b" two"]),  # one space goes, and no more
        (b"event: x\nid: 1\nretry: 2\ndata: one\n\n", [b"one"]),
        (b"data: one\ndata: two\n\n", [b"one\ntwo"]),
        (b": a comment\n\ndata: one\n: another\n\n", [b"one"]),
        (b"\n\n\ndata: one\n\n\n\ndata: two\n\n", [b"one", b"two"]),
        (b"event: ping\n\n", []),
        (b"data\ndatas: no\n\n", []),
        (b"data: never ended\n", []),
        (b"data: never ended", []),
        (b"\xef\xbb\xbfdata: one\n\n\xef\xbb\xbfdata: two\n\n", [b"one"]),  # only the first is a byte order mark
        (b"", []),
    ],
)
@pytest.mark.parametrize("end", ENDS)
def test_what_is_an_event(text: bytes, events: list[bytes], end: bytes) -> None:
    assert read([text.replace(b"\n", end)]) == events


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("size", range(1, 60))
def test_b8_neither_chunk_borders_nor_line_ends_matter(size: int, end: bytes) -> None:
    whole = stream()
    ended = whole.replace(b"\n", end)
    assert read([ended[at : at + size] for at in range(0, len(ended), size)]) == read([whole])


lines = st.lists(
    st.tuples(
        st.sampled_from((b"data: a", b"data:b", b"event: c", b":d", b"", b"data: \xe2\x82\xac")), st.sampled_from(ENDS)
    ),
    max_size=14,
)


@given(lines, st.lists(st.integers(0), max_size=12))
def test_b8_line_ends_may_be_mixed_and_cut_anywhere(parts: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    # A CR at a line's end and an empty line with a LF would be one CRLF.
    whole = b"".join(line + (b"\r\n" if end == b"\r" else end) for line, end in parts)
    plain = b"".join(line + b"\n" for line, _ in parts)
    assert read(pieces(whole, cuts)) == read([plain])


@given(st.binary(max_size=200), st.lists(st.integers(0), max_size=6))
def test_bytes_of_any_kind_are_read_the_same_in_pieces(text: bytes, cuts: list[int]) -> None:
    assert read(pieces(text, cuts)) == read([text])


@pytest.mark.parametrize("size", [1, 7, 64, 5_000])
def test_an_event_that_is_too_large_is_skipped_and_counted_and_the_next_is_read(size: int) -> None:
    text = b"data: one\n\ndata: " + b"x" * 3_000 + b"\ndata: more\n\ndata: two\n\n"
    events = EventStream(1_000)
    found = [data for at in range(0, len(text), size) for data in events.feed(text[at : at + size])]
    assert (found, events.oversize) == ([b"one", b"two"], 1)


def test_what_is_gathered_of_a_large_event_is_let_go() -> None:
    events = EventStream(1_000)
    for _ in range(1_000):
        assert list(events.feed(b"x" * 999)) == []
    assert events._size <= 2_000
