"""What can be told of the listening during a silence: how much of it was heard by anybody, and what was not."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

MINUTE_S = 60.0
SILENT, NOBODY, SEVERAL = -3, -2, -1
"""Whom a minute was heard from: no minute of listening, listening without traffic, several aircraft. Else an address
key (`domain.report`), for a slot may have been another aircraft's then."""

HOUR_MIN = 60
"""Who heard nobody else in so many minutes before a silence was alone with it."""
BRIDGE_MIN = 3
"""So many minutes without anything lie between two heard ones in thin traffic; more of them are an outage."""
BEFORE_MIN = 5
"""Whoever heard others in so many minutes before a silence should go on hearing them."""
AFTER_MIN = 10
WENT_ON_MIN = 3
"""A receiver went on listening if it heard others in so many of the ten minutes after."""


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """The listening from `begin` to `until`, Unix s UTC: the part of the silence for which it can be told by now.

    `known_s`: how much of it somebody is known to have listened. `share`: that part of the whole, None where it cannot
    be told. `outages`: more than a few minutes without anything. `cut_off`: the others fell silent with the aircraft.
    `alone`: nobody else was heard in the hour before, and no heartbeat, so that silence does not tell an outage from
    an empty sky. `receivers`: those that went on hearing others, ascending.
    """

    begin: float
    until: float
    known_s: float
    share: float | None
    outages: tuple[tuple[float, float], ...]
    cut_off: bool
    alone: bool
    receivers: tuple[int, ...]

    @property
    def listened_s(self) -> float | None:
        """For how long somebody is known to have listened; None where that cannot be told."""
        return None if self.alone else self.known_s


def read(
    everybody: Codes, heartbeats: Codes, receivers: Mapping[int, Codes], *, key: int, begin: float, end: float
) -> Listening:
    """The listening during the silence of the aircraft of `key`.

    All codes (HOUR_MIN + n,) by minute: the hour before, then the minute that holds `begin`, and on to the last minute
    that is complete, or the one that holds `end`. n may be 0: then nothing can be told yet. Those of `receivers` may
    end AFTER_MIN after the minute of `begin`.
    """
    now = HOUR_MIN
    first = int(begin // MINUTE_S)
    length = len(everybody) - now
    until = max(begin, min(end, (first + length) * MINUTE_S))
    others = _others(everybody, key)
    alone = not others[: now + 1].any() and not (heartbeats[: now + 1] != SILENT).any()
    heard = (everybody[now:] != SILENT) | (heartbeats[now:] != SILENT)
    heard[:1] = True  # its own last frame
    known, out = _bridged(heard)
    starts = (first + np.arange(length)) * MINUTE_S
    inside = np.clip(np.minimum(starts + MINUTE_S, until) - np.maximum(starts, begin), 0.0, None)
    known_s = float(inside[known].sum())
    heard_by = {receiver: _others(codes, key) for receiver, codes in receivers.items()}
    return Listening(
        begin=begin,
        until=until,
        known_s=known_s,
        share=None if alone or until <= begin else known_s / (until - begin),
        outages=() if alone else _clipped(out, first, begin, until),
        cut_off=_cut_off([flags for flags in heard_by.values() if flags[now - BEFORE_MIN : now + 1].any()]),
        alone=alone,
        receivers=tuple(sorted(receiver for receiver, flags in heard_by.items() if _went_on(flags))),
    )


def _others(codes: Codes, key: int) -> Flags:
    """Minutes in which another aircraft was heard."""
    others: Flags = (codes == SEVERAL) | ((codes >= 0) & (codes != key))
    return others


def _went_on(others: Flags) -> bool:
    after = others[HOUR_MIN + 1 : HOUR_MIN + 1 + AFTER_MIN]
    return int(np.count_nonzero(after)) >= WENT_ON_MIN


def _cut_off(heard_before: list[Flags]) -> bool:
    """Whether all receivers that had heard others fell silent within a minute or two of the aircraft."""
    after = [flags[HOUR_MIN + 2 : HOUR_MIN + 2 + BRIDGE_MIN] for flags in heard_before]
    return bool(after) and len(after[0]) == BRIDGE_MIN and not any(flags.any() for flags in after)


def _bridged(heard: Flags) -> tuple[Flags, list[tuple[int, int]]]:
    """Minutes known to be listened to, short pauses between heard ones among them; longer ones as (begin, end)."""
    known = heard.copy()
    out: list[tuple[int, int]] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[True], heard, [True]]).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2).tolist():
        if end - begin > BRIDGE_MIN:
            out.append((begin, end))
        elif end < len(heard):
            known[begin:end] = True
    return known, out


def _clipped(out: list[tuple[int, int]], first: int, begin: float, until: float) -> tuple[tuple[float, float], ...]:
    spans = ((max((first + a) * MINUTE_S, begin), min((first + b) * MINUTE_S, until)) for a, b in out)
    return tuple((a, b) for a, b in spans if a < b)
