"""Frames of chosen content with good parity."""

from __future__ import annotations

import numpy as np

from benchmarks.recordings import batch_of
from detector.decoding import crc
from detector.domain.frame import FrameBatch

__all__ = ["all_call", "squitter", "stream", "surveillance"]


def _with_parity(head: bytes, overlay: int = 0) -> bytes:
    frame = head + b"\0\0\0"
    column = np.frombuffer(frame.ljust(14, b"\0"), np.uint8).reshape(1, 14)
    residual = crc.residual_long(crc.words(column)) if len(frame) == 14 else crc.residual_short(crc.words(column))
    return head + (int(residual[0]) ^ overlay).to_bytes(3, "big")


def squitter(address: int, me: int = 0, *, df: int = 17, field: int = 5) -> bytes:
    """DF17 or 18 with capability or control `field` and the 56-bit message `me`."""
    return _with_parity(bytes([df << 3 | field]) + address.to_bytes(3, "big") + me.to_bytes(7, "big"))


def all_call(address: int, *, interrogator: int = 0) -> bytes:
    return _with_parity(bytes([11 << 3 | 5]) + address.to_bytes(3, "big"), interrogator)


def surveillance(address: int, code: int, *, df: int = 4, status: int = 0) -> bytes:
    """DF0, 4, 5, 16, 20 or 21 with bits 6-8 `status` and the altitude or identity `code`; an empty message field."""
    head = (df << 27 | status << 24 | code).to_bytes(4, "big") + (bytes(7) if df >= 16 else b"")
    return _with_parity(head, address)


def stream(*stamped: tuple[float, bytes]) -> FrameBatch:
    return batch_of(stamped)
