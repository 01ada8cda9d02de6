"""NIC of position messages: what their type code means depends on the last operational status of the aircraft."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from detector.decoding import codes
from detector.domain.columns import Column, SlotTable
from detector.domain.report import OperationalStatuses

COLUMNS = {
    "adsb_version": Column("i1", 0),
    "nic_supplement_a": Column("i1", 0),
    "nic_supplement_c": Column("i1", 0),
}
"""What the last operational status said; an aircraft that never sent one is of version 0 (DO-260B 2.2.3.2.7.2.5)."""

Values = npt.NDArray[Any]


def categories(
    table: SlotTable,
    slot: npt.NDArray[np.int32],
    row: npt.NDArray[np.intp],
    typecode: Values,
    supplement_b: Values,
    surface: npt.NDArray[np.bool_],
    statuses: OperationalStatuses,
) -> npt.NDArray[np.int8]:
    """NIC of the positions at `row`, each by the status in force at that row; `table` is brought up to date.

    slot  of every report of the batch; the other arguments are one value a position
    """
    mine = slot[row]
    version, a, c = (table[name].take(mine) for name in COLUMNS)
    if len(statuses.row):
        status_slot = slot[statuses.row]
        order, told = _as_they_stood(table, status_slot, statuses)
        stamp = status_slot[order].astype(np.int64) << 32 | statuses.row[order]
        found = np.searchsorted(stamp, mine.astype(np.int64) << 32 | row, side="right") - 1
        hit = np.flatnonzero((found >= 0) & (stamp[found] >> 32 == mine))
        for column, values in zip((version, a, c), told, strict=True):
            column[hit] = values[found[hit]]
        last = np.flatnonzero(np.append(status_slot[order][1:] != status_slot[order][:-1], True))
        for name, values in zip(COLUMNS, told, strict=True):
            table[name][status_slot[order[last]]] = values[last]
    # Version 1 knows supplement A only; its airborne bit 8 still is the single-antenna flag.
    other = np.where(version == 1, 0, np.where(surface, c, supplement_b))
    nic: npt.NDArray[np.int8] = codes.NIC.take(((version.astype(np.intp) * 32 + typecode) * 2 + a) * 2 + other)
    return nic


def _as_they_stood(
    table: SlotTable, status_slot: npt.NDArray[np.int32], statuses: OperationalStatuses
) -> tuple[npt.NDArray[np.intp], list[Values]]:
    """(order by aircraft, then time; version and supplements after each status in that order)."""
    order = np.argsort(status_slot, kind="stable")
    ordered = status_slot[order]
    index = np.arange(len(order))
    first = np.maximum.accumulate(np.where(np.append(True, ordered[1:] != ordered[:-1]), index, 0))
    told = []
    for name in COLUMNS:
        column: Values = getattr(statuses, "version" if name == "adsb_version" else name)[order]
        # A status that is silent on a supplement leaves the last one in force.
        speaker = np.maximum.accumulate(np.where(column >= 0, index, -1))
        told.append(np.where(speaker >= first, column[speaker], table[name][ordered]))
    return order, told
