"""Messages as CloudEvents 1.0 in structured JSON (https://github.com/cloudevents/spec, v1.0.2, JSON event format)."""

from __future__ import annotations

from typing import Any

import msgspec

from detector.alerting.entries import DIGEST, Entry
from detector.domain.times import iso

CONTENT_TYPE = "application/cloudevents+json"
DIGEST_SCHEMA = "detector.digest/1"


def cloud_event(entry: Entry, source: str) -> bytes:
    """The message as one JSON document: the same bytes at each attempt.

    `data` is the object of `wire.alert_line`, or of a digest {"schema", "alerts": [those objects]}. There is no
    `subject` (the id of the stop) of a digest, which is about several.
    """
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": entry.id,
        "source": source,
        "type": f"detector.alert.{entry.event}",
        "time": iso(entry.at),
        "datacontenttype": "application/json",
    }
    if entry.event != DIGEST:
        event["subject"] = entry.items[0].stop
    return msgspec.json.encode({**event, "data": content(entry)})


def content(entry: Entry) -> msgspec.Raw:
    """What the message tells: the alert, or those of a digest, as JSON."""
    if entry.event != DIGEST:
        return entry.items[0].line
    return msgspec.Raw(msgspec.json.encode({"schema": DIGEST_SCHEMA, "alerts": [item.line for item in entry.items]}))
