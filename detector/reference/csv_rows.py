"""Rows of a gzipped CSV table, as standing data publishes them."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from operator import itemgetter

from detector.domain.errors import InputError


def rows(data: bytes, columns: tuple[str, ...], table: str) -> list[tuple[str, ...]]:
    """The named columns (two or more) of every row, in that order.

    Raises InputError, naming the `table`, where it is damaged, lacks a column, or has a row that is too short.
    """
    try:
        # All at once: a table is small, and a reader of pieces takes three times as long.
        text = gzip.decompress(data).decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""))
        head = next(reader, [])
        missing = [column for column in columns if column not in head]
        if missing:
            raise InputError(f"{table}: no column {', '.join(missing)}")
        wanted = itemgetter(*(head.index(column) for column in columns))
        return [wanted(row) for row in reader if row]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table}: damaged or not a gzipped CSV table ({error})") from error
    except IndexError as error:
        raise InputError(f"{table}: a row has fewer columns than the head") from error
