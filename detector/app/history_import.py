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
from detector.domain.stop import Stop
from detector.domain.visit import Visit
from detector.domain.wire import stop_line
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
    SERVICE = "service"
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
            _take_in(counted, done, pairings, archive, configuration, progress)
        yield done


def from_service(stops: Iterable[Stop], archive: Archive, configuration: Configuration, progress: Progress) -> Imported:
    """Take in the stops that the store of the service holds."""
    done = Imported(Path("service"), Format.SERVICE)
    lines = (stop_line(stop).decode() for stop in stops)
    _take_in(_counted(lines, done, progress), done, {}, archive, configuration, progress)
    return done


def _take_in(
    lines: Iterable[str],
    done: Imported,
    pairings: dict[Format, Pairing],
    archive: Archive,
    configuration: Configuration,
    progress: Progress,
) -> None:
    found, no_visits = _visits(lines, done, pairings, configuration)
    while batch := list(itertools.islice(found, AT_ONCE)):
        done.visits += len(batch)
        progress(done.path, "writing", done.visits)
        done.added = done.added.and_(archive.add(batch))
        batch.clear()  # or it is still there while the next one is made
    done.added = done.added.and_(archive.remove(no_visits))


def _format(first: str, path: Path) -> Format:
    if first.lstrip("\ufeff ").startswith("{"):
        if '"detector.alert/' in first:
            raise InputError(f"{path}: alerts; give the stops, which `detector replay --stops` writes")
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
    head = 0 if done.format in (Format.STOPS, Format.SERVICE) else 1
    for number, line in enumerate(lines, 1 - head):
        done.lines = number
        if number % TOLD_EVERY == 0:
            progress(done.path, "reading", number)
        yield line


def _visits(
    lines: Iterable[str], done: Imported, pairings: dict[Format, Pairing], configuration: Configuration
) -> tuple[Iterator[Visit], Sequence[str]]:
    """Visits with what is known of their aircraft, and ids of those that are none."""
    name, airports = done.path.name, configuration.airports
    found: Iterable[Visit]
    no_visits: Sequence[str] = ()
    if done.format in (Format.STOPS, Format.SERVICE):
        source = "service" if done.format is Format.SERVICE else f"replay {name}"
        found, no_visits = recorded.read(lines, source, done.unused)
    else:
        read = opensky_list.flights if done.format is Format.OPENSKY else bts.flights
        flights = read(lines, str(done.path), airports, done.unused)
        found = pairings[done.format].visits(flights, done.format.value, name)
    return (named(visit, configuration.identities) for visit in found), no_visits
