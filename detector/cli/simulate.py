"""`detector simulate`: a scenario played into a recording."""

from __future__ import annotations

import gzip
import json
import lzma
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import typer
import zstandard

from detector.domain.errors import ConfigError, InputError, OutputError
from detector.domain.times import iso
from detector.framing import avr, beast, csv, jet1090
from detector.reference.airports import Airports
from detector.settings import load_configuration
from detector.simulation import (
    Field,
    ReceiverClock,
    RunwayEnd,
    Scenario,
    Simulation,
    airports_of,
    parse_scenario,
)
from detector.simulation import simulate as play

Format = Literal["csv", "beast", "avr", "jet1090"]
BEAST_ESCAPE = 0x1A
CLOCK_RECORD_S = 600.0
"""How often a receiver's counter is dated: in this time a drift of 3 ppm stays below 2 ms."""


def simulate(
    scenario: Annotated[Path, typer.Argument(help="Scenario in YAML.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Recording to write; .gz, .zst and .xz compress.", show_default=False)
    ],
    format_: Annotated[Format, typer.Option("--format", help="Format of the recording.")] = "csv",
    truth: Annotated[Path | None, typer.Option(help="Also write what truly happened, as JSON.")] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings; the airports with their corrections come from them.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing.")] = False,
) -> None:
    """Make a recording from a scenario: aircraft fly, send, and are heard by receivers.

    The same scenario gives the same bytes. Beast recordings keep each receiver's own 12 MHz counter, with
    receiver ids and clock records that date them.
    """
    wanted = _read(scenario)
    played = play(wanted, fields_of(wanted, scenario, lambda: load_configuration(config).airports))
    _write(output, _compressed(_encoded(wanted, played, format_), output.suffix))
    if truth is not None:
        _write(truth, (json.dumps(_truth(wanted, played), indent=1) + "\n").encode())
    if not quiet:
        heard = f"{len(played.frames):,} receptions of {played.sent:,} frames sent"
        typer.echo(f"{output}: {heard}; {len(played.stops)} stops", err=True)


def _read(path: Path) -> Scenario:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}:1: not text in UTF-8") from None
    return parse_scenario(text, source=str(path))


def fields_of(scenario: Scenario, source: object, airports: Callable[[], Airports]) -> dict[str, Field]:
    """The airfields that the scenario names, as the table has them, which is only asked for where there are any.

    Raises ConfigError, naming `source`, for one that the table lacks.
    """
    codes = airports_of(scenario)
    if not codes:
        return {}
    table = airports()
    found = {}
    for code in sorted(codes):
        index = table.index_of(code)
        if index is None:
            raise ConfigError(f"{source}:1: {code}: not in the airports table")
        found[code] = field_of(table, index, code)
    return found


def field_of(airports: Airports, index: int, code: str) -> Field:
    """Field `index` of the table as the simulator needs it."""
    ends = tuple(
        RunwayEnd(end.ident, end.lat, end.lon, end.heading_deg, float(runway.length_ft))
        for runway in airports.runways_of(index)
        for end in runway.ends
    )
    elevation = float(airports.elevation_ft[index])
    place = float(airports.lat[index]), float(airports.lon[index])
    return Field(code, *place, 0.0 if np.isnan(elevation) else elevation, ends)


def _encoded(scenario: Scenario, played: Simulation, format_: Format) -> bytes:
    """The recording; runs of garbage stand between whole records, so no good frame is lost by them."""
    random = np.random.default_rng([scenario.seed, 1])
    rows = np.sort(random.integers(0, len(played.frames) + 1, scenario.garbage_runs)).tolist()
    pieces = _beast(played, rows) if format_ == "beast" else _lines(played, rows, format_)
    return b"".join(
        piece + (_garbage(random, format_) if k < len(pieces) - 1 else b"") for k, piece in enumerate(pieces)
    )


