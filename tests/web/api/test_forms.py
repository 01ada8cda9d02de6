"""The description of the API is that of what is answered: strictly, no field more and none less."""

from __future__ import annotations

import jsonschema_rs
import msgspec
import pytest

from detector.domain.gap import Gap, GapClass
from detector.domain.stop import Held, Level, Stop
from detector.domain.wire import stop_line
from detector.pipeline import Changes
from detector.web.api.forms import AlertForm, GapForm, StopForm
from detector.web.api.more_forms import AircraftColumnsForm, AircraftForm
from detector.web.live.fleet import COLUMNS
from tests.service.test_scenarios import heard
from tests.web.pages import Client, Page, asked
from tests.web.story import fresh, told


@pytest.mark.parametrize(("shelf", "form"), [("alerts", AlertForm), ("stops", StopForm), ("gaps", GapForm)])
def test_lines_of_the_contract_are_of_the_form(shelf: str, form: type[msgspec.Struct]) -> None:
    records = list(getattr(told().model, shelf).newest(None, lambda _: True))
    assert records
    for record in records:
        for line in record.revisions:
            read = msgspec.json.decode(line, type=form)
            assert msgspec.json.decode(msgspec.json.encode(read)) == msgspec.json.decode(line)


def test_a_field_that_the_form_does_not_know_is_noticed() -> None:
    (record, *_) = told().model.stops.newest(None, lambda _: True)
    line = record.line.replace(b'"id":', b'"surprise":1,"id":', 1)
    with pytest.raises(msgspec.ValidationError, match="surprise"):
        msgspec.json.decode(line, type=StopForm)


def test_rare_fields_are_of_the_form_too() -> None:
    seen = Page()
    stops: list[Stop] = []
    seen.note = lambda changes: stops.extend(changes.stops)  # type: ignore[method-assign]
    seen.hear(heard(), 600.0)
    held = Held("satellite navigation is disturbed", 1.0, alert=True, level=Level.OBSERVED)
    rare = msgspec.structs.replace(stops[-1], held=held, retraction="it was another one")
    msgspec.json.decode(stop_line(rare), type=StopForm)


def test_columns_of_aircraft_are_the_fields_of_one() -> None:
    assert AircraftForm.__struct_fields__ == AircraftColumnsForm.__struct_fields__ == COLUMNS


FILES = ("bundle", "geojson", "kml", "map.svg", "map.png")


def test_every_answer_is_of_the_schema_it_says() -> None:
    """By the published description, as any client would check it."""

    async def work(ask: Client) -> None:
        described = await ask("/openapi.json")
        document = msgspec.json.decode(described.body)
        icao24 = "15522c"
        alert = (await ask.json("/alerts"))["items"][0]
        gap = (await ask.json("/gaps"))["items"][0]
        paths = {
            "/alerts": "/alerts",
            "/alerts.geojson": "/alerts.geojson",
            "/alerts/{alert_id}": f"/alerts/{alert['id']}",
            "/alerts/{alert_id}/revisions": f"/alerts/{alert['id']}/revisions",
            "/stops": "/stops?limit=1",
            "/stops.geojson": "/stops.geojson?level=0",
            "/stops/{stop_id}": f"/stops/{alert['stop']['id']}",
            "/gaps": "/gaps",
            "/gaps/{gap_id}": f"/gaps/{gap['id']}",
            "/aircraft": "/aircraft?since=2020-01-01",
            "/aircraft/{icao24}": f"/aircraft/{icao24}",
            "/aircraft/{icao24}/track": f"/aircraft/{icao24}/track",
            "/airports": "/airports?listed=true",
            "/airports/{code}": "/airports/ZKPY",
            "/areas": "/areas",
            "/positions": "/positions?at=2024-11-07T01:00:00Z",
            "/health": "/health",
        }
        told_of = {path.removeprefix("/api/v1") for path in document["paths"]} - {"/login", "/logout"}
        assert told_of - paths.keys() == {"/events"} | {f"/alerts/{{alert_id}}/{name}" for name in FILES}
        for path, real in paths.items():
            operation = document["paths"]["/api/v1" + path]["get"]
            (content,) = operation["responses"]["200"]["content"].values()
            schema = content["schema"]
            valid = jsonschema_rs.validator_for(schema | {"components": document["components"]})
            valid.validate(await ask.json(real))

    asked(work, told())


def test_a_gap_that_lasts_and_one_without_places_are_of_the_form() -> None:
    page = fresh()
    gap = Gap(
        id="gap-x", revision=1, icao24="15522c", callsign=None, begin=1.0, end=None, kind=GapClass.UNKNOWN,
        reason="", lost=None, found=None, listened_s=None,
    )  # fmt: skip
    page.note(Changes(gaps=[gap]))
    record = page.model.gaps.get("gap-x")
    assert record is not None
    assert msgspec.json.decode(record.line, type=GapForm).until is None
