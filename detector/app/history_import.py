"""Files of stops and flights into the archive of visits: what each file is, is told by its first line."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from detector.app import reference_files
from detector.domain.errors import InputError
from detector.domain.visit import Visit
from detector.history import bts, opensky_list, recorded
from detector.history.archive import Added, Archive
from detector.history.flights import Pairing
from detector.history.naming import named
from detector.settings import Configuration

AT_ONCE = 200_000
"""Visits that go into the archive together: each time every month that they touch is written anew."""
TOLD_EVERY = 10_000
"""Lines."""

Progress = Callable[[Path, str, int], None]
"""File, what is done with it, and how many lines (or visits) of it so far."""


class Format(StrEnum):
    """What a file is."""

    STOPS = "replay"
    OPENSKY = "opensky"
    BTS = "bts"


@dataclass
class Imported:
    """What became of a file. `lines` without the names of the columns; `unused` by reason."""

    path: Path
    format: Format
    lines: int = 0
    visits: int = 0
    added: Added = field(default_factory=Added)
    unused: Counter[str] = field(default_factory=Counter)


def imported(
    paths: Sequence[Path], archive: Archive, configuration: Configuration, progress: Progress
) -> Iterator[Imported]:
    """Take in one file after the other.

    Flights are paired over the borders of files of one format. Raises InputError, in one line, at a file that cannot be
    read or is of no known format; what was before it is in the archive.
    """
    pairings = {Format.OPENSKY: Pairing(), Format.BTS: Pairing()}
    for path in paths:
        with reference_files.text(path) as lines:
            first = next(lines, "")
            done = Imported(path, _format(first, path))
            counted = _counted(itertools.chain([first], lines), done, progress)
            found = _visits(counted, done, pairings, configuration)
            while batch := list(itertools.islice(found, AT_ONCE)):
                done.visits += len(batch)
                progress(path, "writing", done.visits)
                done.added = done.added.and_(archive.add(batch))
                batch.clear()  # or it is still there while the next one is made
        yield done


def _format(first: str, path: Path) -> Format:
    if first.lstrip("\ufeff ").startswith("{"):
        return Format.STOPS
    columns = {name.strip().strip('"').casefold() for name in first.split(",")}
    if {"icao24", "firstseen"} <= columns:
        return Format.OPENSKY
    if columns & {"tail_num", "tail_number"}:
        return Format.BTS
    raise InputError(
        f"{path}: neither stops of `detector replay --stops`, nor a flight list of OpenSky or the BTS with the names "
        "of its columns in the first line"
    )


def _counted(lines: Iterable[str], done: Imported, progress: Progress) -> Iterator[str]:
    head = 0 if done.format is Format.STOPS else 1
    for number, line in enumerate(lines, 1 - head):
        done.lines = number
        if number % TOLD_EVERY == 0:
            progress(done.path, "reading", number)
        yield line


def _visits(
    lines: Iterable[str], done: Imported, pairings: dict[Format, Pairing], configuration: Configuration
) -> Iterator[Visit]:
    """Visits with what is known of their aircraft."""
    name, airports = done.path.name, configuration.airports
    found: Iterable[Visit]
    if done.format is Format.STOPS:
        found = recorded.visits(lines, name, done.unused)
    else:
        read = opensky_list.flights if done.format is Format.OPENSKY else bts.flights
        flights = read(lines, str(done.path), airports, done.unused)
        found = pairings[done.format].visits(flights, done.format.value, name)
    return (named(visit, configuration.identities) for visit in found)