def _garbage(random: np.random.Generator, format_: Format) -> bytes:
    """1 to 40 bytes without a Beast escape; in text formats one line."""
    values = random.integers(0, 256, int(random.integers(1, 41)), np.uint8)
    values[(values == BEAST_ESCAPE) | (values == ord("\n")) | (values == ord("\r"))] = ord("?")
    return values.tobytes() + (b"" if format_ == "beast" else b"\n")


def _lines(played: Simulation, cuts: list[int], format_: Format) -> list[bytes]:
    """The recording in one of the text formats, cut before the rows `cuts`."""
    pieces = []
    for begin, end in pairwise([0, *cuts, len(played.frames)]):
        frames = played.frames.take(slice(begin, end))
        if format_ == "avr":
            pieces.append(avr.encode(frames))
        elif format_ == "jet1090":
            pieces.append(jet1090.encode(frames))
        else:
            pieces.append(csv.encode(frames, header=not pieces))
    return pieces


def _beast(played: Simulation, cuts: list[int]) -> list[bytes]:
    """Every receiver on its own counter, dated by a clock record where it is first heard and then now and again.

    Cut before the rows `cuts`.
    """
    frames = played.frames
    counted = frames.heard_at.copy()
    dated: list[tuple[int, ReceiverClock]] = []
    for clock in played.clocks:
        rows = np.flatnonzero(frames.receiver == np.uint64(clock.receiver))
        if len(rows):
            counted[rows] = clock.ticks(frames.heard_at[rows]) / 12e6
            spell = frames.heard_at[rows] // CLOCK_RECORD_S
            dated += [(int(row), clock) for row in rows[np.diff(spell, prepend=-1.0) > 0]]
    on_counters = replace(frames, heard_at=counted)
    clocks = dict(dated)
    pieces = [b""]
    marks = [0, *sorted({*clocks, *cuts} - {0}), len(frames)]
    for begin, end in pairwise(marks):
        pieces += [b""] * cuts.count(begin)
        if begin in clocks:
            clock = clocks[begin]
            millisecond = int(frames.heard_at[begin] * 1000)
            tick = int(clock.ticks(np.array([millisecond / 1000]))[0])
            pieces[-1] += _clock_record(clock.receiver, millisecond, tick)
        pieces[-1] += beast.encode(on_counters.take(slice(begin, end)), receiver_ids=True)
    return pieces + [b""] * (cuts.count(len(frames)) if len(frames) else 0)


def _clock_record(receiver: int, millisecond: int, tick: int) -> bytes:
    """Receiver id, clock record (never escaped), and an empty Mode A/C record whose counter is that millisecond."""
    body = tick.to_bytes(6, "big") + bytes(3)
    return (
        b"\x1a\xe3"
        + receiver.to_bytes(8, "big").replace(b"\x1a", b"\x1a\x1a")
        + b"\x1a\xe8"
        + millisecond.to_bytes(8, "little")
        + b"\x1a1"
        + body.replace(b"\x1a", b"\x1a\x1a")
    )


def _compressed(data: bytes, suffix: str) -> bytes:
    """By the suffix of the file's name; without dates in it, so that equal recordings are equal files."""
    if suffix == ".gz":
        return gzip.compress(data, mtime=0)
    if suffix in (".zst", ".zstd"):
        return zstandard.ZstdCompressor(level=9).compress(data)
    if suffix == ".xz":
        return lzma.compress(data)
    return data


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}") from None


def _truth(scenario: Scenario, played: Simulation) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "seed": scenario.seed,
        "frames": len(played.frames),
        "movements": [
            {
                "icao24": m.icao24,
                "callsign": m.callsign,
                "kind": m.movement.kind,
                "at": iso(m.movement.at),
                "airport": m.movement.airport,
                "runway": m.movement.runway,
            }
            for m in played.movements
        ],
        "stops": [
            {
                "icao24": s.icao24,
                "airport": s.airport,
                "landed": iso(s.landed_at),
                "departed": None if s.departed_at is None else iso(s.departed_at),
            }
            for s in played.stops
        ],
    }
