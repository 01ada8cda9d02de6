"""GeoJSON, KML and CSV: as their standards say, and harmless whatever the texts in them."""

from __future__ import annotations

import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastkml.validator import validate
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.times import iso
from detector.domain.wire import alert_line
from detector.web.exports import csv_table, geojson, kml
from detector.web.exports.table import COLUMNS
from detector.web.picture import PictureCase
from tests.web import picture_cases

KML = "{http://www.opengis.net/kml/2.2}"
NUMBER = re.compile(r"-?\d+(\.\d+)?")
TEXTS = st.one_of(st.sampled_from(picture_cases.HOSTILE), st.text(max_size=40))


def strings_of(geometry: dict[str, Any] | None) -> list[list[list[float]]]:
    if geometry is None or geometry["type"] == "Point":
        return []
    coordinates: list[Any] = geometry["coordinates"]
    return coordinates if geometry["type"] == "MultiLineString" else [coordinates]


def rows_of(case: PictureCase) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_table(case).decode("utf-8"), newline="")))


@pytest.mark.parametrize("name", picture_cases.ODD)
def test_geojson_is_as_the_rfc_says(name: str) -> None:
    case = picture_cases.ODD[name]()
    document = json.loads(geojson(case))
    assert document["type"] == "FeatureCollection"
    assert document["alert"] == json.loads(alert_line(case.alert))
    for feature in document["features"]:
        assert set(feature) == {"type", "geometry", "properties"}
        geometry = feature["geometry"]
        places = [geometry["coordinates"]] if geometry is not None and geometry["type"] == "Point" else []
        for string in strings_of(geometry):
            assert len(string) >= 2
            # Cut at 180 degrees: no part goes round the other side.
            assert all(abs(a[0] - b[0]) <= 180.0 for a, b in pairwise(string))
            places += string
        assert all(-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0 for lon, lat in places)


def test_geojson_lines_say_what_they_are_and_when_each_place_was_heard() -> None:
    document = json.loads(geojson(picture_cases.pyongyang()))
    lines = [f for f in document["features"] if f["geometry"] and f["geometry"]["type"] == "LineString"]
    assert [line["properties"]["kind"] for line in lines][:4] == ["heard", "inferred", "inferred", "heard"]
    for line in lines:
        told = line["properties"]
        assert told["observed"] is (told["kind"] == "heard")
        if told["observed"]:
            assert len(told["times_utc"]) == len(told["altitudes_baro_ft"]) == len(line["geometry"]["coordinates"])
            assert (told["times_utc"][0], told["times_utc"][-1]) == (told["from_utc"], told["until_utc"])
    landed = next(f["properties"] for f in document["features"] if f["properties"]["kind"] == "landed")
    assert (landed["airport"], landed["observed"]) == ("ZKPY", False)
    assert landed["earliest_utc"] == "2024-11-07T01:27:00Z"


def test_a_line_over_the_antimeridian_has_two_parts_that_meet_there() -> None:
    document = json.loads(geojson(picture_cases.across_180()))
    cut = [f["geometry"]["coordinates"] for f in document["features"] if f["geometry"]["type"] == "MultiLineString"]
    assert len(cut) == 2
    for first, second in cut:
        assert abs(first[-1][0]) == abs(second[0][0]) == 180.0
        assert first[-1][0] == -second[0][0]
        assert first[-1][1] == second[0][1]


@pytest.mark.parametrize("name", picture_cases.ODD)
def test_kml_validates_against_the_schema_of_the_ogc(name: str, tmp_path: Path) -> None:
    path = tmp_path / "case.kml"
    path.write_bytes(kml(picture_cases.ODD[name]()))
    assert validate(file_to_validate=path)


def test_kml_tells_times_and_what_was_not_heard() -> None:
    case = picture_cases.pyongyang()
    root = ET.fromstring(kml(case))
    names = [node.findtext(f"{KML}name") or "" for node in root.iter(f"{KML}Placemark")]
    assert "Flight 1: heard" in names
    assert "Flight 1: not heard, inferred" in names
    spans = [node.findtext(f"{KML}begin") for node in root.iter(f"{KML}TimeSpan")]
    assert iso(case.alert.stop.landed.earliest or 0.0) in spans


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_no_text_does_anything_in_kml(text: str) -> None:
    root = ET.fromstring(kml(picture_cases.named(text)))
    usual = {node.tag for node in ET.fromstring(kml(picture_cases.pyongyang())).iter()}
    assert {node.tag for node in root.iter()} <= usual
    written = "".join(root.itertext())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", written)


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    rows = list(csv.reader(io.StringIO(csv_table(picture_cases.named(text)).decode("utf-8"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert (
        len(rows) == len(list(csv.reader(io.StringIO(csv_table(picture_cases.pyongyang()).decode(), newline="")))) + 1
    )
    for row in rows[1:]:
        assert len(row) == len(COLUMNS)
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or NUMBER.fullmatch(cell)
            assert "\n" not in cell


def test_a_table_is_in_the_order_of_time_and_in_utc() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_table(picture_cases.pyongyang()).decode(), newline="")))
    times = [row["at_utc"] for row in rows if row["at_utc"]]
    assert times == sorted(times)
    assert all(time.endswith("Z") for time in times)
    landed = next(row for row in rows if row["kind"] == "landed")
    assert (landed["airport"], landed["observed"], landed["latest_utc"]) == ("ZKPY", "no", "2024-11-07T01:49:30Z")


@settings(max_examples=25, deadline=None)
@given(TEXTS)
def test_geojson_is_json_whatever_the_texts(text: str) -> None:
    # An alert with half a character in it cannot be written at all.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    document = json.loads(geojson(picture_cases.named(whole)))
    assert len(document["features"]) == len(json.loads(geojson(picture_cases.pyongyang()))["features"]) + 1
