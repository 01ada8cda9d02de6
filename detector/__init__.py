"""Unusual aircraft stops from raw Mode S: what was seen, what was inferred, and what could not be known."""

__version__ = "0.1.0"
