from __future__ import annotations

import json
from base64 import b64decode

import msgspec
import numpy as np
import pytest

from detector.checkpoint import COMPLETE, SCHEMA, Journal
from detector.domain.errors import StoreError
from detector.domain.frame import FrameBatch, Tick
from detector.domain.report import ADSR, TISB
from tests.decoding.frames import squitter, stream
from tests.pipeline import story

FRAMES = story.frames()


def stored(count: int = len(FRAMES)) -> dict[str, bytes]:
    path = story.new_pipeline()
    journal = Journal(path, "a run")
    journal.note(path.step(FRAMES.take(slice(0, count))))
    puts, deletes = journal.changes()
    assert deletes == []
    return puts


def restored(state: dict[str, bytes]) -> Journal:
    journal = Journal(story.new_pipeline(), "a run")
    journal.restore(state)
    return journal


def test_the_state_of_an_aircraft_reads_as_names_with_units() -> None:
    document = json.loads(stored()["aircraft:15522c"])
    assert (document["schema"], document["icao24"], document["track"]["callsign"]) == (SCHEMA, "15522c", "RFF7092")
    assert document["track"]["altitude_baro_ft"] == pytest.approx(34_100, abs=500)
    assert document["track"]["ground_word"] == 0
    assert {"heard_at", "latitude_deg", "groundspeed_kt", "followed_until"} <= document["track"].keys()
    assert document["life"]["phase"] == "air"


def test_the_recent_past_of_an_aircraft_is_columns_of_plain_numbers() -> None:
    track = json.loads(stored()["past:15522c"])["track"]
    at = np.frombuffer(b64decode(track["ring_at"]), "<f8")
    assert len(at) == min(track["ring_count"], 44) > 10
    assert FRAMES.heard_at.min() < at.min() < at.max() < FRAMES.heard_at.min() + 86_400.0
    assert len(b64decode(track["frames_head"])) == 8 * min(track["frames_count"], 96)


def test_every_stop_alert_and_movement_has_a_key_and_every_aircraft_one() -> None:
    state = stored()
    kinds = sorted({key.split(":")[0] for key in state})
    assert " ".join(kinds) == (
        "aircraft alert coverage evidence gap interference ledger movement past reception stop stream track watch"
    )
    assert sum(key.startswith("aircraft:") for key in state) == 4
    assert sum(key.startswith("stop:") for key in state) == 4
    alerts = [json.loads(state[key]) for key in sorted(state) if key.startswith("alert:")]
    assert [alert["revision"] for alert in alerts] == list(range(1, len(alerts) + 1))


def test_only_what_changed_is_written_again() -> None:
    path = story.new_pipeline()
    journal = Journal(path, "a run")
    journal.note(path.step(FRAMES))
    journal.changes()
    puts, deletes = journal.changes()
    assert (sorted(puts), deletes) == (["stream"], [])
    quiet = path.clock.now
    assert quiet is not None
    journal.note(path.step(FRAMES.take(slice(0, 100))))  # all of them are far too late
    assert sorted(journal.changes()[0]) == ["stream"]


def test_a_watch_that_is_over_is_deleted() -> None:
    path = story.new_pipeline()
    journal = Journal(path, "a run")
    journal.note(path.step(FRAMES))
    puts, _ = journal.changes()
    (key,) = [key for key in puts if key.startswith("watch:")]
    for hours in range(1, 80):
        journal.note(path.tick(Tick(float(FRAMES.heard_at[-1]) + hours * 3600.0)))
    again, deletes = journal.changes()
    assert deletes == [key]
    assert key not in again


def test_a_restored_path_writes_the_same_state() -> None:
    state = stored()
    journal = restored(state)
    journal.pipeline._touched = np.ones(len(journal.pipeline.decoder.addresses), np.bool_)
    again, _ = journal.changes()
    assert {key: json.loads(value) for key, value in again.items()} == {key: json.loads(state[key]) for key in again}
    assert not any(key.startswith("past:") for key in again), "nothing was added to it"
    whole = journal.snapshot(whole=True).encoded()[0]
    assert {key for key in state if key.startswith(COMPLETE)} <= whole.keys()
    for key in whole:
        mine, theirs = json.loads(whole[key]), json.loads(state[key])
        if key.startswith("stop:"):  # one that is over is told as its alert tells it: with what came of the journey
            mine["findings"] = theirs["findings"] = []
        assert mine == theirs, key
    assert sum(key.startswith("aircraft:") for key in again) == 4


def test_equal_addresses_of_different_namespaces_are_kept_apart() -> None:
    path = story.new_pipeline()
    journal = Journal(path, "a run")
    tisb, adsr = squitter(0xABCDEF, df=18, field=2), squitter(0xABCDEF, df=18, field=6)
    heard: FrameBatch = stream(*((1_700_000_000.0 + k, frame) for k in range(4) for frame in (tisb, adsr)))
    journal.note(path.step(heard))
    state, _ = journal.changes()
    assert sorted(key for key in state if key.startswith("aircraft:")) == ["aircraft:~abcdef.2", "aircraft:~abcdef.3"]
    assert [key >> 24 for key in restored(state).pipeline.decoder.addresses.keys] == [TISB, ADSR]


def test_addresses_heard_once_are_remembered() -> None:
    path = story.new_pipeline()
    journal = Journal(path, "a run")
    path.step(stream((1_700_000_000.0, squitter(0xABCDEF)), (1_700_000_001.0, squitter(0x123456))))
    path.tick(Tick(1_700_000_001.6))
    state, _ = journal.changes()
    assert msgspec.json.decode(state["stream"])["pending"] == {"0abcdef": 1_700_000_000.0, "0123456": 1_700_000_001.0}
    again = restored(state).pipeline
    again.step(stream((1_700_000_002.0, squitter(0xABCDEF))))
    again.finish()
    assert again.decoder.addresses.keys == [0xABCDEF]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda state: state.pop("stream"), "cannot be read"),
        (lambda state: state.update(stream=b"{"), "cannot be read"),
        (lambda state: state.pop("aircraft:15522c"), "lacks an aircraft"),
        (lambda state: state.update({"aircraft:15522c": b'{"schema": "detector.state/1"}'}), "cannot be read"),
        (
            lambda state: state.update(stream=state["stream"].replace(SCHEMA.encode(), b"detector.state/0")),
            "of schema detector.state/0",
        ),
    ],
)
def test_a_state_that_cannot_be_right_is_refused_in_one_line(spoil: object, says: str) -> None:
    state = stored(9_000)
    spoil(state)  # type: ignore[operator]
    with pytest.raises(StoreError, match=says) as caught:
        restored(state)
    assert "\n" not in str(caught.value)
    assert "--fresh" in str(caught.value)
