"""The tracks of alerts: kept with them, over restarts, and no longer than the alerts."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.checkpoint import Journal, track_of
from detector.checkpoint.trails import POINTS_EACH, POINTS_WATCHED, document_of
from detector.domain.track import SILENCE_S, Track
from tests.pipeline import story

FRAMES = story.frames()
KEEP_S = 86_400.0 * 30


def stored(cuts: list[int], *, restart_after: int | None = None) -> dict[str, bytes]:
    """What a store holds in the end, with a checkpoint after each piece, and one restart perhaps."""
    journal = Journal(story.new_pipeline(), "service", keep_s=KEEP_S)
    state: dict[str, bytes] = {}
    for number, piece in enumerate(story.cut(FRAMES, cuts)):
        journal.note(journal.pipeline.step(piece))
        puts, deletes = journal.changes()
        state = {key: value for key, value in (state | puts).items() if key not in deletes}
        if number == restart_after:
            journal = Journal(story.new_pipeline(), "service", keep_s=KEEP_S)
            journal.restore(state)
    return state


def tracks(state: dict[str, bytes]) -> dict[str, Track]:
    return {key: track_of(value) for key, value in state.items() if key.startswith("track:")}


@cache
def uninterrupted() -> dict[str, bytes]:
    return stored([len(FRAMES) // 2])


def alerted(state: dict[str, bytes]) -> set[str]:
    alerts = [msgspec.json.decode(value) for key, value in state.items() if key.startswith("alert:")]
    return {alert["stop"]["id"] for alert in alerts}


def test_every_alert_has_the_track_of_its_aircraft_with_the_silence_in_it() -> None:
    state = uninterrupted()
    found = tracks(state)
    assert {key.removeprefix("track:") for key in found} == alerted(state) != set()
    for key, track in found.items():
        stop = msgspec.json.decode(state[f"stop:{key.removeprefix('track:')}"])
        assert track.icao24 == stop["icao24"]
        assert not track.cut
        assert (np.diff(track.at) >= 0).all()
        around = np.flatnonzero((track.at > stop["landed"]["earliest"]) & track.begins_after_silence)
        assert len(around) >= 1
        assert POINTS_WATCHED >= len(track) > 20


def test_a_restart_takes_nothing_from_the_track_of_an_alert() -> None:
    half = len(FRAMES) // 2
    whole, again = tracks(stored([half])), tracks(stored([half], restart_after=0))
    assert whole.keys() == again.keys()
    for key, track in whole.items():
        other = again[key]
        assert (other.at[0], other.at[-1], other.cut) == (track.at[0], track.at[-1], track.cut)
        # Of the points at the seam one more or less may be left out as too near to another.
        assert len(set(track.at.tolist()) ^ set(other.at.tolist())) <= 2


def test_after_a_restart_a_track_that_nobody_watched_yet_says_that_it_is_cut() -> None:
    """The recent past comes from the tracker; nothing is claimed of what came before."""
    stop_id = min(alerted(uninterrupted()))
    stop = msgspec.json.decode(uninterrupted()[f"stop:{stop_id}"])
    before_landing = int(np.searchsorted(story.heard()[1].frames.heard_at, stop["landed"]["earliest"] - 120.0))
    track = tracks(stored([before_landing], restart_after=0))[f"track:{stop_id}"]
    assert track.cut
    assert track.at[0] < stop["landed"]["earliest"]
    assert track.at[0] > tracks(uninterrupted())[f"track:{stop_id}"].at[0]


def test_a_track_goes_when_its_stop_goes() -> None:
    journal = Journal(story.new_pipeline(), "service", keep_s=1.0)
    journal.note(journal.pipeline.step(FRAMES))
    journal.changes()
    assert journal.pipeline.clock.now is not None
    old = journal._finished.too_old(journal.pipeline.clock.now + 10 * KEEP_S, set)
    gone = {key.removeprefix("track:") for key in old if key.startswith("track:")}
    assert gone == {key.removeprefix("stop:") for key in old if key.startswith("stop:")} != set()


UNEVEN = b'{"icao24":"1","at":[1],"latitude":[],"longitude":[],"altitude_ft":[],"quiet":[],"cut":false,"every_s":10}'


@pytest.mark.parametrize("damaged", [b"{}", b"[]", UNEVEN])
def test_a_damaged_track_is_told_apart(damaged: bytes) -> None:
    with pytest.raises((ValueError, msgspec.DecodeError)):
        track_of(damaged)


@given(
    st.lists(
        st.tuples(
            st.floats(1e9, 2e9), st.floats(-90, 90), st.floats(-180, 180),
            st.one_of(st.just(float("nan")), st.integers(-1_000, 60_000).map(float)),
        ),
        min_size=1, max_size=POINTS_EACH,
    )
)  # fmt: skip
def test_a_track_comes_back_as_it_was_written(rows: list[tuple[float, float, float, float]]) -> None:
    columns = np.array(sorted(rows, key=lambda row: row[0]), np.float64)
    quiet = np.diff(columns[:, 0], prepend=-np.inf)
    track = Track("15522c", None, columns[:, 0], columns[:, 1], columns[:, 2], columns[:, 3], quiet)
    again = track_of(msgspec.json.encode(document_of(track, 20.0)))
    assert np.abs(again.at - track.at).max() <= 0.001
    assert np.abs(again.latitude_deg - track.latitude_deg).max() <= 5.1e-6
    assert np.abs(again.longitude_deg - track.longitude_deg).max() <= 5.1e-6
    assert np.array_equal(again.altitude_ft, track.altitude_ft, equal_nan=True)
    sure = np.abs(quiet - SILENCE_S) > 0.001
    assert (again.begins_after_silence == track.begins_after_silence)[sure].all()
    # Written again, it is the same bytes.
    assert document_of(again, 20.0) == document_of(track_of(msgspec.json.encode(document_of(again, 20.0))), 20.0)
