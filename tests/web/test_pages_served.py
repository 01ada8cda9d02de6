"""Pages and what they load: policies, caches, log-in, and the past that the slider asks for."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import importlib.resources
import re

import msgspec
import numpy as np
import pytest

from detector.service.settings import ServiceSettings
from detector.tracking.tracker import TrackPoints
from detector.web.live.trails import MOMENT_S, Trails
from detector.web.pages.assets import assets
from detector.web.pages.document import policy
from tests.web.pages import Client, Page, asked
from tests.web.story import ICAO24, told

SHA256 = {
    "leaflet.js": "db49d009c841f5ca34a888c96511ae936fd9f5533e90d8b2c4d57596f4e5641a",
    "leaflet.css": "a7837102824184820dfa198d1ebcd109ff6d0ff9a2672a074b9a1b4d147d04c6",
    "LICENSE": "53e8dc25862014e4324741ca18fbe3611e11d42ef69f59f86ea8c5389647d4cb",
}
"""Of leaflet-1.9.4.tgz, as npm has it."""


def test_leaflet_is_what_was_published() -> None:
    folder = importlib.resources.files("detector.web").joinpath("assets/leaflet")
    assert {name: hashlib.sha256(folder.joinpath(name).read_bytes()).hexdigest() for name in SHA256} == SHA256


def test_everything_a_page_loads_is_there_may_be_kept_for_ever_and_needs_no_token() -> None:
    async def work(ask: Client) -> None:
        page = (await ask("/log-in")).body.decode()
        loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
        assert loaded
        found = {asset.path: asset for asset in assets().found}
        for asset in found.values():
            answer = await ask(asset.path)
            assert answer.status == 200
            assert answer.headers["content-type"] == asset.media_type
            assert "immutable" in answer.headers["cache-control"]
            again = await ask(asset.path, headers={"if-none-match": answer.headers["etag"]})
            assert (again.status, again.body) == (304, b"")
        assert set(loaded) <= set(found)
        for path in (f"{assets().base}/../guard.py", f"{assets().base}/nothing.js", "/static/other/live.js"):
            assert (await ask(path)).status in (401, 404), path

    asked(work, token="secret")


def test_modules_import_only_what_is_there_and_nothing_inline() -> None:
    names = {asset.path.rpartition("/")[2] for asset in assets().found}
    for asset in assets().found:
        if not asset.path.endswith(".js") or asset.path.endswith("leaflet.js"):
            continue
        text = asset.content.decode()
        assert set(re.findall(r'from "\./([^"]+)"', text)) <= names, asset.path
        assert not re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|eval\(", text), asset.path


def test_pages_run_and_load_what_is_ours_and_tiles_of_one_origin_at_most() -> None:
    async def work(ask: Client) -> None:
        for path in ("/", "/log-in", "/cases", "/cases/unknown"):
            answer = await ask(path, headers={"accept": "text/html"})
            assert answer.headers["content-security-policy"] == policy(), path
            assert b"<script>" not in answer.body
            assert b"style=" not in answer.body
        assert (await ask("/cases/unknown")).status == 503, "this page makes no cases"

    asked(work)
    assert "img-src 'self';" in policy()
    assert "img-src 'self' https://tiles.example.org:8080;" in policy(
        "https://tiles.example.org:8080/{z}/{x}/{y}.png?k=1"
    )


@pytest.mark.parametrize(
    "url",
    ["https://a.example; script-src *", "https://*/{z}/{x}/{y}", "javascript:alert(1)", "https://a.example/{z}/{x}"],
)
def test_tiles_that_would_widen_the_policy_are_refused(url: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"tile_url": url}, ServiceSettings)


def test_without_a_token_a_person_is_led_to_the_login_and_a_program_is_told() -> None:
    async def work(ask: Client) -> None:
        assert await asyncio.to_thread(led_to, ask.port, "/cases/alert-1") == (303, "/log-in?next=/cases/alert-1")
        assert await asyncio.to_thread(led_to, ask.port, "//evil.example/") == (303, "/log-in?next=//evil.example/")
        assert (await ask("/cases/alert-1")).status == 401
        assert (await ask("/api/v1/alerts", headers={"accept": "application/json"})).status == 401

    asked(work, token="secret")


def led_to(port: int, path: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10.0)
    connection.request("GET", path, headers={"accept": "text/html,*/*"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("location")


def test_the_past_is_told_as_it_was() -> None:
    async def work(ask: Client) -> None:
        page = await ask.json("/positions?at=2024-11-07T01:00:00Z")
        at = page["columns"]["icao24"].index(ICAO24)
        assert page["columns"]["registration"][at] == "RA-86572"
        assert 39.0 < page["columns"]["latitude_deg"][at] < 44.0
        assert 180.0 < page["columns"]["track_deg"][at] < 270.0, "towards Pyongyang"
        assert page["earliest"] < page["at"] < page["latest"]
        silent = await ask.json("/positions?at=2024-11-07T01:50:00Z")
        assert ICAO24 not in silent["columns"]["icao24"]
        fields = (await ask.json("/airports?code=ZKPY&code=UHWW&code=nowhere"))["items"]
        assert sorted(field["code"] for field in fields) == ["UHWW", "ZKPY"]

    asked(work, told())


def test_nothing_is_known_of_the_past_before_anything_was_heard() -> None:
    async def work(ask: Client) -> None:
        page = await ask.json("/positions")
        assert (page["earliest"], page["columns"]["icao24"]) == (None, [])

    asked(work, Page())


def test_a_moment_has_of_each_aircraft_the_last_point_before_it() -> None:
    trails = Trails(most=8)
    key = np.array([7, 9, 7, 7, 9], np.uint32)
    at = np.array([0.0, 10.0, 30.0, 60.0, 90.0])
    east = np.array([10.0, 20.0, 10.1, 10.2, 20.0])
    trails.add(TrackPoints(key, at, np.zeros(5), east, np.full(5, 1_000.0)))
    moment = trails.moment(65.0)
    assert moment.key.tolist() == [7, 9]
    assert moment.at.tolist() == [60.0, 10.0]
    assert moment.track_deg[0] == pytest.approx(90.0)
    assert np.isnan(moment.track_deg[1]), "one point tells no direction"
    assert trails.moment(0.0 - 1e-9).key.tolist() == []
    assert trails.moment(90.0 + MOMENT_S).key.tolist() == []
    assert trails.span() == (0.0, 90.0)
