"""Where an aircraft under watch went after the stop that raised the alert. It tells; it accuses nobody."""

from __future__ import annotations

from detector.domain.alert import JourneyStep
from detector.domain.stop import Certainty, Finding
from detector.domain.times import iso
from detector.rules.grounds import found
from detector.rules.interface import Case

TOLD = 4
"""The latest legs and stops, in words; all of them stand in the alert's journey."""


def journey(case: Case) -> Finding | None:
    """Fires once something of the onward journey is known. Whether a route is new takes a history, and is not told."""
    told = [(ground, Certainty.CERTAIN) for ground in case.grounds("journey")]
    if not case.journey or not told:
        return None
    steps = "; ".join(_words(step) for step in case.journey[-TOLD:])
    return found("journey", told, f"after this stop: {steps}")


def _words(step: JourneyStep) -> str:
    at = _clock(step.at)
    if step.kind == "stop":
        place = step.airport or "a field that is not known"
        return f"stop at {place} from about {at} (level {step.level})"
    where = step.near or f"{step.latitude_deg:.2f}, {step.longitude_deg:.2f}"
    heading = "" if step.track_deg is None else f", track {step.track_deg:.0f}"
    until = at if step.until is None else _clock(step.until)
    return f"in flight from {at}, last heard {until} {where}{heading}"


def _clock(at: float) -> str:
    return iso(round(at))[:16].replace("T", " ") + "Z"
