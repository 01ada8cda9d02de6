"""`detector train`: fit the model that scores stops."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from detector.cli import outputs, tables
from detector.cli.steps import steps
from detector.domain.errors import UsageError
from detector.settings import BASELINES, load_configuration
from detector.settings.homes import model_home
from detector.settings.load import history_folder

NEEDED = ("sklearn", "skops")


def train(
    history: Annotated[
        bool, typer.Option("--history", help="Train on the stops of `detector history`, and learn from them anew.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same model.")] = 1,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Where it goes; default: where runs look for it first."),
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The manifest on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Fit the model on generated traffic, or on your own history; runs that begin afterwards score by it."""
    need_model_extra("detector train")
    from detector.app import model_training  # noqa: PLC0415  behind the look for scikit-learn

    configuration = load_configuration(config)
    folder = model_home() if output is None else output
    with steps(shown=not quiet) as progress:
        if history:
            from detector.history.archive import Archive  # noqa: PLC0415  an extra

            archive = Archive(history_folder(configuration.path.parent, configuration.settings))
            made = model_training.on_history(archive, configuration, seed, progress)
            assert made.learned is not None
            outputs.write(str(archive.folder / BASELINES), made.learned.data)
        else:
            made = model_training.on_generated(configuration, seed, progress)
    model_training.written(made, folder)
    manifest = made.manifest
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, [json.dumps(json.loads(manifest.to_bytes())).encode()])
        return
    if quiet:
        return
    console = tables.console(stderr=False)
    trained = manifest.trained
    lines = [f"{manifest.model}: {trained.stops:,} stops of {trained.on}, seed {trained.seed}"]
    if measured := manifest.metrics.get("month_after"):
        lines.append(
            f"in the month after, {measured['odd']} odd stops among {measured['stops']:,}: "
            f"average precision {measured['average_precision']:.2f}, of the first 20 {measured['precision_at_20']:.0%}"
        )
    lines.append(f"{folder} (SHA-256 {manifest.sha256[:12]})")
    if output is None:
        lines.append("Runs that begin from now on score by it, once history holds 1,000 visits.")
    else:
        lines.append(f"To score by it, set `model: {folder.resolve()}` in detector.yaml.")
    for line in lines:
        console.print(escape(line), soft_wrap=True)


def need_model_extra(command: str) -> None:
    """Raises UsageError where scikit-learn or skops is missing."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise UsageError(f"{command} needs {' and '.join(missing)}; install the extra `model`: stop-detector[model]")
