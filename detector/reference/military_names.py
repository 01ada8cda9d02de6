"""Which fields are military by their name alone: a table of words, read on the names of all fields."""

from __future__ import annotations

import re

WORDS = (
    # Any language's air force, navy and army, as the tables of the world spell them in English.
    r"air force", r"air ?bases?", r"airbase", r"air station", r"air reserve", r"air national guard", r"national guard",
    r"natl guard", r"space (?:force )?base", r"joint base", r"naval", r"navy", r"marine corps", r"army", r"military",
    # In short: bases of air force, reserve and all together; naval air stations, their landing fields; army fields.
    r"afb", r"angb", r"arb", r"jrb", r"nas", r"nolf", r"nalf", r"mcas", r"mcalf", r"mcolf", r"aaf", r"ahp",
    r"raaf", r"rnas", r"rnzaf", r"cfb",
    # Spanish, Portuguese, French, German.
    r"base a[ée]rea", r"base a[ée]rienne", r"fuerza a[ée]rea", r"for[çc]a a[ée]rea", r"aeronaval", r"ej[ée]rcito",
    r"militar", r"militaire", r"fliegerhorst", r"milit[äa]rflugplatz", r"ba \d{3}",
)  # fmt: skip
BY_NAME = re.compile(rf"\b(?:{'|'.join(WORDS)})\b|^raf\b|\bab$", re.I)
NOT_MILITARY = re.compile(r"pol[íi]cia militar|salvation army|military airplanes", re.I)
"""State police of Brazil; a charity; a factory."""
CALLED_SO = re.compile(r"\bair ?base\b", re.I)
"""In the United States a base of the air force is called Air Force Base; an "Air Base" there is somebody's strip."""


def military_by_name(name: str, country: str) -> bool:
    """Whether the name says that a field is a military one. `country`: ISO 3166 alpha-2."""
    name = NOT_MILITARY.sub("", name)
    if country == "US":
        name = CALLED_SO.sub("", name)
    return BY_NAME.search(name) is not None
