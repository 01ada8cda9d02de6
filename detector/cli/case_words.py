"""An alert in words, line by line, from its record (`detector.alert/1`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]
LEVELS = {
    4: "seen on the ground, confirmed by independent kinds of evidence",
    3: "not seen on the ground: descent to the field before a silence and climb out after it, or thin ground contact",
    2: "one side only: lost on the way down to the field, or first heard climbing out of it",
    1: "a silence long enough for a stop",
    0: "looks like a stop, contradicted by the evidence",
}
VERDICTS = {"pass": "speaks for it", "fail": "speaks against it", "not_evaluable": "could not be made"}


def told(record: Record) -> Iterator[str]:
    """The lines that `detector alerts show` prints."""
    stop = record["stop"]
    when = f"{record['event']} {_time(record['at'])}"
    yield f"{record['id']}, revision {record['revision']}: {when}, {record['severity']}"
    yield from _aircraft(stop)
    yield f"Level {stop['level']} ({stop['kind']}): {LEVELS.get(stop['level'], '')}"
    for name in ("landed", "departed"):
        yield f"{name.capitalize()}: {_moment(stop[name])}"
    yield f"On the ground: {_ground_time(stop['ground_time_s'])}"
    if len(stop["candidates"]) > 1 or stop["airport"] is None:
        yield "Fields that fit:"
        for one in stop["candidates"]:
            yield f"  {one['airport']}  probability {one['probability']}, {one['distance_nm']} NM"
    if stop.get("held"):
        yield f"Held until {_time(stop['held']['until'])}: {stop['held']['reason']}"
    if stop.get("retraction"):
        yield f"Taken back: {stop['retraction']}"
    yield "Findings:" if stop["findings"] else "Findings: none"
    for finding in stop["findings"]:
        yield f"  {finding['rule']} ({finding['certainty']}, {finding['severity']}): {finding['reason']}"
    yield "Checks:"
    for check in stop["checks"]:
        yield f"  {check['name']}: {VERDICTS.get(check['verdict'], check['verdict'])}. {_measured(check)}"
    yield from _score(stop.get("score"))
    yield "Journey:" if record["journey"] else "Journey: nothing heard since"
    for step in record["journey"]:
        yield f"  {_step(step)}"
    yield _evidence(record["evidence"])


def _aircraft(stop: Record) -> Iterator[str]:
    known = [f"{what} {stop[key]}" for key, what in (("registration", "registration"), ("type_code", "type"),
             ("operator", "operator")) if stop[key]]  # fmt: skip
    names = list(dict.fromkeys(name for name in (stop["callsign_in"], stop["callsign_out"]) if name))
    if names:
        known.append(f"call sign {', '.join(names)}")
    yield f"Aircraft: {', '.join([stop['icao24'], *known])}"
    field = ", ".join(part for part in (stop["airport"] or "not named", stop["country"]) if part)
    yield f"Field: {field} ({stop['status']})"


def _moment(moment: Record | None) -> str:
    if moment is None:
        return "not heard leaving"
    if moment["observed"]:
        return f"{_time(moment['estimate'])}, seen happening"
    earliest = "an unknown time" if moment["earliest"] is None else _time(moment["earliest"])
    return f"between {earliest} and {_time(moment['latest'])} (likely {_time(moment['estimate'])}); not seen"


def _ground_time(time: Record | None) -> str:
    if time is None:
        return "not known, as nobody heard it leave"
    if time["max"] is None:
        return f"{time['min'] / 60:.0f} min or more"
    return f"{time['min'] / 60:.0f} to {time['max'] / 60:.0f} min"


def _measured(check: Record) -> str:
    value, limit, unit = check["value"], check["limit"], f" {check['unit']}" if check["unit"] else ""
    numbers = []
    if value is not None:
        numbers.append(f"value {value:g}{unit}")
    if limit is not None:
        numbers.append(f"limit {limit:g}{unit}")
    reason = check.get("reason") or ""
    return f"{reason} ({', '.join(numbers)})" if numbers else reason


def _score(score: Record | None) -> Iterator[str]:
    if score is not None:
        yield f"Score: {score['value']} by {score['model']}: {'; '.join(score['reasons'])}"


def _step(step: Record) -> str:
    callsign = f" as {step['callsign']}" if step.get("callsign") else ""
    if step["kind"] == "stop":
        until = f" until {_time(step['until'])}" if step.get("until") else ", not heard leaving"
        return f"{_time(step['at'])}  stop at {step.get('airport') or 'a field not named'}{callsign}{until}"
    place = step.get("near") or f"{step.get('latitude_deg')} {step.get('longitude_deg')}"
    until = f", last heard {_time(step['until'])} {place}" if step.get("until") else ""
    return f"{_time(step['at'])}  in flight{callsign}{until}"


def _evidence(evidence: Record | None) -> str:
    if evidence is None:
        return "Evidence: no raw frames are kept (the aircraft was heard as tracks decoded elsewhere)"
    differ = evidence["disagreements"]
    agreed = "it agrees on all of them" if not differ else f"it reads {differ} of them otherwise"
    return (
        f"Evidence: {evidence['frames']} raw frames, decoded again by {evidence['verified_by']}: {agreed}. "
        f"SHA-256 {evidence['sha256']}"
    )


def _time(text: str) -> str:
    return f"{text[:10]} {text[11:19]}"
