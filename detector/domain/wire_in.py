"""Alerts read back from what `wire.alert_line` wrote: `detector.alert/1`. Times are whole seconds there."""

from __future__ import annotations

from typing import Any

import msgspec

from detector.domain.alert import Alert, Evidence, JourneyStep, TableUsed
from detector.domain.identity import Identity
from detector.domain.stop import Candidate, Check, Finding, GroundTime, Moment, Score, Stop
from detector.domain.times import parse_iso

Record = dict[str, Any]


def alert_from(record: Record) -> Alert:
    """The alert of a record, without the listings behind its findings. Raises KeyError, TypeError or ValueError."""
    stop = record["stop"]
    identity = record.get("identity")
    steps = [
        step | {name: parse_iso(step[name]) for name in ("at", "until") if name in step} for step in record["journey"]
    ]
    values: Record = {
        "id": record["id"],
        "revision": record["revision"],
        "event": record["event"],
        "at": parse_iso(record["at"]),
        "severity": record["severity"],
        "journey": msgspec.convert(steps, tuple[JourneyStep, ...]),
        "evidence": msgspec.convert(record["evidence"], Evidence | None),
        "reference": msgspec.convert(record.get("reference", []), tuple[TableUsed, ...]),
    }
    who = None if identity is None else msgspec.convert(_with_days(identity), Identity)
    whole = _stop(stop, parse_iso(record["at"]), record.get("airport_name"), who)
    return msgspec.convert(values | {"stop": whole}, Alert)


def stop_from(record: Record) -> Stop:
    """The stop of a record by itself (`detector.stop/1`), which does not tell when it was revised: its last time
    stands for that. Raises KeyError, TypeError or ValueError."""
    last = record["departed"] or record["landed"]
    return _stop(record, parse_iso(last["latest"]), None, None)


def _stop(record: Record, revised_at: float, airport_name: str | None, identity: Identity | None) -> Stop:
    landed = _moment(record["landed"])
    departed = record["departed"]
    same = (
        "id", "revision", "status", "icao24", "registration", "type_code", "operator", "callsign_in", "callsign_out",
        "airport", "country", "level",
    )  # fmt: skip
    values: Record = {name: record[name] for name in same} | {
        "airport_name": airport_name,
        "identity": identity,
        "candidates": msgspec.convert(record["candidates"], tuple[Candidate, ...]),
        "landed": landed,
        "departed": None if departed is None else _moment(departed),
        "ground_time": msgspec.convert(record["ground_time_s"], GroundTime | None),
        "checks": msgspec.convert(record["checks"], tuple[Check, ...]),
        "findings": msgspec.convert(record["findings"], tuple[Finding, ...]),
        "score": msgspec.convert(record["score"], Score | None),
        "opened_at": landed.latest if landed.earliest is None else landed.earliest,
        "revised_at": revised_at,
        "retraction": record.get("retraction"),
    }
    return msgspec.convert(values, Stop)


def _moment(record: Record) -> Moment:
    earliest = record["earliest"]
    return Moment(
        None if earliest is None else parse_iso(earliest),
        parse_iso(record["latest"]),
        parse_iso(record["estimate"]),
        bool(record["observed"]),
    )


def _with_days(identity: Record) -> Record:
    """First and last day under the names that facts have for them."""
    names = {"from": "valid_from", "to": "valid_to"}
    facts = {
        kind: [{names.get(name, name): value for name, value in fact.items()} for fact in identity[kind]]
        for kind in ("registration", "type_code", "operator", "serial")
    }
    return identity | facts
