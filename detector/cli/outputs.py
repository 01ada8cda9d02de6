"""Result files: checked before the work begins, written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from detector.domain.errors import OutputError

STANDARD_OUTPUT = "-"


def check_writable(*targets: str | None, inputs: Iterable[str] = ()) -> None:
    """Raise OutputError for a target that could not be written at the end, or would overwrite an input or another."""
    taken = {Path(name).resolve(): "is read from" for name in inputs}
    for target in targets:
        if target is None or target == STANDARD_OUTPUT:
            continue
        path = Path(target)
        if path.resolve() in taken and not (path.exists() and not path.is_file()):
            raise OutputError(f"{target}: {taken[path.resolve()]}; write the result elsewhere")
        taken[path.resolve()] = "is named for another result"
        directory = path.parent
        if path.is_dir():
            raise OutputError(f"{target}: is a directory; name a file")
        if not directory.is_dir():
            raise OutputError(f"{target}: there is no directory {directory}; make it first")
        if path.exists() and not path.is_file():
            continue  # a pipe or device: opened when the time comes
        if not os.access(directory, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
            raise OutputError(f"{target}: not writable; check its permissions")


def write_lines(target: str, lines: Iterable[bytes]) -> None:
    """Lines to a file (or `-`, standard output), each with its newline."""
    write(target, b"".join(line + b"\n" for line in lines))


def write(target: str, content: bytes) -> None:
    """Bytes to a file, put in place whole; `-` is standard output. Raises OutputError."""
    if target == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    path = Path(target)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror or error}; nothing was written there") from error
