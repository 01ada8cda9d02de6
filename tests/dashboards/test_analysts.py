"""The dashboard for analysts, without a running service: who may ask, and the land under its map.

That its questions are answered: test_dashboards.py.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest

from dashboards import LAND, text_of
from dashboards.land import area, holds, land
from tests.dashboards.board import ALERTS, Board
from tests.dashboards.infinity import Infinity
from tests.dashboards.troubles import panels_of
from tests.web.pages import Client, asked
from tests.web.story import told

TOKEN = "a-token-of-the-tests"


def test_it_shows_the_token_that_its_source_is_provisioned_with() -> None:
    def source(ask: Client, token: str) -> Infinity:
        return Infinity({"DETECTOR_URL": f"http://127.0.0.1:{ask.port}", "DETECTOR_TOKEN": token})

    async def work(ask: Client) -> None:
        # The story was in 2024; the page shows the last hour.
        board = await asyncio.to_thread(Board, source(ask, TOKEN))
        assert board.table(ALERTS) == []
        with pytest.raises(OSError, match="401"):
            await asyncio.to_thread(Board, source(ask, "another"))

    asked(work, told(), token=TOKEN)


def test_the_land_under_the_map_is_there_and_of_the_form_that_maps_read() -> None:
    assert LAND.read_text(encoding="utf-8") == land(), "make dashboards"
    (panel,) = (one for one in panels_of(json.loads(text_of("analysts"))) if one["type"] == "geomap")
    assert panel["options"]["basemap"]["type"] == "geojson"
    assert Path(panel["options"]["basemap"]["config"]["src"]).name == LAND.name
    (feature,) = json.loads(LAND.read_text(encoding="utf-8"))["features"]
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
