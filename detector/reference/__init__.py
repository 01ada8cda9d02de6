"""What is known before listening: fields with their runways, and lists of fields to watch, with dates and sources."""

from __future__ import annotations

from detector.reference.airports import Airports, Runway, RunwayEnd
from detector.reference.raster import Raster
from detector.reference.table import Kind, Surface
from detector.reference.watchlist import WatchList

__all__ = ["Airports", "Kind", "Raster", "Runway", "RunwayEnd", "Surface", "WatchList"]
