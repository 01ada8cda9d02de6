"""Speed over ground around a stop, as the positions tell it: speeds that were sent are not kept with a track."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from detector.domain.geo import distances_nm
from detector.domain.track import Track
from detector.web.replay_map.lines import LEGS, Kind, Line, Way
from detector.web.replay_map.markup import Markup, element
from detector.web.replay_map.plot_scale import WIDTH, Scale

F64 = npt.NDArray[np.float64]

OVER_S = 45.0
"""A speed is that between two points so far apart or more: from nearer ones their errors would be drawn."""
LEAST_TOP_KT = 300.0
STEP_KT = 200


def speed_plot(since: float, until: float, way: Way) -> tuple[list[Markup], list[Markup]]:
    """(shapes, words) of a plot; nothing where there are no two points to tell a speed from."""
    found = [(line.leg, *speeds_kt(way.track, line)) for line in way.lines if line.kind is Kind.HEARD]
    inside = [(leg, at, kt) for leg, at, kt in found if len(at) and at[-1] >= since and at[0] <= until]
    if not inside:
        return [], []
    scale = Scale(since, until, _top([kt[(at >= since) & (at <= until)] for _, at, kt in inside]))
    shapes, words = list[Markup](), list[Markup]()
    for level in range(0, int(scale.top) + 1, STEP_KT):
        shapes.append(element("path", class_="rule", d=f"M0 {scale.y(level):.1f}H{WIDTH}"))
        named = f"{level} kt" if level else "0"
        words.append(element("text", named, class_="tick altitude", x=0, y=scale.down(level), dx=-6, dy=4))
    for leg, at, kt in inside:
        rows = np.flatnonzero((at >= since) & (at <= until)).tolist()
        if len(rows) > 1:
            places = (f"{scale.x(float(at[i])):.1f} {scale.y(float(kt[i])):.1f}" for i in rows)
            shapes.append(element("path", class_=f"line heard leg{leg % LEGS}", d="M" + "L".join(places)))
    return shapes, words


def speeds_kt(track: Track, line: Line) -> tuple[F64, F64]:
    """(time in the middle, knots) between each point and one at least OVER_S earlier, along a line that was heard."""
    rows = np.flatnonzero((track.at >= line.at[0]) & (track.at <= line.at[1]))
    at, lat, lon = track.at[rows], track.latitude_deg[rows], track.longitude_deg[rows]
    before = np.searchsorted(at, at - OVER_S, "right") - 1
    later = np.flatnonzero(before >= 0)
    earlier = before[later]
    lasted = at[later] - at[earlier]
    kt: F64 = distances_nm(lat[earlier], lon[earlier], lat[later], lon[later]) / lasted * 3600.0
    return at[earlier] + lasted / 2, kt


def _top(parts: list[F64]) -> float:
    highest = max((float(part.max()) for part in parts if len(part)), default=0.0)
    return max(LEAST_TOP_KT, math.ceil((highest + 40.0) / 100.0) * 100.0)
