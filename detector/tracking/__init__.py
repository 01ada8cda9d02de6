"""Reports to tracks, and the moments in them that can begin or end a movement."""

from detector.tracking.clock import EventClock
from detector.tracking.reception import Reception
from detector.tracking.settings import TrackingSettings
from detector.tracking.tracker import Tracker, TrackPoints

__all__ = ["EventClock", "Reception", "TrackPoints", "Tracker", "TrackingSettings"]
