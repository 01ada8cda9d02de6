"""The form that every check has."""

from __future__ import annotations

from detector.domain.stop import Check, Verdict


def made(name: str, passed: bool | None, value: float | None, limit: float | None, unit: str, reason: str) -> Check:
    """The check `name` with its verdict; `passed` None: it could not be made."""
    verdict = Verdict.NOT_EVALUABLE if passed is None else Verdict.PASS if passed else Verdict.FAIL
    return Check(name, verdict, value, limit, unit, reason)
