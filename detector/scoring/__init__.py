"""What is usual, learned from stops of the past, and how odd a stop is beside it. Pure; reading and keeping are
elsewhere. `training` and `artefact` need scikit-learn and are imported by whoever has it."""

from __future__ import annotations

from detector.scoring.baselines import Baselines, GroundTimes, Who
from detector.scoring.places import Places
from detector.scoring.scorer import Scorer, Ways

__all__ = ["Baselines", "GroundTimes", "Places", "Scorer", "Ways", "Who"]
