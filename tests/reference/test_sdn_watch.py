from __future__ import annotations

import importlib.resources
import re
from datetime import date
from typing import Any

import pytest

from detector.domain.identity import Fact, Identity
from detector.domain.listing import Listing
from detector.domain.times import parse_iso
from detector.reference.aircraft_table import AircraftTable
from detector.reference.airports import Airports
from detector.reference.ofac import SdnAircraft, SdnList
from detector.reference.sdn_watch import aircraft, watches
from detector.reference.watchlist import WatchList

DATA = importlib.resources.files("detector.reference") / "data"


def listed(identifier: str, name: str, **given: Any) -> SdnAircraft:
    return SdnAircraft(identifier=identifier, name=name, **{"listed_from": date(2019, 1, 24), **given})


SDN = SdnList(
    dated=date(2020, 2, 7),
    source="the list",
    entries=(
        listed(
            "26345", "EP-FAA", tails=("EP-FAA",), previous_tails=("F-GABC",), model="Boeing B747", serial="24576",
            construction_no="867", linked_to=("QESHM FARS AIR.",), programmes=("SDGT", "IFSR"),
        ),
        listed(
            "27293", "M-SAAN", tails=("M-SAAN",), previous_tails=("G-OLDA",), mode_s=("424b32",), model="EMB135",
            serial="14500999", operator="Autolex Transport LTD.",
        ),
        listed(
            "1", "EP-OLD", tails=("EP-OLD",), listed_from=date(2012, 9, 19), listed_until=date(2016, 1, 15),
            last_seen=date(2015, 12, 1),
        ),
        listed("2", "YV2726", tails=("YV2726",), model="Falcon 900", serial="136"),
        listed("3", "MSN 391", model="Airbus A340-642", serial="391"),
        listed("4", "EP-MNU", tails=("EP-MNU",), model="A300B4-605R", construction_no="608"),
        listed("5", "EP-MOM", tails=("EP-MOM",), model="BAe 146-300", serial="3165; 3216"),
        listed("6", "YV2565", tails=("YV2565",), model="Learjet 45", serial="45-389"),
        listed("7", "EP-XYZ", tails=("EP-XYZ",), model="Spaceship One", serial="12345"),
        listed("8", "EP-IAC", tails=("EP-IAC",), model="B.747-422", serial="24383"),
    ),
)  # fmt: skip


def facts(value: str) -> tuple[Fact, ...]:
    return tuple(Fact(value=text, source=f"source {i}") for i, text in enumerate(value.split(";")) if text)


def known(registration: str = "", type_code: str = "", serial: str = "", icao24: str = "010203") -> Identity:
    return Identity(
        icao24=icao24, registration=facts(registration), type_code=facts(type_code), serial=facts(serial)
    )  # fmt: skip


def digits(text: str) -> str:
    return re.sub("[^0-9]", "", text).lstrip("0")


def of_sdn(airports: Airports, identity: Identity, day: str | None = "2020-04-09") -> list[Listing]:
    lists = WatchList.from_entries([], airports, watches(SDN))
    return list(lists.of_aircraft(identity, (), None if day is None else parse_iso(f"{day}T12:00:00Z")))


def test_an_entry_of_the_sdn_list_is_a_listing_from_its_day_on(airports: Airports) -> None:
    identity = known("EP-FAA", "B742", "24576")
    assert of_sdn(airports, identity, "2019-01-23") == []
    (listing,) = of_sdn(airports, identity, "2019-01-24")
    assert (listing.list, listing.identifier, listing.programme) == ("us-ofac-sdn", "SDN entry 26345", "SDGT, IFSR")
    assert (listing.matched, listing.sure) == ("registration EP-FAA", True)
    assert listing.reason == "EP-FAA (Boeing B747), linked to QESHM FARS AIR: blocked property on the SDN list"


def test_a_registration_alone_is_sure_where_nothing_else_is_known(airports: Airports) -> None:
    (listing,) = of_sdn(airports, known("EP-FAA"))
    assert (listing.matched, listing.sure) == ("registration EP-FAA", True)


@pytest.mark.parametrize(
    ("identity", "matched"),
    [
        (known("F-GABC"), "registration F-GABC, which it had before"),
        (
            known("F-GABC", "A320", "2301"),
            (
                "registration F-GABC, which it had before, though its serial number is 2301, not 24576 "
                "and its type is A320, not Boeing B747"
            ),
        ),
    ],
)
def test_whoever_has_a_previous_registration_now_may_be_another_aircraft(
    airports: Airports, identity: Identity, matched: str
) -> None:
    (listing,) = of_sdn(airports, identity)
    assert (listing.matched, listing.sure) == (matched, False)


