"""Content encodings undone on a copy, piece by piece: the bytes that are relayed are never touched."""

import zlib
from collections.abc import Callable, Iterable
from typing import Protocol

import brotli
import zstandard

MOST_DECODED = 64 * 1024 * 1024  # bytes of one body; what inflates further is not accounted
IDENTITY = ("", "identity")
_ZSTD_SLICE = 1024  # bytes; a block of 128 KiB takes at least four, and the library knows no limit of its own


class CannotDecode(Exception):
    """The copy cannot be read: an encoding that is not known, broken data, or far too much of it."""


class Decoder(Protocol):
    def feed(self, piece: bytes) -> bytes:
        """What this piece brings. Raises: CannotDecode."""


def decoder(encodings: Iterable[str], most: int = MOST_DECODED) -> Decoder | None:
    """The decoder of a `Content-Encoding`, in the order in which it was applied; None where there is nothing to do.

    `most` bytes come out of all its steps together. Raises: CannotDecode for an encoding that is not known.
    """
    names = [name.strip().lower() for value in encodings for name in value.split(",")]
    wanted = [name for name in names if name not in IDENTITY]
    if not wanted:
        return None
    try:
        room = _Room(most)
        return _Chain([_KNOWN[name](room) for name in reversed(wanted)])
    except KeyError as error:
        raise CannotDecode("an encoding that is not known") from error


class _Room:
    """How many bytes may still come out."""

    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, out: bytes) -> bytes:
        self.left -= len(out)
        if self.left <= 0:
            raise CannotDecode("too much data")
        return out


class _Chain:
    def __init__(self, steps: list[Callable[[bytes], bytes]]) -> None:
        self._steps = steps

    def feed(self, piece: bytes) -> bytes:
        try:
            for step in self._steps:
                piece = step(piece)
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise CannotDecode("broken data") from error
        return piece


class _Zlib:
    """gzip (of several members, too) or deflate, with or without its zlib head."""

    def __init__(self, room: _Room, *formats: int) -> None:
        self._room, self._formats = room, formats
        self._inner = zlib.decompressobj(formats[0])
        self._tried = b""

    def __call__(self, piece: bytes) -> bytes:
        if len(self._formats) > 1:
            piece = self._tried + piece
            if len(piece) < 2:  # the head of zlib has two bytes
                self._tried = piece
                return b""
            headed = piece[0] & 0x0F == 8 and int.from_bytes(piece[:2], "big") % 31 == 0
            self._formats = (self._formats[0 if headed else 1],)
            self._inner = zlib.decompressobj(self._formats[0])
        out = [self._limited(piece)]
        while self._inner.eof and self._inner.unused_data:
            piece = self._inner.unused_data
            self._inner = zlib.decompressobj(self._formats[0])
            out.append(self._limited(piece))
        return b"".join(out)

    def _limited(self, piece: bytes) -> bytes:
        out = self._room.spend(self._inner.decompress(piece, self._room.left))
        if self._inner.unconsumed_tail:
            raise CannotDecode("too much data")
        return out


class _Brotli:
    def __init__(self, room: _Room) -> None:
        self._room, self._inner = room, brotli.Decompressor()

    def __call__(self, piece: bytes) -> bytes:
        if not piece:
            return b""
        out = self._room.spend(bytes(self._inner.process(piece, output_buffer_limit=self._room.left)))
        if not self._inner.can_accept_more_data():
            raise CannotDecode("too much data")
        return out


class _Zstandard:
    """One frame after another."""

    def __init__(self, room: _Room) -> None:
        self._room, self._new = room, zstandard.ZstdDecompressor
        self._inner = self._new().decompressobj()

    def __call__(self, piece: bytes) -> bytes:
        out = []
        for start in range(0, len(piece), _ZSTD_SLICE):
            rest = piece[start : start + _ZSTD_SLICE]
            while rest:
                if self._inner.eof:
                    self._inner = self._new().decompressobj()
                out.append(self._room.spend(self._inner.decompress(rest)))
                rest = self._inner.unused_data if self._inner.eof else b""
        return b"".join(out)


_KNOWN: dict[str, Callable[[_Room], Callable[[bytes], bytes]]] = {
    "gzip": lambda room: _Zlib(room, zlib.MAX_WBITS | 16),
    "x-gzip": lambda room: _Zlib(room, zlib.MAX_WBITS | 16),
    "deflate": lambda room: _Zlib(room, zlib.MAX_WBITS, -zlib.MAX_WBITS),
    "br": _Brotli,
    "zstd": _Zstandard,
}
