"""Named limits of alerting."""

from __future__ import annotations

import msgspec


class AlertSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an alert goes on.

    journey_hours       the aircraft stays under watch this long after the stop: its further legs go onto the alert
    journey_update_s    an aircraft that goes on being heard makes at most one revision in this time
    """

    journey_hours: float = 72.0
    journey_update_s: float = 3600.0
