"""A silence with the transponder off, long enough for a stop, with a listed field among those within reach."""

from __future__ import annotations

from detector.domain.stop import Certainty, Finding, Level, Verdict
from detector.rules.grounds import found
from detector.rules.interface import Case


def dark_stop(case: Case) -> Finding | None:
    """Fires at level 1, never for certain: nobody saw where the aircraft went."""
    stop = case.stop
    if stop.level is not Level.DARK:
        return None
    off = next((check for check in stop.checks if check.name == "transponder_off"), None)
    if off is None or off.verdict is not Verdict.PASS:
        return None
    grounds = {field.code: case.grounds("dark_stop", field.listings) for field in case.reachable}
    told = [(ground, Certainty.POSSIBLE) for of_field in grounds.values() for ground in of_field]
    if not told:
        return None
    shares = {candidate.airport: candidate.probability for candidate in stop.candidates}
    fields = ", ".join(f"{code} ({shares[code]:.0%})" for code, of_field in grounds.items() if of_field)
    reason = (
        "fell silent where others were heard, as with the transponder switched off; "
        f"fields on a watch list within reach, none of them certain: {fields}. {off.reason}"
    )
    return found("dark_stop", told, reason)
