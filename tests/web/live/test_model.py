"""What is held for those who look, against what the path has found."""

from __future__ import annotations

import json

import numpy as np
import pytest

from detector.checkpoint import Journal
from detector.domain.wire import alert_line, gap_line, stop_line
from detector.pipeline import Changes
from detector.tracking.tracker import TrackPoints
from detector.web.live import LiveModel
from detector.web.live.shelf import Record, Shelf
from detector.web.live.trails import EACH_WATCHED, Trails
from tests.service.test_scenarios import heard
from tests.web.pages import Page
from tests.web.story import ICAO24, flying, fresh, told

KEY = int(ICAO24, 16)


def lines(shelf: Shelf) -> dict[str, list[bytes]]:
    return {one.id: one.revisions for one in shelf.newest(None, lambda _: True)}


@pytest.fixture(scope="module")
def all_changes() -> Changes:
    """Everything that the path tells of the story, in order."""
    page, whole = Page(), Changes()
    note = page.model.note

    def noted(changes: Changes) -> None:
        whole.alerts += changes.alerts
        whole.stops += changes.stops
        whole.gaps += changes.gaps
        note(changes)

    page.note = noted  # type: ignore[method-assign]
    page.hear(heard(), 60.0)
    return whole


def test_the_last_revision_of_each_is_told_in_the_words_of_the_contract(all_changes: Changes) -> None:
    model = told().model
    assert {i: one[-1] for i, one in lines(model.alerts).items()} == {a.id: alert_line(a) for a in all_changes.alerts}
    assert {i: one[-1] for i, one in lines(model.stops).items()} == {s.id: stop_line(s) for s in all_changes.stops}
    assert {i: one[-1] for i, one in lines(model.gaps).items()} == {g.id: gap_line(g) for g in all_changes.gaps}


def test_every_revision_of_an_alert_is_kept_in_order(all_changes: Changes) -> None:
    (revisions,) = lines(told().model.alerts).values()
    assert revisions == [alert_line(alert) for alert in all_changes.alerts]
    assert len(revisions) > 1


def test_after_a_start_the_same_is_told_as_before_it() -> None:
    """What the store gives back, and what was there before: equal to the byte."""
    before, again = Page(), Page()
    note, journal = before.model.note, Journal(before.pipeline, "test")

    def both(changes: Changes) -> None:
        journal.note(changes)
        note(changes)

    before.note = both  # type: ignore[method-assign]
    before.hear(heard(), 60.0)
    state, _ = journal.changes()
    _, found = Journal(again.pipeline, "test").restore(state)
    again.clock.at = before.clock.at
    again.model.begin(again.pipeline, found)
    for name in ("alerts", "stops", "gaps"):
        assert lines(getattr(again.model, name)) == lines(getattr(before.model, name)), name
    assert again.model.fleet.latest().columns["icao24"] == before.model.fleet.latest().columns["icao24"]
    trail = again.model.trails.of(KEY)
    assert 30 <= len(trail.at) <= 44, "the points that are part of the state, each 10 s of an aircraft under watch"
    np.testing.assert_allclose(trail.at[1:], before.model.trails.of(KEY).at[1 - len(trail.at) :])


def test_silences_of_a_stop_are_known_for_its_evidence() -> None:
    model = told().model
    (alert,) = model.alerts.newest(None, lambda _: True)
    stop_id = json.loads(alert.line)["stop"]["id"]
    assert [gap.stop_id for gap in model.silences_of(stop_id)] == [stop_id]


def test_what_is_over_goes_after_its_time() -> None:
    page = fresh()
    page.model.note(Changes())
    page.pipeline.told_until = (page.pipeline.told_until or 0.0) + 89 * 86_400.0
    page.model.note(Changes())
    assert len(page.model.alerts) == 1
    assert len(page.model.gaps) == 0, "gaps go after a week"
    page.pipeline.told_until += 2 * 86_400.0
    page.model.note(Changes())
    assert len(page.model.alerts) == 0
    assert all(b'"status":"open"' in one.line for one in page.model.stops.newest(None, lambda _: True))


def test_aircraft_are_told_as_they_were_heard_last_and_no_longer_than_five_minutes() -> None:
    page = Page()
    page.hear(flying([0x3C6444, 0x4B1234], 1_730_000_000.0))
    fleet = page.model.fleet.latest()
    rows = [dict(zip(fleet.columns, row, strict=True)) for row in fleet.rows()]
    assert [row["icao24"] for row in rows] == ["3c6444", "4b1234"]
    assert [row["callsign"] for row in rows] == ["FLY000", "FLY001"]
    assert rows[0]["altitude_baro_ft"] == 30_000.0
    assert rows[0]["on_ground"] is False
    assert (rows[0]["country"], rows[0]["listed"], rows[0]["position_in_doubt"]) == ("DE", None, False)
    assert rows[0]["latitude_deg"] == pytest.approx(50.0, abs=1e-4)
    page.clock.at += 301.0
    assert len(page.model.fleet.latest()) == 0
    assert len(page.model.fleet.since(0.0)) == 2, "in memory still"


