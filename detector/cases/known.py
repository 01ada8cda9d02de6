"""What was known of the aircraft of a case: its identity and its listings, as the run had them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from detector.domain.errors import InputError
from detector.domain.identity import Identity
from detector.domain.listing import Listing
from detector.domain.stop import Stop
from detector.reference import WatchList
from detector.reference.aircraft_watch import AircraftWatch


class KnownAircraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One aircraft; of all others nothing is known. `listings`: those of it in force on the day of the stop."""

    about: Identity
    listings: tuple[Listing, ...] = ()

    def identity(self, icao24: str, at: float, callsigns: Iterable[str] = ()) -> Identity:
        """The one that is known, whatever the day; else the address alone."""
        return self.about if icao24 == self.about.icao24 else Identity(icao24=icao24)

    def watches(self) -> list[AircraftWatch]:
        """The listings for a watch list; the only aircraft that they can mean is this one."""
        return [AircraftWatch(listing, ()) for listing in self.listings]


def aircraft_used(stop: Stop, watch_list: WatchList) -> KnownAircraft:
    """What the rules were given of the aircraft of a stop."""
    identity = stop.identity or Identity(icao24=stop.icao24)
    callsigns = [callsign for callsign in (stop.callsign_in, stop.callsign_out) if callsign]
    return KnownAircraft(identity, watch_list.of_aircraft(identity, callsigns, stop.landed.estimate))


def aircraft_from(value: Any, source: str) -> KnownAircraft:
    """What was written of it. Raises InputError."""
    try:
        return msgspec.convert(value, KnownAircraft)
    except msgspec.ValidationError as error:
        raise InputError(f"{source}: what was known of the aircraft cannot be read ({error})") from error
