"""What a reader calls a place: its country by name, and its clock."""

from __future__ import annotations

import importlib.resources
import zoneinfo
from datetime import timedelta
from functools import cache

import tzfpy

from detector.domain.times import EPOCH

AS_READERS_SAY = {"KP": "North Korea", "KR": "South Korea", "GB": "United Kingdom"}
"""Where the time zone database sorts by another word."""


@cache
def _countries() -> dict[str, str]:
    """Names by ISO 3166 code, as the time zone database has them."""
    text = importlib.resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return dict(rows) | AS_READERS_SAY


def country_name(code: str | None) -> str:
    """`North Korea` of KP; the code where it has no name, nothing where there is none."""
    return _countries().get(code or "", code or "")


def zone_at(latitude_deg: float, longitude_deg: float) -> zoneinfo.ZoneInfo | None:
    """The time zone of a place on land; None where there is none to be named."""
    name = tzfpy.get_tz(longitude_deg, latitude_deg)
    try:
        return None if not name or name.startswith("Etc/") else zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local_clock(at: float, zone: zoneinfo.ZoneInfo) -> str:
    """`10:29`: the minute it is in there."""
    return (EPOCH + timedelta(seconds=at // 1)).astimezone(zone).strftime("%H:%M")


def offset_text(at: float, zone: zoneinfo.ZoneInfo) -> str:
    """`UTC+9`, `UTC+5:30`."""
    offset = (EPOCH + timedelta(seconds=at // 1)).astimezone(zone).utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60.0)
    sign, minutes = ("\u2212" if minutes < 0 else "+"), abs(minutes)
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02d}" if minutes % 60 else "")
