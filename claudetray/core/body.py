"""What was asked and answered in a call, kept only where the person wants it."""

from dataclasses import dataclass

MOST_KEPT = 1024 * 1024  # bytes, each way


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """The request as it was sent, and the answer decoded, as far as they are kept. `…_cut`: there was more."""

    request: bytes
    answer: bytes
    request_cut: bool = False
    answer_cut: bool = False

    @property
    def size(self) -> int:
        """Bytes that are kept, both ways."""
        return len(self.request) + len(self.answer)


class Copy:
    """A copy of what goes by, up to a size."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._pieces: list[bytes] = []
        self._left = most
        self.cut = False

    def add(self, piece: bytes) -> None:
        if len(piece) > self._left:
            piece, self.cut = piece[: self._left], True
        if piece:
            self._pieces.append(piece)
            self._left -= len(piece)

    def whole(self) -> bytes:
        return b"".join(self._pieces)
