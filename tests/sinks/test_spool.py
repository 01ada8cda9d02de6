"""The writer of a spool: segments, what is deleted and what never is, a disk that fails, a process that dies."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from detector.domain.errors import OutputError
from detector.domain.frame import FrameBatch, Tick
from detector.feeds.spool import read_from
from detector.framing.spool import HEADER_BYTES, Header, Item, Position, named, records
from detector.sinks.spool import SpoolError, SpoolWriter
from tests.framing.spool_items import bits, frames, some_items
from tests.framing.streams import START_AT

ID, OTHER = "a" * 32, "b" * 32
START = Position(0, 0)


def writer(
    folder: Path,
    *,
    spool_id: str = ID,
    segment_bytes: int = 1 << 20,
    age_s: float = 3600.0,
    keep_bytes: int | None = None,
    keep_s: float | None = None,
    after: Position | None = None,
) -> SpoolWriter:
    return SpoolWriter(
        folder,
        spool_id=spool_id,
        max_segment_bytes=segment_bytes,
        max_segment_age_s=age_s,
        keep_bytes=keep_bytes,
        keep_s=keep_s,
        after=after,
    )


def ticks(n: int, start: int = 0) -> list[Tick]:
    return [Tick(START_AT + number) for number in range(start, start + n)]


def read(folder: Path, position: Position = START, spool_id: str | None = None) -> list[Item]:
    return [item for item, _ in read_from(folder, position, spool_id)]


def sequences(folder: Path) -> list[int]:
    return sorted(told[0] for path in folder.iterdir() if (told := named(path.name)) is not None)


def test_what_is_appended_is_read_and_each_position_is_where_the_rest_begins(tmp_path: Path) -> None:
    several = some_items(11, 30)
    with writer(tmp_path / "a" / "b", segment_bytes=4_000) as spool:
        positions = [spool.append(item, START_AT) for item in several]
        assert positions == sorted(positions)
        assert spool.position == positions[-1]
        told = list(read_from(tmp_path / "a" / "b", START))
    assert [bits(item) for item, _ in told] == [bits(item) for item in several]
    assert [position for _, position in told] == positions
    assert positions[-1].sequence > 3
    for number in range(0, 30, 7):
        rest = read(tmp_path / "a" / "b", positions[number])
        assert [bits(item) for item in rest] == [bits(item) for item in several[number + 1 :]]


def test_before_anything_is_written_there_is_a_position_and_no_file(tmp_path: Path) -> None:
    with writer(tmp_path) as spool:
        before = spool.position
        assert sequences(tmp_path) == []
        spool.append(Tick(START_AT), START_AT)
    assert before == Position(1, HEADER_BYTES)
    assert read(tmp_path, before) == ticks(1)


def test_a_segment_ends_before_it_is_too_large_and_when_it_is_old(tmp_path: Path) -> None:
    size = len(records(Tick(START_AT), Header(ID, 1, 0, START_AT)))
    with writer(tmp_path / "size", segment_bytes=HEADER_BYTES + 3 * size) as spool:
        told = [spool.append(tick, START_AT).sequence for tick in ticks(7)]
        assert told == [1, 1, 1, 2, 2, 2, 3]
    assert max(path.stat().st_size for path in (tmp_path / "size").glob("*.spool")) == HEADER_BYTES + 3 * size
    with writer(tmp_path / "age", age_s=10.0) as spool:
        told = [spool.append(Tick(now), now).sequence for now in (START_AT, START_AT + 9.9, START_AT + 10.0)]
        assert told == [1, 1, 2]


def test_an_item_larger_than_a_segment_may_be_has_one_for_itself(tmp_path: Path) -> None:
    with writer(tmp_path, segment_bytes=500) as spool:
        told = [spool.append(item, START_AT).sequence for item in (Tick(START_AT), frames(1, 300), Tick(START_AT))]
    assert told == [1, 2, 3]
    assert len(read(tmp_path)) == 3


def test_a_later_writer_goes_on_in_a_new_segment_that_joins_on(tmp_path: Path) -> None:
    for start in (0, 2, 4):
        with writer(tmp_path) as spool:
            for tick in ticks(2, start):
                spool.append(tick, START_AT)
    reader = read_from(tmp_path, START, ID)
    assert [item for item, _ in reader] == ticks(6)
    assert (reader.notes, reader.whole, sequences(tmp_path)) == ([], True, [1, 2, 3])


def test_another_stream_in_the_folder_is_kept_apart(tmp_path: Path) -> None:
    for number, spool_id in enumerate((ID, OTHER, ID)):
        with writer(tmp_path, spool_id=spool_id) as spool:
            spool.append(Tick(START_AT + number), START_AT)
    assert read(tmp_path, spool_id=ID) == [Tick(START_AT), Tick(START_AT + 2)]
    assert read(tmp_path, spool_id=OTHER) == [Tick(START_AT + 1)]
    assert read_from(tmp_path, START, ID).notes == []


def test_numbers_go_on_where_the_folder_was_emptied(tmp_path: Path) -> None:
    with writer(tmp_path, after=Position(7, 4_000)) as spool:
        assert spool.append(Tick(START_AT), START_AT).sequence == 8
    reader = read_from(tmp_path, Position(7, 4_000), ID)
    assert not reader.whole
    assert reader.notes == ["segment 7 of the spool is gone, and what was heard then with it"]


def test_a_position_before_the_first_item_of_a_segment_leaves_no_hole(tmp_path: Path) -> None:
    with writer(tmp_path) as spool:
        spool.append(Tick(START_AT), START_AT)
    with writer(tmp_path) as spool:
        nothing_yet = spool.position
    with writer(tmp_path, after=nothing_yet) as spool:
        spool.append(Tick(START_AT + 1), START_AT)
    for position in (START, nothing_yet):
        reader = read_from(tmp_path, position, ID)
        assert (reader.whole, reader.notes) == (True, [])
    with writer(tmp_path / "new", after=START) as spool:
        assert spool.append(Tick(START_AT), START_AT).sequence == 1
    assert read_from(tmp_path / "new", START, ID).whole


def test_the_oldest_segments_are_deleted_when_all_together_are_too_large(tmp_path: Path) -> None:
    with writer(tmp_path, segment_bytes=200, keep_bytes=650) as spool:
        for tick in ticks(60):
            spool.append(tick, START_AT)
            assert spool.total_bytes <= 650 + 200
            assert spool.total_bytes == sum(path.stat().st_size for path in tmp_path.glob("*.spool"))
        last = spool.position.sequence
    assert sequences(tmp_path) == list(range(last - 3, last + 1))


def test_segments_are_deleted_when_all_in_them_is_too_old(tmp_path: Path) -> None:
    with writer(tmp_path, age_s=10.0, keep_s=30.0) as spool:
        for second in range(0, 100, 5):
            spool.append(Tick(START_AT + second), START_AT + second)
    # The last segment began at 90 s; the one that began at 50 s ended at 60 s.
    oldest = read(tmp_path)[0]
    assert isinstance(oldest, Tick)
    assert oldest.at == START_AT + 60.0


def test_what_a_crash_would_need_is_never_deleted(tmp_path: Path) -> None:
    with writer(tmp_path, segment_bytes=200, keep_bytes=1, keep_s=1.0) as spool:
        for tick in ticks(3):
            pinned = spool.append(tick, tick.at)
        spool.keep_from(pinned)
        rest = ticks(30, 3)
        for tick in rest:
            spool.append(tick, tick.at)
        assert read(tmp_path, pinned) == rest
        spool.keep_from(spool.position)
        for tick in ticks(5, 40):
            spool.append(tick, tick.at)
        assert len(sequences(tmp_path)) == 2
    with writer(tmp_path, segment_bytes=200, keep_bytes=1, after=pinned) as spool:
        spool.append(Tick(START_AT + 50), START_AT + 50)
        assert len(sequences(tmp_path)) == 3


def test_two_writers_of_one_folder_are_refused_in_one_line(tmp_path: Path) -> None:
    with writer(tmp_path), pytest.raises(SpoolError, match="another process") as caught:
        writer(tmp_path)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, OutputError)
    with writer(tmp_path) as spool:
        assert spool.append(Tick(START_AT), START_AT).sequence == 1


def test_a_folder_that_cannot_be_made_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match="cannot be written") as caught:
        writer(tmp_path / "file" / "spool")
    assert "\n" not in str(caught.value)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Like a disk that is full at `size`: takes what fits of a write, and refuses the rest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_costs_what_did_not_fit_and_nothing_before_or_after(tmp_path: Path) -> None:
    long = frames(1, 2_000)
    with writer(tmp_path) as spool:
        before = spool.append(Tick(START_AT), START_AT)
        with file_size_limit(5_000), pytest.raises(SpoolError, match="cannot be written"):
            spool.append(long, START_AT)
        (path,) = tmp_path.glob("*.spool")
        assert path.stat().st_size == before.offset
        assert spool.position == before
        spool.append(Tick(START_AT + 1), START_AT)
        reader = read_from(tmp_path, START)
        assert [item for item, _ in reader] == ticks(2)
        assert reader.rejects.counts == {}


def test_a_disk_without_room_for_the_beginning_of_a_segment_leaves_no_file(tmp_path: Path) -> None:
    with writer(tmp_path) as spool:
        with file_size_limit(10), pytest.raises(SpoolError):
            spool.append(Tick(START_AT), START_AT)
        assert sequences(tmp_path) == []
        spool.append(Tick(START_AT), START_AT)
    assert read(tmp_path) == ticks(1)


def test_what_cannot_be_cut_away_again_is_never_written_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with writer(tmp_path) as spool:
        spool.append(Tick(START_AT), START_AT)
        monkeypatch.setattr(os, "ftruncate", refuse)
        with file_size_limit(5_000), pytest.raises(SpoolError):
            spool.append(frames(1, 2_000), START_AT)
        assert spool.append(Tick(START_AT + 1), START_AT).sequence == 2
    reader = read_from(tmp_path, START)
    assert [item for item, _ in reader] == ticks(2)
    assert reader.rejects.counts == {"truncated": 1}
    assert reader.whole


def test_a_stream_that_went_on_without_the_spool_says_that_a_part_is_missing(tmp_path: Path) -> None:
    with writer(tmp_path) as spool:
        position = spool.append(Tick(START_AT), START_AT)
        spool.lost()
        spool.append(Tick(START_AT + 1), START_AT)
    reader = read_from(tmp_path, position, ID)
    assert not reader.whole
    assert reader.notes == ["a segment of the spool is missing between 1 and 3; what was heard then is lost"]


PROGRAM = """
import sys
from pathlib import Path
from detector.sinks.spool import SpoolWriter
from tests.framing.spool_items import frames
spool = SpoolWriter(Path(sys.argv[1]), spool_id="a" * 32, max_segment_bytes=50_000, max_segment_age_s=1e9)
for number in range(10**9):
    spool.append(frames(number, 50), 1.7e9)
    print(number, flush=True)
"""


def test_what_append_has_returned_from_survives_kill_9(tmp_path: Path) -> None:
    for round_ in range(3):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / str(round_))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(40 + 13 * round_):
                last = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            told = process.stdout.read().split("\n")[:-1]
        last = int(told[-1]) if told else last
        kept = read(tmp_path / str(round_))
        assert len(kept) >= last + 1
        assert all(isinstance(item, FrameBatch) for item in kept)
        assert [bits(item) for item in kept] == [bits(frames(number, 50)) for number in range(len(kept))]
        # The lock went with the process.
        writer(tmp_path / str(round_)).close()
