"""Alerts and stops as one layer of a map (GeoJSON) that also reads as a table: one flat row each.

For dashboards, spreadsheets and desktop maps, which cannot follow lists within lists: `detector.alert/1` and
`detector.stop/1` have more. A stop lies at the position of its field; one without a field has no place.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Annotated

import msgspec
from fastapi import Query, Request, Response

from detector.domain.alert import AlertEvent, alert_id
from detector.domain.stop import SEVERITY_ORDER, Kind, Score, Severity, Status
from detector.domain.times import iso
from detector.web.api.answers import answered
from detector.web.api.layer_forms import FeatureForm, LayerForm, PointForm, PropertiesForm
from detector.web.api.lists import AT_ONCE, Question
from detector.web.api.served import Served
from detector.web.live.shelf import Record, Shelf
from detector.web.replay_map.fields import field_of
from detector.web.replay_map.words import RULES, readable

MEDIA_TYPE = "application/geo+json"
MOST = 10_000
"""As many as are held; a layer has no pages."""
USUAL = 1_000
DIGITS = 5
"""Of degrees: a metre."""
LayerLimit = Annotated[int, Query(ge=1, le=MOST, description="So many at most, the newest ones.")]


async def layered(request: Request, served: Served, shelf: Shelf, question: Question, limit: int) -> Response:
    """The records of a shelf as a FeatureCollection, the newest first."""
    records = list(islice(shelf.newest(None, question.fits), limit + 1))
    features: list[FeatureForm] = []
    for begin in range(0, min(limit, len(records)), AT_ONCE):
        features += [_feature(served, record) for record in records[begin : min(begin + AT_ONCE, limit)]]
        await asyncio.sleep(0)
    layer = LayerForm(type="FeatureCollection", features=features, cut=len(records) > limit)
    return answered(request, msgspec.json.encode(layer), MEDIA_TYPE)


class _Moment(msgspec.Struct):
    earliest: str | None
    latest: str
    estimate: str
    observed: bool


class _GroundTime(msgspec.Struct):
    min: int
    max: int | None
    estimate: int


class _Finding(msgspec.Struct):
    rule: str
    severity: Severity


class _Stop(msgspec.Struct):
    """What a layer tells of a line of `detector.stop/1`."""

    id: str
    registration: str | None
    type_code: str | None
    operator: str | None
    callsign_in: str | None
    callsign_out: str | None
    landed: _Moment
    departed: _Moment | None
    ground_time_s: _GroundTime | None
    findings: list[_Finding]
    score: Score | None


class _AlertLine(msgspec.Struct):
    stop: _Stop


def _feature(served: Served, record: Record) -> FeatureForm:
    words = record.words
    in_alert = "severity" in words
    stop = (
        msgspec.json.decode(record.line, type=_AlertLine).stop
        if in_alert
        else msgspec.json.decode(record.line, type=_Stop)
    )
    alert = record if in_alert else served.model.alerts.get(alert_id(stop.id))
    field = field_of(served.airports, next(iter(words["airport"]), None))
    severities = [Severity(alert.words["severity"][0])] if alert else [one.severity for one in stop.findings]
    rules = [readable(rule, RULES) for rule in words["rule"]]
    aircraft = stop.registration or words["icao24"][0]
    where = field.short if field is not None else "no known field"
    ground, departed = stop.ground_time_s, stop.departed
    properties = PropertiesForm(
        title=f"{aircraft} at {where}" + (f": {', '.join(rules)}" if rules else ""),
        stop=stop.id,
        alert=None if alert is None else alert.id,
        event=None if alert is None else AlertEvent(alert.words["event"][0]),
        opened=None if alert is None else iso(alert.begin),
        severity=max(severities, key=SEVERITY_ORDER.__getitem__, default=None),
        rules=", ".join(rules),
        status=Status(words["status"][0]),
        kind=Kind(words["kind"][0]),
        level=int(words["level"][0]),
        held=words["held"][0] == "true",
        airport=next(iter(words["airport"]), None),
        airport_name=None if field is None else field.title,
        country=next(iter(words["country"]), None),
        latitude_deg=None if field is None else round(field.latitude_deg, DIGITS),
        longitude_deg=None if field is None else round(field.longitude_deg, DIGITS),
        icao24=words["icao24"][0],
        registration=stop.registration,
        type_code=stop.type_code,
        operator=stop.operator,
        callsign_in=stop.callsign_in,
        callsign_out=stop.callsign_out,
        landed=stop.landed.estimate,
        landed_earliest=stop.landed.earliest,
        landed_latest=stop.landed.latest,
        landed_observed=stop.landed.observed,
        departed=None if departed is None else departed.estimate,
        departed_earliest=None if departed is None else departed.earliest,
        departed_latest=None if departed is None else departed.latest,
        departed_observed=None if departed is None else departed.observed,
        ground_time_s=None if ground is None else ground.estimate,
        ground_time_min_s=None if ground is None else ground.min,
        ground_time_max_s=None if ground is None else ground.max,
        score=None if stop.score is None else stop.score.value,
    )
    place = None
    if properties.latitude_deg is not None and properties.longitude_deg is not None:
        place = PointForm(type="Point", coordinates=(properties.longitude_deg, properties.latitude_deg))
    return FeatureForm(type="Feature", id=record.id, geometry=place, properties=properties)
