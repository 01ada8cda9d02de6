from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from detector.domain.errors import InputError
from detector.reference.airport_packing import pack
from detector.reference.airport_review import Review, review
from detector.reference.airport_rows import AirportRow, RunwayRow, read_airports
from detector.reference.airport_suspicions import Suspicion
from detector.reference.airports import Airports
from detector.reference.refusals import Refusal, RefusedRow
from detector.reference.runway_placing import elevation_by_runways
from detector.reference.table import AirportTable, Kind


def field(code: str, lat: float, lon: float, *, country: str = "SY", ft: float = 100.0, **values: Any) -> AirportRow:
    usual = {"line": 2, "ident": code, "name": f"{code} Airport", "icao": code, "iata": "", "place": ""}
    return AirportRow(code=code, lat=lat, lon=lon, country=country, elevation_ft=ft, **{**usual, **values})


FIELDS = [field(f"OS{k:02d}", 33.0 + k / 50.0, 36.0 + k / 40.0) for k in range(60)]
RUNWAY = RunwayRow(2, "OS00", 6000, "ASP", False, "09", "27", None, None, None, None, 90.0)


def table(fields: Iterable[AirportRow], runways: Iterable[RunwayRow] | None = (RUNWAY,)) -> AirportTable:
    return pack(fields, runways)[0]


OLD = Airports(table(FIELDS))


def changed(code: str, **values: Any) -> list[AirportRow]:
    return [msgspec.structs.replace(row, **values) if row.code == code else row for row in FIELDS]


def look(fields: Iterable[AirportRow], *refused: RefusedRow, **options: Any) -> Review:
    return review(OLD, table(fields), refused, **options)


def reasons(found: Review) -> list[tuple[str, Suspicion]]:
    return [(suspect.code, suspect.reason) for suspect in found.suspects]


def row_of(found: AirportTable, code: str) -> tuple[float, float, int, str]:
    i = found.codes.index(code)
    return (
        float(found.lat_udeg[i]) / 1e6,
        float(found.lon_udeg[i]) / 1e6,
        int(found.elevation_ft[i]),
        found.countries[i],
    )


def test_the_same_table_changes_nothing() -> None:
    found = look(FIELDS)
    assert (found.added, found.removed, found.changed, found.suspects) == ((), (), (), ())
    assert found.table.to_bytes() == OLD.table.to_bytes()
    assert found.lines() == ["60 fields before, 60 after: 0 changed, 0 added, 0 removed, 0 not taken over"]


def test_what_changes_of_a_field_is_told_column_by_column() -> None:
    rows = changed("OS00", name="Other Air Base", elevation_ft=150.0, lat=33.1, closed=True)
    longer = msgspec.structs.replace(RUNWAY, length_ft=9000)
    found = review(OLD, table(rows, [longer]))
    (change,) = found.changed
    told = {one.column: (one.before, one.after) for one in change.differences}
    assert told == {
        "position": ("33.0000 36.0000", "33.1000 36.0000 (6.0 NM)"),
        "name": ("OS00 Airport", "Other Air Base"),
        "elevation": ("100 ft", "150 ft"),
        "longest runway": ("6,000 ft", "9,000 ft"),
        "closed": ("no", "yes"),
        "military": ("not known", "by name"),
    }
    assert found.suspects == ()
    assert row_of(found.table, "OS00")[:3] == (33.1, 36.0, 150)
    (change,) = review(OLD, table(FIELDS, []), accepted={"OS00"}).changed
    assert [(one.column, one.before, one.after) for one in change.differences] == [
        ("longest runway", "6,000 ft", "0 ft"),
        ("runways", "1, 0 with both ends published", "0, 0 with both ends published"), ("kind", "airport", "no_runway"),
    ]  # fmt: skip


def test_fields_come_and_go() -> None:
    found = look([*FIELDS[1:], field("OSNW", 34.0, 36.5)])
    assert [one.code for one in found.added] == ["OSNW"]
    assert [one.code for one in found.removed] == ["OS00"]
    assert set(found.table.codes) == {row.code for row in FIELDS[1:]} | {"OSNW"}
    assert list(found.table.codes) == sorted(found.table.codes)


