"""Agreement with pyModeS, field by field: how many values were compared, how many differ, and why.

A difference counts as explained only if the frame's own bits show the clause that explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from benchmarks.peer import NUMBERS, Column, Columns, own_columns, pymodes_columns
from detector.decoding import crc
from detector.domain.frame import FrameBatch

Flags = npt.NDArray[np.bool_]

METRIC = "M = 1, altitude in metres: pyModeS gives none (Annex 10 Vol IV 3.1.2.6.5.4)"
WHOLE_FEET = "height of TC 20-22 is in metres; pyModeS cuts the feet to whole ones"
NO_HEIGHT = "height of TC 20-22 all zeros is 'not available' (DO-260B 2.2.3.2.3.4); pyModeS gives 0"
WHOLE_KNOTS = "speed of two components is no whole number; pyModeS cuts it to whole knots"
RESERVED_VELOCITY = "TC 19 subtypes 0, 5-7 are reserved (DO-260B 2.2.3.2.6); pyModeS reads their last fields"
RESERVED_STATUS = "TC 31 subtypes 2-7 are reserved (DO-260B 2.2.3.2.7.2); pyModeS reads them"
LATER_VERSION = "version 3-7 is not defined and read as 2 (DO-260B 2.2.3.2.7.2.5)"
VERSION_0 = "version 0 does not define the field (DO-260B appendix N); pyModeS reads its bits"
OTHER_LAYOUT = "DF18 CF 3, 4, 7: coarse TIS-B, management, reserved (DO-260B 2.2.3.2.1.3); not used here"
BEYOND_POLE = "a latitude beyond 90 degrees is no place (DO-260B A.1.7.5); pyModeS gives it"


@dataclass(slots=True)
class Agreement:
    """One field's counts; `why` divides `different` by explanation."""

    compared: int = 0
    different: int = 0
    why: dict[str, int] = field(default_factory=dict)

    @property
    def unexplained(self) -> int:
        return self.different - sum(self.why.values())

    def add(self, compared: int, differs: Flags, explanations: Iterable[tuple[str, Flags]] = ()) -> None:
        self.compared += compared
        self.different += int(np.count_nonzero(differs))
        left = differs.copy()
        for reason, holds in explanations:
            hit = left & holds
            if hit.any():
                self.why[reason] = self.why.get(reason, 0) + int(np.count_nonzero(hit))
                left &= ~hit


Report = dict[str, Agreement]


def compare_fields(report: Report, frames: FrameBatch) -> None:
    """Header and content of every frame of `frames`, whoever sent it."""
    peer, header = pymodes_columns(frames)
    ours, accepted = own_columns(frames, header["key"])
    _compare_headers(report, frames, header, accepted)
    explain = _explanations(frames, ours, peer)
    for name in (*NUMBERS, "callsign"):
        a, b = ours[name], peer[name]
        if name == "callsign":
            told = accepted & ((a != b"") | (b != b""))
            differs = told & (a != b)
        else:
            if name == "on_ground":
                # pyModeS does not tell it for DF17 without a position, nor for DF20 and 21.
                told = accepted & ~np.isnan(b)
            else:
                told = accepted & ~(np.isnan(a) & np.isnan(b))
            # Our columns are float32: the peer's value is rounded the same way before the comparison.
            differs = told & ~(a.astype(np.float32) == b.astype(np.float32))
        report.setdefault(name, Agreement()).add(int(np.count_nonzero(told)), differs, explain(name))


def _compare_headers(report: Report, frames: FrameBatch, header: Columns, accepted: Flags) -> None:
    payload = frames.payload
    df = header["df"]
    everything = np.ones(len(frames), np.bool_)
    report.setdefault("df", Agreement()).add(len(frames), payload[:, 0] >> 3 != df)
    residual = np.where(df >= 16, crc.residual_long(crc.words(payload)), crc.residual_short(crc.words(payload)))
    report.setdefault("crc remainder", Agreement()).add(len(frames), residual != header["crc"])
    verdict = ~np.isnan(header["valid"])
    differs = verdict & (accepted != (header["valid"] == 1))
    other_layout = (df == 18) & np.isin(payload[:, 0] & 7, (3, 4, 7))
    report.setdefault("crc verdict", Agreement()).add(
        int(np.count_nonzero(verdict)), differs, [(OTHER_LAYOUT, other_layout & ~accepted)]
    )
    announced = payload[:, 1].astype(np.int64) << 16 | payload[:, 2].astype(np.int64) << 8 | payload[:, 3]
    address = np.where(np.isin(df, (11, 17, 18)), announced, residual)
    report.setdefault("address", Agreement()).add(len(frames), everything & (address != header["key"] & 0xFFFFFF))


def _explanations(frames: FrameBatch, ours: Columns, peer: Columns) -> Callable[[str], list[tuple[str, Flags]]]:
    payload = frames.payload
    df, typecode, subtype = payload[:, 0] >> 3, payload[:, 4] >> 3, payload[:, 4] & 7
    reserved_velocity = (typecode == 19) & ((subtype == 0) | (subtype > 4))
    reserved_status = (typecode == 31) & (subtype > 1)
    version = payload[:, 9] >> 5

    def between(name: str, low: float, high: float) -> Flags:
        with np.errstate(invalid="ignore"):
            gap: Column = ours[name] - peer[name]
            return (gap >= low) & (gap <= high)

    def explanations(name: str) -> list[tuple[str, Flags]]:
        if name == "altitude_baro_ft":
            metric = np.isin(df, (0, 4, 16, 20)) & (payload[:, 3] & 0x40 != 0)
            return [(METRIC, metric & np.isnan(peer[name]))]
        if name == "altitude_geom_ft":
            height = payload[:, 5].astype(int) << 4 | payload[:, 6] >> 4
            return [(NO_HEIGHT, (height == 0) & (peer[name] == 0)), (WHOLE_FEET, between(name, -0.001, 1.0))]
        if name == "groundspeed_kt":
            return [(WHOLE_KNOTS, between(name, 0.0, 1.0))]
        if name in ("vertical_rate_fpm", "vertical_rate_is_baro", "geom_minus_baro_ft", "nac_v"):
            return [(RESERVED_VELOCITY, reserved_velocity & np.isnan(ours[name]))]
        if name == "version":
            later = (version > 2) & (ours[name] == 2)
            return [(RESERVED_STATUS, reserved_status & np.isnan(ours[name])), (LATER_VERSION, later)]
        if name in ("nic_supplement_a", "nac_p", "sil"):
            silent = np.isnan(ours[name])
            return [(RESERVED_STATUS, reserved_status & silent), (VERSION_0, (version == 0) & silent)]
        return []

    return explanations


def markdown(report: Report, heading: str) -> str:
    """The report as a table, and the reasons under it."""
    reasons = sorted({reason for agreement in report.values() for reason in agreement.why})
    mark = {reason: chr(ord("a") + i) for i, reason in enumerate(reasons)}
    lines = [f"## {heading}", "", "| field | compared | different | explained | unexplained |", "|---|--:|--:|---|--:|"]
    for name, agreement in report.items():
        why = ", ".join(f"{mark[reason]}: {n:,}" for reason, n in agreement.why.items())
        counts = f"{agreement.compared:,} | {agreement.different:,} | {why} | {agreement.unexplained:,}"
        lines.append(f"| {name} | {counts} |")
    lines += ["", *(f"- {mark[reason]}: {reason}" for reason in reasons)]
    return "\n".join(lines) + "\n"
