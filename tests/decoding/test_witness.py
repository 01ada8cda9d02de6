"""The frames of an alert, decoded a second time by pyModeS alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from detector.decoding import witness
from detector.decoding.columnar import ColumnarDecoder
from detector.domain.frame import FrameBatch
from detector.domain.observation import Heard
from detector.domain.report import ReportBatch
from detector.simulation.encode import frames, position, status, velocity
from detector.simulation.encode.altitude import altitude_code, identity_code

ICAO24 = 0x4840D6
POSITION_ROW, VELOCITY_ROW, NAME_ROW, SQUAWK_ROW = 3, 4, 5, 7


def landing() -> list[Heard]:
    """Two pairs of positions, a velocity, a name and two replies of one aircraft, a second apart."""
    place = [
        frames.extended_squitter(
            position.airborne_position(52.25 + 0.001 * k, 3.92, k % 2, 4_000.0 - 25.0 * k), icao24=ICAO24
        )
        for k in range(4)
    ]
    speed = velocity.ground_velocity(159.0, 182.9, -832.0, 550.0)
    sent = [
        *place,
        frames.extended_squitter(speed, icao24=ICAO24),
        frames.extended_squitter(status.identification("KLM1023", "A3"), icao24=ICAO24),
        frames.surveillance_altitude(icao24=ICAO24, flight_status=0, altitude_code=altitude_code(3_900.0)),
        frames.surveillance_identity(icao24=ICAO24, flight_status=0, identity_code=identity_code("4521")),
    ]
    raw = [one[0, : int(frames.length_of(one)[0])].tobytes() for one in sent]
    return [Heard(1_700_000_000.0 + k, one.hex()) for k, one in enumerate(raw)]


def disagreements(heard: list[Heard]) -> int:
    found = witness.verify(f"{ICAO24:06x}", heard)
    assert found is not None
    assert found.frames == len(heard)
    return found.disagreements


def test_both_decoders_tell_the_same_of_good_frames() -> None:
    assert disagreements(landing()) == 0


def test_without_frames_there_is_nothing_to_witness() -> None:
    assert witness.verify("4840d6", []) is None


def test_a_frame_of_another_aircraft_is_a_disagreement() -> None:
    stranger = frames.extended_squitter(velocity.ground_velocity(300.0, 90.0, 0.0, 0.0), icao24=0x3C6444)
    heard = [*landing(), Heard(1_700_000_010.0, stranger[0].tobytes().hex())]
    assert disagreements(heard) == 1


def with_altitude(reports: ReportBatch) -> ReportBatch:
    reports.altitudes.altitude_ft[reports.altitudes.row == POSITION_ROW] += 25.0
    return reports


def with_place(reports: ReportBatch) -> ReportBatch:
    reports.positions.latitude_deg[reports.positions.row == POSITION_ROW] += 2e-4
    return reports


def without_place(reports: ReportBatch) -> ReportBatch:
    reports.positions.latitude_deg[reports.positions.row == POSITION_ROW] = np.nan
    return reports


def with_speed(reports: ReportBatch) -> ReportBatch:
    reports.velocities.groundspeed_kt[reports.velocities.row == VELOCITY_ROW] += 2.0
    return reports


def with_name(reports: ReportBatch) -> ReportBatch:
    reports.idents.callsign[reports.idents.row == NAME_ROW] = b"KLM1024"
    return reports


def with_squawk(reports: ReportBatch) -> ReportBatch:
    reports.squawks.squawk[reports.squawks.row == SQUAWK_ROW] += 1
    return reports


def with_format(reports: ReportBatch) -> ReportBatch:
    return replace(reports, df=np.where(np.arange(len(reports)) == VELOCITY_ROW, 18, reports.df))


@pytest.mark.parametrize(
    "wrong", [with_altitude, with_place, without_place, with_speed, with_name, with_squawk, with_format]
)
def test_whatever_our_decoder_gets_wrong_is_one_disagreement(
    wrong: Callable[[ReportBatch], ReportBatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mistaken(ColumnarDecoder):
        def decode(self, batch: FrameBatch) -> ReportBatch:
            return wrong(super().decode(batch))

    monkeypatch.setattr(witness, "ColumnarDecoder", Mistaken)
    assert disagreements(landing()) == 1
