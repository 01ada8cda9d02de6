"""Polars, which an extra brings: one library that reads and writes Parquet and answers SQL."""

from __future__ import annotations

from detector.domain.errors import UsageError

try:
    import polars as pl
except ImportError as error:
    raise UsageError("history needs the package polars: install stop-detector[history]") from error

__all__ = ["pl"]
