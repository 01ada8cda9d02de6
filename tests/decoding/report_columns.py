"""Report batches laid end to end, so that two ways of cutting one stream can be compared column by column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.decoding import Decoder
from detector.domain.frame import FrameBatch
from detector.domain.report import ReportBatch

Columns = dict[str, npt.NDArray[Any]]


def decoded(decoder: Decoder, frames: FrameBatch, cuts: Iterable[int] = ()) -> Columns:
    """All columns of all reports of `frames`, decoded in pieces that end at `cuts`; rows count from the first frame."""
    edges = sorted({0, len(frames), *(cut for cut in cuts if 0 < cut < len(frames))})
    parts: list[Columns] = []
    reports = 0
    for start, end in pairwise(edges):
        batch = decoder.decode(frames.take(slice(start, end)))
        parts.append(_columns(batch, first_report=reports, first_frame=start))
        reports += len(batch)
    if not parts:
        return _columns(decoder.decode(frames), first_report=0, first_frame=0)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _columns(batch: ReportBatch, *, first_report: int, first_frame: int) -> Columns:
    columns: Columns = {}
    for part in fields(batch):
        value = getattr(batch, part.name)
        if isinstance(value, np.ndarray):
            columns[part.name] = value + first_frame if part.name == "frame_row" else value
            continue
        for column in fields(value):
            values = getattr(value, column.name)
            columns[f"{part.name}.{column.name}"] = values + first_report if column.name == "row" else values
    return columns


def assert_same(left: Columns, right: Columns, *, except_for: Iterable[str] = ()) -> None:
    """Every column equal to the last bit, in type and value; NaN equals NaN."""
    assert left.keys() == right.keys()
    for name in left.keys() - set(except_for):
        assert left[name].dtype == right[name].dtype, name
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)
