"""Which aircraft exist, and which slot each has.

Replies of DF0, 4, 5, 16, 20 and 21 carry their address only under the parity, so noise makes addresses without end
(17,207 ghosts in one measured file). They are believed only for an address that announced itself: by two clean
frames of DF11 (interrogator code 0), 17 or 18 within 60 s. Rare frames carry a wrong address that passes every
check, hence two.

Addresses can be invented as well, and announced by two clean frames each. So no more than `limit` are known at a time;
a further one waits until others are forgotten.
"""

from __future__ import annotations

import heapq
import mmap
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from detector.domain.frame import FrameBatch
from detector.domain.report import NAMESPACE_SHIFT

CONFIRM_S = 60.0
"""The second clean frame follows within this time."""
CONFIRM_APART_S = 0.01
"""... and is not the first one again, heard by a second receiver."""
PENDING_LIMIT = 65_536
"""Addresses heard once and awaiting their second frame; the oldest goes first."""

ICAO_KEYS = 1 << NAMESPACE_SHIFT
FREE = -1
"""In `AddressBook.keys`: nobody has this slot."""
I32 = npt.NDArray[np.int32]
U32 = npt.NDArray[np.uint32]
Rows = npt.NDArray[np.intp]


class AddressBook:
    """Address keys (`domain.report`) to slots: the lowest that is free at first confirmation.

    `limit`: so many are known at most.
    """

    def __init__(self, limit: int = ICAO_KEYS) -> None:
        self._pending: dict[int, float] = {}
        self.keys: list[int] = []
        """By slot; `FREE` where a slot was released."""
        self._refused = 0
        self._free: list[int] = []
        # Other namespaces are rare, and four times as large a table would be all in memory once they are flooded.
        self._others: dict[int, int] = {}
        self.hold(limit)

    def hold(self, limit: int) -> None:
        """Know no more than so many from now on."""
        self.limit = limit
        # One entry a possible key. Pages of anonymous memory take memory only once they are used; NumPy's own zeros
        # come in pages of 2 MB, which cost half a millisecond and 2 MB for every address. Invented addresses use all
        # pages, so the entries are as short as they can be.
        dtype = np.dtype(np.uint16 if limit < 0xFFFF else np.int32)
        self._slot_plus_1 = np.frombuffer(mmap.mmap(-1, ICAO_KEYS * dtype.itemsize), dtype=dtype)
        for slot, key in enumerate(self.keys):
            if key != FREE:
                self._enter(key, slot)

    def __len__(self) -> int:
        """How many are known."""
        return len(self.keys) - len(self._free)

    @property
    def size(self) -> int:
        """One more than the highest slot in use so far: tables by slot have to hold so many rows."""
        return len(self.keys)

    def slots(self, keys: U32, heard_at: npt.NDArray[np.float64], clean: npt.NDArray[np.bool_]) -> I32:
        """Slot of each row's aircraft, -1 where it is not known at that row. `clean`: rows that announce."""
        slots = self._found(keys)
        strangers = np.flatnonzero((slots < 0) & clean)
        if len(strangers) == 0:
            return slots
        born_at: dict[int, int] = {}
        born: set[int] = set()
        for row, key, at in zip(
            strangers.tolist(), keys[strangers].tolist(), heard_at[strangers].tolist(), strict=True
        ):
            if key not in born and self._confirm(key, at):
                born.add(key)
                born_at[self.add(key)] = row
        if born_at:
            unknown = np.flatnonzero(slots < 0)
            found = self._found(keys[unknown])
            # A new slot holds from the row of its birth on; those that were unknown before and are not now are new.
            first_row = np.full(self.size + 1, len(keys), np.intp)
            first_row[list(born_at)] = list(born_at.values())
            slots[unknown] = np.where(unknown >= first_row[found], found, -1)
        return slots

    def slot_of(self, key: int) -> int:
        """The slot of `key`, -1 if it is not known."""
        return int(self._slot_plus_1[key]) - 1 if key < ICAO_KEYS else self._others.get(key, -1)

    def add(self, key: int) -> int:
        """The slot of `key`, made if need be; -1 if that would be one too many."""
        slot = self.slot_of(key)
        if slot >= 0:
            return slot
        if len(self) >= self.limit:
            self._refused += 1
            return -1
        slot = heapq.heappop(self._free) if self._free else len(self.keys)
        self._put(slot, key)
        return slot

    def release(self, slots: Iterable[int]) -> None:
        """Forget the aircraft in these slots, which others may have from now on."""
        for slot in slots:
            self._enter(self.keys[slot], FREE)
            self.keys[slot] = FREE
            heapq.heappush(self._free, slot)

    def place(self, slot: int, key: int) -> None:
        """Give a key the slot that it had in another run, in ascending order; slots between that are given to none are
        free. Raises ValueError for a slot or a key that is taken."""
        if slot < len(self.keys) or self.slot_of(key) >= 0:
            raise ValueError(f"slot {slot} or address {key:x} comes twice")
        if slot >= 0xFFFF - 1:
            self._slot_plus_1 = self._slot_plus_1.astype(np.int32)
        self._free += range(len(self.keys), slot)
        self.keys += [FREE] * (slot - len(self.keys))
        self._put(slot, key)

    def newcomers(self, frames: FrameBatch, start: int, few: int) -> Rows:
        """Rows from `start` on with which one more address may become known than before, ascending; none where it is
        plain that no more than `few` can be new."""
        # Each takes two frames, one of which may be pending.
        if (len(frames) - start + len(self._pending)) // 2 <= few:
            return np.zeros(0, np.intp)
        df = frames.payload[start:, 0] >> 3
        announced = np.flatnonzero((df == 11) | (df == 17) | (df == 18))
        # The first four bytes as one number: the address in the low three, DF and CA or CF in the high one.
        head = np.ascontiguousarray(frames.payload[start:, :4][announced]).view(">u4").ravel().astype(np.uint32)
        keys = head & np.uint32(0xFFFFFF)
        # Of DF18 the namespace is not looked at: it counts as new, in each namespace once.
        field = (head >> np.uint32(24) & np.uint32(7)) + np.uint32(1)
        keys |= np.where(df[announced] == 18, field, np.uint32(0)) << np.uint32(24)
        return announced[self.strangers(keys)] + start

    def strangers(self, keys: U32) -> Rows:
        """The first row of each of these keys that is not known, ascending."""
        unknown = np.flatnonzero(self._found(keys) < 0)
        _, first = np.unique(keys[unknown], return_index=True)
        return unknown[np.sort(first)]

    def refused(self) -> int:
        """How many announcements were of one too many, since the last call."""
        refused, self._refused = self._refused, 0
        return refused

    @property
    def pending(self) -> dict[int, float]:
        """Addresses heard once: key to time. Part of the state to keep."""
        return dict(self._pending)

    def restore_pending(self, pending: dict[int, float]) -> None:
        self._pending = dict(pending)

    def _found(self, keys: U32) -> I32:
        slots: I32 = self._slot_plus_1.take(keys & np.uint32(ICAO_KEYS - 1)).astype(np.int32) - np.int32(1)
        others = np.flatnonzero(keys >= ICAO_KEYS)
        if len(others):
            slots[others] = [self._others.get(key, -1) for key in keys[others].tolist()]
        return slots

    def _confirm(self, key: int, at: float) -> bool:
        """Take note of a clean frame of an unknown address; True if that makes it known."""
        since = self._pending.get(key)
        confirmed = since is not None and CONFIRM_APART_S <= abs(at - since) <= CONFIRM_S
        if confirmed and len(self) < self.limit:
            del self._pending[key]
            return True
        if confirmed:
            self._refused += 1
        if since is None or confirmed or abs(at - since) > CONFIRM_S:
            self._pending.pop(key, None)
            self._pending[key] = at
            if len(self._pending) > PENDING_LIMIT:
                del self._pending[next(iter(self._pending))]
        return False

    def _put(self, slot: int, key: int) -> None:
        if slot == len(self.keys):
            self.keys.append(key)
        else:
            self.keys[slot] = key
        self._enter(key, slot)

    def _enter(self, key: int, slot: int) -> None:
        if key < ICAO_KEYS:
            self._slot_plus_1[key] = slot + 1
        elif slot == FREE:
            del self._others[key]
        else:
            self._others[key] = slot
