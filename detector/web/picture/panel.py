"""One map of a picture: a rectangle of paper that shows a rectangle of the world."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.domain.units import M_PER_NM
from detector.web.picture import palette
from detector.web.picture.case import HeardCell
from detector.web.picture.shapes import number, rectangle, text
from detector.web.replay_map.land import land_paths
from detector.web.replay_map.markup import Markup, element
from detector.web.replay_map.projection import MAX_LATITUDE_DEG, UNITS_PER_DEG, Box, Mercator

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

LAND_DETAIL = 0.5
"""Paper units to which the coast is rounded."""
GRID_STEPS_DEG = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30)
GRID_LINES = 6
SCALE_SHARE = 0.24
"""Of the width, at most, for the scale bar."""
SCALE_STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
HALF_CELL_DEG = 0.25


@dataclass(frozen=True, slots=True)
class Frame:
    """Where it lies on the paper."""

    x: float
    y: float
    width: float
    height: float

    @property
    def aspect(self) -> float:
        return self.width / self.height


class Panel:
    """`box`, in map units, is grown to the shape of the frame, and so is what the panel shows.

    `name` tells its clip from those of other panels of the same document.
    """

    def __init__(self, name: str, frame: Frame, projection: Mercator, box: Box) -> None:
        self.name = name
        self.frame = frame
        self.projection = projection
        wide = max(box.width, box.height * frame.aspect)
        # No more than once round the world.
        wide = min(wide, projection.world.width)
        high = wide / frame.aspect
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        self.box = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
        self.scale = frame.width / wide
        """Paper units a map unit."""

    def xy(self, latitude_deg: npt.ArrayLike, longitude_deg: npt.ArrayLike) -> tuple[F64, F64]:
        """Places on the paper."""
        x = (self.projection.x(longitude_deg) - self.box.left) * self.scale + self.frame.x
        y = (self.projection.y(latitude_deg) - self.box.top) * self.scale + self.frame.y
        return x, y

    def point(self, latitude_deg: float, longitude_deg: float) -> tuple[float, float]:
        """One place."""
        x, y = self.xy(latitude_deg, longitude_deg)
        return float(x), float(y)

    def shows(self, latitude_deg: float, longitude_deg: float, margin: float = 0.0) -> bool:
        """Whether a place lies in it, `margin` paper units from its rim."""
        x, y = self.point(latitude_deg, longitude_deg)
        frame = self.frame
        return abs(latitude_deg) <= MAX_LATITUDE_DEG and (
            frame.x + margin <= x <= frame.x + frame.width - margin
            and frame.y + margin <= y <= frame.y + frame.height - margin
        )

    @property
    def nm_across(self) -> float:
        """Its width at its middle."""
        lat = self._latitude((self.box.top + self.box.bottom) / 2)
        return self.box.width / UNITS_PER_DEG * 60.0 * math.cos(math.radians(lat))

    def clip(self) -> Markup:
        """The definition that `clipped` refers to."""
        frame = self.frame
        rect = rectangle(frame.x, frame.y, frame.width, frame.height)
        return element("clipPath", rect, id=f"{self.name}-clip")

    def clipped(self, *parts: str) -> Markup:
        """Shapes cut at the frame."""
        return element("g", *parts, clip_path=f"url(#{self.name}-clip)")

    def base(self) -> list[Markup]:
        """Sea, land and coast. No borders."""
        frame, box = self.frame, self.box
        grid = max(5, round(LAND_DETAIL / self.scale))
        land, coast = land_paths(self.projection, box, grid)
        scale = self.scale * grid
        move = (
            f"translate({frame.x - box.left * self.scale:.3f} {frame.y - box.top * self.scale:.3f}) scale({scale:.6g})"
        )
        return [
            rectangle(frame.x, frame.y, frame.width, frame.height, fill=palette.SEA),
            element("path", d=land, transform=move, fill=palette.LAND, fill_rule="evenodd"),
            element("path", d=coast, transform=move, fill="none", stroke=palette.COAST,
                    stroke_width=f"{0.8 / scale:.4g}", stroke_linejoin="round"),
        ]  # fmt: skip

    def hearing(self, cells: Sequence[HeardCell]) -> dict[str, Markup]:
        """Cells in which anybody was heard, by the tint that says how low; the lowest first."""
        runs: dict[str, list[str]] = {}
        for cell in cells:
            colour = next(colour for limit, colour in palette.HEARD_BELOW if cell.lowest_ft < limit)
            lat = np.array([cell.latitude_deg + HALF_CELL_DEG, cell.latitude_deg - HALF_CELL_DEG])
            lon = np.array([cell.longitude_deg - HALF_CELL_DEG, cell.longitude_deg + HALF_CELL_DEG])
            x, y = self.xy(lat, lon)
            if x[1] <= x[0] or not self._meets(x, y):
                continue
            d = f"M{number(x[0])} {number(y[0])}H{number(x[1])}V{number(y[1])}H{number(x[0])}z"
            runs.setdefault(colour, []).append(d)
        return {
            colour: element("path", d="".join(runs[colour]), fill=colour, fill_opacity=palette.HEARD_OPACITY)
            for _, colour in palette.HEARD_BELOW
            if colour in runs
        }

    def graticule(self) -> list[Markup]:
        """Meridians and parallels, with their degrees at the rim."""
        frame, box = self.frame, self.box
        step = next((s for s in GRID_STEPS_DEG if box.width / UNITS_PER_DEG / s <= GRID_LINES), GRID_STEPS_DEG[-1])
        digits = 2 if step < 0.1 else 1 if step < 1 else 0
        lines, words = [], []
        first = math.ceil((box.left / UNITS_PER_DEG + self.projection.meridian_deg) / step)
        last = math.floor((box.right / UNITS_PER_DEG + self.projection.meridian_deg) / step)
        for count in range(first, last + 1):
            x = (count * step - self.projection.meridian_deg) * UNITS_PER_DEG
            at = (x - box.left) * self.scale + frame.x
            lines.append(f"M{number(at)} {number(frame.y)}v{number(frame.height)}")
            degrees = (count * step + 180.0) % 360.0 - 180.0
            if frame.x + 90 < at < frame.x + frame.width - 24:
                words.append(_degrees(at, frame.y + frame.height - 5, degrees, "EW", digits, "middle"))
        for count in range(math.ceil(-80 / step), math.floor(80 / step) + 1):
            at = self.point(count * step, self.projection.meridian_deg)[1]
            if frame.y < at < frame.y + frame.height:
                lines.append(f"M{number(frame.x)} {number(at)}h{number(frame.width)}")
            if frame.y + 30 < at < frame.y + frame.height - 66:
                words.append(_degrees(frame.x + 5, at - 3, count * step, "NS", digits, "start"))
        return [element("path", d="".join(lines), fill="none", stroke=palette.GRID, stroke_width=0.7), *words]

    def furniture(self) -> list[Markup]:
        """Scale bars in kilometres and nautical miles, and north, in the lower left corner."""
        frame = self.frame
        km_across = self.nm_across * M_PER_NM / 1000.0
        parts = []
        x, y = frame.x + 12, frame.y + frame.height - 34
        for across, unit, row in ((km_across, "km", 0), (self.nm_across, "NM", 1)):
            most = across * SCALE_SHARE
            length = max((s for s in SCALE_STEPS if s <= most), default=most)
            end = x + length / across * frame.width
            top = y + row * 14
            d = f"M{number(x)} {number(top - 4)}V{number(top)}H{number(end)}V{number(top - 4)}"
            parts.append(element("path", d=d, fill="none", stroke=palette.INK, stroke_width=1.3))
            parts.append(text(f"{length:,.4g} {unit}", end + 5, top, 10))
        arrow = f"M{number(x + 3)} {number(y - 12)}v-16m-3.5 5l3.5-6 3.5 6"
        parts.append(element("path", d=arrow, fill="none", stroke=palette.INK, stroke_width=1.3))
        parts.append(text("N", x + 10, y - 15, 10, bold=True))
        return parts

    def rim(self) -> Markup:
        """The line around it."""
        frame = self.frame
        return rectangle(frame.x, frame.y, frame.width, frame.height, fill="none", stroke=palette.COAST, stroke_width=1)

    def _meets(self, x: F64, y: F64) -> bool:
        frame = self.frame
        return bool(
            x[1] > frame.x and x[0] < frame.x + frame.width and y[1] > frame.y and y[0] < frame.y + frame.height
        )

    def _latitude(self, y: float) -> float:
        return math.degrees(math.atan(math.sinh(-math.radians(y / UNITS_PER_DEG))))


def _degrees(x: float, y: float, degrees: float, signs: str, digits: int, anchor: str) -> Markup:
    sign = signs[0] if degrees > 0 else signs[1] if degrees < 0 else ""
    return text(f"{abs(degrees):.{digits}f}\u00b0{sign}", x, y, 9.5, fill=palette.SOFT, anchor=anchor)
