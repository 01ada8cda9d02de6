"""Tracks to landings, take-offs and stops, each stop with its level, its interval and its checks."""

from detector.movements.check_settings import CheckSettings
from detector.movements.life import Life
from detector.movements.machine import Movements
from detector.movements.quarantine import believed
from detector.movements.settings import MovementSettings

__all__ = ["CheckSettings", "Life", "MovementSettings", "Movements", "believed"]
