"""What is known beyond one aircraft: who listened, what is heard where, where positions are false. Pure.

Fed by the path in the order of the stream; asked by `movements` through its protocol of the same name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from detector.decoding import comm_b
from detector.domain.airdata import AirData
from detector.domain.gap import GapPlace
from detector.domain.observation import Heard
from detector.domain.sighting import Sighting
from detector.movements.checks import LEAST_LISTENED
from detector.movements.surroundings import CoLocation, Interference, ReceiverSite, Silence
from detector.reference import WatchList
from detector.tracking.co_location import CoLocationKind
from detector.tracking.coverage import Coverage
from detector.tracking.interference import LEAST_AIRCRAFT, InterferenceMap
from detector.tracking.ledger import Ledger
from detector.tracking.vanishing import ReceiverPlace, classify

SHOWN_BY = {
    CoLocationKind.ALTITUDE: "aircraft are shown standing together thousands of feet above the field",
    CoLocationKind.ONE_POINT: "addresses are shown at the very same position",
    CoLocationKind.JUMPED: "aircraft jumped to one place",
    CoLocationKind.DISC: "aircraft jumped into one disc of 5 km, three times in all",
}


class Sky:
    """All of it, for one stream. `sites`: receivers whose place is known, by identity.

    `unconfirming`: receivers that do not confirm a stop alone.
    """

    def __init__(
        self, watch_list: WatchList, sites: Mapping[int, ReceiverSite], unconfirming: frozenset[int] = frozenset()
    ) -> None:
        self._unconfirming = np.array(sorted(unconfirming), np.uint64)
        self.ledger = Ledger()
        self.coverage = Coverage()
        self.areas = InterferenceMap()
        self.sightings = 0
        """How many were taken in so far."""
        self._watch_list = watch_list
        self._sites = dict(sites)
        self._places = {
            identity: ReceiverPlace(site.latitude_deg, site.longitude_deg, site.height_ft)
            for identity, site in self._sites.items()
        }

    def heard(
        self,
        heard_at: npt.NDArray[np.float64],
        receiver: npt.NDArray[np.uint64],
        key: npt.NDArray[np.integer],
        before: float,
    ) -> None:
        """A batch was heard; `before`: event time before it, -inf if there was none."""
        self.ledger.heard(heard_at, receiver, key, before)

    def confirming(self, receiver: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_] | None:
        """Which of these receivers (n,) may confirm a stop alone; None where all may."""
        return ~np.isin(receiver, self._unconfirming) if len(self._unconfirming) else None

    def saw(self, sighting: Sighting) -> None:
        """An aircraft was seen at a place."""
        self.sightings += 1
        self.coverage.learn(sighting)
        self.areas.feed(sighting)

    def is_listed(self, airport: str, at: float) -> bool:
        """Whether a field was on a watch list then."""
        return bool(self._watch_list.entries_for(airport, at))

    def silence(self, lost: GapPlace | None, icao24: str, begin: float, end: float, clock: float) -> Silence:
        """Why the aircraft was not heard from `begin` to `end`, having been last at `lost`."""
        listening = self.ledger.listening(begin, end, clock, int(icao24, 16))
        kind, reason = classify(self.coverage, lost, begin, listening, icao24, self._places)
        outage = listening.cut_off or (listening.share is not None and listening.share < LEAST_LISTENED)
        return Silence(kind, reason, listening.listened_s, listening.share, outage)

    def interference(self, latitude_deg: float, longitude_deg: float, clock: float) -> Interference | None:
        """Interference around a place; None where too few aircraft were heard to tell."""
        found = self.areas.interference(latitude_deg, longitude_deg, clock)
        if found.until is None and found.n < LEAST_AIRCRAFT:
            return None
        return Interference(found.n, found.degraded, found.share, found.until)

    def co_location(
        self, latitude_deg: float, longitude_deg: float, elevation_ft: float, clock: float
    ) -> CoLocation | None:
        """Whether several aircraft are shown at one place where they cannot be."""
        found = self.areas.co_location(latitude_deg, longitude_deg, elevation_ft, clock)
        if found is None:
            return None
        return CoLocation(len(found.aircraft), SHOWN_BY[found.kind], found.until)

    def twin(
        self, icao24: str, latitude_deg: float, longitude_deg: float, altitude_ft: float | None, clock: float
    ) -> str | None:
        """The address, one bit away, of which this one is a damaged copy."""
        return self.areas.twin(icao24, latitude_deg, longitude_deg, altitude_ft, clock)

    def receiver(self, identity: int) -> ReceiverSite | None:
        """The place of a receiver, if it is known."""
        return self._sites.get(identity)

    def air_data(self, replies: Sequence[Heard]) -> tuple[AirData, ...]:
        """What Comm-B replies say of airspeed, heading and bank."""
        return comm_b.air_data(replies)
