from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.domain.columns import SlotTable
from detector.domain.geo import destination, distance_nm
from detector.tracking import gates
from detector.tracking.arrivals import begins
from detector.tracking.settings import TrackingSettings

S = TrackingSettings()
T0 = 1_700_000_000.0
NAN = math.nan


@dataclass(frozen=True)
class Fix:
    slot: int
    at: float
    latitude_deg: float
    longitude_deg: float
    surface: bool = False
    groundspeed_kt: float = NAN


def rows(fixes: list[Fix]) -> gates.FixRows:
    slot = np.array([f.slot for f in fixes], np.int32)
    return gates.FixRows(
        slot,
        np.array([f.at for f in fixes]),
        np.array([f.latitude_deg for f in fixes]),
        np.array([f.longitude_deg for f in fixes]),
        np.array([f.surface for f in fixes], np.bool_),
        np.array([f.groundspeed_kt for f in fixes]),
        begins(slot),
    )


def gated(fixes: list[Fix], table: SlotTable | None = None) -> list[str]:
    """`ok`, `no` or `jump` for each."""
    found = gates.accept(table or SlotTable(gates.COLUMNS), rows(fixes), S)
    jumped = {jump.row for jump in found.jumps if jump.seen_at is None}
    return ["jump" if i in jumped else "ok" if a else "no" for i, a in enumerate(found.accepted)]


def moved(start: Fix, distance_m: float, seconds: float, **values: object) -> Fix:
    latitude, longitude = destination(start.latitude_deg, start.longitude_deg, 30.0, distance_m / 1852.0)
    return Fix(start.slot, start.at + seconds, latitude, longitude, **values)  # type: ignore[arg-type]


START = Fix(0, T0, 39.2, 125.7)


@pytest.mark.parametrize(
    ("seconds", "groundspeed_kt", "surface", "limit_m"),
    [
        # 30 m + (dt + 0.2 s) x 1.3 x speed x 0.514444 m/s per kt
        (1.0, 400.0, False, 30 + 1.2 * 1.3 * 400 * 0.514444),
        (10.0, 400.0, False, 30 + 10.2 * 1.3 * 400 * 0.514444),
        # a speed of nothing is allowed a roll of 60 kt
        (10.0, 0.0, True, 30 + 10.2 * 60 * 0.514444),
        # no speed told: 900 kt in the air, 120 kt on the ground
        (10.0, NAN, False, 30 + 10.2 * 900 * 0.514444),
        (10.0, NAN, True, 30 + 10.2 * 120 * 0.514444),
        # after a minute the last speed says nothing, nor does the ground
        (61.0, 100.0, False, 30 + 61.2 * 900 * 0.514444),
        (61.0, 0.0, True, 30 + 61.2 * 900 * 0.514444),
        # never more than 2,000 kt
        (10.0, 1900.0, False, 30 + 10.2 * 2000 * 0.514444),
    ],
)
def test_a_fix_is_accepted_up_to_the_reach_of_its_speed(
    seconds: float, groundspeed_kt: float, surface: bool, limit_m: float
) -> None:
    for share, verdict in ((0.999, "ok"), (1.001, "no")):
        there = moved(START, limit_m * share, seconds, surface=surface, groundspeed_kt=groundspeed_kt)
        assert gated([START, there]) == ["ok", verdict]


def test_the_first_fix_of_an_aircraft_is_accepted_and_others_do_not_touch_it() -> None:
    other = Fix(1, T0 + 1.0, -33.0, 151.0)
    assert gated([START, moved(START, 100.0, 2.0), other]) == ["ok", "ok", "ok"]


def test_one_wrong_fix_is_refused_and_the_track_goes_on() -> None:
    track = [moved(START, 200.0 * k, float(k), groundspeed_kt=400.0) for k in range(5)]
    track[2] = moved(track[2], 90_000.0, 0.0, groundspeed_kt=400.0)
    assert gated(track) == ["ok", "ok", "no", "ok", "ok"]


def far(count: int) -> list[Fix]:
    away = moved(START, 500_000.0, 5.0)
    return [moved(away, 200.0 * k, float(k), groundspeed_kt=400.0) for k in range(count)]


def test_fixes_that_agree_with_each_other_replace_the_track_after_four() -> None:
    assert gated([START, *far(6)]) == ["ok", "no", "no", "no", "jump", "ok", "ok"]


def test_strays_that_agree_with_nothing_never_replace_the_track() -> None:
    wild = [Fix(0, T0 + k, 10.0 * k - 40.0, 20.0 * k) for k in range(1, 8)]
    assert gated([START, *wild]) == ["ok"] + ["no"] * 7


def test_a_fix_on_the_track_ends_a_row_of_strays() -> None:
    back = moved(START, 100.0, 8.5)
    later = [Fix(f.slot, f.at + 10.0, f.latitude_deg, f.longitude_deg, f.surface, f.groundspeed_kt) for f in far(3)]
    assert gated([START, *far(3), back, *later]) == ["ok", "no", "no", "no", "ok", "no", "no", "no"]


