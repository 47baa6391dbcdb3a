"""The licenses of what claudetray is made with, read from what is installed, or bundled, beside it."""

import platform
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from claudetray import __version__

OWN = "claudetray"
# Qt's wheels come without the texts that their license wants to be passed on.
TEXTS_OF = {"PySide6": "Qt", "PySide6_Essentials": "Qt", "PySide6_Addons": "Qt", "shiboken6": "Qt"}
_TEXT = re.compile(r"(?i)(?:^|/)(?:licen[cs]e|copying|notice)[^/]*$")
_EXTRA = re.compile(r"extra\s*==")


@dataclass(frozen=True, slots=True)
class Licensed:
    """One library: its license in a word, and the texts of it."""

    name: str
    version: str
    license: str
    texts: tuple[Path, ...]

    def text(self) -> str:
        """All of it, as it stands there."""
        found = [file.read_text(encoding="utf-8", errors="replace").strip() for file in self.texts if file.is_file()]
        return "\n\n".join(found)


def licensed(folder: Path) -> tuple[Licensed, ...]:
    """Claudetray first, then what it requires here, by name. `folder` has the texts that no library brings."""
    own = Licensed(OWN, __version__, "MIT", tuple(_texts(OWN)) or (folder.parent.parent / "LICENSE",))
    python = Licensed("Python", platform.python_version(), "PSF-2.0", tuple(sorted((folder / "Python").glob("*"))))
    libraries = (_library(name, folder) for name in required(OWN) if name != OWN)
    return (own, python, *sorted(libraries, key=lambda one: one.name.lower()))


def _library(name: str, folder: Path) -> Licensed:
    told = metadata.metadata(name)
    texts = tuple(_texts(name))
    if beside := TEXTS_OF.get(told["Name"]):
        texts += tuple(sorted((folder / beside).glob("*")))
    return Licensed(told["Name"], told["Version"], _word(told), texts)


def required(name: str) -> Iterator[str]:
    """That distribution, and every one that it requires and that is there, by its own name, each once."""
    waiting, seen = [name], set[str]()
    while waiting:
        name = re.split(r"[\s;<>=!~(\[]", waiting.pop(), maxsplit=1)[0]
        plain = re.sub(r"[-_.]+", "-", name).lower()
        if plain in seen:
            continue
        seen.add(plain)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system
            continue
        yield found.name
        waiting += [line for line in found.requires or [] if not _EXTRA.search(line)]


def _word(told: metadata.PackageMetadata) -> str:
    """As short as it is told."""
    if "License-Expression" in told:
        return told["License-Expression"]
    named = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    word = told["License"].strip().partition("\n")[0] if "License" in told else ""
    return ", ".join(named) or word or "—"


def _texts(name: str) -> Iterator[Path]:
    try:
        files = metadata.files(name) or []
    except metadata.PackageNotFoundError:
        return
    for file in files:
        if ".dist-info" in str(file) and _TEXT.search(file.as_posix()):
            yield Path(str(file.locate()))
