"""Streams the slots of the folder TRAFFIC (made by `traffic`) to who connects first, in real time. Its own process.

    python -m benchmarks.live.sender TRAFFIC PORT FOLDER

Slot k holds what was heard in its 10 ms, and goes when they are over. What is late goes at once. In FOLDER `sent.npy`
then has, for each slot, Unix s at which it was handed to the system, and `due.npy` when it should have been.
"""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.live.traffic import SLOT_S

LINGER_S = 10.0
"""How long the connection stays open after the last slot."""


def stream(traffic: Path, port: int, folder: Path) -> None:
    """Serve one client, then write down when what was sent."""
    data = memoryview((traffic / "slots.beast").read_bytes())
    offsets = np.load(traffic / "offsets.npy").tolist()
    slots = len(offsets) - 1
    sent_at = np.zeros(slots)
    with socket.create_server(("127.0.0.1", port)) as server:
        server.settimeout(60.0)
        client, _ = server.accept()
    with client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(60.0)
        # Unix time is what the receiver of the alerts can compare with; the pace is kept by a clock nobody sets.
        unix_minus_steady = time.time() - time.monotonic()
        began = time.monotonic()
        next_slot = 0
        while next_slot < slots:
            now = time.monotonic()
            due = min(int((now - began) / SLOT_S), slots)
            if due <= next_slot:
                time.sleep(max(0.0, began + (next_slot + 1) * SLOT_S - now))
                continue
            sent_at[next_slot:due] = now + unix_minus_steady
            client.sendall(data[offsets[next_slot] : offsets[due]])
            next_slot = due
        np.save(folder / "due.npy", began + unix_minus_steady + (np.arange(slots) + 1) * SLOT_S)
        # Last, and whole at once: it tells that all has been sent.
        np.save(folder / "sent.part.npy", sent_at)
        (folder / "sent.part.npy").rename(folder / "sent.npy")
        time.sleep(LINGER_S)


if __name__ == "__main__":
    stream(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
