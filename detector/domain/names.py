"""Aircraft and fields in a few words, for whoever reads and does not parse."""

from __future__ import annotations

NOBODY = frozenset({"private", "privately owned", "unknown"})
"""What tables put in place of an operator."""


def aircraft_name(
    icao24: str,
    registration: str | None,
    type_name: str | None,
    operator: str | None,
    callsign: str | None = None,
) -> str:
    """`Ilyushin Il-62 RA-86572 (Russian Air Force, RFF7092)`; the address where no registration is known."""
    name = " ".join(part for part in (type_name, registration or icao24) if part)
    whose = operator if operator and operator.lower() not in NOBODY else None
    details = ", ".join(part for part in (whose, callsign) if part)
    return f"{name} ({details})" if details else name


def field_name(name: str, place: str) -> str:
    """The name, and the town where the name does not say it."""
    return name if not place or place.lower() in name.lower() else f"{name}, {place}"
