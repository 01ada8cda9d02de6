"""The map that a replay writes: one file, nothing loaded from anywhere, fit to be printed by a newsroom."""

from detector.web.replay_map.case import MapCase, Track
from detector.web.replay_map.collector import TrackCollector
from detector.web.replay_map.page import render

__all__ = ["MapCase", "Track", "TrackCollector", "render"]
