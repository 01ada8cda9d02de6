"""`detector alerts`: list, show and export what the last replay, or the service, found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from detector import cases
from detector.app import RunRecord
from detector.cases import archive
from detector.cli import case_words, exports, outputs, tables
from detector.domain import alert as alerts
from detector.domain import stop as stops
from detector.domain.errors import InputError, UsageError
from detector.domain.times import iso
from detector.domain.wire import alert_line, stop_record
from detector.settings import load_configuration, load_settings

Record = dict[str, Any]
Store = Annotated[
    str | None, typer.Option(metavar="STORE", help="embedded or redis://...: where the replay kept its state.")
]
OfService = Annotated[bool, typer.Option("--service", help="What the service has found, instead of a replay.")]
Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Settings that the replay or service had.")]
From = Annotated[
    Path | None, typer.Option("--from", metavar="FILE.jsonl", help="Read a file written with --alerts instead.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines instead of text.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the alert or of its stop; its first 8 digits will do.")]

commands = typer.Typer(add_completion=False)


@commands.callback(invoke_without_command=True)
def _alerts(context: typer.Context) -> None:
    """Read the alerts of the last replay or of the service; export one as a bundle that proves itself, or as a map."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@commands.command("list")
def list_(
    store: Store = None,
    service: OfService = False,
    config: Config = None,
    from_: From = None,
    held: Annotated[bool, typer.Option("--held", help="Stops that are held back, instead of alerts.")] = False,
    as_json: AsJson = False,
) -> None:
    """A table of alerts, each in its last revision."""
    run = _run(store, config, service=service) if from_ is None else None
    told, of_stops = _records(run, from_, held=held)
    records = [stop for stop in of_stops if stop.get("held")] if held else told
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, (_json(record) for record in records))
        return
    console = tables.console(stderr=False)
    if run is not None and run.record is not None:
        console.print(escape(_replay_text(run.record)), soft_wrap=True)
    if not records:
        console.print("No stops are held." if held else "No alerts.")
    else:
        console.print(_held_table(records) if held else _table(records))


@commands.command("show")
def show(
    alert_id: Id,
    store: Store = None,
    service: OfService = False,
    config: Config = None,
    from_: From = None,
    as_json: AsJson = False,
) -> None:
    """One alert in words: what is claimed, every check, and what it rests on."""
    run = _run(store, config, service=service) if from_ is None else None
    record = _chosen(_records(run, from_)[0], alert_id)
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, [_json(record)])
        return
    console = tables.console(stderr=False)
    for line in case_words.told(record):
        console.print(escape(line), soft_wrap=True)


@commands.command("export")
def export(
    alert_id: Id,
    bundle: Annotated[
        str | None, typer.Option(metavar="FILE.zip", help="The evidence, for `detector verify`; - standard output.")
    ] = None,
    map_: Annotated[
        str | None, typer.Option("--map", metavar="FILE.svg|FILE.png", help="A picture that could be printed.")
    ] = None,
    width: Annotated[int | None, typer.Option(metavar="PIXELS", help="How wide the map is.")] = None,
    geojson: Annotated[str | None, typer.Option(metavar="FILE", help="Lines and events as GeoJSON.")] = None,
    kml: Annotated[str | None, typer.Option(metavar="FILE", help="The same as KML, with their times.")] = None,
    csv: Annotated[str | None, typer.Option(metavar="FILE", help="Events and positions as a table.")] = None,
    store: Store = None,
    service: OfService = False,
    config: Config = None,
    from_: From = None,
    as_json: AsJson = False,
) -> None:
    """One alert in files: its evidence, a map, and lines and events for other programs."""
    wanted = exports.Wanted(map_, geojson, kml, csv, width)
    _check_wanted(wanted, bundle, from_, as_json=as_json)
    configuration = load_configuration(config)
    run = _run(store, config, service=service) if from_ is None else None
    if run is None:
        assert from_ is not None
        case = cases.picture_of_record(_chosen(_records(None, from_)[0], alert_id), from_, configuration)
        alert = case.alert
    else:
        alert = cases.alert_of(run.alerts, alert_id)
        case = cases.picture_of(run, alert, configuration)
    content = None if bundle is None or run is None else cases.export(run, alert, configuration)
    written = wanted.written(case)
    told: Record = {"alert": alert.id, "revision": alert.revision}
    lines = [f"{target}: {alert.id}, revision {alert.revision}, {size:,} bytes" for target, size in written]
    if content is not None and bundle is not None:
        verification = cases.verified(content, bundle)
        outputs.write(bundle, content)
        told |= {"bundle": bundle, "bytes": len(content)}
        told |= {outcome.name.lower(): count for outcome, count in verification.counts().items()}
        what = f"{bundle}: {alert.id}, revision {alert.revision}, {len(content):,} bytes; "
        lines.append(f"{what}recomputed: {_outcome(verification)}")
    if outputs.STANDARD_OUTPUT in (bundle, *wanted.files().values()):
        return
    if as_json:
        told |= {option.removeprefix("--"): target for option, target in wanted.files().items()}
        outputs.write_lines(outputs.STANDARD_OUTPUT, [_json(told)])
        return
    for line in lines:
        tables.console(stderr=False).print(escape(line), soft_wrap=True)


