"""Routes of the rules file on the endpoints that they name."""

from __future__ import annotations

from detector.alerting.routing import Route
from detector.domain.identity import TypeClass
from detector.domain.stop import Severity
from detector.rules.settings import RouteSettings
from detector.sinks.settings import EndpointSettings

DESK = EndpointSettings(name="desk", kind="jsonl", path="a.jsonl")


def test_an_endpoint_that_no_route_names_has_none() -> None:
    assert DESK.endpoint().routes == ()
    assert DESK.endpoint([RouteSettings(to=("newsroom", "desk-2"))]).routes == ()


def test_every_route_that_names_the_endpoint_is_on_it_in_order() -> None:
    routes = (
        RouteSettings(
            to=("newsroom", "desk"),
            rule=("listed_airport", "listed_aircraft"),
            list="us-cuba",
            type_class="heavy",
            severity=Severity.HIGH,
        ),
        RouteSettings(to="newsroom"),
        RouteSettings(to="desk"),
    )
    assert DESK.endpoint(routes).routes == (
        Route(
            severity=Severity.HIGH,
            rules=frozenset({"listed_airport", "listed_aircraft"}),
            lists=frozenset({"us-cuba"}),
            type_classes=frozenset({TypeClass.HEAVY}),
        ),
        Route(),
    )
