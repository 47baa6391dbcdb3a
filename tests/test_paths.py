import stat
from pathlib import Path

import pytest

from claudetray import paths


def test_the_home_is_what_was_named_else_the_platforms(tmp_path: Path) -> None:
    assert paths.home({"CLAUDETRAY_HOME": str(tmp_path)}) == tmp_path
    assert paths.home({}).name == "claudetray"
    assert paths.home({"CLAUDETRAY_HOME": "relative"}).is_absolute()


def test_a_home_is_its_owners_alone(tmp_path: Path) -> None:
    made = paths.made(tmp_path / "a" / "b")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    made.chmod(0o755)
    assert stat.S_IMODE(paths.made(made).stat().st_mode) == 0o700


def test_resources_are_found_and_a_missing_one_is_said() -> None:
    assert paths.resource("icons/claudetray.svg").is_file()
    with pytest.raises(FileNotFoundError, match="missing"):
        paths.resource("icons/none.svg")
