"""SQL over the visits, by Polars: reading only, and only of the table `visits`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from detector.domain.errors import UsageError
from detector.history import months
from detector.history.engine import pl
from detector.history.table import SCHEMA

ASKING = re.compile(r"\s*\(*\s*(SELECT|WITH)\b", re.IGNORECASE)
OTHER_FILES = re.compile(r"\bread_\w+\s*\(", re.IGNORECASE)
TABLE = "visits"


class Answer:
    """A table: `names` of its columns, and its rows."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self.names = tuple(frame.columns)

    def __len__(self) -> int:
        return len(self._frame)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Row by row; moments are datetimes in UTC, what is not known is None."""
        return iter(self._frame.iter_rows())

    def records(self) -> Iterator[dict[str, Any]]:
        """The same as records."""
        return iter(self._frame.iter_rows(named=True))


def asked(sql: str, visits: pl.LazyFrame) -> pl.LazyFrame:
    """What the SQL asks of the visits, not worked out yet. Raises UsageError where it may not be asked."""
    if not ASKING.match(sql):
        raise UsageError(f"a query begins with SELECT (or WITH), and reads the table {TABLE}")
    if OTHER_FILES.search(sql):
        raise UsageError(f"a query reads the table {TABLE} only, and no files")
    return pl.SQLContext(frames={TABLE: visits}).execute(sql, eager=False)


def collected(ask: Callable[[pl.LazyFrame], pl.LazyFrame], files: Sequence[Path]) -> pl.DataFrame:
    """What is asked of the visits in `files`, worked out.

    Raises DamagedError where one of them turns out to be damaged, UsageError where the question is at fault.
    """
    scans = [months.scan(path) for path in files]
    try:
        return ask(pl.concat(scans) if scans else pl.LazyFrame(schema=SCHEMA)).collect()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        for path in files:
            months.read(path)  # raises if it is the file that is at fault
        raise UsageError(f"the query cannot be answered: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """What Polars says, without the plan and the advice that come after it."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
