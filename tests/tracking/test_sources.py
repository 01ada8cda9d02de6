"""Rows that another source has overtaken."""

from __future__ import annotations

import numpy as np

from detector.domain.columns import SlotTable
from detector.domain.decoded import DecodedBatch
from detector.domain.frame import RejectCounts
from detector.framing.track_rows import TrackRows
from detector.tracking import sources
from detector.tracking.tracker import COLUMNS

T0 = 1_700_000_000
FRAMES_UNTIL = T0 + 100.0


def table(*, told_by_frames: bool = True) -> SlotTable:
    """One aircraft, heard until then."""
    made = SlotTable(COLUMNS)
    made["heard_at"][0] = FRAMES_UNTIL
    made["told_by"][0] = 0 if told_by_frames else 9
    return made


def row(at_s: float, *, place_s: float | None = None, receiver: int = 7) -> DecodedBatch:
    rows = TrackRows(receiver, RejectCounts())
    where = None if place_s is None else round((T0 + place_s) * 1e6)
    place = {} if where is None else {"latitude": 40.0, "longitude": 125.0}
    rows.add(round((T0 + at_s) * 1e6), 0x71BE19, position_microseconds=where, **place)
    return rows.batch()


def judged(of: SlotTable, *rows: DecodedBatch) -> list[str]:
    """What becomes of the rows, all in one batch."""
    tracks = DecodedBatch.concat(list(rows))
    stale, unplaced = sources.overtaken(tracks, np.zeros(len(tracks), np.intp), of)
    return ["stale" if s else "no place" if u else "kept" for s, u in zip(stale, unplaced, strict=True)]


def test_a_row_older_than_a_frame_is_stale_but_for_a_fifth_of_a_second() -> None:
    assert judged(table(), row(90.0), row(99.7), row(99.9), row(120.0)) == ["stale", "stale", "kept", "kept"]


def test_of_a_row_whose_position_alone_is_older_the_rest_is_kept() -> None:
    assert judged(table(), row(101.0, place_s=95.0)) == ["no place"]
    assert judged(table(), row(101.0, place_s=100.5)) == ["kept"]


def test_a_source_is_in_order_with_itself() -> None:
    assert judged(table(), row(101.0), row(100.2), row(101.5, place_s=100.0)) == ["kept"] * 3


def test_another_table_is_overtaken_like_frames() -> None:
    assert judged(table(), row(105.0), row(101.0, receiver=8), row(106.0, receiver=8), row(105.5)) == [
        *("kept", "stale", "kept", "stale"),
    ]


def test_a_row_that_was_refused_overtakes_nobody() -> None:
    assert judged(table(), row(90.0), row(100.0, receiver=8), row(100.1)) == ["stale", "kept", "kept"]


def test_any_cut_gives_the_same() -> None:
    rows = [row(105.0), row(101.0, receiver=8), row(106.0, receiver=8), row(105.5), row(106.1, place_s=104.0)]
    whole, apart, told = table(), table(), list[str]()
    for one in rows:
        told += judged(apart, one)
        if told[-1] != "stale":
            at = one.position_at[0] if told[-1] == "kept" and not np.isnan(one.position_at[0]) else one.heard_at[0]
            apart["heard_at"][0] = at
    assert judged(whole, *rows) == told
    assert whole["told_by"][0] == apart["told_by"][0]


def test_nobody_is_overtaken_where_nothing_is_known() -> None:
    assert judged(SlotTable(COLUMNS), row(5.0), row(3.0)) == ["kept", "kept"]
