"""Named thresholds of stops and movements, each with its reason."""

from __future__ import annotations

import msgspec


class MovementSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Heights in ft above the field, distances in NM, rates in ft/min, times in s.

    minimum_stay_s            the shortest time on the ground that counts after a landing nobody saw
    touch_and_go_s            shorter ground contact is a touch-and-go or stop-and-go, not a stop
    observed_gap_s            landing or take-off counts as seen if the words on either side are this close
    field_radius_nm           ground contact further than this from every runway is at no known field
    at_field_ft               barometric altitude this far above a field contradicts being on it: the range of
                              pressure settings, 950 to 1050 hPa, explains +1,730 and -1,000 ft, no more
    below_field_ft            the other side of that range
    fastest_descent_fpm       no transport descends faster from its last high fix to a landing
    fastest_climb_fpm         nor climbs faster
    low_samples_ft            an approach that was heard has altitudes below this height ...
    low_samples               ... at least this many
    low_samples_s             ... in this time before the landing
    glide_ft_per_nm           a three-degree path, rounded down
    energy_margin_nm          allowance for pressure setting, level segments and the distance to fly around
    arrival_angle_deg         the track points to the field at least this well
    manoeuvring_nm            so close to the field the track may point anywhere
    descending_fpm            the last minutes count as a descent
    low_height_ft             below this height an aircraft is arriving even in a level segment
    climbing_fpm              the first fixes count as a climb
    departure_height_ft       climbing above this says nothing about a field any more
    steepest_ft_per_nm        a climb from the field is no steeper ...
    shallowest_ft_per_nm      ... and no shallower than this
    departure_margin_nm       allowance on both
    overflight_share          a silence is a flight if distance by time is within this share of both ground speeds
    trend_s                   how much of the past tells climb from descent
    approach_kt               speed over the last miles, for estimates
    fastest_kt                speed over long distances, for bounds
    holding_s                 an aircraft lost on its way down lands within this time beyond the direct way: final
                              reserve fuel is 30 min (ICAO Annex 6 part I, 4.3.6.3), and 15 min of approach
    dark_after_s              a silence in the middle of where others are heard is a stop in the dark after this time
    departure_fix_nm          the first fix after a take-off is this near, plus 600 kt times the time since
    go_around_ft              an approach broken off below this pressure height is a go-around
    low_pass_ft               below this it is a low pass
    candidate_shown           fields below this probability are not listed
    """

    minimum_stay_s: float = 300.0
    touch_and_go_s: float = 90.0
    observed_gap_s: float = 60.0
    field_radius_nm: float = 3.0
    at_field_ft: float = 2000.0
    below_field_ft: float = 1000.0
    fastest_descent_fpm: float = 6000.0
    fastest_climb_fpm: float = 6000.0
    low_samples_ft: float = 3000.0
    low_samples: int = 3
    low_samples_s: float = 1200.0
    glide_ft_per_nm: float = 300.0
    energy_margin_nm: float = 3.0
    arrival_angle_deg: float = 60.0
    manoeuvring_nm: float = 10.0
    descending_fpm: float = 300.0
    low_height_ft: float = 10000.0
    climbing_fpm: float = 300.0
    departure_height_ft: float = 20000.0
    steepest_ft_per_nm: float = 1000.0
    shallowest_ft_per_nm: float = 150.0
    departure_margin_nm: float = 3.0
    overflight_share: float = 0.25
    trend_s: float = 180.0
    approach_kt: float = 140.0
    fastest_kt: float = 600.0
    holding_s: float = 2700.0
    dark_after_s: float = 3600.0
    departure_fix_nm: float = 10.0
    go_around_ft: float = 1000.0
    low_pass_ft: float = 200.0
    candidate_shown: float = 0.01