@pytest.mark.parametrize(
    ("identity", "against"),
    [
        (known("EP-FAA", "B742", "9999"), "its serial number is 9999, not 24576"),
        (known("EP-FAA", "", "4576-1"), "its serial number is 4576-1, not 24576"),
        (known("EP-FAA", "", "24576;9999"), "its serial number is 9999, not 24576"),
        (known("EP-FAA", "B738"), "its type is B738, not Boeing B747"),
        (known("EP-MNU", "A310"), "its type is A310, not A300B4-605R"),
        (known("M-SAAN", "", "5", "424b32"), "its serial number is 5, not 14500999"),
    ],
)
def test_a_registration_is_not_sure_where_something_else_tells_of_another_airframe(
    airports: Airports, identity: Identity, against: str
) -> None:
    (listing,) = of_sdn(airports, identity)
    assert listing.matched.endswith(f", though {against}")
    assert not listing.sure


@pytest.mark.parametrize(
    "identity",
    [
        known("EP-FAA", "B742", "2457-6"),
        known("EP-FAA", "B748", "867"),
        known("EP-MOM", "B463", "E3165"),
        known("EP-MOM", "RJ1H", "03216"),
        known("YV2565", "LJ45", "389"),
        known("EP-MNU", "A30B", "77"),
        known("EP-OLD", "A320", "77"),
        known("EP-XYZ", "B738", "12345"),
    ],
)
def test_a_registration_stays_sure_where_the_rest_fits_or_the_entry_does_not_tell_it(
    airports: Airports, identity: Identity
) -> None:
    day = "2015-01-01" if identity.registration[0].value == "EP-OLD" else "2020-04-09"
    assert [listing.sure for listing in of_sdn(airports, identity, day)] == [True]


@pytest.mark.parametrize(
    ("identity", "matched"),
    [
        (known("5A-DXX", "B742", "24576"), "serial number 24576 of Boeing B747"),
        (known("5A-DXX", "B742", "24383"), "serial number 24383 of B.747-422"),
        (known("5A-DXX", "E35L", "14500999"), "serial number 14500999 of EMB135"),
        (known("YV3533", "A346", "0391"), "serial number 0391 of Airbus A340-642"),
        (known("EP-MDU", "A306", "608"), "serial number 608 of A300B4-605R"),
        (known("5A-DXX", "B463", "E3216"), "serial number E3216 of BAe 146-300"),
        (known("5A-DXX", "LJ45", "45389"), "serial number 45389 of Learjet 45"),
    ],
)
def test_an_airframe_is_still_listed_after_a_new_registration_though_not_for_sure(
    airports: Airports, identity: Identity, matched: str
) -> None:
    (listing,) = of_sdn(airports, identity)
    assert (listing.matched, listing.sure) == (f"{matched}, whatever its registration is now", False)


@pytest.mark.parametrize(
    "identity",
    [
        known("5A-DXX", "B738", "24576"),
        known("5A-DXX", "", "24576"),
        known("5A-DXX", "B742", "867"),
        known("5A-DXX", "A343", "391"),
        known("5A-DXX", "A30B", "608"),
        known("N865CS", "F900", "136"),
        known("5A-DXX", "SPAC", "12345"),
    ],
)
def test_a_serial_number_tells_nothing_without_the_type_that_goes_with_it(
    airports: Airports, identity: Identity
) -> None:
    """A short one needs the version; some makers numbered twice; a line number and an unknown model are of no use."""
    assert of_sdn(airports, identity) == []


def test_an_address_of_the_sdn_list_is_listed_whatever_its_registration(airports: Airports) -> None:
    (listing,) = of_sdn(airports, Identity(icao24="424b32"))
    assert (listing.matched, listing.sure) == ("address 424b32", True)


def test_the_table_of_the_list_has_registrations_of_today_alone() -> None:
    table = aircraft(SDN)
    assert [table.row(i).registration for i in table.rows_of(0x424B32)] == ["M-SAAN"]
    former = SdnList(
        dated=SDN.dated, source="x", entries=(listed("9", "X", mode_s=("424b32",), previous_tails=("G-OLDA",)),)
    )  # fmt: skip
    table = aircraft(former)
    assert [table.row(i).registration for i in table.rows_of(0x424B32)] == [""]


