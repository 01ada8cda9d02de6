"""Decoded tracks to reports."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detector.decoding.addresses import AddressBook
from detector.decoding.decoded import NO_FORMAT, reports_of
from detector.domain.decoded import EMPTY, DecodedBatch


def tracks(*rows: dict[str, Any]) -> DecodedBatch:
    return DecodedBatch.of([list((EMPTY | {"heard_at": 100.0, "address": 0xA1} | row).values()) for row in rows])


def test_one_row_makes_an_aircraft_known_in_order_of_appearance() -> None:
    addresses = AddressBook()
    addresses.add(0xB0)
    batch = tracks({"address": 0xF0}, {"address": 0xA0}, {"address": 0xF0}, {"address": 0xB0})
    assert reports_of(batch, addresses).slot.tolist() == [1, 2, 1, 0]
    assert addresses.keys == [0xB0, 0xF0, 0xA0]


def test_a_row_that_tells_nothing_is_a_report_without_content() -> None:
    reports = reports_of(tracks({}), AddressBook())
    assert len(reports) == 1
    groups = ("positions", "altitudes", "velocities", "idents", "squawks", "statuses")
    assert [len(getattr(reports, name).row) for name in groups] == [0] * 6
    assert (reports.frame_row.tolist(), reports.df.tolist(), reports.on_ground.tolist()) == ([-1], [NO_FORMAT], [-1])


def test_a_full_row_gives_an_entry_of_each_kind() -> None:
    row = {
        "latitude_deg": 40.0, "longitude_deg": -119.0, "on_ground": 0, "altitude_baro_ft": 4500.0,
        "altitude_geom_ft": 4875.0, "groundspeed_kt": 80.0, "track_deg": 90.0, "airspeed_kt": 85.0,
        "airspeed_is_true": True, "heading_deg": 95.0, "vertical_rate_fpm": -64.0, "vertical_rate_is_baro": True,
        "callsign": b"N7499A", "category": b"A1", "squawk": 1200, "nic": 8, "nac_p": 9,
    }  # fmt: skip
    reports = reports_of(tracks({}, row), AddressBook())
    assert (reports.positions.row.tolist(), reports.positions.nic.tolist()) == ([1], [8])
    assert reports.altitudes.altitude_ft.tolist() == [4500.0, 4875.0]
    assert reports.altitudes.geometric.tolist() == [False, True]
    velocities = reports.velocities
    assert [float(getattr(velocities, name)[0]) for name in ("groundspeed_kt", "airspeed_kt", "heading_deg")] == [
        80.0,
        85.0,
        95.0,
    ]
    assert velocities.geom_minus_baro_ft.tolist() == [375.0]
    assert (reports.idents.callsign.tolist(), reports.idents.category.tolist()) == ([b"N7499A"], [b"A1"])
    assert (reports.squawks.squawk.tolist(), reports.statuses.nac_p.tolist()) == ([1200], [9])


def test_a_report_has_the_time_of_its_position_where_that_is_told() -> None:
    place = {"latitude_deg": 40.0, "longitude_deg": -119.0}
    batch = tracks(place | {"position_at": 97.0}, place, {"position_at": 97.0})
    assert reports_of(batch, AddressBook()).heard_at.tolist() == [97.0, 100.0, 100.0]


def test_on_the_ground_the_two_altitudes_are_not_compared() -> None:
    heights = {"altitude_baro_ft": 4500.0, "altitude_geom_ft": 9000.0}
    batch = tracks(heights | {"on_ground": 1, "groundspeed_kt": 5.0}, heights | {"on_ground": 0})
    assert np.isnan(reports_of(batch, AddressBook()).velocities.geom_minus_baro_ft).tolist() == [True, False]


def test_rows_without_an_aircraft_are_refused() -> None:
    with pytest.raises(ValueError, match="without an aircraft"):
        reports_of(tracks({"address": EMPTY["address"]}), AddressBook())
