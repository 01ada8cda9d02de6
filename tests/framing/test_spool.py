"""Segments of a spool: every bit comes back, and damage costs no more than what it hit."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import FrameBatch, Tick
from detector.domain.live import FeedEvent, FeedStatus
from detector.framing import spool, spool_payload
from detector.framing.detect import detect
from detector.framing.spool import HEADER_BYTES, MARKER, Header, Item, Position, SegmentReader, named, records
from detector.framing.spool_payload import MAX_BYTES, MAX_ROWS, DamagedPayloadError, packed, unpacked
from tests.framing.spool_items import HEADER, bits, frames, items, segment, some_items, tracks
from tests.framing.streams import START_AT, cut

places = st.lists(st.integers(0, 3_000), max_size=8)
FUZZ = sorted((Path(__file__).parents[1] / "data" / "recordings" / "fuzz").iterdir())
Found = tuple[list[object], list[int], dict[str, int]]


def found(chunks: Sequence[bytes], header: Header = HEADER) -> Found:
    """Items as bits, the offsets behind them, and what was dropped."""
    reader = SegmentReader(header)
    told = [pair for chunk in chunks for pair in reader.feed(chunk)] + reader.finish()
    return [bits(item) for item, _ in told], [offset for _, offset in told], reader.rejects.counts


@given(items(), places)
def test_every_item_comes_back_to_the_bit_whatever_the_cut(several: list[Item], cuts: list[int]) -> None:
    data = segment(several)
    told, offsets, rejects = found(cut(data, cuts))
    assert told == [bits(item) for item in several]
    ends = np.cumsum([len(records(item, HEADER)) for item in several]) + HEADER_BYTES
    assert (offsets, rejects) == (ends.tolist(), {})


def test_one_byte_at_a_time_gives_the_same() -> None:
    data = segment(some_items(3, 6))
    assert found([data[at : at + 1] for at in range(len(data))]) == found([data])


def test_reading_begins_behind_any_record() -> None:
    several = some_items(5, 9)
    data = segment(several)
    offsets = found([data])[1]
    for number, offset in enumerate(offsets):
        reader = SegmentReader(HEADER, offset)
        rest = reader.feed(data[offset:]) + reader.finish()
        assert [bits(item) for item, _ in rest] == [bits(item) for item in several[number + 1 :]]
        assert [behind for _, behind in rest] == offsets[number + 1 :]
        assert reader.rejects.counts == {}


def test_times_off_the_grid_and_columns_without_an_order_keep_their_bits() -> None:
    batch = frames(1, 50)
    odd = [batch.heard_at + 1e-7, np.nextafter(batch.heard_at, 0.0), batch.heard_at[::-1].copy()]
    odd.append(np.where(np.arange(50) % 2, 1.6e9, 4.1e9 - 1e-6))
    for at in odd:
        other = FrameBatch(at, batch.payload, batch.length, batch.receiver, batch.level, batch.mlat)
        assert bits(unpacked(packed(other))) == bits(other)


def test_what_is_read_can_be_written_to() -> None:
    for batch in (frames(1, 1), frames(2, 300), tracks(1, 1), tracks(2, 300)):
        again = unpacked(packed(batch))
        assert isinstance(again, FrameBatch | DecodedBatch)
        assert all(getattr(again, name).flags.writeable for name in type(again).__slots__)
        assert all(getattr(again, name).flags.c_contiguous for name in type(again).__slots__)


def test_a_batch_longer_than_a_record_may_be_comes_back_in_parts() -> None:
    long = frames(4, 2 * MAX_ROWS + 1)
    told = SegmentReader(HEADER).feed(segment([long]))
    parts = [item for item, _ in told if isinstance(item, FrameBatch)]
    assert [len(part) for part in parts] == [MAX_ROWS, MAX_ROWS, 1]
    assert bits(FrameBatch.concat(parts)) == bits(long)


def test_a_reason_that_is_no_text_is_made_one() -> None:
    (again,) = [item for item, _ in SegmentReader(HEADER).feed(segment([event("\udcff" * 5_000)]))]
    assert again == event("?" * 1_000)


def event(reason: str) -> FeedEvent:
    return FeedEvent("roof", FeedStatus.LOST, START_AT, reason)


@given(items(6), st.data())
def test_damage_anywhere_costs_only_the_records_it_hits(several: list[Item], draw: st.DataObject) -> None:
    data = segment(several)
    whole, offsets, _ = found([data])
    if not whole:
        return
    begin = draw.draw(st.integers(HEADER_BYTES, len(data) - 1))
    end = draw.draw(st.integers(begin + 1, min(len(data), begin + 200)))
    garbage = draw.draw(st.sampled_from([b"", b"\0", b"\xff" * 40, MARKER * 9, MARKER + b"\0" * 20]))
    told, _, rejects = found(cut(data[:begin] + garbage + data[end:], draw.draw(places)))
    starts = [HEADER_BYTES, *offsets]
    kept = [one for one, a, b in zip(whole, starts, offsets, strict=False) if b <= begin or a >= end]
    # A byte may have been put in the place of its like.
    assert [one for one in told if one in kept] == kept
    assert len(told) <= len(whole)
    assert sum(rejects.values()) >= (told != whole)


def test_damage_in_the_middle_and_a_torn_end_are_told_apart() -> None:
    data = bytearray(segment([Tick(START_AT), Tick(START_AT + 1), Tick(START_AT + 2)]))
    torn = found([bytes(data[:-1])])
    assert (len(torn[0]), torn[2]) == (2, {Reject.TRUNCATED: 1})
    data[HEADER_BYTES + 15] ^= 1
    damaged = found([bytes(data)])
    assert (len(damaged[0]), damaged[2]) == (2, {Reject.DAMAGED_FILE: 1})


def test_zeros_that_a_lost_power_left_behind_are_passed_over() -> None:
    data = segment([Tick(START_AT)]) + b"\0" * 100_000 + records(Tick(START_AT + 1), HEADER)
    assert found([data])[0::2] == ([("tick", START_AT.hex()), ("tick", (START_AT + 1).hex())], {"damaged_file": 1})


def test_records_of_another_segment_are_none_of_this_one() -> None:
    other = Header(HEADER.spool_id, 2, 1, START_AT)
    data = segment([Tick(START_AT)]) + records(Tick(START_AT + 1), other) + records(Tick(START_AT + 2), HEADER)
    told, _, rejects = found([data])
    assert told == [("tick", START_AT.hex()), ("tick", (START_AT + 2).hex())]
    assert rejects == {Reject.DAMAGED_FILE: 1}


@pytest.mark.parametrize("path", FUZZ, ids=lambda path: path.name[:30])
def test_broken_inputs_raise_nothing_and_give_the_same_at_any_cut(path: Path) -> None:
    data = path.read_bytes()
    for content in (data, segment([Tick(START_AT)]) + data + records(Tick(START_AT + 1), HEADER)):
        whole = found([content])
        assert found(cut(content, range(0, len(content), 97))) == whole
    assert whole[0] == [("tick", START_AT.hex()), ("tick", (START_AT + 1).hex())]


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_at_all_raise_nothing_but_the_codecs_own_error(data: bytes, is_packed: bool) -> None:
    for kind in range(6):
        content = zstandard.ZstdCompressor().compress(data) if is_packed else data
        try:
            unpacked(bytes([kind | is_packed * spool_payload.PACKED]) + content)
        except DamagedPayloadError:
            continue


@given(items(3), st.integers(0, 2_000), st.integers(1, 255))
def test_a_payload_with_a_wrong_byte_raises_nothing_but_the_codecs_own_error(
    several: list[Item], place: int, change: int
) -> None:
    for item in several:
        payload = packed(item)
        if payload[0] & spool_payload.PACKED:
            payload = bytes([payload[0] & 0x7F]) + zstandard.ZstdDecompressor().decompress(payload[1:])
        wrong = bytearray(payload)
        wrong[place % len(wrong)] ^= change
        try:
            bits(unpacked(bytes(wrong)))
        except DamagedPayloadError:
            continue


def bomb(size: int) -> bytes:
    return zstandard.ZstdCompressor(level=19).compress(bytes(size))


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "empty"),
        (b"\x09", "kind 9"),
        (bytes([spool_payload.FRAMES | spool_payload.PACKED]) + bomb(MAX_BYTES + 1), "bytes unpacked"),
        (
            bytes([spool_payload.FRAMES | spool_payload.PACKED])
            + zstandard.ZstdCompressor(write_content_size=False).compress(bytes(99)),
            "bytes unpacked",
        ),
        (bytes([spool_payload.FRAMES]) + struct.pack("<I", MAX_ROWS + 1), "rows"),
        (bytes([spool_payload.DECODED]) + struct.pack("<I", 2**32 - 1), "rows"),
        (bytes([spool_payload.TICK]) + struct.pack("<d", float("nan")), "before 1990"),
        (bytes([spool_payload.TICK]) + struct.pack("<d", 1e300), "before 1990"),
        (bytes([spool_payload.EVENT, 0x94, 0xA1, 0x61, 0xA1, 0x62, 0xCA, 0, 0, 0, 0, 0xA0]), "FeedStatus"),
        (packed(Tick(START_AT)) + b"\0", "another size"),
        (bytes([spool_payload.DECODED]) + struct.pack("<I", 1), "cut off"),
        (bytes([spool_payload.DECODED]) + struct.pack("<I", 1) + b"\3", "manner 3"),
    ],
)
def test_a_payload_that_claims_too_much_is_refused_before_anything_is_made_of_it(payload: bytes, says: str) -> None:
    with pytest.raises(DamagedPayloadError, match=says):
        unpacked(payload)


def test_a_record_that_is_sound_but_means_nothing_is_counted_and_passed_over() -> None:
    def record(payload: bytes) -> bytes:
        return struct.pack("<4sII", MARKER, len(payload), spool._sum(HEADER.seed, payload)) + payload

    late = record(bytes([spool_payload.TICK]) + struct.pack("<d", 0.0))
    data = HEADER.encoded() + record(b"\x7f later version") + late + record(packed(Tick(START_AT)))
    told, _, rejects = found([data])
    assert told == [("tick", START_AT.hex())]
    assert rejects == {Reject.DAMAGED_FILE: 1, Reject.BAD_TIME: 1}


def test_a_segment_of_nothing_but_wrong_sums_is_given_up() -> None:
    wrong = struct.pack("<4sII", MARKER, 4, 0) + b"junk"
    data = HEADER.encoded() + wrong * 2_000 + records(Tick(START_AT), HEADER)
    assert found([data]) == ([], [], {Reject.TRUNCATED: 1})
    few = HEADER.encoded() + wrong * 500 + records(Tick(START_AT), HEADER)
    assert found([few])[0::2] == ([("tick", START_AT.hex())], {Reject.DAMAGED_FILE: 1})


def test_a_header_is_read_again_and_any_change_to_it_is_seen() -> None:
    header = Header("f" * 32, 12_345_678_901, 12_345_678_900, START_AT)
    head = header.encoded()
    assert len(head) == HEADER_BYTES
    assert Header.parsed(head + b"more") == header
    assert Header.parsed(head[:-1]) is None
    for place in range(HEADER_BYTES):
        wrong = bytearray(head)
        wrong[place] ^= 0x20
        assert Header.parsed(bytes(wrong)) is None


def test_a_segment_is_recognised_by_its_first_bytes_and_named_by_number_and_time() -> None:
    assert detect(segment([Tick(START_AT)])) == "spool"
    assert HEADER.file_name == "00000001-20231114T221320Z.spool"
    assert named(HEADER.file_name) == (1, 1_700_000_000.0)
    for other in ("1-20231114T221320Z.spool", "00000001-20231114T221320Z.spool.zst", "00000001-20231399T000000Z.spool"):
        assert named(other) is None


def test_positions_are_ordered_by_segment_then_offset() -> None:
    assert sorted([Position(2, 5), Position(1, 900), Position(2, 4)]) == [
        Position(1, 900),
        Position(2, 4),
        Position(2, 5),
    ]
