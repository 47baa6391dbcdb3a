"""The .deb as people meet it: installed on a fresh Debian, tried, upgraded, removed."""

import subprocess
from pathlib import Path

from claudetray import __version__
from claudetray.self_test import CHECKS
from tests.packages.fresh import FreshSystem, older

KEY = "export CLAUDETRAY_VAULT_KEY=$(head -c 32 /dev/zero | base64)"


def test_on_a_fresh_system_it_installs_with_what_it_needs_and_every_part_works(fresh: FreshSystem, deb: Path) -> None:
    fresh.install(deb)
    assert fresh.as_person("claudetray --version").stdout.split()[-1] == __version__
    # As somebody without rights, with the web engine's sandbox on.
    tested = fresh.as_person("xvfb-run --auto-servernum claudetray doctor --self-test")
    lines = tested.stdout.splitlines()
    assert [line[8:22].strip() for line in lines if line.startswith("ok")] == list(CHECKS), tested.stdout
    assert "left out" not in tested.stdout
    left = fresh.as_person("find /tmp /home/person -newer /opt/claudetray/claudetray -name '*claudetray*'").stdout
    assert left == ""
    for file in (
        "usr/share/applications/claudetray.desktop",
        "usr/share/metainfo/io.github.claudetray.claudetray.metainfo.xml",
        "usr/share/icons/hicolor/48x48/apps/claudetray.png",
        "usr/share/icons/hicolor/scalable/apps/claudetray.svg",
        "usr/lib/systemd/user/claudetray.service",
        "usr/share/doc/claudetray/copyright",
        "usr/share/man/man1/claudetray.1.gz",
    ):
        assert (fresh.root / file).is_file(), file


def test_upgraded_it_keeps_the_data_and_removed_it_leaves_nothing_else(
    fresh: FreshSystem, deb: Path, tmp_path: Path
) -> None:
    fresh.install(older(deb, tmp_path, "0.0.1"))
    bare = fresh.files()
    for command in ("thresholds set 20=30 5=10", "balance set 42.50", "autostart on"):
        fresh.as_person(f"{KEY}; claudetray {command}")
    fresh.install(deb)
    assert "Version: 0.0.1" not in fresh.run("dpkg", "--status", "claudetray").stdout
    assert not (fresh.root / "opt/claudetray/_internal/only-in-the-older").exists()
    assert "42.50" in fresh.as_person(f"{KEY}; claudetray status").stdout
    assert fresh.as_person("claudetray thresholds list").stdout.count("at or below") == 2
    assert "starts with the session" in fresh.as_person("claudetray autostart").stdout

    fresh.run("apt-get", "purge", "--yes", "--quiet", "claudetray")
    assert [file for file in fresh.files() - bare if "claudetray" in file] == []
    assert [file for file in fresh.files() if "claudetray" in file] == []
    data = fresh.root / "home/person/.local/share/claudetray/claudetray.db"
    assert data.is_file(), "what people have is theirs"
    entry = (fresh.root / "home/person/.config/autostart/claudetray.desktop").read_text()
    assert "TryExec=/opt/claudetray/claudetray" in entry, "so that sessions pass over it"


def test_its_updates_are_the_package_managers_affair(fresh: FreshSystem, deb: Path) -> None:
    fresh.install(deb)
    assert (fresh.root / "opt/claudetray/_internal/resources/installed-by").read_text() == "deb\n"


def test_its_control_file_names_what_the_desktop_must_have(deb: Path) -> None:
    def field(name: str) -> str:
        return subprocess.run(["dpkg-deb", "--field", deb, name], check=True, capture_output=True, text=True).stdout

    needed = {word.split()[0] for word in field("Depends").split(", ")}
    assert {"libc6", "libegl1", "libnss3", "libdbus-1-3", "libxcb1"} <= needed
    assert not needed & {"libssl3", "libsqlite3-0", "libxcb-cursor0"}, "these are bundled"
    assert field("Version").strip() == __version__