def test_a_move_too_small_to_tell_is_counted_and_not_shown() -> None:
    found = look(changed("OS00", lat=33.001))
    assert (found.changed, found.nudged) == ((), 1)
    assert row_of(found.table, "OS00")[0] == 33.001


def test_exchanged_latitude_and_longitude_are_not_taken_over_and_the_old_row_stays_with_its_runway() -> None:
    rows = changed("OS00", lat=36.001, lon=33.0)
    found = look(rows)
    assert reasons(found) == [("OS00", Suspicion.EXCHANGED)]
    assert found.changed == ()
    assert found.table.to_bytes() == OLD.table.to_bytes()
    assert Airports(found.table).runways_of(0) == OLD.runways_of(0)


def test_a_new_field_far_from_its_country_and_in_it_when_exchanged_is_not_taken_over() -> None:
    somalia = [field("HCMM", 2.01, 45.3, country="SO"), field("HCMK", -0.38, 42.46, country="SO")]
    old = Airports(table([*FIELDS, *somalia]))
    new = table([*FIELDS, *somalia, field("HCMX", 45.0, 3.0, country="SO"), field("HCMY", 3.0, 45.0, country="SO")])
    found = review(old, new)
    assert reasons(found) == [("HCMX", Suspicion.EXCHANGED)]
    assert [one.code for one in found.added] == ["HCMY"]
    assert "HCMX" not in found.table.codes


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"lat": 34.0}, Suspicion.MOVED),
        ({"lat": -33.0}, Suspicion.MOVED),
        ({"lat": 33.2, "country": "LB"}, Suspicion.COUNTRY),
        ({"elevation_ft": 2101.0}, Suspicion.ELEVATION),
        ({"elevation_ft": -1901.0 + 1000.0, "lat": 33.2, "country": "IL"}, Suspicion.COUNTRY),
        ({"lat": 33.8}, None),
        ({"country": "LB"}, None),
        ({"lat": 33.01, "country": "LB"}, None),
        ({"elevation_ft": 2100.0}, None),
    ],
)
def test_a_field_that_changes_as_no_field_does_keeps_its_old_row(values: dict[str, Any], reason: Any) -> None:
    found = look(changed("OS01", **values))
    assert reasons(found) == ([] if reason is None else [("OS01", reason)])
    assert (row_of(found.table, "OS01") == row_of(OLD.table, "OS01")) is (reason is not None)


def test_a_move_is_taken_over_where_somebody_accepts_it_or_its_runway_says_so() -> None:
    rows = changed("OS01", lat=36.0)
    assert reasons(look(rows, accepted={"OS01"})) == []
    assert reasons(look(rows, accepted={"OS02"})) == [("OS01", Suspicion.MOVED)]
    assert reasons(look(rows, accept_moves=True)) == []
    found = look(rows, witnessed={"OS01"})
    assert reasons(found) == []
    (change,) = found.changed
    assert change.by_its_runway
    assert "as its runway says" in change.told()


def test_a_row_that_could_not_be_read_leaves_the_old_one() -> None:
    found = look(FIELDS[1:], RefusedRow(2, "OS00", Refusal.LATITUDE, "the latitude is `nan`"))
    assert (found.removed, found.kept) == ((), 1)
    assert found.table.to_bytes() == OLD.table.to_bytes()
    assert "  line 2 OS00: the latitude is `nan`" in found.lines()


def test_a_watched_field_is_never_removed_unless_somebody_accepts_it() -> None:
    found = look(FIELDS[2:], watched={"OS00"})
    assert reasons(found) == [("OS00", Suspicion.WATCHED_GONE)]
    assert [one.code for one in found.removed] == ["OS01"]
    assert "OS00" in found.table.codes
    gone = look(FIELDS[2:], watched={"OS00"}, accepted={"OS00"})
    assert [one.code for one in gone.removed] == ["OS00", "OS01"]


