"""The recordings with raw frames, as batches."""

from __future__ import annotations

import csv
import gzip
import json
import lzma
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from detector.domain.frame import LONG_BYTES, FrameBatch

RECORDINGS = Path(__file__).parent.parent / "tests" / "data" / "recordings"


def batch_of(stamped: Iterable[tuple[float, bytes]]) -> FrameBatch:
    """(Unix seconds, frame of 7 or 14 bytes) to a batch."""
    times, payloads, lengths = [], [], []
    for heard_at, frame in stamped:
        times.append(heard_at)
        payloads.append(frame.ljust(LONG_BYTES, b"\0"))
        lengths.append(len(frame))
    payload = np.frombuffer(b"".join(payloads), np.uint8).reshape(-1, LONG_BYTES).copy()
    return FrameBatch.of(np.array(times, np.float64), payload, np.array(lengths, np.uint8))


def stamped_hex(name: str, *, time_column: int = 0, hex_column: int = 1) -> FrameBatch:
    """A CSV recording under `RECORDINGS`, gzipped or not; a heading line is left out."""
    path = RECORDINGS / name
    text = gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8-sig")
    rows = csv.reader(text.splitlines())
    return batch_of(
        (float(row[time_column]), bytes.fromhex(row[hex_column])) for row in rows if row and row[time_column] != "ts"
    )


def recordings() -> dict[str, FrameBatch]:
    """Every recording with raw frames, by name."""
    return {
        "long_flight": stamped_hex("long_flight.csv.gz"),
        "full_flight_short": stamped_hex("full_flight_short.csv.gz"),
        "pymodes DF17": stamped_hex("pymodes/sample_data_adsb.csv"),
        "pymodes DF20": stamped_hex("pymodes/sample_data_commb_df20.csv", hex_column=2),
        "pymodes DF21": stamped_hex("pymodes/sample_data_commb_df21.csv", hex_column=2),
    }


def full_flight_as_jet1090_decoded_it() -> list[dict[str, Any]]:
    """One dictionary a frame: `timestamp`, `frame` (hex) and what rs1090 read in it."""
    lines = gzip.decompress((RECORDINGS / "full_flight_short.jsonl.gz").read_bytes()).splitlines()
    return [json.loads(line) for line in lines]


def long_flight_with_beast_header() -> bytes:
    """The long_flight recording with the 9-byte Beast header before each frame, decompressed CSV."""
    return lzma.decompress((RECORDINGS / "long_flight.beast.csv.xz").read_bytes())
