"""Documentation that cannot lag: settings, commands and errors stand in it; every picture and link is there."""

import re
from pathlib import Path

import click
import pytest

from claudetray.cli.main import COMMANDS, group
from claudetray.core import errors
from claudetray.core.settings import DECLARED

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def page(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("setting", DECLARED, ids=lambda s: s.key)
def test_every_setting_is_documented(setting: object) -> None:
    assert f"`{setting.key}`" in page("docs/settings.md")  # type: ignore[attr-defined]


def test_every_command_is_documented() -> None:
    for name in COMMANDS:
        command = group.get_command(click.Context(group), name)
        assert f"claudetray {name}" in page("docs/cli.md")
        for inner in getattr(command, "commands", {}):
            assert re.search(rf"claudetray {name} .*{inner}", page("docs/cli.md")), inner


def every_error(root: type[errors.ClaudetrayError]) -> list[type[errors.ClaudetrayError]]:
    found = [root]
    for kind in root.__subclasses__():
        found += every_error(kind)
    return found


@pytest.mark.parametrize("error", every_error(errors.ClaudetrayError)[1:], ids=lambda e: e.__name__)
def test_every_error_is_documented_and_drawn_in_the_tree(error: type[errors.ClaudetrayError]) -> None:
    assert error.__name__ in (errors.__doc__ or "")
    assert error.title
    if not error.__subclasses__() and "title" in vars(error):
        assert f"`{error.kind}`" in page("docs/cli.md")
        assert error.title in page("docs/cli.md")


@pytest.mark.parametrize("file", PAGES, ids=lambda f: f.name)
def test_links_and_pictures_lead_somewhere(file: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+?)\)", file.read_text()):
        assert target.startswith("http") or (file.parent / target).exists(), target


def test_the_readme_names_the_two_commands() -> None:
    for command in ("scripts/run", "scripts/test"):
        assert command in page("README.md")
        assert (ROOT / command).stat().st_mode & 0o100
