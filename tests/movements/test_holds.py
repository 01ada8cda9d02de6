"""A stop under disturbed satellite navigation is held back and released in its time, wherever the stream is cut."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.app import build_pipeline
from detector.checkpoint import Journal
from detector.domain.alert import Alert, AlertEvent
from detector.domain.frame import FrameBatch, Tick
from detector.domain.geo import destination
from detector.domain.stop import Level, Status, Stop, Verdict
from detector.domain.times import iso, parse_iso
from detector.domain.wire import alert_line, stop_line
from detector.pipeline import Pipeline
from detector.simulation import airports_of, simulate
from detector.simulation.scenario import Aircraft, Flight, GnssFault
from tests.movements.worlds import beside, check_of, configuration, real_field, scene

FIELD = "OSDI"
START = parse_iso("2024-05-06T00:00:00Z")
QUIET_FROM, HEARD_UNTIL = START + 3_900.0, START + 10_000.0


def passing(number: int, at_s: float, *, shown_there: bool) -> Aircraft:
    """An airliner that passes at cruise: it says that its position is poor, or is shown standing at the field."""
    field = real_field(FIELD)
    begin = destination(field.lat, field.lon, 100.0 * number, 25.0)
    end = destination(field.lat, field.lon, 100.0 * number + 170.0, 25.0)
    fault = GnssFault(kind="frozen", start="start + 90 s", at=destination(field.lat, field.lon, 30.0 * number, 0.2))
    flight = Flight(
        off_block=iso(START + at_s), via=[begin, end], cruise_ft=30_000, speed_kt=420, gnss=[fault] * shown_there
    )
    nic, nac_p = (8, 9) if shown_there else (0, 1)
    address = f"4850{1 << number:02x}"
    return Aircraft(icao24=address, callsign="PASSES", category="A3", flights=[flight], nic=nic, nac_p=nac_p)


def landing(icao24: str, at_s: float, out_s: float | None = None, *, apart_nm: float = 0.0) -> Aircraft:
    """`apart_nm`: how far from the stand of the others it parks."""
    field = real_field(FIELD)
    stand = destination(field.lat, field.lon, 90.0, 0.2 + apart_nm)
    flights = [Flight(off_block=iso(START + at_s), origin="OLBA", destination=FIELD, cruise_ft=12_000, stand=stand)]
    if out_s is not None:
        flights.append(Flight(off_block=iso(START + out_s), origin=FIELD, destination="OLBA", cruise_ft=12_000))
    return Aircraft(icao24=icao24, callsign=f"IN{icao24[:2].upper()}", category="A3", flights=flights)


POOR = {
    "disturbed": (900.0, 1_000.0, 1_100.0),
    "disturbed for long": (900.0, 1_000.0, 1_100.0, 3_700.0),
    "shown there": (300.0, 400.0),
}
"""When others pass, by world. They say that their positions are poor; in the last one they are shown at the field."""


@cache
def frames(world: str = "disturbed") -> FrameBatch:
    """Two landings: one aircraft stays, one leaves."""
    there = world == "shown there"
    poor = [passing(number, at_s, shown_there=there) for number, at_s in enumerate(POOR[world], 1)]
    staying, leaving = landing("4840d6", 60.0), landing("39a1b2", 420.0, 2_400.0, apart_nm=0.1)
    scenario = scene(*staying.flights, others=[leaving, *poor], receivers=[beside(FIELD)], end=iso(QUIET_FROM))
    return simulate(scenario, {code: real_field(code) for code in airports_of(scenario)}).frames


@dataclass
class Told:
    """Every revision in order, and the path."""

    stops: list[Stop]
    alerts: list[Alert]
    path: Pipeline

    def of(self, icao24: str) -> list[Stop]:
        return [stop for stop in self.stops if stop.icao24 == icao24]

    def lines(self) -> tuple[list[bytes], list[bytes]]:
        return [stop_line(stop) for stop in self.stops], [alert_line(alert) for alert in self.alerts]


def heartbeats() -> list[Tick]:
    return [Tick(at) for at in np.arange(QUIET_FROM + 60.0, HEARD_UNTIL, 60.0).tolist()]


def pieces(stream: FrameBatch, cuts: Iterable[int]) -> list[FrameBatch | Tick]:
    at = sorted({0, len(stream), *(cut for cut in cuts if 0 < cut < len(stream))})
    return [*(stream.take(slice(a, b)) for a, b in pairwise(at)), *heartbeats()]


def told(parts: Sequence[FrameBatch | Tick], *, resumed_before: frozenset[int] = frozenset()) -> Told:
    """What comes out of `parts`; the path is thrown away and made anew from its checkpoint before some of them."""
    result = Told([], [], build_pipeline(configuration()))
    journal, store = Journal(result.path, "test"), dict[str, bytes]()
    for number, part in enumerate(parts):
        if number in resumed_before:
            puts, deletes = journal.changes()
            store = {key: value for key, value in (store | puts).items() if key not in deletes}
            result.path = build_pipeline(configuration())
            journal = Journal(result.path, "test")
            journal.restore(store)
        changes = result.path.tick(part) if isinstance(part, Tick) else result.path.step(part)
        journal.note(changes)
        result.stops += changes.stops
        result.alerts += changes.alerts
    return result


@cache
def whole(world: str = "disturbed") -> Told:
    return told(pieces(frames(world), []))


def test_a_stop_under_interference_is_told_one_level_lower_with_reason_and_time() -> None:
    first = whole().of("4840d6")[0]
    assert (first.airport, first.status, first.level) == (FIELD, Status.OPEN, Level.BOTH_SIDES)
    assert first.held is not None
    assert (first.held.level, first.held.alert) == (Level.OBSERVED, False)
    assert "aircraft around OSDI have poor or false positions" in first.held.reason
    assert first.revised_at < first.held.until <= first.revised_at + 3_600.0
    assert check_of(first, "area_interference").verdict is Verdict.FAIL
    # The field is listed: level 3 is news enough.
    opened = next(alert for alert in whole().alerts if alert.stop.id == first.id)
    assert (opened.event, opened.stop.level) == (AlertEvent.OPENED, Level.BOTH_SIDES)


def test_it_is_released_in_one_more_revision_under_its_id() -> None:
    first, last = whole().of("4840d6")[0], whole().of("4840d6")[-1]
    assert (last.id, last.level, last.held, last.status) == (first.id, Level.OBSERVED, None, Status.OPEN)
    before = whole().of("4840d6")[-2]
    assert before.held is not None
    assert (last.revision, last.revised_at) == (before.revision + 1, before.held.until)
    assert check_of(last, "area_interference").verdict is not Verdict.FAIL
    alert = [alert for alert in whole().alerts if alert.stop.id == first.id][-1]
    assert (alert.event, alert.stop.level, alert.at) == (AlertEvent.UPDATED, Level.OBSERVED, before.held.until)
    assert alert.evidence is not None
    assert alert.evidence.frames > 20


def test_a_stop_that_ends_while_it_is_held_stays_held_and_is_released_closed() -> None:
    revisions = whole().of("39a1b2")
    landed = revisions[0].id
    closed = [stop for stop in revisions if stop.id == landed and stop.status is Status.CLOSED]
    assert [(stop.level, stop.held is not None) for stop in closed] == [
        (Level.BOTH_SIDES, True),
        (Level.OBSERVED, False),
    ]


def test_stops_held_at_once_are_released_in_order_of_their_time() -> None:
    released = [stop.revised_at for stop in whole().stops if stop.level is Level.OBSERVED]
    assert len(released) == 3
    assert released == sorted(released)
    assert len({stop.id for stop in whole().stops if stop.held is not None}) == 3
    assert all(life.held == () for life in whole().path.movements.lives.values())


def test_a_stop_is_held_on_while_there_is_interference_and_only_its_release_is_news() -> None:
    found = whole("disturbed for long")
    revisions = found.of("4840d6")
    until = [stop.held.until for stop in revisions if stop.held is not None]
    assert until == sorted(set(until))
    assert len(until) >= 2
    assert until[-1] > whole().of("4840d6")[-1].revised_at
    assert [stop.revision for stop in revisions] == list(range(1, len(revisions) + 1))
    assert [stop.level for stop in revisions] == [Level.BOTH_SIDES] * len(until) + [Level.OBSERVED]
    assert revisions[-1].revised_at == until[-1]
    levels = [alert.stop.level for alert in found.alerts if alert.stop.icao24 == "4840d6"]
    assert levels == [Level.BOTH_SIDES, Level.OBSERVED]


def test_where_others_are_shown_at_the_field_nothing_is_told_until_it_is_over_and_no_frame_is_lost() -> None:
    found = whole("shown there")
    for icao24, statuses in (("4840d6", ["open"]), ("39a1b2", ["open", "closed"])):
        *held, released = [stop for stop in found.of(icao24) if stop.airport == FIELD]
        assert [stop.status for stop in held] == statuses
        assert all(stop.held is not None and stop.held.alert for stop in held)
        assert {(stop.level, stop.findings) for stop in held} == {(Level.ONE_SIDE, ())}
        assert (released.level, released.held, released.status) == (Level.OBSERVED, None, statuses[-1])
        (alert,) = [alert for alert in found.alerts if alert.stop.icao24 == icao24]
        assert (alert.event, alert.at, alert.stop) == (AlertEvent.OPENED, released.revised_at, released)
        assert alert.evidence is not None
        assert alert.evidence.frames > 100


@settings(max_examples=6)
@given(cuts=st.lists(st.integers(1, len(frames()) - 1), max_size=12), width=st.integers(1, 6))
def test_any_cut_holds_and_releases_the_same(cuts: list[int], width: int) -> None:
    rows = (row for cut in cuts for row in range(cut, cut + width))
    assert told(pieces(frames(), rows)).lines() == whole().lines()


@settings(max_examples=4)
@given(data=st.data())
def test_a_run_resumed_anywhere_holds_and_releases_the_same(data: st.DataObject) -> None:
    parts = pieces(frames(), range(0, len(frames()), len(frames()) // 6))
    at = data.draw(st.sets(st.integers(1, len(parts) - 1), min_size=1, max_size=5))
    assert told(parts, resumed_before=frozenset(at)).lines() == whole().lines()


@pytest.mark.parametrize("world", POOR)
def test_a_run_resumed_again_and_again_releases_a_stop_once(world: str) -> None:
    parts = pieces(frames(world), [])
    every = frozenset(range(1, len(parts), 4))
    assert told(parts, resumed_before=every).lines() == whole(world).lines()


def test_what_is_stored_of_a_held_stop_tells_when_it_is_looked_at_again() -> None:
    path = build_pipeline(configuration())
    journal, store = Journal(path, "test"), dict[str, bytes]()
    for part in pieces(frames("disturbed for long"), []):
        changes = path.tick(part) if isinstance(part, Tick) else path.step(part)
        journal.note(changes)
        store |= journal.changes()[0]
        stored = [json.loads(value) for key, value in store.items() if key.startswith("stop:")]
        assert all(stop["held"] is None or stop["held"]["until"] >= path.told_until for stop in stored)
    assert any(stop["level"] == Level.OBSERVED for stop in stored)
