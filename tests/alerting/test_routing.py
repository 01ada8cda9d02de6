from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from detector.alerting.outbox import Outbox
from detector.alerting.routing import Endpoint, Route, had_begun
from detector.domain.alert import AlertEvent
from detector.domain.identity import Identity, TypeClass
from detector.domain.listing import Listing
from detector.domain.stop import Candidate, Certainty, Finding, Level, Moment, Severity
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


def listing(name: str) -> Listing:
    return Listing(
        list=name, programme="P", authority="A", identifier="I", source="S", link="https://example.org/",
        valid_from=date(2020, 1, 1), valid_to=None, reason="R",
    )  # fmt: skip


def finding(rule: str, *lists: str) -> Finding:
    return Finding(rule, Certainty.CERTAIN, Severity.MEDIUM, "why", tuple(listing(name) for name in lists))


FINDINGS = (finding("listed_airport", "us-cuba", "us-more"), finding("listed_aircraft", "us-ofac-sdn"))
HEAVY = Identity(icao24="000000", type_class=TypeClass.HEAVY)


@pytest.mark.parametrize(
    ("rules", "lists", "taken"),
    [
        ((), ("us-cuba",), True),
        ((), ("us-more", "eu-none"), True),
        ((), ("eu-none",), False),
        (("listed_aircraft",), ("us-ofac-sdn",), True),
        (("listed_aircraft",), ("us-cuba",), False),
        (("listed_airport", "listed_aircraft"), ("us-ofac-sdn",), True),
        (("dark_stop",), ("us-cuba",), False),
    ],
)
def test_rule_and_list_have_to_be_of_one_finding(rules: tuple[str, ...], lists: tuple[str, ...], taken: bool) -> None:
    route = Route(rules=frozenset(rules), lists=frozenset(lists))
    assert route.takes(alert(findings=FINDINGS)) is taken


@pytest.mark.parametrize(
    ("identity", "taken"), [(HEAVY, True), (Identity(icao24="000000", type_class=TypeClass.LIGHT), False),
                            (Identity(icao24="000000"), False), (None, False)],
)  # fmt: skip
def test_a_class_has_to_be_known(identity: Identity | None, taken: bool) -> None:
    route = Route(type_classes=frozenset({TypeClass.HEAVY, TypeClass.JET}))
    assert route.takes(alert(identity=identity)) is taken


def test_an_endpoint_takes_what_passes_its_own_filter_and_any_of_its_routes() -> None:
    to_cuba, heavy = Route(lists=frozenset({"us-cuba"})), Route(type_classes=frozenset({TypeClass.HEAVY}))
    high, low = alert(findings=FINDINGS), alert(findings=FINDINGS, severity="low")
    assert Endpoint("desk").takes(alert())
    assert not Endpoint("desk", routes=(to_cuba, heavy)).takes(alert(identity=None))
    assert Endpoint("desk", routes=(to_cuba, heavy)).takes(high)
    assert Endpoint("desk", routes=(to_cuba, heavy)).takes(alert(identity=HEAVY))
    filtered = Endpoint("desk", Route(severity=Severity.MEDIUM), routes=(to_cuba,))
    assert filtered.takes(high)
    assert not filtered.takes(low)


def test_a_retraction_goes_wherever_an_earlier_word_went_whatever_the_routes_say_of_it() -> None:
    routes = {"cuba": Route(lists=frozenset({"us-cuba"})), "iran": Route(lists=frozenset({"us-iran"}))}
    box = Outbox(Endpoint(name, routes=(route,)) for name, route in routes.items())
    box.offer([alert(findings=FINDINGS)], NOW)
    box.offer([alert(revision=2, event="updated", findings=())], NOW)
    box.offer([alert(revision=3, event="retracted", findings=())], NOW)
    assert [entry.event for entry in box.pending("cuba")] == [AlertEvent.OPENED, AlertEvent.RETRACTED]
    assert box.pending("iran") == ()
