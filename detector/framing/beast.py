"""Beast binary, the format of Mode-S Beast, Radarcape, dump1090 and readsb, with readsb's extensions.

`beast_records` has the grammar, `ticks` the rules of time, `beast_clock` tells the two kinds of counter apart; here a
record becomes a frame. A dump has no date unless readsb wrote clock records into it; without one the first frame needs
`start_at`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from detector.domain.errors import Reject
from detector.domain.frame import LONG_BYTES, SHORT_BYTES, FrameBatch, RejectCounts
from detector.domain.times import from_microseconds
from detector.framing import beast_records
from detector.framing.beast_clock import (
    MLAT_TICK,
    ClockJudge,
    gps_nanoseconds,
    is_counted,
    is_mlat,
    ticks_of,
)
from detector.framing.beast_records import RecordReader, Records
from detector.framing.payloads import MAX_MICROSECONDS, MIN_MICROSECONDS, checked
from detector.framing.ticks import GPS, MHZ12, Counter, TickClock

TICK_MASK = (1 << 48) - 1
_TYPE_AND_TICK = 8
_LEVEL = 8
_PAYLOAD = 9

ClockKind = Literal["auto", "12mhz", "gps"]
Held = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], npt.NDArray[np.uint64], npt.NDArray[np.int64] | None]


class BeastFramer:
    """A Framer for one Beast stream.

    receiver  the number for frames before any receiver id (0xe3, 0xe4) in the stream
    start_at  Unix s of the first frame; not needed where clock records (0xe8) tell it
    clock     "12mhz", "gps" (Radarcape), or "auto": decided once, from the stream alone (`beast_clock`). While that is
              open, frames are held, at most 65,536 of them; a live feed of few frames should name its clock.

    Frames before any date is known are dropped and counted BAD_TIME, and `undated` is true until a clock record comes.
    """

    def __init__(self, receiver: int = 0, start_at: float | None = None, clock: ClockKind = "auto") -> None:
        self.rejects = RejectCounts()
        self._lost_for_want_of_a_date = False
        self._reader = RecordReader(self.rejects)
        self._receiver = receiver
        start = None if start_at is None else round(start_at * 1e6)
        counter: Counter | None = {"auto": None, "12mhz": MHZ12, "gps": GPS}[clock]
        self._judge = ClockJudge() if counter is None else None
        self._clock = TickClock(start, counter or MHZ12)
        self._told: int | None = None
        self._held: list[Held] = []

    @property
    def undated(self) -> bool:
        """Frames were dropped because no date is known, and none is known yet."""
        return self._lost_for_want_of_a_date and not self._clock.dated

    def feed(self, data: bytes) -> FrameBatch:
        return self._frames(self._reader.feed(data))

    def finish(self) -> FrameBatch:
        self._reader.finish()
        self._judge = None  # undecided to the end: 12 MHz
        return self._release()

    def _frames(self, records: Records) -> FrameBatch:
        if not len(records):
            return FrameBatch.empty()
        kind = records.kind
        timed = (kind == beast_records.LONG) | (kind == beast_records.SHORT) | (kind == beast_records.MODE_AC)
        if timed.all():
            rows = records.rows
            receiver = np.full(len(rows), self._receiver, np.uint64)
            clock = None
        else:
            receiver = self._receivers(records)[timed]
            clock = self._clocks(records, timed)
            rows = records.rows[timed]
        if self._told is not None and len(rows):
            clock = np.full(len(rows), -1, np.int64) if clock is None else clock
            if clock[0] < 0:
                clock[0] = self._told
            self._told = None
        if clock is not None and len(clock) > len(rows):
            last = int(clock[-1])
            self._told = last if last >= 0 else self._told
            clock = clock[:-1]
            clock = clock if len(clock) and clock.max() >= 0 else None
        if not len(rows):
            return FrameBatch.empty()
        ticks = np.ascontiguousarray(rows[:, :_TYPE_AND_TICK]).view(">u8").ravel().astype(np.int64) & TICK_MASK
        if self._judge is None:
            return self._timed(rows, ticks, receiver, clock)
        self._held.append((rows, ticks, receiver, clock))
        counter = self._judge.judge(ticks, receiver, is_counted(ticks))
        if counter is None:
            return FrameBatch.empty()
        self._clock.counter = counter
        self._judge = None
        return self._release()

    def _release(self) -> FrameBatch:
        held, self._held = self._held, []
        return FrameBatch.concat([self._timed(*one) for one in held])

    def _receivers(self, records: Records) -> npt.NDArray[np.uint64]:
        """The receiver of every record: the id last told."""
        told = records.kind == beast_records.RECEIVER
        at = np.flatnonzero(told)
        if not len(at):
            return np.full(len(records), self._receiver, np.uint64)
        ids = np.ascontiguousarray(records.rows[at, 2:10]).view(">u8").ravel().astype(np.uint64)
        known = np.concatenate((np.array([self._receiver], np.uint64), ids))
        self._receiver = int(ids[-1])
        receivers: npt.NDArray[np.uint64] = known[np.cumsum(told)]
        return receivers

    def _clocks(self, records: Records, timed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64] | None:
        """The last clock record between each timed record and the one before it, in us, else -1.

        One row more, for the clock records behind the last timed one."""
        at = np.flatnonzero(records.kind == beast_records.CLOCK)
        if not len(at):
            return None
        milliseconds = np.ascontiguousarray(records.rows[at, 2:10]).view("<i8").ravel().astype(np.int64)
        sane = (milliseconds >= MIN_MICROSECONDS // 1000) & (milliseconds < MAX_MICROSECONDS // 1000)
        self.rejects.add(Reject.BAD_TIME, int(len(sane) - np.count_nonzero(sane)))
        at, milliseconds = at[sane], milliseconds[sane]
        clock = np.full(int(np.count_nonzero(timed)) + 1, -1, np.int64)
        clock[np.searchsorted(np.flatnonzero(timed), at)] = milliseconds * 1000  # of several the last one stays
        return clock

    def _timed(
        self,
        rows: npt.NDArray[np.uint8],
        ticks: npt.NDArray[np.int64],
        receiver: npt.NDArray[np.uint64],
        clock: npt.NDArray[np.int64] | None,
    ) -> FrameBatch:
        mlat, counted = is_mlat(ticks), is_counted(ticks)
        if self._clock.counter is GPS:
            ticks, possible = gps_nanoseconds(ticks)
            counted &= possible
        microseconds = self._clock.place(ticks, counted, receiver, clock)
        kind = rows[:, 1]
        keep = (microseconds >= 0) & (kind != beast_records.MODE_AC)
        if not keep.all():
            self._count_dropped(rows, microseconds)
            rows, microseconds, receiver, mlat = rows[keep], microseconds[keep], receiver[keep], mlat[keep]
            kind = rows[:, 1]
        payload = rows[:, _PAYLOAD:].copy()
        is_short = kind == beast_records.SHORT
        payload[is_short, SHORT_BYTES:] = 0
        length = np.where(is_short, np.uint8(SHORT_BYTES), np.uint8(LONG_BYTES))
        level = np.ascontiguousarray(rows[:, _LEVEL])
        heard_at = from_microseconds(microseconds)
        return checked(FrameBatch(heard_at, payload, length, receiver, level, mlat), self.rejects)

    def _count_dropped(self, rows: npt.NDArray[np.uint8], microseconds: npt.NDArray[np.int64]) -> None:
        mode_ac = rows[:, 1] == beast_records.MODE_AC
        # A Mode A/C record of zeros without level is what servers send to keep a connection open.
        heard = mode_ac & rows[:, _LEVEL : _PAYLOAD + 2].any(axis=1)
        self.rejects.add(Reject.MODE_AC, int(np.count_nonzero(heard)))
        undated = int(np.count_nonzero(~mode_ac & (microseconds < 0)))
        self.rejects.add(Reject.BAD_TIME, undated)
        self._lost_for_want_of_a_date |= undated > 0


def encode(
    frames: FrameBatch, *, clock: Literal["12mhz", "gps"] = "12mhz", receiver_ids: bool = False, dated: bool = False
) -> bytes:
    """Frames as Beast binary; batches encoded one after the other may be joined.

    The counter is the time itself (12 ticks a microsecond since 1970, modulo 2**48), so reading one receiver's frames
    with `start_at` = the time of the first gives back every time to the bit.

    receiver_ids: write 0xe3 at the start and wherever the receiver changes.
    dated: write a clock record first, so that no `start_at` is needed; it has whole ms, and so an empty Mode A/C record
    stands behind it whose counter is exactly that ms.
    """
    if not len(frames):
        return b""
    microseconds = np.round(frames.heard_at * 1e6).astype(np.int64)
    ticks = ticks_of(microseconds, clock)
    ticks[frames.mlat] = MLAT_TICK
    n, head = len(frames), beast_records.HEADER_BYTES + 8
    told = np.zeros(n, np.bool_)
    if receiver_ids:
        told[0] = True
        told[1:] = frames.receiver[1:] != frames.receiver[:-1]
    grid = np.zeros((n, head + beast_records.ROW_BYTES), np.uint8)
    grid[:, 0] = beast_records.ESCAPE
    grid[:, 1] = beast_records.RECEIVER
    grid[:, 2:head] = frames.receiver.astype(">u8").view(np.uint8).reshape(n, 8)
    is_long = frames.length == LONG_BYTES
    record = grid[:, head:]
    record[:, 0:8] = ticks.astype(">i8").view(np.uint8).reshape(n, 8)
    record[:, 0] = beast_records.ESCAPE
    record[:, 1] = np.where(is_long, beast_records.LONG, beast_records.SHORT)
    record[:, _LEVEL] = frames.level
    record[:, _PAYLOAD:] = frames.payload
    copies = np.ones(grid.shape, np.int8)
    copies[:, 2:head] += grid[:, 2:head] == beast_records.ESCAPE
    copies[:, head + 2 :] += record[:, 2:] == beast_records.ESCAPE
    copies[~told, :head] = 0
    copies[~is_long, head + _PAYLOAD + SHORT_BYTES :] = 0
    prefix = _date(int(microseconds[0]), clock) if dated else b""
    return prefix + np.repeat(grid.ravel(), copies.ravel()).tobytes()


def _date(microseconds: int, clock: Literal["12mhz", "gps"]) -> bytes:
    millisecond = microseconds // 1000
    tick = ticks_of(np.array([millisecond * 1000], np.int64), clock)
    body = tick.astype(">i8").tobytes()[2:] + bytes(3)
    record = bytes((beast_records.ESCAPE, beast_records.MODE_AC)) + body.replace(b"\x1a", b"\x1a\x1a")
    return bytes((beast_records.ESCAPE, beast_records.CLOCK)) + millisecond.to_bytes(8, "little") + record
