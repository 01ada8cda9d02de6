from __future__ import annotations

from pathlib import Path

import pytest

from detector.domain.frame import FrameBatch
from detector.feeds.files import open_recordings
from tests.pipeline import story

RECORDINGS = Path(__file__).parent.parent / "data" / "recordings"


def frames_of(name: str) -> FrameBatch:
    batches = open_recordings([str(RECORDINGS / name)])
    return FrameBatch.concat([batch for batch in batches if isinstance(batch, FrameBatch)])


@pytest.mark.parametrize(
    ("name", "movements"), [("long_flight.csv.gz", ("TAKE_OFF", "LANDING")), ("full_flight_short.csv.gz", ())]
)
def test_a_recorded_flight_gives_the_same_at_every_batch_size(name: str, movements: tuple[str, ...]) -> None:
    frames = frames_of(name)
    whole = story.run([frames])
    assert all(kind in "".join(whole.movements) for kind in movements)
    for size in (1_000, 30_000):
        assert story.run(story.cut(frames, range(0, len(frames), size))) == whole


@pytest.mark.soak
@pytest.mark.parametrize("size", [7, 64])
def test_a_recorded_flight_gives_the_same_in_small_batches(size: int) -> None:
    frames = frames_of("long_flight.csv.gz")
    assert story.run(story.cut(frames, range(0, len(frames), size))) == story.run([frames])
