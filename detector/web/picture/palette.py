"""Colours and weights of a picture on white paper. Written on each shape: a style sheet would leak into a page."""

from __future__ import annotations

INK, SOFT, RULE, PAPER = "#1b1f24", "#59636e", "#c9ced4", "#ffffff"
SEA, LAND, COAST, GRID = "#dfe9ef", "#f7f4ec", "#8fa3b0", "#c3d2db"
ALARM, INFERRED_SHADE = "#b3121d", "#f3d9d3"
LEGS = ("#1859b8", "#c2410c", "#0f766e", "#8a2a8f", "#7a5c00", "#4b5563")
"""Of flights in their order; told apart without red and green as well."""
HEARD_BELOW = ((5_000.0, "#7d9a6c"), (20_000.0, "#a9bd9a"), (float("inf"), "#d3decb"))
"""Tints by the lowest altitude at which anybody was heard, ft."""
HEARD_OPACITY = 0.45
