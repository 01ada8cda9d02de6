"""An alert in words, line by line, from its record (`detector.alert/1`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from detector.cli import who_words
from detector.domain.durations import duration_text
from detector.domain.names import aircraft_name
from detector.web.replay_map.words import CHECKS, readable

Record = dict[str, Any]
LEVELS = {
    4: "seen on the ground, confirmed by independent kinds of evidence",
    3: "not seen on the ground: descent to the field before a silence and climb out after it, or thin ground contact",
    2: "one side only: lost on the way down to the field, or first heard climbing out of it",
    1: "a silence long enough for a stop; nothing was seen of one",
    0: "looks like a stop, contradicted by the evidence",
}
SAID_ON_GROUND = "ground contact, place not certain"
"""Instead of these at level 3 and 2, where the aircraft said that it was on the ground."""
VERDICTS = {"pass": "nothing against it", "fail": "speaks against it", "not_evaluable": "could not be made"}
SPEAKS_FOR = frozenset(
    {
        *("ground_words", "ground_fix", "low_samples", "altitude_at_field", "departure", "on_runway", "radio_horizon"),
        *("approach_alignment", "energy_arrival", "energy_departure", "feasible", "not_overflight", "listening"),
        *("one_field", "transponder_off"),
    }
)
"""Checks that speak for a stop where they are passed; from all others that says only that nothing is against it."""
STATUS = {"open": "the aircraft has not been heard leaving", "closed": "the stop is over", "retracted": "taken back"}
DARK = 1


def told(record: Record) -> Iterator[str]:
    """The lines that `detector alerts show` prints."""
    stop = record["stop"]
    when = f"{record['event']} {_time(record['at'])}"
    yield f"{record['id']}: {when}, {record['severity']}"
    yield f"Alert: {_status(record)}"
    yield from _aircraft(record)
    yield f"Level {stop['level']} ({stop['kind']}): {_meaning(stop)}"
    yield from _times(stop)
    yield from _fields(stop)
    if stop.get("held"):
        yield f"Held until {_time(stop['held']['until'])}: {stop['held']['reason']}"
    if stop.get("retraction"):
        yield f"Taken back: {stop['retraction']}"
    yield "Findings:" if stop["findings"] else "Findings: none"
    for finding in stop["findings"]:
        yield f"  {finding['rule']} ({finding['certainty']}, {finding['severity']}): {finding['reason']}"
    yield from _listings(record.get("listings", ()))
    yield "Checks:"
    for check in stop["checks"]:
        yield f"  {readable(check['name'], CHECKS)} ({check['name']}): {_verdict(check)}. {_measured(check)}"
    yield from _score(stop.get("score"))
    yield "Journey:" if record["journey"] else "Journey: nothing heard since"
    for step in record["journey"]:
        yield f"  {_step(step)}"
    yield _evidence(record["evidence"])
    yield from _reference(record.get("reference", ()))


def _aircraft(record: Record) -> Iterator[str]:
    stop, identity = record["stop"], record.get("identity") or {}
    type_name = identity.get("type_name") or stop["type_code"]
    yield f"Aircraft: {aircraft_name(stop['icao24'], stop['registration'], type_name, stop['operator'])}"
    sources = who_words.Sources()
    yield from who_words.known(stop["icao24"], identity, sources)
    yield from sources.lines()
    names = list(dict.fromkeys(name for name in (stop["callsign_in"], stop["callsign_out"]) if name))
    if names:
        yield f"  call sign {', '.join(names)}"
    unnamed = "not known" if stop["level"] == DARK else "not named"
    field = ", ".join(part for part in (stop["airport"] or unnamed, stop["country"]) if part)
    yield f"Field: {record['airport_name']} ({field})" if record.get("airport_name") else f"Field: {field}"


def _status(record: Record) -> str:
    status, changes = record["stop"]["status"], record["revision"] - 1
    over = (
        "the silence is over" if record["stop"]["level"] == DARK and status == "closed" else STATUS.get(status, status)
    )
    since = f" ({changes} change{'' if changes == 1 else 's'} since the first)" if changes else ""
    return f"{status} ({over}), revision {record['revision']}{since}"


def _meaning(stop: Record) -> str:
    said = any(check["name"] == "ground_words" and check["verdict"] != "fail" for check in stop["checks"])
    return SAID_ON_GROUND if said and stop["level"] in (2, 3) else LEVELS.get(stop["level"], "")


def _times(stop: Record) -> Iterator[str]:
    """When it landed and left; of a silence that may have been no stop, no more than its bounds."""
    if stop["level"] != DARK:
        yield f"Landed: {_moment(stop['landed'])}"
        yield f"Departed: {_moment(stop['departed'])}"
        yield f"On the ground: {_ground_time(stop['ground_time_s'])}"
        return
    yield f"If it landed: {_between(stop['landed'])}; whether it landed, and where, is not known"
    left = stop["departed"]
    yield f"If so, left: {_between(left) if left else 'not heard leaving'}"


def _fields(stop: Record) -> Iterator[str]:
    """The candidates where there is a choice, and how much of it lies with none of them."""
    told = stop["candidates"]
    if len(told) <= 1 and stop["airport"] is not None:
        return
    elsewhere = 1.0 - sum(one["probability"] for one in told)
    rest = f" (the {len(told)} likeliest; somewhere else: {elsewhere:.0%})" if told and elsewhere >= 0.005 else ""
    what = "Fields within reach" if stop["level"] == DARK else "Fields that fit"
    yield f"{what}{rest}:" if told else f"{what}: none"
    for one in told:
        yield f"  {one['airport']}  probability {one['probability']}, {one['distance_nm']} NM"


def _verdict(check: Record) -> str:
    if check["verdict"] == "pass" and check["name"] in SPEAKS_FOR:
        return "speaks for it"
    return VERDICTS.get(check["verdict"], str(check["verdict"]))


def _moment(moment: Record | None) -> str:
    if moment is None:
        return "not heard leaving"
    if moment["observed"]:
        return f"{_time(moment['estimate'])}, seen happening"
    return f"{_between(moment)} (likely {_time(moment['estimate'])}); not seen"


def _between(moment: Record) -> str:
    earliest = "an unknown time" if moment["earliest"] is None else _time(moment["earliest"])
    return f"between {earliest} and {_time(moment['latest'])}"


def _ground_time(time: Record | None) -> str:
    if time is None:
        return "not known, as nobody heard it leave"
    if time["max"] is None:
        return f"{duration_text(time['min'])} or more"
    if time["max"] - time["min"] < 60:
        return duration_text(time["estimate"])
    return f"{duration_text(time['min'])} to {duration_text(time['max'])}"


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


def _listings(listings: Iterable[Record]) -> Iterator[str]:
    """Each listing that a finding rests on, once."""
    told = list(dict.fromkeys(who_words.listed(listing) for listing in listings))
    if told:
        yield "Listed (a published reason to look; no legal finding, and neither is this alert):"
    for line in told:
        yield f"  {line}"


def _reference(tables: Iterable[Record]) -> Iterator[str]:
    """Which tables and lists the words above are from."""
    for number, table in enumerate(tables):
        if not number:
            yield "Tables and lists:"
        dated = f", of {table['dated']}" if table["dated"] else ""
        yield f"  {table['name']}: {table['source']}{dated} (SHA-256 {table['sha256'][:12]})"