def test_watched_fields_are_told_first_and_all_of_them() -> None:
    rows = [msgspec.structs.replace(row, name=f"New {row.code}") for row in FIELDS]
    found = look(rows, watched={"OS40", "OS41"})
    assert [change.code for change in found.changed[:2]] == ["OS40", "OS41"]
    lines = found.lines(limit=3)
    assert lines[1] == "on the watch lists:"
    assert lines[2] == "  changed: OS40 New OS40 (SY): name OS40 Airport -> New OS40"
    assert lines[3].startswith("  changed: OS41")
    assert lines[4:] == [
        "changed (58):",
        *(f"  OS0{k} New OS0{k} (SY): name OS0{k} Airport -> New OS0{k}" for k in range(3)),
        "  and 55 more",
    ]


def test_a_file_that_removes_a_twentieth_of_the_fields_is_refused_whole_unless_forced() -> None:
    assert len(look(FIELDS[3:]).removed) == 3
    with pytest.raises(InputError, match=r"^a\.csv: it would remove 4 of 60 fields \(6\.6 %; up to 5 % are\)"):
        look(FIELDS[4:], name="a.csv")
    assert len(look(FIELDS[4:], forced=True).removed) == 4


def test_a_file_of_which_a_twentieth_is_refused_is_refused_whole_unless_forced() -> None:
    unread = [RefusedRow(k, row.code, Refusal.ELEVATION, "") for k, row in enumerate(FIELDS[:2])]
    one_more = [msgspec.structs.replace(FIELDS[2], lat=-33.0), *FIELDS[3:]]
    assert look(one_more, *unread[:2]).kept == 2
    two_more = [*(msgspec.structs.replace(row, lat=-33.0) for row in FIELDS[2:4]), *FIELDS[4:]]
    told = r"^a\.csv: 4 of 60 rows are refused \(6\.6 %; up to 5 % may be\): 2 elevation, 2 moved\."
    with pytest.raises(InputError, match=told) as caught:
        look(two_more, *unread, name="a.csv")
    assert "\n" not in str(caught.value)
    assert len(look(two_more, *unread, forced=True).suspects) == 2


def test_a_file_whose_columns_were_exchanged_is_refused_whole() -> None:
    turned = [msgspec.structs.replace(row, lat=row.lon, lon=row.lat) for row in FIELDS]
    with pytest.raises(InputError, match="exchanged"):
        look(turned)


def test_a_file_without_fields_is_refused_even_when_forced() -> None:
    with pytest.raises(InputError, match="no field of it can be used"):
        look([], forced=True)


def test_without_a_table_of_runways_fields_keep_theirs_unless_they_move_away(airports: Airports) -> None:
    before = airports.table
    read = read_airports(csv_of(before), "airports.csv", dict(zip(before.codes, before.elevation_ft, strict=True)))
    after, _ = pack(read.rows, None, before)
    for name in AirportTable.__annotations__:
        assert np.array_equal(np.asarray(getattr(after, name)), np.asarray(getattr(before, name))), name
    schiphol = before.codes.index("EHAM")
    moved = [msgspec.structs.replace(row, lat=row.lat + (row.code == "EHAM") * 0.2) for row in read.rows]
    away, notes = pack(moved, None, before)
    assert Airports(away).runways_of(schiphol) == ()
    assert notes.counts["runways left behind by their field"] == len(airports.runways_of(schiphol))


def test_an_estimated_runway_goes_along_with_its_field() -> None:
    after, _ = pack(changed("OS00", lat=33.02), None, OLD.table)
    (was,), (now,) = OLD.runways_of(0), Airports(after).runways_of(0)
    assert now.estimated
    assert (now.low.lat - was.low.lat, now.high.lat - was.high.lat) == pytest.approx((0.02, 0.02), abs=1e-5)


def test_a_field_closed_by_its_type_keeps_its_runway_and_pads_keep_their_kind() -> None:
    rows = [field("OS00", 33.0, 36.0, closed=True), field("OS01", 34.0, 36.0, kind=Kind.HELIPORT)]
    packed = Airports(table(rows))
    assert packed.closed.tolist() == [True, False]
    assert len(packed.runways_of(0)) == 1
    assert packed.kinds == (Kind.AIRPORT, Kind.HELIPORT)


