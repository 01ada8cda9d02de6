"""Lengths of time in words, as findings, reasons and pages tell them."""

from __future__ import annotations


def duration_text(seconds: float) -> str:
    """`47 min`, `1 h 05 min`, `2 d 3 h`; to the nearest minute."""
    minutes = round(seconds / 60.0)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def span_text(low_s: float, high_s: float) -> str:
    """`5 min to 45 min`; of two lengths that read alike only one is told."""
    low, high = duration_text(low_s), duration_text(high_s)
    return low if low == high else f"{low} to {high}"
