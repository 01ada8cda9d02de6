"""The state of a stream as keys and values, and back: one readable JSON document an aircraft.

    stream                 event time, frames taken in, rejects, addresses heard once, the held frames
    aircraft:<address>     decoder halves, track, recent past, phase of flight, open stop
    watch:<stop id>        an alert under watch, with its journey
    stop:<stop id>         last revision of every stop
    alert:<number>         every revision of every alert, in order
    evidence:<stop id>     raw frames behind a stop: of those that have alerted, and of open ones
    movement:<number>      movements, in order
    gap:<gap id>           last revision of every gap
    ledger:<receiver>,<day>, ledger:open   who listened when, by the minute
    coverage:<cell>        who was heard in an area, by altitude
    reception              frames that wait for earlier ones, the clocks of the receivers, what was heard just now
    interference           where positions are not to be believed

`changes` gives what is new since the last call; writing it in one transaction is the store's part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from detector.alerting import EvidenceFrame, Watch
from detector.alerting.evidence import lines, parsed
from detector.domain import decoded
from detector.domain.alert import Alert
from detector.domain.decoded import Batch, DecodedBatch, joined
from detector.domain.doubt import Doubt
from detector.domain.errors import StoreError
from detector.domain.frame import LONG_BYTES, FrameBatch
from detector.domain.gap import Gap
from detector.domain.movement import Movement
from detector.domain.report import NAMESPACE_SHIFT, address_text
from detector.domain.stop import Stop
from detector.movements import Life
from detector.pipeline import Changes, Pipeline
from detector.tracking.fusion import DuplicatesState
from detector.tracking.interference import InterferenceState
from detector.tracking.receiver_clocks import ReceiverClocksState

SCHEMA = "detector.state/1"


class HeldFrame(msgspec.Struct, frozen=True):
    """A frame that event time has not admitted yet."""

    at: float
    frame: str
    receiver: int
    level: int
    mlat: bool


class HeldTrack(msgspec.Struct, frozen=True):
    """The same for a row of a decoded track: its `place` among all that is held, and what it tells, by column."""

    place: int
    row: dict[str, Any]


class StreamState(msgspec.Struct, frozen=True):
    """What belongs to the stream as a whole."""

    schema: str
    identity: str
    frames: int
    first_at: float | None
    now: float | None
    finished: bool
    held: list[HeldFrame]
    held_tracks: list[HeldTrack]
    pending: dict[str, float]
    """Addresses (keys of `domain.report`, in hexadecimal) that were heard once, with the time."""
    rejects: dict[str, dict[str, int]]
    alerts: int
    movements: int


class ReceptionState(msgspec.Struct, frozen=True):
    """What stands between event time and decoding; `told_until`: event time of what has gone on from there."""

    told_until: float | None
    now: float | None
    held: list[HeldFrame]
    clocks: ReceiverClocksState
    copies: DuplicatesState
    rejects: dict[str, dict[str, int]]


class AircraftDocument(msgspec.Struct, frozen=True):
    """One aircraft: `decoder` and `track` are rows of the tables (fields that hold nothing are left out)."""

    schema: str
    icao24: str
    slot: int
    key: int
    decoder: dict[str, Any]
    track: dict[str, Any]
    life: Life | None
    doubt: Doubt | None = None


class Journal:
    """Collects what changed, for the next checkpoint. `identity` names the input and the settings of the run."""

    def __init__(self, pipeline: Pipeline, identity: str) -> None:
        self.pipeline = pipeline
        self._identity = identity
        self._puts: dict[str, bytes] = {}
        self._watches: dict[str, bytes] = {}
        self._alerts = 0
        self._movements = 0
        self._sightings = -1
        self._still: dict[str, bytes] = {}

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
        for gap in changes.gaps:
            self._puts[f"gap:{gap.id}"] = msgspec.json.encode(gap)

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
            doubt = pipeline.tracker.doubts.current.get(slot)
            document = AircraftDocument(SCHEMA, icao24, slot, key, decoder, track, life, doubt)
            self._puts[_aircraft_key(key)] = msgspec.json.encode(document)
        watches = {
            f"watch:{stop_id}": msgspec.json.encode(watch)
            for mine in pipeline.alerts.watches.values()
            for stop_id, watch in mine.items()
        }
        evidence, dropped = pipeline.evidence.changes()
        for stop_id, frames in evidence.items():
            self._puts[f"evidence:{stop_id}"] = msgspec.json.encode(lines(frames))
        deletes = sorted(self._watches.keys() - watches.keys()) + [f"evidence:{stop_id}" for stop_id in sorted(dropped)]
        puts = self._puts | {key: value for key, value in watches.items() if self._watches.get(key) != value}
        for prefix, part in (("ledger", pipeline.sky.ledger), ("coverage", pipeline.sky.coverage)):
            documents, gone = part.changed()
            puts |= {f"{prefix}:{key}": msgspec.json.encode(value) for key, value in documents.items()}
            deletes += [f"{prefix}:{key}" for key in gone]
        puts["reception"] = msgspec.json.encode(_reception(pipeline))
        if pipeline.sky.sightings != self._sightings:
            puts["interference"] = msgspec.json.encode(pipeline.sky.areas.dump())
        self._sightings = pipeline.sky.sightings
        # These are asked for every time; most of the time nothing is new in them.
        for key in [key for key in ("reception", "ledger:open") if self._still.get(key) == puts[key]]:
            del puts[key]
        self._still |= {key: puts[key] for key in ("reception", "ledger:open") if key in puts}
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
            held=[frame for batch in pipeline.clock.held if isinstance(batch, FrameBatch) for frame in _held(batch)],
            held_tracks=_held_tracks(pipeline.clock.held),
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
                gaps=_all(state, "gap:", Gap),
            )
            reception = msgspec.json.decode(state["reception"], type=ReceptionState)
            sky = self.pipeline.sky
            sky.ledger.restore(_under(state, "ledger:"))
            sky.coverage.restore(_under(state, "coverage:"))
            sky.areas.restore(msgspec.json.decode(state["interference"], type=InterferenceState))
            evidence = _evidence(state, {watch.alert.stop.id for watch in watches}, found.alerts)
        except (KeyError, ValueError, msgspec.DecodeError) as error:
            raise StoreError(f"the stored state cannot be read ({error}); start over with --fresh") from error
        if stream.schema != SCHEMA:
            raise StoreError(
                f"the stored state is of schema {stream.schema}, this program writes {SCHEMA}; use --fresh"
            )
        self._restore_aircraft(documents)
        pipeline = self.pipeline
        pipeline.decoder.addresses.restore_pending({int(key, 16): at for key, at in stream.pending.items()})
        pipeline.alerts.restore(watches)
        pipeline.evidence.restore(evidence)
        _restore_reception(pipeline, reception)
        pipeline.frames, pipeline.first_at, pipeline.clock.now = stream.frames, stream.first_at, stream.now
        held: list[Batch] = [_frame(one) for one in stream.held]
        for track in stream.held_tracks:
            held.insert(track.place, _track(track))
        pipeline.clock.held = joined(held)
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
        pipeline.tracker.doubts.restore({d.slot: d.doubt for d in documents if d.doubt is not None})
        pipeline.movements.restore(
            {document.icao24: document.life for document in documents if document.life is not None}
        )


def _reception(pipeline: Pipeline) -> ReceptionState:
    reception = pipeline.reception
    return ReceptionState(
        told_until=pipeline.told_until,
        now=reception.order.now,
        held=_held(reception.order.held),
        clocks=reception.clocks.dump(),
        copies=reception.copies.dump(),
        rejects={"clocks": reception.clocks.rejects.counts, "copies": reception.copies.rejects.counts},
    )


def _restore_reception(pipeline: Pipeline, state: ReceptionState) -> None:
    reception = pipeline.reception
    pipeline.told_until = state.told_until
    reception.order.restore(FrameBatch.concat([_frame(one) for one in state.held]), state.now)
    reception.clocks.restore(state.clocks)
    reception.copies.restore(state.copies)
    reception.clocks.rejects.counts = dict(state.rejects["clocks"])
    reception.copies.rejects.counts = dict(state.rejects["copies"])


def _aircraft_key(key: int) -> str:
    """Addresses that are not ICAO's may be equal in text; the number of the namespace tells them apart."""
    namespace = key >> NAMESPACE_SHIFT
    return f"aircraft:{address_text(key)}" + (f".{namespace}" if namespace else "")


