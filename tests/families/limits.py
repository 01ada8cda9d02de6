"""What is asked of all families together."""

from __future__ import annotations

from dataclasses import dataclass

from tests.families.registry import Group, names_in
from tests.families.verdicts import Judged, Outcome

LEAST_INSIDE = 0.99
MOST_LEVEL_3_SHARE = 0.01
LEAST_JAMMED_FOUND = 0.98


@dataclass(frozen=True, slots=True)
class Limit:
    text: str
    measured: str
    met: bool


def judge(found: dict[str, list[Outcome]]) -> list[Limit]:
    """Each limit that the families of this run have anything to say about."""
    limits = []
    spoofed = [o for name in names_in(Group.SPOOFED) for o in found.get(name, [])]
    if spoofed:
        four = sum(o.at_false_field == 4 for o in spoofed)
        three = sum(o.at_false_field == 3 for o in spoofed)
        limits.append(Limit("no stop of level 4 at a false field", f"{four} of {len(spoofed)}", four == 0))
        text = "level 3 at a false field in at most 1 %"
        limits.append(Limit(text, f"{three} of {len(spoofed)}", three <= MOST_LEVEL_3_SHARE * len(spoofed)))
    jammed = [one for o in found.get("jammed_then_landed", []) for one in o.judged]
    if jammed:
        right = sum(one.result == "found" and one.level >= 2 for one in jammed)
        text = "jammed, then landed: found at level 2 or more in at least 98 %"
        limits.append(Limit(text, f"{right} of {len(jammed)}", right >= LEAST_JAMMED_FOUND * len(jammed)))
    told = [one for name in found for one in _told(name, found)]
    if told:
        inside = sum(one.fault is None for one in told)
        text = "the truth lies inside the intervals in at least 99 %"
        limits.append(Limit(text, f"{inside} of {len(told)}", inside >= LEAST_INSIDE * len(told)))
    day = found.get("a_day_at_a_field", [])
    if day:
        missed = sum(one.result != "found" for o in day for one in o.judged)
        false = sum(len(o.false) for o in day)
        text = "a day at a well-heard field: every stop counts, none is invented"
        limits.append(Limit(text, f"{missed} missed, {false} false", missed == false == 0))
    return limits


def _told(name: str, found: dict[str, list[Outcome]]) -> list[Judged]:
    """Stops told at the right field, or at none: the times of a stop at a wrong one say nothing."""
    return [one for o in found[name] for one in o.judged if one.result in ("found", "unnamed")]
