"""Named thresholds of the rules."""

from __future__ import annotations

import msgspec


class RuleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules in force, and their limits.

    enabled               rules to run, by name
    short_turnaround_s    a stop at a listed field shorter than this is a short turnaround
    """

    enabled: tuple[str, ...] = ("listed_airport", "short_turnaround", "dark_stop", "journey")
    short_turnaround_s: float = 3600.0
