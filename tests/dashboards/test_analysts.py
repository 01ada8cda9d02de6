"""The dashboard for analysts: every question of it is asked of a real service that has stops and alerts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboards import LAND, text_of
from dashboards.land import area, holds, land
from tests.dashboards.infinity import Infinity, Row, transformed, with_values
from tests.dashboards.troubles import panels_of
from tests.faults.rig import Rig

TOKEN = "a-token-of-the-tests"
AIRCRAFT, ENOUGH = 60, 12
NOT_IN_THAT_WORLD = {"score", "operator", "registration", "type_code"}
"""Nobody knows its aircraft, and without history nothing is scored; in the story of the API's tests they are there."""


class Board:
    """A dashboard and the answers to its questions, as Grafana has them. `rows`: by number of the panel and query."""

    def __init__(self, source: Infinity, variables: dict[str, str]) -> None:
        self.dashboard: dict[str, Any] = json.loads(text_of("analysts"))
        self.variables = variables
        self.panels = {panel["id"]: panel for panel in panels_of(self.dashboard)}
        self.rows: dict[tuple[int, str], list[Row]] = {}
        for number, panel in self.panels.items():
            for target in panel["targets"]:
                if "columns" in target:
                    self.rows[number, target["refId"]] = source.rows(target, variables)
        (self.marks,) = self.dashboard["annotations"]["list"]
        self.marked = source.rows(self.marks["target"], variables)

    def shown(self, panel: dict[str, Any]) -> dict[str, list[Row]]:
        """What a panel shows, by query; nothing for one that asks Prometheus."""
        found = {}
        for target in panel["targets"]:
            number = target.get("panelId", panel["id"])
            if (rows := self.rows.get((number, "A" if "panelId" in target else target["refId"]))) is not None:
                found[target["refId"]] = transformed(rows, panel.get("transformations", ()))
        return found


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETECTOR_TOKEN", TOKEN)
        folder = tmp_path_factory.mktemp("board")
        with Rig(folder, seed=3, aircraft=AIRCRAFT, store="memory", token_env="DETECTOR_TOKEN") as one:
            one.start_service()
            one.until(one.is_well, "listening")
            source = infinity(one)
            one.until(lambda: enough(Board(source, values())), "alerts of stops that are over", 120.0)
            yield one


def infinity(rig: Rig) -> Infinity:
    return Infinity({"DETECTOR_URL": f"http://{rig.page}", "DETECTOR_TOKEN": TOKEN})


