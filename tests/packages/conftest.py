"""What `scripts/test-packages` built, and only then: the frozen program, and the .deb on a fresh system."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from claudetray.demo.world import World
from tests.packages.fresh import FreshSystem, bootstrapped
from tests.whole import desktop as desktops
from tests.whole.conftest import stand_ins
from tests.whole.desktop import Desktop

__all__ = ["stand_ins"]  # a fixture

BUILT = {name: os.environ.get(f"CLAUDETRAY_{name}", "") for name in ("PACKAGES", "FROZEN", "FROZEN_LITE")}
collect_ignore_glob = [] if all(BUILT.values()) else ["test_*.py"]  # scripts/test-packages sets them


@pytest.fixture(scope="session")
def frozen() -> Path:
    assert all(BUILT.values()), "scripts/test-packages sets these"
    return Path(BUILT["FROZEN"]).absolute()


@pytest.fixture(scope="session")
def lite() -> Path:
    return Path(BUILT["FROZEN_LITE"]).absolute()


@pytest.fixture(scope="session")
def deb() -> Path:
    [file] = Path(BUILT["PACKAGES"]).glob("*.deb")
    return file


@pytest.fixture
def desktop(tmp_path: Path, stand_ins: World, frozen: Path) -> Iterator[Desktop]:
    """A desktop whose claudetray is the frozen one, and asks the stand-ins."""
    assert desktops.missing() == [], "scripts/test-packages installs these"
    with desktops.shown(tmp_path) as shown:
        shown.environ |= {"CLAUDETRAY_CONSOLE_URL": stand_ins.url, "CLAUDETRAY_UPSTREAM": stand_ins.url}
        shown.program = (str(frozen / "claudetray"),)
        yield shown


@pytest.fixture(scope="session")
def fresh_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Debian with nothing on it but a display server."""
    return bootstrapped(tmp_path_factory.mktemp("fresh") / "base")


@pytest.fixture
def fresh(fresh_base: Path, tmp_path: Path) -> FreshSystem:
    """A copy of it, for one test."""
    return FreshSystem.copied(fresh_base, tmp_path / "system")
