"""Field by field against pyModeS. A difference passes only where the frame's own bits show the clause behind it."""

from __future__ import annotations

import pytest

from benchmarks.agreement import Report, compare_fields
from benchmarks.agreement_positions import compare_functions, compare_streams
from benchmarks.agreement_rs1090 import compare_with_rs1090
from benchmarks.generated import moving_aircraft, random_frames
from benchmarks.peer import NUMBERS
from benchmarks.recordings import full_flight_as_jet1090_decoded_it, recordings

MAY_DIFFER = {
    "crc verdict", "altitude_baro_ft", "altitude_geom_ft", "groundspeed_kt", "vertical_rate_fpm",
    "vertical_rate_is_baro", "geom_minus_baro_ft", "nac_v", "version", "nic_supplement_a", "nac_p", "sil",
    "position, pair", "position, airborne near reference", "position, surface near reference",
}  # fmt: skip


def assert_explained(report: Report) -> None:
    assert {name: agreement.unexplained for name, agreement in report.items() if agreement.unexplained} == {}
    assert {name for name, agreement in report.items() if agreement.different} <= MAY_DIFFER


def test_generated_frames_agree_in_every_field() -> None:
    report: Report = {}
    compare_fields(report, random_frames(seed=31, n=50_000))
    assert_explained(report)
    assert {name for name in (*NUMBERS, "callsign") if report[name].compared < 700} == set()


def test_generated_places_agree_within_10_m() -> None:
    report: Report = {}
    for frames in (random_frames(seed=32, n=10_000), moving_aircraft(seed=33, aircraft=200, messages_each=100)):
        compare_functions(report, frames, seed=34)
        compare_streams(report, frames)
    assert_explained(report)
    assert min(agreement.compared for agreement in report.values()) > 3_000


@pytest.mark.parametrize("name", recordings())
def test_recordings_agree_in_every_field_and_place(name: str) -> None:
    frames = recordings()[name]
    report: Report = {}
    compare_fields(report, frames)
    compare_functions(report, frames, seed=35)
    compare_streams(report, frames)
    assert_explained(report)
    assert report["address"].compared == len(frames)


def test_a_flight_decoded_by_rs1090_agrees() -> None:
    report: Report = {}
    compare_with_rs1090(report, full_flight_as_jet1090_decoded_it())
    assert {name: agreement.unexplained for name, agreement in report.items() if agreement.unexplained} == {}
    assert report["airborne position (10 m)"].compared > 6_000
