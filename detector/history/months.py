"""One month of visits as a Parquet file: read, checked, and put in place whole."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detector.domain.errors import InputError
from detector.history.engine import pl
from detector.history.table import SCHEMA

VERSION_KEY = "detector.visits"
VERSION = "1"
"""Of the columns, kept in each file."""
NAME = re.compile(r"visits-(\d{4}-\d{2})\.parquet")
UNFINISHED = ".new-"


class DamagedError(InputError):
    """A file that cannot be read, or is not ours; `path` is where it lies."""

    def __init__(self, path: Path, words: str) -> None:
        super().__init__(f"{path}: {words}")
        self.path = path


def path_of(folder: Path, month: str) -> Path:
    """Where the visits of a month (2024-11) lie."""
    return folder / f"visits-{month}.parquet"


def month_of(path: Path) -> str:
    """The month whose visits lie there."""
    return path.stem.removeprefix("visits-")


def months_in(folder: Path) -> list[str]:
    """The months of which there is a file, the earliest first."""
    found = (NAME.fullmatch(path.name) for path in folder.glob("visits-*.parquet"))
    return sorted(match[1] for match in found if match)


def count(path: Path) -> int:
    """Rows of a file, from its end alone. Raises DamagedError where it cannot be used."""
    _check(path)
    return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def scan(path: Path) -> pl.LazyFrame:
    """A file that is read when something is asked of it, through `reading`. Raises DamagedError as `count` does."""
    _check(path)
    return pl.scan_parquet(path)


def read(path: Path) -> pl.DataFrame:
    """All of it; an empty table where there is no file. Raises DamagedError."""
    if not path.exists():
        return pl.DataFrame(schema=SCHEMA)
    with reading(path):
        return scan(path).collect()


def ids(path: Path) -> pl.DataFrame:
    """The column `id` alone. Raises DamagedError as `read` does."""
    with reading(path):
        return scan(path).select("id").collect()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Damage that is met while a file is read becomes DamagedError, in one line with its name."""
    try:
        yield
    # Polars' Rust panics on some damage, and its exception is no Exception.
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise DamagedError(path, "damaged; move it away and import that month again") from error


def write(path: Path, table: pl.LazyFrame) -> None:
    """All of the file or nothing of it, on the disk before it has its name; `table` may read the file itself."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            # Others may read them: a service under its own user, say.
            os.fchmod(file.fileno(), 0o644)
            ordered = table.select(list(SCHEMA)).sort("landed_at", "id")
            ordered.sink_parquet(file, compression="zstd", metadata={VERSION_KEY: VERSION}, engine="streaming")
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _check(path: Path) -> None:
    with reading(path):
        version = pl.read_parquet_metadata(path).get(VERSION_KEY)
        fits = dict(pl.read_parquet_schema(path)) == SCHEMA
    if version != VERSION or not fits:
        raise DamagedError(path, "not a file of this program's history, or of another version of it; move it away")
