"""Documents of an alert: those of `detector alerts export`, from a running service."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from detector.domain.errors import StoreError, UsageError
from detector.web.api import documents
from detector.web.exports import geojson, kml
from detector.web.pages.view import CaseView
from detector.web.picture import PictureCase, svg
from tests.app.test_case_files import Played
from tests.web.pages import Client, asked

DOCUMENTS = {
    "geojson": ("application/geo+json", b'{"type":"FeatureCollection"'),
    "kml": ("application/vnd.google-earth.kml+xml", b"<?xml"),
    "map.svg": ("image/svg+xml", b"<svg"),
    "map.png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}


@pytest.fixture(scope="module")
def played() -> Played:
    one = Played()
    one.page.with_cases(one.views().of)
    return one


def test_each_is_there_under_its_name_and_of_its_kind(played: Played) -> None:
    alert = played.record.id

    async def work(ask: Client) -> None:
        for name, (kind, begin) in DOCUMENTS.items():
            answer = await ask(f"/api/v1/alerts/{alert}/{name}")
            assert (answer.status, answer.headers["content-type"]) == (200, kind), name
            assert answer.body.startswith(begin), name
            ending = name.removeprefix("map.")
            assert answer.headers["content-disposition"] == f'attachment; filename="{alert}.{ending}"'
            again = await ask(f"/api/v1/alerts/{alert}/{name}", headers={"if-none-match": answer.headers["etag"]})
            assert (again.status, again.body) == (304, b""), name

    asked(work, played.page)


def test_they_hold_what_exports_make_of_the_case(played: Played) -> None:
    cases: list[PictureCase] = []
    views = played.views()

    async def kept(alert_id: str) -> CaseView | None:
        view = await views.of(alert_id)
        assert view is not None
        cases.append(view.picture)
        return view

    played.page.with_cases(kept)

    async def work(ask: Client) -> None:
        at = f"/api/v1/alerts/{played.record.id}"
        bodies = [(await ask(f"{at}/{name}")).body for name in ("geojson", "kml", "map.svg")]
        (case, *_) = cases
        assert bodies == [geojson(case), kml(case), svg(case).encode()]
        lines = [one for one in json.loads(bodies[0])["features"] if one["geometry"]["type"].endswith("LineString")]
        assert {line["properties"]["observed"] for line in lines} == {True, False}, "heard, and inferred"
        ET.fromstring(bodies[1])
        ET.fromstring(bodies[2])

    asked(work, played.page)
    played.page.with_cases(views.of)


def test_what_cannot_be_made_is_said(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(_: str) -> None:
        return None

    async def away(_: str) -> CaseView:
        raise StoreError("the store is away")

    def without(_: str) -> bytes:
        raise UsageError("a PNG needs the package resvg-py")

    page, views, at = played.page, played.views(), f"/api/v1/alerts/{played.record.id}"

    async def told(ask: Client, path: str) -> tuple[int, str]:
        answer = await ask(path)
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status, json.loads(answer.body)["detail"]

    def check(path: str, status: int, words: str) -> None:
        async def work(ask: Client) -> None:
            found = await told(ask, path)
            assert found[0] == status
            assert words in found[1]

        asked(work, page)

    check("/api/v1/alerts/none/kml", 404, "no alert of that id")
    page.with_cases(gone)
    check(f"{at}/kml", 404, "no alert of that id")
    page.with_cases(away)
    check(f"{at}/geojson", 503, "the store is away")
    page.served = replace(page.served, cases=None)
    page.with_cases(page.served.cases)  # type: ignore[arg-type]
    check(f"{at}/map.svg", 503, "makes no documents")
    page.with_cases(views.of)
    monkeypatch.setattr(documents, "png", without)
    check(f"{at}/map.png", 503, "resvg-py")
    check(f"{at}/map.svg?width=5", 400, "unknown parameter 'width'")