def test_a_moment_tells_what_has_changed_since_the_one_before() -> None:
    page = Page()
    page.hear(flying([0x3C6444, 0x4B1234], 1_730_000_000.0))
    assert page.model.fleet.latest().changed.tolist() == [True, True]
    page.clock.at += 1.0
    again = page.model.fleet.latest()
    assert (again.changed.tolist(), again.gone) == ([False, False], ())
    page.hear(flying([0x4B1234, 0x500000], page.clock.at + 295.0))
    third = page.model.fleet.latest()
    assert third.columns["icao24"] == ["4b1234", "500000"]
    assert (third.changed.tolist(), third.gone) == ([True, True], ("3c6444",))


def test_a_moment_lasts_a_second() -> None:
    page = Page()
    page.hear(flying([0x3C6444], 1_730_000_000.0))
    first = page.model.fleet.latest()
    page.clock.at += 0.9
    assert page.model.fleet.latest() is first
    page.clock.at += 0.2
    assert page.model.fleet.latest() is not first


def test_listings_are_looked_up_a_few_at_a_time_and_held_for_the_day() -> None:
    page = Page()
    known = page.configuration.watchlist.aircraft
    assert known, "the shipped lists name aircraft"
    page.hear(flying([0x3C6444 + k for k in range(9)], 1_730_000_000.0))
    page.model.fleet.latest()
    left = [page.model.labels.look_up_some(page.clock.at) for _ in range(3)]
    assert left == [5, 1, 0]
    page.clock.at += 1.0
    assert page.model.fleet.latest().columns["listed"] == [False] * 9


def test_an_aircraft_of_a_list_is_told_as_such() -> None:
    page = Page()
    page.hear(flying([0x730002], 1_730_000_000.0))
    labels = page.model.labels
    labels._is_listed = lambda key, *_: key == 0x730002  # type: ignore[method-assign]
    page.model.fleet.latest()
    labels.look_up_some(page.clock.at)
    page.clock.at += 1.0
    assert page.model.fleet.latest().columns["listed"] == [True]


def points(key: int, at: np.ndarray) -> TrackPoints:
    n = len(at)
    return TrackPoints(np.full(n, key, np.uint32), at, np.full(n, 50.0), np.linspace(0, 1, n), np.full(n, np.nan))


def test_a_trail_has_all_points_in_order_and_the_oldest_go_first() -> None:
    trails = Trails(most=100)
    for begin in range(0, 300, 10):
        trails.add(points(1, begin + np.arange(0.0, 5.0)))
        trails.add(points(2, begin + np.arange(5.0, 10.0)))
    one = trails.of(1)
    assert len(one.at) == 50
    assert (np.diff(one.at) > 0).all()
    assert one.at[-1] == 294.0
    assert len(trails.of(3).at) == 0
    assert trails.of(1).between(280.0, 290.0).at.tolist() == [280.0, 281.0, 282.0, 283.0, 284.0, 290.0]


def test_more_is_kept_of_the_watched_and_with_what_was_known_before() -> None:
    trails = Trails(most=100)
    trails.add(points(1, np.arange(0.0, 500.0, 10.0)))
    trails.watch([1])
    for begin in range(500, 20_500, 500):
        trails.add(points(1, begin + np.arange(0.0, 500.0, 10.0)))
        trails.add(points(2, begin + np.arange(0.0, 500.0, 10.0)))
    assert len(trails.of(1).at) == 2_050
    assert trails.of(1).at[0] == 0.0
    assert len(trails.of(2).at) == 50
    trails.add(points(1, 20_500 + np.arange(0.0, 100_000.0, 10.0)))
    assert len(trails.of(1).at) <= EACH_WATCHED + 1
    trails.watch([])
    assert len(trails.of(1).at) <= 100


def test_the_way_of_an_aircraft_under_watch_is_kept_from_its_alert_on() -> None:
    page = told()
    assert KEY in page.model.trails._watched
    trail = page.model.trails.of(KEY)
    assert trail.at[-1] - trail.at[0] > 3_000.0


def test_a_model_that_begins_anew_forgets_what_it_was_told() -> None:
    """Recovery may make the path twice: once with an item that breaks it, once without."""
    page = fresh()
    model: LiveModel = page.model
    model.begin(Page().pipeline, Changes())
    found: list[Record] = [*model.alerts.newest(None, lambda _: True), *model.gaps.newest(None, lambda _: True)]
    assert found == []
    assert len(model.fleet.latest()) == 0
