from collections.abc import Iterator
from pathlib import Path

import pytest

from claudetray.demo import world
from claudetray.demo.world import World
from tests.whole import desktop as desktops
from tests.whole.desktop import Desktop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/whole/" in str(item.path):
            item.add_marker(pytest.mark.whole)


@pytest.fixture
def stand_ins() -> Iterator[World]:
    with world.served() as served:
        yield served


@pytest.fixture
def desktop(tmp_path: Path, stand_ins: World) -> Iterator[Desktop]:
    """A desktop whose claudetray asks the stand-ins."""
    assert desktops.missing() == [], "scripts/test installs these"
    with desktops.shown(tmp_path) as shown:
        shown.environ["CLAUDETRAY_CONSOLE_URL"] = stand_ins.url
        yield shown


@pytest.fixture
def bare(tmp_path: Path, stand_ins: World) -> Desktop:
    """No display, no bus and no keyring: a server."""
    import os

    from claudetray.store import keys

    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CLAUDETRAY_HOME": str(tmp_path / "claudetray"),
        "CLAUDETRAY_VAULT_KEY": keys.made(),
        "CLAUDETRAY_CONSOLE_URL": stand_ins.url,
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
    }
    return Desktop(tmp_path, environ)
