"""The seams between the pure path and what surrounds it. Implementations are chosen in `app`, nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from detector.domain.frame import FrameBatch, RejectCounts


class Framer(Protocol):
    """One wire format read from bytes, at any cut: feeding `a + b` gives the same frames as feeding `a`, then `b`.

    Keeps at most one unfinished record between calls (bounded, a few kB). Never raises on bad bytes: what belongs to no
    frame is counted in `rejects` by reason, and the next good frame after it is found.
    """

    rejects: RejectCounts

    def feed(self, data: bytes) -> FrameBatch:
        """The frames that `data` completes, in order of arrival."""

    def finish(self) -> FrameBatch:
        """The frames still held at the end of the input (a last line without newline, say)."""


class Store(Protocol):
    """Where state survives: keys and values of bytes under one namespace.

    A checkpoint is all or nothing: after a crash either every key of it is there or none.
    Raises StoreError when the server refuses or is gone.
    """

    def load(self, prefix: str) -> Mapping[str, bytes]:
        """Every key that begins with `prefix`, with its value."""

    def checkpoint(self, puts: Mapping[str, bytes], deletes: Iterable[str] = ()) -> None:
        """Write and delete in one transaction."""

    def clear(self) -> None:
        """Delete everything in the namespace, in one transaction."""

    def close(self) -> None:
        """Let go of the connection (and of a server of our own)."""
