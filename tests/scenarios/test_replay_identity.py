"""One story in every form a recording can have, through the whole replay: the same stops and alerts, byte for byte."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from detector import app
from detector.app import replaying
from detector.cli import simulate
from detector.domain.frame import FrameBatch
from detector.domain.wire import alert_line, stop_line
from detector.framing import avr, beast, csv, jet1090
from tests.pipeline import story
from tests.stores.conftest import durable_redis, start_redis

__all__ = ["durable_redis", "start_redis"]

TOLD = story.heard()[1].frames
START_AT = float(TOLD.heard_at[0])
FORMS: dict[str, tuple[Callable[[FrameBatch], bytes], float | None]] = {
    "csv": (csv.encode, None),
    "csv.gz": (lambda frames: gzip.compress(csv.encode(frames)), None),
    "csv.xz": (lambda frames: lzma.compress(csv.encode(frames), preset=1), None),
    "csv.zst": (lambda frames: zstandard.ZstdCompressor().compress(csv.encode(frames)), None),
    "beast": (lambda frames: beast.encode(frames, dated=True), None),
    "beast without a date": (beast.encode, START_AT),
    "beast of three receivers": (lambda _: simulate._encoded(*story.heard(), "beast"), None),
    "avr": (avr.encode, START_AT),
    "jsonl": (jet1090.encode, None),
}
Lines = tuple[list[bytes], list[bytes], list[str]]


class CrashError(Exception):
    """The program ends here."""


def crash_after(batches: int) -> app.Progress:
    left = [batches]

    def progress(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise CrashError

    return progress


def written(folder: Path, form: str = "csv") -> tuple[str, float | None]:
    encode, start_at = FORMS[form]
    path = folder / f"story.{form.replace(' ', '-')}"
    path.write_bytes(encode(TOLD))
    return str(path), start_at


def lines(result: app.ReplayResult) -> Lines:
    return (
        [stop_line(stop) for stop in result.stops],
        [alert_line(alert) for alert in result.alerts],
        [repr(movement) for movement in result.movements],
    )


def replayed(path: str, start_at: float | None = None, *, store: str = "memory", batch_bytes: int = 1 << 20) -> Lines:
    options = app.ReplayOptions((path,), start_at=start_at, store=store, batch_bytes=batch_bytes)
    with app.Replay(options) as replay:
        return lines(replay.run())


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Lines:
    found = replayed(*written(tmp_path_factory.mktemp("expected")))
    assert len(found[0]) == 4
    assert len(found[1]) >= 5
    return found


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETECTOR_STATE_DIR", str(tmp_path / "state"))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_recording_gives_the_same(form: str, tmp_path: Path, expected: Lines) -> None:
    assert replayed(*written(tmp_path, form)) == expected


@pytest.mark.parametrize("form", ["csv", "beast"])
def test_the_size_of_what_is_read_at_a_time_does_not_matter(form: str, tmp_path: Path, expected: Lines) -> None:
    assert replayed(*written(tmp_path, form), batch_bytes=10_007) == expected


def test_two_recordings_of_halves_of_the_time_give_the_same_as_one(tmp_path: Path, expected: Lines) -> None:
    for number, half in enumerate(story.cut(TOLD, [len(TOLD) // 2])):
        (tmp_path / f"part-{number}.csv").write_bytes(csv.encode(half))
    assert replayed(str(tmp_path / "part-*.csv")) == expected


def test_the_embedded_store_gives_the_same_as_memory(tmp_path: Path, expected: Lines) -> None:
    assert replayed(*written(tmp_path), store="embedded") == expected


@pytest.mark.parametrize("batches", [1, 7, 23])
def test_a_replay_that_crashed_goes_on_from_its_checkpoint(
    batches: int, tmp_path: Path, expected: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "CHECKPOINT_EVERY_S", 0.0)
    path, _ = written(tmp_path)
    assert crashed_and_resumed(path, "embedded", [batches]) == expected


def test_a_replay_on_a_server_that_crashed_again_and_again_goes_on(
    tmp_path: Path, expected: Lines, durable_redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "CHECKPOINT_EVERY_S", 0.0)
    path, _ = written(tmp_path, "beast")
    assert crashed_and_resumed(path, durable_redis, [2, 3, 1, 8]) == expected


def test_a_replay_that_has_finished_starts_over(tmp_path: Path, expected: Lines) -> None:
    path, _ = written(tmp_path)
    assert replayed(path, store="embedded") == expected
    assert replayed(path, store="embedded") == expected


def test_what_another_recording_left_in_the_store_is_not_taken_up(
    tmp_path: Path, expected: Lines, durable_redis: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "CHECKPOINT_EVERY_S", 0.0)
    other = tmp_path / "other.csv"
    other.write_bytes(csv.encode(TOLD.take(slice(0, 9_000))))
    with pytest.raises(CrashError), app.Replay(options(str(other), durable_redis)) as replay:
        replay.run(crash_after(5))
    with app.Replay(options(written(tmp_path)[0], durable_redis)) as replay:
        result = replay.run()
    assert lines(result) == expected
    assert not any("resumed" in note for note in result.notes)


def options(path: str, store: str) -> app.ReplayOptions:
    return app.ReplayOptions((path,), store=store, batch_bytes=20_000)


def crashed_and_resumed(path: str, store: str, batches: list[int]) -> Lines:
    for count in batches:
        with pytest.raises(CrashError), app.Replay(options(path, store)) as replay:
            replay.run(crash_after(count))
    with app.Replay(options(path, store)) as replay:
        result = replay.run()
    assert any("resumed" in note for note in result.notes)
    with app.Replay(options(path, "memory")) as replay:
        whole = replay.run()
    assert (result.first_at, result.last_at) == (whole.first_at, whole.last_at)
    assert (result.frames, result.aircraft, result.rejects) == (whole.frames, whole.aircraft, whole.rejects)
    return lines(result)
