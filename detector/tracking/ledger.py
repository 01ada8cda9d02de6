"""The ledger: who listened when, by the minute. A silence means something only while someone listened.

A batch is entered as a whole before the moments within it are judged, and frames may be late. So a minute counts only
once no frame can fall into it any more, and what is told at a time is the same wherever the stream was cut.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec
import numpy as np
import numpy.typing as npt

from detector.tracking.clock import LATE_S
from detector.tracking.listening import AFTER_MIN, HOUR_MIN, MINUTE_S, NOBODY, SEVERAL, SILENT, Codes, Listening, read

DAY_MIN = 1440
DAYS_KEPT = 14
RECEIVERS_KEPT = 256
"""Past so many, the receivers heard longest ago are forgotten; everybody together is never forgotten."""
EVERYBODY, HEARTBEATS = -1, -2
"""Kept like receivers: all of them together, and the heartbeats of the feeds."""
OPEN = "open"

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number of high entropy: multiplied bits spread upwards."""

Run = tuple[int, int, int]
"""(first minute, last minute, whom it was heard from), minutes since 1970."""


class LedgerDay(msgspec.Struct, frozen=True):
    """What one receiver heard on one day (days since 1970)."""

    receiver: int
    day: int
    runs: list[Run]


class OpenMinutes(msgspec.Struct, frozen=True):
    """Minutes into which frames may still fall: minute to receiver to whom it heard. `complete`: first of them."""

    complete: int
    minutes: dict[int, dict[int, int]]


