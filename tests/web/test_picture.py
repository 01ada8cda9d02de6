"""Pictures of cases: everything the newsroom showed, the same bytes each time, and nothing that a text could do."""

from __future__ import annotations

import math
import re
import struct
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from detector.domain.stop import Level
from detector.web.picture import lettering, svg
from detector.web.picture.panel import Frame, Panel
from detector.web.picture.placing import Placer, Words
from detector.web.picture.png import png
from detector.web.picture.scene import DASHES
from detector.web.replay_map.lines import Kind
from detector.web.replay_map.projection import Box, Mercator
from tests.web import picture_cases

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
ELEMENTS = {"svg", "title", "defs", "clipPath", "rect", "path", "g", "text", "circle"}
REFERRING = {"href", "style", "src", "class"}


def words_of(drawing: str) -> str:
    """All that a person can read in it."""
    return " | ".join(node.text or "" for node in ET.fromstring(drawing).iter(f"{SVG}text"))


def said(drawing: str) -> str:
    """The same without the breaks of lines."""
    return words_of(drawing).replace(" | ", " ")


@pytest.fixture(scope="module")
def newsroom() -> str:
    return svg(picture_cases.pyongyang())


def test_everything_that_the_newsroom_showed_is_told(newsroom: str) -> None:
    told = said(newsroom)
    for words in (
        "RA-86572: stop at Sunan, Pyongyang (ZKPY)",
        "North Korea, 7 Nov 2024. Inferred: nobody saw it on the ground.",
        "first heard 7 Nov 00:24 at 60 ft, climbing away from Vladivostok (UHWW); last heard",
        "last heard 7 Nov 01:21 at 5,369 ft, 21 NM from the field",
        "01:27 to 01:50, about 01:30 UTC (10:27 to 10:50 local time, UTC+9), not seen",
        "(10:54 to 11:17 local time, UTC+9), not seen",
        "5 min to 50 min",
        "heard again 7 Nov 02:16 at 4,700 ft, 15 NM from the field; landed at Vladivostok (UHWW) 7 Nov 03:14",
        "left 8 Nov 06:04",
        "23 NM south of Kazan (UWKD)",
        "heading south-west",
        "Level 3 of 4, inferred",
        "Airport on a watch list (certain); Short turnaround (certain)",
        "7 Nov 01:21 to 7 Nov 02:16 UTC, 55 min. Others are lost here at 5,000 ft, too.",
        "receiver Dandong",
        "runway 17/35",
        "The whole journey",
        "Around the field",
        "No borders are drawn",
        "Natural Earth",
        "Recording: pyongyang.csv.gz.",
        "Found by detector 0.1.0.",
        "412 raw frames, decoded again by pyModeS 3.6.1: 0 disagreements",
        "An alert is no legal finding",
    ):
        assert words in told
    for mark in ("km", "NM", "N", "42\u00b0N", "128\u00b0E", "Yanji", "Kazan"):
        assert any(word == mark or word.endswith(f" {mark}") for word in words_of(newsroom).split(" | "))


def lines_of(drawing: str) -> list[tuple[str | None, str]]:
    """(dashes, path data) of the lines of flights."""
    found = []
    for group in ET.fromstring(drawing).iter(f"{SVG}g"):
        if group.get("clip-path") is not None:
            paths = [node for node in group if node.tag == f"{SVG}path" and node.get("stroke-width") == "2.4"]
            found += [(node.get("stroke-dasharray"), node.get("d", "")) for node in paths]
    return found


def test_what_was_not_heard_is_dashed_and_the_legend_says_so(newsroom: str) -> None:
    drawn = [dashes for dashes, _ in lines_of(newsroom)]
    assert {DASHES[kind] for kind in Kind} == set(drawn)
    # Into the field and out of it, on each of the maps.
    assert drawn.count(DASHES[Kind.INFERRED]) == 6
    told = said(newsroom)
    assert "heard: positions as the aircraft sent them not heard: inferred, drawn to the field" in told
    ring = [node for node in ET.fromstring(newsroom).iter(f"{SVG}circle") if node.get("r") == "13"]
    assert [node.get("stroke-dasharray") for node in ring] == ["5 3.5"] * 3


