"""Beast: escapes, cuts, garbage and damage. Times are in test_beast_time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch
from detector.framing.beast import BeastFramer, encode
from tests.framing.streams import START_AT, columns, cut, frames, in_chunks, read, result

places = st.lists(st.integers(0, 2_000), max_size=8)
LONG = bytes.fromhex("8d406b902015a678d4d220aa4bda")
TICK = (1_000_000).to_bytes(6, "big")
GOOD = b"\x1a3" + TICK + b"\x40" + LONG


def framer() -> BeastFramer:
    return BeastFramer(7, START_AT, clock="12mhz")


def tile(data: bytes, at_least: int = 600) -> bytes:
    """Enough of it that the array path reads it."""
    return data * (at_least // len(data) + 1)


@given(st.sampled_from((7, 0x1A1A1A1A1A1A1A1A, 2**64 - 1)).flatmap(lambda one: frames(receivers=(one,))), places)
def test_frames_survive_encoding_and_any_cut_to_the_bit(batch: FrameBatch, cuts: list[int]) -> None:
    data = encode(batch, receiver_ids=True)
    framer = BeastFramer(0, float(batch.heard_at[0]), clock="12mhz")
    assert columns(read(framer, cut(data, cuts))) == columns(batch)
    assert framer.rejects.counts == {}


@given(frames())
def test_one_byte_at_a_time_gives_the_same(batch: FrameBatch) -> None:
    data = encode(batch)
    assert result(framer, in_chunks(data, 1)) == result(framer, [data])


pieces = st.sampled_from(
    (
        GOOD,
        b"\x1a2" + TICK + b"\x10" + bytes.fromhex("5d406b9000abcd"),
        b"\x1a1" + TICK + b"\x10\x12\x34",
        b"\x1a\xe3\x00\x00\x1a\x1a\x00\x00\x00\x00\x07",
        b"\x1a\xe8" + (1_700_000_005_000).to_bytes(8, "little"),
        b"\x1a\xe8" + (0x18A1A33).to_bytes(5, "little") + b"\x1a3\x1a",
        b"\x1a\xe4" + b"0123abcd-0000-4000-8000-1234567890ab",
        b"\x1a4" + bytes(14),
        GOOD[:11],
        b"\x1a",
        b"\x1a\x1a",
        b"\x1a\x1a3",
        b"noise",
        b"\x1a\x00",
        b"\x1aP\x01\x02\x03",
        b"\x1aWO",
    )
)


@given(st.lists(pieces | st.binary(max_size=12), min_size=1, max_size=80), places, st.integers(1, 700))
def test_damaged_streams_give_the_same_frames_and_counts_at_any_cut(
    parts: list[bytes], cuts: list[int], size: int
) -> None:
    data = b"".join(parts)
    whole = result(framer, [data])
    assert result(framer, cut(data, cuts)) == whole
    assert result(framer, in_chunks(data, size)) == whole
    assert result(framer, in_chunks(data, 1)) == whole  # walked byte by byte, never scanned


@given(st.binary(max_size=60), st.sampled_from((1, 40)))
def test_garbage_never_costs_more_than_the_one_frame_it_may_swallow(garbage: bytes, repeat: int) -> None:
    # What looks like the beginning of a record may lawfully take the bytes behind it, up to the second frame's marker.
    found = read(framer(), [GOOD * repeat + garbage + GOOD + GOOD])
    whole = [row.tobytes() for row in found.payload]
    assert whole[:repeat] == [LONG] * repeat
    assert whole[-1] == LONG
    if b"\x1a" not in garbage:
        assert whole == [LONG] * (repeat + 2)


@pytest.mark.parametrize("repeat", [1, 40], ids=["walked", "scanned"])
def test_a_frame_behind_garbage_that_ends_in_an_escape_byte_is_found(repeat: int) -> None:
    data = GOOD * repeat + b"xy\x1a" + GOOD
    framer_ = framer()
    assert len(read(framer_, [data])) == repeat + 1
    assert framer_.rejects.counts == {Reject.GARBAGE: 1}


@pytest.mark.parametrize("repeat", [1, 40], ids=["walked", "scanned"])
def test_a_frame_cut_off_by_the_next_is_truncated_and_the_next_survives(repeat: int) -> None:
    framer_ = framer()
    assert len(read(framer_, [GOOD * repeat + GOOD[:12] + GOOD])) == repeat + 1
    assert framer_.rejects.counts == {Reject.TRUNCATED: 1}


def test_a_frame_without_its_end_is_truncated() -> None:
    framer_ = framer()
    assert len(read(framer_, [GOOD + GOOD[:-1]])) == 1
    assert framer_.rejects.counts == {Reject.TRUNCATED: 1}


@pytest.mark.parametrize("size", [1, 3, 4096])
def test_garbage_is_counted_once_a_run_however_it_is_cut(size: int) -> None:
    framer_ = framer()
    read(framer_, in_chunks(b"abc\x1a\x00def" + GOOD + b"x\x1a\x1ay" + GOOD * 30 + b"tail", size))
    assert framer_.rejects.counts == {Reject.GARBAGE: 3}


def test_a_frame_is_given_out_with_its_last_byte_not_with_the_next_frame() -> None:
    framer_ = framer()
    assert len(framer_.feed(GOOD[:-1])) == 0
    assert len(framer_.feed(GOOD[-1:])) == 1


def test_mode_ac_is_counted_and_the_servers_heartbeat_is_not() -> None:
    framer_ = framer()
    heartbeat = b"\x1a1" + bytes(9)
    assert len(read(framer_, [heartbeat + GOOD + b"\x1a1" + TICK + b"\x20\x0a\x83" + heartbeat])) == 1
    assert framer_.rejects.counts == {Reject.MODE_AC: 1}


def test_status_position_ping_and_command_records_are_passed_over() -> None:
    framer_ = framer()
    others = b"\x1a4" + bytes(14) + b"\x1a4" + bytes(21) + b"\x1a5" + bytes(21) + b"\x1aP\x01\x1a\x1a\x03" + b"\x1aWO"
    assert len(read(framer_, [GOOD + others + GOOD])) == 2
    assert framer_.rejects.counts == {}


def test_a_receiver_id_holds_until_the_next() -> None:
    a, b = b"\x1a\xe3" + bytes(7) + b"\x05", b"\x1a\xe3" + bytes(7) + b"\x1a\x1a"
    found = read(framer(), [GOOD + a + GOOD + GOOD + b + GOOD])
    assert found.receiver.tolist() == [7, 5, 5, 0x1A]


def test_a_uuid_names_the_receiver_as_readsb_does_by_its_first_sixteen_digits() -> None:
    found = read(framer(), [b"\x1a\xe4" + b"0123abcd-0000-4000-8000-1234567890ab" + GOOD])
    assert found.receiver.tolist() == [0x0123ABCD00004000]


def test_long_formats_in_short_frames_are_dropped_and_short_ones_in_long_frames_cut() -> None:
    framer_ = framer()
    long_in_short = b"\x1a2" + TICK + b"\x40" + LONG[:7]
    short_in_long = b"\x1a3" + TICK + b"\x40" + bytes.fromhex("212800bf40f1ef7e5817e9cc428d")
    found = read(framer_, [long_in_short + short_in_long])
    assert framer_.rejects.counts == {Reject.LENGTH: 1}
    assert found.length.tolist() == [7]
    assert found.payload.tobytes().hex() == "212800bf40f1ef" + "00" * 7


def test_columns_have_the_declared_types() -> None:
    found = read(framer(), [tile(GOOD)])
    assert found.payload.flags.c_contiguous
    assert [
        column.dtype
        for column in (found.heard_at, found.payload, found.length, found.receiver, found.level, found.mlat)
    ] == [
        np.float64,
        np.uint8,
        np.uint8,
        np.uint64,
        np.uint8,
        np.bool_,
    ]