def test_a_review_is_plain_values_for_json() -> None:
    found = look([*changed("OS00", name="Other")[1:], field("OSNW", 34.0, 36.5)], watched={"OS00"})
    record = json.loads(json.dumps(found.record()))
    assert (record["fields_before"], record["fields_after"]) == (60, 61)
    assert record["counts"] == {"added": 1, "removed": 0, "changed": 0, "suspect watched_gone": 1}
    assert record["suspects"][0]["code"] == "OS00"
    assert record["added"] == [{"code": "OSNW", "name": "OSNW Airport", "country": "SY", "watched": False}]


def test_a_hundred_thousand_rows_are_reviewed(airports: Airports) -> None:
    big = many(airports.table, 3)
    assert len(big.codes) > 100_000
    nudged = replace(big, lat_udeg=np.clip(big.lat_udeg + 5_000, -90_000_000, 90_000_000).astype(np.int32))
    assert len(review(Airports(big), nudged).changed) > 100_000


def many(table: AirportTable, times: int) -> AirportTable:
    """The table several times over, under other codes."""
    m = len(table.le_ident)
    starts = [table.runway_start[:-1] + k * m for k in range(times)]
    values: dict[str, Any] = {"runway_start": np.append(np.concatenate(starts), times * m).astype(np.int32)}
    for name in AirportTable.__annotations__:
        column = getattr(table, name)
        if name == "codes":
            values[name] = tuple(f"{k}{code}" for k in range(times) for code in column)
        elif name != "runway_start":
            values[name] = column * times if isinstance(column, tuple) else np.tile(column, times)
    return AirportTable(**values)


def csv_of(table: AirportTable) -> list[str]:
    rows = zip(
        table.codes, table.names, table.icao, table.iata, table.places, table.countries,
        (table.lat_udeg / 1e6).tolist(), (table.lon_udeg / 1e6).tolist(), table.elevation_ft.tolist(), strict=True,
    )  # fmt: skip
    quoted = (",".join(f'"{value}"' for value in row) for row in rows)
    return ["Code,Name,ICAO,IATA,Location,CountryISO2,Latitude,Longitude,AltitudeFeet", *quoted]


def test_a_field_that_moves_away_from_its_runways_stays_where_they_are() -> None:
    """By a table of fields alone, without the runways that say where the field has been built anew."""
    without_runways = pack(changed("OS00", lat=33.2), None, OLD.table)[0]
    found = review(OLD, without_runways)
    assert reasons(found) == [("OS00", Suspicion.OFF_ITS_RUNWAYS)]
    assert found.table.to_bytes() == OLD.table.to_bytes()
    assert reasons(review(OLD, without_runways, accept_moves=True)) == []


def test_a_field_keeps_its_runways_where_the_new_table_has_none_of_it_left() -> None:
    found = review(OLD, table(FIELDS, []))
    assert reasons(found) == [("OS00", Suspicion.RUNWAYS_GONE)]
    assert Airports(found.table).runways_of(0) == OLD.runways_of(0)
    closed = review(OLD, table(changed("OS00", closed=True), []))
    assert reasons(closed) == []


def test_a_table_of_runways_that_is_a_part_of_one_is_refused_whole() -> None:
    every = [msgspec.structs.replace(RUNWAY, airport_ident=row.ident) for row in FIELDS]
    old = Airports(table(FIELDS, every))
    assert len(review(old, table(FIELDS, every[:-3])).suspects) == 3
    with pytest.raises(InputError, match=r"4 of 60 rows are refused .*: 4 runways_gone\."):
        review(old, table(FIELDS, every[:-4]))


