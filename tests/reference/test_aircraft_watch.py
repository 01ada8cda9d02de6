from __future__ import annotations

from typing import Any

import pytest

from detector.domain.identity import Fact, Identity
from detector.domain.listing import Listing
from detector.domain.times import parse_iso
from detector.reference.aircraft_watch import fits
from detector.reference.airports import Airports
from detector.reference.watchlist import WatchList
from tests.reference.entries import entry

AT = parse_iso("2020-04-09T12:00:00Z")
EP_FAA = Identity(
    icao24="731821",
    country="IR",
    registration=(Fact(value="EP-FAA", source="one"),),
    type_code=(Fact(value="B742", source="one"),),
    operator=(Fact(value="Qeshm Fars Air", source="one"), Fact(value="Fars Air", source="call sign", weak=True)),
    serial=(Fact(value="24576", source="one"),),
)


def listings(airports: Airports, identity: Identity = EP_FAA, at: float | None = AT, **given: Any) -> list[Listing]:
    lists = WatchList.from_entries([("f:1", entry(**given))], airports)
    return list(lists.of_aircraft(identity, ("QFZ9950",), at))


@pytest.mark.parametrize(
    ("given", "matched", "sure"),
    [
        ({"address": "731821"}, "address 731821", True),
        ({"address": ["aaaaaa", "731821"]}, "address 731821", True),
        ({"range": ["730000", "737FFF"]}, "an address from 730000 to 737fff", True),
        ({"registration": "epfaa"}, "registration EP-FAA", True),
        ({"registration": ["EP-MN*", "EP-F*"]}, "registration EP-FAA", True),
        ({"type": "B742"}, "type B742", True),
        ({"operator": "QESHM*"}, "operator Qeshm Fars Air", True),
        ({"operator": "Fars Air"}, "operator Fars Air, as call sign has it, which other sources dispute", False),
        ({"callsign": "QFZ*"}, "call sign QFZ9950", False),
        ({"type": "B742", "serial": "24576"}, "type B742, serial number 24576", False),
        ({"type": "B742", "operator": "Qeshm Fars Air"}, "type B742, operator Qeshm Fars Air", True),
        ({"registration": "EP-FAA", "callsign": "QFZ*"}, "registration EP-FAA, call sign QFZ9950", False),
    ],
)
def test_an_entry_says_what_it_names_of_an_aircraft_and_whether_that_is_sure(
    airports: Airports, given: dict[str, Any], matched: str, sure: bool
) -> None:
    (listing,) = listings(airports, **given)
    assert (listing.matched, listing.sure) == (matched, sure)


@pytest.mark.parametrize(
    "given",
    [
        {"address": "731822"},
        {"range": ["731822", "737fff"]},
        {"registration": "EP-FA"},
        {"registration": "*FAB"},
        {"type": "B744"},
        {"operator": "Qeshm"},
        {"callsign": "QFZ99"},
        {"type": "B742", "operator": "Mahan Air"},
        {"type": "B744", "serial": "24576"},
    ],
)
def test_an_entry_is_silent_on_an_aircraft_of_which_not_all_holds(airports: Airports, given: dict[str, Any]) -> None:
    assert listings(airports, **given) == []


@pytest.mark.parametrize(
    ("day", "listed"),
    [("2019-01-23T23:59:59Z", False), ("2019-01-24T00:00:00Z", True), ("2021-05-01T00:00:00Z", False)],
)
def test_a_listing_of_an_aircraft_counts_on_its_days_alone(airports: Airports, day: str, listed: bool) -> None:
    given: dict[str, Any] = {"registration": "EP-FAA", "from": "2019-01-24", "to": "2021-04-30"}
    assert bool(listings(airports, at=parse_iso(day), **given)) is listed
    assert listings(airports, at=None, **given)


@pytest.mark.parametrize(
    ("pattern", "value", "fit"),
    [
        ("EP-FAA", "EP\u2011FAA", True),
        ("Mahan*", "Mahan Air", True),
        ("*Air", "Mahan Air", True),
        ("*Air", "Mahan Airways", False),
        ("M*h*n*A*r", "Mahan Air", True),
        ("ab*ba", "aba", False),
        ("ab*ba", "abba", True),
        ("a*b*c", "acb", False),
        ("*" * 30 + "a", "b" * 500, False),
        ("a*a*a*a*a*a*a*a*b", "a" * 500, False),
    ],
)
def test_a_pattern_is_matched_part_by_part_and_quickly(pattern: str, value: str, fit: bool) -> None:
    assert fits(pattern, value) is fit


def test_an_entry_that_names_an_aircraft_in_several_ways_counts_once_by_the_surest(airports: Airports) -> None:
    lists = WatchList.from_entries(
        [("f:1", entry(callsign="QFZ*")), ("f:2", entry(registration="EP-FAA")), ("f:3", entry(callsign="QFZ99*"))],
        airports,
    )
    (listing,) = lists.of_aircraft(EP_FAA, ("QFZ9950",), AT)
    assert (listing.matched, listing.sure) == ("registration EP-FAA", True)
