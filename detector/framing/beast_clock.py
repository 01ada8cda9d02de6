"""Which clock a Beast stream carries: a 12 MHz counter, or Radarcape's GPS time.

GPS time packs the second of the UTC day in 18 bits and nanoseconds in 30 (jetvision wiki, "Radarcape: UTC timestamp").
As a counter of 12 MHz is just a number, only its habits tell the two apart:

* 12 MHz for certain: a second of the day past 86,399, or nanoseconds past 999,999,999 (a counter spends 7 % of its time
  there, once every 89 s), or two frames of one receiver closer than 60,000 units: 5 ms of a counter, but of GPS time
  60 us, less than the 64 us that the shortest frame lasts.
* GPS once 200 frames over 16 different seconds have done none of these; a counter needs 24 minutes for 16 and has
  by then spent 100 s in the forbidden range.

The first of the two to happen decides, once for the stream; a stream that ends undecided, or is still undecided after
MAX_FRAMES, is 12 MHz. A busy 12 MHz stream is known at its second or third frame.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from detector.framing.ticks import GPS, MHZ12, Counter

GPS_FRACTION_BITS: Final = 30
SECONDS_PER_DAY: Final = 86_400
NANOSECONDS: Final = 1_000_000_000
CLOSEST_GPS_NANOSECONDS: Final = 60_000
GPS_AFTER_FRAMES: Final = 200
GPS_AFTER_SECONDS: Final = 16
MAX_FRAMES: Final = 65_536

NO_TICK: Final = (0, 0xFFFFFFFFFFFF)
"""Values that are no time: none given, and what readsb writes when it drops them to make a dump smaller."""
MLAT_TICK: Final = 0xFF004D4C4154
"""'MLAT' in ASCII: the frame was made up from multilateration. readsb numbers its kinds in the ten values from here."""
MLAT_TICKS: Final = 11


def is_mlat(ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which raw 48-bit values mark frames synthesised from multilateration."""
    mlat: npt.NDArray[np.bool_] = (ticks >= MLAT_TICK) & (ticks < MLAT_TICK + MLAT_TICKS)
    return mlat


def is_counted(ticks: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which raw 48-bit values are times at all."""
    counted: npt.NDArray[np.bool_] = (ticks != NO_TICK[0]) & (ticks != NO_TICK[1]) & ~is_mlat(ticks)
    return counted


def gps_nanoseconds(ticks: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Nanoseconds since UTC midnight, and which values are possible at all."""
    second = ticks >> GPS_FRACTION_BITS
    fraction = ticks & ((1 << GPS_FRACTION_BITS) - 1)
    return second * NANOSECONDS + fraction, (second < SECONDS_PER_DAY) & (fraction < NANOSECONDS)


def ticks_of(microseconds: npt.NDArray[np.int64], clock: Literal["12mhz", "gps"] = "12mhz") -> npt.NDArray[np.int64]:
    """Counter values for times in us since 1970, for writing: the time itself, modulo the wrap.

    One that would read as no time is moved by less than half a microsecond, so that it rounds back to the same one.
    """
    if clock == "gps":
        second, fraction = np.divmod(microseconds, 1_000_000)
        ticks = (second % SECONDS_PER_DAY << GPS_FRACTION_BITS) | fraction * GPS.per_microsecond
    else:
        ticks = microseconds * MHZ12.per_microsecond & (MHZ12.wrap - 1)
    upwards = (ticks == 0) | (is_mlat(ticks) & (ticks >= MLAT_TICK + 6))
    moved: npt.NDArray[np.int64] = np.where(is_counted(ticks), ticks, np.where(upwards, ticks + 5, ticks - 6))
    return moved


class ClockJudge:
    """Watches ticks in order of arrival until it can name the counter."""

    def __init__(self) -> None:
        self._rows = 0
        self._counted = 0
        self._last: tuple[int, int] | None = None
        self._seconds: set[int] = set()

    def judge(
        self, ticks: npt.NDArray[np.int64], receiver: npt.NDArray[np.uint64], counted: npt.NDArray[np.bool_]
    ) -> Counter | None:
        """The counter, or None while both are possible. All (n,): raw ticks, receivers, `is_counted` of the ticks."""
        rows = np.flatnonzero(counted)
        limit = MAX_FRAMES - self._rows
        against, favour = len(ticks), len(ticks)
        if len(rows):
            against = self._first_against_gps(ticks[rows], receiver[rows], rows, against)
            favour = self._first_for_gps(ticks[rows], rows, favour)
        self._rows += len(ticks)
        if min(against, favour, limit) >= len(ticks):
            return None
        return GPS if favour < min(against, limit) else MHZ12

    def _first_against_gps(
        self,
        ticks: npt.NDArray[np.int64],
        receiver: npt.NDArray[np.uint64],
        rows: npt.NDArray[np.intp],
        never: int,
    ) -> int:
        _, possible = gps_nanoseconds(ticks)
        before, who = self._last or (int(ticks[0]), int(receiver[0]))
        self._last = int(ticks[-1]), int(receiver[-1])
        gap = np.abs(np.diff(ticks, prepend=before))
        same = receiver == np.concatenate((np.array([who], np.uint64), receiver[:-1]))
        against = ~possible | (same & (gap > 0) & (gap < CLOSEST_GPS_NANOSECONDS))
        return int(rows[np.argmax(against)]) if against.any() else never

    def _first_for_gps(self, ticks: npt.NDArray[np.int64], rows: npt.NDArray[np.intp], never: int) -> int:
        """The row with which both counts are full."""
        missing = GPS_AFTER_FRAMES - self._counted
        self._counted += len(ticks)
        values, firsts = np.unique(ticks >> GPS_FRACTION_BITS, return_index=True)
        full = 0
        for first, second in sorted(zip(firsts.tolist(), values.tolist(), strict=True)):
            if len(self._seconds) < GPS_AFTER_SECONDS:
                self._seconds.add(second)
                full = first
        if len(self._seconds) < GPS_AFTER_SECONDS or missing > len(ticks):
            return never
        return int(rows[max(full, missing - 1, 0)])
