"""The published cases: who it was, what was listed, and since when; and that nobody was listed before that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from detector.domain.alert import Alert
from detector.domain.stop import Severity
from detector.domain.times import day_of
from detector.simulation import parse_scenario
from tests.movements.worlds import World, play, run

HERE = Path(__file__).parent
DAY_S = 86_400.0


@cache
def case(name: str) -> World:
    path = HERE / f"{name}.yaml"
    return play(parse_scenario(path.read_text(encoding="utf-8"), source=path.name))


def last_alert(world: World, airport: str | None) -> Alert:
    return [alert for alert in world.alerts if alert.stop.airport == airport][-1]


def listed(alert: Alert) -> dict[tuple[str, str], date]:
    """(rule, list) of every listing that a finding rests on, with its first day."""
    return {
        (finding.rule, listing.list): listing.valid_from
        for finding in alert.stop.findings
        for listing in finding.listings
    }


@pytest.mark.parametrize(
    ("name", "airport", "registration", "type_code", "type_name", "operator"),
    [
        ("pyongyang", "ZKPY", "RA-86572", "IL62", "Ilyushin Il-62", "Russian Air Force"),
        ("moscow-pyongyang", "ZKPY", "RA-86559", "IL62", "Ilyushin Il-62", "Russian Air Force"),
        ("tehran-damascus", "OSDI", "EP-FAA", "B742", "Boeing 747-200", "Qeshm Fars Air"),
        ("vladivostok-wonsan", None, "RA-85843", "T154", "Tupolev Tu-154", "Special Flight Squadron"),
    ],
)
def test_the_aircraft_of_a_published_case_is_named_with_the_source_of_every_word(
    name: str, airport: str | None, registration: str, type_code: str, type_name: str, operator: str
) -> None:
    stop = last_alert(case(name), airport).stop
    assert (stop.registration, stop.type_code, stop.operator) == (registration, type_code, operator)
    identity = stop.identity
    assert identity is not None
    assert identity.type_name == type_name
    assert all(fact.source for fact in (*identity.registration, *identity.type_code, *identity.operator))
    assert not any(remark.telling for remark in identity.remarks)


def test_the_airliners_shown_at_beirut_and_the_overflight_are_named_by_what_they_say() -> None:
    """No table that comes along knows these aircraft; their call signs tell whose they are."""
    operators = {stop.operator for stop in case("tel-aviv-beirut").every_stop}
    assert "Lufthansa" in operators
    (stop,) = (stop for stop in case("overflight").every_stop if stop.icao24 == "15339e")
    assert (stop.registration, stop.operator) == ("RA-78750", "Russian Federation Air Force")


def test_the_stop_at_pyongyang_rests_on_listings_with_their_days() -> None:
    alert = last_alert(case("pyongyang"), "ZKPY")
    assert listed(alert) == {
        (rule, name): day
        for rule in ("listed_airport", "short_turnaround")
        for name, day in {
            "un-north-korea": date(2006, 10, 14),
            "us-north-korea": date(2016, 3, 15),
            "us-north-korea-landing": date(2017, 9, 20),
        }.items()
    }
    assert {"airports", "aircraft", "ofac", "watchlists/listed_airports.yaml"} <= {t.name for t in alert.reference}
    assert all(len(table.sha256) == 64 for table in alert.reference)


def test_the_freighter_at_damascus_is_listed_itself_as_the_field_is() -> None:
    found = listed(last_alert(case("tehran-damascus"), "OSDI"))
    assert {key: day for key, day in found.items() if key[0] != "short_turnaround"} == {
        ("listed_airport", "us-syria"): date(2011, 8, 17),
        ("listed_aircraft", "us-designated-airlines"): date(2019, 1, 24),
        ("listed_aircraft", "us-ofac-sdn"): date(2019, 1, 24),
    }


def flown_on(name: str, airport: str, day: date) -> list[Alert]:
    """Alerts on the field, had all of it happened so much earlier or later that it landed there on that day."""
    whole = case(name)
    assert whole.simulation is not None
    heard = whole.simulation.frames
    landed = next(stop.landed.estimate for stop in whole.stops if stop.airport == airport)
    shift_s = (day - day_of(landed)).days * DAY_S
    frames = replace(heard, heard_at=heard.heard_at + shift_s)
    return [alert for alert in run(frames).alerts if alert.stop.airport == airport]


@pytest.mark.parametrize(
    ("day", "lists"),
    [
        (date(2006, 10, 13), set()),
        (date(2006, 10, 14), {"un-north-korea"}),
        (date(2016, 3, 14), {"un-north-korea"}),
        (date(2016, 3, 15), {"un-north-korea", "us-north-korea"}),
    ],
)
def test_the_same_stop_before_a_listing_does_not_match_it(day: date, lists: set[str]) -> None:
    alerts = flown_on("pyongyang", "ZKPY", day)
    assert bool(alerts) == bool(lists)
    assert {name for alert in alerts for _, name in listed(alert)} == lists


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        # The field was on a list from 2011 to the end of June 2025, the aircraft is since 2019.
        (date(2011, 8, 16), set()),
        (date(2019, 1, 23), {"listed_airport"}),
        (date(2019, 1, 24), {"listed_airport", "listed_aircraft"}),
        (date(2025, 6, 30), {"listed_airport", "listed_aircraft"}),
        (date(2025, 7, 1), {"listed_aircraft"}),
    ],
)
def test_the_freighter_and_its_field_match_on_their_own_days(day: date, rules: set[str]) -> None:
    alerts = flown_on("tehran-damascus", "OSDI", day)
    assert (
        {finding.rule for finding in alerts[-1].stop.findings} - {"journey", "short_turnaround"} == rules
        if rules
        else alerts == []
    )


def test_a_stop_under_an_address_that_nobody_gives_out_says_so() -> None:
    path = HERE / "pyongyang.yaml"
    text = path.read_text(encoding="utf-8").replace("15522c", "123456")
    stop = last_alert(play(parse_scenario(text, source=path.name)), "ZKPY").stop
    finding = next(finding for finding in stop.findings if finding.rule == "identity")
    assert "123456" in finding.reason
    assert finding.severity is Severity.LOW
