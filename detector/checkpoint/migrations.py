"""States of earlier schemas, made into the one that follows: `MIGRATIONS[schema](state)`.

A schema stays here as long as somebody may come from a program that wrote it. What is equal in both is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np

from detector.checkpoint.documents import HeldFrames
from detector.checkpoint.held import held_frames
from detector.domain.frame import LONG_BYTES, FrameBatch

State = Mapping[str, bytes]


class HeldFrame1(msgspec.Struct, frozen=True):
    """detector.state/1: a frame that waits, in hexadecimal."""

    at: float
    frame: str
    receiver: int
    level: int
    mlat: bool


def from_1(state: State) -> State:
    """Adds the number of heartbeats and of aircraft; packs frames that wait; takes interference apart.

    Aircraft stay as they are: their past may lie in their own document.
    """
    stream: dict[str, Any] = msgspec.json.decode(state["stream"])
    stream |= {
        "schema": "detector.state/2",
        "ticks": 0,
        "aircraft": sum(key.startswith("aircraft:") for key in state),
        "held": _packed(stream["held"]),
    }
    reception: dict[str, Any] = msgspec.json.decode(state["reception"])
    copies = reception["copies"]
    copies |= {
        "at": np.array(copies["at"], "<f8").tobytes(),
        "payload": bytes.fromhex("".join(copies["payload"])),
    }
    reception["held"] = _packed(reception["held"])
    changed = {"stream": stream, "reception": reception, **_interference(msgspec.json.decode(state["interference"]))}
    kept = {key: value for key, value in state.items() if key != "interference"}
    return kept | {key: msgspec.json.encode(value) for key, value in changed.items()}


MIGRATIONS: dict[str, Callable[[State], State]] = {"detector.state/1": from_1}


def _packed(rows: Any) -> HeldFrames:
    frames = [msgspec.convert(row, HeldFrame1) for row in rows]
    raw = [bytes.fromhex(one.frame) for one in frames]
    return held_frames(
        FrameBatch(
            heard_at=np.array([one.at for one in frames], np.float64),
            payload=np.frombuffer(b"".join(one.ljust(LONG_BYTES, b"\0") for one in raw), np.uint8),
            length=np.array([len(one) for one in raw], np.uint8),
            receiver=np.array([one.receiver for one in frames], np.uint64),
            level=np.array([one.level for one in frames], np.uint8),
            mlat=np.array([one.mlat for one in frames], np.bool_),
        )
    )


def _interference(old: dict[str, Any]) -> dict[str, Any]:
    """One document into pieces: what was a place in a list is a number now."""
    pieces: dict[str, Any] = {}
    for turn, (north, east, present) in enumerate(old["cells"], 1):
        pieces[f"cell:{north},{east}"] = {"turn": turn, "present": dict(present)}
    for number, area in enumerate(old["reported"]):
        pieces[f"area:{number:09d}"] = {"number": number, "area": area}
    turn = 0
    marks: dict[str, list[Any]] = {}
    for mark in old["marks"]:
        marks.setdefault(_mark_cell(mark), []).append(mark)
    for turn, (cell, mine) in enumerate(marks.items(), 1):
        pieces[f"marks:{cell}"] = {"turn": turn, "marks": mine}
    for standing in old["standing"]:
        turn += 1
        north, east = standing[0]
        pieces[f"point:{north},{east}"] = [*standing, turn]
    for number, (icao24, known) in enumerate(old["known"], 1):
        pieces[f"known:{icao24}"] = [*known, number]
    clock, swept_at = (old[name] or None for name in ("clock", "swept_at"))
    pieces["map"] = {"clock": clock, "swept_at": swept_at, "turns": (len(old["cells"]), turn, len(old["known"]))}
    return {f"interference:{key}": piece for key, piece in pieces.items()}


def _mark_cell(mark: list[Any]) -> str:
    """The cell of a quarter degree that a mark lies in."""
    latitude_deg, longitude_deg = mark[2], mark[3]
    return f"{int(latitude_deg // 0.25)},{int(((longitude_deg + 180.0) % 360.0) // 0.25)}"
