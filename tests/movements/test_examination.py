"""A stop is held back where only passing circumstances stand against more, and looked at again when they are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

import msgspec
import numpy as np
import pytest

from detector.domain.airdata import AirData
from detector.domain.gap import GapClass, GapPlace
from detector.domain.observation import AircraftState, Heard, Observation, Trigger
from detector.domain.stop import Candidate, Check, Held, Level, Moment, Status, Stop, Verdict
from detector.movements import CheckSettings, Movements, MovementSettings
from detector.movements.examination import examined, released, with_holds
from detector.movements.life import Life
from detector.movements.stops import CAPS, SUSPICIONS, capped
from detector.movements.surroundings import CoLocation, Interference, ReceiverSite, Silence
from tests.movements.tracks import T0, straight
from tests.movements.worlds import airports, check_of

LANDED = T0 + 600.0
SPOKEN_FOR = ("ground_words", "ground_fix", "low_samples", "altitude_at_field", "on_runway")


@dataclass
class Weather:
    """Surroundings as they are told: disturbed and false positions up to a time, the same everywhere.

    `lasts_s`: disturbed up to so long after whatever moment is asked about.
    """

    disturbed_until: float = 0.0
    false_until: float = 0.0
    lasts_s: float = 0.0
    twin_of: str | None = None
    sites: dict[int, ReceiverSite] = field(default_factory=dict)

    def is_listed(self, airport: str, at: float) -> bool:
        return False

    def silence(self, lost: GapPlace | None, icao24: str, begin: float, end: float, clock: float) -> Silence:
        return Silence(GapClass.UNKNOWN, "not known", None, None, False)

    def interference(self, latitude_deg: float, longitude_deg: float, clock: float) -> Interference | None:
        until = clock + self.lasts_s if self.lasts_s else self.disturbed_until
        return Interference(5, 3, 0.4, until) if until >= clock else Interference(5, 1, 0.0, None)

    def co_location(
        self, latitude_deg: float, longitude_deg: float, elevation_ft: float, clock: float
    ) -> CoLocation | None:
        return CoLocation(2, "aircraft jumped to one place", self.false_until) if self.false_until >= clock else None

    def twin(
        self, icao24: str, latitude_deg: float, longitude_deg: float, altitude_ft: float | None, clock: float
    ) -> str | None:
        return self.twin_of

    def receiver(self, identity: int) -> ReceiverSite | None:
        return self.sites.get(identity)

    def air_data(self, replies: Sequence[Heard]) -> tuple[AirData, ...]:
        return ()


def check(name: str, verdict: Verdict = Verdict.PASS) -> Check:
    return Check(name, verdict, None, None, "", name)


def stop(number: int = 1, *, failed: tuple[str, ...] = (), **values: object) -> Stop:
    """A stop that nothing stands against, but for `failed`."""
    checks = (*map(check, SPOKEN_FOR), *(check(name, Verdict.FAIL) for name in failed))
    usual = {
        "id": f"stop-{number}", "revision": 1, "status": Status.OPEN, "icao24": f"48{number:04d}", "airport": "OSDI",
        "country": "SY", "candidates": (Candidate("OSDI", 0.95, 0.1),), "level": Level.OBSERVED, "checks": checks,
        "landed": Moment(LANDED - 5, LANDED, LANDED, True), "opened_at": LANDED, "revised_at": LANDED,
    }  # fmt: skip
    return Stop(**{**usual, **values})  # type: ignore[arg-type]


def moment(at: float = T0 + 600.0) -> Observation:
    points = replace(straight(), nic=np.full(21, 8.0), nac_p=np.full(21, 9.0))
    now = AircraftState(at, at, 33.41, 36.51, True, 2_000.0, at, 10.0, 90.0, at, None, None, "A3")
    return Observation(Trigger.GROUND_WORD, 0, "480001", at, now, points, None, None, None, b"", clock=at)


def looked_at(one: Stop, sky: Weather, at: float = LANDED) -> Stop:
    return examined(one, Life(), moment(at), airports(), sky, CheckSettings())


def test_interference_holds_the_highest_level_back_and_false_positions_the_whole_stop() -> None:
    disturbed = looked_at(stop(), Weather(disturbed_until=LANDED + 600))
    assert (disturbed.level, disturbed.airport) == (Level.BOTH_SIDES, "OSDI")
    assert disturbed.held == Held(
        "3 of 5 aircraft around OSDI have poor or false positions", LANDED + 600, False, Level.OBSERVED
    )
    false = looked_at(stop(), Weather(disturbed_until=LANDED + 900, false_until=LANDED + 600))
    assert (false.level, false.airport) == (Level.ONE_SIDE, "OSDI")
    assert false.held == Held("2 aircraft jumped to one place", LANDED + 600, True, Level.OBSERVED)


def test_in_quiet_surroundings_nothing_is_held() -> None:
    quiet = looked_at(stop(), Weather())
    assert (quiet.level, quiet.held) == (Level.OBSERVED, None)
    assert check_of(quiet, "area_interference").verdict is Verdict.PASS
    assert check_of(quiet, "co_location").verdict is Verdict.PASS


@pytest.mark.parametrize(("failed", "holds"), [("two_places", True), ("slowed_down", False)])
def test_positions_heaped_up_hold_everything_at_the_field_that_is_not_rejected(failed: str, holds: bool) -> None:
    told = with_holds(stop(failed=(failed, "co_location")), airports(), Weather(false_until=LANDED + 600), LANDED)
    assert (told.held is not None) is holds


def test_a_hold_ends_a_day_after_the_stop_at_the_latest() -> None:
    late = LANDED + 2 * 86_400.0
    told = with_holds(stop(failed=("co_location",)), airports(), Weather(false_until=late + 600), late)
    assert told.held is None


def test_a_stop_without_a_field_is_not_held() -> None:
    told = with_holds(stop(airport=None, failed=("co_location",)), airports(), Weather(false_until=LANDED + 9), LANDED)
    assert (told.level, told.held) == (Level.ONE_SIDE, None)


@pytest.mark.parametrize(
    ("status", "level"), [(Status.RETRACTED, Level.REJECTED), (Status.OPEN, Level.REJECTED)], ids=["back", "rejected"]
)
def test_what_is_taken_back_or_rejected_is_held_no_longer(status: Status, level: Level) -> None:
    held = Held("disturbed", LANDED + 600, False, Level.OBSERVED)
    told = looked_at(stop(status=status, level=level, held=held), Weather(disturbed_until=LANDED + 600))
    assert (told.held, told.level, told.status) == (None, level, status)


def test_an_echo_of_another_address_is_rejected_and_says_of_whom() -> None:
    told = looked_at(stop(), Weather(twin_of="480003", disturbed_until=LANDED + 600))
    assert (told.level, told.held) == (Level.REJECTED, None)
    assert check_of(told, "one_bit_neighbour").reason.startswith("480003, one bit away")


def test_a_receiver_that_heard_it_on_the_ground_is_asked_for_its_horizon() -> None:
    near, far = (ReceiverSite("", 33.4, east, 2_100.0) for east in (36.5, 70.0))
    for site, name, verdict in ((near, "radio_horizon", Verdict.PASS), (far, "beyond_horizon", Verdict.FAIL)):
        life = Life(ground_receivers=(7,))
        told = examined(stop(), life, moment(), airports(), Weather(sites={7: site}), CheckSettings())
        assert check_of(told, name).verdict is verdict
        assert (told.level is Level.REJECTED) == (verdict is Verdict.FAIL)


def test_a_held_stop_is_released_at_its_full_level_with_checks_made_anew() -> None:
    sky = Weather(disturbed_until=LANDED + 600)
    held = looked_at(stop(), sky)
    told = released(held, airports(), sky, LANDED + 600, CheckSettings())
    assert (told.level, told.held, told.revision, told.revised_at) == (Level.OBSERVED, None, 2, LANDED + 600)
    assert check_of(told, "area_interference").verdict is Verdict.PASS


def test_one_hold_may_follow_another() -> None:
    sky = Weather(disturbed_until=LANDED + 900, false_until=LANDED + 600)
    second = released(looked_at(stop(), sky), airports(), sky, LANDED + 600, CheckSettings())
    assert (second.level, second.held and second.held.alert) == (Level.BOTH_SIDES, False)
    last = released(second, airports(), sky, LANDED + 900, CheckSettings())
    assert (last.level, last.held, last.revision) == (Level.OBSERVED, None, 3)


def holding(sky: Weather, *held: Stop) -> Movements:
    movements = Movements(MovementSettings(), CheckSettings(), airports(), sky)
    movements.restore({one.icao24: Life(stop=one, held=(one,)) for one in held})
    return movements


def kept(number: int, until: float) -> Stop:
    hold = Held("2 aircraft jumped to one place", until, True, Level.OBSERVED)
    return stop(number, level=Level.ONE_SIDE, held=hold, failed=("co_location",))


def test_stops_are_released_in_order_of_their_time_and_not_before_it() -> None:
    movements = holding(Weather(), kept(1, LANDED + 900), kept(2, LANDED + 300), kept(3, LANDED + 600))
    assert list(movements.due(LANDED + 299)) == []
    assert [(one.id, news) for one, news in movements.due(LANDED + 600)] == [("stop-2", True), ("stop-3", True)]
    assert [one.id for one, _ in movements.due(LANDED + 9_000)] == ["stop-1"]
    assert list(movements.due(LANDED + 90_000)) == []
    lives = movements.lives.values()
    assert all(life.held == () and life.stop is not None and life.stop.held is None for life in lives)


def test_a_stop_is_held_on_without_news_as_long_as_it_takes() -> None:
    sky = Weather(lasts_s=3_600.0)
    one = looked_at(stop(), sky)
    movements = holding(sky, one)
    assert one.held is not None
    again = list(islice(movements.due(one.held.until + 5 * 3_601.0), 99))
    assert [(stop.revision, stop.level, news) for stop, news in again] == [
        (revision, Level.BOTH_SIDES, False) for revision in range(2, 8)
    ]
    assert movements.lives[one.icao24].held == (again[-1][0],)


def test_a_stop_taken_back_while_it_is_held_is_never_released() -> None:
    movements, one = holding(Weather(), kept(1, LANDED + 300)), kept(1, LANDED + 300)
    movements.annotate(one, msgspec.structs.replace(one, status=Status.RETRACTED, level=Level.REJECTED))
    assert list(movements.due(LANDED + 9_000)) == []


@pytest.mark.parametrize("name", CAPS)
def test_each_cap_leaves_its_level_and_no_more(name: str) -> None:
    assert capped(Level.OBSERVED, stop(failed=(name,)).checks) == CAPS[name]
    assert capped(Level.DARK, stop(failed=(name,)).checks) == Level.DARK


@pytest.mark.parametrize(
    ("failed", "runway", "level"),
    [
        (SUSPICIONS[:1], True, Level.BOTH_SIDES),
        (SUSPICIONS[1:], True, Level.BOTH_SIDES),
        (SUSPICIONS[:1], False, Level.ONE_SIDE),
        (SUSPICIONS, True, Level.ONE_SIDE),
    ],
)
def test_one_suspicion_leaves_level_3_to_a_landing_on_a_runway(
    failed: tuple[str, ...], runway: bool, level: Level
) -> None:
    checks = stop(failed=failed).checks
    assert capped(Level.OBSERVED, checks if runway else checks[:4] + checks[5:]) == level
