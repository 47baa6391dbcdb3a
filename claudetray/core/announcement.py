"""An announcement: plain Python that others may listen to."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


class Announcement(Generic[T]):
    """Call it to announce; everybody who listens is told, in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], object]] = []

    def listen(self, listener: Callable[[T], object]) -> None:
        self._listeners.append(listener)

    def __call__(self, news: T) -> None:
        for listener in self._listeners:
            try:
                listener(news)
            except Exception:  # one that cannot listen (a closed terminal, say) must not stop the work
                log.exception("a listener failed")
