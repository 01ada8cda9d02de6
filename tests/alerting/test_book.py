from __future__ import annotations

import msgspec
import numpy as np
import pytest

from detector.alerting import AlertBook, AlertSettings, Watch
from detector.domain.alert import Alert, AlertEvent, Evidence, JourneyStep
from detector.domain.observation import AircraftState
from detector.domain.stop import Candidate, Certainty, Finding, Level, Moment, Severity, Status, Stop
from tests.pipeline.story import configuration

T0 = 1_730_943_000.0
HOUR = 3600.0
EVIDENCE = Evidence(3, "00", "pyModeS", 0)
LISTED = Finding("listed_airport", Certainty.CERTAIN, Severity.HIGH, "listed")
POSSIBLE = Finding("short_turnaround", Certainty.POSSIBLE, Severity.MEDIUM, "maybe")


def told_onward(_: Stop, journey: tuple[JourneyStep, ...]) -> Finding:
    return Finding("journey", Certainty.CERTAIN, Severity.LOW, f"{len(journey)} steps")


def new_book() -> AlertBook:
    return AlertBook(AlertSettings(), configuration().airports, lambda _: EVIDENCE, told_onward)


def stop(
    at: float = 0.0, *, name: str = "stop-1", airport: str = "ZKPY", findings: tuple[Finding, ...] = (LISTED,)
) -> Stop:
    """Landed within five minutes of T0 + `at`; told ten minutes later."""
    return Stop(
        id=name,
        revision=1,
        status=Status.OPEN,
        icao24="15522c",
        airport=airport,
        country=None,
        candidates=(Candidate(airport, 0.9, 5.0),),
        landed=Moment(T0 + at, T0 + at + 300.0, T0 + at + 100.0, False),
        level=Level.ONE_SIDE,
        findings=findings,
        opened_at=T0 + at,
        revised_at=T0 + at + 600.0,
    )


def left(before: Stop, at: float) -> Stop:
    departed = Moment(T0 + at - 300.0, T0 + at, T0 + at - 100.0, False)
    return revised(before, at + 60.0, status=Status.CLOSED, level=Level.BOTH_SIDES, departed=departed)


def revised(before: Stop, at: float, **changes: object) -> Stop:
    return msgspec.structs.replace(before, revision=before.revision + 1, revised_at=T0 + at, **changes)


def flying(fix_at: float, latitude_deg: float = 43.4) -> AircraftState:
    at = T0 + fix_at
    return AircraftState(at, at, latitude_deg, 132.15, False, 30_000.0, at, 450.0, 60.0, at, 0.0, "RFF7092", "A5")


def heard(
    book: AlertBook, at: float, *, quiet: bool = False, airborne: bool = True, fix_at: float | None = None
) -> list[Alert]:
    known_at = at if fix_at is None else fix_at
    state = flying(known_at, 43.0 + known_at / 100_000.0)
    return book.heard("15522c", state, T0 + at, airborne=airborne, quiet=quiet)


def events(alerts: list[Alert]) -> list[tuple[str, int]]:
    return [(alert.event.value, alert.revision) for alert in alerts]


def test_an_alert_is_opened_updated_closed_and_keeps_its_id() -> None:
    book, first = new_book(), stop()
    made = book.stop_changed(first)
    made += book.stop_changed(revised(first, 1_200.0, findings=(LISTED, POSSIBLE)))
    made += book.stop_changed(left(first, 3_000.0))
    made += book.stop_changed(revised(left(first, 3_000.0), 3_100.0, level=Level.OBSERVED))
    assert events(made) == [("opened", 1), ("updated", 2), ("closed", 3), ("updated", 4)]
    assert len({alert.id for alert in made}) == 1
    assert [alert.at - T0 for alert in made] == [600.0, 1_200.0, 3_060.0, 3_100.0]
    assert all(alert.evidence == EVIDENCE for alert in made)


def test_the_id_comes_from_the_stop_alone() -> None:
    ids = {new_book().stop_changed(stop())[0].id, new_book().stop_changed(stop())[0].id}
    assert len(ids) == 1
    assert new_book().stop_changed(stop(name="stop-2"))[0].id not in ids


