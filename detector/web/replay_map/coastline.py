"""Land of the world as closed rings, packed small: the form of `assets/land.bin`.

Source: Natural Earth 1:50m land (public domain), as world-atlas 2.0.2 publishes it; packed by
`scripts/build_basemap.py`.
Land and coast only: no borders, because several of them are disputed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from detector.domain.errors import InputError

I64 = npt.NDArray[np.int64]

STEP_DEG = 0.005
"""Grid of the stored places: half a kilometre, finer than the source is generalised."""
MAGIC = b"LAND1\n"


def pack(rings: Iterable[I64]) -> bytes:
    """Rings of (n, 2) longitude and latitude in grid steps, as zlib over zigzag varints of their differences."""
    numbers: list[I64] = []
    count = 0
    for ring in rings:
        steps = np.diff(ring, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel()
        numbers += [np.array([len(ring)]), np.where(steps < 0, -2 * steps - 1, 2 * steps)]
        count += 1
    values = np.concatenate([np.array([count]), *numbers])
    body = bytearray()
    for value in values.tolist():
        while value >= 0x80:
            body.append(value & 0x7F | 0x80)
            value >>= 7
        body.append(value)
    return MAGIC + zlib.compress(bytes(body), 9)


def unpack(data: bytes) -> list[I64]:
    """What `pack` was given. Raises InputError when it is not that."""
    if not data.startswith(MAGIC):
        raise InputError("the base map is damaged: install the program again")
    try:
        raw = np.frombuffer(zlib.decompress(data[len(MAGIC) :]), np.uint8)
    except zlib.error as error:
        raise InputError("the base map is damaged: install the program again") from error
    values = _varints(raw)
    rings: list[I64] = []
    at = 1
    for _ in range(int(values[0])):
        size = int(values[at])
        packed = values[at + 1 : at + 1 + 2 * size]
        steps = np.where(packed & 1, -(packed + 1) // 2, packed // 2).reshape(size, 2)
        rings.append(np.cumsum(steps, axis=0))
        at += 1 + 2 * size
    return rings


def _varints(raw: npt.NDArray[np.uint8]) -> I64:
    last = raw < 0x80
    which = np.concatenate([[0], np.cumsum(last)[:-1]])
    first = np.searchsorted(which, np.arange(int(last.sum())))
    shift = 7 * (np.arange(len(raw)) - first[which])
    return np.add.reduceat((raw & 0x7F).astype(np.int64) << shift, first)
