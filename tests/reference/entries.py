"""Entries of watch lists."""

from __future__ import annotations

from typing import Any

import msgspec

from detector.reference.watch_entry import WatchEntry

PLAIN = {
    "list": "test",
    "programme": "a programme",
    "authority": "an authority",
    "identifier": "no. 1",
    "source": "document 1",
    "link": "https://example.org/1",
    "reason": "a reason",
    "from": "2011-08-17",
}


def entry(**given: Any) -> WatchEntry:
    return msgspec.convert(PLAIN | given, WatchEntry)
