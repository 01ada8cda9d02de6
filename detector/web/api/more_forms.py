"""What else is answered: aircraft, tracks, fields, areas, pages. Times `_at`, `since`, `until` are Unix s UTC."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from detector.reference import Kind as FieldKind
from detector.reference import Surface
from detector.web.api.forms import AlertForm, Day, Form, GapForm, IdentityForm, ListingForm, StopForm

Latitude = Annotated[float, Meta(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Meta(ge=-180.0, le=180.0)]


class AircraftForm(Form, frozen=True):
    """An aircraft as it was heard last; null where not known, or too old to belong to it still.

    position_in_doubt  its position has jumped, and not come back to where its track can have led
    watched            it is followed after an alert
    listed             it is on a watch list today; null while that was not looked up yet
    """

    icao24: str
    callsign: str | None
    registration: str | None
    type_code: str | None
    operator: str | None
    country: str | None
    military: bool | None
    category: str | None
    squawk: str | None
    latitude_deg: float | None
    longitude_deg: float | None
    position_at: float | None
    position_in_doubt: bool
    altitude_baro_ft: float | None
    groundspeed_kt: float | None
    track_deg: float | None
    vertical_rate_fpm: float | None
    on_ground: bool | None
    heard_at: float
    watched: bool
    listed: bool | None


class AircraftColumnsForm(Form, frozen=True):
    """The same in columns, all of one length."""

    icao24: list[str]
    callsign: list[str | None]
    registration: list[str | None]
    type_code: list[str | None]
    operator: list[str | None]
    country: list[str | None]
    military: list[bool | None]
    category: list[str | None]
    squawk: list[str | None]
    latitude_deg: list[float | None]
    longitude_deg: list[float | None]
    position_at: list[float | None]
    position_in_doubt: list[bool]
    altitude_baro_ft: list[float | None]
    groundspeed_kt: list[float | None]
    track_deg: list[float | None]
    vertical_rate_fpm: list[float | None]
    on_ground: list[bool | None]
    heard_at: list[float]
    watched: list[bool]
    listed: list[bool | None]


class AircraftPage(Form, frozen=True):
    """All that fit, as they were at `at`: one of `items` and `columns`, as asked for."""

    at: float
    total: int
    items: list[AircraftForm] | None
    columns: AircraftColumnsForm | None


class AircraftNews(Form, frozen=True):
    """Event `aircraft`: those that were heard since the last one, and addresses that are heard no more.

    `full`: these are all there are, and what was told before counts no more.
    """

    at: float
    full: bool
    columns: AircraftColumnsForm
    gone: tuple[str, ...]


class AircraftAlert(Form, frozen=True):
    """An alert on an aircraft, in short. `at`: when it was opened."""

    id: str
    stop_id: str
    at: float
    severity: str
    event: str
    airport: str | None


class AircraftCase(Form, frozen=True):
    """One aircraft: as it was heard last (null: not in memory), who it is, and what it has done, newest first."""

    icao24: str
    state: AircraftForm | None
    identity: IdentityForm
    listings: list[ListingForm]
    alerts: list[AircraftAlert]
    stops: list[StopForm]


class TrackColumns(Form, frozen=True):
    """Points by time, all columns of one length; altitude null on the ground or where not known."""

    at: list[float]
    latitude_deg: list[float]
    longitude_deg: list[float]
    altitude_baro_ft: list[float | None]


class TrackForm(Form, frozen=True):
    """Where an aircraft was. Between two points it was heard if they are close in time. `cut`: older ones were left
    out, because of `limit`."""

    icao24: str
    points: TrackColumns
    cut: bool


class PositionColumns(Form, frozen=True):
    """Of each aircraft the last position in the two minutes before, all columns of one length.

    `track_deg`: from the position before to this one; null where it has not moved.
    """

    icao24: list[str]
    registration: list[str | None]
    type_code: list[str | None]
    latitude_deg: list[float]
    longitude_deg: list[float]
    altitude_baro_ft: list[float | None]
    track_deg: list[float | None]
    position_at: list[float]


class PositionsForm(Form, frozen=True):
    """Where all were `at` a time, and from when to when that is known (null: nothing is)."""

    at: float
    earliest: float | None
    latest: float | None
    columns: PositionColumns


class RunwayEndForm(Form, frozen=True):
    """One end of a runway, and the true heading of an aircraft landing there."""

    ident: str
    latitude_deg: Latitude
    longitude_deg: Longitude
    elevation_ft: float
    heading_deg: float


class RunwayForm(Form, frozen=True):
    """`estimated`: its ends were not published; they are laid through the field's own position."""

    low: RunwayEndForm
    high: RunwayEndForm
    length_ft: int
    surface: Surface
    estimated: bool


class AirportForm(Form, frozen=True):
    """A field in short. `listed`: on a watch list today."""

    code: str
    name: str
    icao: str | None
    iata: str | None
    place: str | None
    country: str | None
    kind: FieldKind
    latitude_deg: Latitude
    longitude_deg: Longitude
    elevation_ft: float
    longest_runway_ft: float | None
    military: Literal["not_known", "by_name", "stated"]
    closed: bool
    listed: bool


class AirportCase(AirportForm, frozen=True):
    """A field with all that is known of it; `listings` of whatever days."""

    closed_from: Day | None
    corrected_by: str | None
    runways: list[RunwayForm]
    outline: list[tuple[float, float]]
    listings: list[ListingForm]


class AreaForm(Form, frozen=True):
    """A spell of disturbed satellite navigation in a cell of `size_deg`, whose south-west corner is told.

    `aircraft`, `degraded`: around it, as found when most were degraded.
    """

    id: str
    latitude_deg: float
    longitude_deg: float
    size_deg: float
    since: float
    until: float
    aircraft: int
    degraded: int
    in_force: bool


class AlertPage(Form, frozen=True):
    """Last revisions, newest first. `next`: the cursor of what follows; null at the end."""

    items: list[AlertForm]
    next: str | None


class AlertRevisions(Form, frozen=True):
    """All revisions of one alert, the first one first."""

    items: list[AlertForm]


class StopPage(Form, frozen=True):
    """Last revisions, newest first. `next`: the cursor of what follows; null at the end."""

    items: list[StopForm]
    next: str | None


class GapPage(Form, frozen=True):
    """Last revisions, newest first. `next`: the cursor of what follows; null at the end."""

    items: list[GapForm]
    next: str | None


class AirportPage(Form, frozen=True):
    """Fields in the order of the table. `next`: the cursor of what follows; null at the end."""

    items: list[AirportForm]
    next: str | None


class AreaPage(Form, frozen=True):
    """Spells, newest first. `next`: the cursor of what follows; null at the end."""

    items: list[AreaForm]
    next: str | None


class LogIn(msgspec.Struct, frozen=True):
    """What a browser page sends to /login."""

    token: str


class FeedsHealth(Form, frozen=True):
    """How many feeds are listening, of how many."""

    listening: int
    configured: int


class Health(msgspec.Struct, frozen=True):
    """Whether the service listens and keeps its state; more may be told."""

    ok: bool
    feeds: FeedsHealth | None = None
