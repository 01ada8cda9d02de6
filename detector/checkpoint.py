"""The state of a stream as keys and values, and back: one readable JSON document an aircraft.

    stream                 event time, frames taken in, rejects, addresses heard once, the held frames
    aircraft:<address>     decoder halves, track, recent past, phase of flight, open stop
    watch:<stop id>        an alert under watch, with its journey
    stop:<stop id>         last revision of every stop
    alert:<number>         every revision of every alert, in order
    movement:<number>      movements, in order

`changes` gives what is new since the last call; writing it in one transaction is the store's part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from detector.alerting import Watch
from detector.domain.alert import Alert
from detector.domain.errors import StoreError
from detector.domain.frame import LONG_BYTES, FrameBatch
from detector.domain.movement import Movement
from detector.domain.report import NAMESPACE_SHIFT, address_text
from detector.domain.stop import Stop
from detector.movements import Life
from detector.pipeline import Changes, Pipeline

SCHEMA = "detector.state/1"


class HeldFrame(msgspec.Struct, frozen=True):
    """A frame that event time has not admitted yet."""

    at: float
    frame: str
    receiver: int
    level: int
    mlat: bool


class StreamState(msgspec.Struct, frozen=True):
    """What belongs to the stream as a whole."""

    schema: str
    identity: str
    frames: int
    first_at: float | None
    now: float | None
    finished: bool
    held: list[HeldFrame]
    pending: dict[str, float]
    """Addresses (keys of `domain.report`, in hexadecimal) that were heard once, with the time."""
    rejects: dict[str, dict[str, int]]
    alerts: int
    movements: int


class AircraftDocument(msgspec.Struct, frozen=True):
    """One aircraft: `decoder` and `track` are rows of the tables (fields that hold nothing are left out)."""

    schema: str
    icao24: str
    slot: int
    key: int
    decoder: dict[str, Any]
    track: dict[str, Any]
    life: Life | None


class Journal:
    """Collects what changed, for the next checkpoint. `identity` names the input and the settings of the run."""

    def __init__(self, pipeline: Pipeline, identity: str) -> None:
        self.pipeline = pipeline
        self._identity = identity
        self._puts: dict[str, bytes] = {}
        self._watches: dict[str, bytes] = {}
        self._alerts = 0
        self._movements = 0

    def note(self, changes: Changes) -> None:
        """Take in what a step changed."""
        for stop in changes.stops:
            self._puts[f"stop:{stop.id}"] = msgspec.json.encode(stop)
        for alert in changes.alerts:
            self._puts[f"alert:{self._alerts:09d}"] = msgspec.json.encode(alert)
            self._alerts += 1
        for movement in changes.movements:
            self._puts[f"movement:{self._movements:09d}"] = msgspec.json.encode(movement)
            self._movements += 1

    def changes(self, *, finished: bool = False) -> tuple[dict[str, bytes], list[str]]:
        """(puts, deletes) since the last call."""
        pipeline = self.pipeline
        slots = pipeline.touched_slots()
        tables = zip(
            slots.tolist(), pipeline.decoder.table.dump(slots), pipeline.tracker.table.dump(slots), strict=True
        )
        for slot, decoder, track in tables:
            key = pipeline.decoder.addresses.keys[slot]
            icao24 = address_text(key)
            life = pipeline.movements.lives.get(icao24)
            document = AircraftDocument(SCHEMA, icao24, slot, key, decoder, track, life)
            self._puts[_aircraft_key(key)] = msgspec.json.encode(document)
        watches = {
            f"watch:{stop_id}": msgspec.json.encode(watch)
            for mine in pipeline.alerts.watches.values()
            for stop_id, watch in mine.items()
        }
        deletes = sorted(self._watches.keys() - watches.keys())
        puts = self._puts | {key: value for key, value in watches.items() if self._watches.get(key) != value}
        puts["stream"] = msgspec.json.encode(self._stream(finished=finished))
        self._puts, self._watches = {}, watches
        return puts, deletes

    def _stream(self, *, finished: bool) -> StreamState:
        pipeline = self.pipeline
        return StreamState(
            schema=SCHEMA,
            identity=self._identity,
            frames=pipeline.frames,
            first_at=pipeline.first_at,
            now=pipeline.clock.now,
            finished=finished,
            held=_held(pipeline.clock.held),
            pending={f"{key:07x}": at for key, at in pipeline.decoder.addresses.pending.items()},
            rejects={
                "clock": pipeline.clock.rejects.counts,
                "decoder": pipeline.decoder.rejects.counts,
                "tracker": pipeline.tracker.rejects.counts,
            },
            alerts=self._alerts,
            movements=self._movements,
        )

    def restore(self, state: Mapping[str, bytes]) -> tuple[StreamState, Changes]:
        """Put a stored state into the (new) pipeline; gives what the stored run had found so far.

        Raises StoreError where the state is not of this schema.
        """
        try:
            stream = msgspec.json.decode(state["stream"], type=StreamState)
            documents = [
                msgspec.json.decode(value, type=AircraftDocument)
                for key, value in state.items()
                if key.startswith("aircraft:")
            ]
            watches = _all(state, "watch:", Watch)
            found = Changes(
                stops=_all(state, "stop:", Stop),
                alerts=_all(state, "alert:", Alert),
                movements=_all(state, "movement:", Movement),
            )
        except (KeyError, msgspec.ValidationError, msgspec.DecodeError) as error:
            raise StoreError(f"the stored state cannot be read ({error}); start over with --fresh") from error
        if stream.schema != SCHEMA:
            raise StoreError(
                f"the stored state is of schema {stream.schema}, this program writes {SCHEMA}; use --fresh"
            )
        self._restore_aircraft(documents)
        pipeline = self.pipeline
        pipeline.decoder.addresses.restore_pending({int(key, 16): at for key, at in stream.pending.items()})
        pipeline.alerts.restore(watches)
        pipeline.frames, pipeline.first_at, pipeline.clock.now = stream.frames, stream.first_at, stream.now
        pipeline.clock.held = FrameBatch.concat([_frame(one) for one in stream.held])
        for part, counts in (
            (pipeline.clock.rejects, "clock"),
            (pipeline.decoder.rejects, "decoder"),
            (pipeline.tracker.rejects, "tracker"),
        ):
            part.counts = dict(stream.rejects.get(counts, {}))
        self._watches = {key: value for key, value in state.items() if key.startswith("watch:")}
        self._alerts, self._movements = stream.alerts, stream.movements
        return stream, found

    def _restore_aircraft(self, documents: list[AircraftDocument]) -> None:
        pipeline = self.pipeline
        documents.sort(key=lambda document: document.slot)
        pipeline.decoder.table.grow_to(len(documents))
        pipeline.tracker.table.grow_to(len(documents))
        for slot, document in enumerate(documents):
            if not slot == document.slot == pipeline.decoder.addresses.add(document.key):
                raise StoreError(
                    f"the stored state lacks an aircraft before {document.icao24}; start over with --fresh"
                )
            pipeline.decoder.table.load(slot, document.decoder)
            pipeline.tracker.table.load(slot, document.track)
        pipeline.tracker.size = len(documents)
        pipeline.movements.restore(
            {document.icao24: document.life for document in documents if document.life is not None}
        )


def _aircraft_key(key: int) -> str:
    """Addresses that are not ICAO's may be equal in text; the number of the namespace tells them apart."""
    namespace = key >> NAMESPACE_SHIFT
    return f"aircraft:{address_text(key)}" + (f".{namespace}" if namespace else "")


def _all(state: Mapping[str, bytes], prefix: str, kind: Any) -> list[Any]:
    return [msgspec.json.decode(state[key], type=kind) for key in sorted(state) if key.startswith(prefix)]


def _held(held: FrameBatch) -> list[HeldFrame]:
    return [
        HeldFrame(at, payload[:length].tobytes().hex(), receiver, level, mlat)
        for at, payload, length, receiver, level, mlat in zip(
            held.heard_at.tolist(),
            held.payload,
            held.length.tolist(),
            held.receiver.tolist(),
            held.level.tolist(),
            held.mlat.tolist(),
            strict=True,
        )
    ]


def _frame(held: HeldFrame) -> FrameBatch:
    raw = bytes.fromhex(held.frame)
    return FrameBatch(
        heard_at=np.array([held.at]),
        payload=np.frombuffer(raw.ljust(LONG_BYTES, b"\0"), np.uint8).reshape(1, -1).copy(),
        length=np.array([len(raw)], np.uint8),
        receiver=np.array([held.receiver], np.uint64),
        level=np.array([held.level], np.uint8),
        mlat=np.array([held.mlat]),
    )
