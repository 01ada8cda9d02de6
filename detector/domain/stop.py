"""A stop: where an aircraft landed, how long it stayed, when it left, how sure that is, and why."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec

from detector.domain.identity import Identity
from detector.domain.listing import Listing

SCHEMA = "detector.stop/1"


class Level(IntEnum):
    """The confidence ladder. What each rung asks for stands in docs/architecture.md, from the evidence rules."""

    REJECTED = 0
    DARK = 1
    ONE_SIDE = 2
    BOTH_SIDES = 3
    OBSERVED = 4


class Kind(StrEnum):
    """What sort of stop it is, in one word; follows from the level."""

    OBSERVED = "observed"
    INFERRED = "inferred"
    DARK = "dark"
    REJECTED = "rejected"


KIND_OF_LEVEL = {
    Level.OBSERVED: Kind.OBSERVED,
    Level.BOTH_SIDES: Kind.INFERRED,
    Level.ONE_SIDE: Kind.INFERRED,
    Level.DARK: Kind.DARK,
    Level.REJECTED: Kind.REJECTED,
}


class Status(StrEnum):
    """Whether the aircraft is still there, has left, or the stop was taken back."""

    OPEN = "open"
    CLOSED = "closed"
    RETRACTED = "retracted"


class Verdict(StrEnum):
    """What a check says of the stop."""

    PASS = "pass"
    FAIL = "fail"
    NOT_EVALUABLE = "not_evaluable"


class Check(msgspec.Struct, frozen=True):
    """One test of the evidence: what was measured, against which limit, and what follows. A check that could not be
    made is `not_evaluable` and never counts as passed."""

    name: str
    verdict: Verdict
    value: float | None
    limit: float | None
    unit: str
    reason: str


class Moment(msgspec.Struct, frozen=True):
    """When something happened: an interval that contains the truth, and the best guess in it. Unix s UTC.

    `earliest` is None only where nothing was heard before (the recording began later), or two aircraft share the
    address; `observed`: seen happening.
    """

    earliest: float | None
    latest: float
    estimate: float
    observed: bool


class GroundTime(msgspec.Struct, frozen=True):
    """Seconds on the ground. `max` is None where the landing has no earliest time."""

    min: float
    max: float | None
    estimate: float


class Candidate(msgspec.Struct, frozen=True):
    """A field the stop may have been made at. `distance_nm`: from the nearest fix that speaks for it."""

    airport: str
    probability: float
    distance_nm: float


class Certainty(StrEnum):
    """Whether a finding holds over the whole interval, or only over a part of it."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class Severity(StrEnum):
    """How much a finding matters."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


SEVERITY_ORDER = {Severity.LOW: 0, Severity.MEDIUM: 1, Severity.HIGH: 2}


class Finding(msgspec.Struct, frozen=True):
    """What a rule says of a stop, and the listings that it rests on."""

    rule: str
    certainty: Certainty
    severity: Severity
    reason: str
    listings: tuple[Listing, ...] = ()


class Score(msgspec.Struct, frozen=True):
    """What the model says of a stop: 0 ordinary .. 1 odd, and why."""

    value: float
    model: str
    reasons: tuple[str, ...]


class Held(msgspec.Struct, frozen=True):
    """A stop that is not told yet, or not at its full level: why, and until when (Unix s UTC) at least.

    `alert`: nothing is told of it at all; otherwise only the level is kept back. `level`: the one it is to have.
    """

    reason: str
    until: float
    alert: bool
    level: Level


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One stop in one revision. A new revision replaces it under the same id; nothing is changed in place.

    `airport` is None where no candidate reaches probability 0.5. `departed` and `ground_time` are None while the
    aircraft is still there. `opened_at`: event time of the event that opened the stop, part of the id.
    """

    id: str
    revision: int
    status: Status
    icao24: str
    registration: str | None = None
    type_code: str | None = None
    operator: str | None = None
    identity: Identity | None = None
    callsign_in: str | None = None
    callsign_out: str | None = None
    airport: str | None
    airport_name: str | None = None
    country: str | None
    candidates: tuple[Candidate, ...]
    landed: Moment
    departed: Moment | None = None
    ground_time: GroundTime | None = None
    level: Level
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    score: Score | None = None
    opened_at: float
    revised_at: float
    retraction: str | None = None
    """Why the stop was taken back."""
    held: Held | None = None

    @property
    def kind(self) -> Kind:
        return KIND_OF_LEVEL[self.level]
