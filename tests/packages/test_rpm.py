"""The .rpm, as far as it can be looked at without a system of its kind: what is in it, and what it asks for."""

import subprocess
from pathlib import Path

import pytest

from claudetray import __version__
from tests.packages.conftest import BUILT


@pytest.fixture(scope="module")
def rpm() -> Path:
    [file] = Path(BUILT["PACKAGES"]).glob("*.rpm")
    return file


def asked(rpm: Path, *options: str) -> list[str]:
    command = ["rpm", "--query", *options, "--package", str(rpm)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_it_asks_for_what_the_desktop_must_have_and_for_nothing_that_it_brings(rpm: Path) -> None:
    needed = {line.split("(")[0] for line in asked(rpm, "--requires")}
    assert {"libEGL.so.1", "libnss3.so", "libxcb.so.1", "libdbus-1.so.3", "libc.so.6"} <= needed
    brought = {Path(file).name for file in asked(rpm, "--list") if file.startswith("/opt/") and ".so" in file}
    assert {"libQt6Core.so.6", "libssl.so.3"} <= brought
    assert needed & brought == set()
    assert [line for line in asked(rpm, "--provides") if ".so" in line] == [], "nor does it offer that to others"


def test_its_files_lie_where_the_desktop_looks(rpm: Path) -> None:
    files = set(asked(rpm, "--list"))
    for file in (
        "/usr/bin/claudetray",
        "/opt/claudetray/claudetray",
        "/usr/share/applications/claudetray.desktop",
        "/usr/share/icons/hicolor/scalable/apps/claudetray.svg",
        "/usr/share/metainfo/io.github.claudetray.claudetray.metainfo.xml",
        "/usr/lib/systemd/user/claudetray.service",
        "/opt/claudetray/_internal/resources/installed-by",
    ):
        assert file in files, file
    assert asked(rpm, "--queryformat", "%{VERSION}") == [__version__]


def test_unpacked_it_runs(rpm: Path, tmp_path: Path) -> None:
    command = ["rpm", "--root", str(tmp_path), "--dbpath", "/db", "--nodeps", "--install", str(rpm)]
    subprocess.run(command, check=True, capture_output=True)
    program = tmp_path / "opt" / "claudetray" / "claudetray"
    told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True, timeout=60).stdout
    assert told.split()[-1] == __version__
    assert (program.parent / "_internal" / "resources" / "installed-by").read_text() == "rpm\n"
