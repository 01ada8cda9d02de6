"""Who made a visit, where its source does not say."""

from __future__ import annotations

from msgspec.structs import replace

from detector.domain.identity import Identities, first_value
from detector.domain.visit import Visit

DESIGNATORS = {
    "9E": "EDV", "AA": "AAL", "AS": "ASA", "B6": "JBU", "DL": "DAL", "EV": "ASQ", "F9": "FFT", "G4": "AAY", "HA": "HAL",
    "MQ": "ENY", "NK": "NKS", "OH": "JIA", "OO": "SKW", "PT": "PDT", "QX": "QXE", "UA": "UAL", "US": "AWE", "VX": "VRD",
    "WN": "SWA", "YV": "ASH", "YX": "RPA",
}  # fmt: skip
"""Of the airlines in the BTS list: ICAO's designator for IATA's, so that an airline has one name in all of history."""
DESIGNATOR = 2
"""Characters of an airline's IATA designator: a name says more."""


def named(visit: Visit, identities: Identities) -> Visit:
    """The visit with the state and the role of its address, and with what its source left open of registration, type
    and operator, as known of the day of the landing."""
    told = visit.operator
    callsigns = tuple(name for name in (visit.callsign_in, visit.callsign_out) if name)
    if told in DESIGNATORS:
        callsigns = (*callsigns, f"{DESIGNATORS[told]}1")
    identity = identities.identity(visit.icao24, visit.landed_at, callsigns)
    return replace(
        visit,
        registration=visit.registration or first_value(identity.registration) or "",
        type_code=visit.type_code or first_value(identity.type_code) or "",
        operator=(told if len(told) > DESIGNATOR else "") or first_value(identity.operator) or told,
        state=visit.state or identity.country or "",
        military=identity.military if visit.military is None else visit.military,
    )
