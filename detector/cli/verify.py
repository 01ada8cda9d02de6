"""`detector verify`: an alert worked out again from the frames in its bundle, by pyModeS alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from detector import cases
from detector.cases import Fact, Outcome, Verification
from detector.cases.comparison import TIME_TOLERANCE_S
from detector.cli import outputs, tables


def verify(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A file of `detector alerts export`.")],
    as_json: Annotated[bool, typer.Option("--json", help="Every fact as JSON.")] = False,
) -> None:
    """Recompute an alert from its own evidence with pyModeS alone; status 0 = same, 1 = different."""
    verification = cases.verify(bundle)
    if as_json:
        outputs.write_lines(outputs.STANDARD_OUTPUT, [json.dumps(verification.record(), ensure_ascii=False).encode()])
    else:
        _print(verification, tables.console(stderr=False))
    if not verification.same:
        raise typer.Exit(1)


def _print(verification: Verification, to: Console) -> None:
    to.print(f"{escape(verification.alert_id)}, revision {verification.revision}", soft_wrap=True)
    for outcome in (Outcome.DIFFERENT, Outcome.SAME, Outcome.NOT_RECOMPUTABLE):
        for fact in verification.facts:
            if fact.outcome is outcome:
                to.print(f"  {escape(_line(fact))}", soft_wrap=True)
    for note in verification.notes:
        to.print(f"Note: {escape(note)}", soft_wrap=True)
    counts = [sum(fact.outcome is outcome for fact in verification.facts) for outcome in Outcome]
    to.print(
        f"{'same' if verification.same else 'different'}: {counts[0]} facts the same (times within "
        f"{TIME_TOLERANCE_S:.0f} s), {counts[1]} different, {counts[2]} not recomputable from the frames",
        soft_wrap=True,
    )


def _line(fact: Fact) -> str:
    values = _text(fact.claimed)
    if fact.claimed != fact.recomputed:
        values += f", recomputed {_text(fact.recomputed)}"
    note = f" ({fact.note})" if fact.note else ""
    return f"{fact.outcome.value}: {fact.name} {values}{note}"


def _text(value: object) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
