"""The demo's story: the balance falls, crosses thresholds, is topped up, and now and then something fails."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from decimal import Decimal

from claudetray.core import settings
from claudetray.core.serving import Serving
from claudetray.core.thresholds import Threshold, threshold
from claudetray.demo.caller import call
from claudetray.demo.console import ORGANIZATION, Mood
from claudetray.demo.world import World
from claudetray.services.parts import Parts

PACE = 60.0  # a minute passes in a second
STEP_S = 2.0
INTERVAL_MINUTES = 15
TOP_UP = Decimal("50.00")
START = Decimal("60.36")


def thresholds() -> tuple[Threshold, ...]:
    """Close enough together for something to happen every few seconds."""
    return (threshold("5", "5"), threshold("20", "8"), threshold("40", "12"))


def steps() -> Iterator[tuple[Decimal, Mood]]:
    """The balance and the mood at each step, for ever."""
    amount = START
    while True:
        while amount > 2:
            yield amount, Mood.FINE
            amount -= Decimal("1.37")
        yield amount, Mood.EXPIRED
        yield amount, Mood.EXPIRED
        yield amount, Mood.FINE
        amount += TOP_UP


class Story:
    """Sets a home up as its user would, and plays what then happens. `pace`: how much faster than life."""

    pace = PACE

    def __init__(self, world: World) -> None:
        self._world = world
        self._serving: Callable[[], Serving | None] = lambda: None

    async def prepare(self, parts: Parts) -> None:
        """A snippet, thresholds, a webhook; and two more organizations, for whoever tries *Sign in…*."""
        for number, name, left in ((3, "Side project", "4.20"), (4, "Client work", "1250.00")):
            uuid = ORGANIZATION.replace("1", str(number))
            self._world.console.organizations.append(
                {"id": number, "uuid": uuid, "name": name, "capabilities": ["api"]}
            )
            self._world.console.balances[uuid] = Decimal(left)
        await parts.preferences.keep_thresholds(thresholds())
        await parts.preferences.keep_all(
            {settings.WEBHOOK.key: self._world.webhook, settings.INTERVAL.key: str(INTERVAL_MINUTES)}
        )
        await parts.preferences.keep_all({settings.PORT.key: str(_free_port()), settings.PROXY.key: "true"})
        await parts.connection.keep(parts.connection.understood(self._world.snippet()))
        self._serving = parts.serving

    async def play(self) -> None:
        """Tell the story to the stand-ins, and make calls, until cancelled."""
        async with asyncio.TaskGroup() as together:
            together.create_task(call(self._serving))
            together.create_task(self._tell())

    async def _tell(self) -> None:
        for amount, mood in steps():
            self._world.console.amount, self._world.console.mood = amount, mood
            await asyncio.sleep(STEP_S)


def _free_port() -> int:
    """Not the port of a real proxy, which may run beside the demo."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
