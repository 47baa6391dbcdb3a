"""What can be checked of the packaging without building: the rules of the bundle, manifests, lists and workflows."""

import plistlib
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from claudetray import __version__

ROOT = Path(__file__).parent.parent
PACKAGING = ROOT / "packaging"
sys.path.insert(0, str(PACKAGING))
import bundle  # noqa: E402  # it lies beside build.spec, which finds it the same way

sys.path.remove(str(PACKAGING))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def entry(target: str, kind: str = "BINARY") -> "bundle.Entry":
    return (target, f"/from/{target}", kind)


def needs(links: dict[str, list[str]]) -> Any:
    def named(source: str) -> Iterable[str]:
        return links.get(source.rpartition("/")[2], [])

    return named


def targets(entries: "Iterable[bundle.Entry]") -> set[str]:
    return {target for target, _, _ in entries}


def test_what_only_a_left_out_file_needs_goes_with_it() -> None:
    listed = [
        entry("PySide6/Qt/qml/QtQuick/libquick.so"),
        entry("PySide6/Qt/lib/libQt6Charts.so.6"),
        entry("PySide6/Qt/lib/libQt6Core.so.6"),
        entry("PySide6/QtCore.abi3.so", "EXTENSION"),
        entry("libonlychartsneed.so"),
    ]
    links = {
        "libquick.so": ["libQt6Charts.so.6", "libQt6Core.so.6"],
        "libQt6Charts.so.6": ["libQt6Core.so.6", "libonlychartsneed.so"],
        "QtCore.abi3.so": ["libQt6Core.so.6"],
    }
    assert targets(bundle.trimmed(listed, needs(links))) == {"PySide6/Qt/lib/libQt6Core.so.6", "PySide6/QtCore.abi3.so"}


def test_a_framework_goes_as_a_whole() -> None:
    qt = "PySide6/Qt/lib"
    charts, core = f"{qt}/QtCharts.framework", f"{qt}/QtCore.framework"
    listed = [
        entry("PySide6/Qt/qml/QtCharts/libplugin.dylib"),
        entry(f"{charts}/Versions/A/QtCharts"),
        entry(f"{charts}/Resources/Info.plist", "DATA"),
        entry(f"{charts}/Versions/Current", "SYMLINK"),
        entry(f"{core}/Versions/A/QtCore"),
        entry(f"{core}/Resources/Info.plist", "DATA"),
        entry("PySide6/QtCore.abi3.so", "EXTENSION"),
    ]
    links = {"libplugin.dylib": ["QtCharts"], "QtCharts": ["QtCore"], "QtCore.abi3.so": ["QtCore"]}
    kept = targets(bundle.trimmed(listed, needs(links)))
    assert kept == {f"{core}/Versions/A/QtCore", f"{core}/Resources/Info.plist", "PySide6/QtCore.abi3.so"}


def test_a_library_that_nobody_is_linked_to_stays() -> None:
    """It may be loaded by name, as NSS loads its modules."""
    assert targets(bundle.trimmed([entry("libloaded.so")], needs({}))) == {"libloaded.so"}


@pytest.mark.parametrize(
    ("target", "stays"),
    [
        ("PySide6/Qt/resources/qtwebengine_resources.pak", True),
        ("PySide6/Qt/resources/qtwebengine_devtools_resources.pak", False),
        ("PySide6/resources/qtwebengine_devtools_resources.debug.pak", False),
        ("PySide6/Qt/translations/qtwebengine_locales/en-US.pak", True),
        ("PySide6\\translations\\qtwebengine_locales\\de.pak", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqminimal.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/plugins/networkinformation/libqnetworkmanager.so", True),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.so", True),
        ("libstdc++.so.6", False),
        ("libX11-xcb.so.1", False),
        ("libxcb-cursor.so.0", True),
        ("libssl.so.3", True),
        ("numpy.libs/libgcc_s.so.1", True),  # only what lies beside the program shadows the system's
    ],
)
def test_what_belongs_in_a_bundle(target: str, stays: bool) -> None:
    assert bool(bundle.trimmed([entry(target)], needs({}))) is stays


