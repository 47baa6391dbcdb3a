"""Server-sent events, read without I/O. Source: the HTML standard, "Server-sent events"; messages-api, 2."""

from collections.abc import Iterator

MOST_EVENT = 8 * 1024 * 1024  # bytes; a larger event is relayed, and not accounted


class EventStream:
    """Feed it chunks as they arrive; it yields the data of each event once it is whole.

    Lines end with LF, CRLF or CR; an event ends at an empty line. Where chunks begin and end makes no difference.
    """

    def __init__(self, most_event: int = MOST_EVENT) -> None:
        self._most = most_event
        self._pieces: list[bytes] = []  # of the event that is not whole yet; joined once its end is here
        self._size = 0
        self._held_cr = False  # a CR at the end of a chunk may be the first half of a CRLF
        self._begun = False
        self.oversize = 0  # events that were too large

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The data of the events that this chunk completes: their `data:` lines, joined with LF."""
        if self._held_cr:
            chunk, self._held_cr = b"\r" + chunk, False
        if b"\r" in chunk:
            if chunk.endswith(b"\r"):
                chunk, self._held_cr = chunk[:-1], True
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if not chunk:
            return
        last = self._pieces[-1][-1:] if self._pieces else b""
        self._pieces.append(chunk)
        self._size += len(chunk)
        if b"\n\n" not in last + chunk:
            if self._size > self._most:
                self._overflow()
            return
        *whole, rest = b"".join(self._pieces).split(b"\n\n")
        self._pieces, self._size = ([rest] if rest else []), len(rest)
        for event in whole:
            yield from self._data(event)

    def close(self) -> Iterator[bytes]:
        """The stream has ended. What stands there without an empty line after it is no event."""
        if self._held_cr:
            self._held_cr = False
            yield from self.feed(b"\n")

    def _data(self, event: bytes) -> Iterator[bytes]:
        if not self._begun:
            self._begun = True
            event = event.removeprefix(b"\xef\xbb\xbf")
        if len(event) > self._most or event.startswith(_DROPPED):
            self.oversize += 1
            return
        lines = [line[5:].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(b"data:")]
        if lines:
            yield lines[0] if len(lines) == 1 else b"\n".join(lines)

    def _overflow(self) -> None:
        """Let go of what was gathered, and remember that this event is not to be read."""
        self._pieces = [_DROPPED + self._pieces[-1][-1:]]
        self._size = len(_DROPPED) + 1


_DROPPED = b"\x00dropped"  # a NUL begins no event: whatever follows it is skipped to the next empty line
