"""Which altitudes of replies are believed: against the aircraft's own squitters, at any cut."""

from __future__ import annotations

import numpy as np
import pytest

from detector.domain.columns import SlotTable
from detector.domain.report import (
    Altitudes,
    Idents,
    OperationalStatuses,
    Positions,
    ReportBatch,
    Squawks,
    Velocities,
)
from detector.tracking import altitudes
from detector.tracking.arrivals import Arrivals

SQUITTER, REPLY = 17, 4


def reports(heard: list[tuple[float, int, int, float]]) -> ReportBatch:
    """Altitude frames: (time, slot, downlink format, altitude in ft)."""
    n = len(heard)
    none, flags, bytes_ = np.zeros(0), np.zeros(0, np.bool_), np.zeros(0, np.int8)
    row, f32 = np.zeros(0, np.int32), np.zeros(0, np.float32)
    told = np.array([h[3] for h in heard], np.float32)
    return ReportBatch(
        heard_at=np.array([h[0] for h in heard]),
        slot=np.array([h[1] for h in heard], np.int32),
        address=np.array([h[1] for h in heard], np.uint32),
        df=np.array([h[2] for h in heard], np.uint8),
        typecode=np.zeros(n, np.uint8),
        on_ground=np.full(n, -1, np.int8),
        frame_row=np.arange(n, dtype=np.int32),
        positions=Positions(row, none, none, flags, bytes_, flags),
        altitudes=Altitudes(np.arange(n, dtype=np.int32), told, np.zeros(n, np.bool_)),
        velocities=Velocities(row, f32, f32, f32, flags, f32, f32, flags, f32, bytes_),
        idents=Idents(row, np.zeros(0, "S8"), np.zeros(0, "S2")),
        squawks=Squawks(row, np.zeros(0, np.int16), bytes_),
        statuses=OperationalStatuses(row, bytes_, flags, bytes_, bytes_, bytes_, bytes_),
    )


def believed(table: SlotTable, heard: list[tuple[float, int, int, float]]) -> list[bool]:
    batch = reports(heard)
    said: list[bool] = altitudes.believed(Arrivals(batch, table, altitudes.COLUMNS), batch, table).tolist()
    return said


@pytest.mark.parametrize(
    ("after_s", "altitude_ft", "expected"),
    [
        (0.0, 3_300.0, True),
        (0.0, 3_325.0, False),
        (10.0, 4_800.0, True),
        (10.0, 4_825.0, False),
        (10.0, 39_150.0, False),
        (60.0, 39_150.0, False),
        (60.5, 39_150.0, True),
    ],
)
def test_a_reply_is_believed_within_what_an_aircraft_can_climb(
    after_s: float, altitude_ft: float, expected: bool
) -> None:
    table = SlotTable(altitudes.COLUMNS)
    heard = [(100.0, 0, SQUITTER, 3_000.0), (100.0 + after_s, 0, REPLY, altitude_ft)]
    assert believed(table, heard) == [True, expected]


def test_without_squitters_replies_are_all_there_is() -> None:
    assert believed(SlotTable(altitudes.COLUMNS), [(1.0, 0, REPLY, 500.0), (2.0, 0, REPLY, 39_000.0)]) == [True, True]


def test_another_aircraft_says_nothing_about_it() -> None:
    assert believed(SlotTable(altitudes.COLUMNS), [(1.0, 0, SQUITTER, 500.0), (2.0, 1, REPLY, 39_000.0)]) == [
        True,
        True,
    ]


def test_no_cut_of_the_stream_changes_what_is_believed() -> None:
    dice = np.random.default_rng(7)
    heard = [
        (
            float(i),
            int(dice.integers(2)),
            int(dice.choice([SQUITTER, REPLY])),
            float(dice.choice([900.0, 1_000.0, 9_000.0])),
        )
        for i in range(60)
    ]
    whole = believed(SlotTable(altitudes.COLUMNS), heard)
    for size in (1, 7, 20):
        table = SlotTable(altitudes.COLUMNS)
        assert [said for i in range(0, 60, size) for said in believed(table, heard[i : i + size])] == whole
    assert not all(whole)
