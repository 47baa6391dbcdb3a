"""The architecture as tests: who may import whom, who may use which library, how large files may grow."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "claudetray"
PARTS = ("snippets", "store", "prices", "providers", "proxy", "channels", "desktop", "console_login")
MAY_IMPORT = {
    "core": set(),
    **{part: {"core"} for part in PARTS},
    "services": {"core", *PARTS} - {"console_login"},  # another process
    "ui": {"core", "services"},
    "cli": {"core", "services"},
    "api": {"core", "services"},
    "demo": {"core", "services"},
}
ONLY_IN = {
    "PySide6": {"ui", "app", "self_test", "console_login"},
    "psutil": {"console_login"},
    "peewee": {"store"},
    "keyring": {"store"},
    "cryptography": {"store"},
    "httpx": {"providers", "channels", "desktop/releases.py"},
    "apprise": {"channels/sender.py"},
    "requests": {"channels/sender.py"},
    "pyqtgraph": {"ui/burn_down.py"},
    "aiohttp": {"proxy", "api", "demo", "serving"},
    "brotli": {"proxy"},
    "zstandard": {"proxy"},
    "msgspec": {"proxy", "api"},
    "genai_prices": {"prices"},
    "re2": {"services/tagging.py"},
    "pydantic": set(),
    "apscheduler": {"services/timetable.py"},
    "qasync": {"app"},
    "desktop_notifier": {"desktop"},
    "click": {"cli"},
    "platformdirs": {"paths"},
    "json5": {"snippets"},
}
ROOT_MODULES = {"app", "crashes", "assembly", "self_test", "serving", "paths", "logs", "__main__", "__init__"}
FILES = sorted(PACKAGE.rglob("*.py"))
NAMES_A_PROVIDER = {"providers/catalog.py"}


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(file: Path) -> str:
    inside = file.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_imports_point_inward(file: Path) -> None:
    part = part_of(file)
    if part in ROOT_MODULES:
        return
    for name in imported(file):
        words = name.split(".")
        if words[0] == "claudetray" and len(words) > 1 and (PACKAGE / words[1]).exists():
            assert words[1] == part or words[1] in MAY_IMPORT[part], f"{part} must not import {name}"
        assert words[:2] not in (["claudetray", "app"], ["claudetray", "assembly"], ["claudetray", "logs"]), (
            "the root is imported by nobody"
        )


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(PACKAGE)))
def test_third_parties_stay_behind_their_fence(file: Path) -> None:
    for name in imported(file):
        library = name.split(".")[0]
        allowed = ONLY_IN.get(library)
        inside = file.relative_to(PACKAGE).as_posix()
        assert allowed is None or part_of(file) in allowed or inside in allowed, f"{inside} must not use {library}"
        if part_of(file) == "core":
            assert library == "claudetray" or library in sys.stdlib_module_names


def test_only_its_folder_and_the_catalog_name_a_provider() -> None:
    for file in FILES:
        inside = file.relative_to(PACKAGE).as_posix()
        if "anthropic_console" in file.read_text():
            assert inside.startswith("providers/anthropic_console/") or inside in NAMES_A_PROVIDER


def test_core_knows_neither_clock_nor_files() -> None:
    for file in FILES:
        if part_of(file) == "core":
            text = file.read_text()
            assert not any(
                call in text for call in ("datetime.now(", "time.time(", "open(", "os.environ", "import random")
            )


def test_no_file_is_over_500_lines() -> None:
    assert {
        str(f) for f in [*FILES, *Path(ROOT / "tests").rglob("*.py")] if len(f.read_text().splitlines()) > 500
    } == set()


def test_every_module_says_what_it_is_for() -> None:
    assert [str(f) for f in FILES if not ast.get_docstring(ast.parse(f.read_text()))] == []


def test_tests_mirror_the_package() -> None:
    apart = {"test_architecture", "test_documentation", "test_packaging", "test_month"}
    for file in (ROOT / "tests").rglob("test_*.py"):
        inside = file.relative_to(ROOT / "tests")
        if inside.stem in apart or inside.parts[0] in ("whole", "packages"):
            continue
        mirrored = PACKAGE / inside.parent / f"{inside.stem.removeprefix('test_')}.py"
        assert mirrored.exists(), f"{inside} mirrors nothing"


def test_every_module_with_rules_has_its_test_file() -> None:
    without = {"account", "provider", "source", "vault", "announcement", "reading", "look", "alert", "status", "errors"}
    without |= {"usage", "tag", "exchange", "serving", "startup"}
    for file in FILES:
        inside = file.relative_to(PACKAGE)
        if inside.parts[0] in ("core", "snippets", "store", "providers", "channels") and len(inside.parts) > 1:
            if inside.stem == "__init__" or (inside.parts[0] == "core" and inside.stem in without):
                continue
            if inside.stem in ("copied", "schema", "catalog") or inside.parts[-2:] == (
                "anthropic_console",
                "provider.py",
            ):
                continue
            assert (ROOT / "tests" / inside.parent / f"test_{inside.stem}.py").exists(), f"{inside} has no test file"


@pytest.mark.parametrize(
    ("module", "kept_out"),
    [
        ("claudetray.services.monitor", ("PySide6", "aiohttp")),
        (
            "claudetray.app",
            ("PySide6", "aiohttp", "desktop_notifier", "httpx", "apscheduler", "cryptography", "click", "keyring"),
        ),
        ("claudetray.cli.main", ("PySide6",)),
        ("claudetray.ui.front", ("PySide6.QtWebEngineCore", "desktop_notifier", "aiohttp")),
    ],
)
def test_what_is_not_needed_is_not_imported(module: str, kept_out: tuple[str, ...]) -> None:
    program = f"import sys, {module}; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in loaded if name.startswith(kept_out)] == []