def test_a_stop_that_was_seen_has_a_full_ring() -> None:
    case = picture_cases.pyongyang()
    seen = picture_cases.changed(case, level=Level.OBSERVED)
    rings = [n for n in ET.fromstring(svg(seen)).iter(f"{SVG}circle") if n.get("r") == "13"]
    assert {node.get("stroke-dasharray") for node in rings} == {None}


def test_the_same_case_gives_the_same_bytes(newsroom: str) -> None:
    assert svg(picture_cases.pyongyang()) == newsroom
    assert png(newsroom, 600) == png(newsroom, 600)


@pytest.mark.parametrize("width", [300, 1600])
def test_a_png_is_as_wide_as_asked_and_has_words_in_it(newsroom: str, width: int) -> None:
    drawn = png(newsroom, width)
    assert drawn.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", drawn[16:24])
    viewbox = [float(part) for part in ET.fromstring(newsroom).get("viewBox", "").split()]
    assert wide == width
    assert high == pytest.approx(width * viewbox[3] / viewbox[2], abs=1.0)
    # Without its words the picture is another one: the fonts that come along were found.
    assert len(png(re.sub(r"<text.*?</text>", "", newsroom), width)) < 0.9 * len(drawn)


@pytest.mark.parametrize("name", picture_cases.ODD)
def test_odd_cases_are_drawn_within_their_frames(name: str) -> None:
    drawing = svg(picture_cases.ODD[name]())
    root = ET.fromstring(drawing)
    width, height = (float(part) for part in root.get("viewBox", "").split()[2:])
    for node in root.iter(f"{SVG}text"):
        assert 0 <= float(node.get("x", "")) <= width
        assert 0 <= float(node.get("y", "")) <= height
    for node in root.iter():
        for value in node.attrib.values():
            assert "nan" not in value
            assert "inf" not in value.replace("inferred", "")
    assert len(drawing) < 600_000


def test_no_line_runs_round_the_world_at_the_antimeridian() -> None:
    for _, d in lines_of(svg(picture_cases.across_180())):
        for run in d.split("M")[1:]:
            x = np.array([float(pair.split()[0]) for pair in run.split("L")])
            on_paper = (x > 0) & (x < 1200)
            assert np.abs(np.diff(x))[on_paper[1:] & on_paper[:-1]].max(initial=0.0) < 300.0


def test_what_lies_beyond_the_map_is_not_drawn_and_that_is_said() -> None:
    drawing = svg(picture_cases.far_north())
    assert "What lies beyond 84 degrees of latitude is not drawn." in said(drawing)
    tops = {d.split("M")[1].split("L")[0].split()[1] for _, d in lines_of(drawing) if d}
    level = [d for _, d in lines_of(drawing) if len({pair.split()[1] for pair in d[1:].split("L")}) == 1]
    assert tops
    assert level == []


def test_a_retracted_alert_says_so_in_its_title_and_of_its_times() -> None:
    told = said(svg(picture_cases.retracted()))
    for words in ("Taken back: a stop of", "this stop does not count", "WOULD HAVE LANDED", "heard on in flight"):
        assert words in told
    assert "not seen" not in told.split("HOW SURE")[0].split("WOULD HAVE LANDED")[1]


def test_a_dark_stop_names_no_field_and_lists_those_within_reach() -> None:
    drawing = svg(picture_cases.dark())
    told = said(drawing)
    for words in ("a silence long enough for a stop", "that it landed at all is only possible", "IF IT LANDED",
                  "FIELDS WITHIN REACH, NONE IS NAMED", "ZKWS", "possible, not known"):  # fmt: skip
        assert words in told
    assert "Around the field" not in told
    rings = [n for n in ET.fromstring(drawing).iter(f"{SVG}circle") if n.get("stroke-dasharray") == "1.5 3"]
    assert len(rings) >= 3


def test_where_no_track_was_kept_that_is_said() -> None:
    assert "No track was kept" in said(svg(picture_cases.without_track()))


def test_a_track_that_begins_on_the_approach_is_not_said_to_have_left_there() -> None:
    case = picture_cases.pyongyang()
    assert case.track is not None
    landed = case.alert.stop.landed.earliest or 0.0
    approach = case.track.rows(np.flatnonzero((case.track.at > landed - 420.0) & (case.track.at < landed)))
    late = picture_cases.with_alert(case, case.alert, stops=[], track=replace(approach, cut=False))
    told = said(svg(late)).split("LANDED")[0]
    assert "first heard" in told
    assert "climbing away" not in told
    assert "left" not in told


