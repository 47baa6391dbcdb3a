from collections.abc import Iterator
from pathlib import Path

import pytest

from claudetray.store import database
from claudetray.store.database import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "claudetray.db"


@pytest.fixture
def data(file: Path) -> Iterator[Database]:
    with database.opened(file) as opened:
        yield opened
