"""`detector replay`: recordings through the whole pipeline, and a table of stops and alerts at the end."""

from __future__ import annotations

import glob
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from detector import app, framing
from detector.cli import disturbances, maps, outputs, tables
from detector.cli.placed import placed
from detector.domain.errors import InputError, Reject, UsageError
from detector.domain.gap import GapClass
from detector.domain.times import iso, parse_iso
from detector.domain.wire import alert_line, gap_line, stop_line
from detector.feeds.files import open_recordings
from detector.framing.detect import SPOOL

WASTED = frozenset(
    {Reject.GARBAGE, Reject.BAD_TIME, Reject.BAD_HEX, Reject.LATE, Reject.TIME_JUMP, Reject.CRC, Reject.OVERLONG}
)
"""Rejects that a sound recording has few of."""
FEW = 100
FORMATS = ("auto", *framing.FORMATS, *framing.TRACK_FORMATS, SPOOL)
PATHS_HELP = "Recordings and decoded tracks: files, folders or globs, merged by time."
FORMAT_HELP = (
    f"One of {', '.join(FORMATS)}. The first ones after auto are frames, those from sbs on decoded tracks; "
    "traffic-json is what the Python library traffic writes, spool what `detector record` and the service write."
)


def replay(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help=PATHS_HELP)],
    format_: Annotated[str, typer.Option("--format", help=FORMAT_HELP)] = "auto",
    start_time: Annotated[
        str | None, typer.Option(metavar="ISO", help="Time of the first frame, for Beast and AVR without a date.")
    ] = None,
    stops: Annotated[
        str | None, typer.Option(metavar="FILE", help="Stops as JSON lines; - is standard output.")
    ] = None,
    alerts: Annotated[str | None, typer.Option(metavar="FILE", help="Alerts as JSON lines, every revision.")] = None,
    gaps: Annotated[str | None, typer.Option(metavar="FILE", help="Silences in flight as JSON lines.")] = None,
    map_: Annotated[str | None, typer.Option("--map", metavar="FILE.html", help="A map of what was found.")] = None,
    store: Annotated[str, typer.Option(metavar="STORE", help="embedded, memory, or redis://...")] = "embedded",
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes to use at most; so far always one.")] = 1,
    decoder: Annotated[str, typer.Option(help="columnar, or reference (pyModeS alone, slow).")] = "columnar",
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not resume an interrupted replay.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no tables.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as JSON instead of tables.")] = False,
) -> None:
    """Run recordings through the whole pipeline; a table of stops and alerts at the end."""
    targets = (("--stops", stops), ("--alerts", alerts), ("--gaps", gaps), ("--map", map_))
    to_output = [name for name, target in targets if target == "-"]
    if as_json:
        to_output.append("--json")
    if len(to_output) > 1:
        raise UsageError(f"{' and '.join(to_output)} cannot share standard output; give one of them a file")
    outputs.check_writable(stops, alerts, gaps, map_, inputs=_expanded(paths))
    options = app.ReplayOptions(
        paths=tuple(paths),
        format=format_,
        start_at=_start(start_time),
        store=store,
        config=config,
        decoder=decoder,
        fresh=fresh,
        tracks=map_ is not None,
    )
    with app.Replay(options) as run:
        unit = _unit(paths, format_)
        with _progress(shown=not quiet) as progress:
            result = run.run(progress)
        result.notes += _warnings(result, unit)
        if workers != 1:
            result.notes.append(f"--workers {workers}: this version replays in one process; the result is the same")
        if stops is not None:
            outputs.write_lines(stops, (stop_line(stop) for stop in result.stops))
        if alerts is not None:
            outputs.write_lines(alerts, (alert_line(alert) for alert in result.alerts))
        if gaps is not None:
            outputs.write_lines(gaps, (gap_line(gap) for gap in result.gaps))
        if map_ is not None:
            outputs.write(map_, maps.replay_map(run, result, paths).encode())
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, [json.dumps(_summary(result)).encode()])
    elif not quiet:
        # The tables move aside when standard output carries a result.
        tables.print_result(result, tables.console(stderr=bool(to_output)), unit)


