"""Named limits of alerting."""

from __future__ import annotations

import msgspec


class AlertSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an alert goes on.

    journey_hours       the aircraft is followed this long after it left - or, if nobody saw it leave, after it landed:
                        its further legs and stops go onto the alert
    journey_update_s    an aircraft heard in flight makes a revision this often; one that falls silent makes one at once
    """

    journey_hours: float = 72.0
    journey_update_s: float = 3600.0
