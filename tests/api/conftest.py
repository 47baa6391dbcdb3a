from collections.abc import Iterator
from pathlib import Path

import pytest

from claudetray.demo import world
from claudetray.demo.world import World
from tests.api.service import Service, served


@pytest.fixture
def stand_ins() -> Iterator[World]:
    with world.served() as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def service(folder: Path, stand_ins: World) -> Iterator[Service]:
    """A server that relays to a stand-in of the Claude API, and watches nothing yet."""
    with served(folder, stand_ins) as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One for a whole file, where nothing is changed."""
    folder = tmp_path_factory.mktemp("shared")
    folder.chmod(0o700)
    with world.served() as stand_ins, served(folder, stand_ins) as running:
        yield running
