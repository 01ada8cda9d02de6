"""How a case came to be what it is: each revision, and what was new in it."""

from __future__ import annotations

from collections.abc import Sequence

from detector.domain.alert import Alert, AlertEvent
from detector.domain.stop import Level, Moment, Stop
from detector.reference.airports import Airports
from detector.web.replay_map.cards import headline_place, span_text, step_text
from detector.web.replay_map.markup import Markup, element
from detector.web.replay_map.words import RULES, held_text, interval_text, moment_text, readable

EVENTS = {
    AlertEvent.OPENED: "Opened",
    AlertEvent.UPDATED: "Updated",
    AlertEvent.CLOSED: "Closed",
    AlertEvent.RETRACTED: "Taken back",
}


def timeline(revisions: Sequence[Alert], airports: Airports) -> Markup:
    """A list, the first revision first."""
    items = []
    for number, one in enumerate(revisions):
        told = first(one, airports) if number == 0 else changes(revisions[number - 1], one, airports)
        when = element("time", f"{moment_text(one.at)} UTC")
        head = element("p", element("b", EVENTS[one.event]), element("span", f", revision {one.revision}, "), when)
        items.append(element("li", head, element("ul", *(element("li", words) for words in told))))
    return element("ol", *items, class_="timeline")


def first(alert: Alert, airports: Airports) -> list[str]:
    """What the alert began with."""
    stop = alert.stop
    told = [f"{headline_place(stop, airports)}, level {int(stop.level)}, {stop.kind}; severity {alert.severity}"]
    told += _moments(None, stop)
    return told + [f"{readable(f.rule, RULES)} ({f.certainty}): {f.reason}" for f in stop.findings]


def changes(before: Alert, after: Alert, airports: Airports) -> list[str]:
    """What is new; never empty."""
    old, new = before.stop, after.stop
    told = []
    if new.retraction and new.retraction != old.retraction:
        told.append(f"Taken back: {new.retraction}")
    if (old.airport, old.level, old.kind) != (new.airport, new.level, new.kind):
        moved = "" if old.airport == new.airport else f"{headline_place(new, airports)}, "
        told.append(f"{moved}level {int(new.level)}, {new.kind} (was level {int(old.level)}, {old.kind})")
    if before.severity is not after.severity:
        told.append(f"Severity {after.severity} (was {before.severity})")
    told += _moments(old, new)
    known = {(f.rule, f.certainty) for f in old.findings}
    told += [f"{readable(f.rule, RULES)} ({f.certainty}): {f.reason}"
             for f in new.findings if (f.rule, f.certainty) not in known]  # fmt: skip
    kept = {f.rule for f in new.findings}
    told += [f"No longer: {readable(f.rule, RULES)}" for f in old.findings if f.rule not in kept]
    if held_text(old) != held_text(new):
        told.append(held_text(new) or "No longer held back")
    changed = [step for step in after.journey if step not in before.journey]
    told += [f"{span_text(step)}: {step_text(step, airports)}" for step in changed]
    if old.identity != new.identity or (old.registration, old.operator) != (new.registration, new.operator):
        told.append("More is known of who it is")
    return told or ["Evidence, checks or probabilities in detail"]


def _moments(old: Stop | None, new: Stop) -> list[str]:
    told = []
    verb = "If it landed" if new.level is Level.DARK else "Landed"
    if old is None or _told(old.landed) != _told(new.landed):
        told.append(f"{verb} (UTC): {interval_text(new.landed)}")
    if new.departed is not None and (old is None or _told(old.departed) != _told(new.departed)):
        told.append(f"{'If so, left' if new.level is Level.DARK else 'Left'} (UTC): {interval_text(new.departed)}")
    return told


def _told(moment: Moment | None) -> str:
    return "" if moment is None else interval_text(moment)
