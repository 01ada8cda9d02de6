"""A stored state back into a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from detector.alerting import EvidenceFrame, Watch
from detector.alerting.evidence import parsed
from detector.checkpoint.documents import (
    SCHEMA,
    AircraftDocument,
    PastDocument,
    ReceptionState,
    StreamState,
    address_name,
)
from detector.checkpoint.held import batches_of, frames_of
from detector.checkpoint.migrations import MIGRATIONS
from detector.domain.alert import Alert
from detector.domain.errors import StoreError
from detector.domain.gap import Gap
from detector.domain.movement import Movement
from detector.domain.stop import Stop
from detector.pipeline import Pipeline

START_OVER = "start over with an empty store (replay: --fresh)"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a stored state told. `state`: as it is in the present schema; stops and the others by key, in order.

    `slots_with_past`: aircraft whose past has a document.
    """

    stream: StreamState
    state: Mapping[str, bytes]
    migrated: bool
    stops: dict[str, Stop]
    alerts: dict[str, Alert]
    movements: dict[str, Movement]
    gaps: dict[str, Gap]
    slots_with_past: set[int]


class _Schema(msgspec.Struct):
    schema: str


def restored(pipeline: Pipeline, stored: Mapping[str, bytes]) -> Restored:
    """Put a stored state into a new pipeline. Raises StoreError: it cannot be read, or is of an unknown schema."""
    try:
        state, migrated = migrate(stored)
        stream = msgspec.json.decode(state["stream"], type=StreamState)
        documents = list(_all(state, "aircraft:", AircraftDocument).values())
        past = _all(state, "past:", PastDocument)
        watches = list(_all(state, "watch:", Watch).values())
        alerts = _all(state, "alert:", Alert)
        sky = pipeline.sky
        sky.ledger.restore(_under(state, "ledger:"))
        sky.coverage.restore(_under(state, "coverage:"))
        sky.areas.restore(_under(state, "interference:"))
        with_past = restore_aircraft(pipeline, stream, documents, past)
        _restore_stream(pipeline, stream)
        _restore_reception(pipeline, msgspec.json.decode(state["reception"], type=ReceptionState))
        pipeline.alerts.restore(watches)
        pipeline.evidence.restore(_evidence(state, {watch.alert.stop.id for watch in watches}, alerts))
        return Restored(
            stream=stream,
            state=state,
            migrated=migrated,
            stops=_all(state, "stop:", Stop),
            alerts=alerts,
            movements=_all(state, "movement:", Movement),
            gaps=_all(state, "gap:", Gap),
            slots_with_past=with_past,
        )
    except (KeyError, ValueError, msgspec.DecodeError) as error:
        raise StoreError(f"the stored state cannot be read ({error}); {START_OVER}") from error


def migrate(stored: Mapping[str, bytes]) -> tuple[Mapping[str, bytes], bool]:
    """(the state in the present schema, whether it was in an earlier one). Raises StoreError, KeyError, ValueError."""
    state, migrated = stored, False
    while (schema := msgspec.json.decode(state["stream"], type=_Schema).schema) != SCHEMA:
        if schema not in MIGRATIONS:
            raise StoreError(
                f"the stored state is of schema {schema}, this program reads {SCHEMA} and {', '.join(MIGRATIONS)}; "
                f"use the program that wrote it, or {START_OVER}"
            )
        state, migrated = MIGRATIONS[schema](state), True
    return state, migrated


def restore_aircraft(
    pipeline: Pipeline, stream: StreamState, documents: list[AircraftDocument], past: Mapping[str, PastDocument]
) -> set[int]:
    """Give the aircraft their slots and rows back; gives the slots of those whose past has a document."""
    if len(documents) != stream.aircraft:
        raise StoreError(
            f"the stored state lacks an aircraft: {stream.aircraft} are told and {len(documents)} are there; "
            f"{START_OVER}"
        )
    pipeline.restored({document.slot: document.key for document in documents})
    with_past: set[int] = set()
    for document in documents:
        slot, rest = document.slot, past.get(f"past:{address_name(document.key)}")
        pipeline.decoder.table.load(slot, document.decoder)
        pipeline.tracker.table.load(slot, document.track if rest is None else document.track | rest.track)
        if rest is not None:
            with_past.add(slot)
    pipeline.tracker.doubts.restore({d.slot: d.doubt for d in documents if d.doubt is not None})
    pipeline.movements.restore({d.icao24: d.life for d in documents if d.life is not None})
    return with_past


def _restore_stream(pipeline: Pipeline, stream: StreamState) -> None:
    pipeline.decoder.addresses.restore_pending({int(key, 16): at for key, at in stream.pending.items()})
    pipeline.frames, pipeline.ticks = stream.frames, stream.ticks
    pipeline.first_at, pipeline.clock.now = stream.first_at, stream.now
    pipeline.clock.held = batches_of(stream.held, stream.held_tracks)
    for part, counts in (
        (pipeline.clock.rejects, "clock"),
        (pipeline.decoder.rejects, "decoder"),
        (pipeline.tracker.rejects, "tracker"),
    ):
        part.counts = dict(stream.rejects.get(counts, {}))


def _restore_reception(pipeline: Pipeline, state: ReceptionState) -> None:
    reception = pipeline.reception
    pipeline.told_until = state.told_until
    reception.order.restore(frames_of(state.held), state.now)
    reception.clocks.restore(state.clocks)
    reception.copies.restore(state.copies)
    reception.clocks.rejects.counts = dict(state.rejects["clocks"])
    reception.copies.rejects.counts = dict(state.rejects["copies"])


def evidence_of(state: Mapping[str, bytes], stop_id: str) -> tuple[EvidenceFrame, ...]:
    """The frames stored behind a stop; () if there are none. Raises ValueError or DecodeError for damaged ones."""
    stored = state.get(f"evidence:{stop_id}")
    return () if stored is None else parsed(msgspec.json.decode(stored, type=list[str]))


def _evidence(
    state: Mapping[str, bytes], watched: set[str], alerts: Mapping[str, Alert]
) -> dict[str, tuple[EvidenceFrame, ...]]:
    """What the path still needs: of the stops that have alerted only those under watch."""
    over = {alert.stop.id for alert in alerts.values()} - watched
    ids = (key.removeprefix("evidence:") for key in state if key.startswith("evidence:"))
    return {stop_id: evidence_of(state, stop_id) for stop_id in ids if stop_id not in over}


def _all(state: Mapping[str, bytes], prefix: str, kind: Any) -> dict[str, Any]:
    decode = msgspec.json.Decoder(kind).decode
    return {key: decode(state[key]) for key in sorted(state) if key.startswith(prefix)}


def _under(state: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