def values(**chosen: str) -> dict[str, str]:
    """Of variables: those that are chosen at first, but for `chosen`."""
    dashboard = json.loads(text_of("analysts"))
    first = {one["name"]: one["current"]["value"] for one in dashboard["templating"]["list"] if one["type"] == "custom"}
    now = time.time()
    span = {
        f"${{__{name}:date:iso}}": datetime.fromtimestamp(at, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
        for name, at in (("from", now - 3_600.0), ("to", now))
    }
    return span | {f"${{{name}:raw}}": value for name, value in (first | chosen).items()}


def enough(board: Board) -> bool:
    return sum(row["ground_time_max_s"] is not None for row in board.rows[number_of(board, "Alerts, the")][:]) >= ENOUGH


def number_of(board: Board, title: str) -> tuple[int, str]:
    (number,) = (number for number, panel in board.panels.items() if panel["title"].startswith(title))
    return number, "A"


@pytest.fixture(scope="module")
def board(rig: Rig) -> Board:
    return Board(infinity(rig), values())


def test_every_panel_has_data_in_every_column(board: Board, capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for panel in board.panels.values():
        for ref, rows in board.shown(panel).items():
            assert rows, panel["title"]
            for column in rows[0]:
                told = [row[column] for row in rows if row[column] is not None]
                assert told or column in NOT_IN_THAT_WORLD | {"type"}, (panel["title"], column)
            lines.append(
                f"  {panel['type']:12} {panel['title']:32} {ref}: {len(rows):4} rows, {len(rows[0]):2} columns"
            )
    with capsys.disabled():
        print("", *lines, sep="\n")  # noqa: T201  the list is asked for
    asks_prometheus = [p for p in board.panels.values() if p["datasource"]["type"] == "prometheus"]
    assert len({line.split(":")[0] for line in lines}) + len(asks_prometheus) == len(board.panels) + 1, (
        "the map has two"
    )


def test_every_question_has_the_columns_that_panels_name(board: Board) -> None:
    for panel in board.panels.values():
        shown = board.shown(panel)
        names = {name for rows in shown.values() for name in rows[0]}
        for override in panel["fieldConfig"]["overrides"]:
            assert override["matcher"]["id"] == "byName"
            assert override["matcher"]["options"] in names, panel["title"]
        if panel["type"] == "geomap":
            for layer in panel["options"]["layers"]:
                rows = shown[layer["filterData"]["options"]]
                at = layer["location"]
                assert all(-90 <= row[at["latitude"]] <= 90 and -180 <= row[at["longitude"]] <= 180 for row in rows)
                assert layer["config"]["style"]["color"].get("field", "level") in names
        if panel["type"] == "barchart":
            assert panel["options"]["xField"] in names


def test_links_lead_to_the_page_of_an_alert_that_is_there(board: Board, rig: Rig) -> None:
    linked = 0
    (page,) = (one for one in board.dashboard["templating"]["list"] if one["name"] == "page")
    variables = board.variables | {"${page:raw}": page["query"]}
    alerts = {row["alert"] for row in board.rows[number_of(board, "Alerts, the")]}
    for panel in board.panels.values():
        for override in panel["fieldConfig"]["overrides"]:
            for link in (v for p in override["properties"] if p["id"] == "links" for v in p["value"]):
                for row in (row for (number, _), rows in board.rows.items() if number == panel["id"] for row in rows):
                    if row["alert"] is not None:
                        url = with_values(link["url"], variables | {"${__data.fields.alert}": row["alert"]})
                        assert url == f"http://127.0.0.1:8090/cases/{row['alert']}"
                        linked += row["alert"] in alerts
    assert linked >= 3 * ENOUGH, "from both tables and the map"


def test_alerts_are_marked_in_time(board: Board) -> None:
    read = {name: how["value"] for name, how in board.marks["mappings"].items()}
    assert set(read) == {"time", "title", "text", "tags"}
    opened = {row["opened"] for row in board.rows[number_of(board, "Alerts, the")]}
    assert {row[read["time"]] for row in board.marked} == opened
    assert all(row[read[name]] for row in board.marked for name in ("title", "text", "tags"))


def test_what_is_chosen_on_the_page_is_asked_for(board: Board, rig: Rig) -> None:
    variables = {one["name"]: one for one in board.dashboard["templating"]["list"] if one["type"] == "custom"}
    for name, title, column in (("severity", "Alerts, the", "severity"), ("level", "Stops, the", "level")):
        for option in variables[name]["options"]:
            rows = Board(infinity(rig), values(**{name: option["value"]})).rows[number_of(board, title)]
            if name == "severity":
                assert {row[column] for row in rows} <= {word.partition("=")[2] for word in option["value"].split("&")}
            else:
                assert all(row[column] >= int(option["value"]) for row in rows)
        listed = [f"{one['text']} : {one['value']}" for one in variables[name]["options"]]
        assert variables[name]["query"] == ", ".join(listed), "as Grafana would take them apart"
        assert not any("," in one or one.count(" : ") > 1 for one in listed)


def test_without_its_token_nothing_is_told(rig: Rig) -> None:
    with pytest.raises(OSError, match="401"):
        Board(Infinity({"DETECTOR_URL": f"http://{rig.page}", "DETECTOR_TOKEN": "another"}), values())


def test_the_land_under_the_map_is_there_and_of_the_form_that_maps_read(board: Board) -> None:
    assert LAND.read_text(encoding="utf-8") == land(), "make dashboards"
    (panel,) = (one for one in board.panels.values() if one["type"] == "geomap")
    assert panel["options"]["basemap"]["type"] == "geojson"
    assert Path(panel["options"]["basemap"]["config"]["src"]).name == LAND.name
    (feature,) = json.loads(LAND.read_text(encoding="utf-8"))["features"]
    import numpy as np

    polygons = [[np.array(ring[:-1]) for ring in polygon] for polygon in feature["geometry"]["coordinates"]]
    for polygon in feature["geometry"]["coordinates"]:
        for ring in polygon:
            assert ring[0] == ring[-1]
            assert all(-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0 for lon, lat in ring)
    assert all(area(polygon[0]) > 0 for polygon in polygons)
    assert all(area(hole) < 0 and holds(polygon[0], hole[0]) for polygon in polygons for hole in polygon[1:])

    def is_land(lon: float, lat: float) -> bool:
        place = np.array([lon, lat])
        return any(holds(p[0], place) and not any(holds(hole, place) for hole in p[1:]) for p in polygons)

    assert all(is_land(*place) for place in ((125.8, 39.0), (-179.0, 67.0), (10.0, 50.0), (0.0, -80.0)))
    assert not any(is_land(*place) for place in ((50.5, 42.0), (-30.0, 40.0), (170.0, 0.0)))
