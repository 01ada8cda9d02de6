"""Batches of several recordings in one order of time: streaming, in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch


@dataclass(slots=True)
class _Source:
    """One recording: what of it is read and not yet given out."""

    batches: Iterator[FrameBatch]
    held: FrameBatch = field(default_factory=FrameBatch.empty)
    keys: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    latest: float = -np.inf
    ended: bool = False

    def fill(self) -> None:
        """Read on until something is held, or to the end."""
        while not len(self.held) and not self.ended:
            batch = next(self.batches, None)
            if batch is None:
                self.ended = True
            elif len(batch):
                # A frame slightly late within its recording keeps its place there: the key never falls.
                self.keys = np.maximum(np.maximum.accumulate(batch.heard_at), self.latest)
                self.latest = float(self.keys[-1])
                self.held = batch

    def take(self, n: int) -> tuple[FrameBatch, npt.NDArray[np.float64]]:
        """The first `n` frames held, and their keys."""
        taken = self.held.take(slice(0, n)), self.keys[:n]
        self.held, self.keys = self.held.take(slice(n, None)), self.keys[n:]
        return taken


def merged(sources: Sequence[Iterator[FrameBatch]]) -> Iterator[FrameBatch]:
    """All frames of `sources` by time; at equal times by the order of the sources; within a source never reordered.

    Holds one batch of each. The order does not depend on how the sources were cut.
    """
    if len(sources) == 1:
        yield from (batch for batch in sources[0] if len(batch))
        return
    readers = [_Source(iter(source)) for source in sources]
    while True:
        for reader in readers:
            reader.fill()
        readers = [reader for reader in readers if len(reader.held)]
        if not readers:
            return
        # Nothing behind what is held can come before the smallest of the last keys held.
        limit, limiting = min((float(reader.keys[-1]), place) for place, reader in enumerate(readers))
        pieces, keys = [], []
        for place, reader in enumerate(readers):
            upto = int(np.searchsorted(reader.keys, limit, side="right" if place <= limiting else "left"))
            if upto:
                piece, piece_keys = reader.take(upto)
                pieces.append(piece)
                keys.append(piece_keys)
        batch = FrameBatch.concat(pieces)
        yield batch if len(pieces) == 1 else batch.take(np.argsort(np.concatenate(keys), kind="stable"))


def skipping(batches: Iterable[FrameBatch], n: int) -> Iterator[FrameBatch]:
    """The stream without its first `n` frames."""
    for batch in batches:
        if n >= len(batch):
            n -= len(batch)
            continue
        yield batch.take(slice(n, None)) if n else batch
        n = 0
