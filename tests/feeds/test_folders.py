"""Folders as input, and frames and tracks in one stream."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.decoded import EMPTY, Batch, DecodedBatch
from detector.domain.errors import InputError, UsageError
from detector.domain.frame import FrameBatch
from detector.feeds.files import open_recordings
from detector.feeds.merge import merged
from tests.feeds.batches import batches
from tests.framing.test_readsb_trace import point, trace
from tests.framing.test_sbs import message
from tests.framing.test_traffic_json import document, record


def a_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tracks"
    (folder / "inner").mkdir(parents=True)
    (folder / "b.json").write_bytes(trace(point(2.0), point(9.0)))
    (folder / "inner" / "a.json").write_bytes(trace(point(1.0), icao="aa178e"))
    (folder / "c.txt").write_bytes(message(8) * 3)
    (folder / "notes.md").write_text("# not a recording\n")
    (folder / "empty.json").touch()
    return folder


def test_a_folder_is_all_recordings_in_it_in_order_of_name(tmp_path: Path) -> None:
    recordings = open_recordings([str(a_folder(tmp_path))])
    assert [Path(file.path).name for file in recordings.files] == ["b.json", "c.txt", "a.json"]
    (note,) = recordings.notes
    assert "2 of 5 files" in note
    assert sum(map(len, batches(recordings))) == 6


def test_a_format_named_leaves_the_other_files_of_a_folder_out(tmp_path: Path) -> None:
    recordings = open_recordings([str(a_folder(tmp_path))], format="sbs")
    assert [Path(file.path).name for file in recordings.files] == ["c.txt"]
    assert "4 of 5 files" in recordings.notes[0]


def test_a_folder_without_a_recording_is_an_error(tmp_path: Path) -> None:
    for name in ("none", "other"):
        (tmp_path / name).mkdir()
    (tmp_path / "other" / "notes.md").write_text("hello")
    with pytest.raises(InputError, match="no file in a known format in this folder;"):
        open_recordings([str(tmp_path / "none")])
    with pytest.raises(InputError, match=r"in this folder \(1 looked at\)"):
        open_recordings([str(tmp_path / "other")])


def test_documents_may_be_more_than_the_files_that_can_be_open_at_once(tmp_path: Path) -> None:
    for k in range(210):
        (tmp_path / f"{k:03d}.json").write_bytes(document(record(1_700_000_000 + 500 - k)))
    found = batches(open_recordings([str(tmp_path)]))
    at = np.concatenate([batch.heard_at for batch in found])
    assert len(at) == 210
    assert (np.diff(at) > 0).all()
    for k in range(210):
        (tmp_path / f"{k:03d}.json").write_bytes(message(8))
    with pytest.raises(UsageError, match="210 recordings at once"):
        open_recordings([str(tmp_path)])


def stream(at: list[float], source: int, size: int, *, tracks: bool) -> Iterator[Batch]:
    whole: Batch
    if tracks:
        rows = [EMPTY | {"heard_at": t, "address": k, "receiver": source} for k, t in enumerate(at)]
        whole = DecodedBatch.of([list(row.values()) for row in rows])
    else:
        payload = np.zeros((len(at), 14), np.uint8)
        payload[:, 0] = np.arange(len(at))
        whole = FrameBatch.of(np.array(at, np.float64), payload, np.full(len(at), 14, np.uint8), receiver=source)
    for start in range(0, len(at), size):
        yield whole.take(slice(start, start + size))


def seen(batches: Iterator[Batch]) -> list[tuple[float, int, int]]:
    return [
        row
        for batch in batches
        for row in zip(
            batch.heard_at.tolist(),
            batch.receiver.tolist(),
            batch.payload[:, 0].tolist() if isinstance(batch, FrameBatch) else batch.address.tolist(),
            strict=True,
        )
    ]


times = st.lists(st.floats(0.0, 12.0), max_size=40)


@given(
    frames=st.lists(times, min_size=1, max_size=2),
    tracks=st.lists(times, min_size=1, max_size=2),
    sizes=st.tuples(st.integers(1, 50), st.integers(1, 50)),
)
def test_frames_and_tracks_come_in_an_order_that_no_cut_changes(
    frames: list[list[float]], tracks: list[list[float]], sizes: tuple[int, int]
) -> None:
    def told(size: int) -> list[tuple[float, int, int]]:
        together = merged(
            [stream(sorted(at), k, size, tracks=False) for k, at in enumerate(frames)],
            [stream(sorted(at), 10 + k, size, tracks=True) for k, at in enumerate(tracks)],
        )
        return seen(iter(batches(together)))

    first = told(sizes[0])
    assert first == told(sizes[1])
    assert len(first) == sum(map(len, frames + tracks))
    for source, at in [*enumerate(frames), *((10 + k, at) for k, at in enumerate(tracks))]:
        assert [number for _, one, number in first if one == source] == list(range(len(at)))
    # Nothing is told more than a turn of a second after what came later.
    latest = np.maximum.accumulate([at for at, _, _ in first] or [0.0])
    assert all(at > late - 1.0 for (at, _, _), late in zip(first, latest.tolist(), strict=False))
