"""Alerts and stops as GeoJSON (RFC 7946): types for what is answered and for the description of the API."""

from __future__ import annotations

from typing import Literal

from detector.domain.alert import AlertEvent
from detector.domain.stop import Kind, Severity, Status
from detector.web.api.forms import Form, Moment
from detector.web.api.more_forms import Latitude, Longitude


class PointForm(Form, frozen=True):
    """Longitude and latitude in degrees, WGS 84."""

    type: Literal["Point"]
    coordinates: tuple[Longitude, Latitude]


class PropertiesForm(Form, frozen=True, kw_only=True):
    """One stop in one flat row; null where not known or not so far.

    title      in words; rules: in words, with commas between
    alert      id of its alert, whose page is /cases/{alert}; null if it has none; `event`, `opened`: of that alert
    severity   of the alert, or of what the rules find of a stop without one
    landed     the best guess, in the interval `landed_earliest` (null: not bounded) .. `landed_latest`, which contains
               the truth; `landed_observed`: seen. The same of the departure
    latitude_deg, longitude_deg   of the field, as in the geometry
    """

    title: str
    stop: str
    alert: str | None
    event: AlertEvent | None
    opened: Moment | None
    severity: Severity | None
    rules: str
    status: Status
    kind: Kind
    level: int
    held: bool
    airport: str | None
    airport_name: str | None
    country: str | None
    latitude_deg: Latitude | None
    longitude_deg: Longitude | None
    icao24: str
    registration: str | None
    type_code: str | None
    operator: str | None
    callsign_in: str | None
    callsign_out: str | None
    landed: Moment
    landed_earliest: Moment | None
    landed_latest: Moment
    landed_observed: bool
    departed: Moment | None
    departed_earliest: Moment | None
    departed_latest: Moment | None
    departed_observed: bool | None
    ground_time_s: int | None
    ground_time_min_s: int | None
    ground_time_max_s: int | None
    score: float | None


class FeatureForm(Form, frozen=True):
    """`id`: of the alert or stop. `geometry` is null where the field is not known."""

    type: Literal["Feature"]
    id: str
    geometry: PointForm | None
    properties: PropertiesForm


class LayerForm(Form, frozen=True):
    """The newest first. `cut`: there are more than `limit`."""

    type: Literal["FeatureCollection"]
    features: list[FeatureForm]
    cut: bool
