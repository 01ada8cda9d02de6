"""Where words go on a map: near their place, off the lines, and never on each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from detector.web.picture import palette
from detector.web.picture.lettering import width
from detector.web.picture.panel import Frame
from detector.web.picture.shapes import number, text
from detector.web.replay_map.markup import Markup, element

F64 = npt.NDArray[np.float64]

DIRECTIONS = (
    (1, 0), (-1, 0), (1, -0.7), (1, 0.7), (-1, -0.7), (-1, 0.7), (0, -1), (0, 1), (0.6, -1), (0.6, 1), (-0.6, -1),
    (-0.6, 1),
)  # fmt: skip
"""East first: a reader looks for the words to the right of the mark."""
DISTANCES = (9.0, 16.0, 26.0, 40.0, 58.0, 80.0, 110.0)
LEADER_FROM = 15.0
MARGIN = 4.0
LEADING = 1.22
ON_A_LINE = 8.0
"""What a point of a line under the words costs, beside a paper unit further away."""
OFF_EAST = 2.0


@dataclass(frozen=True, slots=True)
class Words:
    """Lines of a label: (text, bold)."""

    lines: tuple[tuple[str, bool], ...]
    size: float
    fill: str

    @property
    def width(self) -> float:
        return max(width(line, self.size, bold=bold) for line, bold in self.lines)

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


@dataclass(frozen=True, slots=True)
class _Rect:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Rect) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class Placer:
    """Places the words of one panel, in the order in which they are given: the most important first."""

    def __init__(self, frame: Frame, lines: Sequence[tuple[F64, F64]]) -> None:
        """`lines`: what is drawn, as (x, y) on the paper; words keep off them where they can."""
        self._frame = frame
        self._taken: list[_Rect] = []
        points = [_dense(x, y) for x, y in lines]
        self._points = np.concatenate(points, axis=1) if points else np.zeros((2, 0))

    def keep_free(self, x: float, y: float, width: float, height: float) -> None:
        """Nothing may be placed there."""
        self._taken.append(_Rect(x, y, x + width, y + height))

    def covered(self, x: float, y: float) -> bool:
        """Whether words or marks lie there already."""
        point = _Rect(x - 3, y - 3, x + 3, y + 3)
        return any(point.meets(other) for other in self._taken)

    def place(self, x: float, y: float, words: Words, *, must: bool = False, beside: bool = False) -> list[Markup]:
        """The words at a point; none where there is no room, unless they must stand somewhere. `beside`: only near."""
        best: tuple[float, _Rect, float] | None = None
        for distance in DISTANCES[:1] if beside else DISTANCES:
            for turn, (dx, dy) in enumerate(DIRECTIONS):
                rect = self._rect(x, y, words, dx, dy, distance)
                if not self._inside(rect):
                    continue
                hits = sum(rect.meets(other) for other in self._taken)
                if hits and not must:
                    continue
                cost = distance + OFF_EAST * turn + ON_A_LINE * self._crossed(rect) + 1000.0 * hits
                if best is None or cost < best[0]:
                    best = (cost, rect, distance)
        if best is None:
            return []
        _, rect, distance = best
        self._taken.append(rect)
        parts = [_leader(x, y, rect)] if distance > LEADER_FROM else []
        left = rect.right < x
        for row, (line, bold) in enumerate(words.lines):
            base = rect.top + words.size * (0.92 + row * LEADING)
            at, anchor = (rect.right, "end") if left else (rect.left, "start")
            parts.append(text(line, at, base, words.size, bold=bold, fill=words.fill, anchor=anchor))
        return parts

    def _rect(self, x: float, y: float, words: Words, dx: float, dy: float, distance: float) -> _Rect:
        middle_x = x + dx * (distance + words.width / 2)
        middle_y = y + dy * (distance + words.height / 2)
        return _Rect(
            middle_x - words.width / 2, middle_y - words.height / 2,
            middle_x + words.width / 2, middle_y + words.height / 2,
        )  # fmt: skip

    def _inside(self, rect: _Rect) -> bool:
        frame = self._frame
        return (
            rect.left >= frame.x + MARGIN
            and rect.right <= frame.x + frame.width - MARGIN
            and rect.top >= frame.y + MARGIN
            and rect.bottom <= frame.y + frame.height - MARGIN
        )

    def _crossed(self, rect: _Rect) -> int:
        x, y = self._points
        inside = (x > rect.left - 2) & (x < rect.right + 2) & (y > rect.top - 1) & (y < rect.bottom + 1)
        return int(np.count_nonzero(inside))


def _leader(x: float, y: float, rect: _Rect) -> Markup:
    """From the mark to the nearest edge of the words."""
    end_x = min(max(x, rect.left - 2), rect.right + 2)
    end_y = min(max(y, rect.top + 2), rect.bottom - 1)
    d = f"M{number(x)} {number(y)}L{number(end_x)} {number(end_y)}"
    return element("path", d=d, fill="none", stroke=palette.SOFT, stroke_width=0.8)


def _dense(x: F64, y: F64, every: float = 5.0) -> F64:
    """Points along a line, no further apart than `every`; (2, n)."""
    if len(x) < 2:
        return np.stack([x, y])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    count = int(min(along[-1] / every, 4_000)) + 2
    at = np.linspace(0.0, along[-1], count)
    return np.stack([np.interp(at, along, x), np.interp(at, along, y)])
