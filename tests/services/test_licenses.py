from pathlib import Path

from claudetray import paths
from claudetray.services.licenses import licensed

FOLDER = paths.resources() / "licenses"


def test_everything_that_is_required_is_named_with_its_license_and_text() -> None:
    found = {one.name: one for one in licensed(FOLDER)}
    assert next(iter(found)) == "claudetray"
    for name in ("PySide6", "httpx", "peewee", "cryptography", "numpy", "Python"):
        assert name in found
    assert "pytest" not in found
    without = [one.name for one in found.values() if not one.text() and one.name != "Python"]
    assert without == []
    assert all(one.license and one.version for one in found.values())


def test_what_qt_wants_passed_on_is_there(tmp_path: Path) -> None:
    [qt] = [one for one in licensed(FOLDER) if one.name == "PySide6"]
    for words in ("GNU LESSER GENERAL PUBLIC LICENSE", "GNU GENERAL PUBLIC LICENSE", "Chromium"):
        assert words in qt.text()
    [bare] = [one for one in licensed(tmp_path / "resources" / "licenses") if one.name == "PySide6"]
    assert bare.text() == ""
