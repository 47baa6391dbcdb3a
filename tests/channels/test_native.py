import asyncio

import pytest

from claudetray.channels.native import Native, cut
from claudetray.core.alert import Alert
from claudetray.core.errors import ChannelError
from tests.builders import an_alert


class Shown:
    def __init__(self, trouble: str = "") -> None:
        self.trouble, self.titles = trouble, list[str]()

    async def notify(self, alert: Alert, title: str, body: str) -> None:
        if self.trouble:
            raise ChannelError(self.trouble)
        self.titles.append(title)


def test_the_first_that_works_gets_the_alert() -> None:
    broken, balloon, never = Shown("no service"), Shown(), Shown()
    asyncio.run(Native([broken, balloon, never]).send(an_alert()))
    assert (balloon.titles, never.titles) == ([an_alert().title], [])


def test_when_none_works_the_first_ones_reason_is_told() -> None:
    with pytest.raises(ChannelError, match="no service"):
        asyncio.run(Native([Shown("no service"), Shown("no tray")]).send(an_alert()))
    with pytest.raises(ChannelError):
        asyncio.run(Native([]).send(an_alert()))


def test_long_texts_are_cut_with_a_mark() -> None:
    assert cut("x" * 61, 60) == "x" * 59 + "…"
    assert cut("x" * 60, 60) == "x" * 60
