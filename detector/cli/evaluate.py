"""`detector evaluate`: the model against simple ways to rank stops, with a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from detector.cli import outputs, tables
from detector.cli.steps import steps
from detector.cli.train import need_model_extra
from detector.settings import load_configuration


def evaluate(
    seeds: Annotated[int, typer.Option(min=1, max=100, help="So many generated worlds: seeds 1, 2, ...")] = 10,
    odd: Annotated[int, typer.Option(min=1, max=100, help="Odd stops of each family, set into each month.")] = 10,
    scale: Annotated[float, typer.Option(min=0.05, max=4.0, help="Traffic; 0.5 is some 23,000 stops a month.")] = 0.5,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the report goes.")] = Path(
        "build/model-report"
    ),
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings; default config/detector.yaml.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The figures on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Train and judge the model on generated worlds, beside rules alone, a z-score, LOF and a one-class SVM."""
    need_model_extra("detector evaluate")
    from detector.app import model_evaluation, model_report  # noqa: PLC0415  behind the look for scikit-learn

    configuration = load_configuration(config)
    with steps(shown=not quiet) as progress:
        worlds = [
            model_evaluation.judged(
                configuration, seed, odd, scale, partial(_tell, progress, f"world {seed} of {seeds}")
            )
            for seed in range(1, seeds + 1)
        ]
    files = model_report.written(worlds, output)
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, [json.dumps(model_report.figures(worlds)).encode()])
        return
    if quiet:
        return
    console = tables.console(stderr=False)
    head, _, *rows = model_report.table(worlds)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for cell in _cells(head):
        shown.add_column(cell)
    for row in rows:
        shown.add_row(*(escape(cell) for cell in _cells(row)))
    console.print(shown)
    console.print(escape(f"Written to {output}/: {', '.join(path.name for path in files)}"), soft_wrap=True)
    if len(files) == 2:
        console.print("No curves: matplotlib is not installed (extra `report`).")


def _tell(progress: Callable[[str, float], None], world: str, what: str, share: float) -> None:
    progress(f"{world}: {what}", share)


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]
