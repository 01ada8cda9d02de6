"""`detector webhooks`: try an endpoint, list what could not be delivered, and have it sent again."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from detector.alerting.entries import DEAD, RESEND, Entry, unpacked
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.app import service_home
from detector.cli import outputs, tables
from detector.domain.errors import UsageError, WorkError
from detector.domain.times import iso
from detector.settings import Settings, find_config, load_settings
from detector.sinks import open_sink
from detector.sinks.means import Means
from detector.sinks.sample import trial_message
from detector.sinks.settings import EndpointSettings
from detector.stores import OpenStore
from detector.stores.visiting import visited

Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Settings of the service.")]
StoreOption = Annotated[
    str | None, typer.Option("--store", metavar="STORE", help="embedded or redis://...; default: that of the settings.")
]
OfEndpoint = Annotated[str | None, typer.Option("--endpoint", metavar="NAME", help="Only those to this endpoint.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines instead of text.")]

commands = typer.Typer(add_completion=False)


@commands.callback(invoke_without_command=True)
def _webhooks(context: typer.Context) -> None:
    """Try an endpoint, list what could not be delivered, and have it sent again."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@commands.command("test")
def try_endpoint(
    endpoint: Annotated[str | None, typer.Argument(metavar="ENDPOINT", help="Name of an endpoint.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All endpoints that are enabled.")] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Send an alert that never happened (type detector.alert.test), and tell what the endpoint said."""
    file = find_config(config)
    chosen = _chosen(load_settings(file), file, endpoint, every=every)
    means = Means(environ=os.environ, folder=file.parent)
    now = time.time()
    results = [(s.name, asyncio.run(open_sink(s, means).send(trial_message(s.name, now), now))) for s in chosen]
    if as_json:
        lines = (msgspec.json.encode({"endpoint": name} | msgspec.to_builtins(outcome)) for name, outcome in results)
        outputs.write_lines(outputs.STANDARD_OUTPUT, lines)
    else:
        console = tables.console(stderr=False)
        for settings, (name, outcome) in zip(chosen, results, strict=True):
            if not settings.enabled:
                console.print(escape(f"{name} is off (enabled: false)"), soft_wrap=True)
            console.print(escape(f"{name}: {_told(outcome, settings.kind)}"), soft_wrap=True)
    failed = [name for name, outcome in results if outcome.kind is not OutcomeKind.DELIVERED]
    if failed:
        raise WorkError(f"not delivered: {', '.join(failed)}")


@commands.command("dead")
def dead(
    endpoint: OfEndpoint = None, store: StoreOption = None, config: Config = None, as_json: AsJson = False
) -> None:
    """A table of what could not be delivered, and why."""
    opened = _opened(store, config)
    try:
        letters = _letters(opened, endpoint)
    finally:
        opened.close()
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, (msgspec.json.encode(letter) for letter in letters))
    elif letters:
        tables.console(stderr=False).print(_table(letters))
    else:
        tables.console(stderr=False).print("No dead letters.")


@commands.command("resend")
def resend(
    message: Annotated[str | None, typer.Argument(metavar="ID", help="Id of the message, as `dead` shows it.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
    endpoint: OfEndpoint = None,
    store: StoreOption = None,
    config: Config = None,
) -> None:
    """Ask the service to send dead letters again; an endpoint that was disabled is enabled by it."""
    if (message is None) is not every:
        raise UsageError("name one message (`detector webhooks dead` lists them), or --all")
    opened = _opened(store, config)
    try:
        letters = [letter for letter in _letters(opened, endpoint) if every or letter.id == message]
        if message is not None and not letters:
            raise WorkError(f"there is no dead letter {message}; `detector webhooks dead` lists them")
        known = {settings.name for settings in load_settings(find_config(config)).endpoints}
        strangers = sorted({letter.endpoint for letter in letters} - known) if every else []
        letters = [letter for letter in letters if letter.endpoint not in strangers]
        opened.checkpoint({RESEND + letter.key: b"1" for letter in letters})
    finally:
        opened.close()
    if strangers:
        words = f"Not sent again, as the settings have no such endpoint: {', '.join(strangers)}."
        tables.console(stderr=False).print(escape(words), soft_wrap=True)
    if not letters:
        tables.console(stderr=False).print("No dead letters to send." if strangers else "No dead letters.")
        return
    count = f"{len(letters):,} message{'s' if len(letters) != 1 else ''}"
    tables.console(stderr=False).print(f"{count}: the service sends them again, at its start if it is not running.")


def _chosen(settings: Settings, file: Path, name: str | None, *, every: bool) -> list[EndpointSettings]:
    if (name is None) is not every:
        raise UsageError("name one endpoint, or --all")
    names = ", ".join(endpoint.name for endpoint in settings.endpoints) or "none"
    chosen = [e for e in settings.endpoints if (e.enabled if every else e.name == name)]
    if not chosen:
        missing = f"endpoint {name}" if name else "endpoint that is enabled"
        raise UsageError(f"there is no {missing} in {file} (it has: {names}); --config names another file")
    return chosen


def _opened(store: str | None, config: Path | None) -> OpenStore:
    """The store of the service, whether that runs or not. Raises UsageError and StoreError."""
    settings = load_settings(find_config(config)).service
    spec = settings.store if store is None else store
    if spec == "memory":
        raise UsageError("a store in memory ends with the service: nothing of it can be seen from here")
    return visited(spec, namespace=settings.namespace, data_dir=service_home(settings.namespace) / "store")


def _letters(store: OpenStore, endpoint: str | None) -> list[Entry]:
    """Dead letters, the oldest first."""
    prefix = DEAD if endpoint is None else f"{DEAD}{endpoint}:"
    found = (unpacked(key, value, Entry) for key, value in store.load(prefix).items())
    return sorted(found, key=lambda entry: (entry.offered_at, entry.key))


def _table(letters: Iterable[Entry]) -> Table:
    table = Table(title="Dead letters", box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for heading in ("id", "endpoint", "since (UTC)", "attempts", "why"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "id")
    for letter in letters:
        since = iso(letter.offered_at)[:16].replace("T", " ")
        cells = (letter.id, letter.endpoint, since, str(letter.attempts), letter.reason)
        table.add_row(*(escape(cell) for cell in cells))
    return table


def _told(outcome: Outcome, kind: str) -> str:
    status = f" (HTTP {outcome.status})" if outcome.status else ""
    if kind == "jsonl" and outcome.kind is OutcomeKind.DELIVERED:
        return "can be written (a test writes nothing)"
    return f"delivered{status}" if outcome.kind is OutcomeKind.DELIVERED else f"not delivered: {outcome.reason}"
