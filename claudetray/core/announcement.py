"""An announcement: plain Python that others may listen to."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Announcement(Generic[T]):
    """Call it to announce; everybody who listens is told, in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], object]] = []

    def listen(self, listener: Callable[[T], object]) -> None:
        self._listeners.append(listener)

    def __call__(self, news: T) -> None:
        for listener in self._listeners:
            listener(news)
