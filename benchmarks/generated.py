"""Random frames with good parity: every format, type code and subtype, edge values more often than chance has them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.decoding import crc
from detector.decoding.cpr import longitude_zones
from detector.domain.frame import FrameBatch

U8 = npt.NDArray[np.uint8]

ADDRESSES = np.array([0x000001, 0x15522C, 0x3C6444, 0x4840D6, 0x7FFFFF, 0x800000, 0xABCDEF, 0xFFFFFF], np.uint32)
DOWNLINK_FORMATS = np.array([0, 4, 5, 11, 16, 17, 18, 20, 21])
_SHARE = np.array([0.04, 0.04, 0.04, 0.04, 0.04, 0.6, 0.1, 0.05, 0.05])


def random_frames(seed: int, n: int) -> FrameBatch:
    """`n` frames of few addresses, 0.05 s apart. Parity is good for all: clean, or overlaid with the address."""
    rng = np.random.default_rng(seed)
    payload = rng.integers(0, 256, (n, 14), dtype=np.uint8)
    df = rng.choice(DOWNLINK_FORMATS, size=n, p=_SHARE)
    payload[:, 0] = (df << 3) | (payload[:, 0] & 7)
    address = rng.choice(ADDRESSES, size=n)
    for i, shift in enumerate((16, 8, 0)):
        carries = (df == 11) | (df == 17) | (df == 18)
        payload[carries, 1 + i] = (address[carries] >> shift) & 0xFF
    _fill_messages(rng, payload, df)
    long = df >= 16
    payload[~long, 7:] = 0
    parity_at = np.where(long, 11, 4)
    rows = np.arange(n)
    for i in range(3):
        payload[rows, parity_at + i] = 0
    residual = np.where(long, crc.residual_long(crc.words(payload)), crc.residual_short(crc.words(payload)))
    overlaid = np.isin(df, (0, 4, 5, 16, 20, 21))
    residual ^= np.where(overlaid, address, 0).astype(residual.dtype)
    # Some all-calls answer an interrogator with a code.
    coded = (df == 11) & (rng.random(n) < 0.3)
    residual[coded] ^= rng.integers(1, 128, np.count_nonzero(coded), dtype=residual.dtype)
    for i, shift in enumerate((16, 8, 0)):
        payload[rows, parity_at + i] = (residual >> np.uint32(shift)) & np.uint32(0xFF)
    heard_at = 1_700_000_000.0 + np.arange(n, dtype=np.float64) * 0.05
    return FrameBatch.of(heard_at, payload, np.where(long, 14, 7).astype(np.uint8))


def _fill_messages(rng: np.random.Generator, payload: U8, df: npt.NDArray[np.int64]) -> None:
    """Type codes evenly, subtypes mostly those that are defined, and stretches of zeros and ones."""
    squitter = np.flatnonzero((df == 17) | (df == 18))
    typecode = rng.integers(0, 32, len(squitter))
    # Velocity and status have most fields: a fourth of all.
    rich = rng.random(len(squitter)) < 0.25
    typecode[rich] = rng.choice([19, 19, 31, 28, 6, 11], size=np.count_nonzero(rich))
    low = rng.integers(0, 8, len(squitter))
    for code, subtypes in ((19, [1, 2, 3, 4]), (28, [1]), (31, [0, 1])):
        mine = (typecode == code) & (rng.random(len(squitter)) < 0.85)
        low[mine] = rng.choice(subtypes, size=np.count_nonzero(mine))
    payload[squitter, 4] = (typecode << 3) | low
    # Fields that are empty or full: a random run of ME set to all zeros or all ones.
    for value in (0x00, 0xFF):
        some = squitter[rng.random(len(squitter)) < 0.12]
        first = rng.integers(5, 11, len(some))
        for byte in range(5, 11):
            payload[some[(byte >= first) & (byte < first + 3)], byte] = value
    replies = np.flatnonzero(np.isin(df, (0, 4, 5, 16, 20, 21)))
    for value in (0x00, 0xFF):
        payload[replies[rng.random(len(replies)) < 0.05], 3] = value
        payload[replies[rng.random(len(replies)) < 0.05], 2] = value


def with_other_addresses(frames: FrameBatch, difference: int) -> FrameBatch:
    """The same frames with every address XOR `difference`; a frame's parity stays as good or bad as it was."""
    payload = frames.payload.copy()
    df = payload[:, 0] >> 3
    carries = np.isin(df, (11, 17, 18))
    mask = np.zeros((2, 14), np.uint8)
    for i, shift in enumerate((16, 8, 0)):
        mask[:, 1 + i] = (difference >> shift) & 0xFF
    payload[carries] ^= mask[0]
    # The code is linear: the parity changes by that of the difference alone.
    change = np.full(len(frames), difference, np.uint32)
    change[carries & (df >= 16)] = crc.residual_long(crc.words(mask))[0]
    change[carries & (df < 16)] = crc.residual_short(crc.words(mask))[0]
    parity_at = np.where(df >= 16, 11, 4)
    for i, shift in enumerate((16, 8, 0)):
        payload[np.arange(len(frames)), parity_at + i] ^= ((change >> np.uint32(shift)) & np.uint32(0xFF)).astype(
            np.uint8
        )
    return FrameBatch.of(frames.heard_at, payload, frames.length)


