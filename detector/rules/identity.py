"""A stop of an aircraft whose identity is odd: an address that nobody gives out, two registrations, another past."""

from __future__ import annotations

from detector.domain.identity import RemarkKind
from detector.domain.stop import Certainty, Finding, Level
from detector.rules.grounds import found
from detector.rules.interface import Case

CERTAIN = frozenset({RemarkKind.PLACEHOLDER, RemarkKind.UNALLOCATED})
"""Remarks that the address itself shows. The others compare tables, which may be late or wrong."""


def identity(case: Case) -> Finding | None:
    """Fires from level 2 on when there is a telling remark."""
    who = case.stop.identity
    remarks = () if who is None else tuple(remark for remark in who.remarks if remark.telling)
    if not remarks or case.stop.level < Level.ONE_SIDE:
        return None
    shown = any(remark.kind in CERTAIN for remark in remarks)
    certainty = Certainty.CERTAIN if shown else Certainty.POSSIBLE
    told = [(ground, certainty) for ground in case.grounds("identity")]
    return found("identity", told, "; ".join(remark.text for remark in remarks)) if told else None
