"""`detector reference`: what is known of fields, aircraft and listings; newer tables, and the way back."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from detector.app.reference_update import UpdateOptions, prepared
from detector.cli import known_words, outputs, tables
from detector.cli.known import looked_up
from detector.domain.errors import UsageError
from detector.domain.times import EPOCH
from detector.editions import Library, Version
from detector.settings import load_configuration, load_settings, reference_folder
from detector.settings.load import find_config

Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
SHOWN = 20

commands = typer.Typer(add_completion=False)


@commands.callback(invoke_without_command=True)
def _reference(context: typer.Context) -> None:
    """Who an aircraft is, what a field has, who lists them; newer tables of all that."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@commands.command("show")
def show(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Airport code, 24-bit address, or registration; several.")
    ],
    on: Annotated[str | None, typer.Option(metavar="DATE", help="As of that day, 2024-11-07; default today.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """What is known, from where, since when."""
    at = datetime.now(UTC).timestamp() if on is None else _noon(_day(on, "--on"))
    configuration = load_configuration(config)
    found, unknown = [], []
    for name in names:
        try:
            found.append(looked_up(name, configuration, at))
        except UsageError as error:
            unknown.append(error)
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, (_json(record) for record in found))
    else:
        console = tables.console(stderr=False)
        for number, record in enumerate(found):
            lines = known_words.told(record)
            for line in ["", *lines] if number else lines:
                console.print(escape(line), soft_wrap=True)
    if unknown:
        raise UsageError("; ".join(str(error) for error in unknown))


@commands.command("update")
def update(
    airports: Annotated[
        Path | None, typer.Option(metavar="FILE", help="airports.csv of OurAirports, or of standing-data.")
    ] = None,
    runways: Annotated[Path | None, typer.Option(metavar="FILE", help="runways.csv of OurAirports.")] = None,
    aircraft: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Aircraft: tar1090-db, OpenSky, standing-data or a CSV of your own; several."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the table of --aircraft is to be called.")
    ] = None,
    ofac: Annotated[
        Path | None, typer.Option(metavar="FILE", help="sdn.csv or sdn_advanced.xml, with their history kept.")
    ] = None,
    dated: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of publication, where the file does not say.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A field that is right though it looks wrong; several.")
    ] = None,
    accept_moves: Annotated[bool, typer.Option("--accept-moves", help="Fields may move as far as they like.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Take a file that removes, or has refused, a great part.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Take it without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and take nothing.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Take in newer tables that you downloaded: shows what changes, asks, and keeps the version before."""
    options = UpdateOptions(
        config=config,
        airports=airports,
        runways=runways,
        aircraft=tuple(aircraft or ()),
        name=name,
        ofac=ofac,
        dated=None if dated is None else _day(dated, "--dated"),
        accepted=frozenset(code.upper() for code in accept or ()),
        accept_moves=accept_moves,
        forced=force,
    )
    found = prepared(options, datetime.now(UTC).date())
    if not as_json:
        console = tables.console(stderr=False)
        for line in found.lines(SHOWN):
            console.print(escape(line), soft_wrap=True)
    taken = None
    if not dry_run and (yes or _agreed(as_json=as_json)):
        taken = found.take(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    if as_json:
        told = found.record() | {"taken": None if taken is None else taken.number}
        outputs.write_lines(outputs.STANDARD_OUTPUT, [_json(told)])
    elif taken is None:
        console.print("Nothing was taken.")
    else:
        console.print(f"Taken: version {taken.number} is in use. A running service takes it up at its next start.")


@commands.command("versions")
def versions(config: Config = None, as_json: AsJson = False) -> None:
    """The versions of the tables, and which is in use."""
    library = _library(config)
    current, known = library.current(), library.versions()
    in_use = 0 if current is None else current.number
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, (_json(_version(one, in_use)) for one in known))
        return
    console = tables.console(stderr=False)
    console.print(f"{_mark(0, in_use)} 0  the tables that came with the program")
    for one in known:
        console.print(escape(f"{_mark(one.number, in_use)} {one.number}  {one.taken_at}  {one.note}"), soft_wrap=True)
        for entry in one.tables:
            dated = f", of {entry.dated}" if entry.dated else ""
            console.print(
                escape(f"       {entry.kind}: {entry.source}{dated}, {entry.rows:,} rows, SHA-256 {entry.sha256[:12]}"),
                soft_wrap=True,
            )


@commands.command("use")
def use(
    number: Annotated[int, typer.Argument(metavar="N", min=0, help="A version of `versions`; 0: the shipped tables.")],
    config: Config = None,
) -> None:
    """Go back, or forward, to a version that is kept."""
    _library(config).use(number)
    what = f"Version {number} is" if number else "The tables that came with the program are"
    tables.console(stderr=False).print(f"{what} in use. A running service takes that up at its next start.")


def _library(config: Path | None) -> Library:
    """Without reading any table: it has to work where one of them is damaged."""
    return Library(reference_folder(find_config(config).parent, load_settings(config)))


def _agreed(*, as_json: bool) -> bool:
    if as_json or not sys.stdin.isatty():
        raise UsageError("nothing was taken: add --yes to take it without being asked, or --dry-run to look only")
    return typer.confirm("Take it?", default=False)


def _mark(number: int, in_use: int) -> str:
    return "in use" if number == in_use else "      "


def _version(version: Version, in_use: int) -> dict[str, Any]:
    return {
        "version": version.number,
        "in_use": version.number == in_use,
        "taken_at": version.taken_at,
        "note": version.note,
        "tables": [
            {
                "kind": entry.kind,
                "name": entry.name,
                "source": entry.source,
                "dated": None if entry.dated is None else entry.dated.isoformat(),
                "rows": entry.rows,
                "sha256": entry.sha256,
                "files": [{"name": one.name, "sha256": one.sha256} for one in entry.originals],
            }
            for entry in version.tables
        ],
    }


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: not a day; write it as 2024-11-07") from error


def _noon(day: date) -> float:
    return (day.toordinal() - EPOCH.toordinal() + 0.5) * 86_400.0


def _json(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