def test_strays_are_counted_across_batches() -> None:
    table = SlotTable(gates.COLUMNS)
    one_by_one = [gated([fix], table)[0] for fix in [START, *far(5)]]
    assert one_by_one == ["ok", "no", "no", "no", "jump", "ok"]
    assert table["stray_count"][0] == 0


def test_a_second_track_is_found_though_half_its_fixes_are_mixed_pairs() -> None:
    """Every third fix is on the track; of the others every second one lies where neither aircraft is."""
    random = np.random.default_rng(4)
    first, second = START, Fix(0, T0, 50.0, 8.0)
    heard = [first]
    for k in range(1, 90):
        at = T0 + 2.0 * k
        wild = destination(20.0, 40.0, float(random.uniform(0, 360)), float(random.uniform(0, 2_000)))
        along = (moved(first, 400.0 * k, 2.0 * k), moved(second, 400.0 * k, 2.0 * k), Fix(0, at, *wild))
        good = along[1] if random.random() < 0.5 else along[2]
        heard.append(along[0] if k % 3 == 0 else good)
    table = SlotTable(gates.COLUMNS)
    verdicts = gated(heard, table)
    assert "jump" not in verdicts
    assert T0 + 20.0 < table["two_places_at"][0] <= heard[-1].at
    alone = SlotTable(gates.COLUMNS)
    gated([fix for fix in heard if abs(fix.latitude_deg - 39.2) < 1.0], alone)
    assert math.isnan(alone["two_places_at"][0])


class Plain:
    """The gate as one would write it for a single aircraft."""

    def __init__(self) -> None:
        self.fix: Fix | None = None
        self.stray: Fix | None = None
        self.strays = 0

    def judge(self, here: Fix) -> str:
        if self.fix is None or self._reachable(self.fix, here):
            self.fix, self.strays = here, 0
            return "ok"
        agrees = self.strays > 0 and self.stray is not None and self._reachable(self.stray, here)
        self.strays = self.strays + 1 if agrees else 1
        self.stray = here
        if self.strays < S.accept_after:
            return "no"
        self.fix, self.strays = here, 0
        return "jump"

    @staticmethod
    def _reachable(start: Fix, here: Fix) -> bool:
        seconds = abs(here.at - start.at)
        if seconds > 60.0:
            speed = 900.0
        elif math.isnan(here.groundspeed_kt):
            speed = 120.0 if here.surface else 900.0
        else:
            speed = max(60.0, 1.3 * here.groundspeed_kt)
        reach_m = 30.0 + (seconds + 0.2) * min(speed, 2_000.0) * 1852.0 / 3600.0
        distance = distance_nm(start.latitude_deg, start.longitude_deg, here.latitude_deg, here.longitude_deg)
        return distance * 1852.0 <= reach_m


@settings(max_examples=150)
@given(
    seed=st.integers(0, 2**32),
    n=st.integers(1, 60),
    wild=st.floats(0.0, 0.6),
    cuts=st.lists(st.integers(1, 59), max_size=6),
)
def test_columns_judge_as_a_plain_sequence_does_however_they_are_cut(
    seed: int, n: int, wild: float, cuts: list[int]
) -> None:
    random = np.random.default_rng(seed)
    fixes = sorted(
        (
            Fix(
                int(random.integers(0, 3)),
                T0 + float(random.uniform(0.0, 300.0)),
                *destination(39.2, 125.7, float(random.uniform(0, 360)), 300.0 if random.random() < wild else 1.0),
                bool(random.random() < 0.2),
                float(random.choice([NAN, 0.0, 300.0, 450.0])),
            )
            for _ in range(n)
        ),
        key=lambda fix: fix.at,
    )
    plain = [Plain() for _ in range(3)]
    expected = {(fix.slot, fix.at): plain[fix.slot].judge(fix) for fix in fixes}
    table = SlotTable(gates.COLUMNS)
    got: dict[tuple[int, float], str] = {}
    for a, b in pairwise([0, *sorted({cut for cut in cuts if cut < n}), n]):
        batch = sorted(fixes[a:b], key=lambda fix: fix.slot)
        got |= {(fix.slot, fix.at): verdict for fix, verdict in zip(batch, gated(batch, table), strict=True)}
    assert got == expected
    for slot, one in enumerate(plain):
        if one.fix is not None:
            assert (table["fix_at"][slot], table["latitude_deg"][slot]) == (one.fix.at, one.fix.latitude_deg)
        assert table["stray_count"][slot] == one.strays


@pytest.mark.parametrize(
    ("back_m", "late"),
    [(2_000.0, True), (60_000.0, False)],
    ids=["where it had been refused", "on the old track"],
)
def test_a_fix_after_a_pause_where_one_was_refused_is_a_jump_though_time_makes_it_feasible(
    back_m: float, late: bool
) -> None:
    """A position that is false already when the aircraft falls silent."""
    false = moved(START, 80_000.0, 4.0)
    after = moved(START, 80_000.0 - back_m, 900.0)
    found = gates.accept(SlotTable(gates.COLUMNS), rows([START, false, after]), S)
    assert found.accepted.tolist() == [True, False, True]
    assert [(jump.row, jump.seen_at) for jump in found.jumps] == ([(2, false.at)] if late else [])
