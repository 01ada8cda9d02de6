"""Beast: from counters to event time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch
from detector.framing import csv
from detector.framing.beast import BeastFramer, encode
from tests.framing.streams import START_AT, START_MICROSECONDS, columns, cut, frames, in_chunks, read, result

FRAME = bytes.fromhex("8d406b902015a678d4d220aa4bda")
MLAT = 0xFF004D4C4154
DAY_NS = 86_400_000_000_000


def escaped(body: bytes) -> bytes:
    return body.replace(b"\x1a", b"\x1a\x1a")


def record(tick: int) -> bytes:
    return b"\x1a3" + escaped(tick.to_bytes(6, "big") + b"\x40" + FRAME)


def receiver(number: int) -> bytes:
    return b"\x1a\xe3" + escaped(number.to_bytes(8, "big"))


def clock(milliseconds: int) -> bytes:
    return b"\x1a\xe8" + milliseconds.to_bytes(8, "little")


def gps(nanoseconds: int) -> int:
    second, fraction = divmod(nanoseconds % DAY_NS, 1_000_000_000)
    return second << 30 | fraction


def microseconds_after_start(data: bytes, **options: object) -> list[int]:
    framer = BeastFramer(1, START_AT, **options)  # type: ignore[arg-type]
    heard_at = read(framer, [data]).heard_at
    return [round(at * 1e6) - START_MICROSECONDS for at in heard_at.tolist()]


@given(frames())
def test_one_recording_has_the_same_times_to_the_bit_in_csv_and_beast(batch: FrameBatch) -> None:
    from_csv = read(csv.CsvFramer(7), [csv.encode(batch)])
    from_beast = read(BeastFramer(7, float(from_csv.heard_at[0])), [encode(batch)])
    assert from_beast.heard_at.tolist() == from_csv.heard_at.tolist() == batch.heard_at.tolist()


@given(frames(), st.sampled_from(("12mhz", "gps")))
def test_a_dated_stream_needs_no_start_time(batch: FrameBatch, kind: str) -> None:
    data = encode(batch, clock=kind, dated=True)  # type: ignore[arg-type]
    framer = BeastFramer(7, None, clock=kind)  # type: ignore[arg-type]
    assert columns(read(framer, [data])) == columns(batch)
    assert not framer.undated
    assert framer.rejects.counts == {}


def test_the_counter_may_wrap() -> None:
    top = 1 << 48
    ticks = [top - 12_000_000, top - 12, 12_000_000]
    assert microseconds_after_start(b"".join(map(record, ticks))) == [0, 999_999, 2_000_000]


def test_frames_a_little_out_of_order_keep_their_times() -> None:
    ticks = [48_000_000, 36_000_000, 60_000_000]
    assert microseconds_after_start(b"".join(map(record, ticks)), clock="12mhz") == [0, -1_000_000, 1_000_000]


def test_one_wrong_counter_value_harms_one_frame() -> None:
    ticks = [12_000_000, 1 << 47, 24_000_000]
    found = microseconds_after_start(b"".join(map(record, ticks)), clock="12mhz")
    assert (found[0], found[2]) == (0, 1_000_000)


def test_gps_time_goes_on_over_midnight() -> None:
    nanoseconds = [DAY_NS - 500_000_000, DAY_NS - 1_000, DAY_NS + 250_000_400]
    data = b"".join(record(gps(at)) for at in nanoseconds)
    assert microseconds_after_start(data, clock="gps") == [0, 499_999, 750_000]


def test_gps_time_is_recognised_by_itself() -> None:
    nanoseconds = [3_600_000_000_000 + k * 87_654_321 for k in range(400)]
    data = b"".join(record(gps(at)) for at in nanoseconds)
    assert microseconds_after_start(data) == microseconds_after_start(data, clock="gps")
    assert microseconds_after_start(data)[-1] == round(399 * 87_654.321)


@pytest.mark.parametrize("step_ticks", [700, 130_000, 1_200_000, 12_000_000, 120_000_000])
def test_a_12_mhz_counter_is_never_taken_for_gps_time(step_ticks: int) -> None:
    ticks = [5_000_000 + k * step_ticks for k in range(1_200)]
    data = b"".join(map(record, ticks))
    assert microseconds_after_start(data) == microseconds_after_start(data, clock="12mhz")


@given(st.integers(0, 2**32), st.sampled_from((0, 1, 2, 9)), st.lists(st.integers(0, 9_000), max_size=5))
@settings(max_examples=25)
def test_the_kind_of_clock_does_not_depend_on_cuts(seed: int, tell_tales: int, cuts: list[int]) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.choice([0, 70_000, 87_654_321, 1_500_000_000], 260)
    steps[rng.integers(0, 260, tell_tales)] = 600
    ticks = [MLAT if step == 0 else gps(int(at)) for step, at in zip(steps, np.cumsum(steps), strict=True)]
    data = b"".join(map(record, ticks))
    assert result(lambda: BeastFramer(1, START_AT), cut(data, cuts)) == result(lambda: BeastFramer(1, START_AT), [data])


@pytest.mark.parametrize("tick", [0, 0xFFFFFFFFFFFF, MLAT, MLAT + 1])
def test_a_frame_without_a_counter_value_gets_the_last_known_time(tick: int) -> None:
    data = record(tick) + record(24_000_000) + record(tick) + record(36_000_000) + record(tick)
    assert microseconds_after_start(data) == [0, 0, 0, 1_000_000, 1_000_000]


def test_frames_from_multilateration_are_marked() -> None:
    found = read(BeastFramer(1, START_AT), [record(24_000_000) + record(MLAT) + record(36_000_000)])
    assert found.mlat.tolist() == [False, True, False]


def test_a_stream_without_any_counter_value_gets_the_start_time() -> None:
    assert microseconds_after_start(record(0) * 30) == [0] * 30


def test_two_receivers_with_unrelated_counters_stay_on_one_time() -> None:
    data = b"".join(
        receiver(1) + record(12 + 12_000_000 * second) + receiver(2) + record(200_000_000_000_000 + 12_000_000 * second)
        for second in range(40)
    )
    # The second receiver is anchored at the time of the frame before its first one.
    assert microseconds_after_start(data) == [second * 1_000_000 for second in range(40) for _ in range(2)]


receivers = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from((0, MLAT)) | st.integers(0, 2**48 - 1), st.booleans()), max_size=40
)


@given(receivers, st.lists(st.integers(0, 2_000), max_size=6))
def test_times_of_many_receivers_do_not_depend_on_cuts(heard: list[tuple[int, int, bool]], cuts: list[int]) -> None:
    data = b""
    for place, (number, tick, told) in enumerate(heard):
        data += receiver(number) + (clock(1_700_000_000_000 + 700 * place) if told else b"") + record(tick)

    def make() -> BeastFramer:
        return BeastFramer(9, START_AT, clock="12mhz")

    assert result(make, cut(data, cuts)) == result(make, [data]) == result(make, in_chunks(data, 1))


def test_a_clock_record_dates_the_stream_and_the_frames_before_it_are_dropped() -> None:
    framer = BeastFramer(1, None, clock="12mhz")
    assert len(framer.feed(record(12_000_000))) == 0
    assert framer.undated
    found = read(framer, [clock(1_700_000_000_500) + record(24_000_000) + record(36_000_000)])
    assert found.heard_at.tolist() == [1_700_000_000.5, 1_700_000_001.5]
    assert not framer.undated
    assert framer.rejects.counts == {Reject.BAD_TIME: 1}


def test_the_counter_is_kept_where_the_clock_agrees_and_dropped_where_it_does_not() -> None:
    data = clock(1_700_000_000_000) + record(0x1000)
    data += clock(1_700_000_001_001) + record(0x1000 + 12_000_000)
    data += clock(1_700_000_005_000) + record(0x1000 + 24_000_000)
    found = read(BeastFramer(1, None, clock="12mhz"), [data]).heard_at
    assert found.tolist() == [1_700_000_000.0, 1_700_000_001.0, 1_700_000_005.0]


def test_dumps_without_counters_take_the_clock_records_for_time() -> None:
    data = b"".join(clock(1_700_000_000_000 + 2 * k) + record(0xFFFFFFFFFFFF) * 2 for k in range(50))
    found = read(BeastFramer(1, None), [data]).heard_at
    assert found.tolist() == [(1_700_000_000_000 + 2 * (k // 2)) / 1e3 for k in range(100)]


@pytest.mark.parametrize("byte", range(5))
def test_a_clock_record_is_not_escaped(byte: int) -> None:
    milliseconds = 1_700_000_000_000 & ~(0xFF << 8 * byte) | 0x1A << 8 * byte
    data = (clock(milliseconds) + record(0)) * 40
    framer = BeastFramer(1, None)
    found = read(framer, [data])
    assert set(found.heard_at.tolist()) == ({milliseconds / 1e3} if milliseconds > 631_152_000_000 else set())
    assert Reject.TRUNCATED not in framer.rejects.counts
    assert Reject.GARBAGE not in framer.rejects.counts


def test_a_clock_record_of_another_century_is_ignored() -> None:
    framer = BeastFramer(1, START_AT)
    found = read(framer, [clock(5_000_000_000_000) + record(12) + clock(-1 & 0xFF) + record(24)])
    assert found.heard_at[0] == START_AT
    assert framer.rejects.counts == {Reject.BAD_TIME: 2}


def test_more_receivers_than_are_remembered_make_no_difference_to_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detector.framing.ticks.MAX_RECEIVERS", 3)
    data = b"".join(receiver(k % 5) + record(12_000_000 * k * (1 + k % 5)) for k in range(40))

    def make() -> BeastFramer:
        return BeastFramer(9, START_AT, clock="12mhz")

    assert result(make, [data]) == result(make, in_chunks(data, 1)) == result(make, in_chunks(data, 97))
