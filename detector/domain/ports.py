"""The seams between the pure path and what surrounds it. Implementations are chosen in `app`, nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Guard:
    """A key that tells whose a namespace is. A checkpoint with a guard writes `value` there, if what it finds will do.

    `judge` is given what stands there (None: nothing), and raises StoreError where that will not do.
    """

    key: str
    value: bytes
    judge: Callable[[bytes | None], None]


@dataclass(frozen=True, slots=True)
class StoreFigures:
    """What a store tells of itself.

    durable           what it has taken survives a kill of its server: the append-only file is on, and is written
    evicts            it would throw keys away when it is full
    memory_bytes      in use; None where it has no memory of its own
    memory_limit_bytes  at most; 0 = no limit
    log_bytes         size of the append-only file
    """

    durable: bool
    evicts: bool = False
    memory_bytes: int | None = None
    memory_limit_bytes: int = 0
    log_bytes: int = 0


class Store(Protocol):
    """Where state survives: keys and values of bytes under one namespace. One thread at a time may call it.

    A checkpoint is all or nothing: after a crash either every key of it is there or none.
    Raises StoreUnavailableError when the server is gone or cannot write for now, StoreError when it refuses.
    """

    def load(self, prefix: str) -> Mapping[str, bytes]:
        """Every key that begins with `prefix`, with its value."""

    def checkpoint(self, puts: Mapping[str, bytes], deletes: Iterable[str] = (), guard: Guard | None = None) -> None:
        """Write and delete in one transaction; nothing of it if `guard` objects, then or while it is written."""

    def clear(self) -> None:
        """Delete everything in the namespace, in one transaction."""

    def check(self) -> tuple[str, ...]:
        """How it keeps what it is given, as it is set up now: one sentence for each thing that may be lost.

        Raises StoreError where it throws keys away, StateLostError where it has done so since it was last asked.
        """

    def figures(self) -> StoreFigures | None:
        """What it tells of itself now; None where it does not tell."""

    def close(self) -> None:
        """Let go of the connection (and of a server of our own)."""
