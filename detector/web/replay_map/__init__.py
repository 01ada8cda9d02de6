"""The map that a replay writes: one file, nothing loaded from anywhere, fit to be printed by a newsroom."""

from detector.domain.track import Track
from detector.tracking.trails import TrackCollector
from detector.web.replay_map.case import MapCase
from detector.web.replay_map.page import render

__all__ = ["MapCase", "Track", "TrackCollector", "render"]
