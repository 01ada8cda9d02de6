"""Spools as recordings: one source for all segments, in the order of writing, whatever is missing or damaged."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import InputError, Reject
from detector.domain.frame import FrameBatch, Tick
from detector.domain.live import FeedEvent
from detector.feeds.files import open_recordings
from detector.feeds.merge import Call, merged, skipping
from detector.feeds.spool import newest_stream, read_from
from detector.framing import beast
from detector.framing.spool import HEADER_BYTES, Item, Position
from detector.sinks.spool import SpoolWriter
from tests.framing.spool_items import bits, frames, some_items, tracks
from tests.framing.streams import START_AT

ID, OTHER = "a" * 32, "b" * 32
START = Position(0, 0)


def written(folder: Path, items: list[Item], *, spool_id: str = ID, segment_bytes: int = 4_000) -> list[Path]:
    """The segments that hold these items."""
    with SpoolWriter(folder, spool_id=spool_id, max_segment_bytes=segment_bytes, max_segment_age_s=1e9) as spool:
        for item in items:
            spool.append(item, START_AT)
    return sorted(folder.glob("*.spool"))


def rows(calls: list[Call]) -> list[object]:
    """Calls row by row: how they were cut has no meaning."""
    told: list[object] = []
    for call in calls:
        if isinstance(call, Tick):
            told.append(bits(call))
        else:
            told += [bits(call.take(slice(row, row + 1))) for row in range(len(call))]
    return told


def calls_of(items: list[Item]) -> list[Call]:
    return [item for item in items if not isinstance(item, FeedEvent)]


@pytest.mark.parametrize("chunk_bytes", [7, 1_000, 1 << 20])
def test_a_folder_of_segments_is_one_source_in_the_order_of_writing(tmp_path: Path, chunk_bytes: int) -> None:
    items = some_items(21, 40)
    paths = written(tmp_path, items)
    assert len(paths) > 4
    recordings = open_recordings([str(tmp_path)], chunk_bytes=chunk_bytes)
    assert rows(list(recordings)) == rows(calls_of(items))
    assert recordings.notes == []
    assert recordings.rejects.counts == {}
    assert recordings.frames == sum(len(item) for item in items if isinstance(item, FrameBatch | DecodedBatch))
    assert recordings.bytes_read == recordings.bytes_total == sum(path.stat().st_size for path in paths)
    assert {file.format for file in recordings.files} == {"spool"}


def test_order_of_names_renaming_and_packing_make_no_difference(tmp_path: Path) -> None:
    items = some_items(22, 40)
    paths = written(tmp_path / "spool", items)
    other = tmp_path / "renamed"
    other.mkdir()
    for number, path in enumerate(paths):
        (other / f"{len(paths) - number:03d}").write_bytes(gzip.compress(path.read_bytes()))
    given_names = [str(path) for path in reversed(paths)] + [str(paths[0])]
    for names in (given_names, [str(tmp_path / "spool" / "*.spool")], [str(other)]):
        assert rows(list(open_recordings(names, format="spool" if names == given_names else "auto"))) == rows(
            calls_of(items)
        )


def test_some_of_the_segments_are_read_and_what_is_missing_is_said(tmp_path: Path) -> None:
    items = [frames(number, 100) for number in range(8)]
    paths = written(tmp_path, list(items), segment_bytes=100)
    assert len(paths) == 8
    recordings = open_recordings([str(paths[number]) for number in (2, 3, 6)])
    assert rows(list(recordings)) == rows([items[2], items[3], items[6]])
    assert recordings.notes == [
        "the spool begins with segment 3; what was heard before is not in it",
        "a segment of the spool is missing between 4 and 7; what was heard then is lost",
    ]


@given(st.integers(0, 2**32), st.integers(0, 700), st.integers(1, 3_000))
def test_skipping_counts_rows_and_heartbeats(seed: int, skip: int, cut: int) -> None:
    calls = calls_of(some_items(seed, 6))
    parts = [
        part
        for call in calls
        for part in (
            [call] if isinstance(call, Tick) else [call.take(slice(at, at + cut)) for at in range(0, len(call), cut)]
        )
    ]
    assert rows(list(skipping(parts, skip))) == rows(calls)[skip:]


def test_a_damaged_segment_costs_itself_alone(tmp_path: Path) -> None:
    items = [frames(number, 100) for number in range(5)]
    paths = written(tmp_path, list(items), segment_bytes=100)
    paths[1].write_bytes(b"\0" * HEADER_BYTES + paths[1].read_bytes()[HEADER_BYTES:])
    head = paths[2].read_bytes()
    paths[2].write_bytes(head[:20] + b"\xff" + head[21:])
    paths[3].write_bytes(b"")
    paths[4].write_bytes(paths[4].read_bytes()[:-1])
    recordings = open_recordings([str(path) for path in paths if path != paths[1]])
    assert rows(list(recordings)) == rows([items[0]])
    assert recordings.rejects.counts == {Reject.TRUNCATED: 3}
    assert [note for note in recordings.notes if "was left out" in note] == [
        f"{path}: the beginning of this segment is damaged; it was left out" for path in paths[2:4]
    ]
    reader = read_from(tmp_path, START, ID)
    assert rows([item for item, _ in reader if isinstance(item, FrameBatch)]) == rows([items[0]])
    assert not reader.whole
    assert sum(reader.rejects.counts.values()) == 4


def test_a_spool_of_which_nothing_can_be_read_is_an_error_in_one_line(tmp_path: Path) -> None:
    (path,) = written(tmp_path, [Tick(START_AT)])
    path.write_bytes(path.read_bytes()[: HEADER_BYTES - 1])
    with pytest.raises(InputError, match="no segment of a spool"):
        open_recordings([str(path)])
    other = tmp_path / "other.beast"
    other.write_bytes(beast.encode(frames(1, 30)))
    with pytest.raises(InputError, match="no segment of a spool"):
        open_recordings([str(other)], format="spool")


def test_two_spools_and_a_recording_are_merged_by_time_each_in_its_own_order(tmp_path: Path) -> None:
    def shifted(batch: FrameBatch, by: float) -> FrameBatch:
        at = np.round((START_AT + by + np.arange(len(batch)) / 16) * 1e6) / 1e6
        return FrameBatch(at, batch.payload, batch.length, batch.receiver, batch.level, batch.mlat)

    mine: list[Item] = []
    for second in range(6):
        mine += [shifted(frames(second, 10), second), tracks(second, 0), Tick(START_AT + second + 0.5)]
    theirs: list[Item] = [shifted(frames(100 + second, 10), second + 0.3) for second in range(6)]
    written(tmp_path / "mine", mine)
    written(tmp_path / "theirs", theirs, spool_id=OTHER)
    recorded = shifted(frames(50, 40), 1.7)
    (tmp_path / "roof.beast").write_bytes(beast.encode(recorded, dated=True))
    names = [str(tmp_path / name) for name in ("mine", "theirs", "roof.beast")]
    recordings = open_recordings(names)
    told = rows(list(recordings))
    assert recordings.notes == ["2 spools of different runs, merged by time; name the segments of one to read it alone"]
    assert told == rows(list(open_recordings(names, chunk_bytes=100)))
    for one in (mine, theirs):
        expected = rows(calls_of(one))
        assert [row for row in told if row in expected] == expected
    assert len(told) == 6 * 11 + 60 + 40
    assert told.index(rows([Tick(START_AT + 1.5)])[0]) < told.index(rows([Tick(START_AT + 2.5)])[0])


@given(st.lists(st.integers(0, 8), min_size=1, max_size=20), st.integers(1, 4), st.integers(1, 4))
def test_merging_with_heartbeats_does_not_depend_on_cuts(seconds: list[int], size: int, other: int) -> None:
    at = START_AT + np.sort(np.array(seconds, np.float64))
    plain = frames(1, len(at))
    batch = FrameBatch(at, plain.payload, plain.length, plain.receiver, plain.level, plain.mlat)
    decoded = tracks(1, len(at))
    ticked = [Tick(float(one)) for one in at]

    def cut(n: int) -> list[object]:
        parts = [batch.take(slice(k, k + n)) for k in range(0, len(at), n)]
        mixed: list[Call] = []
        for k in range(len(at)):
            mixed += [ticked[k], batch.take(slice(k, k + 1)), decoded.take(slice(k, k + 1))]
        return rows(list(merged([iter(parts)], [], [iter(mixed)])))

    assert cut(size) == cut(other)
    assert len(cut(size)) == 4 * len(at)


def test_reading_on_from_a_position_follows_one_stream(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    assert list(read_from(folder, Position(1, HEADER_BYTES))) == []
    written(folder, [Tick(START_AT), Tick(START_AT + 1)])
    written(folder, [Tick(START_AT + 2)], spool_id=OTHER)
    written(folder, [Tick(START_AT + 3)])
    told = list(read_from(folder, START, ID))
    assert [item for item, _ in told] == [Tick(START_AT), Tick(START_AT + 1), Tick(START_AT + 3)]
    behind = told[0][1]
    reader = read_from(folder, behind, ID)
    assert [item for item, _ in reader] == [Tick(START_AT + 1), Tick(START_AT + 3)]
    assert (reader.whole, reader.notes) == (True, [])


def test_the_newest_stream_is_that_of_the_last_segment_that_can_be_read(tmp_path: Path) -> None:
    assert newest_stream(tmp_path / "none") is None
    written(tmp_path, [Tick(START_AT)])
    paths = written(tmp_path, [Tick(START_AT)], spool_id=OTHER)
    assert newest_stream(tmp_path) == OTHER
    paths[-1].write_bytes(b"")
    assert newest_stream(tmp_path) == ID


def test_a_position_whose_segment_is_gone_is_said(tmp_path: Path) -> None:
    paths = written(tmp_path, [frames(number, 100) for number in range(4)], segment_bytes=100)
    paths[1].unlink()
    places = ((1, 60, False), (2, 60, False), (2, HEADER_BYTES, False), (3, HEADER_BYTES, True), (3, 60, True))
    for sequence, offset, whole in places:
        reader = read_from(tmp_path, Position(sequence, offset), ID)
        assert (reader.whole, reader.notes == []) == (whole, whole)
    paths[0].unlink()
    reader = read_from(tmp_path, START, ID)
    assert not reader.whole
    assert reader.notes == ["the spool begins with segment 3; what was heard before is not in it"]
    shutil.rmtree(tmp_path)
    assert not read_from(tmp_path, Position(2, 60), ID).whole
