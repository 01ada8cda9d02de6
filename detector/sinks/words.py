"""An alert in a sentence, for those who read and do not parse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from detector.alerting.cloudevent import content
from detector.alerting.entries import DIGEST, Entry
from detector.domain.names import aircraft_name
from detector.domain.times import iso

Record = Mapping[str, Any]
MOST = 20
"""Alerts of a digest that are told one by one."""


def title(record: Record) -> str:
    """`High: Ilyushin Il-62 RA-86572 (Russian Air Force, RFF7092) at Pyongyang Sunan (ZKPY, KP), closed`."""
    stop = record["stop"]
    field = stop["airport"] or (stop["candidates"][0]["airport"] + "?" if stop["candidates"] else "no known field")
    details = ", ".join(part for part in (field, stop["country"]) if part)
    place = f"{record['airport_name']} ({details})" if record.get("airport_name") else details
    return f"{record['severity'].capitalize()}: {_aircraft(record)} at {place}, {record['event']}"


def summary(record: Record) -> str:
    """The title, when it was, how sure that is, and why it is told."""
    stop = record["stop"]
    if record["event"] == "retracted":
        why = stop.get("retraction") or "the evidence does not hold"
        return f"{title(record)}: {why}"
    landed, departed = stop["landed"], stop["departed"]
    times = f"landed {_span(landed)}"
    times += f", left {_span(departed)}" if departed else ", not seen to leave"
    why = "; ".join(finding["reason"] for finding in stop["findings"])
    return f"{title(record)}. {times} UTC. Level {stop['level']} ({stop['kind']}). {why}".strip()


def values_of(entry: Entry) -> dict[str, Any]:
    """All that a template may name. Of a digest: `alerts` instead of one alert's own fields."""
    record = msgspec.json.decode(content(entry))
    if entry.event == DIGEST:
        alerts = record["alerts"]
        lines = [summary(alert) for alert in alerts[:MOST]]
        lines += [f"... and {len(alerts) - MOST} more"] if len(alerts) > MOST else []
        words = {"title": f"{len(alerts)} news of unusual stops", "summary": "\n".join(lines)}
        record |= {"id": entry.id, "event": DIGEST, "severity": entry.severity}
    else:
        words = {"title": title(record), "summary": summary(record)}
    message = {"id": entry.id, "type": f"detector.alert.{entry.event}", "time": iso(entry.at)}
    return {**record, **words, "message": message}


def _aircraft(record: Record) -> str:
    stop = record["stop"]
    callsign = stop["callsign_in"] or stop["callsign_out"]
    type_name = (record.get("identity") or {}).get("type_name") or stop["type_code"]
    return aircraft_name(stop["icao24"], stop["registration"], type_name, stop["operator"], callsign)


def _span(moment: Record) -> str:
    if moment["observed"] or moment["earliest"] is None:
        word = "" if moment["observed"] else "before "
        return f"{word}{_minutes(moment['estimate'] if moment['observed'] else moment['latest'])}"
    return f"between {_minutes(moment['earliest'])} and {_minutes(moment['latest'])}"


def _minutes(text: str) -> str:
    return f"{text[:10]} {text[11:16]}"
