"""The programs that are compared: each reads one Beast file and returns how many frames it took in.

Reading the file and taking the frames out of it is our own framer for all of them: neither peer has a fast one. What is
given to a peer is made before its clock starts, in the form it takes fastest, so that only its own work is timed.
Libraries are imported where they are used: a process holds, and pays memory for, those of one contestant only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.domain.frame import FrameBatch
from detector.framing.beast import BeastFramer

CHUNK_BYTES = 1 << 18
"""Some 16,000 frames: columns of that length stay in the cache."""

RS1090_CALL = 100_000
"""One call for all would be little faster, and holds every frame's dictionary at once."""


@dataclass(frozen=True, slots=True)
class Run:
    frames: int
    seconds: float


def framed(path: Path, start_at: float) -> list[FrameBatch]:
    """All frames of a Beast file."""
    framer = BeastFramer(start_at=start_at, clock="12mhz")
    data = path.read_bytes()
    batches = [framer.feed(data[start : start + CHUNK_BYTES]) for start in range(0, len(data), CHUNK_BYTES)]
    return [*batches, framer.finish()]


def detector_bytes_to_stops(path: Path, start_at: float) -> Run:
    """This program: bytes to frames, reports, tracks, stops and alerts.

    Settings, airports, the map of their heights and their spatial index are loaded before the clock starts, as the
    peers' tables are.
    """
    from detector.app import build_pipeline  # noqa: PLC0415
    from detector.settings import load_configuration  # noqa: PLC0415

    pipeline = build_pipeline(load_configuration(None))
    pipeline.airports.ceiling_ft(0.0, 0.0)
    pipeline.airports.within(0.0, 0.0, 1.0)
    framer = BeastFramer(start_at=start_at, clock="12mhz")
    began = time.perf_counter()
    with path.open("rb") as file:
        while data := file.read(CHUNK_BYTES):
            pipeline.step(framer.feed(data))
    pipeline.step(framer.finish())
    return Run(pipeline.frames, time.perf_counter() - began)


def detector_bytes_to_reports(path: Path, start_at: float) -> Run:
    """This program up to the decoder: bytes to frames and reports."""
    from detector.decoding import ColumnarDecoder  # noqa: PLC0415

    decoder, frames = ColumnarDecoder(), 0
    framer = BeastFramer(start_at=start_at, clock="12mhz")
    began = time.perf_counter()
    with path.open("rb") as file:
        while data := file.read(CHUNK_BYTES):
            batch = framer.feed(data)
            decoder.decode(batch)
            frames += len(batch)
    batch = framer.finish()
    decoder.decode(batch)
    return Run(frames + len(batch), time.perf_counter() - began)


def _hex_and_times(path: Path, start_at: float) -> tuple[list[str], list[float]]:
    frames = FrameBatch.concat(framed(path, start_at))
    text = frames.payload.tobytes().hex()
    ends = (np.arange(len(frames)) * 28 + frames.length.astype(int) * 2).tolist()
    return [text[28 * i : end] for i, end in enumerate(ends)], frames.heard_at.tolist()


def pymodes_pipe(path: Path, start_at: float) -> Run:
    """pyModeS `PipeDecoder`, frame by frame: hexadecimal to dictionaries with positions."""
    from pyModeS import PipeDecoder  # noqa: PLC0415

    frames, times = _hex_and_times(path, start_at)
    decoder = PipeDecoder()
    began = time.perf_counter()
    for frame, heard_at in zip(frames, times, strict=True):
        decoder.decode(frame, timestamp=heard_at)
    return Run(len(frames), time.perf_counter() - began)


def rs1090_batch(path: Path, start_at: float) -> Run:
    """rs1090 (Rust), a call every `RS1090_CALL` frames: hexadecimal to dictionaries with positions."""
    import rs1090  # noqa: PLC0415

    frames, times = _hex_and_times(path, start_at)
    began = time.perf_counter()
    for first in range(0, len(frames), RS1090_CALL):
        rs1090.decode(frames[first : first + RS1090_CALL], times[first : first + RS1090_CALL])
    return Run(len(frames), time.perf_counter() - began)


CONTESTANTS: dict[str, Callable[[Path, float], Run]] = {
    "detector, bytes to stops": detector_bytes_to_stops,
    "detector, bytes to reports": detector_bytes_to_reports,
    "pyModeS PipeDecoder": pymodes_pipe,
    "rs1090 batch": rs1090_batch,
}
