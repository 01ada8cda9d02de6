"""Named thresholds of the tracker, each with its reason."""

from __future__ import annotations

from typing import Annotated

import msgspec

from detector.tracking.clock import LATE_S


class TrackingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Speeds in kt, times in s, heights in ft above the field.

    silence_s              a pause worth looking at: the shortest stop (5 min on the ground) hides in no less
    open_silence_s         a silence that is itself news for a watched aircraft; longer than a frame may be late (60 s)
    long_silence_s         a silence of any aircraft in flight that is an event of its own while it lasts
    after_silence_s        how long fixes after a silence are looked at one by one
    ground_confirm_s       words on air or ground must agree this long: single flags flicker at up to 476 kt
    speed_factor           allowance on the last ground speed for gusts, acceleration and old velocity
    slack_m, slack_s       CPR rounding and message latency
    unknown_air_kt         speed allowed in the air when none is known
    unknown_ground_kt      the same on the ground
    ceiling_kt             no speed above this is ever believed
    accept_after           this many fixes that agree with each other, but not with the track, replace it
    low_ft                 close above a field: entering and leaving this height marks an approach
    near_field_nm          "at a field" for the coarse question of heights
    forget_after_h         an aircraft not heard for so long is forgotten, unless it is in an open stop or under watch:
                           a silence of a week tells nothing any more
    forget_open_after_h    so is one in an open stop that raised no alert; the stop stays as it was told last
    aircraft_kept          when more are known, those that matter least are forgotten at once; not those in an open
                           stop, nor those under watch. Each takes 6 kB at the most
    aircraft_limit         so many are known at most, in the second until then; a service takes some 512 MB with these
                           two, and needs more of both, and of memory, for the traffic of the whole world
    """

    silence_s: float = 300.0
    open_silence_s: Annotated[float, msgspec.Meta(gt=LATE_S)] = 600.0
    long_silence_s: Annotated[float, msgspec.Meta(gt=LATE_S)] = 3600.0
    after_silence_s: float = 180.0
    ground_confirm_s: float = 2.0
    speed_factor: float = 1.3
    slack_m: float = 30.0
    slack_s: float = 0.2
    unknown_air_kt: float = 900.0
    unknown_ground_kt: float = 120.0
    ceiling_kt: float = 2000.0
    accept_after: int = 4
    low_ft: float = 1000.0
    near_field_nm: float = 10.0
    forget_after_h: Annotated[float, msgspec.Meta(ge=24.0)] = 168.0
    forget_open_after_h: Annotated[float, msgspec.Meta(ge=24.0)] = 2160.0
    aircraft_kept: Annotated[int, msgspec.Meta(ge=1)] = 9_216
    aircraft_limit: Annotated[int, msgspec.Meta(ge=2)] = 12_288

    def __post_init__(self) -> None:
        if self.aircraft_limit <= self.aircraft_kept:
            raise ValueError("`aircraft_limit` has to be greater than `aircraft_kept`")
