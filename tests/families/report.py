"""The counts of a run in Markdown: families, intervals, candidates, false positions, and each failure with its seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from statistics import median

from tests.families import limits, plots
from tests.families.registry import FAMILIES, Group, names_in
from tests.families.verdicts import Judged, Outcome

Found = dict[str, list[Outcome]]
REPLAY = "`python -m tests.families.evaluate --family NAME --seed N --show`."
BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0)


def judged_of(outcomes: Iterable[Outcome]) -> list[Judged]:
    return [one for outcome in outcomes for one in outcome.judged]


def told_of(outcomes: Iterable[Outcome]) -> list[Judged]:
    return [one for one in judged_of(outcomes) if one.result != "missed"]


def one_line(family: str, outcomes: list[Outcome]) -> str:
    """Counts of one family in a line."""
    judged = judged_of(outcomes)
    results = Counter(one.result for one in judged)
    false = Counter(one.level for outcome in outcomes for one in outcome.false)
    outside = sum(one.fault is not None for one in told_of(outcomes))
    return (
        f"{family:34} {len(outcomes):3} worlds {len(judged):4} true: {results['found']:4} found, "
        f"{results['unnamed']} unnamed, {results['wrong']} wrong, {results['missed']} missed, "
        f"{sum(false.values())} false, {outside} outside | {_levels(o.level for o in judged if o.result == 'found')}"
        + (f" | false {_levels(false.elements())}" if false else "")
    )


def write_report(found: Found, out: Path, *, seconds: float) -> Path:
    """`report.md` and its pictures in `out`. Returns the path of the report."""
    out.mkdir(parents=True, exist_ok=True)
    drawn = plots.draw(found, out)
    worlds = sum(len(outcomes) for outcomes in found.values())
    parts = [
        "# Stops found against stops that were",
        f"{worlds} generated worlds of {len(found)} families, {seconds:.0f} s. Replay one: {REPLAY}",
        _limits(found),
        _by_family(found),
        _intervals(found),
        _candidates(found),
        _false_positions(found),
        _failures(found),
        *(f"![{name}]({name})" for name in drawn),
    ]
    path = out / "report.md"
    path.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
    return path


def table(head: list[str], rows: list[list[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)])


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _levels(levels: Iterable[int]) -> str:
    return " ".join(f"L{level}:{n}" for level, n in sorted(Counter(levels).items(), reverse=True))


def _limits(found: Found) -> str:
    rows: list[list[object]] = [
        [limit.text, limit.measured, "met" if limit.met else "**NOT MET**"] for limit in limits.judge(found)
    ]
    return "## Limits\n\n" + table(["asked", "measured", ""], rows)


def _by_family(found: Found) -> str:
    head = ["family", "worlds", "true", "found", "by level", "not named", "wrong", "missed", "false", "alerts"]
    parts = ["## By family"]
    for group in Group:
        rows: list[list[object]] = []
        for name in names_in(group):
            outcomes = found.get(name, [])
            if not outcomes:
                continue
            judged = judged_of(outcomes)
            results = Counter(one.result for one in judged)
            false = _levels(one.level for outcome in outcomes for one in outcome.false)
            levels = _levels(one.level for one in judged if one.result == "found")
            wrong = _levels(one.level for one in judged if one.result == "wrong")
            rows.append(
                [
                    name,
                    len(outcomes),
                    len(judged),
                    results["found"],
                    levels,
                    results["unnamed"],
                    f"{results['wrong']} {wrong}".strip(),
                    results["missed"],
                    false or 0,
                    sum(outcome.alerts for outcome in outcomes),
                ]
            )
        if rows:
            parts.append(f"### {group.value}\n\n" + table(head, rows))
    return "\n\n".join(parts)


def _intervals(found: Found) -> str:
    head = ["family", "told", "truth inside", "unheard landings", "median width", "median least width", "median error"]
    rows: list[list[object]] = []
    for name, outcomes in found.items():
        told = told_of(outcomes)
        if not told:
            continue
        inside = sum(one.fault is None for one in told)
        unheard = [one for one in told if one.least_s is not None and one.width_s is not None]
        errors = [abs(one.error_s) for one in unheard if one.error_s is not None]
        rows.append(
            [
                name,
                len(told),
                f"{inside} ({share(inside, len(told))})",
                len(unheard),
                _minutes(one.width_s for one in unheard),
                _minutes(one.least_s for one in unheard),
                _minutes(errors),
            ]
        )
    note = (
        "The least width is what stays open though the fixes around the silence are known exactly: the silence, less "
        "the fastest legs (600 kt, 6,000 ft/min), less the shortest stay (5 min)."
    )
    return f"## Intervals\n\n{note}\n\n" + table(head, rows)


def _minutes(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{median(known) / 60:.1f} min" if known else "-"


def calibration(found: Found) -> list[tuple[float, float, int, int]]:
    """(lower border, mean probability, right, all) of the candidates of stops that were not seen, in bins."""
    pairs = [
        (probability, code == one.airport)
        for outcomes in found.values()
        if outcomes and FAMILIES[outcomes[0].family].group is not Group.SPOOFED
        for one in told_of(outcomes)
        if not one.observed
        for code, probability in one.candidates
    ]
    rows = []
    for low, high in pairwise(BINS):
        inside = [(p, right) for p, right in pairs if low < p <= high]
        if inside:
            mean = sum(p for p, _ in inside) / len(inside)
            rows.append((low, mean, sum(right for _, right in inside), len(inside)))
    return rows


def _candidates(found: Found) -> str:
    rows: list[list[object]] = [
        [f"over {low:.2f}", f"{mean:.3f}", share(right, n), n] for low, mean, right, n in calibration(found)
    ]
    text = "## Candidates\n\nStops whose landing was not seen, false positions left out.\n\n"
    text += table(["probability", "mean", "right", "candidates"], rows)
    dark: list[list[object]] = []
    for name in names_in(Group.DARK):
        judged = judged_of(found.get(name, []))
        told = [one for one in judged if one.result != "missed"]
        first = sum(one.rank is not None and one.rank < 3 for one in told)
        dark.append([name, len(judged), len(told), first, share(first, len(judged))])
    head = ["family", "true", "told", "right field among the first three", "of all"]
    return text + "\n\nStops with the transponder off:\n\n" + table(head, dark)


def _false_positions(found: Found) -> str:
    head = [
        "family",
        "worlds",
        "level 4 there",
        "level 3",
        "level 2",
        "level 1",
        "3 or 4 elsewhere",
        "true stops",
        "found",
        "at 2 or more",
        "lost",
    ]
    rows: list[list[object]] = []
    for name in names_in(Group.SPOOFED, Group.JAMMED):
        outcomes = found.get(name, [])
        if not outcomes:
            continue
        there = Counter(outcome.at_false_field for outcome in outcomes)
        judged = judged_of(outcomes)
        right = [one for one in judged if one.result == "found"]
        rows.append(
            [
                name,
                len(outcomes),
                *(there[level] for level in (4, 3, 2, 1)),
                sum(outcome.elsewhere >= 3 for outcome in outcomes),
                len(judged),
                len(right),
                sum(one.level >= 2 for one in right),
                len(judged) - len(right),
            ]
        )
    text = (
        "## False positions and none\n\nWorlds by the highest level of any stop at the false field; the true stops.\n\n"
    )
    return text + table(head, rows) + "\n\n" + _slices(found)


def _slices(found: Found) -> str:
    """The same by what was drawn."""
    outcomes = [outcome for name in names_in(Group.SPOOFED) for outcome in found.get(name, [])]
    rows: list[list[object]] = []
    for fact in ("quality", "comm_b", "velocity", "heard", "after", "height", "onset", "apart"):
        by_value: dict[str, list[Outcome]] = {}
        for outcome in outcomes:
            by_value.setdefault(_value(outcome, fact), []).append(outcome)
        for value, some in sorted(by_value.items()):
            judged = judged_of(some)
            right = sum(one.result == "found" for one in judged)
            high = sum(outcome.at_false_field >= 3 for outcome in some)
            rows.append([fact, value, len(some), f"{high} ({share(high, len(some))})", share(right, len(judged))])
    return table(["drawn", "value", "worlds", "level 3 or 4 at the false field", "true stops found"], rows)


def _value(outcome: Outcome, fact: str) -> str:
    facts = outcome.facts
    if fact == "onset":
        return "over 30 min before" if float(str(facts["onset_s"])) > 1_800 else "shortly before"
    if fact == "apart":
        return "over 60 NM" if float(str(facts["apart_nm"])) >= 60 else "under 60 NM"
    return str(facts[fact])


def _failures(found: Found) -> str:
    parts = ["## Failures"]
    for name, outcomes in found.items():
        told = [f"- {outcome.seed}: {text}" for outcome in outcomes for text in outcome.complaints()]
        if told:
            parts.append(f"### {name}\n\n" + "\n".join(told))
    return "\n\n".join(parts)
