"""Builds the installer for Windows, on Windows: freezes, signs, packs, and fills the manifests for winget.

    python packaging\\windows\\build.py

Needs the extra `package` and Inno Setup 6 (`ISCC`: its compiler). `SIGN_COMMAND`, words between blanks, is run with the
files to be signed, for example `signtool sign /fd sha256 /td sha256 /a`; without it nothing is signed.
"""

import hashlib
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
import bundle

DIST, FROZEN = ROOT / "dist", ROOT / "build" / "frozen"
MACHINE = "arm64" if sysconfig.get_platform() == "win-arm64" else "x64"


def main() -> None:
    version = bundle.version()
    run(sys.executable, HERE.parent / "icons.py", ROOT / "build" / "icons")
    work = ROOT / "build" / "work"
    run("pyinstaller", "--noconfirm", "--clean", "--distpath", FROZEN, "--workpath", work, ROOT / "build.spec")
    folder = FROZEN / ("claudetray-lite" if bundle.lite(os.environ, sysconfig.get_platform()) else "claudetray")
    sign(*folder.rglob("*.exe"), *folder.rglob("*.dll"), *folder.rglob("*.pyd"))
    run(folder / "claudetray.exe", "doctor", "--self-test")
    compiler = os.environ.get("ISCC", r"C:\Program Files (x86)\Inno Setup 6\ISCC.exe")
    run(compiler, f"/DVersion={version}", f"/DMachine={MACHINE}", f"/DFolder={folder}", HERE / "claudetray.iss")
    installer = DIST / f"claudetray-{version}-windows-{MACHINE}.exe"
    sign(installer)
    if MACHINE == "x64":
        manifests(version, installer)


def sign(*files: Path) -> None:
    """Smart App Control refuses libraries that are not signed either, so all of them are."""
    command = os.environ.get("SIGN_COMMAND", "")
    if not command:
        print(f"SIGN_COMMAND is not set: {len(files)} files stay unsigned.")
        return
    for start in range(0, len(files), 50):
        run(*command.split(), *files[start : start + 50])


def manifests(version: str, installer: Path) -> None:
    """What winget is told of this version, for a pull request to its repository."""
    filled = {"@VERSION@": version, "@SHA256@": hashlib.sha256(installer.read_bytes()).hexdigest().upper()}
    target = DIST / "winget"
    target.mkdir(parents=True, exist_ok=True)
    for template in (HERE / "winget").glob("*.yaml"):
        text = template.read_text(encoding="utf-8")
        for word, value in filled.items():
            text = text.replace(word, value)
        (target / template.name).write_text(text, encoding="utf-8")


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
