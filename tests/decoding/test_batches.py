from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.generated import moving_aircraft, random_frames
from benchmarks.recordings import stamped_hex
from detector.decoding import ColumnarDecoder
from detector.domain.frame import FrameBatch
from tests.decoding.report_columns import assert_same, decoded

PLACES = {0: (43.63, 1.37), 1: (-33.9, 151.2)}
GENERATED = random_frames(seed=11, n=3_000)
FLYING = moving_aircraft(seed=12, aircraft=40, messages_each=75)
STREAMS = {
    "random content": GENERATED,
    "moving aircraft": replace(FLYING, receiver=(np.arange(len(FLYING)) % 3).astype(np.uint64)),
}
WHOLE = {name: decoded(ColumnarDecoder(PLACES), frames) for name, frames in STREAMS.items()}


@pytest.mark.parametrize("name", STREAMS)
@settings(max_examples=40, deadline=None)
@given(cuts=st.lists(st.integers(1, 2_999), max_size=40))
def test_any_cut_of_the_stream_gives_the_same_reports(name: str, cuts: list[int]) -> None:
    assert_same(decoded(ColumnarDecoder(PLACES), STREAMS[name], cuts), WHOLE[name])


@pytest.mark.parametrize("name", STREAMS)
def test_batches_of_one_frame_give_the_same_reports(name: str) -> None:
    assert_same(decoded(ColumnarDecoder(PLACES), STREAMS[name], range(3_000)), WHOLE[name])


@pytest.mark.parametrize("size", [97, 1_024, 16_384])
def test_a_real_flight_gives_the_same_reports_at_every_batch_size(size: int) -> None:
    frames = stamped_hex("full_flight_short.csv.gz")
    whole = decoded(ColumnarDecoder(), frames)
    assert np.count_nonzero(~np.isnan(whole["positions.latitude_deg"])) > 6_000
    assert_same(decoded(ColumnarDecoder(), frames, range(0, len(frames), size)), whole)


def test_rejects_are_counted_alike_however_the_stream_is_cut() -> None:
    whole, cut = ColumnarDecoder(PLACES), ColumnarDecoder(PLACES)
    decoded(whole, GENERATED)
    decoded(cut, GENERATED, range(0, 3_000, 7))
    assert whole.rejects.counts == cut.rejects.counts
    assert sum(whole.rejects.counts.values()) > 0


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(0, 200),
    first_bytes=st.lists(st.integers(0, 255), min_size=1, max_size=8),
)
def test_random_bytes_raise_nothing_and_announce_nobody(seed: int, n: int, first_bytes: list[int]) -> None:
    rng = np.random.default_rng(seed)
    payload = rng.integers(0, 256, (n, 14), dtype=np.uint8)
    payload[:, 0] = rng.choice(first_bytes, size=n)
    length = rng.choice(np.array([7, 14], np.uint8), size=n)
    heard_at = rng.uniform(-1e12, 1e12, n)
    decoder = ColumnarDecoder(PLACES)
    reports = decoder.decode(FrameBatch.of(heard_at, payload, length))
    assert len(reports) == 0
    assert sum(decoder.rejects.counts.values()) == n


def test_every_format_and_type_code_decodes_without_an_exception_in_one_batch() -> None:
    frames = random_frames(seed=13, n=20_000)
    reports = ColumnarDecoder().decode(frames)
    assert set(reports.df.tolist()) == {0, 4, 5, 11, 16, 17, 18, 20, 21}
    assert set(reports.typecode.tolist()) == set(range(32))


def test_an_empty_batch_gives_an_empty_report() -> None:
    assert len(ColumnarDecoder().decode(FrameBatch.empty())) == 0