def test_a_field_of_which_a_runway_cannot_be_read_keeps_those_that_it_had() -> None:
    shorter = msgspec.structs.replace(RUNWAY, length_ft=3000)
    read, _ = pack(FIELDS, [shorter], OLD.table)
    assert Airports(read).longest_runway_ft[0] == 3000
    unread, _ = pack(FIELDS, [shorter], OLD.table, {"OS00"})
    assert Airports(unread).runways_of(0) == OLD.runways_of(0)
    anew, _ = pack(FIELDS, [shorter], None, {"OS00"})
    assert Airports(anew).longest_runway_ft[0] == 3000


def exact(ident: str, lat: float, lon: float, **values: Any) -> RunwayRow:
    """9,000 ft from west to east through a place, ends published."""
    half = 9000 / 6076.1 / 2 / 60 / np.cos(np.radians(lat))
    usual = {"length_ft": 9000, "le": (lat, lon - half), "he": (lat, lon + half), "le_ident": "09", "he_ident": "27"}
    return msgspec.structs.replace(RUNWAY, airport_ident=ident, **{**usual, **values})


def packed_review(old: Airports, fields: Iterable[AirportRow], runways: Iterable[RunwayRow]) -> Review:
    new, notes = pack(fields, runways, old.table)
    return review(old, new, witnessed={one.code for one in notes.moved}, astray=notes.astray)


def test_a_field_published_away_from_its_own_runways_stays_where_it_was() -> None:
    """Its runways would put it back near its place, and nobody would see that the row is wrong."""
    lat, lon = FIELDS[0].lat, FIELDS[0].lon
    runway = exact("OS00", lat + 0.01, lon)
    old = Airports(table(FIELDS, [runway]))
    found = packed_review(old, changed("OS00", lat=lon, lon=lat), [runway])
    assert reasons(found) == [("OS00", Suspicion.OFF_ITS_PLACE)]
    assert row_of(found.table, "OS00") == row_of(old.table, "OS00")
    assert reasons(packed_review(old, FIELDS, [runway])) == []


def test_a_field_that_its_runway_has_always_put_in_its_place_is_no_suspicion() -> None:
    rows = changed("OS00", lat=36.0, lon=33.0)
    runway = exact("OS00", 33.0, 36.0)
    old = Airports(table(rows, [runway]))
    found = packed_review(old, rows, [runway])
    assert (reasons(found), found.changed) == ([], ())


def test_a_runway_whose_ends_are_published_far_away_stays_where_it_was() -> None:
    lat, lon = FIELDS[0].lat, FIELDS[0].lon
    runway = exact("OS00", lat, lon)
    old = Airports(table(FIELDS, [runway]))
    assert runway.le is not None
    turned = exact("OS00", lat, lon, le=(runway.le[1], runway.le[0]))
    found = packed_review(old, FIELDS, [turned])
    assert reasons(found) == [("OS00", Suspicion.RUNWAY_ASTRAY)]
    assert Airports(found.table).runways_of(0) == old.runways_of(0)


@pytest.mark.parametrize("with_runways", [True, False])
@pytest.mark.parametrize("ends_ft", [(890.0, 910.0), (900.0, 900.0)])
def test_the_elevation_of_the_runways_counts_where_two_ends_agree_against_the_field(
    ends_ft: tuple[float, float], with_runways: bool
) -> None:
    low, high = ends_ft
    runway = exact("OS00", FIELDS[0].lat, FIELDS[0].lon, le_elevation_ft=low, he_elevation_ft=high)
    former, notes = pack(FIELDS, [runway])
    assert row_of(former, "OS00")[2] == 900
    assert notes.counts["elevations taken from the runways"] == 1
    for _ in range(2):  # the same update again and again
        former, _ = pack(FIELDS, [runway] if with_runways else None, former)
        assert row_of(former, "OS00")[2] == 900


@pytest.mark.parametrize(
    ("ends_ft", "at_ft"),
    [((890.0, 910.0), 900.0), ((890.0,), None), ((890.0, 1_300.0), None), ((400.0, 420.0), None), ((0.0, 0.0), None)],
)
def test_one_end_two_that_differ_or_a_small_difference_do_not(ends_ft: tuple[float, ...], at_ft: float | None) -> None:
    assert elevation_by_runways(100.0, ends_ft) == at_ft
