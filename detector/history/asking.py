"""SQL over the visits, by Polars: reading only, and only of the table `visits`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detector.domain.errors import UsageError
from detector.history import months
from detector.history.engine import pl

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


def answer(sql: str, visits: pl.LazyFrame, files: Sequence[Path]) -> Answer:
    """Raises UsageError where the SQL is wrong, InputError where one of the `files` behind `visits` is damaged."""
    if not ASKING.match(sql):
        raise UsageError(f"a query begins with SELECT (or WITH), and reads the table {TABLE}")
    if OTHER_FILES.search(sql):
        raise UsageError(f"a query reads the table {TABLE} only, and no files")
    try:
        asked = pl.SQLContext(frames={TABLE: visits}).execute(sql, eager=False)
        return Answer(asked.collect())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        for path in files:
            months.read(path)  # says so if it is the file that is at fault
        raise UsageError(f"the query cannot be answered: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