def test_what_was_taken_off_the_sdn_list_is_not_sure_after_it_was_seen_there_last(airports: Airports) -> None:
    old = known("EP-OLD", icao24="730000")
    (proved,) = of_sdn(airports, old, "2015-12-01")
    (likely,) = of_sdn(airports, old, "2015-12-02")
    assert of_sdn(airports, old, "2016-01-15") == [likely]
    assert of_sdn(airports, old, "2016-01-16") == []
    assert of_sdn(airports, old, None) == [proved, likely]
    assert (proved.valid_from, proved.valid_to, proved.sure) == (date(2012, 9, 19), date(2015, 12, 1), True)
    assert (likely.valid_from, likely.valid_to, likely.sure) == (date(2015, 12, 2), date(2016, 1, 15), False)
    assert proved.reason == "EP-OLD (an aircraft): blocked property on the SDN list"
    assert likely.reason == (
        "EP-OLD (an aircraft): blocked property on the SDN list from 2012-09-19 on; "
        "it is on the list of 2015-12-01, and no longer on that of 2016-01-16"
    )
    assert likely.matched == "registration EP-OLD, if it was still listed"


@pytest.mark.parametrize(
    ("last_seen", "spans"),
    [
        (None, [("2012-09-19", "2016-01-15", True)]),
        (date(2016, 1, 15), [("2012-09-19", "2016-01-15", True)]),
        (date(2016, 1, 16), [("2012-09-19", "2016-01-15", True)]),
        (date(2016, 1, 14), [("2012-09-19", "2016-01-14", True), ("2016-01-15", "2016-01-15", False)]),
        (date(2012, 9, 19), [("2012-09-19", "2012-09-19", True), ("2012-09-20", "2016-01-15", False)]),
        (date(2012, 9, 1), [("2012-09-19", "2016-01-15", False)]),
    ],
)
def test_the_days_of_an_entry_that_is_gone_are_told_once_each(
    last_seen: date | None, spans: list[tuple[str, str, bool]]
) -> None:
    gone = listed(
        "1", "EP-OLD", tails=("EP-OLD",), listed_from=date(2012, 9, 19), listed_until=date(2016, 1, 15),
        last_seen=last_seen,
    )  # fmt: skip
    found = [
        watch.match(known("EP-OLD"), ()) for watch in watches(SdnList(dated=SDN.dated, source="x", entries=(gone,)))
    ]
    assert [(str(one.valid_from), str(one.valid_to), one.sure) for one in found if one is not None] == spans


def test_of_the_shipped_aircraft_five_are_known_by_a_serial_number_of_the_shipped_list(airports: Airports) -> None:
    """Each was looked at: EP-MNA became EP-MEE, EP-MNU EP-MDU, two A340-600 of Mahan went to Conviasa, and the serial
    number 228 was given to one G200. Two Falcon 900 that share a number with a 900 and a 900EX are none."""
    shipped = SdnList.from_bytes((DATA / "ofac_sdn.json").read_bytes(), "ofac_sdn.json")
    table = AircraftTable.from_bytes((DATA / "aircraft.npz").read_bytes())
    lists = WatchList.from_entries([], airports, watches(shipped))
    named = {digits(number) for each in shipped.entries for number in (each.serial, each.construction_no)}
    tails = {tail for each in shipped.entries for tail in each.tails}
    found: dict[str, str] = {}
    for row in (table.row(i) for i in range(len(table))):
        # Only these can match: all rows would take ten seconds.
        if digits(row.serial) in named or row.registration in tails:
            identity = known(row.registration, row.type_code, row.serial, f"{row.address:06x}")
            for listing in lists.of_aircraft(identity, (), None):
                found[row.registration] = listing.identifier
    assert found == {
        "YV3533": "SDN entry 18154",
        "YV3535": "SDN entry 18152",
        "YR-DSR": "SDN entry 25102",
        "EP-MDU": "SDN entry 15469",
        "EP-MEE": "SDN entry 15457",
    }


def test_every_serial_number_of_four_characters_and_more_of_the_shipped_list_can_be_found() -> None:
    """166 entries; before the table of model names, 80 of them could never match."""
    shipped = SdnList.from_bytes((DATA / "ofac_sdn.json").read_bytes(), "ofac_sdn.json")
    without_tails = [
        SdnAircraft(
            identifier=each.identifier, name="X", model=each.model, serial=each.serial, listed_from=each.listed_from
        )
        for each in shipped.entries
        if len(each.serial) >= 4
    ]
    by_serial = SdnList(dated=shipped.dated, source="x", entries=tuple(without_tails))
    assert len(list(watches(by_serial))) == len(without_tails) == 166