def test_lite_is_asked_for_or_all_there_is() -> None:
    assert bundle.lite({"CLAUDETRAY_LITE": "1"}, "linux-x86_64")
    assert bundle.lite({}, "win-arm64")
    assert not bundle.lite({"CLAUDETRAY_LITE": ""}, "win-amd64")
    assert bundle.ONLY_WITH_WEB_ENGINE.match("claudetray.console_login.engine")
    assert not bundle.ONLY_WITH_WEB_ENGINE.match("claudetray.console_login.main")


def test_the_bundle_knows_its_version_and_what_it_is_made_of() -> None:
    assert bundle.version() == __version__
    made_of = bundle.distributions()
    assert {"claudetray", "PySide6", "httpx", "httpcore", "numpy"} <= set(made_of)
    assert not {"pytest", "ruff", "pyinstaller"} & set(made_of)


@pytest.mark.parametrize("kind", ["version", "installer", "defaultLocale"])
def test_winget_is_told_what_it_must_be(kind: str) -> None:
    """Required keys: winget's manifest schema, version 1.6.0."""
    required = {
        "version": {"DefaultLocale"},
        "installer": {"Installers", "InstallerType", "Scope"},
        "defaultLocale": {"PackageLocale", "Publisher", "PackageName", "License", "ShortDescription"},
    }
    manifests = [yaml.safe_load(file.read_text()) for file in (PACKAGING / "windows" / "winget").glob("*.yaml")]
    [manifest] = [manifest for manifest in manifests if manifest["ManifestType"] == kind]
    common = {"PackageIdentifier", "PackageVersion", "ManifestType", "ManifestVersion"}
    assert required[kind] | common <= manifest.keys()
    assert (manifest["PackageIdentifier"], manifest["PackageVersion"]) == ("claudetray.claudetray", "@VERSION@")
    for installer in manifest.get("Installers", ()):
        assert installer["Architecture"] == "x64"
        assert installer["InstallerSha256"] == "@SHA256@"
        assert installer["InstallerUrl"].endswith("claudetray-@VERSION@-windows-x64.exe")


def test_the_engines_entitlements_are_its_own() -> None:
    prefix = "com.apple.security.cs."
    own, engine = (
        plistlib.loads((PACKAGING / "macos" / f"{name}.plist").read_bytes())
        for name in ("entitlements", "engine-entitlements")
    )
    three = {"allow-jit", "allow-unsigned-executable-memory", "disable-executable-page-protection"}
    assert {key.removeprefix(prefix) for key in engine} == three
    assert f"{prefix}allow-jit" not in own
    assert f"{prefix}disable-library-validation" not in own | engine


def test_windows_menu_entry_and_program_have_one_identity() -> None:
    script = (PACKAGING / "windows" / "claudetray.iss").read_text()
    assert 'AppUserModelID: "{#AppName}"' in script
    assert '#define AppName "claudetray"' in script
    assert 'SetCurrentProcessExplicitAppUserModelID("claudetray")' in (ROOT / "claudetray" / "app.py").read_text()
    for named in re.findall(r"(?:LicenseFile|Source)[=:] ?\"?(\.\.[\\\w]+)", script):
        assert (PACKAGING / "windows" / named.replace("\\", "/")).exists(), named
    assert "PrivilegesRequired=lowest" in script
    assert "CloseApplications=force" in script


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda f: f.name)
def test_workflows_run_scripts_that_are_there(file: Path) -> None:
    for script in re.findall(r"(?:scripts|packaging)/[\w/.-]+", file.read_text()):
        assert (ROOT / script).exists(), script


def test_one_job_asks_for_all_the_others() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    assert set(jobs["required"]["needs"]) == set(jobs) - {"required"}
    assert jobs["required"]["if"] == "always()"
    matrix = jobs["linux"]["strategy"]["matrix"]["python"]
    lowest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert lowest is not None
    assert matrix[0] == lowest[1]


def test_a_release_waits_for_every_installer() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text())["jobs"]
    makers = {name for name, job in jobs.items() if "installers-" in str(job) and name != "publish"}
    assert makers == set(jobs["publish"]["needs"])
    assert [name for name, job in jobs.items() if "write" in str(job.get("permissions"))] == ["publish"]
