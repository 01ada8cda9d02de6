"""The report of `detector evaluate`: tables in Markdown, figures as JSON, and curves where matplotlib is installed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detector.app.model_evaluation import LIMITS, OURS, OneWorld, Shown
from detector.scoring.manifest import MODEL
from detector.scoring.rankings import precision_recall, roc
from detector.simulation.traffic import FAMILIES

REPORT, FIGURES = "report.md", "report.json"
MEASURES = {
    "precision_at_20": "precision at 20",
    "average_precision": "average precision",
    "roc_area": "area under ROC",
}


def written(worlds: Sequence[OneWorld], folder: Path) -> list[Path]:
    """Write the report; gives its files."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = _drawn(worlds, folder)
    (folder / FIGURES).write_text(json.dumps(figures(worlds), indent=2) + "\n", encoding="utf-8")
    (folder / REPORT).write_text("\n".join(text(worlds, [picture.name for picture in pictures])) + "\n", "utf-8")
    return [folder / REPORT, folder / FIGURES, *pictures]


def figures(worlds: Sequence[OneWorld]) -> dict[str, Any]:
    """All that was measured, seed by seed."""
    return {
        "model": MODEL,
        "seeds": [
            {
                "seed": world.seed,
                "stops": world.stops,
                "odd": int(world.odd.sum()),
                "rankings": {name: ranking._asdict() for name, ranking in world.rankings.items()},
                "ordinary_above": dict(zip(map(str, LIMITS), world.above, strict=True)),
                "found": dict(world.found),
            }
            for world in worlds
        ],
    }


def text(worlds: Sequence[OneWorld], pictures: Sequence[str]) -> list[str]:
    """The report, line by line."""
    stops = [world.stops for world in worlds]
    seeds = ", ".join(str(world.seed) for world in worlds)
    what = (
        f"{len(worlds)} generated worlds (seeds {seeds}): history of 120 days, then a month of {min(stops):,} to "
        f"{max(stops):,} stops, {int(worlds[0].odd.sum())} of them set in after published cases. Each world has "
        "its own fields, operators, history and model. Mean, and lowest to highest seed."
    )
    lines = [
        f"# {MODEL} against simple ways to rank stops",
        "",
        what,
        "",
        *table(worlds),
        "",
        *_calibration(worlds),
        "",
        "| family | after | found above 0.999 |",
        "|---|---|---|",
    ]
    lines += [f"| {one.name} | {one.after} | {_spread([w.found[one.name] for w in worlds])} |" for one in FAMILIES]
    lines += ["", *(f"![{name.removesuffix('.png')}]({name})" for name in pictures)]
    return [*lines, "", f"## Stops of seed {worlds[0].seed}, for a person to read", "", *_stops(worlds[0].shown)]


def table(worlds: Sequence[OneWorld]) -> list[str]:
    """The ways to rank beside each other, in Markdown."""
    lines = [f"| way to rank | {' | '.join(MEASURES.values())} | seeds in which the model is better by each |"]
    lines.append(f"|---|{'---|' * (len(MEASURES) + 1)}")
    for name in worlds[0].rankings:
        cells = [_spread([getattr(world.rankings[name], measure) for world in worlds]) for measure in MEASURES]
        better = "" if name == OURS else f"{', '.join(map(str, _better(worlds, name)))} of {len(worlds)}"
        lines.append(f"| {name} | {' | '.join(cells)} | {better} |")
    return lines


def _better(worlds: Sequence[OneWorld], other: str) -> list[int]:
    """In how many worlds the model is better, by each measure."""
    return [
        sum(getattr(world.rankings[OURS], measure) > getattr(world.rankings[other], measure) for world in worlds)
        for measure in MEASURES
    ]


def _calibration(worlds: Sequence[OneWorld]) -> list[str]:
    return [
        f"Of the ordinary stops of the month a score above {limit} have {_spread([w.above[i] for w in worlds], 4)}"
        f" (calibrated: {1.0 - limit:.3f})."
        for i, limit in enumerate(LIMITS)
    ]


def _spread(values: Sequence[float], digits: int = 2) -> str:
    return f"{np.mean(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def _stops(shown: Sequence[Shown]) -> list[str]:
    lines = []
    for one in shown:
        visit, score = one.visit, one.score
        who = f"{visit.type_code} {visit.icao24} of {visit.operator or 'nobody known'}"
        what = f"set in: {one.family}" if one.family else "ordinary traffic"
        lines += [f"{one.rank:,}. **{score.value:.4f}** {who} at {visit.airport} ({what})", ""]
        lines += [f"   - {reason}" for reason in score.reasons]
        lines.append("")
    return lines


def _drawn(worlds: Sequence[OneWorld], folder: Path) -> list[Path]:
    """Curves over all worlds together; none where matplotlib is not installed."""
    try:
        import matplotlib as mpl  # noqa: PLC0415  the extra `report`
    except ModuleNotFoundError:
        return []
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    made = []
    for name, curve, across, up in (
        ("precision-recall", precision_recall, "share of the odd stops found", "precision"),
        ("roc", roc, "share of the ordinary stops told", "share of the odd stops found"),
    ):
        figure = plt.figure(figsize=(7, 5.5), layout="constrained")
        axes = figure.subplots()
        for way in worlds[0].scores:
            for i, world in enumerate(worlds):
                x, y = curve(world.scores[way], world.odd)
                colour = f"C{list(worlds[0].scores).index(way)}"
                width = 1.6 if way == OURS else 0.8
                axes.plot(x, y, color=colour, alpha=0.6, linewidth=width, label=way if i == 0 else None)
        if name == "roc":
            axes.set_xscale("log")
            axes.set_xlim(1e-4, 1.0)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.legend(frameon=False)
        path = folder / f"{name}.png"
        figure.savefig(path, dpi=110, metadata={"Software": None})
        plt.close(figure)
        made.append(path)
    return made
