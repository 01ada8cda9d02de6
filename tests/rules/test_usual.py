"""What history makes of a stop: who was never there before, and who stayed as nobody of the type does."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from detector.domain.identity import Fact, Identity, TypeClass
from detector.domain.stop import Certainty, Finding, GroundTime, Level, Moment, Severity, Stop
from detector.domain.visit import Visit, VisitColumns
from detector.rules import RulesFile, findings
from detector.scoring import Baselines
from tests.rules.test_rules import AT, stop, watch_list
from tests.scoring.places import PLACES

DAY = 86_400.0
HOME = {"airport": "UUMO", "operator": "State Air", "type_code": "IL62", "state": "RU", "military": True}
CLASSES = {"IL62": "heavy", "B738": "jet"}


def visits(
    count: int, *, icao24: str = "15522c", minutes: float = 240.0, every_days: float = 3.0, **values: Any
) -> list[Visit]:
    """The last of them two days before the stop."""
    return [
        Visit(
            id=f"{icao24}-{values.get('airport', 'UUMO')}-{k}",
            icao24=icao24,
            landed_at=AT - 2 * DAY - k * every_days * DAY,
            ground_min_s=(minutes + 5 * (k % 7)) * 60,
            ground_max_s=(minutes + 5 * (k % 7)) * 60,
            level=4,
            source="test",
            **{**HOME, **values},
        )
        for k in range(count)
    ]


def learned(*groups: list[Visit]) -> Baselines:
    return Baselines.of(VisitColumns.of([one for group in groups for one in group]), CLASSES.get, PLACES)


WHO = Identity(
    icao24="15522c", country="RU", military=True, type_class=TypeClass.HEAVY,
    registration=(Fact(value="RA-86572", source="a register"),),
)  # fmt: skip


def unlike(one: Visit) -> Visit:
    """The same, of an aircraft that no table calls military."""
    return msgspec.structs.replace(one, military=None)


def of_ilyushin(**values: Any) -> Stop:
    usual = {"icao24": "15522c", "operator": "State Air", "type_code": "IL62", "identity": WHO, "airport": "ZKPY"}
    return stop(**{**usual, **values})


def found(one: Stop, usual: Baselines | None, settings: RulesFile | None = None) -> dict[str, Finding]:
    made = findings(one, watch_list(), settings or RulesFile(), (), usual)
    return {finding.rule: finding for finding in made}


def test_without_history_nothing_is_unusual() -> None:
    assert not {"first_visit", "unusual_ground_time"} & set(found(of_ilyushin(), None))


class TestAFirstVisit:
    def test_is_told_of_everybody_who_was_never_there_with_how_much_is_known_of_them(self) -> None:
        finding = found(of_ilyushin(), learned(visits(150)))["first_visit"]
        assert (finding.certainty, finding.severity) == (Certainty.CERTAIN, Severity.LOW)
        since = "150 visits since"
        assert f"military aircraft of RU ({since}" in finding.reason
        assert f"of State Air ({since}" in finding.reason
        assert f"of the aircraft 15522c ({since}" in finding.reason
        assert finding.reason.endswith("it has no visit of anybody to ZKPY")

    def test_is_possible_only_where_the_stop_is(self) -> None:
        finding = found(of_ilyushin(level=Level.ONE_SIDE), learned(visits(150)))["first_visit"]
        assert finding.certainty is Certainty.POSSIBLE
        assert "first_visit" not in found(of_ilyushin(level=Level.DARK, airport=None), learned(visits(150)))

    @pytest.mark.parametrize(("count", "every_days"), [(19, 30.0), (150, 0.3)])
    def test_is_not_told_from_too_few_visits_or_days(self, count: int, every_days: float) -> None:
        assert "first_visit" not in found(of_ilyushin(), learned(visits(count, every_days=every_days)))

    def test_of_an_aircraft_is_no_news_where_its_operator_goes_regularly(self) -> None:
        others = visits(12, icao24="15522d", airport="ZKPY")
        assert "first_visit" not in found(of_ilyushin(), learned(visits(150), others))
        assert "first_visit" not in found(of_ilyushin(), learned(visits(150), [unlike(one) for one in others]))
        rarely = found(of_ilyushin(), learned(visits(150), others[:3]))["first_visit"]
        assert "of the aircraft 15522c" in rarely.reason
        assert "State Air" not in rarely.reason
        assert "anybody" not in rarely.reason

    def test_is_one_although_history_has_that_stop_itself_and_later_ones(self) -> None:
        itself = visits(3, airport="ZKPY", every_days=-10.0)
        later = [msgspec.structs.replace(one, landed_at=one.landed_at + 2 * DAY + 30.0) for one in itself]
        assert "first_visit" in found(of_ilyushin(), learned(visits(150), later))

    def test_can_be_asked_more_or_less_strictly(self) -> None:
        settings = RulesFile()
        eager = msgspec.structs.replace(settings.first_visit, aircraft_visits=5, days=1.0, severity=Severity.MEDIUM)
        eager_settings = msgspec.structs.replace(settings, first_visit=eager)
        finding = found(of_ilyushin(), learned(visits(6)), eager_settings)["first_visit"]
        assert finding.severity is Severity.MEDIUM


class TestAnUnusualTime:
    def stopped(self, least_min: float, most_min: float, **values: Any) -> Stop:
        time = GroundTime(least_min * 60, most_min * 60, (least_min + most_min) * 30)
        return of_ilyushin(ground_time=time, landed=Moment(AT, AT + 60, AT + 30, False), **values)

    def test_25_minutes_are_odd_for_an_ilyushin_and_ordinary_for_a_boeing(self) -> None:
        known = learned(visits(100), visits(100, icao24="4b1805", type_code="B738", minutes=22.0, operator="One Air"))
        finding = found(self.stopped(20.0, 30.0), known)["unusual_ground_time"]
        assert finding.certainty is Certainty.CERTAIN
        assert finding.reason.startswith(
            "on the ground 20 min to 30 min, far shorter than is usual for IL62 at any field: half of"
        )
        assert "100 stops in history took" in finding.reason
        boeing = self.stopped(20.0, 30.0, type_code="B738", icao24="4b1805", operator="One Air")
        assert "unusual_ground_time" not in found(boeing, known)

    @pytest.mark.parametrize(
        ("least", "most", "certainty"),
        [
            (230.0, 270.0, None), (100.0, 410.0, None), (60.0, 245.0, Certainty.POSSIBLE),
            (60.0, 120.0, Certainty.CERTAIN), (2_000.0, 2_100.0, Certainty.CERTAIN),
            (200.0, 1_000.0, Certainty.POSSIBLE),
        ],
    )  # fmt: skip
    def test_the_whole_interval_has_to_lie_outside(
        self, least: float, most: float, certainty: Certainty | None
    ) -> None:
        finding = found(self.stopped(least, most), learned(visits(100))).get("unusual_ground_time")
        assert (None if finding is None else finding.certainty) == certainty

    def test_is_not_told_of_a_type_that_is_hardly_known_or_a_stop_without_bounds(self) -> None:
        assert "unusual_ground_time" not in found(self.stopped(20.0, 30.0), learned(visits(29)))
        others = visits(100, icao24="4b1805", type_code="B738", minutes=22.0)
        assert "unusual_ground_time" not in found(self.stopped(600.0, 700.0), learned(visits(3), others))
        unbounded = of_ilyushin(ground_time=GroundTime(60.0, None, 60.0))
        assert "unusual_ground_time" not in found(unbounded, learned(visits(100)))