def test_however_many_rules_fire_it_is_one_alert_of_the_highest_severity() -> None:
    (alert,) = new_book().stop_changed(stop(findings=(POSSIBLE, LISTED)))
    assert alert.severity is Severity.HIGH


@pytest.mark.parametrize(
    "changes",
    [{"findings": ()}, {"level": Level.REJECTED}, {"status": Status.RETRACTED}],
)
def test_a_stop_without_finding_level_or_standing_raises_no_alert(changes: dict[str, object]) -> None:
    assert new_book().stop_changed(msgspec.structs.replace(stop(), **changes)) == []


@pytest.mark.parametrize("changes", [{"findings": ()}, {"level": Level.REJECTED}, {"status": Status.RETRACTED}])
def test_an_alert_is_retracted_once_when_its_stop_no_longer_counts(changes: dict[str, object]) -> None:
    book = new_book()
    made = book.stop_changed(stop())
    made += book.stop_changed(revised(stop(), 900.0, **changes))
    made += book.stop_changed(revised(stop(), 1_000.0, **changes))
    assert events(made) == [("opened", 1), ("retracted", 2)]
    assert made[-1].severity is Severity.HIGH
    assert not book.follows("15522c", T0 + 1_000.0)
    assert heard(book, 2_000.0, quiet=True) == []


def test_a_retracted_alert_whose_stop_counts_again_goes_on_under_its_id() -> None:
    book = new_book()
    made = book.stop_changed(stop())
    made += book.stop_changed(revised(stop(), 900.0, level=Level.REJECTED))
    made += book.stop_changed(revised(stop(), 1_000.0))
    assert events(made) == [("opened", 1), ("retracted", 2), ("opened", 3)]
    assert len({alert.id for alert in made}) == 1
    assert book.follows("15522c", T0 + 1_000.0)


def closed() -> AlertBook:
    book = new_book()
    book.stop_changed(stop())
    book.stop_changed(left(stop(), 3_000.0))
    return book


def test_a_leg_that_has_only_begun_makes_no_revision() -> None:
    book = closed()
    assert heard(book, 3_060.0) == []
    assert heard(book, 4_000.0) == []


def test_an_aircraft_that_falls_silent_makes_a_revision_with_its_last_fix() -> None:
    book = closed()
    heard(book, 3_100.0)
    (alert,) = heard(book, 4_600.0, quiet=True, fix_at=4_000.0)
    assert (alert.event, alert.revision, alert.at) == (AlertEvent.UPDATED, 3, T0 + 4_600.0)
    (leg,) = alert.journey
    assert (leg.kind, leg.at, leg.until) == ("leg", T0 + 3_100.0, T0 + 4_000.0)
    assert leg.near is not None
    assert "Vladivostok" in leg.near
    assert heard(book, 5_300.0, quiet=True, fix_at=4_000.0) == []


def test_an_aircraft_that_goes_on_being_heard_makes_a_revision_an_hour() -> None:
    book = closed()
    made = [alert for at in range(3_100, 20_000, 60) for alert in heard(book, float(at))]
    assert [alert.at - T0 for alert in made] == [6_700.0, 10_300.0, 13_900.0, 17_500.0]
    assert events(made) == [("updated", k) for k in range(3, 7)]
    assert all(len(alert.journey) == 1 for alert in made)


def test_a_later_stop_is_a_step_of_the_journey_whenever_it_changes() -> None:
    book = closed()
    heard(book, 3_100.0)
    home = stop(9_000.0, name="stop-2", airport="UHWW", findings=())
    (added,) = book.stop_changed(home)
    assert [step.kind for step in added.journey] == ["leg", "stop"]
    assert [finding.reason for finding in added.stop.findings] == ["listed", "2 steps"]
    assert added.severity is Severity.HIGH
    assert book.stop_changed(revised(home, 9_700.0)) == []
    (gone,) = book.stop_changed(left(home, 12_000.0))
    assert gone.journey[-1].until == T0 + 11_900.0
    assert (added.revision, gone.revision) == (3, 4)
    assert heard(book, 12_100.0) == []
    (flown,) = heard(book, 13_000.0, quiet=True, fix_at=12_400.0)
    assert [(step.kind, step.airport) for step in flown.journey] == [("leg", None), ("stop", "UHWW"), ("leg", None)]
    (back,) = book.stop_changed(revised(home, 13_100.0, status=Status.RETRACTED))
    assert [step.kind for step in back.journey] == ["leg", "leg"]


