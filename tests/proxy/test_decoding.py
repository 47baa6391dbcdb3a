import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from claudetray.proxy import decoding
from claudetray.proxy.decoding import CannotDecode, decoder
from tests.answers import pieces, stream

TEXT = stream() * 3


def raw_deflate(plain: bytes) -> bytes:
    made = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return made.compress(plain) + made.flush()


def members(plain: bytes) -> bytes:
    half = len(plain) // 2
    return gzip.compress(plain[:half]) + gzip.compress(b"") + gzip.compress(plain[half:])


def frames(plain: bytes) -> bytes:
    half, made = len(plain) // 2, zstandard.ZstdCompressor()
    return made.compress(plain[:half]) + made.compress(plain[half:])


def flushed_gzip(plain: bytes) -> bytes:
    """As a server sends a stream: flushed after each piece."""
    made = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    sent = b"".join(
        made.compress(plain[at : at + 90]) + made.flush(zlib.Z_SYNC_FLUSH) for at in range(0, len(plain), 90)
    )
    return sent + made.flush()


def brotli_bytes(plain: bytes) -> bytes:
    return bytes(brotli.compress(plain))


ENCODED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "gzip, flushed": ("gzip", flushed_gzip),
    "gzip of several members": ("gzip", members),
    "deflate with a head": ("deflate", zlib.compress),
    "deflate without": ("deflate", raw_deflate),
    "br": ("br", brotli_bytes),
    "zstd": ("zstd", zstandard.ZstdCompressor().compress),
    "zstd of several frames": ("zstd", frames),
    "gzip, then br": ("gzip, br", lambda plain: brotli_bytes(gzip.compress(plain))),
    "deflate, then zstd": ("deflate,zstd", lambda plain: zstandard.ZstdCompressor().compress(raw_deflate(plain))),
    "identity and gzip": (" identity , gzip", gzip.compress),
}


def read(encoding: str, chunks: list[bytes]) -> bytes:
    made = decoder([encoding])
    assert made is not None
    return b"".join(made.feed(chunk) for chunk in chunks)


@pytest.mark.parametrize(("name", "encoded"), ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("size", [1, 2, 3, 17, 10**6])
def test_b7_every_encoding_is_undone_at_any_chunk_border(
    name: str, encoded: Callable[[bytes], bytes], size: int
) -> None:
    sent = encoded(TEXT)
    assert read(name, [sent[at : at + size] for at in range(0, len(sent), size)]) == TEXT


@settings(deadline=None)
@given(st.sampled_from(sorted(ENCODED)), st.binary(max_size=3_000), st.lists(st.integers(0), max_size=9))
def test_b7_whatever_is_encoded_comes_back_however_it_is_cut(name: str, plain: bytes, cuts: list[int]) -> None:
    encoding, encoded = ENCODED[name]
    assert read(encoding, pieces(encoded(plain), cuts)) == plain


@pytest.mark.parametrize(("name", "encoded"), ENCODED.values(), ids=ENCODED)
def test_empty_pieces_change_nothing(name: str, encoded: Callable[[bytes], bytes]) -> None:
    sent = encoded(TEXT)
    assert read(name, [b"", sent[:9], b"", sent[9:], b""]) == TEXT


def test_a_stream_is_read_as_it_comes() -> None:
    made = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    reader = decoder(["gzip"])
    assert reader is not None
    assert reader.feed(made.compress(b"event") + made.flush(zlib.Z_SYNC_FLUSH)) == b"event"


@pytest.mark.parametrize("encodings", [[], [""], ["identity"], [" Identity ", ""]])
def test_where_nothing_was_encoded_there_is_nothing_to_do(encodings: list[str]) -> None:
    assert decoder(encodings) is None


@pytest.mark.parametrize("encodings", [["compress"], ["gzip, rot13"], ["aws-chunked", "gzip"]])
def test_an_encoding_that_is_not_known_is_said(encodings: list[str]) -> None:
    with pytest.raises(CannotDecode):
        decoder(encodings)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize(
    "spoiled",
    [TEXT, b"\x00" * 64, gzip.compress(TEXT)[:30] + b"\xff" * 60],
    ids=["plain text", "zeros", "half of a gzip"],
)
def test_broken_data_is_said(name: str, spoiled: bytes) -> None:
    with pytest.raises(CannotDecode):
        read(name, [spoiled, spoiled, spoiled])


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(("gzip", "deflate", "br", "zstd", "gzip, br", "zstd, deflate")),
    st.lists(
        st.binary(max_size=60) | st.sampled_from([encoded(TEXT)[:80] for _, encoded in ENCODED.values()]), max_size=5
    ),
)
def test_garbage_raises_nothing_else(name: str, chunks: list[bytes]) -> None:
    with suppress(CannotDecode):
        read(name, chunks)


@pytest.mark.parametrize(("name", "encoded"), ENCODED.values())
def test_what_inflates_without_end_is_given_up(name: str, encoded: Callable[[bytes], bytes]) -> None:
    found = decoding.decoder([name], most=10_000)
    assert found is not None
    with pytest.raises(CannotDecode, match="too much"):
        found.feed(encoded(bytes(1_000_000)))


def test_many_small_members_are_too_much_together() -> None:
    """Two gigabytes from one megabyte, while each member had a bound of its own."""
    found = decoding.decoder(["gzip"], most=10_000)
    assert found is not None
    with pytest.raises(CannotDecode, match="too much"):
        found.feed(gzip.compress(bytes(6_000)) * 2)


BOMB = """
import resource, sys
from claudetray.proxy.decoding import CannotDecode, decoder
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    decoder([sys.argv[1]]).feed(open(sys.argv[2], "rb").read())
except CannotDecode:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in other units elsewhere")
@pytest.mark.parametrize("name", ["br", "zstd", "gzip"])
def test_a_bomb_takes_no_more_memory_than_the_limit_says(name: str, tmp_path: Path) -> None:
    """A kilobyte of brotli that means 1 GiB took 2 GiB before there was a limit to one piece."""
    zeros, count = bytes(1024 * 1024), 1024
    made = {
        "br": brotli.Compressor(quality=1),
        "zstd": zstandard.ZstdCompressor().compressobj(),
        "gzip": zlib.compressobj(wbits=zlib.MAX_WBITS | 16),
    }[name]
    step = getattr(made, "compress", None) or made.process
    sent = b"".join(step(zeros) for _ in range(count)) + (made.finish() if name == "br" else made.flush())
    (tmp_path / "bomb").write_bytes(sent)
    ran = subprocess.run(
        [sys.executable, "-c", BOMB, name, str(tmp_path / "bomb")], capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) < 3 * decoding.MOST_DECODED // 1024**2
