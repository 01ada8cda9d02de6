"""Which aircraft exist, and which slot each has.

Replies of DF0, 4, 5, 16, 20 and 21 carry their address only under the parity, so noise makes addresses without end
(17,207 ghosts in one measured file). They are believed only for an address that announced itself: by two clean
frames of DF11 (interrogator code 0), 17 or 18 within 60 s. Rare frames carry a wrong address that passes every
check, hence two.
"""

from __future__ import annotations

import mmap

import numpy as np
import numpy.typing as npt

CONFIRM_S = 60.0
"""The second clean frame follows within this time."""
CONFIRM_APART_S = 0.01
"""... and is not the first one again, heard by a second receiver."""
PENDING_LIMIT = 65_536
"""Addresses heard once and awaiting their second frame; the oldest goes first."""

KEYS = 1 << 26
I32 = npt.NDArray[np.int32]


class AddressBook:
    """Address keys (`domain.report`) to slots 0, 1, 2 ... in order of first confirmation."""

    def __init__(self) -> None:
        # One entry a possible key. Pages of anonymous memory take memory only once they are written; NumPy's own zeros
        # come in pages of 2 MB, which cost half a millisecond and 2 MB for every address.
        self._slot_plus_1 = np.frombuffer(mmap.mmap(-1, KEYS * 4), dtype=np.int32)
        self._pending: dict[int, float] = {}
        self.keys: list[int] = []

    def __len__(self) -> int:
        return len(self.keys)

    def slots(
        self, keys: npt.NDArray[np.uint32], heard_at: npt.NDArray[np.float64], clean: npt.NDArray[np.bool_]
    ) -> I32:
        """Slot of each row's aircraft, -1 where it is not known at that row. `clean`: rows that announce."""
        slots: I32 = self._slot_plus_1.take(keys) - np.int32(1)
        strangers = np.flatnonzero((slots < 0) & clean)
        if len(strangers) == 0:
            return slots
        known_before = len(self.keys)
        born_at: list[int] = []
        for row, key, at in zip(
            strangers.tolist(), keys[strangers].tolist(), heard_at[strangers].tolist(), strict=True
        ):
            if self._slot_plus_1[key] == 0 and self._confirm(key, at):
                born_at.append(row)
        if born_at:
            unknown = np.flatnonzero(slots < 0)
            found = self._slot_plus_1[keys[unknown]] - 1
            # A new slot holds from the row of its birth on; the newest slots are in the order of their births.
            born = np.array(born_at)[np.maximum(found - known_before, 0)]
            slots[unknown] = np.where(unknown >= born, found, -1)
        return slots

    def _confirm(self, key: int, at: float) -> bool:
        """Take note of a clean frame of an unknown address; True if that makes it known."""
        since = self._pending.get(key)
        if since is not None and CONFIRM_APART_S <= abs(at - since) <= CONFIRM_S:
            del self._pending[key]
            self.add(key)
            return True
        if since is None or abs(at - since) > CONFIRM_S:
            self._pending.pop(key, None)
            self._pending[key] = at
            if len(self._pending) > PENDING_LIMIT:
                del self._pending[next(iter(self._pending))]
        return False

    def add(self, key: int) -> int:
        """The slot of `key`, made if need be."""
        slot = int(self._slot_plus_1[key]) - 1
        if slot < 0:
            slot = len(self.keys)
            self.keys.append(key)
            self._slot_plus_1[key] = slot + 1
        return slot

    @property
    def pending(self) -> dict[int, float]:
        """Addresses heard once: key to time. Part of the state to keep."""
        return dict(self._pending)

    def restore_pending(self, pending: dict[int, float]) -> None:
        self._pending = dict(pending)
