"""Grafana's dashboards as code. `make dashboards` writes them to config/grafana/dashboards.

A new dashboard is one file and one line in `DASHBOARDS`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards.operations import operations

FOLDER = Path(__file__).parents[1] / "config" / "grafana" / "dashboards"

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {"operations": operations}
"""By the name of the file."""


def text_of(name: str) -> str:
    """The dashboard as JSON, as Grafana reads it: the same in every run."""
    built = DASHBOARDS[name]().build()
    for number, panel in enumerate(built.panels or (), 1):
        # Grafana would number them itself; then a link to one would not hold.
        panel.id_val = number
    return JSONEncoder(sort_keys=True, indent=1).encode(built) + "\n"
