"""Who tells of an aircraft: sources that may not confirm a stop alone, and rows that were overtaken by other sources.

Frames pass a check here (their parity), and come in order (`tracking.reorder`). What others have decoded is believed
less, and comes later: a table fetched by HTTP is seconds old. Where frames, or another table, already tell of a later
time, an older row would have the aircraft fly back and touch down again.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from detector.domain.columns import Column, SlotTable
from detector.domain.decoded import DecodedBatch
from detector.domain.report import ReportBatch
from detector.tracking.arrivals import Arrivals

Flags = npt.NDArray[np.bool_]

OVERTAKEN_S = 0.2
"""Out of order by so much does no harm further on."""
COLUMNS = {"confirmed_at": Column("u4", 0), "told_by": Column("u2", 0)}
"""`confirmed_at`: whole second in which a receiver last heard it that may confirm alone, where there are others; 0 for
never. `told_by`: who gave the last row, a mark made from the receiver; 0 where that was a frame."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number of high entropy: multiplied bits spread upwards."""


class Sources:
    """When receivers that may confirm alone last heard the aircraft of a batch; the table is brought up to date.

    `confirming` (n,): which reports are theirs; None where all receivers may, and nothing is to be told apart.
    """

    def __init__(self, arrivals: Arrivals, reports: ReportBatch, table: SlotTable, confirming: Flags | None) -> None:
        if len(reports) and reports.frame_row[0] >= 0:
            table["told_by"][arrivals.slots] = 0
        self._latest = None
        if confirming is None:
            return
        self._arrivals, self._table, self._at = arrivals, table, reports.heard_at.astype(np.uint32)
        self._latest = arrivals.latest(np.arange(len(reports)), confirming)
        entry = self._latest.entry(arrivals.lasts)
        told = np.flatnonzero(entry >= 0)
        table["confirmed_at"][arrivals.slots[told]] = self._at[entry[told]]

    def heard(self, slot: int, group: int, position: int) -> float | None:
        """The last second (Unix s) as of a position; -inf: never, None: all may confirm; `group` -1: not in here."""
        if self._latest is None:
            return None
        entry = self._latest.entry_of(group, position)
        if entry >= 0:
            return float(self._at[entry])
        at = self._table["confirmed_at"][slot] if group < 0 else self._arrivals.carried["confirmed_at"][group]
        return float(at) if at else float("-inf")


def overtaken(tracks: DecodedBatch, slots: npt.NDArray[np.integer], table: SlotTable) -> tuple[Flags, Flags]:
    """(rows that another source has overtaken (n,), rows whose position alone is as old (n,)). `slots` (n,).

    Older by OVERTAKEN_S than what is known of the aircraft, and that from somebody else: a source is in order with
    itself. `told_by` in the table is brought up to date; its `heard_at` is still that before the rows.
    """
    n = len(tracks)
    by = (tracks.receiver * _SPREAD >> np.uint64(49)).astype(np.uint16) + np.uint16(1)
    known_at, known_by = table["heard_at"][slots], table["told_by"][slots]
    stale, unplaced = np.zeros(n, np.bool_), np.zeros(n, np.bool_)
    if n and not ((by == by[0]).all() and (np.isnan(known_at) | (known_by == by)).all()):
        placed = ~np.isnan(tracks.latitude_deg) & ~np.isnan(tracks.position_at)
        place_at = np.where(placed, tracks.position_at, tracks.heard_at)
        last: dict[int, tuple[float, int]] = {}
        rows = zip(slots.tolist(), by.tolist(), tracks.heard_at.tolist(), place_at.tolist(), strict=True)
        for row, (slot, mine, at, where_at) in enumerate(rows):
            newest, theirs = last.get(slot) or (float(known_at[row]), int(known_by[row]))
            since = newest - OVERTAKEN_S if theirs != mine else float("-inf")
            stale[row], unplaced[row] = at < since, where_at < since
            if not stale[row]:
                last[slot] = (at if unplaced[row] else where_at), mine
    table["told_by"][slots[~stale]] = by[~stale]
    return stale, unplaced
