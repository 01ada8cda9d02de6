"""Every check on both sides of its border, and what it says when the question cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.domain.doubt import Doubt, Place
from detector.domain.observation import Points
from detector.domain.stop import Candidate, Check, Level, Verdict
from detector.movements import MovementSettings, checks, fits, stops
from detector.movements.fits import Fit
from detector.movements.sides import Side
from tests.movements.worlds import airports

S = MovementSettings()
PASS, FAIL, NOT = Verdict.PASS, Verdict.FAIL, Verdict.NOT_EVALUABLE


def points(*rows: tuple[float, float]) -> Points:
    """(time, altitude) of each."""
    at, altitude = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows], float)
    return Points.of(at, np.zeros(len(at)), np.zeros(len(at)), altitude, np.full(len(at), 140.0))


def side(**values: float | None) -> Side:
    usual = {"at": 0.0, "heard_at": 0.0, "latitude_deg": 48.0, "longitude_deg": 8.0, "altitude_ft": 4_000.0}
    rest = {"groundspeed_kt": 200.0, "track_deg": 90.0, "vertical_fpm": 0.0}
    return Side(**{**usual, **rest, **values})  # type: ignore[arg-type]


BEFORE = Place(9_000.0, 33.0, 34.0, 12_000.0, 300.0, 90.0, -800.0)
AT_FIELD = checks.altitude_at_field(500.0, 480.0, S)
OFF_FIELD = checks.altitude_at_field(None, 480.0, S)


@pytest.mark.parametrize(
    ("doubt", "at_field", "verdict"),
    [
        (None, None, PASS),
        (Doubt(9_100.0, 9_100.0, BEFORE), AT_FIELD, NOT),
        (Doubt(9_100.0, 9_100.0, BEFORE, returned_at=9_700.0), None, PASS),
        (Doubt(9_100.0, 9_100.0, BEFORE, returned_at=9_701.0), None, FAIL),
        (Doubt(9_100.0, 9_100.0, BEFORE, returned_at=9_990.0), AT_FIELD, PASS),
        (Doubt(9_100.0, 9_100.0, BEFORE, returned_at=9_990.0), OFF_FIELD, FAIL),
    ],
)
def test_a_jump_is_over_after_five_minutes_on_the_old_track_or_a_landing_that_fits(
    doubt: Doubt | None, at_field: Check | None, verdict: Verdict
) -> None:
    assert checks.implied_speed(doubt, 10_000.0, at_field).verdict is verdict


@pytest.mark.parametrize(
    ("altitude", "verdict"), [(None, NOT), (2_500.0, PASS), (2_501.0, FAIL), (-500.0, PASS), (-501.0, FAIL)]
)
def test_the_altitude_at_the_field_lies_within_what_pressure_explains(altitude: float | None, verdict: Verdict) -> None:
    assert checks.altitude_at_field(altitude, 500.0, S).verdict is verdict


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        ([], NOT),
        ([(0.0, float("nan"))], NOT),
        ([(0.0, 8_500.0)], PASS),  # 6,000 ft above the margin in one minute
        ([(0.0, 8_600.0)], FAIL),
        ([(-600.0, 30_000.0), (0.0, 8_600.0)], FAIL),
        ([(61.0, 40_000.0)], NOT),  # after the landing
    ],
)
def test_there_must_be_time_to_descend(rows: list[tuple[float, float]], verdict: Verdict) -> None:
    assert checks.time_to_descend(points(*rows), 60.0, 500.0, S).verdict is verdict


@pytest.mark.parametrize(("heights", "verdict"), [([3_499.0] * 3, PASS), ([3_499.0] * 2 + [3_500.0], FAIL), ([], FAIL)])
def test_three_altitudes_below_3000_ft_show_the_approach(heights: list[float], verdict: Verdict) -> None:
    rows = [(1_000.0 + k, height) for k, height in enumerate(heights)]
    assert checks.low_samples(points(*rows), 1_100.0, 500.0, S).verdict is verdict


def test_altitudes_older_than_20_min_or_after_the_landing_show_no_approach() -> None:
    rows = [(-200.0, 900.0), (-199.0, 900.0), (-198.0, 900.0), (1_101.0, 900.0)]
    assert checks.low_samples(points(*rows), 1_100.0, 500.0, S).value == 0


@pytest.mark.parametrize(("words", "verdict"), [(1, FAIL), (2, PASS)])
def test_one_word_on_the_ground_proves_nothing(words: int, verdict: Verdict) -> None:
    assert checks.ground_words(words).verdict is verdict


@pytest.mark.parametrize(("distance", "verdict"), [(None, NOT), (3.0, PASS), (3.1, FAIL)])
def test_a_ground_fix_lies_near_a_runway(distance: float | None, verdict: Verdict) -> None:
    assert checks.ground_fix(distance, S).verdict is verdict


@pytest.mark.parametrize(
    ("share", "named", "verdict"), [(0.75, True, PASS), (0.74, True, FAIL), (0.5, True, FAIL), (0.49, False, FAIL)]
)
def test_a_field_is_named_from_one_half_on_and_sure_from_three_quarters(
    share: float, named: bool, verdict: Verdict
) -> None:
    candidates = (Candidate("LFPB", share, 3.0), Candidate("LFPG", 0.2, 4.0))
    assert checks.one_field(candidates).verdict is verdict
    assert (stops.named_airport(candidates) is not None) is named


@pytest.mark.parametrize(("silence_s", "verdict"), [(900.0, PASS), (899.0, FAIL)])
def test_a_silence_must_be_long_enough(silence_s: float, verdict: Verdict) -> None:
    assert checks.feasible(silence_s, 900.0).verdict is verdict


@pytest.mark.parametrize(
    ("direct", "speeds", "verdict"),
    [
        (400.0, (None, None), NOT),
        (301.0, (400.0, 400.0), FAIL),
        (299.0, (400.0, 400.0), PASS),
        (499.0, (400.0, 400.0), FAIL),
        (501.0, (400.0, 400.0), PASS),
        (320.0, (400.0, 200.0), PASS),  # it fits one side only
        (390.0, (400.0, None), FAIL),
    ],
)
def test_a_plausible_flight_between_the_two_ends_is_an_overflight(
    direct: float, speeds: tuple[float | None, float | None], verdict: Verdict
) -> None:
    assert checks.not_overflight(direct, speeds, S).verdict is verdict


@pytest.mark.parametrize(
    ("after", "distance", "since", "verdict"),
    [
        (None, 0.0, 0.0, NOT),
        (side(altitude_ft=None), 0.0, 0.0, NOT),
        (side(altitude_ft=3_500.0), 10.0, 0.0, PASS),
        (side(altitude_ft=3_500.0), 10.1, 0.0, FAIL),
        (side(altitude_ft=3_500.0), 20.0, 60.0, PASS),
        (side(altitude_ft=3_501.0), 5.0, 0.0, FAIL),
        (side(altitude_ft=9_500.0), 5.0, 60.0, PASS),
    ],
)
def test_the_first_fix_after_a_take_off_is_near_the_field_and_low(
    after: Side | None, distance: float, since: float, verdict: Verdict
) -> None:
    assert checks.departure(after, distance, 500.0, since, S).verdict is verdict


@pytest.mark.parametrize("fits_", [True, False])
def test_energy_checks_tell_distance_height_and_trend(fits_: bool) -> None:
    for check in (checks.energy_arrival, checks.energy_departure):
        made = check(side(vertical_fpm=-900.0), 11.5, 3_500.0, fits_, S)
        assert made.verdict is (PASS if fits_ else FAIL)
        for part in ("11.5 NM", "3500 ft", "-900 ft/min"):
            assert part in made.reason


ON_RUNWAY = {"ground_fix": PASS, "on_runway": PASS}
SEEN_THERE = {"ground_words": PASS, "ground_fix": PASS, "departure": PASS}


def made(**verdicts: Verdict) -> tuple[Check, ...]:
    return tuple(Check(name, verdict, None, None, "", "") for name, verdict in verdicts.items())


@pytest.mark.parametrize(
    ("verdicts", "level"),
    [
        ({**ON_RUNWAY, "ground_words": PASS, "low_samples": PASS, "altitude_at_field": PASS}, Level.OBSERVED),
        ({"ground_words": PASS, "ground_fix": PASS, "low_samples": PASS, "altitude_at_field": PASS}, Level.BOTH_SIDES),
        ({**SEEN_THERE, "low_samples": PASS, "altitude_at_field": PASS}, Level.OBSERVED),
        ({**ON_RUNWAY, "ground_words": PASS, "radio_horizon": PASS}, Level.OBSERVED),
        ({**ON_RUNWAY, **SEEN_THERE, "integrity": FAIL}, Level.BOTH_SIDES),
        ({**ON_RUNWAY, **SEEN_THERE, "integrity": FAIL, "geometric_barometric": FAIL}, Level.ONE_SIDE),
        ({**SEEN_THERE, "integrity": FAIL}, Level.ONE_SIDE),
        ({**ON_RUNWAY, **SEEN_THERE, "two_places": FAIL}, Level.ONE_SIDE),
        ({**ON_RUNWAY, **SEEN_THERE, "airspeed_groundspeed": FAIL}, Level.REJECTED),
        ({"ground_words": PASS, "ground_fix": PASS, "low_samples": FAIL, "departure": PASS}, Level.BOTH_SIDES),
        ({"ground_words": PASS, "ground_fix": PASS, "low_samples": FAIL}, Level.BOTH_SIDES),
        ({"ground_words": FAIL, "ground_fix": PASS, "low_samples": FAIL}, Level.ONE_SIDE),
        ({"ground_words": PASS, "ground_fix": NOT, "low_samples": PASS, "altitude_at_field": PASS}, Level.ONE_SIDE),
        ({"ground_words": PASS, "ground_fix": NOT, "departure": PASS, "low_samples": PASS}, Level.BOTH_SIDES),
        ({"ground_words": PASS, "ground_fix": PASS, "low_samples": PASS, "implied_speed": FAIL}, Level.REJECTED),
        ({"ground_words": PASS, "ground_fix": PASS, "low_samples": PASS, "time_to_descend": FAIL}, Level.REJECTED),
    ],
)
def test_level_4_needs_a_place_two_other_kinds_of_evidence_and_no_veto(
    verdicts: dict[str, Verdict], level: Level
) -> None:
    assert stops.observed_level(made(**verdicts)) is level


@given(st.lists(st.sampled_from([PASS, FAIL, NOT]), min_size=7, max_size=7), st.integers(0, 6))
def test_no_check_that_could_not_be_made_raises_the_level(verdicts: list[Verdict], removed: int) -> None:
    names = ("ground_words", "ground_fix", "altitude_at_field", "low_samples", "departure", "jump", "other")
    before = stops.observed_level(made(**dict(zip(names, verdicts, strict=True))))
    verdicts[removed] = NOT
    assert stops.observed_level(made(**dict(zip(names, verdicts, strict=True)))) <= before


@given(st.lists(st.floats(-40, 3), min_size=1, max_size=30))
def test_probabilities_of_candidates_fall_and_sum_to_one_at_most(scores: list[float]) -> None:
    found = fits.candidates([Fit(k, 1.0, 0.0, score) for k, score in enumerate(scores)], airports(), 0.0)
    shares = [candidate.probability for candidate in found]
    assert shares == sorted(shares, reverse=True)
    assert 0 < sum(shares) <= 1 + 1e-9
