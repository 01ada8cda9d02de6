"""Alerts and stops as layers of a map: the same records as in the lists, flat."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from detector.domain.alert import alert_id
from detector.domain.stop import Certainty, Finding, Severity, Stop
from detector.pipeline import Changes
from detector.web.api.layers import MEDIA_TYPE
from tests.service.test_scenarios import heard
from tests.web.pages import Client, Page, asked
from tests.web.story import told


async def layer(ask: Client, path: str) -> list[dict[str, Any]]:
    answer = await ask(f"/api/v1{path}")
    assert (answer.status, answer.headers["content-type"]) == (200, MEDIA_TYPE), answer.body
    return list(json.loads(answer.body)["features"])


def test_an_alert_is_one_row_with_its_field_its_times_and_its_rules() -> None:
    async def work(ask: Client) -> None:
        (alert,) = (await ask.json("/alerts"))["items"]
        (feature,) = await layer(ask, "/alerts.geojson?airport=fnj&severity=high")
        row, stop = feature["properties"], alert["stop"]
        assert (feature["id"], row["alert"], row["stop"]) == (alert["id"], alert["id"], stop["id"])
        assert feature["geometry"] == {"type": "Point", "coordinates": [125.67, 39.2241]}
        assert [row["longitude_deg"], row["latitude_deg"]] == feature["geometry"]["coordinates"]
        assert (row["landed"], row["landed_latest"]) == (stop["landed"]["estimate"], stop["landed"]["latest"])
        assert (row["ground_time_s"], row["ground_time_min_s"]) == (stop["ground_time_s"]["estimate"], 300)
        assert (row["severity"], row["level"], row["kind"]) == ("high", 3, "inferred")
        assert "Short turnaround" in row["rules"]
        assert row["title"].startswith("RA-86572 at Sunan, Pyongyang: Airport on a watch list")

    asked(work, told())


def test_stops_are_those_of_the_list_in_its_order_with_the_alert_where_there_is_one() -> None:
    async def work(ask: Client) -> None:
        stops = (await ask.json("/stops?limit=500"))["items"]
        features = await layer(ask, "/stops.geojson?limit=500")
        assert [one["id"] for one in features] == [stop["id"] for stop in stops]
        (alert,) = (await ask.json("/alerts"))["items"]
        alerts = {one["id"]: one["properties"]["alert"] for one in features}
        assert alerts.pop(alert["stop"]["id"]) == alert["id"]
        assert set(alerts.values()) == {None}
        assert {one["properties"]["level"] for one in await layer(ask, "/stops.geojson?level=4")} == {4}
        nowhere = [one for one in features if one["properties"]["airport"] is None]
        assert all(one["geometry"] is None for one in nowhere)

    asked(work, told())


def test_a_layer_says_when_it_is_cut_and_what_was_wrong_with_the_question() -> None:
    async def work(ask: Client) -> None:
        whole = json.loads((await ask("/api/v1/stops.geojson")).body)
        part = json.loads((await ask("/api/v1/stops.geojson?limit=1")).body)
        assert (whole["cut"], part["cut"]) == (False, True)
        assert part["features"] == whole["features"][:1]
        assert (await ask("/api/v1/stops.geojson?limit=10001")).status == 400
        wrong = await ask("/api/v1/alerts.geojson?cursor=AAAA")
        assert json.loads(wrong.body)["parameter"] == "cursor"
        first = await ask("/api/v1/stops.geojson")
        again = await ask("/api/v1/stops.geojson", headers={"if-none-match": first.headers["etag"]})
        assert (again.status, again.body) == (304, b"")

    asked(work, told())


def test_a_stop_at_no_field_has_no_place_and_its_severity_is_that_of_its_worst_finding() -> None:
    page, stops = Page(), list[Stop]()
    page.note = lambda changes: stops.extend(changes.stops)  # type: ignore[method-assign]
    page.hear(heard(), 600.0)
    findings = tuple(
        Finding(rule, Certainty.POSSIBLE, severity, "")
        for rule, severity in (("outlier", Severity.LOW), ("identity", Severity.MEDIUM), ("dark_stop", Severity.LOW))
    )
    dark = msgspec.structs.replace(stops[-1], airport=None, country=None, findings=findings, registration=None)
    page.model.note(Changes(stops=[dark]))

    async def work(ask: Client) -> None:
        (feature,) = await layer(ask, "/stops.geojson")
        row = feature["properties"]
        assert (feature["geometry"], row["latitude_deg"], row["airport_name"]) == (None, None, None)
        assert (row["severity"], row["alert"]) == ("medium", None)
        assert row["title"].startswith("15522c at no known field: Unlike the stops of the past")

    asked(work, page)


def test_the_id_of_an_alert_follows_from_its_stop() -> None:
    for record in told().model.alerts.newest(None, lambda _: True):
        assert record.id == alert_id(json.loads(record.line)["stop"]["id"])
