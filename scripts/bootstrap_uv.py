"""Gets the uv that uv.lock pins, with nothing but Python's standard library.

`--requirement` prints it as a line for `pip install --require-hashes`. `--fetch FOLDER` downloads its wheel, checks the
hash, unpacks it and prints the path of the program: for a Python that has no pip.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import platform
import ssl
import sys
import tomllib
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "uv.lock"


def locked_uv() -> dict[str, Any]:
    """The entry of uv in the lock: its version, and its wheels with `url` and `hash`."""
    packages: list[dict[str, Any]] = tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]
    return next(package for package in packages if package["name"] == "uv")


def requirement(package: dict[str, Any]) -> str:
    """One line of a pip requirements file, with the hash of every wheel."""
    hashes = " ".join(f"--hash={wheel['hash']}" for wheel in package["wheels"])
    return f"uv=={package['version']} {hashes}"


def wheel_for(package: dict[str, Any], system: str, machine: str, libc: str) -> dict[str, str]:
    """The wheel for this machine, by the platform tag in its name. Raises SystemExit where there is none."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine.lower(), machine.lower())
    if system == "Darwin":
        family, machine = "macosx", {"aarch64": "arm64"}.get(machine, machine)
    else:
        family = "manylinux" if libc == "glibc" else "musllinux"
    for wheel in package["wheels"]:
        tag = wheel["url"].rsplit("/", 1)[-1].removesuffix(".whl").split("-", 4)[-1]
        if family in tag and tag.endswith(machine):
            return dict(wheel)
    sys.exit(
        f"setup: uv {package['version']} has no wheel for {system} on {machine}; install python3-venv, then try again"
    )


def download(url: str, expected: str) -> bytes:
    """The bytes behind `url`, whose hash is as in the lock (`sha256:...`)."""
    certificates = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    context = ssl.create_default_context(cafile=certificates)
    try:
        with urllib.request.urlopen(url, timeout=60, context=context) as answer:
            data: bytes = answer.read()
    except OSError as error:
        sys.exit(f"setup: could not fetch uv: is the network there? ({error})")
    got = "sha256:" + hashlib.sha256(data).hexdigest()
    if got != expected:
        sys.exit(f"setup: the wheel of uv has the hash {got}, but uv.lock says {expected}; nothing was installed")
    return data


def fetch(package: dict[str, Any], folder: Path) -> Path:
    """The uv program, unpacked under `folder`."""
    program = folder / str(package["version"]) / "uv"
    if not program.exists():
        wheel = wheel_for(package, platform.system(), platform.machine(), platform.libc_ver()[0])
        with zipfile.ZipFile(io.BytesIO(download(wheel["url"], wheel["hash"]))) as archive:
            member = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
            program.parent.mkdir(parents=True, exist_ok=True)
            partial = program.with_suffix(".partial")
            partial.write_bytes(archive.read(member))
        partial.chmod(0o755)
        partial.replace(program)
    return program


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requirement", action="store_true")
    parser.add_argument("--fetch", type=Path, metavar="FOLDER")
    wanted = parser.parse_args()
    print(requirement(locked_uv()) if wanted.requirement else fetch(locked_uv(), wanted.fetch))


if __name__ == "__main__":
    main()
