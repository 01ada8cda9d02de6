"""What is over for long enough is deleted; what is still in use is kept, however old it is."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from detector.checkpoint import Journal
from detector.checkpoint import finished as module
from detector.checkpoint.finished import Finished
from detector.domain.frame import Tick
from detector.domain.gap import Gap, GapClass
from detector.domain.stop import Stop
from tests.pipeline import story

FRAMES = story.frames()
DAY_S = 86_400.0
ENDED_AT = float(FRAMES.heard_at[-1])
GROWING = ("stop", "alert", "evidence", "movement", "gap")


def kinds(store: dict[str, bytes]) -> Counter[str]:
    return Counter(key.partition(":")[0] for key in store if key.startswith(GROWING))


def checkpoint(journal: Journal, store: dict[str, bytes]) -> list[str]:
    puts, deletes = journal.changes()
    store.update(puts)
    for key in deletes:
        store.pop(key, None)
    return deletes


def wait(journal: Journal, store: dict[str, bytes], days: float) -> None:
    now = journal.pipeline.clock.now
    assert now is not None
    for hour in range(1, round(days * 24) + 1):
        journal.note(journal.pipeline.tick(Tick(now + 3600.0 * hour)))
        checkpoint(journal, store)


def run(keep_s: float | None) -> tuple[Journal, dict[str, bytes]]:
    journal = Journal(story.new_pipeline(), "run", keep_s=keep_s)
    store: dict[str, bytes] = {}
    journal.note(journal.pipeline.step(FRAMES))
    checkpoint(journal, store)
    return journal, store


def test_a_replay_keeps_everything() -> None:
    journal, store = run(None)
    before = kinds(store)
    wait(journal, store, 10)
    assert all(before[kind] > 0 for kind in GROWING)
    assert before - kinds(store) == Counter()


@pytest.mark.parametrize("restarted", [False, True], ids=["in one run", "after a restart"])
def test_what_is_over_is_deleted_when_its_time_has_come(*, restarted: bool) -> None:
    journal, store = run(2 * DAY_S)
    before = kinds(store)
    if restarted:
        journal = Journal(story.new_pipeline(), "run", keep_s=2 * DAY_S)
        journal.restore(store)
    wait(journal, store, 1.5)
    assert before - kinds(store) == Counter(), "not yet"
    watched = {key.partition(":")[2] for key in store if key.startswith("watch:")}
    assert watched
    wait(journal, store, 1.0)
    after = kinds(store)
    assert (after["movement"], after["gap"]) < (before["movement"], before["gap"])
    kept = {key.partition(":")[2] for key in store if key.startswith("stop:")}
    assert watched <= kept, "an alert under watch is kept"
    alerts = [msgspec.json.decode(value) for key, value in store.items() if key.startswith("alert:")]
    assert {alert["stop"]["id"] for alert in alerts} == watched
    wait(journal, store, 6.0)
    assert kinds(store)["alert"] == 0
    assert not [key for key in store if key.startswith(tuple(f"evidence:{stop_id}" for stop_id in watched))]


def test_a_stop_that_goes_on_is_kept() -> None:
    """The airliner that landed last has not left."""
    journal, store = run(DAY_S)
    there = [life.stop for life in journal.pipeline.movements.lives.values() if life.stop is not None]
    assert there
    wait(journal, store, 4)
    assert {f"stop:{stop.id}" for stop in there} <= store.keys()


def test_numbers_go_on_after_everything_was_deleted() -> None:
    journal, store = run(DAY_S)
    highest = max(key for key in store if key.startswith("movement:"))
    wait(journal, store, 9)
    assert not [key for key in store if key.startswith("movement:")]
    again = Journal(story.new_pipeline(), "run", keep_s=DAY_S)
    again.restore(store)
    moved = FRAMES.heard_at + 10 * DAY_S
    again.note(again.pipeline.step(type(FRAMES)(moved, *(getattr(FRAMES, name) for name in COLUMNS))))
    puts, _ = again.changes()
    new = [key for key in puts if key.startswith("movement:")]
    assert new
    assert min(new) > highest


COLUMNS = ("payload", "length", "receiver", "level", "mlat")


def test_gaps_of_a_stop_stay_as_long_as_the_stop_and_others_go_after_a_week() -> None:
    finished = Finished(90 * DAY_S)
    common = Gap(
        id="common", revision=1, icao24="4840d6", callsign=None, begin=ENDED_AT - 9.0, end=ENDED_AT,
        kind=GapClass.COVERAGE, reason="left the range", lost=None, found=None, listened_s=None,
    )  # fmt: skip
    stop = msgspec.json.decode(next(v for k, v in run(None)[1].items() if k.startswith("stop:")), type=Stop)
    finished.stop(stop)
    finished.gap(common)
    finished.gap(msgspec.structs.replace(common, id="of a stop", stop_id=stop.id))
    assert finished.too_old(ENDED_AT + 6 * DAY_S, frozenset) == []
    assert finished.too_old(ENDED_AT + 8 * DAY_S, frozenset) == ["gap:common"]
    assert "gap:of a stop" in finished.too_old(ENDED_AT + 120 * DAY_S, frozenset)


def test_of_what_is_common_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_COMMON", 5)
    finished = Finished(90 * DAY_S)
    for n in range(20):
        finished.gap(
            Gap(
                id=f"{n:02d}", revision=1, icao24="4840d6", callsign=None, begin=ENDED_AT + n - 9.0, end=ENDED_AT + n,
                kind=GapClass.COVERAGE, reason="left the range", lost=None, found=None, listened_s=None,
            )
        )  # fmt: skip
    assert finished.too_old(ENDED_AT + 30.0, lambda: {"03"}) == [f"gap:{n:02d}" for n in range(15) if n != 3]
