"""Named thresholds of the checks on motion, runway and sky, each with its reason."""

from __future__ import annotations

import msgspec


class CheckSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Speeds in kt, times in s, heights in ft, distances in NM or m, angles in degrees; shares from 0 to 1.

    fast_tas_kt, fast_ias_kt, fast_mach  an aircraft flies from these airspeeds on: no transport stands still at them
    standing_kt               ground speed of an aircraft that stands or taxies slowly
    air_ground_s              airspeed and ground speed this close in time are of the same moment: braking takes off
                              less than 30 kt in it
    contradictions            so many of them make a failure: one frame proves nothing
    frozen_m                  positions within this do not move: rounding of CPR (5 m) and satellite noise, with room
    frozen_s                  for this long; a slow network may repeat a position for some seconds
    frozen_gap_s              positions further apart in time than this were not watched in between
    frozen_kt                 ground speed at which a position must move
    frozen_altitude_ft        change of altitude that no hover and no pressure change explains
    frozen_wing_ft            nor this of an aircraft that cannot hover: pressure and rounding make less than 100 ft
    hover_ft                  nothing hovers above this height: helicopters seldom do above 10,000 ft
    circle_s, circle_most_s   a circle is looked for in stretches of this length (5 to 10 min)
    circle_points             fixes that a circle is fitted to, at least
    circle_residual           scatter around a circle, as a share of its radius; racetracks of holding have more
    perfect_residual          scatter of a computed circle: wind and hands make more
    perfect_speed             and this is all that its ground speed varies, as a share; wind makes more
    perfect_descent_ft        transport aircraft do not come down by this in a perfect circle ...
    perfect_high_ft, perfect_kt  ... nor fly so slowly at this height, where they would stall
    transport_bank_deg        transport aircraft bank by 30 degrees, and at 67 their 2.5 g are used up (CS 25.337)
    any_bank_deg              nor does any aircraft go on circling at this bank
    bank_deg                  the bank that the circle needs and the roll told may differ by this: wind changes the
                              bank around a circle
    turn_rate_deg_s           track and heading turn alike, but for this (a standard turn is 3 degrees a second)
    heading_gap_s             headings this close together tell a rate of turn without ambiguity
    attitude_samples          rolls or headings that it takes to judge
    chord_share, chord_kt     positions may be faster or slower than the ground speed by this: rounding, old velocity
    chord_s                   and for less than this time
    chord_gap_s               fixes further apart than this may have any way in between
    chord_least_s             fixes closer together say little of speed
    straight_deg              the track is straight if it turns by no more than this between two fixes
    sideways_deg, sideways_kt  positions lead where the track points, to this; slower aircraft may tell their heading
    geometric_ft              geometric and barometric altitude differ by less: pressure and temperature explain some
                              2,000 ft at high levels
    geometric_low_ft          near the ground only pressure (950 hPa: 1,730 ft) and geoid (350 ft) explain it ...
    geometric_share           ... and temperature a share of the altitude (20 degrees off standard: 7 %)
    geometric_points          so many times in a row
    geometric_step_ft, geometric_step_s  their difference changes by less than this in this time ...
    quiet_ft                  ... while the barometric altitude changes by no more than this
    integrity_s               how much of the past the share of poor integrity is taken over
    integrity_share           fixes with NIC 0, or NACp up to `poor_nac_p`, are fewer than this share
    poor_nac_p                NACp 2: the position is known to within 4 NM (DO-260B table 2-71); readsb takes the same
    integrity_points          fixes with known integrity that it takes to judge
    wind_kt                   no wind is stronger: jet streams reach some 220 kt
    low_wind_kt, wind_kt_1000ft  nor than this at sea level, and so much more for each 1,000 ft of pressure altitude
    wind_change_kt            nor does it change by more in `wind_s` within `wind_height_ft`
    wind_s, wind_height_ft    what "the same air" is
    wind_pair_s               air data in steady flight and ground speed this close in time belong together
    wind_samples              winds that it takes to judge
    wind_share                share of the winds that must differ from the usual one
    air_join_s                heading and true airspeed from two replies belong together if so close in time
    steady_deg, steady_s      the heading is steady if its neighbours, so close in time, differ by no more than this
    variation_deg             magnetic variation on routes that are flown; beyond it is only the far north and south
    contact_s                 how long after the first ground contact an aircraft is rolling out
    rolling_kt                ground speed that is had on runways only
    runway_m, runway_end_m    on the runway: half its width, 5 m of CPR error, error of published ends, and the
                              overrun beyond its ends
    runway_angle_deg          a roll-out follows the runway to this
    off_runway_nm             this far from every centreline no aircraft rolls fast; high-speed exits are nearer
    off_runway_share          fixes along a runway are fewer than this share: a false roll-out may cross one
    off_runway_fixes          so many fixes of the roll-out off every runway make a failure
    slow_after_s, slow_until_s  this long after touching down an aircraft has braked or turned off
    slow_fixes, slow_least_s  so many positions over this time tell its speed
    slow_kt                   and this is slower than any flies, but for the lightest
    final_ft, final_nm        an approach is aligned below this pressure height, within this distance
    steady_ft, steady_before_s, steady_after_s  around a touchdown: below this pressure height, from so long before it
                              to so long after
    steady_fixes, steady_least_s, steady_most_s  velocities that it takes, and how far apart they may be
    steady_kt, steady_kt_s    changes of the velocity below the first are gusts and rounding; above the second no brake
                              (5 kt/s) nor turn so low explains them
    moving_m                  fixes that lie closer together are one place, and tell no way flown
    aligned_nm, aligned_deg   this close to the extended centreline, and pointing along it
    unaligned_nm, unaligned_ft  so far from every centreline, and so low, nothing lands on any of them
    final_s                   the last fix in the air is this close before the landing, or the turn onto final may
                              have come after it
    circuit_kt                slower aircraft fly circuits tight enough to look like this
    airborne_share            share of words that may say "airborne" inside a stop: flags flicker
    horizon_factor            refraction beyond the usual 4/3 Earth: 15 %
    antenna_ft                the least height of any antenna over the ground, aircraft or receiver
    terrain_ft                ground between may lie so much lower than the lower of the two ends
    horizon_veto              beyond so many times the horizon nothing on the ground is heard, whatever the weather
    two_places_s              a conflict of two places this near to a stop casts doubt on it
    interference_aircraft     aircraft in an area that it takes to speak of interference
    interference_share        share of them (less one) whose positions are degraded
    """

    fast_tas_kt: float = 150.0
    fast_ias_kt: float = 100.0
    fast_mach: float = 0.3
    standing_kt: float = 40.0
    air_ground_s: float = 5.0
    contradictions: int = 2
    frozen_m: float = 30.0
    frozen_s: float = 60.0
    frozen_gap_s: float = 65.0
    frozen_kt: float = 50.0
    frozen_altitude_ft: float = 1000.0
    frozen_wing_ft: float = 300.0
    hover_ft: float = 10000.0
    circle_s: float = 300.0
    circle_most_s: float = 600.0
    circle_points: int = 8
    circle_residual: float = 0.1
    perfect_residual: float = 0.02
    perfect_speed: float = 0.02
    perfect_descent_ft: float = 3000.0
    perfect_high_ft: float = 20000.0
    perfect_kt: float = 200.0
    transport_bank_deg: float = 50.0
    any_bank_deg: float = 75.0
    bank_deg: float = 12.0
    turn_rate_deg_s: float = 2.0
    heading_gap_s: float = 30.0
    attitude_samples: int = 4
    chord_share: float = 0.2
    chord_kt: float = 15.0
    chord_s: float = 180.0
    chord_gap_s: float = 60.0
    chord_least_s: float = 4.0
    straight_deg: float = 10.0
    sideways_deg: float = 25.0
    sideways_kt: float = 150.0
    geometric_ft: float = 3000.0
    geometric_low_ft: float = 2100.0
    geometric_share: float = 0.07
    geometric_points: int = 3
    geometric_step_ft: float = 500.0
    geometric_step_s: float = 10.0
    quiet_ft: float = 100.0
    integrity_s: float = 600.0
    integrity_share: float = 0.2
    poor_nac_p: int = 2
    integrity_points: int = 3
    wind_kt: float = 250.0
    low_wind_kt: float = 70.0
    wind_kt_1000ft: float = 8.0
    wind_change_kt: float = 60.0
    wind_s: float = 600.0
    wind_height_ft: float = 3000.0
    wind_pair_s: float = 10.0
    wind_samples: int = 3
    wind_share: float = 0.25
    air_join_s: float = 20.0
    steady_deg: float = 6.0
    steady_s: float = 45.0
    variation_deg: int = 40
    contact_s: float = 120.0
    rolling_kt: float = 50.0
    runway_m: float = 120.0
    runway_end_m: float = 300.0
    runway_angle_deg: float = 20.0
    off_runway_nm: float = 0.1
    off_runway_share: float = 0.2
    off_runway_fixes: int = 2
    slow_after_s: float = 45.0
    slow_until_s: float = 180.0
    slow_fixes: int = 3
    slow_least_s: float = 15.0
    slow_kt: float = 60.0
    final_ft: float = 700.0
    final_nm: float = 4.0
    steady_ft: float = 700.0
    steady_before_s: float = 35.0
    steady_after_s: float = 20.0
    steady_fixes: int = 3
    steady_least_s: float = 1.0
    steady_most_s: float = 15.0
    steady_kt: float = 35.0
    steady_kt_s: float = 6.5
    moving_m: float = 30.0
    aligned_nm: float = 0.12
    aligned_deg: float = 25.0
    unaligned_nm: float = 1.0
    unaligned_ft: float = 300.0
    final_s: float = 30.0
    circuit_kt: float = 120.0
    airborne_share: float = 0.2
    horizon_factor: float = 1.15
    antenna_ft: float = 50.0
    terrain_ft: float = 200.0
    horizon_veto: float = 3.0
    two_places_s: float = 1800.0
    interference_aircraft: int = 3
    interference_share: float = 0.2