def _expanded(paths: list[str]) -> list[str]:
    """Every file that may be read: none of them may be written over."""
    found = [name for path in paths for name in (glob.glob(path) or [path])]
    return found + [str(inner) for name in found if Path(name).is_dir() for inner in Path(name).rglob("*")]


def _unit(paths: list[str], format_: str) -> str:
    """What the recordings are made of: frames, or the rows of tracks decoded elsewhere."""
    tracks = {file.format in framing.TRACK_FORMATS for file in open_recordings(paths, format=format_).files}
    return "rows" if tracks == {True} else "frames and rows" if True in tracks else "frames"


def _warnings(result: app.ReplayResult, unit: str) -> list[str]:
    """What the person should not overlook among the sums. Raises InputError where nothing could be read at all."""
    counts = result.rejects.counts
    dropped = sum(n for reason, n in counts.items() if reason in WASTED)
    if result.frames == 0 and dropped:
        why = ", ".join(f"{reason} {n:,}" for reason, n in sorted(counts.items()))
        raise InputError(f"not one frame could be read ({why}); is the format right (--format)?")
    notes = []
    if counts.get(Reject.DAMAGED_FILE):
        until = "" if result.last_at is None else f" (last frame {iso(result.last_at)})"
        notes.append(f"a recording is damaged or breaks off early; what could be read was used{until}")
    if dropped > result.frames / 2:
        notes.append(f"{dropped:,} pieces of the input could not be used, against {result.frames:,} {unit} read")
    if result.frames > FEW and result.first_at == result.last_at:
        notes.append("all frames carry one time, so nothing can be told from them; record Beast, or AVR lines with @")
    return notes


def _start(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return parse_iso(text)
    except ValueError:
        raise UsageError(f"--start-time {text}: not a time; write it as 2024-11-07T01:30:00Z") from None


@contextmanager
def _progress(*, shown: bool) -> Iterator[app.Progress | None]:
    """A bar by bytes read, with the rate and event time; nothing where nobody looks."""
    console = Console(stderr=True)
    if not shown or not console.is_terminal:
        yield None
        return
    columns = (
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[frames]:,} frames"),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TextColumn("{task.fields[event]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("replay", total=None, frames=0, rate=0.0, event="")

        def show(read: int, total: int, frames: int, event: float | None) -> None:
            rate = frames / max(bar.tasks[task].elapsed or 0.0, 0.001)
            bar.update(
                task, completed=read, total=total, frames=frames, rate=rate, event="" if event is None else iso(event)
            )

        yield show


def _summary(result: app.ReplayResult) -> dict[str, object]:
    return {
        "frames": result.frames,
        "aircraft": result.aircraft,
        "first_at": None if result.first_at is None else iso(result.first_at),
        "last_at": None if result.last_at is None else iso(result.last_at),
        "rejects": dict(sorted(result.rejects.counts.items())),
        "stops": [json.loads(stop_line(stop)) for stop in result.stops],
        "alerts": [json.loads(alert_line(alert)) for alert in tables.latest(result.alerts)],
        "movements": [
            {
                "kind": movement.kind,
                "icao24": movement.icao24,
                "airport": movement.airport,
                "earliest": iso(movement.earliest),
                "latest": iso(math.ceil(movement.latest)),
                "reason": movement.reason,
            }
            for movement in placed(result.movements, result.stops)
        ],
        "interference": [disturbances.record(one) for one in disturbances.disturbances(result.areas)],
        "gaps": {kind: sum(gap.kind is kind for gap in result.gaps) for kind in GapClass},
        "elapsed_s": round(result.elapsed_s, 3),
        "notes": result.notes,
    }
