"""`detector history`: the stops of the past, from replays and flight lists; what is known of a field or an aircraft."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from detector import cases
from detector.cli import history_words, outputs, tables
from detector.cli.train import need_model_extra
from detector.domain.errors import InputError, UsageError
from detector.domain.times import day_of
from detector.reference.refusals import by_reason
from detector.settings import BASELINES, find_config, history_folder, load_configuration, load_settings

if TYPE_CHECKING:
    from detector.app.history_import import Imported
    from detector.app.history_import import Progress as Told
    from detector.history.archive import Archive

Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]

commands = typer.Typer(add_completion=False)


@commands.callback(invoke_without_command=True)
def _history(context: typer.Context) -> None:
    """The stops of the past: what is usual at a field, and for an aircraft."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@commands.command("import")
def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE...]",
            help="Stops of `detector replay --stops`, OpenSky flight lists, BTS on-time lists; gzip, xz or zstandard; "
            "lists by month in the order of their months.",
        ),
    ] = None,
    service: Annotated[
        bool, typer.Option("--service", help="The closed stops that the store of the service holds (90 days of them).")
    ] = False,
    store: Annotated[
        str | None, typer.Option(metavar="STORE", help="With --service: its store, redis://... or embedded.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Take in stops of the past; what is known already is replaced, not doubled."""
    archive = _archive(config)
    from detector.app.history_import import from_service, imported  # noqa: PLC0415  behind the look for Polars

    files = files or []
    if not files and not service:
        raise UsageError("nothing to take in: name files, or --service")
    if store is not None and not service:
        raise UsageError(f"--store {store}: goes with --service")
    for file in files:
        if not file.is_file():
            raise InputError(f"{file}: {'is no file' if file.exists() else 'no such file'}")
    configuration = load_configuration(config)
    console = tables.console(stderr=True)
    done: list[Imported] = []
    with _progress(console, shown=not quiet) as progress:
        taken: Iterator[Imported] = imported(files, archive, configuration, progress)
        if service:
            stops = cases.service_run(configuration.settings.service, store).stops
            taken = itertools.chain(taken, [from_service(stops, archive, configuration, progress)])
        for one in taken:
            done.append(one)
            if not (quiet or as_json):
                console.print(escape(history_words.taken_in(one)), soft_wrap=True)
    unused: Counter[str] = Counter()
    for one in done:
        unused.update(one.unused)
    sums = {
        name: sum(getattr(one.added, name) for one in done)
        for name in ("new", "replaced", "unchanged", "removed", "forgotten")
    }
    if as_json:
        each = [
            {"file": str(one.path), "format": one.format, "lines": one.lines, "visits": one.visits}
            | one.added._asdict()
            | {"refused": dict(sorted(one.unused.items()))}
            for one in done
        ]
        outputs.write_lines(
            outputs.STANDARD_OUTPUT, [_json(sums | {"refused": dict(sorted(unused.items())), "files": each})]
        )
    elif not quiet:
        told = f"{sums['new']:,} new, {sums['replaced']:,} replaced, {sums['unchanged']:,} unchanged"
        told += f", {sums['removed']:,} taken back" if sums["removed"] else ""
        said = tables.console(stderr=False)
        said.print(f"{told}; refused: {by_reason(unused.elements()) or 'nothing'}", soft_wrap=True)
        if sums["forgotten"]:
            most = f"more than {archive.most_visits:,} visits are not kept"
            said.print(f"Forgotten: {sums['forgotten']:,} of the oldest months; {most}", soft_wrap=True)


@commands.command("show")
def show(
    name: Annotated[
        str | None, typer.Argument(metavar="[CODE|ICAO24|REGISTRATION]", help="A field or an aircraft; else all.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """How much is known: by month, of a field, or of an aircraft."""
    archive = _archive(config)
    if name is None:
        record: dict[str, Any] = {
            "folder": str(archive.folder),
            "visits": sum(month.visits for month in archive.months()),
            "months": [{"month": month.name, "visits": month.visits} for month in archive.months() if not month.fault],
        }
        lines = history_words.months(record)
    else:
        from detector.app.history_lookup import looked_up  # noqa: PLC0415  behind the look for Polars

        record = looked_up(name, archive, load_configuration(config))
        lines = history_words.field(record) if "airport" in record else history_words.aircraft(record)
    _tell_of_damage(archive)
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, [_json(record)])
        return
    console = tables.console(stderr=False)
    for line in lines:
        console.print(escape(line), soft_wrap=True)


@commands.command("query")
def query(
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT over the table `visits`.")],
    config: Config = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of a table.")] = False,
) -> None:
    """Ask in SQL; `SELECT * FROM visits LIMIT 1` shows the columns."""
    if as_json and as_csv:
        raise UsageError("--json and --csv: choose one")
    archive = _archive(config)
    answer = archive.query(sql)
    _tell_of_damage(archive)
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, (_json(record) for record in answer.records()))
    elif as_csv:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(answer.names)
        writer.writerows([_plain(value) for value in row] for row in answer.rows())
        outputs.write(outputs.STANDARD_OUTPUT, text.getvalue().encode())
    else:
        console = tables.console(stderr=False)
        console.print(history_words.answer(answer.names, answer.rows()))
        if len(answer) > history_words.ROWS_SHOWN:
            console.print(f"{len(answer):,} rows; --csv and --json give all of them")


@commands.command("learn")
def learn(config: Config = None, as_json: AsJson = False) -> None:
    """Learn what is usual from all that is known; runs that begin from then on go by it."""
    archive = _archive(config)
    from detector.app.history_learning import learned  # noqa: PLC0415  behind the look for Polars

    new = learned(archive, load_configuration(config))
    path = archive.folder / BASELINES
    outputs.write(str(path), new.data)
    head = new.baselines.head
    record = {
        "file": str(path),
        "sha256": new.sha256,
        "visits": head.visits,
        "timed": head.timed,
        "from": day_of(head.first_at).isoformat(),
        "to": day_of(head.until).isoformat(),
    }
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, [_json(record)])
        return
    for text in history_words.learned(record):
        tables.console(stderr=False).print(escape(text), soft_wrap=True)


@commands.command("rank")
def rank(
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Landings from that day on (UTC).")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Landings before that day.")] = None,
    top: Annotated[int, typer.Option(min=1, max=1_000, help="So many.")] = 20,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """The oddest stops of the past by the model, and why."""
    bounds = [None if day is None else _day(option, day) for option, day in (("--since", since), ("--until", until))]
    if bounds[0] is not None and bounds[1] is not None and bounds[0] >= bounds[1]:
        raise UsageError(f"--since {since} --until {until}: nothing lies between; --until has to be the later day")
    archive = _archive(config)
    need_model_extra("detector history rank")
    from detector.app.history_ranking import ranked  # noqa: PLC0415  behind the look for Polars

    times = [None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() for day in bounds]
    found, of = ranked(archive, load_configuration(config), times[0], times[1], top)
    _tell_of_damage(archive)
    if as_json:
        records = (msgspec.to_builtins(one.visit) | {"score": msgspec.to_builtins(one.score)} for one in found)
        outputs.write_lines(outputs.STANDARD_OUTPUT, (_json(history_words.with_times(record)) for record in records))
        return
    console = tables.console(stderr=False)
    for line in history_words.ranked(found, of):
        console.print(escape(line), soft_wrap=True)


@commands.command("forget")
def forget(
    before: Annotated[str, typer.Option(metavar="DATE", help="Landings before that day go, 2024-11-07 (UTC).")],
    config: Config = None,
) -> None:
    """Drop what lies too far back."""
    day = _day("--before", before)
    archive = _archive(config)
    forgotten = archive.forget(day)
    told = f"{forgotten:,} visits before {day.isoformat()} are forgotten"
    if (learned := archive.folder / BASELINES).exists():
        told += f"; runs still go by what was learned before: learn again, or delete {learned}"
    tables.console(stderr=False).print(escape(told), soft_wrap=True)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: not a day; write it as 2024-11-07") from error


def _archive(config: Path | None) -> Archive:
    """Raises UsageError where Polars is missing."""
    from detector.history.archive import Archive  # noqa: PLC0415  an extra

    return Archive(history_folder(find_config(config).parent, load_settings(config)))


def _tell_of_damage(archive: Archive) -> None:
    console = tables.console(stderr=True)
    for month in archive.months():
        if month.fault:
            console.print(escape(f"detector: {month.fault}; it is left out"), soft_wrap=True)


@contextmanager
def _progress(console: Console, *, shown: bool) -> Iterator[Told]:
    if not (shown and console.is_terminal):
        yield lambda _path, _what, _n: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("")
        yield lambda path, what, n: bar.update(task, description=escape(f"{path.name}: {what}, {n:,}"))


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ").replace(".000000Z", "Z") if isinstance(value, datetime) else value


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=lambda v: str(_plain(v))).encode()
