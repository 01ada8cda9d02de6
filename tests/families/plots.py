"""Pictures of a run. matplotlib is asked for only here, and only when a report is written (group `evaluate`)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tests.families.registry import Group, names_in
from tests.families.verdicts import Outcome

Found = dict[str, list[Outcome]]
LEVEL_COLOURS = {4: "#1b5e20", 3: "#43a047", 2: "#a5d6a7", 1: "#fff176"}
OTHER_COLOURS = {"unnamed": "#90a4ae", "wrong": "#c62828", "missed": "#eceff1"}


def draw(found: Found, out: Path) -> list[str]:
    """File names of what was drawn; none where matplotlib is not installed."""
    try:
        import matplotlib as mpl
    except ModuleNotFoundError:
        return []
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    drawn = []
    for name, picture in (
        ("families.png", _families),
        ("widths.png", _widths),
        ("candidates.png", _candidates),
        ("false-positions.png", _false_positions),
    ):
        figure = plt.figure(figsize=(9, 7), layout="constrained")
        picture(figure.subplots(), found)
        figure.savefig(out / name, dpi=110)
        plt.close(figure)
        drawn.append(name)
    return drawn


def _families(axes: Any, found: Found) -> None:
    """Shares of the true stops by level, and of those not found."""
    names = [name for name in found if any(outcome.judged for outcome in found[name])]
    left = [0.0] * len(names)
    judged = [[one for outcome in found[name] for one in outcome.judged] for name in names]
    for level, colour in LEVEL_COLOURS.items():
        shares = [sum(o.result == "found" and o.level == level for o in some) / len(some) for some in judged]
        axes.barh(names, shares, left=left, color=colour, label=f"found, level {level}")
        left = [a + b for a, b in zip(left, shares, strict=True)]
    for result, colour in OTHER_COLOURS.items():
        shares = [sum(o.result == result for o in some) / len(some) for some in judged]
        axes.barh(names, shares, left=left, color=colour, label=result)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("share of the true stops")
    axes.tick_params(axis="y", labelsize=8)
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.06), ncols=4, frameon=False)


def _widths(axes: Any, found: Found) -> None:
    """Intervals of landings nobody heard, beside what the geometry leaves open."""
    for name in names_in(Group.UNSEEN, Group.DARK):
        told = [one for outcome in found.get(name, []) for one in outcome.judged]
        known = [(one.least_s / 60, one.width_s / 60) for one in told if one.least_s and one.width_s]
        if known:
            axes.scatter(*zip(*known, strict=True), s=10, label=name)
    axes.plot((10, 3_000), (10, 3_000), color="black", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("least width, min")
    axes.set_ylabel("width told, min")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8)


def _candidates(axes: Any, found: Found) -> None:
    """How often candidates of a probability were right."""
    from tests.families.report import calibration

    rows = calibration(found)
    axes.plot([0, 1], [0, 1], color="black", linewidth=0.8)
    axes.plot([mean for _, mean, _, _ in rows], [right / n for _, _, right, n in rows], marker="o")
    for _, mean, right, n in rows:
        axes.annotate(str(n), (mean, right / n), textcoords="offset points", xytext=(6, -10), fontsize=8)
    axes.set_xlabel("probability told")
    axes.set_ylabel("share that was right")


def _false_positions(axes: Any, found: Found) -> None:
    """Stops at the false field by level, and true stops lost, family by family."""
    names = [name for name in names_in(Group.SPOOFED, Group.JAMMED) if found.get(name)]
    left = [0.0] * len(names)
    for level, colour in ((4, "#b71c1c"), (3, "#ef5350"), (2, "#ffcc80"), (1, "#fff176")):
        shares = [Counter(o.at_false_field for o in found[name])[level] / len(found[name]) for name in names]
        axes.barh(
            names, [-share for share in shares], left=[-value for value in left], color=colour, label=f"level {level}"
        )
        left = [a + b for a, b in zip(left, shares, strict=True)]
    lost = []
    for name in names:
        judged = [one for outcome in found[name] for one in outcome.judged]
        lost.append(sum(one.result != "found" for one in judged) / len(judged) if judged else 0.0)
    axes.barh(names, lost, color="#78909c", label="true stops lost")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlim(-1, 1)
    axes.set_xlabel("share of worlds with a stop at the false field  |  share of the true stops lost")
    axes.legend(loc="upper center", bbox_to_anchor=(0.4, -0.08), ncols=5, frameon=False)