def _all(state: Mapping[str, bytes], prefix: str, kind: Any) -> list[Any]:
    return [msgspec.json.decode(state[key], type=kind) for key in sorted(state) if key.startswith(prefix)]


def _under(state: Mapping[str, bytes], prefix: str) -> dict[str, bytes]:
    return {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}


def evidence_of(state: Mapping[str, bytes], stop_id: str) -> tuple[EvidenceFrame, ...]:
    """The frames stored behind a stop; () if there are none. Raises ValueError or DecodeError for damaged ones."""
    stored = state.get(f"evidence:{stop_id}")
    return () if stored is None else parsed(msgspec.json.decode(stored, type=list[str]))


def _evidence(
    state: Mapping[str, bytes], watched: set[str], alerts: list[Alert]
) -> dict[str, tuple[EvidenceFrame, ...]]:
    """What the path still needs: of the stops that have alerted only those under watch."""
    over = {alert.stop.id for alert in alerts} - watched
    ids = (key.removeprefix("evidence:") for key in state if key.startswith("evidence:"))
    return {stop_id: evidence_of(state, stop_id) for stop_id in ids if stop_id not in over}


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


def _held_tracks(held: list[Batch]) -> list[HeldTrack]:
    tracks: list[HeldTrack] = []
    place = 0
    for batch in held:
        if isinstance(batch, DecodedBatch):
            tracks += [HeldTrack(place + i, row) for i, row in enumerate(batch.plain_rows())]
        place += len(batch)
    return tracks


def _track(held: HeldTrack) -> DecodedBatch:
    texts = {name: value.encode("ascii") for name, value in held.row.items() if isinstance(value, str)}
    return DecodedBatch.of([list((decoded.EMPTY | held.row | texts).values())])


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