def test_a_track_that_was_not_kept_from_its_beginning_claims_none() -> None:
    case = picture_cases.pyongyang()
    assert case.track is not None
    later = case.track.rows(np.arange(40, len(case.track)))
    told = said(svg(picture_cases.with_alert(case, case.alert, track=later)))
    assert "its track was kept from 7 Nov 00:44" in told
    assert "climbing away" not in told


@settings(max_examples=30, deadline=None)
@given(st.one_of(st.sampled_from(picture_cases.HOSTILE), st.text(max_size=40)))
def test_no_text_does_anything_in_a_picture(text: str) -> None:
    drawing = svg(picture_cases.named(text))
    drawing.encode("utf-8")
    root = ET.fromstring(drawing)
    for node in root.iter():
        assert node.tag.removeprefix(SVG) in ELEMENTS
        for name, value in node.attrib.items():
            assert name.partition("}")[2] not in REFERRING
            assert name not in REFERRING
            assert not name.startswith("on")
            assert "url(" not in value or re.fullmatch(r"url\(#picture-\w+-clip\)", value)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", drawing)


def test_the_letters_that_come_along_are_what_their_source_gives() -> None:
    done = subprocess.run([sys.executable, "scripts/build_fonts.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0


@given(st.text(max_size=80), st.floats(20, 400), st.booleans())
@example("a" * 80, 20.0, True)
def test_lines_of_words_fit_their_room(text: str, room: float, bold: bool) -> None:
    for line in [lettering.fitted(text, 10, room, bold=bold), *lettering.wrapped(text, 10, room, bold=bold, most=3)]:
        assert lettering.width(line, 10, bold=bold) <= room or line == lettering.ELLIPSIS
    assert len(lettering.wrapped(text, 10, room, bold=bold, most=3)) <= 3


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 400), st.integers(1, 30)), max_size=25))
def test_words_never_lie_on_each_other_nor_outside(asked: list[tuple[float, float, int]]) -> None:
    frame = Frame(0, 0, 600, 400)
    placer = Placer(frame, [(np.array([0.0, 600.0]), np.array([0.0, 400.0]))])
    boxes = []
    for x, y, letters in asked:
        words = Words((("n" * letters, False),), 10, "#000")
        for part in placer.place(x, y, words):
            if part.startswith("<text"):
                node = ET.fromstring(part)
                right = node.get("text-anchor") == "end"
                left = float(node.get("x", "")) - (words.width if right else 0.0)
                boxes.append((left, float(node.get("y", "")) - 9.2, words.width, words.height))
    for left, top, wide, high in boxes:
        assert left >= 0
        assert top >= 0
        assert left + wide <= 600.1
        assert top + high <= 400.1
    for (a, b, c, d), (e, f, g, h) in combinations(boxes, 2):
        apart = a + c <= e + 0.2 or e + g <= a + 0.2 or b + d <= f + 0.2 or f + h <= b + 0.2
        assert apart


@given(st.floats(-75, 75), st.floats(-180, 180), st.floats(0.5, 20))
def test_scale_bars_are_as_long_as_they_say(latitude: float, longitude: float, degrees: float) -> None:
    projection = Mercator(longitude)
    y = float(projection.y(latitude))
    half = degrees * 500.0
    panel = Panel("p", Frame(0, 0, 700, 500), projection, Box(-half, y - half / 2, half, y + half / 2))
    bars = [n for n in map(ET.fromstring, panel.furniture()) if n.tag == "path" and "H" in n.get("d", "")]
    labels = [n.text or "" for n in map(ET.fromstring, panel.furniture()) if n.tag == "text"]
    for bar, label, km_each in zip(bars, labels, (1.0, 1.852), strict=False):
        start, end = float(NUMBER.findall(bar.get("d", ""))[0]), float(bar.get("d", "").split("H")[1].split("V")[0])
        degrees_long = (end - start) / panel.scale / 1000.0
        km = degrees_long * 111.195 * math.cos(math.radians(latitude))
        assert km == pytest.approx(float(label.split()[0].replace(",", "")) * km_each, rel=0.02)
