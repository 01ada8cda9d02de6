"""A stop of an aircraft that is on a list itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from detector.domain.identity import Fact, Identity, Remark, RemarkKind
from detector.domain.stop import Candidate, Certainty, Level, Severity, Status
from tests.rules.test_rules import found, listing, stop

SDN = listing(
    "us-ofac-sdn",
    programme="SDGT, IFSR",
    authority="OFAC",
    identifier="26345",
    valid_from=date(2019, 1, 24),
    reason="Qeshm Fars Air flew for the Quds Force",
    matched="registration EP-FAA",
)
UNSURE = listing("fleet", matched="serial number 23 of a B742", sure=False)
REASON = (
    "EP-FAA (registration EP-FAA) is on us-ofac-sdn: SDGT, IFSR (OFAC), entry 26345, since 2019-01-24: "
    "Qeshm Fars Air flew for the Quds Force"
)
ELSEWHERE: dict[str, Any] = {"airport": "LLBG", "candidates": (Candidate("LLBG", 0.95, 5.0),)}


def remarked(*kinds: RemarkKind) -> Identity:
    registered = (Fact(value="EP-FAA", source="a register"),)
    return Identity(icao24="4840d6", registration=registered, remarks=tuple(Remark(k, f"about {k}") for k in kinds))


def test_it_fires_wherever_the_stop_is_and_says_what_names_the_aircraft() -> None:
    finding = found(stop(registration="EP-FAA", **ELSEWHERE), aircraft=(SDN,))["listed_aircraft"]
    assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.HIGH)
    assert finding.reason == REASON
    assert finding.listings == (SDN,)


def test_the_name_is_the_best_that_is_known() -> None:
    assert found(stop(registration="EP-FAA"), aircraft=(SDN,))["listed_aircraft"].reason == REASON
    assert found(stop(), aircraft=(SDN,))["listed_aircraft"].reason.startswith("4840d6 (registration EP-FAA) is on")


@pytest.mark.parametrize(
    ("level", "certainty", "severity"),
    [
        (Level.OBSERVED, Certainty.CERTAIN, Severity.HIGH),
        (Level.ONE_SIDE, Certainty.CERTAIN, Severity.HIGH),
        (Level.DARK, Certainty.POSSIBLE, Severity.MEDIUM),
    ],
)
def test_a_stop_in_the_dark_is_possible_only(level: Level, certainty: Certainty, severity: Severity) -> None:
    finding = found(stop(level=level, airport=None), aircraft=(SDN,))["listed_aircraft"]
    assert (finding.certainty, finding.severity) == (certainty, severity)


@pytest.mark.parametrize("kind", list(RemarkKind))
def test_an_identity_that_may_be_another_aircrafts_is_possible_and_says_why(kind: RemarkKind) -> None:
    finding = found(stop(identity=remarked(kind)), aircraft=(SDN,))["listed_aircraft"]
    doubtful = kind in (RemarkKind.PLACEHOLDER, RemarkKind.DISPUTED, RemarkKind.OTHER_ADDRESS)
    assert (finding.certainty is Certainty.POSSIBLE) is doubtful
    assert (f". In doubt: about {kind}" in finding.reason) is doubtful


def test_what_another_aircraft_may_have_as_well_is_possible_and_says_so() -> None:
    finding = found(stop(), aircraft=(UNSURE,))["listed_aircraft"]
    assert (finding.certainty, finding.severity) == (Certainty.POSSIBLE, Severity.MEDIUM)
    assert "(serial number 23 of a B742; not sure) is on fleet" in finding.reason


def test_one_listing_that_is_sure_is_enough() -> None:
    finding = found(stop(), aircraft=(UNSURE, SDN))["listed_aircraft"]
    assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.HIGH)
    assert finding.listings == (UNSURE, SDN)


def test_it_says_nothing_of_an_aircraft_that_is_not_listed_nor_of_a_stop_that_is_none() -> None:
    assert "listed_aircraft" not in found(stop())
    assert found(stop(level=Level.REJECTED), aircraft=(SDN,)) == {}
    assert found(stop(status=Status.RETRACTED), aircraft=(SDN,)) == {}
