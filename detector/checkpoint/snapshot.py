"""A moment of the state, held fast: quick to take, and made into JSON at leisure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from detector.alerting.evidence import lines
from detector.checkpoint.aircraft import AircraftRows
from detector.checkpoint.documents import StreamState
from detector.domain.observation import Heard

COMPLETE = ("aircraft:", "past:", "watch:", "ledger:", "coverage:", "interference:")
"""Kinds of keys of which a whole snapshot holds all: any other key that begins so is out of date."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a checkpoint writes. Nothing in it changes any more, whatever the pipeline does.

    `whole`: all that is in memory, for a store that has lost it. What is only in the store is not in it: stops, alerts
    and gaps that are over, earlier revisions of alerts under watch, the evidence of alerts that nobody watches any
    more, and movements.
    """

    stream: StreamState
    heard_once: Mapping[int, float]
    aircraft: AircraftRows
    values: Mapping[str, Any]
    evidence: Mapping[str, tuple[Heard, ...]]
    deletes: list[str]
    whole: bool

    def encoded(self) -> tuple[dict[str, bytes], list[str]]:
        """(puts, deletes). Takes some hundred ms for thousands of aircraft; may be called in any thread."""
        encode = msgspec.json.Encoder().encode
        puts = {key: encode(value) for key, value in self.values.items()}
        puts |= {f"evidence:{stop_id}": encode(lines(frames)) for stop_id, frames in self.evidence.items()}
        puts.update(self.aircraft.documents())
        pending = {f"{key:07x}": at for key, at in self.heard_once.items()}
        puts["stream"] = encode(msgspec.structs.replace(self.stream, pending=pending))
        return puts, self.deletes