def test_no_leg_begins_with_a_fix_from_before_the_stop_ended() -> None:
    book = closed()
    assert heard(book, 3_700.0, quiet=True, fix_at=-100.0) == []
    home = stop(9_000.0, name="stop-2", airport="UHWW", findings=())
    book.stop_changed(home)
    assert heard(book, 9_900.0, quiet=True) == []


def test_a_later_stop_with_findings_has_an_alert_of_its_own_beside_the_step() -> None:
    book = closed()
    made = book.stop_changed(stop(9_000.0, name="stop-2"))
    assert events(made) == [("updated", 3), ("opened", 1)]
    assert len({alert.id for alert in made}) == 2
    # In whatever order they come back from a store, the older alert speaks first.
    stored = [msgspec.json.encode(watch) for watch in book.watches["15522c"].values()]
    restored = new_book()
    restored.restore([msgspec.json.decode(watch, type=Watch) for watch in reversed(stored)])
    for one in (book, restored):
        told = one.stop_changed(stop(20_000.0, name="stop-3", findings=()))
        assert [alert.stop.id for alert in told] == ["stop-1", "stop-2"]


def test_the_watch_ends_seventy_two_hours_after_the_aircraft_left() -> None:
    book, end = closed(), 3_000.0 + 72 * HOUR
    assert book.followed_until("15522c") == T0 + end
    assert book.follows("15522c", T0 + end)
    assert not book.follows("15522c", T0 + end + 1.0)
    assert events(heard(book, end, quiet=True, fix_at=end - 600.0)) == [("updated", 3)]
    assert heard(book, end + 1.0, quiet=True) == []
    assert book.stop_changed(stop(end + 1.0, name="stop-2", findings=())) == []


def test_an_aircraft_nobody_saw_leave_is_followed_no_longer_but_its_alert_still_closes() -> None:
    book = new_book()
    book.stop_changed(stop())
    end = 300.0 + 72 * HOUR
    assert book.followed_until("15522c") == T0 + end
    book.expire(T0 + 100 * 24 * HOUR)
    (alert,) = book.stop_changed(left(stop(), 101 * 24 * HOUR))
    assert (alert.event, alert.revision) == (AlertEvent.CLOSED, 2)
    assert book.follows("15522c", T0 + 102 * 24 * HOUR)


def test_what_is_over_is_forgotten_and_what_is_not_is_kept() -> None:
    book, end = closed(), 3_000.0 + 72 * HOUR
    book.expire(T0 + end)
    assert book.watches
    book.expire(T0 + end + 2 * HOUR)
    assert not book.watches
    retracted = new_book()
    retracted.stop_changed(stop())
    retracted.stop_changed(revised(stop(), 900.0, status=Status.RETRACTED))
    retracted.expire(T0 + end + 2 * HOUR)
    assert not retracted.watches


def test_revisions_have_no_gap_and_no_time_twice_in_a_long_story() -> None:
    book, made, random = new_book(), [], np.random.default_rng(5)
    made += book.stop_changed(stop())
    made += book.stop_changed(left(stop(), 3_000.0))
    at = 3_100.0
    for k in range(200):
        at += float(random.uniform(1.0, 900.0))
        made += heard(book, at, quiet=bool(random.random() < 0.1))
        if k % 40 == 39:
            made += book.stop_changed(stop(at, name=f"stop-{k}", airport="UHWW", findings=()))
    assert [alert.revision for alert in made] == list(range(1, len(made) + 1))
    assert len({alert.at for alert in made}) == len(made)
