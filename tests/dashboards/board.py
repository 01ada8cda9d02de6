"""The dashboard for analysts with the answers to its questions, and what must be true of them."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from dashboards import text_of
from tests.dashboards.infinity import Infinity, Row, transformed, with_values
from tests.dashboards.troubles import panels_of

ALERTS, STOPS = "Alerts, the latest first", "Stops, the latest first"
STRANGERS = {"operator", "registration", "type_code", "type"}
"""Columns that are empty where nobody knows the aircraft; in the story of the API's tests they are there."""


class Board:
    """A dashboard and the answers to its questions, as Grafana has them. `rows`: by number of the panel and query."""

    def __init__(self, source: Infinity, **chosen: str) -> None:
        self.dashboard: dict[str, Any] = json.loads(text_of("analysts"))
        self.choices = {v["name"]: v for v in self.dashboard["templating"]["list"] if v["type"] == "custom"}
        variables = _values({name: v["current"]["value"] for name, v in self.choices.items()} | chosen)
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
            whose = (target["panelId"], "A") if "panelId" in target else (panel["id"], target["refId"])
            if whose in self.rows:
                found[target["refId"]] = transformed(self.rows[whose], panel.get("transformations", ()))
        return found

    def table(self, title: str) -> list[Row]:
        """The rows of a panel, as they came."""
        (number,) = (number for number, panel in self.panels.items() if panel["title"] == title)
        return self.rows[number, "A"]


def list_of(board: Board) -> list[str]:
    """A line for each panel and query: that it has data, in every column that panels name."""
    lines = []
    for panel in board.panels.values():
        shown = board.shown(panel)
        assert shown or panel["datasource"]["type"] == "prometheus", panel["title"]
        for ref, rows in shown.items():
            assert rows, panel["title"]
            for column in rows[0].keys() - STRANGERS:
                assert any(row[column] is not None for row in rows), (panel["title"], column)
            lines.append(f"{panel['type']:14} {panel['title']:32} {ref} {len(rows):4} rows of {len(rows[0])}")
        if shown:
            _named_columns_are_there(panel, shown)
    return lines


def _named_columns_are_there(panel: dict[str, Any], shown: dict[str, list[Row]]) -> None:
    names = {name for rows in shown.values() for name in rows[0]}
    for override in panel["fieldConfig"]["overrides"]:
        assert override["matcher"]["id"] == "byName"
        assert override["matcher"]["options"] in names, panel["title"]
    if panel["type"] == "geomap":
        for layer in panel["options"]["layers"]:
            at, colour = layer["location"], layer["config"]["style"]["color"]
            rows = [row for row in shown[layer["filterData"]["options"]] if row[at["latitude"]] is not None]
            assert all(-90 <= row[at["latitude"]] <= 90 and -180 <= row[at["longitude"]] <= 180 for row in rows)
            assert rows
            assert colour.get("field", "level") in names
    if panel["type"] == "barchart":
        assert panel["options"]["xField"] in names
    if panel["type"] == "stat":
        assert panel["options"]["reduceOptions"]["fields"].strip("/^$") in names


def links_of(board: Board) -> set[str]:
    """Where the rows of all panels lead to."""
    (page,) = (one for one in board.dashboard["templating"]["list"] if one["name"] == "page")
    found = set()
    for panel in board.panels.values():
        rows = [row for (number, _), mine in board.rows.items() if number == panel["id"] for row in mine]
        for override in panel["fieldConfig"]["overrides"]:
            for link in (link for one in override["properties"] if one["id"] == "links" for link in one["value"]):
                told = [{"${page:raw}": page["query"], "${__data.fields.alert}": row["alert"]} for row in rows]
                found |= {with_values(link["url"], one) for one in told if one["${__data.fields.alert}"] is not None}
    return found


def marks_are_the_alerts(board: Board) -> None:
    """Each alert of the table is a mark in time, with words."""
    read = {name: how["value"] for name, how in board.marks["mappings"].items()}
    assert set(read) == {"time", "title", "text", "tags"}
    assert {row[read["time"]] for row in board.marked} >= {row["opened"] for row in board.table(ALERTS)}
    assert all(row[read[name]] for row in board.marked for name in ("title", "text", "tags"))


def choices_are_asked_for(board: Board, source: Infinity) -> None:
    """What is chosen on the page is what comes, for every choice."""
    for name, choice in board.choices.items():
        listed = [f"{one['text']} : {one['value']}" for one in choice["options"]]
        assert choice["query"] == ", ".join(listed), "as Grafana would take them apart"
        assert not any("," in one or one.count(" : ") > 1 for one in listed)
        for value in (one["value"] for one in choice["options"]):
            chosen = Board(source, **{name: value})
            if name == "severity":
                wanted = {word.partition("=")[2] for word in value.split("&")}
                assert {row["severity"] for row in chosen.table(ALERTS)} <= wanted
            else:
                assert all(row["level"] >= int(value) for row in chosen.table(STOPS))


def _values(chosen: dict[str, str]) -> dict[str, str]:
    """Of all variables in questions."""
    now = time.time()
    told = {f"${{{name}:raw}}": value for name, value in chosen.items()}
    for name, at in (("from", now - 3_600.0), ("to", now)):
        moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
        told[f"${{__{name}:date:iso}}"] = moment.replace("+00:00", "Z")
    return told
