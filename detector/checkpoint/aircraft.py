"""The aircraft of a snapshot: rows copied out of the tables at once, made into documents later."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from detector.checkpoint.documents import SCHEMA, AircraftDocument, PastDocument, address_name
from detector.decoding.addresses import FREE
from detector.domain.columns import Rows
from detector.domain.doubt import Doubt
from detector.domain.report import address_text
from detector.movements import Life
from detector.pipeline import Pipeline
from detector.tracking.points import COLUMNS

Index = npt.NDArray[np.intp]

RING = tuple(name for name in COLUMNS if name.startswith("ring_"))
"""Columns of the table that belong to the past, with all of the groups that some aircraft have."""
COUNTS = ("ring_count", "frames_count", "comm_b_count")
"""Rings only grow, and each tells how much it has grown: together they tell whether the past is another one."""
UNWRITTEN = -1
PIECE = 500
"""Aircraft made into documents at a time."""


@dataclass(frozen=True, slots=True)
class AircraftRows:
    """`keys`, `decoder`, `track`, `lives` and `doubts` are parallel. `past`: which of them have a new past; its rows
    are those of `rings`, and of each group those of the aircraft told beside it."""

    slots: list[int]
    keys: list[int]
    decoder: Rows
    track: Rows
    lives: list[Life | None]
    doubts: list[Doubt | None]
    past: list[int]
    rings: Rows
    groups: list[tuple[list[int], Rows]]

    def documents(self) -> Iterator[tuple[str, bytes]]:
        """Keys and documents, made some at a time: as values of Python thousands of rows would take many times more."""
        encode = msgspec.json.Encoder().encode
        for begin in range(0, len(self.keys), PIECE):
            end = begin + PIECE
            decoder, track = self.decoder.part(begin, end).plain(), self.track.part(begin, end).plain()
            slots, keys = self.slots[begin:end], self.keys[begin:end]
            rows = zip(slots, keys, decoder, track, self.lives[begin:end], self.doubts[begin:end], strict=True)
            for slot, key, decoder_row, track_row, life, doubt in rows:
                document = AircraftDocument(SCHEMA, address_text(key), slot, key, decoder_row, track_row, life, doubt)
                yield f"aircraft:{address_name(key)}", encode(document)
        for begin in range(0, len(self.past), PIECE):
            for one, row in self._pasts(begin, begin + PIECE).items():
                key = self.keys[one]
                yield f"past:{address_name(key)}", encode(PastDocument(SCHEMA, address_text(key), row))

    def _pasts(self, begin: int, end: int) -> dict[int, dict[str, Any]]:
        """Those of a part of `past`, by aircraft. Aircraft are in ascending order everywhere."""
        members = self.past[begin:end]
        pasts = dict(zip(members, self.rings.part(begin, end).plain(), strict=True))
        for of_group, group in self.groups:
            first, last = bisect_left(of_group, members[0]), bisect_right(of_group, members[-1])
            for one, row in zip(of_group[first:last], group.part(first, last).plain(), strict=True):
                pasts[one] |= row
        return pasts


class AircraftPart:
    """Takes the aircraft of a pipeline down; remembers how much of the past of each was taken so far."""

    def __init__(self) -> None:
        self._counts = np.zeros(0, np.int64)

    def take(self, pipeline: Pipeline, *, whole: bool) -> tuple[AircraftRows, list[str]]:
        """(aircraft that changed since the last call - with `whole`, all there are -, keys of those forgotten)."""
        keys = np.array(pipeline.decoder.addresses.keys, np.int64)
        new = pipeline.never_given()
        self._counts = np.concatenate([self._counts, np.full(len(keys) - len(self._counts), UNWRITTEN)])
        self._counts[new] = UNWRITTEN
        wanted = new | whole
        wanted[pipeline.touched_slots()] = True
        slots = np.flatnonzero(wanted & (keys != FREE))
        counts = past_counts(pipeline, slots)
        past = np.flatnonzero((counts != self._counts[slots]) | whole)
        self._counts[slots] = counts
        gone = [f"{kind}:{address_name(key)}" for key in pipeline.forgotten_keys() for kind in ("aircraft", "past")]
        return _rows(pipeline, slots, keys[slots].tolist(), past), gone

    def restored(self, pipeline: Pipeline, with_past: set[int]) -> None:
        """The pipeline has been restored; `with_past`: slots whose past has a document."""
        slots = np.arange(pipeline.decoder.addresses.size)
        counts = past_counts(pipeline, slots)
        self._counts = np.where(np.isin(slots, list(with_past)) | (counts == 0), counts, UNWRITTEN)


def past_counts(pipeline: Pipeline, slots: Index) -> npt.NDArray[np.int64]:
    """How many entries the rings of aircraft have had, all together (n,)."""
    table = pipeline.tracker.table
    counts: npt.NDArray[np.int64] = table[COUNTS[0]][slots].astype(np.int64)
    for group in table.groups:
        rows = group.known(slots)
        held = np.flatnonzero(rows >= 0)
        for name in COUNTS:
            if name in group.table.columns:
                counts[held] += group.table[name][rows[held]]
    return counts


def _rows(pipeline: Pipeline, slots: Index, keys: list[int], past: Index) -> AircraftRows:
    table = pipeline.tracker.table
    lives, doubts = pipeline.movements.lives, pipeline.tracker.doubts.current
    groups = []
    for group in table.groups:
        rows = group.known(slots[past])
        held = np.flatnonzero(rows >= 0)
        groups.append((past[held].tolist(), group.table.take(rows[held])))
    return AircraftRows(
        slots=slots.tolist(),
        keys=keys,
        decoder=pipeline.decoder.table.take(slots),
        track=table.take(slots, [name for name in table.columns if name not in RING]),
        lives=[_copied(lives.get(address_text(key))) for key in keys],
        doubts=[doubts.get(slot) for slot in slots.tolist()],
        past=past.tolist(),
        rings=table.take(slots[past], RING),
        groups=groups,
    )


def _copied(life: Life | None) -> Any:
    """A life changes by giving its fields other values; the values never change."""
    return None if life is None else copy(life)
