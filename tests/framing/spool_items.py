"""What the tests of spools share: items of every kind from a seed, and a form of them that compares to the bit."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from detector.domain.decoded import COLUMNS, DecodedBatch
from detector.domain.frame import FrameBatch, Tick
from detector.domain.live import FeedEvent, FeedStatus
from detector.domain.times import from_microseconds
from detector.framing.spool import Header, Item, records
from tests.framing.streams import START_AT, START_MICROSECONDS, generated

HEADER = Header("00112233445566778899aabbccddeeff", 1, 0, START_AT)


def tracks(seed: int, n: int) -> DecodedBatch:
    """Rows of any bits that the columns can hold, NaN with a payload and negative zero among them."""
    rng = np.random.default_rng(seed)
    columns = {}
    for name, dtype in COLUMNS.items():
        kind = np.dtype(dtype)
        column = np.frombuffer(rng.bytes(n * kind.itemsize), kind).copy()
        if kind.kind == "b":
            column = rng.random(n) < 0.5
        elif kind.kind == "S":
            column = np.array(rng.choice([b"", b"A1", b"RFF7092", b"\x7f\x00x"], n), kind)
        elif rng.random() < 0.5:
            column[:] = np.nan if kind.kind == "f" else 0
        columns[name] = column
    microseconds = START_MICROSECONDS + rng.integers(-(2**33), 2**33, n)
    return DecodedBatch(**columns | {"heard_at": from_microseconds(microseconds)})


def frames(seed: int, n: int) -> FrameBatch:
    """Frames of several receivers, some of them synthesised."""
    batch = generated(seed, n, receivers=(0, 7, 2**64 - 1))
    mlat = np.random.default_rng(seed).random(n) < 0.1
    return FrameBatch(batch.heard_at, batch.payload, batch.length, batch.receiver, batch.level, mlat)


def some_items(seed: int, n: int) -> list[Item]:
    """`n` items of every kind."""
    rng = np.random.default_rng(seed)
    items: list[Item] = []
    for number in range(n):
        size = int(rng.choice([0, 1, 2, 30, 300]))
        at = float(START_AT + number + rng.random())
        status = list(FeedStatus)[number % len(FeedStatus)]
        kinds: list[Item] = [
            frames(seed + number, size),
            tracks(seed + number, size),
            Tick(at),
            FeedEvent("räd-1", status, at, "refused\n" * size),
        ]
        items.append(kinds[int(rng.integers(4))])
    return items


def items(most: int = 8) -> st.SearchStrategy[list[Item]]:
    """`some_items` as a strategy."""
    return st.builds(some_items, st.integers(0, 2**32), st.integers(0, most))


def bits(item: Item) -> object:
    """The item as something that is equal only where every bit is, and the dtypes."""
    if isinstance(item, Tick):
        return ("tick", item.at.hex())
    if isinstance(item, FeedEvent):
        return (item.feed, item.status, item.at.hex(), item.reason[:1_000])
    columns = ((name, getattr(item, name)) for name in type(item).__slots__)
    return [(name, column.dtype.str, column.shape, column.tobytes()) for name, column in columns]


def segment(items: list[Item], header: Header = HEADER) -> bytes:
    """A whole segment."""
    return header.encoded() + b"".join(records(item, header) for item in items)
