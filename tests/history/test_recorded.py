from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from detector.domain.identity import Fact, Identities, Identity
from detector.domain.times import parse_iso
from detector.domain.visit import Visit
from detector.history import recorded
from detector.history.naming import named


def line(hour: int, airport: str | None, **changed: Any) -> str:
    """A closed stop of an hour on 2024-11-07, as the contract has it; hours count on over days."""

    def moment(at: int) -> dict[str, Any]:
        text = f"2024-11-{7 + at // 24:02}T{at % 24:02}:00:00Z"
        return {"earliest": text, "latest": text, "estimate": text, "observed": True}

    record: dict[str, Any] = {
        "schema": "detector.stop/1",
        "id": f"s{hour}",
        "revision": 1,
        "status": "closed",
        "icao24": "15522c",
        "registration": None,
        "type_code": "IL62",
        "operator": None,
        "callsign_in": "RFF1",
        "callsign_out": None,
        "airport": airport,
        "landed": moment(hour),
        "departed": moment(hour + 1),
        "ground_time_s": {"min": 3500, "max": None, "estimate": 3600},
        "level": 3,
    }
    return json.dumps(record | changed) + "\n"


def read(*lines: str) -> tuple[list[Visit], Counter[str]]:
    unused: Counter[str] = Counter()
    return recorded.read(lines, "replay a.jsonl", unused).visits, unused


def test_closed_stops_are_visits_that_know_the_fields_before_and_after() -> None:
    visits, unused = read(line(20, "UHWW"), line(1, "UHWW"), line(10, "ZKPY"))
    assert [(one.airport, one.origin, one.destination) for one in visits] == [
        ("UHWW", "", "ZKPY"),
        ("ZKPY", "UHWW", "UHWW"),
        ("UHWW", "ZKPY", ""),
    ]
    assert visits[1] == Visit(
        id="s10",
        icao24="15522c",
        airport="ZKPY",
        landed_at=parse_iso("2024-11-07T10:00:00Z"),
        departed_at=parse_iso("2024-11-07T11:00:00Z"),
        ground_min_s=3500.0,
        ground_max_s=None,
        level=3,
        type_code="IL62",
        callsign_in="RFF1",
        origin="UHWW",
        destination="UHWW",
        source="replay a.jsonl",
    )
    assert not unused


def test_a_stop_more_than_36_hours_away_is_no_neighbour() -> None:
    visits, _ = read(line(0, "UHWW"), line(37, "ZKPY"), line(75, "UHWW"))
    assert [(one.origin, one.destination) for one in visits] == [("", "ZKPY"), ("UHWW", ""), ("", "")]


def test_what_is_no_visit_is_counted_by_its_reason() -> None:
    visits, unused = read(
        line(0, "UHWW", status="open", departed=None, ground_time_s=None),
        line(1, "UHWW", status="retracted"),
        line(2, "UHWW", level=1),
        line(3, None),
        line(4, "UHWW", icao24="~15522c"),
        line(5, "UHWW", schema="detector.alert/1"),
        line(6, "UHWW", landed={"estimate": "soon"}),
        "{}\n",
        "no json\n",
        "\n",
    )
    assert visits == []
    assert unused == {"open": 1, "retracted": 1, "low_level": 1, "no_field": 1, "address": 1, "not_a_stop": 4}


def test_a_stop_that_names_no_field_hides_where_the_aircraft_came_from_and_a_retracted_one_does_not() -> None:
    visits, _ = read(line(0, "UHWW"), line(5, None), line(10, "ZKPY"))
    assert [one.origin for one in visits] == ["", ""]
    visits, _ = read(line(0, "UHWW"), line(5, "UHHH", status="retracted"), line(10, "ZKPY"))
    assert [one.origin for one in visits] == ["", "UHWW"]


def test_an_open_stop_tells_where_the_one_before_went() -> None:
    visits, _ = read(line(0, "UHWW"), line(5, "ZKPY", status="open", departed=None, ground_time_s=None))
    assert [one.destination for one in visits] == ["ZKPY"]


def test_of_a_stop_that_is_there_twice_the_last_counts() -> None:
    visits, _ = read(line(0, "UHWW"), line(0, "UHHH"))
    assert [one.airport for one in visits] == ["UHHH"]


class Knowing:
    """Knows one answer to everything."""

    def identity(self, icao24: str, at: float, callsigns: object = ()) -> Identity:
        return Identity(
            icao24=icao24,
            country="RU",
            military=True,
            registration=(Fact(value="RA-86572", source="a"), Fact(value="RA-1", source="b")),
            type_code=(Fact(value="IL96", source="a"),),
            operator=(Fact(value="Air Koryo", source="a"),),
        )


def test_what_the_source_leaves_open_the_tables_say() -> None:
    identities: Identities = Knowing()
    (one,), _ = read(line(0, "UHWW"))
    told = named(one, identities)
    assert (told.registration, told.type_code, told.operator) == ("RA-86572", "IL62", "Air Koryo")
    assert (told.state, told.military) == ("RU", True)


def test_a_designator_of_an_airline_gives_way_to_its_name() -> None:
    (one,), _ = read(line(0, "UHWW", operator="AA"))
    assert named(one, Knowing()).operator == "Air Koryo"
    (one,), _ = read(line(0, "UHWW", operator="American Airlines"))
    assert named(one, Knowing()).operator == "American Airlines"


def test_the_lines_that_replay_writes_can_be_read(tmp_path: Path) -> None:
    from detector.cli import status_of

    target = tmp_path / "stops.jsonl"
    root = Path(__file__).parents[2]
    recording = tmp_path / "pyongyang.beast"
    assert status_of(["simulate", str(root / "tests/scenarios/pyongyang.yaml"), "-o", str(recording)]) == 0
    assert status_of(["replay", str(recording), "--stops", str(target), "--quiet"]) == 0
    lines = target.read_text(encoding="utf-8").splitlines()
    visits, unused = read(*lines)
    assert visits
    assert unused.get("not_a_stop", 0) == 0
    assert len(visits) + sum(unused.values()) == len(lines)


def test_stops_that_are_no_visits_are_named_so_that_what_was_one_before_can_go() -> None:
    found = recorded.read(
        [line(1, "UHWW"), line(10, "ZKPY", status="retracted"), line(20, None), line(30, "UHWW", status="open")],
        "service",
        Counter(),
    )
    assert [(one.id, one.source) for one in found.visits] == [("s1", "service")]
    assert found.no_visits == ["s10", "s20", "s30"]
