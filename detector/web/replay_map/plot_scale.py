"""Where times and values lie in a plot: in its own units for shapes, in percent for words, which are not stretched."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 200


@dataclass(frozen=True, slots=True)
class Scale:
    """From `since` to `until`, Unix s UTC, and from 0 to `top` in whatever unit."""

    since: float
    until: float
    top: float

    def x(self, at: float) -> float:
        """From the left."""
        return (at - self.since) / (self.until - self.since) * WIDTH

    def y(self, value: float) -> float:
        """From above; nothing lies below 0."""
        return HEIGHT - max(0.0, value) / self.top * HEIGHT

    def left(self, at: float) -> str:
        """`x` in percent."""
        return f"{self.x(at) / WIDTH * 100:.2f}%"

    def down(self, value: float) -> str:
        """`y` in percent."""
        return f"{self.y(value) / HEIGHT * 100:.2f}%"
