"""Doubt: why the positions of an aircraft are not to be believed at present, and what was believed before.

A gate that refuses a jump re-opens by itself once enough time has passed to make it feasible. So doubt is kept, as a
latch, until the aircraft has shown that it is back on the track from before.
"""

from __future__ import annotations

import msgspec

CLEAR_AFTER_S = 300.0
"""So long on the track from before the jump ends the doubt (evidence rules, "latch")."""


class Place(msgspec.Struct, frozen=True):
    """Where an aircraft was at a time (Unix s UTC); None = not known."""

    at: float
    latitude_deg: float
    longitude_deg: float
    altitude_ft: float | None
    groundspeed_kt: float | None
    track_deg: float | None
    vertical_fpm: float | None


class Doubt(msgspec.Struct, frozen=True):
    """The position has jumped. `since`: the first jump, `last_at`: the latest one (Unix s UTC).

    `before`: the last place believed before it; `returned_at`: since when positions lie again where the track from
    there can have led, None while they do not.
    """

    since: float
    last_at: float
    before: Place
    returned_at: float | None = None

    def cleared(self, at: float) -> bool:
        """Whether the aircraft had by then shown long enough that it is back on its track."""
        return self.returned_at is not None and at - self.returned_at >= CLEAR_AFTER_S
