"""Programs as Debian ships them: from PATH, or unpacked from Debian's packages by an ordinary user."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

CACHE = Path(__file__).parents[1] / ".cache" / "debian"


class NoProgramError(Exception):
    """A program is not to be had; the message says what to install."""


def redis_server_command() -> tuple[str, dict[str, str]]:
    """The server that the contract of the stores is tested against."""
    return debian_command("redis-server")


FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


def chromium() -> tuple[str, dict[str, str]]:
    """The browser that pages are looked at with, and its environment. Raises NoProgramError."""
    if found := shutil.which("chromium"):
        return found, dict(os.environ)
    # What lies in usr/bin is a script that looks for the program below /usr.
    program, environment = debian_command("chromium", below="usr/lib/chromium")
    root = Path(program).parents[3]
    fonts = root.parent / "fonts.conf"
    fonts.write_text(FONTS.format(fonts=root / "usr" / "share" / "fonts", cache=root.parent / "fonts"), "utf-8")
    return program, environment | {"FONTCONFIG_FILE": str(fonts)}


def debian_command(name: str, package: str | None = None, below: str = "usr/bin") -> tuple[str, dict[str, str]]:
    """The program of `package` (by default the one of its own name), and the environment it needs. `below`: where in
    the package it lies.

    Raises NoProgramError: what needs it is never left untested.
    """
    if found := shutil.which(name):
        return found, dict(os.environ)
    package = package or name
    home = CACHE / package
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test workers start at once
        root = home / "root"
        program = root / below / name
        if not program.exists():
            _unpack(package, root)
    folders = [*(root / "usr" / "lib").glob("*-linux-*"), *(root / "lib").glob("*-linux-*")]
    # Some packages have libraries of their own one folder further down.
    folders += [path for folder in folders for path in folder.iterdir() if path.is_dir() and any(path.glob("lib*.so*"))]
    libraries = ":".join(map(str, sorted(folders)))
    return str(program), {**os.environ, "LD_LIBRARY_PATH": libraries}


def _unpack(name: str, root: Path) -> None:
    """Into `root`, the package and those of its dependencies that this machine lacks. Needs no rights."""
    partial = root.parent / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial", "root"):
        (partial / folder).mkdir(parents=True)
    apt = [
        "apt-get",
        "-qq",
        *("-o", f"Dir::State::Lists={partial / 'lists'}"),
        *("-o", f"Dir::Cache={partial / 'cache'}"),
        *("-o", "Debug::NoLocking=true"),
        *("-o", "APT::Sandbox::User="),
    ]
    try:
        _run([*apt, "update"], partial)
        plan = _run([*apt, "--simulate", "--no-install-recommends", "install", name], partial)
        packages = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")] or [name]
        _run([*apt, "download", *packages], partial)
        for package in partial.glob("*.deb"):
            _run(["dpkg", "-x", str(package), str(partial / "root")], partial)
        (partial / "root").replace(root)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise NoProgramError(
            f"a test needs {name} (Debian: apt-get install {name}); fetching it failed: {said}"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _run(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=600).stdout
