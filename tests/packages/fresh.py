"""A fresh Debian in a folder: bootstrapped from where this system's packages come from, entered in a sandbox."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PERSON = "person"
WITHIN_S = 300
# A display server, and what it needs to be started for one command.
ALSO = "xvfb,xauth"


@dataclass(frozen=True)
class FreshSystem:
    root: Path

    @classmethod
    def copied(cls, base: Path, to: Path) -> "FreshSystem":
        subprocess.run(["cp", "-a", "--reflink=auto", base, to], check=True)
        return cls(to)

    def run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """A command in it, as root. Its /proc, /dev and /run are its own; the network is this machine's."""
        sandbox = [
            *("bwrap", "--bind", str(self.root), "/", "--proc", "/proc", "--dev", "/dev"),
            *("--perms", "1777", "--tmpfs", "/dev/shm", "--tmpfs", "/run", "--unshare-pid", "--die-with-parent"),
            *("--ro-bind", "/etc/resolv.conf", "/etc/resolv.conf", "--clearenv"),
            *("--setenv", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "--setenv", "LANG", "C.UTF-8"),
            *("--setenv", "DEBIAN_FRONTEND", "noninteractive"),
        ]
        ran = subprocess.run(
            [*sandbox, *command],
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert not check or ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
        return ran

    def as_person(self, command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """A shell command of somebody without rights."""
        return self.run("su", "--login", PERSON, "--command", command, check=check)

    def install(self, package: Path) -> None:
        """With what it depends on, as a person would: `apt install ./file`."""
        shutil.copy(package, self.root / "tmp" / package.name)
        self.run("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", f"/tmp/{package.name}")
        (self.root / "tmp" / package.name).unlink()

    def files(self, folders: Sequence[str] = ("etc", "opt", "usr", "var/lib")) -> set[str]:
        """Every file, but what the package manager notes."""
        found = {str(file.relative_to(self.root)) for folder in folders for file in (self.root / folder).rglob("*")}
        return {file for file in found if not file.startswith(("var/lib/apt/", "var/lib/dpkg/"))}


def bootstrapped(root: Path) -> Path:
    """This release's smallest system, from the mirror that this system uses, with somebody on it."""
    release = _output("sh", "-c", '. /etc/os-release && printf %s "$VERSION_CODENAME"')
    # Each line: the site, and the suite that it was asked for.
    lines = _output("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages").splitlines()
    mirror = min(site for site, suite in map(str.split, lines) if suite == release and site.startswith("http"))
    command = ["debootstrap", "--variant=minbase", f"--include={ALSO}", release, str(root), mirror]
    subprocess.run(command, check=True, capture_output=True, timeout=WITHIN_S)
    system = FreshSystem(root)
    system.run("useradd", "--create-home", PERSON)
    system.run("apt-get", "update", "--quiet")
    return root


def older(package: Path, folder: Path, version: str) -> Path:
    """The same package as an earlier version, with a file in it that the later one has not."""
    content = folder / "older"
    subprocess.run(["dpkg-deb", "--raw-extract", package, content], check=True)
    control = content / "DEBIAN" / "control"
    lines = control.read_text().splitlines(keepends=True)
    control.write_text("".join(f"Version: {version}\n" if line.startswith("Version:") else line for line in lines))
    (content / "opt" / "claudetray" / "_internal" / "only-in-the-older").write_text("gone with the next version")
    made = folder / f"claudetray_{version}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", "-Znone", content, made], check=True)
    shutil.rmtree(content)
    return made


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
