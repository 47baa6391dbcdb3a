from concurrent.futures import Future

import pytest

from claudetray.store.handover import hand_over


def test_what_is_returned_arrives() -> None:
    done: Future[int] = Future()
    hand_over(lambda: 7, done)
    assert done.result() == 7


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyboardInterrupt()])
def test_what_is_raised_arrives(error: BaseException) -> None:
    def fails() -> int:
        raise error

    done: Future[int] = Future()
    hand_over(fails, done)
    assert done.exception() is error


def test_what_nobody_wants_any_more_is_not_run() -> None:
    ran: list[int] = []
    done: Future[None] = Future()
    done.cancel()
    hand_over(lambda: ran.append(1), done)
    assert ran == []
