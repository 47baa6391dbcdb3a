"""What goes into a build: worked out from the package and from what it requires, never typed a second time."""

import re
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# PyInstaller finds what a statement imports; these import parts of themselves by name, and read files of their own.
PARTS_BY_NAME = ("claudetray", "apprise", "desktop_notifier", "keyring.backends")
LOADED_BY_NAME = ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets")  # by pyqtgraph
WITH_DATA = ("apprise", "desktop_notifier", "genai_prices")
LISTED = ("apprise",)  # it lists the files of its own folder to find its services
UNUSED = (
    *("tkinter", "PIL", "setuptools", "pip", "IPython", "matplotlib", "scipy", "OpenGL", "readline"),
    *("numpy.f2py", "numpy.random", "pyqtgraph.examples"),
    *(f"PySide6.Qt{name}" for name in ("Qml", "Quick", "QuickWidgets", "Svg", "Test")),
)
WEB_ENGINE = ("PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets")
ONLY_WITH_WEB_ENGINE = re.compile(r"claudetray\.console_login\.(?!main$|line$|watchdog$)")
# The web engine links Qt Quick and shows none of it; screens without a desktop, printers and places are not for us.
LEFT_OUT = re.compile(
    r"PySide6/(Qt/)?"
    r"(qml/"
    r"|plugins/(qmltooling|position|printsupport|egldeviceintegrations|generic)/"
    r"|plugins/platforms/(lib)?q(eglfs|linuxfb|minimal|minimalegl|vkkhrdisplay|vnc|direct2d)\b"
    r"|plugins/platformthemes/libqgtk3"  # brings GTK along
    r"|plugins/imageformats/(lib)?qpdf"
    r"|plugins/platforminputcontexts/(lib)?qtvirtualkeyboard"
    r"|translations/[^/]+\.qm)"
    r"|qtwebengine_locales/(?!en-US\.pak)"
    r"|qtwebengine_devtools_resources"
)
# Of the system's own libraries those that every desktop has, and that are better the system's: a bundled libstdc++
# keeps newer graphics drivers from loading. The packages name them as what they depend on.
OF_THE_SYSTEM = re.compile(
    r"lib(stdc\+\+|gcc_s|(glib|gio|gobject|gmodule|gthread)-2\.0|dbus-1|systemd|udev|asound|gbm|drm|expat"
    r"|X(11|11-xcb|ext|render|randr|fixes|damage|composite|tst|au|dmcp)|xcb-(glx|randr|render|xfixes|sync|shm|shape)"
    r"|xkbcommon|xkbfile|fontconfig|freetype|png16|brotli(common|dec)|harfbuzz|mount|blkid|selinux|pcre2-8|bsd|md"
    r"|gcrypt|gpg-error|cap|lz4|zstd|nss3|nssutil3|nssckbi|nssdbm3|smime3|softokn3|freebl3|freeblpriv3|nspr4|plc4|plds4"
    r"|krb5|k5crypto|krb5support|gssapi_krb5|com_err|keyutils)\.so[.0-9]*$",
    re.IGNORECASE,
)
Entry = tuple[str, str, str]  # where it goes in the bundle, where it comes from, and PyInstaller's word for its kind


def lite(environ: Mapping[str, str], platform: str) -> bool:
    """Without the web engine: where `CLAUDETRAY_LITE=1` asks for it, and on Windows on Arm, for which there is none."""
    return environ.get("CLAUDETRAY_LITE") == "1" or platform == "win-arm64"


def version() -> str:
    """Claudetray's, read and not imported."""
    found = re.search(r'^__version__ = "([^"]+)"', (ROOT / "claudetray" / "__init__.py").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def distributions() -> list[str]:
    """Claudetray and what it requires here, as *About* lists it: their metadata hold versions and licenses."""
    from claudetray.services.licenses import OWN, required

    return list(required(OWN))


def trimmed(entries: Iterable[Entry], needs: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Without what is left out, and without the libraries that only those files need.

    `needs` names the libraries that a file is linked to, by their names without a folder.
    """
    listed = list(entries)
    left_out = [e for e in listed if LEFT_OUT.search(_slashed(e)) or OF_THE_SYSTEM.fullmatch(_slashed(e))]
    binaries = {_name(entry): entry for entry in listed if entry[2] in ("BINARY", "EXTENSION")}
    suspects = _reached(left_out, binaries, needs)
    stay = [entry for entry in listed if entry not in left_out and _name(entry) not in suspects]
    needed = _reached(stay, binaries, needs)
    kept = [e for e in listed if e not in left_out and (_name(e) not in suspects or _name(e) in needed)]
    # On macOS a library lies in a framework, with links and a list beside it: half of one cannot be signed.
    gone = {_framework(e) for e in listed if e not in kept and e[2] in ("BINARY", "EXTENSION")} - {""}
    return [e for e in kept if _framework(e) not in gone]


def _reached(
    entries: Iterable[Entry], binaries: Mapping[str, Entry], needs: Callable[[str], Iterable[str]]
) -> set[str]:
    """The names of the libraries that these need, directly or not."""
    found: set[str] = set()
    waiting = [entry for entry in entries if entry[2] in ("BINARY", "EXTENSION")]
    while waiting:
        for name in needs(waiting.pop()[1]):
            if name in binaries and name not in found:
                found.add(name)
                waiting.append(binaries[name])
    return found


def python_license() -> list[tuple[str, str]]:
    """The interpreter's own license as a data file, where its distributor ships it."""
    places = [
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sysconfig.get_config_var("base")) / "LICENSE.txt",
    ]
    return [(str(file), "resources/licenses/Python") for file in places if file.is_file()][:1]


def _slashed(entry: Entry) -> str:
    return entry[0].replace("\\", "/")


def _framework(entry: Entry) -> str:
    """The framework that it lies in, or nothing."""
    before, mark, _ = _slashed(entry).partition(".framework/")
    return before if mark else ""


def _name(entry: Entry) -> str:
    return _slashed(entry).rpartition("/")[2]
