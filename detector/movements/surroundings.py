"""What an aircraft's own messages do not tell: who listened, who else was there, what its replies to radars say.

The path provides it; here stands what is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from detector.domain.airdata import AirData
from detector.domain.gap import GapClass, GapPlace
from detector.domain.observation import Heard


class Silence(msgspec.Struct, frozen=True):
    """Why nothing was heard, as far as it can be told.

    `listened_s`: for how much of it somebody is known to have listened, None where that cannot be told; `share`: the
    same as a share of it. `outage`: the others fell silent as well.
    """

    kind: GapClass
    reason: str
    listened_s: float | None
    share: float | None
    outage: bool


class Interference(msgspec.Struct, frozen=True):
    """Aircraft around a place within the hour, how many of them with poor or false positions, and until when that
    speaks against the place (Unix s UTC); `until` None: it does not."""

    aircraft: int
    degraded: int
    share: float
    until: float | None


class CoLocation(msgspec.Struct, frozen=True):
    """Several aircraft shown at one place where they cannot all be, why, and until when that counts."""

    aircraft: int
    reason: str
    until: float


class ReceiverSite(msgspec.Struct, frozen=True):
    """Where a receiver is: degrees, antenna in ft above mean sea level."""

    name: str
    latitude_deg: float
    longitude_deg: float
    height_ft: float


class Surroundings(Protocol):
    """All answers hold as of event time `clock` (Unix s UTC): what came later has no part in them."""

    def is_listed(self, airport: str, at: float) -> bool:
        """Whether a field was on a watch list then."""

    def silence(self, lost: GapPlace | None, icao24: str, begin: float, end: float, clock: float) -> Silence:
        """Why the aircraft was not heard from `begin` to `end`, having been last at `lost`."""

    def interference(self, latitude_deg: float, longitude_deg: float, clock: float) -> Interference | None:
        """Interference around a place; None where too few aircraft were heard to tell."""

    def co_location(
        self, latitude_deg: float, longitude_deg: float, elevation_ft: float, clock: float
    ) -> CoLocation | None:
        """Whether several aircraft are shown at one place where they cannot be."""

    def twin(
        self, icao24: str, latitude_deg: float, longitude_deg: float, altitude_ft: float | None, clock: float
    ) -> str | None:
        """The address, one bit away, of which this one is a damaged copy."""

    def receiver(self, identity: int) -> ReceiverSite | None:
        """The place of a receiver, if it is known."""

    def air_data(self, replies: Sequence[Heard]) -> tuple[AirData, ...]:
        """What Comm-B replies say of airspeed, heading and bank."""