class Ledger:
    """Fed with every batch and heartbeat, asked about silences at times that never fall."""

    def __init__(self, days: int = DAYS_KEPT, receivers: int = RECEIVERS_KEPT) -> None:
        self._days_kept = days
        self._receivers_kept = receivers
        self._open: dict[int, dict[int, int]] = {}
        self._days: dict[int, dict[int, Codes]] = {}
        self._last: dict[int, int] = {}
        self._complete = 0
        self._changed: set[tuple[int, int]] = set()
        self._dropped: set[tuple[int, int]] = set()

    def heard(
        self,
        heard_at: npt.NDArray[np.float64],
        receiver: npt.NDArray[np.uint64],
        key: npt.NDArray[np.integer],
        clock: float,
    ) -> None:
        """Enter a batch, all (n,): time of reception (Unix s UTC), receiver, address key of the aircraft.

        `clock`: event time before the batch, -inf if there was none; no moment before it will be asked about again.
        """
        self._close(clock)
        if len(heard_at) == 0:
            return
        minute = np.floor(heard_at / MINUTE_S).astype(np.int64)
        new = np.ones(len(minute), np.bool_)
        if (receiver == receiver[0]).all():
            if (minute[1:] < minute[:-1]).any():
                order = np.argsort(minute, kind="stable")
                minute, key = minute[order], key[order]
            np.not_equal(minute[1:], minute[:-1], out=new[1:])
        else:
            # Sixteen bits are sorted fast. Where two of a kind come apart by a clash they are put together again.
            mixed = (receiver ^ minute.astype(np.uint64)) * _SPREAD
            order = np.argsort((mixed >> np.uint64(48)).astype(np.uint16), kind="stable")
            minute, receiver, key = minute[order], receiver[order], key[order]
            np.not_equal(minute[1:], minute[:-1], out=new[1:])
            new[1:] |= receiver[1:] != receiver[:-1]
        begins = np.flatnonzero(new)
        lowest, highest = np.minimum.reduceat(key, begins), np.maximum.reduceat(key, begins)
        whom = np.where(lowest == highest, lowest.astype(np.int64), SEVERAL)
        for m, by, who in sorted(zip(minute[begins].tolist(), receiver[begins].tolist(), whom.tolist(), strict=True)):
            self._enter(m, by, who)

    def tick(self, at: float, clock: float) -> None:
        """Enter a heartbeat of a feed. `clock`: event time before it; one later than a frame may be is left out."""
        self._close(clock)
        if at >= clock - LATE_S:
            self._enter(math.floor(at / MINUTE_S), HEARTBEATS, NOBODY)

    def listening(self, begin: float, end: float, clock: float, key: int) -> Listening:
        """The listening during a silence of the aircraft of `key`, as far as it can be told at event time `clock`."""
        self._close(clock)
        first = math.floor(begin / MINUTE_S)
        stop = max(first, min(_complete(clock), math.floor(end / MINUTE_S) + 1))
        since, near = first - HOUR_MIN, min(stop, first + 1 + AFTER_MIN)
        receivers = {receiver: self._codes(receiver, since, near) for receiver in self._days if receiver >= 0}
        everybody, heartbeats = self._codes(EVERYBODY, since, stop), self._codes(HEARTBEATS, since, stop)
        return read(everybody, heartbeats, receivers, key=key, begin=begin, end=end)

    def changed(self, *, whole: bool = False) -> tuple[dict[str, LedgerDay | OpenMinutes], list[str]]:
        """What is new since the last call (with `whole`, all there is): (documents by key, keys to delete), ordered."""
        opened = {minute: dict(heard) for minute, heard in sorted(self._open.items())}
        puts: dict[str, LedgerDay | OpenMinutes] = {OPEN: OpenMinutes(self._complete, opened)}
        every = {(receiver, day) for receiver, days in self._days.items() for day in days}
        for receiver, day in sorted(every if whole else self._changed):
            puts[_key(receiver, day)] = LedgerDay(receiver, day, _runs(self._days[receiver][day], day))
        deletes = [_key(*one) for one in sorted(self._dropped)]
        self._changed, self._dropped = set(), set()
        return puts, deletes

    def restore(self, documents: Mapping[str, bytes]) -> None:
        """Put back what `changed` gave, as JSON. Raises msgspec.DecodeError, msgspec.ValidationError."""
        self._open, self._days, self._last, self._complete = {}, {}, {}, 0
        found = [msgspec.json.decode(value, type=LedgerDay) for key, value in documents.items() if key != OPEN]
        for one in sorted(found, key=lambda one: (one.receiver, one.day)):
            codes = self._days.setdefault(one.receiver, {})[one.day] = np.full(DAY_MIN, SILENT, np.int32)
            for first, last, who in one.runs:
                codes[first % DAY_MIN : last % DAY_MIN + 1] = who
                self._last[one.receiver] = last
        if OPEN in documents:
            opened = msgspec.json.decode(documents[OPEN], type=OpenMinutes)
            self._open, self._complete = opened.minutes, opened.complete
        self._changed, self._dropped = set(), set()

    def _enter(self, minute: int, receiver: int, who: int) -> None:
        if minute >= self._complete:
            heard = self._open.setdefault(minute, {})
            heard[receiver] = _both(heard.get(receiver, who), who)

    def _close(self, clock: float) -> None:
        """Take the minutes that are complete at `clock` into the days, in order, and forget what is too much."""
        if math.isinf(clock):
            return
        complete = _complete(clock)
        for minute in sorted(minute for minute in self._open if minute < complete):
            heard = self._open.pop(minute)
            traffic = [who for receiver, who in heard.items() if receiver >= 0]
            if traffic:
                heard[EVERYBODY] = traffic[0] if all(who == traffic[0] for who in traffic) else SEVERAL
            self._last |= dict.fromkeys(heard, minute)
            self._forget(minute // DAY_MIN)
            for receiver in sorted(heard.keys() & self._last.keys()):
                self._write(receiver, minute, heard[receiver])
        self._complete = max(self._complete, complete)

    def _write(self, receiver: int, minute: int, who: int) -> None:
        day = minute // DAY_MIN
        days = self._days.setdefault(receiver, {})
        if day not in days:
            days[day] = np.full(DAY_MIN, SILENT, np.int32)
        days[day][minute % DAY_MIN] = who
        self._changed.add((receiver, day))
        self._dropped.discard((receiver, day))

    def _forget(self, today: int) -> None:
        known = [receiver for receiver in self._last if receiver >= 0]
        if len(known) > self._receivers_kept:
            known.sort(key=lambda receiver: (self._last[receiver], receiver))
            for receiver in known[: len(known) - self._receivers_kept]:
                del self._last[receiver]
                self._drop(receiver, list(self._days.get(receiver, ())))
        for receiver, days in list(self._days.items()):
            old = [day for day in days if day <= today - self._days_kept]
            self._drop(receiver, old)
            if receiver not in self._days and self._last[receiver] // DAY_MIN < today:
                del self._last[receiver]

    def _drop(self, receiver: int, days: list[int]) -> None:
        for day in days:
            del self._days[receiver][day]
            self._changed.discard((receiver, day))
            self._dropped.add((receiver, day))
        if receiver in self._days and not self._days[receiver]:
            del self._days[receiver]

    def _codes(self, receiver: int, first: int, stop: int) -> Codes:
        """Whom the receiver heard in each minute from `first` to before `stop`."""
        days = self._days.get(receiver, {})
        never = np.full(DAY_MIN, SILENT, np.int32)
        numbers = range(first // DAY_MIN, (stop - 1) // DAY_MIN + 1)
        codes = np.concatenate([days.get(day, never) for day in numbers])
        skip = first - numbers.start * DAY_MIN
        return codes[skip : skip + stop - first]


def _runs(codes: Codes, day: int) -> list[Run]:
    """The minutes of a day that were heard, equal ones together."""
    begins = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
    lasts = np.append(begins[1:], len(codes)) - 1
    runs = zip((begins + day * DAY_MIN).tolist(), (lasts + day * DAY_MIN).tolist(), codes[begins].tolist(), strict=True)
    return [run for run in runs if run[2] != SILENT]


def _complete(clock: float) -> int:
    """The first minute into which a frame may still fall at event time `clock`; all before are complete."""
    return math.floor((clock - LATE_S) / MINUTE_S)


def _both(a: int, b: int) -> int:
    return a if a == b else SEVERAL


def _key(receiver: int, day: int) -> str:
    return f"{receiver}.{day}"
