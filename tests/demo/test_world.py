import pytest

from claudetray.demo import world
from claudetray.demo.world import World


def test_a_port_that_is_taken_is_an_error() -> None:
    with world.served() as served, pytest.raises(OSError, match="address already in use"):
        World().start(int(served.url.rsplit(":", 1)[1]))
