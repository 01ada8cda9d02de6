"""Stops, alerts and gaps as `domain.wire` writes them: types for the description of the API, and for tests of it.

Times in these are ISO 8601 UTC in whole seconds.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from detector.domain.alert import AlertEvent, Evidence, TableUsed
from detector.domain.gap import GapClass
from detector.domain.identity import TypeClass
from detector.domain.stop import Certainty, Kind, Score, Severity, Status, Verdict

Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Strict for our own tests; the published description lets fields be added."""


class CandidateForm(Form, frozen=True, kw_only=True):
    """A field the stop may have been made at."""

    airport: str
    probability: float
    distance_nm: float


class IntervalForm(Form, frozen=True, kw_only=True):
    """When something happened: an interval that contains the truth, and the best guess in it."""

    earliest: Moment | None
    latest: Moment
    estimate: Moment
    observed: bool


class GroundTimeForm(Form, frozen=True, kw_only=True):
    """Seconds on the ground."""

    min: int
    max: int | None
    estimate: int


class CheckForm(Form, frozen=True, kw_only=True):
    """One test of the evidence."""

    name: str
    verdict: Verdict
    value: float | None
    limit: float | None
    unit: str
    reason: str


class FindingForm(Form, frozen=True, kw_only=True):
    """What a rule says of a stop."""

    rule: str
    certainty: Certainty
    severity: Severity
    reason: str


class HeldForm(Form, frozen=True, kw_only=True):
    """Why a stop is held back, and until when at least."""

    reason: str
    until: Moment
    alert: bool


class StopForm(Form, frozen=True, kw_only=True):
    """`detector.stop/1`: one stop in its last revision."""

    schema: Literal["detector.stop/1"]
    id: str
    revision: int
    status: Status
    icao24: str
    registration: str | None
    type_code: str | None
    operator: str | None
    callsign_in: str | None
    callsign_out: str | None
    airport: str | None
    country: str | None
    candidates: list[CandidateForm]
    landed: IntervalForm
    departed: IntervalForm | None
    ground_time_s: GroundTimeForm | None
    level: Annotated[int, Meta(ge=0, le=4)]
    kind: Kind
    checks: list[CheckForm]
    findings: list[FindingForm]
    score: Score | None
    retraction: str | UnsetType = UNSET
    held: HeldForm | UnsetType = UNSET


class FactForm(Form, frozen=True, kw_only=True):
    """One word about an aircraft, and who says it."""

    value: str
    source: str
    dated: Day | None
    valid_from: Day | None = msgspec.field(name="from")
    valid_to: Day | None = msgspec.field(name="to")
    weak: bool


class RemarkForm(Form, frozen=True, kw_only=True):
    """Something odd about an identity."""

    kind: str
    text: str
    telling: bool


class IdentityForm(Form, frozen=True, kw_only=True):
    """Who an aircraft is on one day."""

    icao24: str
    country: str | None
    military: bool | None
    military_source: str | None
    registration: list[FactForm]
    type_code: list[FactForm]
    operator: list[FactForm]
    serial: list[FactForm]
    type_name: str | None
    type_class: TypeClass | None
    remarks: list[RemarkForm]


class ListingForm(Form, frozen=True, kw_only=True):
    """Who published a reason to look. It is no legal finding."""

    list: str
    programme: str
    authority: str
    identifier: str
    source: str
    link: str
    valid_from: Day = msgspec.field(name="from")
    valid_to: Day | None = msgspec.field(name="to")
    reason: str
    matched: str | UnsetType = UNSET
    sure: bool | UnsetType = UNSET


class AlertListingForm(ListingForm, frozen=True, kw_only=True):
    """A listing that a finding rests on."""

    rule: str


class JourneyStepForm(Form, frozen=True, kw_only=True):
    """A leg or a stop of the aircraft afterwards."""

    kind: Literal["leg", "stop"]
    at: Moment
    until: Moment | UnsetType = UNSET
    latitude_deg: float | UnsetType = UNSET
    longitude_deg: float | UnsetType = UNSET
    altitude_ft: float | UnsetType = UNSET
    track_deg: float | UnsetType = UNSET
    callsign: str | UnsetType = UNSET
    near: str | UnsetType = UNSET
    airport: str | UnsetType = UNSET
    stop_id: str | UnsetType = UNSET
    level: int | UnsetType = UNSET


class AlertForm(Form, frozen=True, kw_only=True):
    """`detector.alert/1`: one alert in one revision."""

    schema: Literal["detector.alert/1"]
    id: str
    revision: int
    event: AlertEvent
    at: Moment
    severity: Severity
    stop: StopForm
    journey: list[JourneyStepForm]
    evidence: Evidence | None
    airport_name: str | None
    identity: IdentityForm | None
    listings: list[AlertListingForm]
    reference: list[TableUsed]


class PlaceForm(Form, frozen=True, kw_only=True):
    """The last fix before a gap, or the first after it."""

    at: Moment
    lat: float
    lon: float
    altitude_ft: int | None
    track_deg: int | None
    groundspeed_kt: int | None


class GapForm(Form, frozen=True, kw_only=True):
    """`detector.gap/1`: a silence in flight in its last revision."""

    schema: Literal["detector.gap/1"]
    id: str
    revision: int
    icao24: str
    callsign: str | None
    begin: Moment = msgspec.field(name="from")
    until: Moment | None
    kind: GapClass = msgspec.field(name="class")
    reason: str
    lost: PlaceForm | None
    found: PlaceForm | None
    listened_s: int | None
    stop_id: str | None
