"""Reference tables that a person has loaded, in versions; the tables that come with the program lie in the package."""

from __future__ import annotations

from detector.editions.shelf import Library, NewTable
from detector.editions.versions import AIRCRAFT, AIRPORTS, OFAC, Original, TableEntry, Version

__all__ = ["AIRCRAFT", "AIRPORTS", "OFAC", "Library", "NewTable", "Original", "TableEntry", "Version"]
