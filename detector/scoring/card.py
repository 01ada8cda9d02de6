"""The model card: what a model is, what it was made from, what it is not for. Written beside each model."""

from __future__ import annotations

from detector.scoring.features import MEANINGS, NAMES
from detector.scoring.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, Manifest
from detector.scoring.model import GROUPS, USED


def card(manifest: Manifest) -> bytes:
    """Markdown, UTF-8."""
    return "\n".join([*_head(manifest), *_features(), *_limits()]).encode()


def _head(manifest: Manifest) -> list[str]:
    trained = manifest.trained
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(manifest.versions.items()))
    lines = [
        f"# {manifest.model}",
        "",
        "How odd a stop is beside those of history: an isolation forest of scikit-learn over the features below, and a",
        "calibration. The score is the share of ordinary stops that are less odd: 0.93 is odder than 93 of 100.",
        "",
        "| | |",
        "|---|---|",
        f"| trained on | {trained.on}: {trained.stops:,} stops, {trained.first_day} to {trained.last_day} |",
        f"| seed | {trained.seed} |",
        f"| libraries | {libraries} |",
        f"| SHA-256 of `{MODEL_FILE}` | `{manifest.sha256}` |",
        "| licence | GPL-3.0-or-later, as the program |",
    ]
    measured = manifest.metrics.get("month_after")
    if measured:
        lines.append(
            f"| in the month after | {measured['odd']} odd stops among {measured['stops']:,}: average precision "
            f"{measured['average_precision']:.2f}, precision at 20 {measured['precision_at_20']:.2f} |"
        )
    return lines


def _features() -> list[str]:
    group_of = {name: group.name for group in GROUPS for name in group.features}
    lines = ["", "## Features", "", "| feature | what it is | judged with |", "|---|---|---|"]
    for i, name in enumerate(NAMES):
        lines.append(f"| `{name}` | {MEANINGS[name]} | {group_of[name] if i in USED else 'not looked at'} |")
    return [*lines, "", "What is not known is a missing value, and the forest knows those."]


def _limits() -> list[str]:
    return f"""
## What it is for, and what not

It ranks stops for a person who looks at them, and says why. It does not know what is forbidden, or false; rare is not
wrong. Alone it never makes an alert of more than low severity, and never a certain one. A stop has a score once it is
over, at a named field, of level 2 or more, and only where history holds at least 1,000 visits: what is rare is told
by *your* history (`detector history learn`), not by what the model was trained on.

A model that is trained on generated traffic has seen invented operators on real fields. Their times on the ground
follow published figures for airlines, and our own assumptions for all others
(detector/simulation/traffic/operations.py names the sources); how well it ranks real stops has not been measured, for
want of a real month with known odd stops. The few real stops that come with the program are too few to train on, or
to measure by. Train on your own history as soon as you have some months of it:

    detector train --history

## How to make it again

The same seed and libraries give the same file, and so the same hash:

    detector train --seed N

`{MODEL_FILE}` is skops, not pickle: nothing in it is run when it is read. The program takes it only with the hash
that `{MANIFEST_FILE}` has, from the scikit-learn that wrote it, and made of the few classes that its own models are
made of; else it says so in one line and goes on by rules alone. `{CARD_FILE}` is this text.
""".splitlines()
