"""Ordinary traffic as visits, without frames: what the scoring model can be trained on where there is no history yet,
and odd stops after published cases to measure it by."""

from __future__ import annotations

from detector.simulation.traffic.fields import FieldTable
from detector.simulation.traffic.odd import FAMILIES, Odd, odd_stops
from detector.simulation.traffic.world import World, made_world

__all__ = ["FAMILIES", "FieldTable", "Odd", "World", "made_world", "odd_stops"]
