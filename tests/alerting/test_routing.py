from __future__ import annotations

from typing import Any

import pytest

from detector.alerting.routing import Route, had_begun
from detector.domain.alert import AlertEvent
from detector.domain.stop import Candidate, Level, Moment, Severity
from tests.alerting.alerts import NOW, alert

TEST_RULE = frozenset({"test"})


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        (Route(), True),
        (Route(severity=Severity.MEDIUM), True),
        (Route(severity=Severity.HIGH), False),
        (Route(min_level=Level.BOTH_SIDES), True),
        (Route(min_level=Level.OBSERVED), False),
        (Route(rules=TEST_RULE), True),
        (Route(rules=frozenset({"dark_stop"})), False),
        (Route(airports=frozenset({"ZZZZ", "ZKPY"})), True),
        (Route(airports=frozenset({"ZKPY"})), False),
        (Route(countries=frozenset({"ZZ"})), True),
        (Route(countries=frozenset({"KP"})), False),
        (Route(aircraft=frozenset({"000000"})), True),
        (Route(aircraft=frozenset({"15522c"})), False),
        (Route(events=frozenset({AlertEvent.OPENED})), True),
        (Route(events=frozenset({AlertEvent.CLOSED})), False),
        (Route(rules=TEST_RULE, countries=frozenset({"KP"})), False),
    ],
)
def test_a_route_takes_what_passes_all_of_its_filters(route: Route, taken: bool) -> None:
    assert route.takes(alert(severity="medium")) is taken


def test_a_stop_at_no_named_field_goes_where_one_of_its_candidates_is_wanted() -> None:
    route = Route(airports=frozenset({"ZKPY"}))
    candidates = (Candidate("ZKSD", 0.4, 3.0), Candidate("ZKPY", 0.4, 4.0))
    assert route.takes(alert(airport=None, candidates=candidates))
    assert not route.takes(alert(airport="ZKSD", candidates=candidates))


@pytest.mark.parametrize(("earliest", "begun"), [(None, True), (NOW - 1.0, True), (NOW, False), (NOW + 1.0, False)])
def test_a_stop_had_begun_when_it_may_be_older_than_the_first_frame(earliest: Any, begun: bool) -> None:
    assert had_begun(alert(landed=Moment(earliest, NOW + 9.0, NOW, observed=False)), NOW) is begun
