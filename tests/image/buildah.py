"""The image built without a registry and without Docker: by Debian's buildah, on a base that Debian's mmdebstrap makes.

The base has what the Dockerfile expects of `python:3.11-slim`: Debian, Python 3.11 at /usr/local/bin/python, and the
name. Beyond that it trusts whom this machine trusts, so that packages can be fetched behind a proxy.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = ("buildah", "mmdebstrap")
RELEASE = "bookworm"
"""Of Debian, with Python 3.11."""
BASE = "docker.io/library/python:3.11-slim"
PACKAGES = "python3,python3-venv,ca-certificates"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
LONGEST_S = 1_200.0
"""To fetch some 250 MB, on a slow line."""


@dataclass
class Buildah:
    """Images and containers in `folder`, of nobody else's."""

    folder: Path
    _container: str = field(default="", init=False)

    def base(self) -> None:
        """Makes the image to begin with."""
        archive = self.folder / "base.tar"
        settings = self.folder / "uv.toml"
        settings.write_text("native-tls = true\n", encoding="utf-8")
        _done(
            [
                "mmdebstrap",
                "--variant=minbase",
                f"--include={PACKAGES}",
                "--customize-hook=mkdir -p $1/etc/uv",
                f"--customize-hook=copy-in {settings} /etc/uv",
                f"--customize-hook=copy-in {CERTIFICATES} {CERTIFICATES.parent}",
                "--customize-hook=ln -s /usr/bin/python3 $1/usr/local/bin/python",
                RELEASE,
                str(archive),
            ]
        )
        container = self("from", "scratch").strip()
        self("add", container, str(archive), "/")
        self("config", "--env", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", container)
        self("commit", "--quiet", container, BASE)
        self("rm", container)
        archive.unlink()

    def build(self, source: Path, name: str) -> None:
        """Builds the Dockerfile of a folder."""
        self("bud", "--isolation", "chroot", "--format", "docker", "--pull=never", "--tag", name, str(source))
        self._container = self("from", "--pull=never", name).strip()

    def run(self, *command: str, volumes: tuple[str, ...] = ()) -> str:
        """What a command says in a container of the image, as the user that the image names."""
        return _done(self._running(command, volumes))

    def start(self, *command: str, volumes: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """The same, without waiting for its end."""
        there = subprocess.PIPE
        return subprocess.Popen(self._running(command, volumes), stdout=there, stderr=there, text=True)

    def close(self) -> None:
        """Nothing of it stays."""
        self("rm", "--all")
        self("rmi", "--all", "--force")

    def __call__(self, *words: str) -> str:
        """Standard output of a command of buildah. Fails with what it said."""
        return _done(self._command(*words))

    def _running(self, command: tuple[str, ...], volumes: tuple[str, ...]) -> list[str]:
        mounts = [word for volume in volumes for word in ("--volume", volume)]
        return self._command("run", "--isolation", "chroot", *mounts, self._container, "--", *command)

    def _command(self, *words: str) -> list[str]:
        places = ["--root", str(self.folder / "store"), "--runroot", str(self.folder / "run")]
        return ["buildah", *places, "--storage-driver", "vfs", *words]


def missing() -> list[str]:
    """Programs that are not there."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def _done(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    assert done.returncode == 0, f"{' '.join(command[:8])} ...: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
