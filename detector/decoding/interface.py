"""What every decoder offers, so that one can stand in for the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from detector.decoding.addresses import AddressBook
from detector.domain.columns import SlotTable
from detector.domain.frame import FrameBatch, RejectCounts
from detector.domain.report import ReportBatch


class Decoder(Protocol):
    """Frames in, reports out; the reports of a stream do not depend on how it was cut into batches.

    `addresses` and `table` are its whole per-aircraft state; `rejects` counts what was dropped, by reason.
    """

    addresses: AddressBook
    table: SlotTable
    rejects: RejectCounts

    def __init__(self, receiver_places: Mapping[int, tuple[float, float]] | None = None) -> None: ...

    def decode(self, frames: FrameBatch) -> ReportBatch: ...
