"""A call on one thread, its outcome for another."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def hand_over(work: Callable[[], T], done: "Future[T]") -> None:
    """Run `work` here, and give `done` what it returns or raises; nothing is run once `done` was cancelled."""
    if not done.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # whoever awaits it must learn of anything
        done.set_exception(error)
    else:
        done.set_result(result)
