"""Frames on their way: lost, repeated, late, and stripped of one kind of evidence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch
from detector.simulation.encode.parity import crc24

Flags = npt.NDArray[np.bool_]
LATE_S = 1.0


def thinned(frames: FrameBatch, random: np.random.Generator, share: float = 0.1) -> FrameBatch:
    """A share of the frames is lost."""
    return frames.take(random.random(len(frames)) >= share)


def repeated(frames: FrameBatch, random: np.random.Generator, share: float = 0.1) -> FrameBatch:
    """A share of the frames comes a second time, some milliseconds later."""
    copies = frames.take(random.random(len(frames)) < share)
    copies.heard_at[:] = np.rint((copies.heard_at + random.uniform(0, 0.02, len(copies))) * 1e6) / 1e6
    both = FrameBatch.concat([frames, copies])
    return both.take(np.argsort(both.heard_at, kind="stable"))


def shuffled(frames: FrameBatch, random: np.random.Generator) -> FrameBatch:
    """Every frame arrives up to a second late, each by a time of its own; their time stamps stay."""
    return frames.take(np.argsort(frames.heard_at + random.uniform(0, LATE_S, len(frames)), kind="stable"))


def says_ground(frames: FrameBatch) -> Flags:
    """Surface positions, capability 4, flight status 1 or 3, vertical status 1 (Doc 9871, DO-260B)."""
    df, low = frames.payload[:, 0] >> 3, frames.payload[:, 0] & 7
    surface = np.isin(df, (17, 18)) & np.isin(type_code(frames), (5, 6, 7, 8))
    capability = np.isin(df, (11, 17)) & (low == 4)
    status = np.isin(df, (4, 5, 20, 21)) & np.isin(low, (1, 3))
    vertical = np.isin(df, (0, 16)) & (low & 4 > 0)
    result: Flags = surface | capability | status | vertical
    return result


def without_pressure(frames: FrameBatch) -> FrameBatch:
    """No barometric altitude: DF 0, 4, 16 and 20 are gone, airborne positions say that they have none."""
    left = frames.take(~np.isin(frames.payload[:, 0] >> 3, (0, 4, 16, 20)))
    code = type_code(left)
    rows = np.flatnonzero(np.isin(left.payload[:, 0] >> 3, (17, 18)) & ((code == 0) | ((code >= 9) & (code <= 18))))
    left.payload[rows, 5] = 0
    left.payload[rows, 6] &= 0x0F
    parity = crc24(left.payload[rows, :11])
    for k in range(3):
        left.payload[rows, 11 + k] = (parity >> (16 - 8 * k)) & 0xFF
    return left


def is_comm_b(frames: FrameBatch) -> Flags:
    result: Flags = np.isin(frames.payload[:, 0] >> 3, (20, 21))
    return result


def is_velocity(frames: FrameBatch) -> Flags:
    result: Flags = np.isin(frames.payload[:, 0] >> 3, (17, 18)) & (type_code(frames) == 19)
    return result


def type_code(frames: FrameBatch) -> npt.NDArray[np.int64]:
    return (frames.payload[:, 4] >> 3).astype(np.int64)
