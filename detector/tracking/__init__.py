"""Reports to tracks, and the moments in them that can begin or end a movement."""

from detector.tracking.clock import EventClock
from detector.tracking.settings import TrackingSettings
from detector.tracking.tracker import Tracker, TrackPoints

__all__ = ["EventClock", "TrackPoints", "Tracker", "TrackingSettings"]
