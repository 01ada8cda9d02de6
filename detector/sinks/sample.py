"""An alert that never happened: templates are tried on it, and `detector webhooks test` sends it."""

from __future__ import annotations

from msgspec.structs import replace

from detector.alerting.entries import TEST, Entry, item_of
from detector.alerting.turns import digest
from detector.domain.alert import Alert, AlertEvent, Evidence, JourneyStep
from detector.domain.identity import Fact, Identity, TypeClass
from detector.domain.stop import (
    Candidate,
    Certainty,
    Check,
    Finding,
    GroundTime,
    Held,
    Level,
    Moment,
    Score,
    Severity,
    Status,
    Stop,
    Verdict,
)

_STAY_S = 3000.0


def sample_alert(at: float) -> Alert:
    """An alert of the time `at` (Unix s UTC)."""
    landed = at - 2 * _STAY_S
    stop = Stop(
        id="test-stop",
        revision=2,
        status=Status.CLOSED,
        icao24="000000",
        registration="TEST",
        type_code="IL62",
        operator="nobody",
        identity=Identity(
            icao24="000000",
            registration=(Fact(value="TEST", source="a test"),),
            type_code=(Fact(value="IL62", source="a test"),),
            operator=(Fact(value="nobody", source="a test"),),
            type_name="Ilyushin Il-62",
            type_class=TypeClass.HEAVY,
        ),
        callsign_in="TEST1",
        callsign_out="TEST2",
        airport="ZZZZ",
        airport_name="Nowhere",
        country="ZZ",
        candidates=(Candidate("ZZZZ", 0.98, 1.5),),
        landed=Moment(landed - 60.0, landed + 60.0, landed, observed=False),
        departed=Moment(landed + _STAY_S - 60.0, landed + _STAY_S + 60.0, landed + _STAY_S, observed=False),
        ground_time=GroundTime(_STAY_S - 120.0, _STAY_S + 120.0, _STAY_S),
        level=Level.BOTH_SIDES,
        checks=(Check("test", Verdict.PASS, 1.0, 2.0, "s", "a test"),),
        findings=(Finding("test", Certainty.CERTAIN, Severity.HIGH, "This is a test: the stop never happened."),),
        score=Score(0.5, "none", ("a test",)),
        opened_at=landed,
        revised_at=at,
    )
    step = JourneyStep(
        kind="leg",
        at=landed + _STAY_S,
        until=at,
        latitude_deg=0.0,
        longitude_deg=0.0,
        altitude_ft=30_000.0,
        track_deg=90.0,
        callsign="TEST2",
        near="nowhere",
        airport="ZZZZ",
        stop_id="test-stop-2",
        level=2,
    )
    evidence = Evidence(0, "0" * 64, "nobody", 0)
    return Alert(
        id="alert-test",
        revision=1,
        event=AlertEvent.OPENED,
        at=at,
        severity=Severity.HIGH,
        stop=stop,
        journey=(step,),
        evidence=evidence,
    )


def trial_message(endpoint: str, at: float) -> Entry:
    """The message that `detector webhooks test` sends; the id is another one each second."""
    item = item_of(sample_alert(at))
    return Entry(endpoint=endpoint, id=f"test-{at:.0f}", event=TEST, items=(item,), offered_at=at, due_at=at)


def every_field(endpoint: str, *, as_digest: bool) -> Entry:
    """A message in which all is there that there can be, also what excludes each other."""
    alert = sample_alert(1.7e9)
    held = Held("a test", 1.7e9, alert=False, level=Level.OBSERVED)
    alert = replace(alert, stop=replace(alert.stop, retraction="a test", held=held))
    message = replace(trial_message(endpoint, 1.7e9), items=(item_of(alert),))
    return digest([message], 1.7e9) if as_digest else message