def _check_wanted(wanted: exports.Wanted, bundle: str | None, from_: Path | None, *, as_json: bool) -> None:
    """Raise UsageError or OutputError before any work is done."""
    wanted.check()
    files = wanted.files() | ({} if bundle is None else {"--bundle": bundle})
    if not files:
        raise UsageError("nothing to write: name a file with --map, --geojson, --kml, --csv or --bundle")
    if from_ is not None and bundle is not None:
        raise UsageError(f"--from {from_}: holds no raw frames, so no bundle can be made of it; export from the store")
    to_output = [option for option, target in files.items() if target == outputs.STANDARD_OUTPUT]
    if len(to_output) > 1:
        raise UsageError(f"{' and '.join(to_output)} cannot share standard output; give them files")
    if as_json and to_output:
        raise UsageError(f"{to_output[0]} - and --json cannot share standard output; give it a file")
    outputs.check_writable(*files.values(), inputs=[] if from_ is None else [str(from_)])
    if bundle is not None:
        _check_replaceable(bundle)


def _run(store: str | None, config: Path | None, *, service: bool) -> cases.StoredRun:
    """What the last replay found, or the service."""
    if service:
        return cases.service_run(load_settings(config).service, store)
    return cases.newest_run("embedded" if store is None else store)


def _replay_text(record: RunRecord) -> str:
    """Which replay is spoken of: its files, and when it began."""
    first, *others = record.files or ("no file",)
    more = f" and {len(others):,} more" if others else ""
    began = iso(record.began_at)
    return f"Replay of {first}{more}, made {began[:10]} {began[11:19]} UTC"


def _check_replaceable(bundle: str) -> None:
    """Raise UsageError for a file that is there and is something else than a bundle."""
    path = Path(bundle)
    if bundle == outputs.STANDARD_OUTPUT or not path.is_file():
        return
    try:
        archive.unpacked(path.read_bytes(), bundle)
    except (InputError, OSError) as error:
        raise UsageError(f"{bundle}: is there already and is no bundle, so it is left alone; name another") from error


def _outcome(verification: cases.Verification) -> str:
    """How the bundle comes out, in a few words."""
    counts = verification.counts()
    different = counts[cases.Outcome.DIFFERENT]
    told = f"{different} different" if different else "same"
    return f"{told}, {counts[cases.Outcome.NOT_RECOMPUTABLE]} not recomputable (`detector verify`)"


def _records(
    run: cases.StoredRun | None, from_: Path | None, *, held: bool = False
) -> tuple[list[Record], list[Record]]:
    """(alerts, stops) as records of the contract, each in its last revision; of a file, those that are asked for."""
    if from_ is not None:
        told, of_stops = _read(from_)
        if held and told and not of_stops:
            raise UsageError(f"{from_}: alerts files hold no held stops; --held takes a file written with --stops")
        if not held and of_stops and not told:
            raise UsageError(f"{from_}: holds stops and no alerts; --from takes a file written with --alerts")
        return told, of_stops
    if run is None:
        return [], []
    return [json.loads(alert_line(alert)) for alert in run.alerts], [stop_record(stop) for stop in run.stops]


def _read(path: Path) -> tuple[list[Record], list[Record]]:
    """The lines of a file that --alerts or --stops wrote. Raises InputError where it cannot be read, and UsageError,
    naming the line, where it is a file of something else."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not text; --from takes a file written with --alerts") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from error
    found: dict[str, dict[str, Record]] = {alerts.SCHEMA: {}, stops.SCHEMA: {}}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            found[record["schema"]][record["id"]] = record
            _ = [_stop_cells(record), record["severity"]] if record["schema"] == alerts.SCHEMA else record["airport"]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UsageError(f"{path}:{number}: not an alert as --alerts writes them") from error
    return list(found[alerts.SCHEMA].values()), list(found[stops.SCHEMA].values())


def _chosen(records: Iterable[Record], wanted: str) -> Record:
    ids = {record["id"]: record for record in records}
    return ids[cases.chosen(((name, record["stop"]["id"]) for name, record in ids.items()), wanted)]


def _table(records: list[Record]) -> Table:
    table = _new_table("Alerts", "id", "severity", "event", "when (UTC)", "aircraft", "field", "level", "findings")
    for record in records:
        event = f"{record['event']}\n{record['revision']}"
        when = f"{record['at'][:10]}\n{record['at'][11:16]}"
        table.add_row(
            *(escape(str(cell)) for cell in (record["id"], record["severity"], event, when, *_stop_cells(record)))
        )
    return table


def _stop_cells(record: Record) -> tuple[str, str, str, str]:
    stop = record["stop"]
    found = "\n".join(f"{finding['rule']}\n{finding['certainty']}" for finding in stop["findings"])
    callsign = stop["callsign_in"] or stop["callsign_out"] or ""
    field = f"{stop['airport'] or '-'}\n{stop['country'] or ''}"
    return f"{stop['icao24']}\n{callsign}", field, f"{stop['level']}\n{stop['kind']}", found or "-"


def _held_table(records: list[Record]) -> Table:
    table = _new_table("Held stops", "id", "aircraft", "field", "level", "until (UTC)", "why")
    for stop in records:
        held = stop["held"]
        level = f"{stop['level']} {stop['kind']}"
        cells = (stop["id"], stop["icao24"], stop["airport"] or "-", level, held["until"][:16].replace("T", " "))
        table.add_row(*(escape(str(cell)) for cell in (*cells, held["reason"])))
    return table


def _new_table(title: str, *headings: str) -> Table:
    table = Table(
        title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 1, 0, 0)
    )
    for heading in headings:
        # An id is there to be copied; rules are told apart by their names.
        table.add_column(heading, overflow="fold", no_wrap=heading in ("id", "when (UTC)", "findings"))
    return table


def _json(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
