"""A silence with the transponder off, long enough for a stop, with a listed field among those within reach."""

from __future__ import annotations

from detector.domain.stop import Certainty, Finding, Level, Severity, Verdict
from detector.rules.interface import Case


def dark_stop(case: Case) -> Finding | None:
    """Fires at level 1, never for certain: nobody saw where the aircraft went."""
    stop = case.stop
    if stop.level is not Level.DARK or not case.reachable:
        return None
    off = next((check for check in stop.checks if check.name == "transponder_off"), None)
    if off is None or off.verdict is not Verdict.PASS:
        return None
    shares = {candidate.airport: candidate.probability for candidate in stop.candidates}
    fields = ", ".join(f"{airport} ({shares[airport]:.0%})" for airport in case.reachable)
    reason = (
        "fell silent where others were heard, as with the transponder switched off; "
        f"fields on a watch list within reach, none of them certain: {fields}. {off.reason}"
    )
    return Finding("dark_stop", Certainty.POSSIBLE, Severity.MEDIUM, reason)
