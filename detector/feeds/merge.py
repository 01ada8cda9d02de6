"""Batches of several recordings in one order of time: streaming, in columns.

Frames and decoded tracks never share a batch. Where both come in they are told in turns of a second, the frames of it
first: row by row they would make as many batches as there are rows of tracks. A spool holds both, and heartbeats, in an
order of its own, which is kept: beside other sources it has its turn as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from detector.domain.decoded import Batch, joined
from detector.domain.frame import FrameBatch, Tick

Call = Batch | Tick
"""What goes to the pipeline. A heartbeat counts as one row."""
F64 = npt.NDArray[np.float64]

TURN_S = 1.0
"""How long frames and tracks wait for each other; far less than a frame may be late (60 s)."""


@dataclass(slots=True)
class _Source:
    """One recording: what of it is read and not yet given out. `turn_s`: the grid of its keys, 0 for none."""

    batches: Iterator[Batch] | Iterator[Call]
    turn_s: float = 0.0
    held: Call = field(default_factory=FrameBatch.empty)
    keys: F64 = field(default_factory=lambda: np.zeros(0))
    latest: float = -np.inf
    ended: bool = False

    def fill(self) -> None:
        """Read on until something is held, or to the end."""
        while not len(self.keys) and not self.ended:
            batch = next(self.batches, None)
            if batch is None:
                self.ended = True
            elif rows(batch):
                heard_at = np.array([batch.at]) if isinstance(batch, Tick) else batch.heard_at
                at = np.floor(heard_at / self.turn_s) * self.turn_s if self.turn_s else heard_at
                # A frame slightly late within its recording keeps its place there: the key never falls.
                self.keys = np.maximum(np.maximum.accumulate(at), self.latest)
                self.latest = float(self.keys[-1])
                self.held = batch

    def take(self, n: int) -> tuple[Call, F64]:
        """The first `n` rows held, and their keys."""
        taken = part(self.held, slice(0, n)), self.keys[:n]
        self.held, self.keys = part(self.held, slice(n, None)), self.keys[n:]
        return taken


def rows(call: Call) -> int:
    """How many rows a call has."""
    return 1 if isinstance(call, Tick) else len(call)


def part(call: Call, which: slice) -> Call:
    """Some of the rows of a batch; a heartbeat is only ever taken whole."""
    return call if isinstance(call, Tick) else call.take(which)


def merged(
    frames: Sequence[Iterator[Batch]],
    tracks: Sequence[Iterator[Batch]] = (),
    spools: Sequence[Iterator[Call]] = (),
) -> Iterator[Call]:
    """All rows by time; at equal times by the order of the sources; within a source never reordered.

    `frames` and `tracks`: sources of the one and of the other kind; `spools`: of both, and heartbeats. Holds one batch
    of each source. The order does not depend on how the sources were cut; where both kinds or a spool and another
    source are there, it is that of each kind and of each spool, in turns of TURN_S.
    """
    kinds: list[Iterator[Call]] = [_of_one_kind(kind) for kind in (frames, tracks) if kind]
    kinds += spools
    if len(kinds) == 1:
        yield from (call for call in kinds[0] if rows(call))
    else:
        # At equal keys the first source comes first.
        yield from _told([_Source(kind, TURN_S) for kind in kinds])


def _of_one_kind(sources: Sequence[Iterator[Batch]]) -> Iterator[Call]:
    if len(sources) == 1:
        yield from (batch for batch in sources[0] if len(batch))
    else:
        yield from _told([_Source(iter(source)) for source in sources])


def _told(readers: list[_Source]) -> Iterator[Call]:
    while True:
        for reader in readers:
            reader.fill()
        readers = [reader for reader in readers if len(reader.keys)]
        if not readers:
            return
        # Nothing behind what is held can come before the smallest of the last keys held.
        limit, limiting = min((float(reader.keys[-1]), place) for place, reader in enumerate(readers))
        pieces: list[tuple[Call, F64]] = []
        for place, reader in enumerate(readers):
            upto = int(np.searchsorted(reader.keys, limit, side="right" if place <= limiting else "left"))
            if upto:
                pieces.append(reader.take(upto))
        yield from _in_order(pieces)


def _in_order(pieces: list[tuple[Call, F64]]) -> Iterator[Call]:
    if len(pieces) == 1:
        yield pieces[0][0]
        return
    batches = [call for call, _ in pieces if not isinstance(call, Tick)]
    if len(batches) == len(pieces) and len({type(batch) for batch in batches}) == 1:
        keys = np.concatenate([keys for _, keys in pieces])
        (batch,) = joined(batches)
        yield batch.take(np.argsort(keys, kind="stable"))
    else:
        for key in np.unique(np.concatenate([keys for _, keys in pieces])).tolist():
            for call, keys in pieces:
                begin, end = np.searchsorted(keys, [key, np.nextafter(key, np.inf)]).tolist()
                if end > begin:
                    yield part(call, slice(begin, end))


def skipping(calls: Iterable[Call], n: int) -> Iterator[Call]:
    """The stream without its first `n` rows."""
    for call in calls:
        if n >= rows(call):
            n -= rows(call)
            continue
        yield part(call, slice(n, None)) if n else call
        n = 0
