"""Stops, alerts and gaps as other programs read them: one JSON line each (contracts `detector.stop/1`,
`detector.alert/1`, `detector.gap/1`).

Times are ISO 8601 UTC in whole seconds. Bounds are rounded outwards, so that the interval on the wire still contains
the truth.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from detector.domain import alert as alerts
from detector.domain import gap as gaps
from detector.domain import stop as stops
from detector.domain.alert import Alert, Evidence, JourneyStep
from detector.domain.gap import Gap, GapPlace
from detector.domain.identity import Identity
from detector.domain.listing import Listing
from detector.domain.stop import GroundTime, Moment, Stop
from detector.domain.times import iso


def stop_line(stop: Stop) -> bytes:
    """A stop as one line of JSON without its newline."""
    return msgspec.json.encode(stop_record(stop))


def alert_line(alert: Alert) -> bytes:
    """An alert as one line of JSON without its newline."""
    return msgspec.json.encode(
        {
            "schema": alerts.SCHEMA,
            "id": alert.id,
            "revision": alert.revision,
            "event": alert.event,
            "at": iso(alert.at),
            "severity": alert.severity,
            "stop": stop_record(alert.stop),
            "journey": [_step(step) for step in alert.journey],
            "evidence": _evidence(alert.evidence),
            "airport_name": alert.stop.airport_name,
            "identity": identity_record(alert.stop.identity) if alert.stop.identity else None,
            "listings": [
                {"rule": finding.rule} | listing_record(listing)
                for finding in alert.stop.findings
                for listing in finding.listings
            ],
            "reference": msgspec.to_builtins(alert.reference),
        }
    )


def gap_line(gap: Gap) -> bytes:
    """A gap as one line of JSON without its newline."""
    return msgspec.json.encode(
        {
            "schema": gaps.SCHEMA,
            "id": gap.id,
            "revision": gap.revision,
            "icao24": gap.icao24,
            "callsign": gap.callsign,
            "from": iso(gap.begin),
            "until": None if gap.end is None else iso(math.ceil(gap.end)),
            "class": gap.kind,
            "reason": gap.reason,
            "lost": _place(gap.lost),
            "found": _place(gap.found),
            "listened_s": None if gap.listened_s is None else math.floor(gap.listened_s),
            "stop_id": gap.stop_id,
        }
    )


def stop_record(stop: Stop) -> dict[str, Any]:
    """A stop as the contract's fields, in the contract's order."""
    return {
        "schema": stops.SCHEMA,
        "id": stop.id,
        "revision": stop.revision,
        "status": stop.status,
        "icao24": stop.icao24,
        "registration": stop.registration,
        "type_code": stop.type_code,
        "operator": stop.operator,
        "callsign_in": stop.callsign_in,
        "callsign_out": stop.callsign_out,
        "airport": stop.airport,
        "country": stop.country,
        "candidates": [
            {
                "airport": c.airport,
                "probability": round(c.probability, 3),
                "distance_nm": round(c.distance_nm, 1),
            }
            for c in stop.candidates
        ],
        "landed": _moment(stop.landed),
        "departed": _moment(stop.departed) if stop.departed else None,
        "ground_time_s": _ground_time(stop.ground_time) if stop.ground_time else None,
        "level": int(stop.level),
        "kind": stop.kind,
        "checks": [
            {
                "name": c.name,
                "verdict": c.verdict,
                "value": _rounded(c.value),
                "limit": _rounded(c.limit),
                "unit": c.unit,
                "reason": c.reason,
            }
            for c in stop.checks
        ],
        "findings": [
            {"rule": f.rule, "certainty": f.certainty, "severity": f.severity, "reason": f.reason}
            for f in stop.findings
        ],
        "score": msgspec.to_builtins(stop.score) if stop.score else None,
    } | _sometimes(stop)


def identity_record(identity: Identity) -> dict[str, Any]:
    """Who an aircraft is, with the sources of every word."""
    record: dict[str, Any] = msgspec.to_builtins(identity)
    for name in ("registration", "type_code", "operator", "serial"):
        record[name] = [_dates(fact) for fact in record[name]]
    return record


def listing_record(listing: Listing) -> dict[str, Any]:
    """A listing; what it named of an aircraft only where it did."""
    record = _dates(msgspec.to_builtins(listing))
    if not listing.matched:
        del record["matched"], record["sure"]
    return record


def _dates(record: dict[str, Any]) -> dict[str, Any]:
    """First and last day under the names that lists and tables have for them."""
    names = {"valid_from": "from", "valid_to": "to"}
    return {names.get(name, name): value for name, value in record.items()}


def _sometimes(stop: Stop) -> dict[str, Any]:
    """Fields that only some stops have."""
    record: dict[str, Any] = {"retraction": stop.retraction} if stop.retraction else {}
    if stop.held is not None:
        held = {"reason": stop.held.reason, "until": iso(math.ceil(stop.held.until)), "alert": stop.held.alert}
        record["held"] = held
    return record


def _moment(moment: Moment) -> dict[str, Any]:
    return {
        "earliest": None if moment.earliest is None else iso(math.floor(moment.earliest)),
        "latest": iso(math.ceil(moment.latest)),
        "estimate": iso(round(moment.estimate)),
        "observed": moment.observed,
    }


def _ground_time(time: GroundTime) -> dict[str, Any]:
    return {
        "min": math.floor(time.min),
        "max": None if time.max is None else math.ceil(time.max),
        "estimate": round(time.estimate),
    }


def _step(step: JourneyStep) -> dict[str, Any]:
    record = msgspec.to_builtins(step)
    record["at"] = iso(step.at)
    record["until"] = None if step.until is None else iso(step.until)
    for name, digits in (("latitude_deg", 4), ("longitude_deg", 4), ("altitude_ft", 0), ("track_deg", 0)):
        if record[name] is not None:
            record[name] = round(record[name], digits)
    return {name: value for name, value in record.items() if value is not None}


def _place(place: GapPlace | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "at": iso(place.at),
        "lat": round(place.latitude_deg, 4),
        "lon": round(place.longitude_deg, 4),
        "altitude_ft": _whole(place.altitude_ft),
        "track_deg": _whole(place.track_deg),
        "groundspeed_kt": _whole(place.groundspeed_kt),
    }


def _evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    return None if evidence is None else msgspec.to_builtins(evidence)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _rounded(value: float | None) -> float | None:
    # A whole number may have been kept as an int: it must read the same after a pass through the store.
    return None if value is None else round(float(value), 2)
