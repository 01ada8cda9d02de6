"""Recordings: finding, opening, recognising, merging."""

from __future__ import annotations

import gzip
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zstandard

from detector.domain.errors import DetectorError, InputError, Reject, UsageError
from detector.domain.frame import FrameBatch
from detector.feeds.files import Recordings, open_recordings
from detector.framing import avr, beast, csv
from tests.feeds.batches import batches
from tests.framing.streams import START_AT, columns, generated

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "zstandard": zstandard.ZstdCompressor(write_content_size=False).compress,
}


def all_of(recordings: Recordings) -> FrameBatch:
    return FrameBatch.concat([batch for batch in recordings if isinstance(batch, FrameBatch)])


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("chunk_bytes", [97, 262_144])
def test_packing_and_chunks_make_no_difference(tmp_path: Path, packer: str, chunk_bytes: int) -> None:
    batch = generated(1, 300)
    (tmp_path / "misnamed.json").write_bytes(PACKERS[packer](csv.encode(batch)))
    recordings = open_recordings([str(tmp_path / "misnamed.json")], chunk_bytes=chunk_bytes)
    assert columns(all_of(recordings))[:3] == columns(batch)[:3]
    assert recordings.frames == 300
    assert recordings.bytes_read == recordings.bytes_total == (tmp_path / "misnamed.json").stat().st_size
    assert [(file.format, file.size) for file in recordings.files] == [("csv", recordings.bytes_total)]


@pytest.mark.parametrize(
    ("names", "frames"),
    [
        (["long_flight.csv.gz"], 172_432),
        (["full_flight_short.csv.gz"], 57_793),
        (["full_flight_short.jsonl.gz"], 57_793),
        (["full_flight_short.*"], 115_586),
    ],
)
def test_recorded_files_give_every_frame(names: list[str], frames: int) -> None:
    recordings = open_recordings([str(RECORDINGS / name) for name in names])
    assert len(all_of(recordings)) == frames
    assert recordings.rejects.counts == {}


def test_csv_and_json_of_one_flight_hold_the_same_frames() -> None:
    plain, decoded = (
        all_of(open_recordings([str(RECORDINGS / f"full_flight_short.{end}.gz")])) for end in ("csv", "jsonl")
    )
    np.testing.assert_array_equal(plain.heard_at, decoded.heard_at)
    np.testing.assert_array_equal(plain.payload, decoded.payload)


def test_several_files_are_merged_by_time_each_with_its_own_receiver(tmp_path: Path) -> None:
    batch = generated(2, 500)
    part = np.random.default_rng(3).integers(0, 3, 500)
    for number in range(3):
        (tmp_path / f"part{number}.csv").write_bytes(csv.encode(batch.take(part == number)))
    merged = all_of(open_recordings([str(tmp_path / "part*.csv")], chunk_bytes=113))
    assert merged.heard_at.tolist() == batch.heard_at.tolist()
    # At equal times the order is that of the files, within a file that of the file.
    order = np.lexsort((part, batch.heard_at))
    assert [row.tobytes() for row in merged.payload] == [row.tobytes() for row in batch.payload[order]]
    assert merged.receiver.tolist() == (part[order] + 1).tolist()


def test_rotated_segments_follow_one_another(tmp_path: Path) -> None:
    batch = generated(4, 200)
    for number in range(4):
        (tmp_path / f"2024-{number}.beast").write_bytes(
            beast.encode(batch.take(slice(number * 50, number * 50 + 50)), dated=True)
        )
    assert all_of(open_recordings([str(tmp_path / "*.beast")])).heard_at.tolist() == batch.heard_at.tolist()


@pytest.mark.parametrize("skip", [0, 1, 299, 300, 1_000])
def test_a_resumed_replay_begins_behind_the_frames_already_seen(tmp_path: Path, skip: int) -> None:
    batch = generated(5, 300)
    path = tmp_path / "a.csv"
    path.write_bytes(csv.encode(batch))
    rest = all_of(open_recordings([str(path)], chunk_bytes=1_000, skip=skip))
    assert columns(rest)[:2] == columns(batch.take(slice(skip, None)))[:2]


@pytest.mark.parametrize("name", ["a.beast", "a.avr"])
def test_a_file_without_a_date_asks_for_the_start_time(tmp_path: Path, name: str) -> None:
    batch = generated(6, 300)
    path = tmp_path / name
    path.write_bytes(beast.encode(batch) if name == "a.beast" else avr.encode(batch, timed=False))
    with pytest.raises(UsageError, match=f"no date in .*{name}: give --start-time"):
        list(open_recordings([str(path)]))
    assert len(all_of(open_recordings([str(path)], start_at=START_AT))) == 300


def test_a_named_format_is_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"nothing here\n")
    recordings = open_recordings([str(path)], format="csv")
    assert len(all_of(recordings)) == 0
    assert recordings.rejects.counts == {Reject.BAD_HEX: 1}
    with pytest.raises(UsageError, match="--format nonsense: unknown; choose one of auto, beast"):
        open_recordings([str(path)], format="nonsense")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda at: str(at / "none.csv"), "no such file"),
        (lambda at: str(at / "folder"), "no file in a known format in this folder"),
        (lambda at: str(at / "*.nothing"), "no file matches"),
        (lambda at: str(at / "empty.csv"), "the file is empty"),
        (lambda at: str(at / "empty.gz"), "the compressed file holds nothing"),
        (lambda at: str(at / "cut.xz"), "damaged from its first byte"),
        (lambda at: str(at / "text.txt"), "in no format known here; name it with --format"),
        (lambda at: str(at / "fifo"), "is no regular file"),
        (lambda at: f"{at}\0b", "cannot be opened"),
    ],
)
def test_what_cannot_be_read_is_one_line_that_says_what_and_where(
    tmp_path: Path, make: Callable[[Path], str], message: str
) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.gz").write_bytes(gzip.compress(b""))
    (tmp_path / "cut.xz").write_bytes(lzma.compress(b"x" * 1000)[:20])
    (tmp_path / "text.txt").write_bytes(b"hello\nworld\n")
    os.mkfifo(tmp_path / "fifo")
    path = make(tmp_path)
    with pytest.raises(InputError) as caught:
        open_recordings([path])
    assert message in str(caught.value)
    assert path in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_may_not_be_read_is_an_input_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.csv"
    path.write_bytes(b"1457996400,8D406B909945DE10000405999BE4\n")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)  # root may read everything, so permissions alone prove nothing
    with pytest.raises(InputError, match=r"secret.csv: not readable; check its permissions"):
        open_recordings([str(path)])


def test_broken_inputs_raise_nothing_but_one_line_errors() -> None:
    read = 0
    refused: list[DetectorError] = []
    for path in sorted((RECORDINGS / "fuzz").iterdir()):
        try:
            for batch in batches(open_recordings([str(path)], start_at=START_AT, chunk_bytes=500)):
                read += len(batch)
        except DetectorError as error:
            refused.append(error)
    assert read > 1_000
    assert len(refused) > 50
    assert all(isinstance(error, InputError | UsageError) for error in refused)
    assert not any("\n" in str(error) for error in refused)
