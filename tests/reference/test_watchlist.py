from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from detector.domain.errors import ConfigError
from detector.domain.times import parse_iso
from detector.reference.airports import Airports
from detector.reference.watchlist import WatchList
from tests.reference.entries import entry


def test_a_listing_holds_from_its_first_day_through_its_last(airports: Airports) -> None:
    watch = WatchList.from_entries([("f:1", entry(airport="OSDI", to="2025-06-30"))], airports)
    for at, listed in {
        "2011-08-16T23:59:59Z": False,
        "2011-08-17T00:00:00Z": True,
        "2024-11-01T12:00:00Z": True,
        "2025-06-30T23:59:59Z": True,
        "2025-07-01T00:00:00Z": False,
    }.items():
        assert bool(watch.entries_for("OSDI", parse_iso(at))) is listed, at


def test_a_listing_without_a_last_day_holds_until_further_notice(airports: Airports) -> None:
    watch = WatchList.from_entries([("f:1", entry(airport="ZKPY"))], airports)
    assert watch.entries_for("ZKPY", parse_iso("2099-01-01")) != ()


def test_a_listing_carries_all_that_an_alert_has_to_say(airports: Airports) -> None:
    watch = WatchList.from_entries([("f:1", entry(airport="zkpy", to="2030-01-01"))], airports)
    (listing,) = watch.entries_for("FNJ", parse_iso("2024-11-07"))
    assert (listing.list, listing.programme, listing.authority) == ("test", "a programme", "an authority")
    assert (listing.source, listing.reason) == ("document 1", "a reason")
    assert (listing.identifier, listing.link) == ("no. 1", "https://example.org/1")
    assert (listing.valid_from, listing.valid_to) == (date(2011, 8, 17), date(2030, 1, 1))


def test_several_lists_may_name_one_field_and_come_oldest_first(airports: Airports) -> None:
    entries = [
        ("f:1", entry(airport=["ZKPY", "OSDI"])),
        ("f:9", entry(list="older", airport="ZKPY", **{"from": "2006-01-01"})),
    ]
    watch = WatchList.from_entries(entries, airports)
    at = parse_iso("2024-11-07")
    assert [listing.list for listing in watch.entries_for("ZKPY", at)] == ["older", "test"]
    assert [listing.list for listing in watch.entries_for("OSDI", at)] == ["test"]


def test_a_country_lists_all_its_fields_but_the_exceptions(airports: Airports) -> None:
    watch = WatchList.from_entries([("f:1", entry(country="CU", **{"except": ["MUGM"]}))], airports)
    cuban = set(airports.in_country("CU"))
    assert len(cuban) > 40
    assert set(watch.indices) == cuban - {airports.index_of("MUGM")}
    assert all(watch.entries_for(i, parse_iso("2010-01-01")) == () for i in watch.indices)
    assert all(watch.entries_for(i, parse_iso("2020-01-01")) for i in watch.indices)


def test_a_field_on_no_list_and_an_unknown_field_have_no_entries(airports: Airports) -> None:
    watch = WatchList.from_entries([("f:1", entry(airport="ZKPY"))], airports)
    at = parse_iso("2024-11-07")
    assert watch.entries_for("EHAM", at) == ()
    assert watch.entries_for("QQQQ", at) == ()
    index = airports.index_of("EHAM")
    assert index is not None
    assert watch.entries_for(index, at) == ()


def test_an_outline_lists_the_fields_within_it(airports: Airports) -> None:
    """The peninsula of Crimea, roughly; the mainland begins at 46.2 N."""
    outline = [[46.1, 32.0], [46.1, 35.5], [45.3, 36.7], [44.2, 34.5], [44.3, 33.2]]
    watch = WatchList.from_entries([("f:1", entry(polygon=outline, **{"except": ["UKFY"]}))], airports)
    assert sorted(airports.codes[i] for i in watch.indices) == [
        "UKFB", "UKFF", "UKFG", "UKFI", "UKFK", "UKFV", "UKFW",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"airport": "ZKPX"}, "unknown airport 'ZKPX'"),
        ({"airport": ["ZKPY", "QQQQ"]}, "unknown airport 'QQQQ'"),
        ({"country": "ZZ"}, "no field of country ZZ"),
        ({"country": "CU", "except": ["QQQQ"]}, "unknown airport 'QQQQ'"),
        ({"country": "CU", "except": ["EHAM"]}, "EHAM under `except` is not in country CU"),
        ({"polygon": [[0, -30], [0, -31], [1, -30]]}, "are its points [latitude, longitude]?"),
        ({"polygon": [[38, 125], [40, 125], [39, 127]], "except": ["EHAM"]}, "EHAM under `except` is not within"),
    ],
)
def test_an_entry_that_names_no_field_of_the_table_is_an_error_with_its_place(
    airports: Airports, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=r"^lists/a\.yaml:7: ") as caught:
        WatchList.from_entries([("lists/a.yaml:7", entry(**given))], airports)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "an entry names fields by `airport`"),
        ({"airport": "ZKPY", "country": "KP"}, "an entry names fields by `airport`"),
        ({"airport": "ZKPY", "registration": "EP-FAA"}, "an entry names fields by `airport`"),
        ({"airport": "ZKPY", "except": ["EHAM"]}, "`except` goes with `country` and `polygon` only"),
        ({"registration": "EP-FAA", "except": ["EHAM"]}, "`except` goes with `country` and `polygon` only"),
        ({"airport": "ZKPY", "to": "2011-08-16"}, "is before `from`"),
        ({"address": "15522"}, "is no address of six hexadecimal digits"),
        ({"address": ["15522c", "xyzxyz"]}, "'xyzxyz' is no address"),
        ({"range": ["157fff", "140000"]}, "before it begins"),
        ({"registration": "*"}, "would be every aircraft"),
        ({"callsign": ["RFF*", "**"]}, "would be every aircraft"),
        ({"serial": "838"}, "`serial` needs a `type`"),
        ({"airport": "ZKPY", "link": "see there"}, "link"),
        ({"polygon": [[0, 0], [0, 1]]}, "polygon"),
        ({"polygon": [[0, 0], [91, 1], [0, 1]]}, "polygon"),
    ],
)
def test_an_entry_that_could_never_match_or_would_match_everything_is_refused(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        entry(**given)
    assert message in str(caught.value)
