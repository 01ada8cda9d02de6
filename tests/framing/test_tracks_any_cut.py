"""What holds for every format of decoded tracks."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.decoded import COLUMNS, DecodedBatch
from detector.framing import TRACK_FORMATS
from detector.framing.detect import HEAD_BYTES, detect
from tests.framing import test_opensky, test_readsb_json, test_readsb_trace
from tests.framing.streams import cut
from tests.framing.test_sbs import message
from tests.framing.test_traffic_json import document, record
from tests.framing.tracks import DAY, batch_of

DATA = Path(__file__).parents[1] / "data"
SAMPLES = {
    "readsb-trace": test_readsb_trace.trace(
        *(test_readsb_trace.point(float(k), details={"flight": "N7499A"}) for k in range(5)), [1], icao="aa178d"
    ),
    "readsb-json": b"{\n".join(
        [test_readsb_json.line(lat=40.0, lon=8.0 + k, now=DAY + k) for k in range(5)]
        + [test_readsb_json.fleet(DAY + 9.0, test_readsb_json.one())]
    ),
    "opensky": test_opensky.vectors(*(test_opensky.vector(DAY + k, lat=47.0 + k) for k in range(5)), "x"),
    "traffic-json": document(*(record(DAY + k, latitude=4.0 + k) for k in range(5))),
    "sbs": b"START,Wed Sep 2 04:23:45 +0000 UTC 2015\n5,MSG,8,,,A1,,,,,,,,,,,,,,,,,\n" * 2 + b"x\n" + message(8),
}
"""Some rows in each format, and something broken where a format is lines."""
FILES = {
    **{f"tracks/negatives/{path.name}": "traffic-json" for path in (DATA / "tracks" / "negatives").iterdir()},
    **{f"tracks/88nv_2023-08-30/{path.name}": "readsb-trace" for path in (DATA / "tracks/88nv_2023-08-30").iterdir()},
    "tracks/88nv_1hr_2023-08-29.jsonl.gz": "readsb-json",
    "tracks/88nv_20minutes_2023-08-30.jsonl.gz": "readsb-json",
    "recordings/adsbhub_sbs_2026-02-24.txt.gz": "sbs",
    "recordings/stratux_sbs_2015-09-02.log.gz": "sbs",
}


def assert_same(one: DecodedBatch, other: DecodedBatch) -> None:
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_every_format_has_a_sample() -> None:
    assert SAMPLES.keys() == TRACK_FORMATS.keys()


@pytest.mark.parametrize("name", SAMPLES)
@given(places=st.lists(st.integers(0, 2_000), max_size=12))
def test_any_cut_of_the_bytes_gives_the_same_rows(name: str, places: list[int]) -> None:
    whole, parts = TRACK_FORMATS[name](3, None), TRACK_FORMATS[name](3, None)
    expected = batch_of(whole, SAMPLES[name])
    assert len(expected) >= 3
    assert_same(batch_of(parts, *cut(SAMPLES[name], places)), expected)
    assert parts.rejects.counts == whole.rejects.counts


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_a_byte_turned_over_anywhere_raises_nothing(name: str, data: st.DataObject) -> None:
    sample = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        sample[data.draw(st.integers(0, len(sample) - 1))] = data.draw(st.integers(0, 255))
    batch = batch_of(TRACK_FORMATS[name](3, None), bytes(sample))
    assert np.isfinite(batch.heard_at).all()


@pytest.mark.parametrize("name", SAMPLES)
def test_broken_inputs_of_other_programs_raise_nothing(name: str) -> None:
    files = sorted((DATA / "recordings" / "fuzz").iterdir())
    assert len(files) == 246
    for file in files:
        batch = batch_of(TRACK_FORMATS[name](3, None), file.read_bytes())
        assert np.isfinite(batch.heard_at).all()


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_recognised(name: str) -> None:
    assert detect(SAMPLES[name]) == name


@pytest.mark.parametrize("file", FILES)
def test_recorded_files_are_recognised_from_their_beginning(file: str) -> None:
    with gzip.open(DATA / file) as content:
        assert detect(content.read(HEAD_BYTES)) == FILES[file]
