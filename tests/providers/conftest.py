from collections.abc import Iterator

import pytest

from claudetray.demo import world
from claudetray.demo.world import World


@pytest.fixture
def stand_ins() -> Iterator[World]:
    with world.served() as served:
        yield served
