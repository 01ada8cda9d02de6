"""Documents that a server gives out again and again, and what its clock is worth. Pure: our own time is an argument."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from detector.domain.decoded import DecodedBatch
from detector.domain.errors import Reject
from detector.domain.frame import RejectCounts
from detector.framing.lines import BOM

OLDEST_S = 60.0
"""Who was last heard longer ago is no news; their positions count for less (`track_rows.STALE_S`)."""
TRUSTED_S = 60.0
"""A document may come so late: through caches, or from a slow poll of the server's own."""
AHEAD_S = 1.0
"""None comes before it was written: a server so far ahead has a wrong clock."""
REMEMBERED = 32
_MICRO = 1_000_000
MOST_VALUES = 1_500_000
"""In a document; thirty thousand aircraft have as many. Each costs memory, however short it is."""
MOST_ELEMENTS = 50_000
"""In a list of aircraft; never are a third as many in the air."""
MOST_ELEMENT_BYTES = 65_536
"""An aircraft is some 800 B."""
NOTHING_SAID = msgspec.Raw(b"")


@dataclass(frozen=True, slots=True)
class Document:
    """What a document tells.

    rows        news since the last one, the oldest first, by our clock
    heard       it is a sign of life: the server has heard something since
    understood  it is of the format at all
    remark      something a person should know, told once; else empty
    """

    rows: DecodedBatch
    heard: bool
    understood: bool = True
    remark: str = ""


class DocumentReader(Protocol):
    """Reads the documents of one server, one after the other; raises nothing."""

    rejects: RejectCounts

    def read(self, data: bytes, ours_at: float) -> Document:
        """The next document, which came at `ours_at` (Unix s UTC)."""


class ServerTime:
    """How far a server's clock is from ours. All times in us.

    A clock within TRUSTED_S behind ours is left as it is. Any other is shifted by the least difference lately seen:
    that of the document that travelled fastest. A first document far behind may as well be an old one that nobody
    writes any more, so it takes a second, newer one to believe in a wrong clock.
    """

    def __init__(self) -> None:
        self._last: int | None = None
        self._behind: deque[int] = deque(maxlen=REMEMBERED)
        self._told = False

    def shift(self, written: int, ours: int) -> int | None:
        """What to add to the times of a document `written` then; None for one that is not newer, or not believed yet.

        A little older than the one before is another copy of it; much older, and the server's clock was set back.
        """
        if self._last is not None and written <= self._last:
            if self._last - written <= TRUSTED_S * _MICRO:
                return None
            self._behind.clear()
        self._last = written
        self._behind.append(ours - written)
        least = min(self._behind)
        if least > TRUSTED_S * _MICRO:
            return least if len(self._behind) > 1 else None
        return least if least < -AHEAD_S * _MICRO else 0

    def remark(self, shift: int) -> str:
        """Words about a shift, when there is one for the first time."""
        if not shift or self._told:
            self._told = bool(shift)
            return ""
        self._told = True
        side = "behind" if shift > 0 else "ahead of"
        return f"the server's clock is {abs(shift) / _MICRO:.0f} s {side} ours; its times are shifted"


class Said(msgspec.Struct):
    """What documents hold, still as text; NOTHING_SAID for what is missing. All else is passed over."""

    now: msgspec.Raw = NOTHING_SAID
    time: msgspec.Raw = NOTHING_SAID
    messages: msgspec.Raw = NOTHING_SAID
    aircraft: msgspec.Raw = NOTHING_SAID
    ac: msgspec.Raw = NOTHING_SAID
    states: msgspec.Raw = NOTHING_SAID


_DOCUMENT = msgspec.json.Decoder(Said)
_LIST = msgspec.json.Decoder(list[msgspec.Raw] | None)
_VALUE = msgspec.json.Decoder()


def said_in(data: bytes) -> Said | None:
    """The JSON object that a document is; None if it is none, whatever it is: cut off, too deep, too many values."""
    # No value is without one of these before it, but the first.
    if sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        return None
    try:
        return _DOCUMENT.decode(data.removeprefix(BOM))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def value_of(raw: msgspec.Raw) -> Any:
    """A value, if it is no longer than an aircraft may be; None for all else."""
    text = memoryview(raw)
    if not 0 < len(text) <= MOST_ELEMENT_BYTES:
        return None
    try:
        return _VALUE.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def elements_of(raw: msgspec.Raw, rejects: RejectCounts) -> list[msgspec.Raw] | None:
    """The elements of a list, each still as text; none for null, None for what is no list.

    No more than MOST_ELEMENTS: those behind them are counted OVERLONG.
    """
    try:
        elements = _LIST.decode(memoryview(raw)) or []
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    rejects.add(Reject.OVERLONG, max(0, len(elements) - MOST_ELEMENTS))
    return elements[:MOST_ELEMENTS]


NOTHING = Document(DecodedBatch.empty(), heard=False)
NOT_UNDERSTOOD = Document(DecodedBatch.empty(), heard=False, understood=False)
