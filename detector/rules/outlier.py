"""A stop that the model finds odder than nearly all stops of history."""

from __future__ import annotations

import msgspec

from detector.domain.stop import Certainty, Finding, Severity
from detector.rules.grounds import found
from detector.rules.interface import Case


def outlier(case: Case) -> Finding | None:
    """Fires where the score is above `above`. Only ever possible, and of low severity, whatever is adjusted: the model
    knows what is rare, not what is wrong."""
    score = case.stop.score
    if score is None or score.value <= case.settings.outlier.above:
        return None
    told = [(ground, Certainty.POSSIBLE) for ground in case.grounds("outlier")]
    reason = f"odder than {_of_ten_thousand(score.value)} ordinary stops ({score.model}): {'; '.join(score.reasons)}"
    return msgspec.structs.replace(found("outlier", told, reason), severity=Severity.LOW) if told else None


def _of_ten_thousand(value: float) -> str:
    return f"{int(value * 1_000)} of 1,000"
