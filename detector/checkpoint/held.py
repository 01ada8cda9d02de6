"""Frames and rows of tracks that wait in the path, as documents and back."""

from __future__ import annotations

import numpy as np

from detector.checkpoint.documents import HeldFrames, HeldTrack
from detector.domain import decoded
from detector.domain.decoded import Batch, DecodedBatch, joined
from detector.domain.frame import LONG_BYTES, FrameBatch


def held_frames(frames: FrameBatch) -> HeldFrames:
    """The frames of a batch."""
    return HeldFrames(
        frames.heard_at.astype("<f8").tobytes(),
        frames.payload.tobytes(),
        frames.length.tobytes(),
        frames.receiver.astype("<u8").tobytes(),
        frames.level.tobytes(),
        frames.mlat.tobytes(),
    )


def frames_of(held: HeldFrames) -> FrameBatch:
    """The batch that `held_frames` was given. Raises ValueError for columns that do not fit."""
    n = len(held.heard_at) // 8
    frames = FrameBatch(
        heard_at=np.frombuffer(held.heard_at, "<f8").astype(np.float64),
        payload=np.frombuffer(held.payload, np.uint8).reshape(n, LONG_BYTES).copy(),
        length=np.frombuffer(held.length, np.uint8).copy(),
        receiver=np.frombuffer(held.receiver, "<u8").astype(np.uint64),
        level=np.frombuffer(held.level, np.uint8).copy(),
        mlat=np.frombuffer(held.mlat, np.bool_).copy(),
    )
    if not n == len(frames.length) == len(frames.receiver) == len(frames.level) == len(frames.mlat):
        raise ValueError("columns of held frames differ in length")
    return frames


def held_batches(held: list[Batch]) -> tuple[HeldFrames, list[HeldTrack]]:
    """Frames and rows of tracks as they wait in event time."""
    frames = FrameBatch.concat([batch for batch in held if isinstance(batch, FrameBatch)])
    tracks: list[HeldTrack] = []
    place = 0
    for batch in held:
        if isinstance(batch, DecodedBatch):
            tracks += [HeldTrack(place + i, row) for i, row in enumerate(batch.plain_rows())]
        place += len(batch)
    return held_frames(frames), tracks


def batches_of(held: HeldFrames, tracks: list[HeldTrack]) -> list[Batch]:
    """What `held_batches` was given, in batches of one kind."""
    frames = frames_of(held)
    rows: list[Batch] = [frames.take(slice(i, i + 1)) for i in range(len(frames))]
    for track in tracks:
        rows.insert(track.place, _row(track))
    return joined(rows)


def _row(held: HeldTrack) -> DecodedBatch:
    texts = {name: value.encode("ascii") for name, value in held.row.items() if isinstance(value, str)}
    return DecodedBatch.of([list((decoded.EMPTY | held.row | texts).values())])
