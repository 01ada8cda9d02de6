"""Collects what changed, for the next checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

import msgspec

from detector.alerting import Watch
from detector.checkpoint.aircraft import AircraftPart
from detector.checkpoint.documents import SCHEMA, HeldFrames, ReceptionState, StreamState, numbered
from detector.checkpoint.finished import Finished
from detector.checkpoint.held import held_batches, held_frames
from detector.checkpoint.restore import Restored, restored
from detector.checkpoint.snapshot import Snapshot
from detector.checkpoint.trails import ROWS_LIVE, ROWS_REPLAYED, Trails
from detector.domain.alert import Alert
from detector.domain.gap import Gap
from detector.domain.stop import Stop
from detector.domain.track import Track
from detector.pipeline import Changes, Pipeline


class Journal:
    """`identity` names the input and the settings of the run.

    `keep_s`: stops, with alerts and gaps, that are over are deleted so long after, by event time, and what is common
    sooner (`finished`); None keeps all.
    """

    def __init__(self, pipeline: Pipeline, identity: str, *, keep_s: float | None = None) -> None:
        self.pipeline = pipeline
        self._identity = identity
        self._finished = Finished(keep_s)
        self._aircraft = AircraftPart()
        self._trails = Trails(ROWS_REPLAYED if keep_s is None else ROWS_LIVE)
        self._new: dict[str, Any] = {}
        self._watches: dict[str, Watch] = {}
        self._alerts = 0
        self._movements = 0
        self._reception: tuple[object, ...] = ()
        self._open_minutes = b""
        self._anew = False
        """The state was taken up from an earlier schema: all of it is to be written, and these keys deleted."""
        self._out_of_date: set[str] = set()

    def note(self, changes: Changes) -> None:
        """Take in what a step changed."""
        for stop in changes.stops:
            self._new[f"stop:{stop.id}"] = stop
            self._finished.stop(stop)
        for alert in changes.alerts:
            self._new[numbered("alert", self._alerts)] = alert
            self._finished.alert(self._alerts, alert)
            self._alerts += 1
        for movement in changes.movements:
            self._new[numbered("movement", self._movements)] = movement
            self._finished.movement(self._movements, movement)
            self._movements += 1
        if changes.points is not None:
            self._trails.note(changes.points)
        for gap in changes.gaps:
            self._new[f"gap:{gap.id}"] = gap
            self._finished.gap(gap)

    def last_alert_key(self, stop_id: str) -> str | None:
        """Under which key the last revision of the alert on a stop is stored; None if none is known."""
        number = self._finished.last_revision(stop_id)
        return None if number is None else numbered("alert", number)

    def track_of(self, alert: Alert) -> Track | None:
        """Where the aircraft of an alert was heard, around its stop; None where nothing of it is kept."""
        return self._trails.track_of(alert)

    def stops_of(self, icao24: str) -> list[Stop]:
        """The stops of an aircraft that the path still holds: open ones, and those under watch."""
        return [one for one in self._in_use().values() if isinstance(one, Stop) and one.icao24 == icao24]

    def changes(self, *, finished: bool = False) -> tuple[dict[str, bytes], list[str]]:
        """(puts, deletes) since the last call or snapshot."""
        return self.snapshot(finished=finished).encoded()

    def snapshot(self, *, whole: bool = False, finished: bool = False) -> Snapshot:
        """What is new since the last one; with `whole`, all that is in memory. `finished`: the stream is over."""
        pipeline = self.pipeline
        whole = whole or self._anew
        values: dict[str, Any] = (self._in_use() if whole else {}) | self._new
        aircraft, deletes = self._aircraft.take(pipeline, whole=whole)
        evidence, dropped = pipeline.evidence.changes()
        if whole:
            evidence = {**evidence, **pipeline.evidence.frames}
        deletes += [f"evidence:{stop_id}" for stop_id in sorted(dropped)]
        deletes += self._watched(values, whole=whole)
        deletes += self._sky(values, whole=whole)
        self._received(values, whole=whole)
        values |= self._trails.changed((watch.alert for _, watch in self._under_watch()), whole=whole)
        deletes += self._finished.too_old(pipeline.clock.now, self._needed)
        deletes += sorted(self._out_of_date)
        self._new, self._anew, self._out_of_date = {}, False, set()
        heard_once = pipeline.decoder.addresses.pending
        stream = self._stream(len(pipeline.decoder.addresses), finished=finished)
        return Snapshot(stream, heard_once, aircraft, values, evidence, deletes, whole)

    def restore(self, state: Mapping[str, bytes]) -> tuple[StreamState, Changes]:
        """Put a stored state into the (new) pipeline; gives what the stored run had found so far.

        A state of an earlier schema is taken up as well, and written anew by the next snapshot. Raises StoreError where
        the state is of a later one, or damaged.
        """
        found = restored(self.pipeline, state)
        self._aircraft.restored(self.pipeline, found.slots_with_past)
        self._watches = {key: copy(watch) for key, watch in self._under_watch()}
        self._trails.restore(self.pipeline, found.state, [watch.alert for watch in self._watches.values()])
        self._alerts, self._movements = found.stream.alerts, found.stream.movements
        self._remember(found)
        if found.migrated:
            self._anew, self._out_of_date = True, set(state) - set(found.state)
        return found.stream, Changes(
            stops=list(found.stops.values()),
            alerts=list(found.alerts.values()),
            movements=list(found.movements.values()),
            gaps=list(found.gaps.values()),
        )

    def _remember(self, found: Restored) -> None:
        for stop in found.stops.values():
            self._finished.stop(stop)
        for key, alert in found.alerts.items():
            self._finished.alert(_number(key), alert)
        for key, movement in found.movements.items():
            self._finished.movement(_number(key), movement)
        for gap in found.gaps.values():
            self._finished.gap(gap)

    def _in_use(self) -> dict[str, Any]:
        """The stops, gaps and alerts that the path itself still holds, by key."""
        values: dict[str, Any] = {}
        for watch in (watch for _, watch in self._under_watch()):
            stop = watch.alert.stop
            number = self._finished.last_revision(stop.id)
            if number is not None:
                values[numbered("alert", number)] = watch.alert
            values[f"stop:{stop.id}"] = stop
        values |= {f"{'gap' if isinstance(one, Gap) else 'stop'}:{one.id}": one for one in self._of_lives()}
        return values

    def _needed(self) -> set[str]:
        watched = {watch.alert.stop.id for _, watch in self._under_watch()}
        return watched | {one.id for one in self._of_lives()}

    def _of_lives(self) -> Iterator[Stop | Gap]:
        for life in self.pipeline.movements.lives.values():
            if life.leaving is not None and life.leaving.stop is not None:
                yield life.leaving.stop
            yield from (one for one in (life.stop, *life.held, life.gap) if one is not None)

    def _under_watch(self) -> Iterator[tuple[str, Watch]]:
        for mine in self.pipeline.alerts.watches.values():
            yield from ((f"watch:{stop_id}", watch) for stop_id, watch in mine.items())

    def _watched(self, values: dict[str, Any], *, whole: bool) -> list[str]:
        """Put the watches that have changed into `values`; keys of those that are over."""
        before, self._watches = self._watches, {}
        for key, watch in self._under_watch():
            old = before.get(key)
            if old is not None and _same(old, watch):
                self._watches[key] = old
            else:
                self._watches[key] = copy(watch)
            if whole or self._watches[key] is not old:
                values[key] = self._watches[key]
        return sorted(before.keys() - self._watches.keys())

    def _sky(self, values: dict[str, Any], *, whole: bool) -> list[str]:
        """The same for who listened and what was heard where. What changes in place is encoded at once."""
        sky = self.pipeline.sky
        days, old_days = sky.ledger.changed(whole=whole)
        cells, old_cells = sky.coverage.changed(whole=whole)
        pieces, old_pieces = sky.areas.changed(whole=whole)
        values |= {f"ledger:{key}": value for key, value in days.items()}
        values |= {f"coverage:{key}": msgspec.Raw(msgspec.json.encode(cell)) for key, cell in cells.items()}
        values |= {f"interference:{key}": piece for key, piece in pieces.items()}
        deletes = [f"ledger:{key}" for key in old_days] + [f"coverage:{key}" for key in old_cells]
        return deletes + [f"interference:{key}" for key in old_pieces]

    def _received(self, values: dict[str, Any], *, whole: bool) -> None:
        """What is asked for every time, where there is anything new in it."""
        pipeline, reception = self.pipeline, self.pipeline.reception
        now = (reception.taken, reception.now, reception.clocks.now, pipeline.told_until)
        if whole or now != self._reception:
            values["reception"] = _reception(pipeline)
        self._reception = now
        opened = msgspec.json.encode(values["ledger:open"])
        if opened == self._open_minutes and not whole:
            del values["ledger:open"]
        self._open_minutes = opened

    def _stream(self, aircraft: int, *, finished: bool) -> StreamState:
        pipeline = self.pipeline
        held, held_tracks = held_batches(pipeline.clock.held)
        return StreamState(
            schema=SCHEMA,
            identity=self._identity,
            frames=pipeline.frames,
            ticks=pipeline.ticks,
            first_at=pipeline.first_at,
            now=pipeline.clock.now,
            finished=finished,
            held=held,
            held_tracks=held_tracks,
            pending={},
            rejects={
                "clock": dict(pipeline.clock.rejects.counts),
                "decoder": dict(pipeline.decoder.rejects.counts),
                "tracker": dict(pipeline.tracker.rejects.counts),
            },
            aircraft=aircraft,
            alerts=self._alerts,
            movements=self._movements,
        )


def _reception(pipeline: Pipeline) -> ReceptionState:
    reception = pipeline.reception
    held = reception.order.held
    return ReceptionState(
        told_until=pipeline.told_until,
        now=reception.order.now,
        held=held_frames(held) if len(held) else HeldFrames(),
        clocks=reception.clocks.dump(),
        copies=reception.copies.dump(),
        rejects={"clocks": dict(reception.clocks.rejects.counts), "copies": dict(reception.copies.rejects.counts)},
    )


def _same(one: Watch, other: Watch) -> bool:
    return one.alert is other.alert and one.told_at == other.told_at and one.journey == other.journey


def _number(key: str) -> int:
    return int(key.partition(":")[2])
