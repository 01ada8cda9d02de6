from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from detector.domain.identity import Fact, Identity
from detector.domain.listing import Listing
from detector.domain.times import parse_iso
from detector.reference.airports import Airports
from detector.reference.ofac import SdnAircraft, SdnList
from detector.reference.sdn_watch import aircraft, family, watches
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


def test_an_entry_that_names_an_aircraft_in_several_ways_counts_once_by_the_surest(airports: Airports) -> None:
    lists = WatchList.from_entries(
        [("f:1", entry(callsign="QFZ*")), ("f:2", entry(registration="EP-FAA")), ("f:3", entry(callsign="QFZ99*"))],
        airports,
    )
    (listing,) = lists.of_aircraft(EP_FAA, ("QFZ9950",), AT)
    assert (listing.matched, listing.sure) == ("registration EP-FAA", True)


SDN = SdnList(
    dated=date(2020, 2, 7),
    source="the list",
    entries=(
        SdnAircraft(
            identifier="26345", name="EP-FAA", tails=("EP-FAA",), model="Boeing B747", serial="24576",
            linked_to=("QESHM FARS AIR.",), programmes=("SDGT", "IFSR"), listed_from=date(2019, 1, 24),
        ),
        SdnAircraft(
            identifier="27293", name="M-SAAN", tails=("M-SAAN",), mode_s=("424b32",), model="EMB135",
            listed_from=date(2019, 9, 30), operator="Autolex Transport LTD.",
        ),
        SdnAircraft(
            identifier="1", name="EP-OLD", tails=("EP-OLD",), listed_from=date(2012, 9, 19),
            listed_until=date(2016, 1, 15), last_seen=date(2015, 12, 1),
        ),
    ),
)  # fmt: skip


def of_sdn(airports: Airports, identity: Identity, day: str) -> list[Listing]:
    lists = WatchList.from_entries([], airports, watches(SDN))
    return list(lists.of_aircraft(identity, (), parse_iso(f"{day}T12:00:00Z")))


def test_an_entry_of_the_sdn_list_is_a_listing_from_its_day_on(airports: Airports) -> None:
    assert of_sdn(airports, EP_FAA, "2019-01-23") == []
    (listing,) = of_sdn(airports, EP_FAA, "2019-01-24")
    assert (listing.list, listing.identifier, listing.programme) == ("us-ofac-sdn", "SDN entry 26345", "SDGT, IFSR")
    assert (listing.matched, listing.sure) == ("registration EP-FAA", True)
    assert "linked to QESHM FARS AIR" in listing.reason


def test_an_airframe_is_still_listed_after_a_new_registration_though_not_for_sure(airports: Airports) -> None:
    sold = Identity(
        icao24="010203",
        registration=(Fact(value="5A-DXX", source="one"),),
        type_code=(Fact(value="B742", source="one"),),
        serial=(Fact(value="24576", source="one"),),
    )
    (listing,) = of_sdn(airports, sold, "2020-04-09")
    assert not listing.sure
    assert "serial number 24576 of Boeing B747" in listing.matched


def test_an_address_of_the_sdn_list_is_listed_whatever_its_registration(airports: Airports) -> None:
    (listing,) = of_sdn(airports, Identity(icao24="424b32"), "2020-04-09")
    assert (listing.matched, listing.sure) == ("address 424b32", True)
    table = aircraft(SDN)
    assert [table.row(i).registration for i in table.rows_of(0x424B32)] == ["M-SAAN"]


def test_what_was_taken_off_the_sdn_list_is_listed_until_then(airports: Airports) -> None:
    old = Identity(icao24="730000", registration=(Fact(value="EP-OLD", source="one"),))
    assert of_sdn(airports, old, "2016-01-16") == []
    (listing,) = of_sdn(airports, old, "2016-01-15")
    assert "taken off on some day from 2015-12-01 to 2016-01-15" in listing.source


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("A340-642", "A34"), ("Airbus A340-642", "A34"), ("A343", "A34"), ("B.747-422", "B74"), ("Boeing B747", "B74"),
        ("B744", "B74"), ("IL-76TD", "IL7"), ("IL76", "IL7"), ("Falcon 900", ""), ("", ""), ("F28", "F28"),
    ],
)  # fmt: skip
def test_the_family_of_a_model_is_told_by_its_first_letters_and_digits(model: str, said: str) -> None:
    assert family(model) == said
