"""Batches of several recordings in one order of time: streaming, in columns.

Frames and decoded tracks never share a batch. Where both come in they are told in turns of a second, the frames of it
first: row by row they would make as many batches as there are rows of tracks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from detector.domain.decoded import Batch, joined
from detector.domain.frame import FrameBatch

F64 = npt.NDArray[np.float64]

TURN_S = 1.0
"""How long frames and tracks wait for each other; far less than a frame may be late (60 s)."""


@dataclass(slots=True)
class _Source:
    """One recording: what of it is read and not yet given out. `turn_s`: the grid of its keys, 0 for none."""

    batches: Iterator[Batch]
    turn_s: float = 0.0
    held: Batch = field(default_factory=FrameBatch.empty)
    keys: F64 = field(default_factory=lambda: np.zeros(0))
    latest: float = -np.inf
    ended: bool = False

    def fill(self) -> None:
        """Read on until something is held, or to the end."""
        while not len(self.held) and not self.ended:
            batch = next(self.batches, None)
            if batch is None:
                self.ended = True
            elif len(batch):
                at = np.floor(batch.heard_at / self.turn_s) * self.turn_s if self.turn_s else batch.heard_at
                # A frame slightly late within its recording keeps its place there: the key never falls.
                self.keys = np.maximum(np.maximum.accumulate(at), self.latest)
                self.latest = float(self.keys[-1])
                self.held = batch

    def take(self, n: int) -> tuple[Batch, F64]:
        """The first `n` frames held, and their keys."""
        taken = self.held.take(slice(0, n)), self.keys[:n]
        self.held, self.keys = self.held.take(slice(n, None)), self.keys[n:]
        return taken


def merged(frames: Sequence[Iterator[Batch]], tracks: Sequence[Iterator[Batch]] = ()) -> Iterator[Batch]:
    """All rows by time; at equal times by the order of the sources; within a source never reordered.

    `frames` and `tracks`: sources of the one and of the other kind. Holds one batch of each source. The order does not
    depend on how the sources were cut; where both kinds are there, it is that of each kind, in turns of TURN_S.
    """
    if frames and tracks:
        # At equal keys the first source comes first.
        yield from _told([_Source(_of_one_kind(kind), TURN_S) for kind in (frames, tracks)])
    else:
        yield from _of_one_kind(frames or tracks)


def _of_one_kind(sources: Sequence[Iterator[Batch]]) -> Iterator[Batch]:
    if len(sources) == 1:
        yield from (batch for batch in sources[0] if len(batch))
    else:
        yield from _told([_Source(iter(source)) for source in sources])


def _told(readers: list[_Source]) -> Iterator[Batch]:
    while True:
        for reader in readers:
            reader.fill()
        readers = [reader for reader in readers if len(reader.held)]
        if not readers:
            return
        # Nothing behind what is held can come before the smallest of the last keys held.
        limit, limiting = min((float(reader.keys[-1]), place) for place, reader in enumerate(readers))
        pieces: list[tuple[Batch, F64]] = []
        for place, reader in enumerate(readers):
            upto = int(np.searchsorted(reader.keys, limit, side="right" if place <= limiting else "left"))
            if upto:
                pieces.append(reader.take(upto))
        yield from _in_order(pieces)


def _in_order(pieces: list[tuple[Batch, F64]]) -> Iterator[Batch]:
    if len(pieces) == 1:
        yield pieces[0][0]
    elif len({type(batch) for batch, _ in pieces}) == 1:
        keys = np.concatenate([keys for _, keys in pieces])
        (batch,) = joined([batch for batch, _ in pieces])
        yield batch.take(np.argsort(keys, kind="stable"))
    else:
        (first, first_keys), (second, second_keys) = pieces
        for key in np.union1d(first_keys, second_keys).tolist():
            for batch, keys in ((first, first_keys), (second, second_keys)):
                begin, end = np.searchsorted(keys, [key, np.nextafter(key, np.inf)]).tolist()
                if end > begin:
                    yield batch.take(slice(begin, end))


def skipping(batches: Iterable[Batch], n: int) -> Iterator[Batch]:
    """The stream without its first `n` frames."""
    for batch in batches:
        if n >= len(batch):
            n -= len(batch)
            continue
        yield batch.take(slice(n, None)) if n else batch
        n = 0
