from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import numpy as np
import pytest

from detector.domain.alert import Alert, AlertEvent
from detector.domain.stop import Candidate, Certainty, Check, Finding, Level, Moment, Severity, Status, Verdict
from detector.reference.airports import Airports
from detector.web.replay_map import MapCase, Track, render
from detector.web.replay_map.words import probability_text
from tests.web.cases import airports, at, flown, pyongyang, pyongyang_stop, track

HOSTILE = "</script><img src=x onerror=alert(1)>\u2028'\""
VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """Elements as (name, attributes, text within), and whether every one was closed in turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[tuple[str, dict[str, str], list[str]]] = []
        self.mismatched: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one: tuple[str, dict[str, str], list[str]] = (tag, {k: v or "" for k, v in attrs}, [])
        self.found.append(one)
        if tag not in VOID:
            self.open.append(one)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            self.mismatched.append(tag)
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        for _, _, text in self.open:
            text.append(data)

    def all(self, tag: str, kind: str | None = None) -> Iterator[tuple[dict[str, str], str]]:
        for name, attributes, text in self.found:
            if name == tag and (kind is None or kind in attributes.get("class", "").split()):
                yield attributes, "".join(text)

    def lines(self, kind: str) -> list[str]:
        """Classes of the drawn lines of a kind; samples of the legend and the profile have no scale."""
        return [a["class"] for a, _ in self.all("path", kind) if "transform" in a and "line" in a["class"].split()]


@pytest.fixture(scope="module")
def fields() -> Airports:
    return airports()


@pytest.fixture(scope="module")
def text() -> str:
    return render(pyongyang())


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_element_is_closed_in_turn(page: Page) -> None:
    assert page.mismatched == []
    assert page.open == []


def test_the_page_loads_nothing(text: str, page: Page) -> None:
    for _, attributes, _ in page.found:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert attributes.get(name, "#")[0] == "#"
    styles = "".join(inner for _, inner in page.all("style")) + "".join(a.get("style", "") for _, a, _ in page.found)
    assert "url(" not in styles
    assert "@import" not in styles
    # The one address in it names a vocabulary, and is never fetched.
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_the_policy_lets_only_the_scripts_of_the_page_run(page: Page) -> None:
    (policy,) = [a["content"] for a, _ in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    (script,) = [inner for a, inner in page.all("script") if "type" not in a]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == f"'sha256-{digest}'"
    assert not any(name.startswith("on") for _, attributes, _ in page.found for name in attributes)


def test_the_same_case_gives_the_same_bytes(text: str) -> None:
    assert render(pyongyang()) == text


def test_the_order_of_the_tracks_stops_and_alerts_does_not_matter(text: str) -> None:
    case = pyongyang()
    turned = dataclasses.replace(case, tracks=list(case.tracks)[::-1], stops=list(case.stops)[::-1])
    assert render(turned) == text


def test_two_days_across_russia_stay_below_the_size_of_a_picture(text: str) -> None:
    assert len(text.encode()) < 1_500_000


def test_the_way_into_the_silence_and_out_of_it_is_dashed_and_the_rest_solid(page: Page) -> None:
    assert page.lines("inferred") == ["line inferred leg0", "line inferred leg1"]
    assert page.lines("heard")[:2] == ["line heard leg0", "line heard leg1"]
    styles = "".join(inner for _, inner in page.all("style"))
    assert re.search(r"\.line\.inferred \{[^}]*stroke-dasharray", styles)
    assert not re.search(r"\.line\.heard[^{]*\{[^}]*stroke-dasharray", styles)


def test_gaps_that_hide_no_stop_are_dotted(page: Page) -> None:
    assert page.lines("gap") == ["line gap leg2"] * 3


def test_times_are_told_where_the_aircraft_was_lost_and_found(page: Page) -> None:
    labels = [inner for _, inner in page.all("g", "label")]
    assert any(label.startswith("last heard 7 Nov 01:2") for label in labels)
    assert any(label.startswith("heard again 7 Nov 02:16") for label in labels)
    (place,) = [label for label in labels if label.startswith("ZKPY")]
    assert "landed 01:27 to 01:50, about 01:30" in place
    assert "left 01:54 to 02:17, about 02:13" in place


def test_the_card_says_what_was_seen_inferred_and_not_known(page: Page) -> None:
    ((_, card),) = page.all("article")
    for part in (
        "Level 3 of 4, inferred", "Airport on a watch list (certain, severity high)", "5 min to 50 min, about 43 min",
        "23 NM south of UWKD (Kazan)", "412 raw frames, decoded again by pyModeS 3.6.1: 0 disagreements",
        "could not be made: no altitude near the contact", "failed: 0 altitudes below",
    ):  # fmt: skip
        assert part in card
    ((_, unknown),) = page.all("section", "unknown")
    assert "Nobody heard it land" in unknown
    assert "No position of IL62 RA-86572 (15522c) was heard from 7 Nov 2024 01:2" in unknown
    assert "other fields that fit: ZKSC 3%" in unknown


def test_the_profile_shades_the_silence_that_hides_the_stop(page: Page) -> None:
    assert len(list(page.all("rect", "hides"))) == 2, "over altitudes and speeds"
    assert [inner for _, inner in page.all("text", "moment")] == ["landed about 01:30", "left about 02:13"]


def test_nothing_from_the_radio_or_a_table_becomes_markup() -> None:
    case = pyongyang(HOSTILE)
    check = Check(HOSTILE, Verdict.FAIL, 1.0, 2.0, HOSTILE, HOSTILE)
    stop = pyongyang_stop(
        registration=HOSTILE, type_code=HOSTILE, operator=HOSTILE, country=HOSTILE, callsign_in=HOSTILE,
        candidates=(Candidate(HOSTILE, 0.5, 1.0),), checks=(check,),
        findings=(Finding(HOSTILE, Certainty.POSSIBLE, Severity.LOW, HOSTILE),), retraction=HOSTILE,
    )  # fmt: skip
    alert = Alert(id=HOSTILE, revision=1, event=AlertEvent.OPENED, at=at("2024-11-07T03:00:00Z"),
                  severity=Severity.LOW, stop=stop, journey=case.alerts[0].journey)  # fmt: skip
    text = render(
        dataclasses.replace(case, title=HOSTILE, generated_from=HOSTILE, stops=[stop], alerts=[alert], notes=[HOSTILE])
    )
    page = Page(text)
    assert page.mismatched == []
    assert list(page.all("img")) == []
    assert len(list(page.all("script"))) == 2
    assert "</script><img" not in text
    (data,) = [inner for a, inner in page.all("script") if a.get("type") == "application/json"]
    assert "<" not in data
    assert "\u2028" not in data
    assert json.loads(data)["ways"][0]["name"] == HOSTILE


def test_a_route_over_the_date_line_is_drawn_the_short_way(fields: Airports) -> None:
    way = [(61.0, 165.0), (63.0, 179.0), (63.5, -170.0), (62.0, -160.0)]
    fixes = flown(way, at("2024-11-07T00:00:00Z"), 450, (9000, 30000, 9000))
    page = Page(render(MapCase("Across", "x", [track("15522c", None, fixes)], [], [], fields)))
    (shape,) = [a["d"] for a, _ in page.all("path", "other")]
    steps = [abs(int(x)) for x in re.findall(r"-?\d+", shape)[2:]]
    assert shape.count("M") == 1
    assert max(steps) < 5_000
    (data,) = [inner for a, inner in page.all("script") if a.get("type") == "application/json"]
    left, _, right, _ = json.loads(data)["views"]["all"]
    assert right - left < 45_000
    assert abs(abs(json.loads(data)["meridian"]) - 180) < 10


def test_a_silence_with_no_named_field_is_never_drawn_to_one(fields: Airports) -> None:
    case = pyongyang()
    dark = pyongyang_stop(airport=None, country=None, level=Level.DARK,
                          candidates=(Candidate("ZKPY", 0.4, 20.0), Candidate("ZKWS", 0.3, 90.0)))  # fmt: skip
    alert = Alert(id="a", revision=1, event=AlertEvent.OPENED, at=dark.revised_at, severity=Severity.MEDIUM, stop=dark)
    page = Page(render(dataclasses.replace(case, stops=[dark], alerts=[alert])))
    assert page.lines("inferred") == []
    unknown = next(page.all("section", "unknown"))[1]
    assert "Where it was meanwhile is not known. Fields within reach: ZKPY (40%), ZKWS (30%)." in unknown


def test_a_stop_lost_on_the_way_down_is_dashed_to_the_field_and_said_to_be_open() -> None:
    case = pyongyang()
    lost = pyongyang_stop(level=Level.ONE_SIDE, status=Status.OPEN, departed=None, ground_time=None, callsign_out=None)
    until = at("2024-11-07T01:40:00Z")
    arrival = [dataclasses.replace(t, **{n: getattr(t, n)[t.at < until] for n in
               ("at", "latitude_deg", "longitude_deg", "altitude_ft")}) for t in case.tracks]  # fmt: skip
    alert = Alert(id="a", revision=1, event=AlertEvent.OPENED, at=until, severity=Severity.HIGH, stop=lost)
    page = Page(render(dataclasses.replace(case, tracks=arrival, stops=[lost], alerts=[alert])))
    assert page.lines("inferred") == ["line inferred leg0"]
    assert "it may still be there" in next(page.all("section", "unknown"))[1]


def test_a_take_off_known_without_its_landing_is_dashed_from_the_field() -> None:
    case = pyongyang()
    since = at("2024-11-07T02:00:00Z")
    tracks = [dataclasses.replace(t, **{n: getattr(t, n)[(t.at > since) & (t.at < since + 7200)] for n in
              ("at", "latitude_deg", "longitude_deg", "altitude_ft")}) for t in case.tracks[:1]]  # fmt: skip
    left = pyongyang_stop(level=Level.ONE_SIDE, landed=Moment(None, since, since, False))
    page = Page(render(dataclasses.replace(case, tracks=tracks, stops=[left], alerts=[])))
    assert page.lines("inferred") == ["line inferred leg1"]


def test_a_retracted_alert_is_told_but_no_line_goes_to_its_field() -> None:
    case = pyongyang()
    gone = pyongyang_stop(status=Status.RETRACTED, retraction="the track resumed elsewhere")
    alert = Alert(
        id="a", revision=9, event=AlertEvent.RETRACTED, at=gone.revised_at, severity=Severity.HIGH, stop=gone
    )  # fmt: skip
    page = Page(render(dataclasses.replace(case, stops=[gone], alerts=[alert])))
    assert page.lines("inferred") == []
    assert "Taken back" in next(page.all("article"))[1]
    assert "the track resumed elsewhere" in next(page.all("article"))[1]


def test_a_retracted_card_does_not_contradict_itself() -> None:
    case = pyongyang()
    gone = pyongyang_stop(status=Status.RETRACTED, level=Level.REJECTED, departed=None, ground_time=None,
                          retraction="the track resumed elsewhere")  # fmt: skip
    alert = Alert(id="a", revision=9, event=AlertEvent.RETRACTED, at=gone.revised_at, severity=Severity.HIGH,
                  stop=gone, journey=case.alerts[0].journey)  # fmt: skip
    card = next(Page(render(dataclasses.replace(case, stops=[gone], alerts=[alert]))).all("article"))[1]
    assert "it may still be there" not in card
    assert "Nobody heard it land" not in card
    assert "Would have landed (UTC)" in card
    assert "This stop was taken back" in card


def test_an_inferred_stop_says_that_it_may_not_have_landed_and_what_is_assumed(page: Page) -> None:
    ((_, unknown),) = page.all("section", "unknown")
    assert "Nobody saw it on the ground: it may have turned away without landing." in unknown
    assert "at least 5 min is an assumption" in unknown


def test_a_stop_seen_on_the_ground_says_neither() -> None:
    case = pyongyang()
    seen = pyongyang_stop(level=Level.OBSERVED)
    alert = Alert(id="a", revision=1, event=AlertEvent.CLOSED, at=seen.revised_at, severity=Severity.HIGH, stop=seen)
    ((_, unknown),) = Page(render(dataclasses.replace(case, stops=[seen], alerts=[alert]))).all("section", "unknown")
    assert "turned away" not in unknown
    assert "assumption" not in unknown


@pytest.mark.parametrize(
    ("level", "told"), [(Level.BOTH_SIDES, ">99%"), (Level.ONE_SIDE, ">99%"), (Level.OBSERVED, ">99%")]
)
def test_what_is_inferred_is_never_certain(level: Level, told: str) -> None:
    assert probability_text(0.999, pyongyang_stop(level=level)) == told
    assert probability_text(0.97, pyongyang_stop(level=level)) == "97%"


def test_the_corner_of_the_map_says_which_times_and_altitudes(page: Page) -> None:
    assert [inner for _, inner in page.all("div", "corner")] == ["times UTC, pressure altitude"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_recording_without_alerts_or_even_tracks_still_makes_a_page(fields: Airports, count: int) -> None:
    fix = np.arange(count, dtype=np.float64)
    tracks = [Track("4ca123", None, np.arange(count, dtype=np.float64) * 30.0 + 1e9, fix, fix, fix)]
    page = Page(render(MapCase("Nothing", "empty.csv", tracks, [], [], fields)))
    assert page.mismatched == []
    assert list(page.all("article")) == []


def test_many_other_aircraft_are_left_out_and_the_page_says_so(fields: Airports) -> None:
    fix = np.array([50.0, 50.1])
    tracks = [Track(f"{i:06x}", None, np.array([1e9, 1e9 + 30]), fix, fix, fix) for i in range(201)]
    page = Page(render(MapCase("Many", "x", tracks, [], [], fields)))
    assert list(page.all("path", "other")) == []
    assert "Tracks of 201 other aircraft are not drawn." in next(page.all("footer"))[1]
