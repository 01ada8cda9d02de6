from __future__ import annotations

import numpy as np
import pytest

from benchmarks.generated import moving_aircraft, random_frames
from benchmarks.recordings import stamped_hex
from detector.decoding import DECODERS, ColumnarDecoder, ReferenceDecoder
from detector.domain.frame import FrameBatch
from tests.decoding.report_columns import Columns, assert_same, decoded

PLACES = {0: (43.63, 1.37)}
CUT_TO_WHOLE = ("altitudes.altitude_ft", "velocities.groundspeed_kt")
"""What pyModeS cuts to whole feet and knots, or leaves out in metres; the rest is equal to the last bit."""


def both(frames: FrameBatch) -> tuple[Columns, Columns]:
    return decoded(ColumnarDecoder(PLACES), frames), decoded(ReferenceDecoder(PLACES), frames)


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param(random_frames(seed=21, n=20_000), id="random content"),
        pytest.param(moving_aircraft(seed=22, aircraft=150, messages_each=100), id="moving aircraft"),
        pytest.param(stamped_hex("pymodes/sample_data_adsb.csv"), id="pyModeS sample"),
        pytest.param(stamped_hex("full_flight_short.csv.gz").take(slice(0, 15_000)), id="a flight's first 20 minutes"),
    ],
)
def test_the_columnar_decoder_reports_what_the_reference_reports(frames: FrameBatch) -> None:
    columnar, reference = both(frames)
    assert len(columnar["heard_at"]) > 1_000
    assert_same(columnar, reference, except_for=CUT_TO_WHOLE)
    speed, whole_speed = (columns["velocities.groundspeed_kt"] for columns in (columnar, reference))
    np.testing.assert_array_equal(np.isnan(speed), np.isnan(whole_speed))
    gap = (speed - whole_speed)[~np.isnan(speed)]
    assert np.all((gap >= 0.0) & (gap <= 1.0))


def test_both_count_the_same_rejects() -> None:
    frames = random_frames(seed=23, n=5_000)
    decoders = [make(PLACES) for make in DECODERS.values()]
    for decoder in decoders:
        decoder.decode(frames)
    first, second = ({reason: n for reason, n in d.rejects.counts.items() if n} for d in decoders)
    assert first == second


def test_the_state_of_one_continues_in_the_other() -> None:
    frames = moving_aircraft(seed=24, aircraft=20, messages_each=100)
    half = len(frames) // 2
    columnar, reference = ColumnarDecoder(PLACES), ReferenceDecoder(PLACES)
    columnar.decode(frames.take(slice(0, half)))
    reference.addresses, reference.table = columnar.addresses, columnar.table
    after = decoded(reference, frames.take(slice(half, None)))
    straight = decoded(ColumnarDecoder(PLACES), frames, [half])
    places = straight["positions.row"] >= np.searchsorted(straight["frame_row"], half)
    np.testing.assert_array_equal(after["positions.latitude_deg"], straight["positions.latitude_deg"][places])
    np.testing.assert_array_equal(after["positions.longitude_deg"], straight["positions.longitude_deg"][places])


def test_the_registry_names_both() -> None:
    assert list(DECODERS.items()) == [("columnar", ColumnarDecoder), ("reference", ReferenceDecoder)]
