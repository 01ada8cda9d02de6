"""What is usual: learned from stops of the past, and asked by rules. Pure; reading and keeping are elsewhere."""

from __future__ import annotations

from detector.scoring.baselines import Baselines, GroundTimes, Who

__all__ = ["Baselines", "GroundTimes", "Who"]