def moving_aircraft(seed: int, aircraft: int, messages_each: int) -> FrameBatch:
    """Airborne and surface positions of aircraft flying straight, even and odd by turns, some lost, any place on Earth.

    Good for pairs and references: random payloads hardly ever make a pair that lies in one zone.
    """
    rng = np.random.default_rng(seed)
    n = aircraft * messages_each
    who = np.repeat(np.arange(aircraft), messages_each)
    step = np.tile(np.arange(messages_each), aircraft)
    silence = rng.choice([8.0, 12.0, 300.0, 700.0, 1000.0], size=n)
    gap = np.where(rng.random(n) < 0.02, silence, rng.uniform(0.3, 0.7, n))
    elapsed = np.cumsum(gap.reshape(aircraft, -1), axis=1).reshape(-1)
    latitude0 = rng.uniform(-89.0, 89.0, aircraft)
    latitude0[: aircraft // 10] = rng.choice([-86.99, 86.99, 0.0, -0.01, 10.4704, 88.5], size=aircraft // 10)
    longitude0 = rng.uniform(-180.0, 180.0, aircraft)
    longitude0[: aircraft // 5] = rng.choice([-180.0, 179.999, 0.0], size=aircraft // 5)
    speed = rng.uniform(-0.002, 0.002, (2, aircraft))
    latitude = np.clip(latitude0[who] + speed[0][who] * elapsed, -89.9, 89.9)
    longitude = (longitude0[who] + speed[1][who] * elapsed + 180.0) % 360.0 - 180.0
    surface = (step % 50) >= 40
    odd = rng.integers(0, 2, n)
    lat, lon = encode_cpr(latitude, longitude, odd, surface)
    payload = np.zeros((n, 14), np.uint8)
    payload[:, 0] = 17 << 3 | 5
    address = 0x400000 + who
    typecode = np.where(surface, 7, 11)
    me = (typecode.astype(np.uint64) << np.uint64(51)) | (odd.astype(np.uint64) << np.uint64(34))
    me |= (lat.astype(np.uint64) << np.uint64(17)) | lon.astype(np.uint64)
    for i, shift in enumerate((16, 8, 0)):
        payload[:, 1 + i] = (address >> shift) & 0xFF
    for i in range(7):
        payload[:, 4 + i] = (me >> np.uint64(48 - 8 * i)) & np.uint64(0xFF)
    residual = crc.residual_long(crc.words(payload))
    for i, shift in enumerate((16, 8, 0)):
        payload[:, 11 + i] = (residual >> np.uint32(shift)) & np.uint32(0xFF)
    heard_at = 1_700_000_000.0 + elapsed
    order = np.argsort(heard_at, kind="stable")
    return FrameBatch.of(heard_at, payload, np.full(n, 14, np.uint8)).take(order)


def encode_cpr(
    latitude: npt.NDArray[np.float64],
    longitude: npt.NDArray[np.float64],
    odd: npt.NDArray[np.int64],
    surface: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Encode (DO-260B A.1.7.3): 17 bits each; surface zones are a quarter as wide."""
    span = np.where(surface, 90.0, 360.0)
    dlat = span / (60.0 - odd)
    lat = np.floor(131072.0 * ((latitude % dlat) / dlat) + 0.5)
    seen = dlat * (lat / 131072.0 + np.floor(latitude / dlat))
    dlon = span / np.maximum(longitude_zones(seen) - odd, 1)
    lon = np.floor(131072.0 * ((longitude % dlon) / dlon) + 0.5)
    return lat.astype(np.int64) % 131072, lon.astype(np.int64) % 131072
