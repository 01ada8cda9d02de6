"""Newer tables that a person downloaded: read, held against those in use, and taken in whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from detector.app import reference_files as files
from detector.domain.errors import ConfigError, UsageError
from detector.editions import AIRCRAFT, AIRPORTS, OFAC, Library, NewTable, Version
from detector.reference import aircraft_review, airport_review
from detector.reference.aircraft_rows import AircraftRows
from detector.reference.aircraft_table import AircraftTable
from detector.reference.airport_packing import pack
from detector.reference.airport_rows import read_airports, read_runways
from detector.reference.airports import Airports
from detector.reference.ofac import Refused, SdnChanges, SdnList, changes, merged, read_sdn_advanced, read_sdn_csv
from detector.settings import Configuration, load_configuration, reference_folder
from detector.settings.tables import Tables, load_tables

SNIFFED_BYTES = 4096


@dataclass(frozen=True, slots=True)
class UpdateOptions:
    """What to take in, and how much to take on trust.

    aircraft     files of aircraft, each a table of its own; `name` of the table where there is one file
    dated        the day the tables were published, where the files do not say
    accepted     codes of fields that somebody has looked at; `accept_moves`: moves of fields are no suspicion
    forced       limits for whole files do not count: much removed, much refused
    """

    config: Path | None = None
    airports: Path | None = None
    runways: Path | None = None
    aircraft: tuple[Path, ...] = ()
    name: str | None = None
    ofac: Path | None = None
    dated: date | None = None
    accepted: frozenset[str] = frozenset()
    accept_moves: bool = False
    forced: bool = False


class Reviewed(Protocol):
    """What a new table changes."""

    def lines(self, limit: int) -> list[str]:
        """For a person."""

    def record(self) -> dict[str, Any]:
        """As JSON."""


@dataclass(slots=True)
class Update:
    """What was read and held against the tables in use, and nothing taken in yet."""

    editions: Library
    base: Version | None
    tables: list[NewTable] = field(default_factory=list)
    reviews: list[tuple[str, Reviewed]] = field(default_factory=list)

    def lines(self, limit: int) -> list[str]:
        """The differences, table by table."""
        told = []
        for name, review in self.reviews:
            told += [name, *(f"  {line}" for line in review.lines(limit))]
        return told

    def record(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "base": None if self.base is None else self.base.number,
            "tables": [
                {"kind": table.kind, "name": table.name, "rows": table.rows, "review": review.record()}
                for table, (_, review) in zip(self.tables, self.reviews, strict=True)
            ],
        }

    def take(self, taken_at: str) -> Version:
        """Put them to use; all of them at once."""
        note = "took in " + ", ".join(original.name for table in self.tables for original in table.originals)
        return self.editions.take(self.tables, self.base, taken_at, note)


def prepared(options: UpdateOptions, today: date) -> Update:
    """Everything read and judged; nothing is of a day after `today`.

    Raises UsageError, ConfigError or InputError, in one line.
    """
    if options.dated is not None and options.dated > today:
        raise UsageError(f"--dated {options.dated}: is yet to come")
    if options.runways is not None and options.airports is None:
        raise UsageError("--runways goes with --airports: runways are laid through the fields of the same table")
    if options.airports is None and options.ofac is None and not options.aircraft:
        raise UsageError("nothing to take in: name a file with --airports, --aircraft or --ofac")
    if options.name is not None and len(options.aircraft) != 1:
        raise UsageError("--name is for one table of aircraft; give one --aircraft with it")
    configuration = load_configuration(options.config)
    folder = reference_folder(configuration.path.parent, configuration.settings)
    tables = load_tables(folder)
    update = Update(Library(folder), tables.version)
    if options.airports is not None:
        _airports(update, options, options.airports, configuration, tables)
    for path in options.aircraft:
        _aircraft(update, options, path)
    if options.ofac is not None:
        _ofac(update, options, options.ofac, tables.sdn)
    return update


def _airports(update: Update, options: UpdateOptions, path: Path, configuration: Configuration, tables: Tables) -> None:
    old = Airports.from_bytes(tables.airports)
    with files.text(path) as lines:
        fields = read_airports(lines, str(path), dict(zip(old.codes, old.elevation_ft.tolist(), strict=True)))
    refused, runways, unread = list(fields.refused), None, frozenset[str]()
    if options.runways is not None:
        with files.text(options.runways) as lines:
            read = read_runways(lines, str(options.runways))
        refused += read.refused
        runways, unread = read.rows, frozenset(row.code for row in read.refused)
    there = {*old.codes, *(row.code for row in fields.rows), *(row.code for row in fields.refused)}
    if unknown := sorted(options.accepted - there):
        raise UsageError(f"--accept {unknown[0]}: a field of neither table")
    packed, notes = pack(fields.rows, runways, old.table, unread)
    watched = {configuration.airports.codes[i] for i in configuration.watchlist.indices}
    review = airport_review.review(
        old,
        packed,
        refused,
        watched,
        name=str(path),
        witnessed={moved.code for moved in notes.moved},
        astray=notes.astray,
        accepted=options.accepted,
        accept_moves=options.accept_moves,
        forced=options.forced,
    )
    data = review.table.to_bytes()
    # Corrections and lists that do not fit the new table would keep everything from starting afterwards.
    try:
        load_configuration(options.config, airports=data)
    except ConfigError as error:
        raise ConfigError(f"{path}: with it the configuration would no longer fit: {error}") from error
    given = (path,) if options.runways is None else (path, options.runways)
    update.tables.append(
        NewTable(
            kind=AIRPORTS,
            name=AIRPORTS,
            data=data,
            rows=len(review.table.codes),
            source=f"{fields.form} ({', '.join(one.name for one in given)})",
            dated=options.dated,
            originals=tuple(files.original(one) for one in given),
        )
    )
    update.reviews.append((f"airports: {' and '.join(str(one) for one in given)}", review))


def _aircraft(update: Update, options: UpdateOptions, path: Path) -> None:
    with files.text(path) as lines:
        rows = AircraftRows(lines, str(path))
        read = list(rows)
    name = options.name or (path.name.split(".")[0] if rows.form == "plain" else rows.form)
    if any(table.kind == AIRCRAFT and table.name == name for table in update.tables):
        raise UsageError(f"{path}: a second table {name}; take them in one after the other, each with a --name")
    table = AircraftTable.of(read, f"{name} ({path.name})", options.dated)
    before = _table_named(update, name)
    review = aircraft_review.review(str(path), before, table, rows.refused, rows.unused, forced=options.forced)
    update.tables.append(
        NewTable(
            kind=AIRCRAFT,
            name=name,
            # It is read at every start; packed it would take three times as long.
            data=table.to_bytes(compressed=False),
            rows=len(table),
            source=table.source,
            dated=options.dated,
            originals=(files.original(path),),
        )
    )
    update.reviews.append((f"aircraft, table {name}", review))


def _table_named(update: Update, name: str) -> AircraftTable | None:
    """The table that would be replaced."""
    for entry in update.base.of_kind(AIRCRAFT) if update.base else ():
        if entry.name == name:
            return AircraftTable.from_bytes(update.editions.read(entry), name)
    return None


def _ofac(update: Update, options: UpdateOptions, path: Path, old: SdnList) -> None:
    with files.opened(path) as file:
        xml = file.peek(SNIFFED_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    if xml and options.dated is not None:
        raise UsageError(f"{path}: tells its own day; leave --dated away")
    if xml:
        with files.opened(path) as file:
            new, refused = read_sdn_advanced(file, str(path))
    else:
        with files.text(path) as lines:
            new, refused = read_sdn_csv(lines, str(path), options.dated or files.changed_on(path))
    whole = merged(old, new, forced=options.forced)
    update.tables.append(
        NewTable(
            kind=OFAC,
            name=OFAC,
            data=whole.to_bytes(),
            rows=len(whole.current()),
            source=whole.source,
            dated=whole.dated,
            originals=(files.original(path),),
        )
    )
    update.reviews.append((f"OFAC SDN list: {path}", _SdnReview(changes(old, new), refused)))


@dataclass(frozen=True, slots=True)
class _SdnReview:
    """Changes of the list, and what of the file was not taken."""

    changes: SdnChanges
    refused: Refused

    def lines(self, limit: int) -> list[str]:
        made, refused = self.changes, self.refused
        sums = f"{len(made.added):,} aircraft new, {len(made.removed):,} gone, {len(made.changed):,} fields changed"
        others = f"{refused.others:,} entries are no aircraft"
        told = [f"of {made.before} before, of {made.after} now: {sums}; {others}"]
        for what, lines in (("", made.lines()), ("refused: ", refused.rows), ("note: ", refused.notes)):
            told += [f"{what}{line}" for line in lines[:limit]]
            told += [f"{what}and {len(lines) - limit:,} more"] if len(lines) > limit else []
        return told

    def record(self) -> dict[str, Any]:
        made: dict[str, Sequence[Any]] = {
            name: [str(line) for line in getattr(self.refused, name)] for name in ("rows", "notes")
        }
        return {"changes": self.changes.lines(), "others": self.refused.others, **made}
